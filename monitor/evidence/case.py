"""What a bundle is made of, as values. Nothing here is read from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.model import Alert, Capture, DatedBy, ListInfo, Substance

FORMAT = "substance-monitor evidence"
FORMAT_VERSION = 1

NOTICE = (
    "A mention is not an accusation: an article names a substance, and nothing is said here about any "
    "person, firm or place in it. Legal status is as listed at the article's date; this is not legal advice."
)

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Told:
    """The text that was matched; `text` is None once its retention is over. `length` is in code points."""

    revision: int
    fetched_at: datetime
    sha256: str
    length: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """What the text was extracted from. `body` is None where the bytes are not kept.

    `record` is the WARC record, as its file has it; `record_missing` says why there is none.
    """

    url: str
    media_type: str
    charset: str | None
    sha256: str
    size: int
    extractor: str
    capture: Capture
    body: bytes | None = None
    record: bytes | None = None
    record_missing: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A name of the alert that disappeared from a watched page; `facts` are JSON-able.

    `revision` is that of the text without the name, None when the page itself is gone; `text` is None then,
    or once it was forgotten.
    """

    facts: Mapping[str, object]
    surface: str
    revision: int | None = None
    sha256: str = ""
    text: str | None = None
    article: int | None = None  # whose revision it is, where the page is another article by now


@dataclass(frozen=True, slots=True)
class Case:
    """One alert with everything that its bundle holds. `listing_words` are the alert's listings in words,
    `listings_heading` says of which day and what that day rests on.

    `source`, `watchlist` and `others` (articles of the same story) are JSON-able facts; `versions` names what
    matched the text last. `origin` is None for what an older version recorded.
    """

    number: int
    status: str
    alert: Alert
    substance: Substance
    lists: Mapping[str, ListInfo]
    listings_heading: str
    listing_words: tuple[str, ...]
    title: str
    language: str | None
    published_at: datetime | None
    first_seen: datetime
    article_day: date
    dated_by: DatedBy
    told: Told
    origin: Origin | None
    source: Mapping[str, object] = field(default_factory=dict)
    watchlist: Mapping[str, object] = field(default_factory=dict)
    versions: Mapping[str, object] = field(default_factory=dict)
    gone: tuple[Gone, ...] = ()
    others: tuple[Mapping[str, object], ...] = ()

    @property
    def folder(self) -> str:
        """Where its files are in the bundle: made of the number alone, never of a name from outside."""
        return f"alert-{self.number}"

    def gone_file(self, gone: Gone) -> str:
        """The file with the text that a name disappeared from; "" when there is no such text."""
        if gone.revision is None:
            return ""
        number = gone.revision if gone.article is None else f"{gone.article}-{gone.revision}"
        return f"{self.folder}/gone-{number}.txt"


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle as written: how many files, the SHA-256 of its manifest, whether it was there already."""

    files: int
    manifest: str
    already: bool
