"""The values that go into the store and come out of it, besides the nouns of `monitor.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from monitor.model import Alert, Article, ListInfo, Mention

COPY_LENGTH = 200
"""Texts of fewer code points are never taken for copies of each other: "404 not found" is no story."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article with everything found in it and decided about it.

    `watchlist` (a digest) and `program` (a version) say what it was matched with: a stored text met again
    under the same two is left alone, under others its mentions are replaced by these.
    """

    article: Article
    mentions: tuple[Mention, ...] = ()
    alerts: tuple[Alert, ...] = ()
    watchlist: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one `Store.record` changed. `new`, `revised`, `unchanged` count articles and exclude each other.

    `copies`: of the new and revised, those whose text another address had first. `matched`: of the new
    and revised, those with a mention. `mentions`, `alerts`: rows added. `alert_ids`: the alerts added.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    copies: int = 0
    matched: int = 0
    mentions: int = 0
    alerts: int = 0
    alert_ids: tuple[int, ...] = ()

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """What the store knows of the article at one URL; `number` 0 and empty strings when nothing yet.

    `copy_of` is the URL of the article that had the asked-for text first, "" when none: such an article
    is recorded but raises no alert. `alerted`: substances that it (or what it is a copy of) has alerts for.
    """

    url: str
    number: int = 0
    sha256: str = ""
    watchlist: str = ""
    program: str = ""
    fetched_at: datetime | None = None
    copy_of: str = ""
    alerted: frozenset[str] = frozenset()


class ChangeLike(Protocol):
    """One row of a watchlist diff, as the watchlist wing makes it."""

    @property
    def action(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def before(self) -> object: ...
    @property
    def after(self) -> object: ...


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert as told, with the article it is about; `text` is None once its retention is over."""

    id: int
    status: str
    alert: Alert
    revision: int
    source: str
    title: str
    language: str | None
    published_at: datetime | None
    first_seen: datetime
    fetched_at: datetime
    text: str | None
    lists: Mapping[str, ListInfo] = field(default_factory=dict)
