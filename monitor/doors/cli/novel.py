"""The `novel` commands: names that no list has, shown and decided about."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, load, now

if TYPE_CHECKING:
    from monitor.config import Config

SHOWN = 40  # names listed without --limit

commands = typer.Typer(help="Names that no list has: show them, decide about them.")


class Decision(enum.StrEnum):
    """What can be decided about a name."""

    WATCH = "watch"
    IGNORE = "ignore"
    OPEN = "open"


CONSEQUENCES = {
    Decision.WATCH: "it joins the watchlist: within a minute where `watch` runs, else at the next run; then "
    "stored articles are matched with it",
    Decision.IGNORE: "it is not shown any more (--all shows it)",
    Decision.OPEN: "it is in the queue again",
}


@commands.callback(invoke_without_command=True)
def novel(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Decided and by now listed names as well.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, json, md or html.")] = "table",
    limit: Annotated[int, typer.Option(help="List no more than these in the table.", min=1)] = SHOWN,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show names that look like chemical ones, stand near words of drugs, and are on no list."""
    if context.invoked_subcommand is None:
        _show(load(config), now(), form, limit, all_)


@commands.command("decide")
def novel_decide(
    name: Annotated[str, typer.Argument(help="The name, or its number.")],
    decision: Annotated[Decision, typer.Argument(help="watch, ignore or open.")],
    reason: Annotated[
        str, typer.Option("--why", "--reason", help="The reason; it is kept.", metavar="TEXT")
    ] = "",
    by: Annotated[str, typer.Option(help="Who decides; it is kept.", metavar="NAME")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Watch a name from now on, ignore it for ever, or open it again."""
    from monitor.doors.safe_text import clean
    from monitor.queries.novel_names import decide

    if not reason.strip() or not by.strip():
        raise typer.BadParameter("a decision needs --why TEXT and --by NAME; both are kept with it")
    found = decide(load(config), name, decision.value, who=by.strip(), why=reason.strip(), now=now())
    typer.echo(f"{decision.value}: {clean(found)}; {CONSEQUENCES[decision]}")


def _show(config: Config, at: datetime, form: str, limit: int, all_: bool) -> None:
    from monitor.doors.novel_list import show_novel
    from monitor.doors.terminal import make_console
    from monitor.queries.novel_names import novel_lines, novel_text

    if form != "table":
        typer.echo(novel_text(config, form, at, all_=all_).rstrip("\n"))
        return
    show_novel(make_console(), novel_lines(config, at, all_=all_), limit)
