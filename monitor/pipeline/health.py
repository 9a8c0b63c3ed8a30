"""How a source is doing: when it is silent for too long, when it turns bad, when it is well again. Pure.

Nothing is configured: a source is measured by its own past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.model import Outcome

GOOD = (Outcome.OK.value, Outcome.UNCHANGED.value, Outcome.MOVED.value)
"""Outcomes of a source that is read and gives what it should."""

_FEWEST_PAUSES = 10  # with fewer, nothing is said of a rhythm
_PAUSE = timedelta(hours=1)  # items that come closer together count as one
_SHORTEST_SILENCE = timedelta(days=4)  # a long weekend is no silence
_TIMES_LONGEST = 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is learned from a source's items: the newest one, and its longest pause so far."""

    newest: datetime
    longest: timedelta

    @property
    def patience(self) -> timedelta:
        """How long it may be silent: twice its longest pause, four days at least."""
        return max(_TIMES_LONGEST * self.longest, _SHORTEST_SILENCE)

    def is_stale(self, now: datetime) -> bool:
        return now - self.newest > self.patience

    def in_words(self, now: datetime) -> str:
        """One sentence for people."""
        silent, longest = _days(now - self.newest), _days(self.longest)
        return f"nothing new since {self.newest:%Y-%m-%d} ({silent}); its longest pause before was {longest}"


def rhythm(times: Sequence[datetime]) -> Rhythm | None:
    """Learn a rhythm from the times of items, in any order; None while too little is known."""
    if not times:
        return None
    ordered = sorted(times)
    pauses = [later - earlier for earlier, later in pairwise(ordered)]
    pauses = [pause for pause in pauses if pause >= _PAUSE]
    return Rhythm(ordered[-1], max(pauses)) if len(pauses) >= _FEWEST_PAUSES else None


def turn(outcomes: Sequence[str], after: int) -> str:
    """Say what the newest of some outcomes of one source changes; the newest comes first.

    "bad": `after` in a row went wrong, this one being the last. "well": it is good after so many or more that
    were not. Otherwise "". Looks at the newest `after` + 1.
    """
    good = [outcome in GOOD for outcome in outcomes[: after + 1]]
    if len(good) < after:
        return ""
    if good[0]:
        return "well" if len(good) > after and not any(good[1:]) else ""
    before = good[after:]
    return "bad" if not any(good[:after]) and (not before or before[0]) else ""


def _days(span: timedelta) -> str:
    days = span / timedelta(days=1)
    return f"{days:.0f} days" if days >= 2 else f"{span / timedelta(hours=1):.0f} hours"
