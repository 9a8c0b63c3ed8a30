"""The `watchlist` commands: what is watched, what changed, and its enrichment from PubChem."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import (
    DEFAULT_CONFIG,
    ConfigPath,
    OptionalConfigPath,
    day_of,
    load,
    load_or_shipped,
    now,
    say,
    say_aside,
)

if TYPE_CHECKING:
    from monitor.queries.pubchem_sync import SyncResult
    from monitor.queries.review import ProposalLine

SHOWN = 100  # proposals listed without --limit
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
Numbers = Annotated[str, typer.Option(metavar="IDS", help="Numbers of proposals: 3,5-9.")]

commands = typer.Typer(help="What is watched, on which lists, and what changed.", no_args_is_help=True)


@commands.command("show")
def watchlist_show(
    name: Annotated[list[str], typer.Argument(help="A name, CAS number, InChIKey or key.")],
    at: Annotated[
        str | None, typer.Option(help="Legal status at this day (2024-01-29); today without it.")
    ] = None,
    config: OptionalConfigPath = None,
) -> None:
    """Show everything known of a substance: names, identifiers, lists with their dates."""
    from monitor.queries.watchlist import describe_substance

    say(*describe_substance(load_or_shipped(config), " ".join(name), day_of(at)))


@commands.command("lists")
def watchlist_lists(config: OptionalConfigPath = None) -> None:
    """Show every list: what kind it is, whose, and how many substances are on it."""
    from monitor.doors.terminal import make_console, show_lists
    from monitor.queries.watchlist import list_lines

    show_lists(make_console(), list_lines(load_or_shipped(config)))


@commands.command("status")
def watchlist_status(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show how old each list is: complete to which day, notices since then, how many wait for review."""
    from monitor.doors.terminal import make_console, show_list_ages
    from monitor.queries.watchlist import list_ages

    show_list_ages(make_console(), *list_ages(load(config), now()))


