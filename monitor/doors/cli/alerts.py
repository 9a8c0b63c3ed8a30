"""The commands of triage: `alerts`, `alert`, `suppress`, `forget`, `audit`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from monitor.doors.cli.common import (
    DEFAULT_CONFIG,
    EXIT_FAILED,
    ConfigPath,
    day_of,
    load,
    now,
    say,
    say_aside,
    terminal_width,
)
from monitor.doors.cli.filters import (
    Assignees,
    Contained,
    Grave,
    Languages,
    Lists,
    Sources,
    Statuses,
    Substances,
    Tags,
    filter_of,
)
from monitor.errors import MonitorError

commands = typer.Typer(help="Look at alerts and decide about them.", no_args_is_help=True)
suppress_commands = typer.Typer(help="Hold alerts of a kind back for a time.", no_args_is_help=True)
audit_commands = typer.Typer(help="Check what was decided.", no_args_is_help=True)

Numbers = Annotated[list[int], typer.Argument(help="Numbers of alerts.", metavar="N...")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.", metavar="TEXT")]
Code = Annotated[str, typer.Option("--code", help="A reason of `triage: reasons`.", metavar="CODE")]
By = Annotated[str, typer.Option("--by", help="Who decides; this account's name by default.", metavar="NAME")]
Seen = Annotated[
    str, typer.Option("--seen", help="Only if the alert still has this status.", metavar="STATUS")
]
FIRST_DAY = "2000-01-01"  # before any alert


def alerts(
    severity: Grave = "",
    substance: Substances = None,
    list_: Lists = None,
    source: Sources = None,
    language: Languages = None,
    tag: Tags = None,
    status: Statuses = None,
    assignee: Assignees = None,
    text: Contained = "",
    since: Annotated[str | None, typer.Option(help="How far back (7d, 1mo), or a day.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this moment; a day belongs to it.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Decided and snoozed ones as well.")] = False,
    suppressed: Annotated[bool, typer.Option("--suppressed", help="Those that are held back.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, md, html or json.")] = "table",
    limit: Annotated[int, typer.Option(help="No more than these.", min=1)] = 100,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """List the alerts that wait for a decision, the gravest first."""
    from monitor.queries.decisions import alert_table
    from monitor.queries.periods import period

    moment = now()
    start, stop = period(since or FIRST_DAY, until, moment)
    statuses = status or ([] if all_ or suppressed else ["new", "assigned", "escalated"])
    chosen = filter_of(
        severity,
        substance,
        list_,
        source,
        language,
        tag,
        statuses,
        assignee,
        text,
        since=start,
        until=stop,
        suppressed=suppressed,
    )
    typer.echo(alert_table(load(config), chosen, form, moment, limit, terminal_width()).rstrip("\n"))


@commands.command("show")
def show(
    alert: Annotated[int, typer.Argument(help="Number of an alert.", metavar="N")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Say why an alert was raised: the same as `explain N`."""
    from monitor.queries import explain as query

    say(*query.explain(load(config), str(alert), now()))


