"""The values of decisions: what goes in, what comes out, what is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One step to be written about an alert: `seen` is the status that it was decided at, `after` the next.

    `until` is an ISO day; `code` a reason code of the configuration, `why` the reason in words.
    """

    alert: int
    action: str
    seen: str
    after: str
    why: str = ""
    code: str = ""
    assignee: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a step: `found` is the alert's status before it, "" for no such alert."""

    step: NewDecision
    found: str
    written: bool
    number: int = 0


@dataclass(frozen=True, slots=True)
class DecisionState:
    """An alert's status with the newest decision; `at` is None before the first."""

    alert: int
    status: str
    substance: str
    at: datetime | None
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of an article, and what lies elsewhere and has to be erased by hand.

    `warc`: file, offset and id of each record that holds it.
    """

    article: int
    url: str
    texts: int
    bodies: int
    alerts: tuple[int, ...]
    warc: tuple[tuple[str, int, str], ...]
