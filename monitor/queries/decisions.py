"""Triage: alerts listed, decided about, held back; what is erased; the chain of decisions checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.model import Severity, Suppression
from monitor.queries.database import minute, open_database
from monitor.queries.filters import AlertFilter

if TYPE_CHECKING:
    from monitor.config import Config

LOOKED_BACK = timedelta(days=90)  # decisions that a proposed suppression rests on


@dataclass(frozen=True, slots=True)
class Step:
    """One step to take about several alerts, as somebody asks for it; see `monitor.alerts.triage`."""

    action: str
    by: str
    why: str = ""
    code: str = ""
    assignee: str = ""
    until: str = ""
    seen: str = ""  # the status that was seen; "": whatever it is


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: a line for each alert that was decided, and for each that was not."""

    done: tuple[str, ...]
    refused: tuple[str, ...]
    hints: tuple[str, ...] = ()


def take_step(config: Config, alerts: Sequence[int], step: Step, now: datetime) -> Outcome:
    """Decide about alerts. Those whose status does not allow it, or changed meanwhile, are told.

    Raises MonitorError when the step itself is not complete.
    """
    from monitor.alerts import Action, check_step, proposals, status_after
    from monitor.store import NewDecision

    action = Action(step.action)
    check_step(
        action,
        why=step.why,
        code=step.code,
        assignee=step.assignee,
        until=step.until,
        today=now.date(),
        codes=config.triage.reasons,
    )
    refused: list[str] = []
    steps: list[NewDecision] = []
    with open_database(config, now) as store:
        store.decisions.wake(now)
        states = store.decisions.states(list(alerts))
        for number in dict.fromkeys(alerts):
            state = states.get(number)
            if state is None:
                refused.append(
                    f"there is no alert {number}; `substance-monitor alerts` lists those there are"
                )
                continue
            try:
                if step.seen and step.seen != state.status:
                    raise MonitorError(f"it is {state.status}, not {step.seen}: look at it again")
                after = status_after(state.status, action)
            except MonitorError as error:
                who = f" ({state.by}, {minute(state.at)}: {state.why or 'no reason'})" if state.at else ""
                refused.append(f"alert {number}: {error}{who}")
                continue
            steps.append(
                NewDecision(
                    number, action, state.status, after, step.why, step.code, step.assignee, step.until
                )
            )
        decided = store.decisions.decide(steps, by=step.by, now=now)
        refused += [
            f"alert {each.step.alert}: somebody decided meanwhile, it is {each.found} and no longer "
            f"{each.step.seen}; nothing was changed"
            for each in decided
            if not each.written
        ]
        written = [each for each in decided if each.written]
        hints: list[str] = []
        if action is Action.DISMISS and written:
            kinds = store.decisions.dismissals([each.step.alert for each in written], now - LOOKED_BACK)
            hints = [_proposed(*kind, now.date()) for kind in proposals(kinds)]
    done = tuple(f"alert {each.step.alert}: {each.found} -> {each.step.after}" for each in written)
    return Outcome(done, tuple(refused), tuple(hints))


def _proposed(substance: str, source: str, times: int, today: date) -> str:
    until = (today + timedelta(days=90)).isoformat()
    return (
        f"{times} alerts for {substance} of {source} were dismissed and none confirmed: hold them back with\n"
        f"  substance-monitor suppress add --substance '{substance}' --source '{source}' --until {until} "
        "--why ..."
    )


# --- listed -----------------------------------------------------------------------------------------

COLUMNS = (
    "alert_id, severity, status, raised_at, substance_name, source, title, snippet, lists, mentions, "
    "articles, assignee, decided_by, decided_at, reason, url, substance, language, tags, score, "
    "suppression_id"
)


def alert_table(config: Config, chosen: AlertFilter, form: str, now: datetime, limit: int, width: int) -> str:
    """The alerts that a filter lets through, the gravest first, in a format of the reports."""
    from monitor.reports import render, select_alerts

    with open_database(config, now) as store:
        store.decisions.wake(now)
        where, values = chosen.where()
        frame = select_alerts(
            store.engine_readonly(), COLUMNS, where, values, chosen.since, chosen.until, limit
        )
    if form == "table":
        frame = frame[["alert_id", "severity", "status", "raised_at", "substance_name", "source", "title"]]
    return render(frame, form, title="Alerts", generated_at=now, width=width)


# --- suppressions -----------------------------------------------------------------------------------