@commands.command("changes")
def watchlist_changes(
    all_: Annotated[bool, typer.Option("--all", help="With the very first load.")] = False,
    limit: Annotated[int, typer.Option(help="Show no more than these.", min=1)] = 200,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show what was added, changed and withdrawn since the first load, the newest first."""
    from monitor.queries.watchlist import change_lines, render_changes

    lines, total = change_lines(load(config), now(), first_load=all_, limit=limit)
    if not lines:
        typer.echo("No changes since the first load (--all shows that too).")
    say(*render_changes(lines))
    if total > len(lines):
        typer.echo(f"and {total - len(lines):,} more: --limit {total}")


@commands.command("check")
def watchlist_check(
    all_: Annotated[bool, typer.Option("--all", help="With those accepted, each with the reason.")] = False,
    accepted: Annotated[
        Path | None,
        typer.Option(help="CSV (substance, kind, words, reason) of more that are accepted.", metavar="FILE"),
    ] = None,
    config: OptionalConfigPath = None,
) -> None:
    """Show which identifiers disagree: structures, CAS numbers, CIDs and systematic names.

    Exit code 1 when some do that nobody accepted yet: a person has to judge them. Those of the shipped lists
    that were looked at are accepted, each with its reason.
    """
    from monitor.queries.resolve import check_identity

    found = check_identity(load_or_shipped(config), accepted)
    say(*found.open, *(found.accepted if all_ else ()))
    if found.without:
        say_aside(found.without)
    count = len(found.open)
    say_aside(f"{count:,} disagreement{'s' * (count != 1)} to judge, {len(found.accepted):,} accepted")
    if found.open:
        say_aside("Correct the numbers, structures and names above, or take them out of your lists.")
        raise typer.Exit(1)


@commands.command("sync")
def watchlist_sync(
    limit: Annotated[
        int | None, typer.Option(help="Look up no more than these, the oldest answers first.", min=1)
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Only the substance of this name, CAS RN or key.", metavar="NAME")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Ask PubChem about the watched substances and keep what is new as proposals.

    Exit code 1 when PubChem could not be asked about all of them.
    """
    from monitor.queries.pubchem_sync import synchronise

    result = synchronise(load(config), now, only=only, limit=limit, on_progress=_progress())
    _show_result(result)
    if result.outcome != "ok":
        raise typer.Exit(1)


@commands.command("review")
def watchlist_review(
    accept: Numbers = "",
    reject: Numbers = "",
    why: Annotated[str, typer.Option(help="The reason; it is kept.", metavar="TEXT")] = "",
    by: Annotated[str, typer.Option(help="Who decides; it is kept.", metavar="NAME")] = "",
    effective: Annotated[
        str | None,
        typer.Option(help="Of accepted notices the day of force, where they do not say it.", metavar="DAY"),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List decided proposals as well.")] = False,
    limit: Annotated[int, typer.Option(help="List no more than these.", min=1)] = SHOWN,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """List the open proposals, or decide about some.

    What is accepted counts from the next start on; `watch` takes it up within a minute.
    """
    from monitor.queries.review import decide, proposal_lines

    accepted, rejected = _numbers("--accept", accept), _numbers("--reject", reject)
    if not accepted and not rejected:
        _show_proposals(proposal_lines(load(config), now(), None if all_ else "open"), limit)
        return
    if not why.strip() or not by.strip():
        raise typer.BadParameter("a decision needs --why TEXT and --by NAME; both are kept with it")
    if effective and not accepted:
        raise typer.BadParameter("--effective is the day of what is accepted: name it with --accept")
    decide(
        load(config),
        now(),
        accept=accepted,
        reject=rejected,
        who=by.strip(),
        why=why.strip(),
        effective=day_of(effective, "--effective") if effective else None,
    )
    typer.echo(f"accepted {len(accepted)}, rejected {len(rejected)}; it counts from the next start on")


def _numbers(option: str, written: str) -> list[int]:
    """ "3,5-9" as numbers."""
    found: dict[int, None] = {}
    for part in written.replace(",", " ").split():
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not 0 <= last - first < 100_000:
            raise typer.BadParameter(f"{option} {written}: write numbers such as 3,5-9")
        found.update(dict.fromkeys(range(first, last + 1)))
    return list(found)


def _progress() -> Callable[[int, int], None]:
    """A line that counts, on a terminal only."""

    def show(done: int, wanted: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} of {wanted:,} substances" + ("\n" if done >= wanted else ""))

    return show


def _show_result(result: SyncResult) -> None:
    from monitor.doors.safe_text import safe

    typer.echo(
        f"{result.looked_up:,} of {result.wanted:,} substances looked up, {result.unknown:,} not in PubChem, "
        f"{result.proposed:,} new proposals, {result.accepted:,} of them accepted by rule"
    )
    if result.outcome != "ok":
        typer.echo(f"The rest is postponed: {safe(result.message)}")
    if result.proposed > result.accepted:
        typer.echo("The others wait for you: substance-monitor watchlist review")


def _show_proposals(lines: list[ProposalLine], limit: int) -> None:
    from monitor.doors.safe_text import clean

    if not lines:
        typer.echo("No open proposals (--all shows decided ones too).")
    substance = ""
    for line in lines[:limit]:
        each = line.proposal
        if each.substance != substance or not substance:
            substance = each.substance
            typer.echo(clean(f"{line.name} ({substance})" if substance else line.name))
        sides = " -> ".join(filter(None, (each.before, each.after)))
        decided = f"{each.status} by {each.who}: {each.why}" if each.who else each.reason
        typer.echo(
            f"{each.id:>6}  {each.kind:<9}  " + "  ".join(map(clean, (sides, f"[{each.source}]", decided)))
        )
        for beside in line.beside:
            typer.echo(clean(f"{'':>8}{beside}"))
    if len(lines) > limit:
        typer.echo(f"and {len(lines) - limit:,} more: --limit {len(lines)}")
