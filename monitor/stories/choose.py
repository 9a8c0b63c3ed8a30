"""Which story an article belongs to, and which of its alerts are told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.model import Alert, Severity, StoryRules
from monitor.stories.same import Verdict, same_event
from monitor.stories.trace import Trace

ON_THE_WHOLE = 1.0  # points that the articles of a story must have with a new one in the mean


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be of the same event: its story (the address of the story's first), its trace."""

    story: str
    url: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Choice:
    """The story to join ("": none, it begins one), and by which article of it, with the verdict."""

    story: str = ""
    url: str = ""
    verdict: Verdict = field(default_factory=lambda: Verdict(False, 0.0, ()))


def choose(made: Trace, candidates: Iterable[Candidate], window: timedelta) -> Choice:
    """Join the story of the article that is most alike; of equals, the one found first.

    One article of a story being alike is not enough: what is compared of the story must be, on the whole, or
    a chain of neighbours would join everything in the end.
    """
    found: dict[str, list[tuple[Verdict, Candidate]]] = {}
    for candidate in candidates:
        verdict = same_event(made, candidate.trace, window)
        found.setdefault(candidate.story, []).append((verdict, candidate))
    best = Choice()
    for story, judged in found.items():
        mean = sum(verdict.score for verdict, _ in judged) / len(judged)
        verdict, candidate = max(judged, key=lambda each: each[0].score)
        if verdict.same and mean >= ON_THE_WHOLE and verdict.score > best.verdict.score:
            best = Choice(story, candidate.url, verdict)
    return best


@dataclass(frozen=True, slots=True)
class Told:
    """What a story has told of one substance: the gravest severity, when last, whether loudly."""

    severity: Severity
    at: datetime
    loud: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """Alerts to raise (`Alert.again` says why once more), and those that only add a source to an earlier."""

    raised: tuple[Alert, ...] = ()
    added: tuple[Alert, ...] = ()


def tell(
    alerts: Sequence[Alert],
    told: Mapping[str, Told],
    outlets: frozenset[str],
    outlet: str,
    rules: StoryRules,
    now: datetime,
) -> Telling:
    """Divide an article's alerts. `told`: substance -> what its story told; `outlets`: who told it so far."""
    raised: list[Alert] = []
    added: list[Alert] = []
    reached = _reached(outlets, outlet, rules.more_outlets)
    for alert in alerts:
        before = told.get(alert.substance)
        if before is None:
            if told and not rules.new_substance:
                added.append(alert)
            else:
                again = "the story names another substance now" if told else ""
                raised.append(_again(alert, again) if again else alert)
            continue
        why = _why_again(alert, before, reached, rules, now)
        if why:
            raised.append(_again(alert, why))
        else:
            added.append(alert)
    return Telling(tuple(raised), tuple(added))


def _why_again(alert: Alert, before: Told, reached: int, rules: StoryRules, now: datetime) -> str:
    """Why a story that has told of this substance is told again; "" for not at all."""
    if rules.higher_severity and alert.severity > before.severity:
        return f"the severity is {alert.severity.label} now, {before.severity.label} before"
    if reached:
        return f"{reached} outlets tell it now"
    if not before.loud and not alert.quiet:
        return "it was told quietly only"
    if now - before.at >= rules.quiet:
        return f"it was last told on {before.at:%Y-%m-%d}, longer ago than the quiet period"
    return ""


def _reached(outlets: frozenset[str], outlet: str, numbers: Iterable[int]) -> int:
    """The number of outlets that this article's own makes full, or 0."""
    before, after = len(outlets), len(outlets | {outlet})
    return max((number for number in numbers if before < number <= after), default=0)


def _again(alert: Alert, why: str) -> Alert:
    return replace(alert, again=why, reasons=(*alert.reasons, f"told again for this story: {why}"))
