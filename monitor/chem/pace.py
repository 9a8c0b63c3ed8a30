"""How often PubChem may be asked: its limits, what its answers say of them, and when to leave it alone. Pure.

Times are seconds of a clock that never goes back. Limits: https://pubchem.ncbi.nlm.nih.gov/docs/dynamic-request-throttling
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

PER_SECOND, PER_MINUTE, RUNNING_PER_MINUTE = 5, 400, 300.0
HOLD = {"green": 0.0, "yellow": 2.0, "red": 20.0, "black": 600.0}
"""Seconds to wait after an answer that says so of our own requests; Black means that we are shut out."""

FAILURES = 5  # in a row, then PubChem is left alone
LEFT_ALONE = 600.0  # seconds

_STATUS = re.compile(r"request (?:count|time) status:\s*(\w+)", re.IGNORECASE)


def throttling(header: str | None) -> str:
    """The graver of the two colours that `X-Throttling-Control` gives our own requests, in lower case.

    "green" when the header is missing, as it sometimes is. The third colour is the server's own load, which
    it answers 503 when it matters.
    """
    colours = [colour.lower() for colour in _STATUS.findall(header or "")]
    return max((colour for colour in colours if colour in HOLD), key=list(HOLD).index, default="green")


@dataclass(slots=True)
class Pace:
    """Remembers the requests of the last minute and says how long to wait before the next."""

    _starts: deque[float] = field(default_factory=deque)
    _runs: deque[tuple[float, float]] = field(default_factory=deque)  # (end, seconds) of each request
    _held_until: float = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds before the next request may begin; 0 when it may at once."""
        while self._starts and self._starts[0] <= now - 60:
            self._starts.popleft()
        while self._runs and self._runs[0][0] <= now - 60:
            self._runs.popleft()
        due = self._held_until
        for count, span in ((PER_SECOND, 1.0), (PER_MINUTE, 60.0)):
            if len(self._starts) >= count:
                due = max(due, self._starts[-count] + span)
        running = sum(seconds for _, seconds in self._runs)
        for end, seconds in self._runs:
            if running < RUNNING_PER_MINUTE:
                break
            running -= seconds
            due = max(due, end + 60)
        return max(0.0, due - now)

    def note(self, start: float, end: float) -> None:
        """Remember a request."""
        self._starts.append(start)
        self._runs.append((end, end - start))

    def hold(self, now: float, seconds: float) -> None:
        """Let no request begin for so long."""
        self._held_until = max(self._held_until, now + seconds)


@dataclass(slots=True)
class Breaker:
    """Opens after failures in a row; while it is open nothing is asked. Then one try decides."""

    failures: int = 0
    last: str = ""
    _open_until: float = float("-inf")

    def left(self, now: float) -> float:
        """Seconds for which it stays open; 0 when a request may be tried."""
        return max(0.0, self._open_until - now)

    def worked(self) -> None:
        self.failures = 0

    def failed(self, now: float, message: str) -> None:
        """Count a failed try; enough of them, or the first after a pause, open it."""
        self.failures += 1
        self.last = message
        if self.failures >= FAILURES:
            self._open_until = now + LEFT_ALONE

    def trip(self, now: float, seconds: float, message: str) -> None:
        """Open it at once: the server has said that it wants no more requests."""
        self.failures, self.last = FAILURES, message
        self._open_until = max(self._open_until, now + seconds)
