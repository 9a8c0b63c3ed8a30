"""How runs and their checks end, as values: what the doors show, and what a bug carries with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.model import Gap, Watchlist

if TYPE_CHECKING:
    from monitor.pipeline.prepare import WatchlistNews
    from monitor.pipeline.rescan import RescanResult
    from monitor.store import Recorded


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing to show while a run is under way: a check began (`result` None), went on, or ended."""

    source: str
    articles: int = 0
    alerts: int = 0
    result: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check of one source ended. `gaps` and `alert_ids` are the first ones; the counts are whole.

    `turned` is "bad" at the check at which the source turned bad, "well" when it is read again, else "";
    it turns bad after `bad_after` checks in a row that went wrong.
    `unresolved`: some article has names that could not be resolved for now, and waits for a rescan.
    """

    source: str
    outcome: str
    message: str
    started: datetime
    ended: datetime
    next_check: datetime
    done: Recorded
    failed: int = 0
    gaps: tuple[Gap, ...] = ()
    alert_ids: tuple[int, ...] = ()
    turned: str = ""
    unresolved: bool = False
    bad_after: int = 3


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run: what became of every source, in the order of the configuration."""

    checks: tuple[CheckResult, ...]
    news: WatchlistNews
    watchlist: Watchlist
    forgotten_texts: int = 0
    rescan: RescanResult | None = None

    @property
    def alert_ids(self) -> tuple[int, ...]:
        return tuple(number for check in self.checks for number in check.alert_ids)

    @property
    def alerts(self) -> int:
        return sum(check.done.alerts for check in self.checks)


class BugError(Exception):
    """Bugs met during a run, raised after everything else was done and recorded; `summary` has the rest."""

    def __init__(self, bugs: Sequence[Exception], summary: RunSummary | None = None) -> None:
        super().__init__(f"{len(bugs)} unexpected {'error' if len(bugs) == 1 else 'errors'}: {bugs[0]!r}")
        self.bugs = tuple(bugs)
        self.summary = summary