@commands.command("confirm")
def confirm(
    alerts: Numbers,
    why: Why = "",
    code: Code = "",
    by: By = "",
    seen: Seen = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """It is what it seems."""
    _step(alerts, "confirm", config, by=by, why=why, code=code, seen=seen)


@commands.command("dismiss")
def dismiss(
    alerts: Numbers,
    why: Why = "",
    code: Code = "",
    by: By = "",
    seen: Seen = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """It is nothing to act on; takes --why or --code."""
    _step(alerts, "dismiss", config, by=by, why=why, code=code, seen=seen)


@commands.command("assign")
def assign(
    alerts: Numbers,
    to: Annotated[str, typer.Option("--to", help="Who shall look at it.", metavar="NAME")] = "",
    why: Why = "",
    by: By = "",
    seen: Seen = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Give alerts to a person."""
    _step(alerts, "assign", config, by=by, why=why, assignee=to.strip(), seen=seen)


@commands.command("comment")
def comment(alerts: Numbers, why: Why = "", by: By = "", config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Add words to alerts; the status stays."""
    _step(alerts, "comment", config, by=by, why=why)


@commands.command("escalate")
def escalate(
    alerts: Numbers, why: Why = "", by: By = "", seen: Seen = "", config: ConfigPath = DEFAULT_CONFIG
) -> None:
    """Somebody with more say has to decide."""
    _step(alerts, "escalate", config, by=by, why=why, seen=seen)


@commands.command("retract")
def retract(
    alerts: Numbers,
    why: Why = "",
    code: Code = "",
    by: By = "",
    seen: Seen = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """It was wrong to raise or confirm it; takes --why or --code."""
    _step(alerts, "retract", config, by=by, why=why, code=code, seen=seen)


@commands.command("reopen")
def reopen(
    alerts: Numbers, why: Why = "", by: By = "", seen: Seen = "", config: ConfigPath = DEFAULT_CONFIG
) -> None:
    """Take a decision back, by a new one."""
    _step(alerts, "reopen", config, by=by, why=why, seen=seen)


@commands.command("snooze")
def snooze(
    alerts: Numbers,
    until: Annotated[str, typer.Option("--until", help="The day it opens again.", metavar="DAY")] = "",
    why: Why = "",
    by: By = "",
    seen: Seen = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Look at alerts again on a later day."""
    day = day_of(until).isoformat() if until else ""
    _step(alerts, "snooze", config, by=by, why=why, until=day, seen=seen)


def _step(alerts: list[int], action: str, config: Path, *, by: str, **more: str) -> None:
    from monitor.queries.decisions import Step, take_step

    more["why"] = more.get("why", "").strip()
    done = take_step(load(config), alerts, Step(action, _who(by), **more), now())
    say(*done.done)
    for hint in done.hints:
        say_aside(hint)
    if done.refused:
        raise MonitorError("\n".join(done.refused))


def _who(by: str) -> str:
    """Who decides: what --by says, else the name of the account."""
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise MonitorError("this account has no name; say who decides with --by NAME") from error


@suppress_commands.command("add")
def suppress_add(
    until: Annotated[str, typer.Option("--until", help="The last day of it.", metavar="DAY")],
    substance: Annotated[str, typer.Option(help="Key of a substance.", metavar="KEY")] = "",
    source: Annotated[str, typer.Option(metavar="NAME")] = "",
    list_: Annotated[str, typer.Option("--list", help="A list that it is on.", metavar="ID")] = "",
    tag: Annotated[str, typer.Option(metavar="TAG")] = "",
    name: Annotated[str, typer.Option(help="The only name that was found.", metavar="NAME")] = "",
    severity: Annotated[str, typer.Option(help="Up to this; default: the gravest of them so far.")] = "",
    why: Why = "",
    by: By = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Keep alerts that fit everything named, and do not show them, until a day."""
    from monitor.model import Severity, Suppression
    from monitor.queries.decisions import suppress
    from monitor.queries.filters import severity_of

    cap = severity_of(severity) if severity else None
    wanted = Suppression(Severity.HIGH, day_of(until).isoformat(), substance, source, list_, tag, name)
    say(suppress(load(config), wanted, severity=cap, why=why.strip(), by=_who(by), now=now()))


@suppress_commands.command("list")
def suppress_list(
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, md, html or json.")] = "table",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show what is held back, and how much it was."""
    from monitor.queries.decisions import suppression_table

    typer.echo(suppression_table(load(config), form, now(), terminal_width()).rstrip("\n"))


@suppress_commands.command("end")
def suppress_end(
    number: Annotated[int, typer.Argument(help="Number of a suppression.", metavar="N")],
    why: Why = "",
    by: By = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Raise such alerts again from now on."""
    from monitor.queries.decisions import end_suppression

    say(end_suppression(load(config), number, why=why.strip(), by=_who(by), now=now()))


def forget(
    article: Annotated[str, typer.Argument(help="Address or number of an article; a name with --person.")],
    why: Why = "",
    by: By = "",
    comments: Annotated[
        bool, typer.Option("--comments", help="Erase the reasons of decisions about it as well.")
    ] = False,
    person: Annotated[bool, typer.Option("--person", help="Erase a person who decided.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Erase what an article says (personal data); the alert's facts and the decisions stay."""
    from monitor.queries import decisions

    loaded, who = load(config), _who(by)
    if person:
        say(decisions.forget_person(loaded, article, why=why.strip(), by=who, now=now()))
        return
    say(*decisions.forget(loaded, article, why=why.strip(), by=who, comments=comments, now=now()))


@audit_commands.command("verify")
def audit_verify(
    head: Annotated[str, typer.Option(help="A hash that you know from elsewhere.", metavar="HASH")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Check that no decision was changed, removed or put in; print the newest hash.

    Exit code 1 when something differs.
    """
    from monitor.queries.decisions import audit

    lines, whole = audit(load(config), head.strip(), now())
    say(*lines)
    if not whole:
        raise typer.Exit(EXIT_FAILED)