def suppress(
    config: Config, wanted: Suppression, *, severity: Severity | None, why: str, by: str, now: datetime
) -> str:
    """Hold alerts back until a day, up to `severity`, or the gravest so far. Raises MonitorError."""
    if not why:
        raise MonitorError("to hold alerts back takes a reason: --why TEXT")
    if not any((wanted.substance, wanted.source, wanted.list_id, wanted.tag, wanted.name)):
        raise MonitorError("say what to hold back: --substance, --source, --list, --tag or --name")
    if wanted.until <= now.date().isoformat():
        raise MonitorError(f"--until {wanted.until} is over; name a day to come")
    with open_database(config, now) as store:
        cap = severity or store.decisions.gravest(wanted) or Severity.HIGH
        wanted = replace(wanted, severity=cap)
        number = store.decisions.suppress(wanted, why=why, by=by, now=now)
    return (
        f"suppression {number}: what fits is kept and not shown until {wanted.until}; alerts graver than "
        f"{cap.label} are raised all the same"
    )


def end_suppression(config: Config, number: int, *, why: str, by: str, now: datetime) -> str:
    """End a suppression before its day. Raises MonitorError."""
    if not why:
        raise MonitorError("to end a suppression takes a reason: --why TEXT")
    with open_database(config, now) as store:
        if not store.decisions.end_suppression(number, why=why, by=by, now=now):
            raise MonitorError(
                f"there is no suppression {number} in force; `substance-monitor suppress list` shows them"
            )
    return f"suppression {number} has ended; what it held back: substance-monitor alerts --suppressed"


def suppression_table(config: Config, form: str, now: datetime, width: int) -> str:
    """Every suppression, with what it held back."""
    from monitor.reports import render, select_rows

    with open_database(config, now) as store:
        query = "SELECT * FROM v_suppressions ORDER BY suppression_id"
        frame = select_rows(store.engine_readonly(), query)
    if form == "table":
        what = ["substance", "source", "list_id", "tag", "name"]
        frame["holds_back"] = [
            ", ".join(f"{column.removesuffix('_id')} {row[column]}" for column in what if row[column])
            for _, row in frame.iterrows()
        ]
        frame = frame[
            ["suppression_id", "state", "until", "holds_back", "up_to_severity", "held_back", "why"]
        ]
    return render(frame, form, title="Suppressions", generated_at=now, width=width)


# --- erased and checked -----------------------------------------------------------------------------


def forget(config: Config, what: str, *, why: str, by: str, comments: bool, now: datetime) -> list[str]:
    """Erase what an article says; says what was erased and what has to be erased by hand."""
    if not why:
        raise MonitorError("to forget an article takes a reason: --why TEXT")
    with open_database(config, now) as store:
        done = store.decisions.forget(what, why=why, by=by, now=now, comments=comments)
    if done is None:
        raise MonitorError(f"there is no article {what}; name its address or its number (article_id)")
    lines = [
        f"article {done.article} ({done.url}): {done.texts} texts, {done.bodies} captured pages, titles, "
        "headers and snippets were erased",
        f"its facts stay: address, hashes, offsets, names found, {len(done.alerts)} alerts and the decisions",
        "it is not read again",
    ]
    lines += [f"erase by hand: WARC record {record} in {file} at byte {at}" for file, at, record in done.warc]
    if done.alerts:
        shown = " ".join(f"alert-{number}" for number in done.alerts)
        lines.append(f"erase by hand: bundles of evidence that were written with {shown} in them")
    lines.append("backups hold it until they are deleted; SQLite frees the space with VACUUM")
    return lines


def forget_person(config: Config, name: str, *, why: str, by: str, now: datetime) -> str:
    """Erase the name of somebody who decided. Raises MonitorError."""
    if not why:
        raise MonitorError("to erase a name takes a reason: --why TEXT")
    with open_database(config, now) as store:
        if not store.decisions.erase_person(name, why=why, by=by, now=now):
            raise MonitorError(f"nobody named “{name}” has decided anything")
    return "the name was erased; the decisions stay, under a number"


def audit(config: Config, head: str, now: datetime) -> tuple[list[str], bool]:
    """Check the chain of decisions: lines for people, and whether it holds."""
    with open_database(config, now) as store:
        count, newest, wrong = store.decisions.verify(head)
    if not wrong:
        known = ", and holds the hash that you know" if head else ""
        return [f"{count:,} decisions, unbroken{known}", f"head {newest}"], True
    return [*wrong[:50], f"{len(wrong):,} differences in {count:,} decisions", f"head {newest}"], False
