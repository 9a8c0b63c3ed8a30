"""Where articles come from, and what is read there: sources, documents, articles, gaps."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


class DatedBy(enum.StrEnum):
    """What an article's day rests on; for the last two it has no date of its own."""

    PUBLISHED = "published"
    STATED = "stated in the text"
    SEEN = "seen on the web"
    FETCHED = "fetched"

    @property
    def own(self) -> bool:
        """Whether it is the article's own date, not the day that it was read."""
        return self in (DatedBy.PUBLISHED, DatedBy.STATED)


@dataclass(frozen=True, slots=True)
class Secret:
    """A password: its `origin` (the name of a variable) is shown, its `text` never; "" when it is not set."""

    origin: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured place that articles come from.

    Exactly one of `every` (seconds) and `cron` (five fields, UTC) is set. `location` is a URL or a path.
    `language` is a hint for texts too short to guess; `options` are the kind's own. After `bad_after` checks
    in a row that went wrong it is said to have turned bad.
    """

    name: str
    kind: str
    location: str
    every: float | None = 3600.0
    cron: str | None = None
    language: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    bad_after: int = 3


@dataclass(frozen=True, slots=True)
class SourceState:
    """What must be remembered of a source between two checks; handed in and handed back as a value.

    `cursor` is the kind's own memory (JSON-able, small). `failures` counts failed checks in a row.
    """

    source: str
    etag: str = ""
    last_modified: str = ""
    cursor: Mapping[str, object] = field(default_factory=dict)
    next_check: datetime | None = None
    failures: int = 0


class Outcome(enum.StrEnum):
    """How one check of a source ended."""

    OK = "ok"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # read, but its address has moved for good
    STALE = "stale"  # read, but nothing new for longer than its own rhythm explains
    EMPTY = "empty"
    NOT_A_FEED = "not-a-feed"
    BLOCKED = "blocked"
    GONE = "gone"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    REFUSED = "refused"  # by our own guard: the address is not public
    UNREACHABLE = "unreachable"
    PARSE_ERROR = "parse-error"
    UNRESOLVED = "unresolved"  # read, but names in it could not be resolved for now
    NOT_COVERED = "language-not-covered"  # read, but the watchlist has no names in its language
    ERROR = "error"


OF_READ = frozenset((Outcome.UNRESOLVED, Outcome.NOT_COVERED))  # gaps of what was read all the same


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that should have been read and was not: reported to people, never silent."""

    location: str
    outcome: str
    message: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One address that was asked on the way to an answer, and the status that it gave."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class WarcPlace:
    """Where a record stands in a WARC file: name of the file, first byte, bytes (0: not known), id."""

    file: str
    offset: int
    length: int
    record: str


@dataclass(frozen=True, slots=True)
class Capture:
    """How a document came to us: what evidence needs beside its bytes.

    `at` is when the last byte came. `hops` are the addresses asked, in order; the last one answered. There
    are none for a file. `headers` are all of the answer's (names in lower case). `part` is true when the
    document is one entry of the answer, not all of it.
    """

    at: datetime
    hops: tuple[Hop, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    part: bool = False
    warc: WarcPlace | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched: bytes of one article as the source gave them, with what the source said of it.

    `within` is the address of the file that it is a nameless item of: the same text anywhere in it is the
    same item. `known_as` is another address that a gap may have named it by. `fixed`: what has this address
    never changes, as an e-mail; another title or date there is another thing under the same name.
    """

    source: str
    url: str
    body: bytes
    media_type: str
    fetched_at: datetime
    charset: str | None = None
    title: str = ""
    summary: str = ""
    published_at: datetime | None = None
    language: str | None = None
    capture: Capture | None = None
    within: str = ""
    known_as: str = ""
    fixed: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """Extracted text of one article. `url` is canonical and identifies it; `sha256` is of `text`.

    `text` holds the title, the summary and the body, in this order; offsets count in it. `published_at` keeps
    the offset from UTC that it was written with. `stated_on` is the day that the text or page itself states,
    where the source gave no date; `captured_at` is when it was seen on the web, where that is not
    `fetched_at`. `left_out` says in words what of the document is not in the text (a page that cannot be
    read, what is beyond a limit): each is a gap. `declared_url` is
    what its page calls itself where that is another address, "" where it is not. `place` is the address that
    it was read at where `url` is not that, because another article was there before; else "".
    """

    source: str
    url: str
    title: str
    text: str
    fetched_at: datetime
    language: str | None = None
    published_at: datetime | None = None
    captured_at: datetime | None = None
    left_out: tuple[str, ...] = ()
    stated_on: date | None = None
    declared_url: str = ""
    place: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def date(self) -> date:
        """The day that legal status is looked up at, as `dated_by` says."""
        if self.published_at is None and self.stated_on is not None:
            return self.stated_on
        return (self.published_at or self.captured_at or self.fetched_at).date()

    @property
    def dated_by(self) -> DatedBy:
        """What `date` rests on: a publication's day is that in the offset it was written with."""
        if self.published_at is not None:
            return DatedBy.PUBLISHED
        if self.stated_on is not None:
            return DatedBy.STATED
        return DatedBy.SEEN if self.captured_at is not None else DatedBy.FETCHED
