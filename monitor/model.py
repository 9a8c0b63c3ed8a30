"""The nouns of the program: frozen values, one meaning each; standard library only, no I/O.

Offsets are code points into `Article.text`, half open: `[start, stop)`. Times are aware datetimes: UTC, but
for `published_at`, which keeps the offset that it was written with.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property


class Severity(enum.IntEnum):
    """How loud an alert is; ordered. Written in lower case everywhere outside Python."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class InForce(enum.Enum):
    """What a listing's dates say about one day."""

    YES = "in force"
    NOT_YET = "not yet in force"
    ENDED = "no longer in force"
    UNKNOWN = "date not known"


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


# --- what is watched -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListInfo:
    """One authority's list: `dea-list-1`, `un-1961-I` ...

    `kind` is "schedule", "precursor", "class" (a control by structure), "surveillance", "proposed" or "house"
    (a user's own). Only the first two are legal control of what stands there: a surveillance list or a
    proposal must never be called "scheduled", and what falls under a class is for a person to judge.
    `complete_to` is the last day (a partial ISO date) up to which the list is known to be complete but for
    what `missing` names; "" where no such day is known.
    """

    id: str
    title: str
    authority: str
    jurisdiction: str
    kind: str
    source: str = ""
    licence: str = ""
    complete_to: str = ""
    missing: str = ""
    note: str = ""

    @property
    def is_control(self) -> bool:
        return self.kind in ("schedule", "precursor")


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a substance in one authority's list.

    `since` is the first day of force, `until` the first day no longer covered: partial ISO dates ("2005",
    "2023-10", "2023-10-24"), "" when not known. `absent_on` and `present_on` are days on which it is known to
    be off and on the list, where `since` or `until` are not known. `confirmed` is false for what no source at
    hand confirms. `wording` is the list's own; `note` what the source says besides.
    """

    substance: str
    list_id: str
    code: str = ""
    wording: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    source: str = ""
    absent_on: str = ""
    present_on: str = ""
    confirmed: bool = True

    def at(self, day: date) -> InForce:
        """Say whether the entry was in force on `day`, as far as its dates say it.

        A date known to the year leaves that year open, and so do the days between `absent_on` and
        `present_on`, in either order.
        """
        iso = day.isoformat()
        begun, ended = self._begun(iso), self._ended(iso)
        if ended:
            return InForce.ENDED
        if begun is False:
            return InForce.NOT_YET
        return InForce.YES if begun and ended is False else InForce.UNKNOWN

    @property
    def _was_removed(self) -> bool:
        """Whether `absent_on` is a day after the entry stood on the list, not before."""
        known = self.present_on or self.since
        return bool(known) and self.absent_on > known

    def _begun(self, iso: str) -> bool | None:
        """Whether the entry had come into force by a day; None where that is not known."""
        if self.since:
            return _reached(self.since, iso)
        if self.absent_on and not self._was_removed and iso <= self.absent_on:
            return False
        return True if self.present_on and iso >= self.present_on else None

    def _ended(self, iso: str) -> bool | None:
        """Whether the entry had ended by a day; None where that is not known."""
        if self.until:
            return _reached(self.until, iso)
        if not self._was_removed or iso <= (self.present_on or self.since):
            return False
        return True if iso >= self.absent_on else None


def _reached(partial: str, iso: str) -> bool | None:
    """Whether the day `iso` is on or after a partial ISO date; None within the year or month it names."""
    prefix = iso[: len(partial)]
    if prefix == partial and len(partial) < len(iso):
        return None
    return prefix >= partial


@dataclass(frozen=True, slots=True)
class Substance:
    """A watched chemical. `key` is the stable identifier that mentions and alerts carry."""

    key: str
    name: str
    kind: str = "other"  # precursor, narcotic, psychotropic, nps, other
    cas: tuple[str, ...] = ()
    cid: int | None = None
    smiles: str = ""
    inchikey: str = ""
    severity: Severity | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """One literal mapping from a text to a substance.

    `type` is "common", "inn", "trade", "systematic", "acronym", "street", "cas" or "other";
    `language` is an ISO 639-1 code, or "mul". `ambiguous`: the text has other senses (`senses`), so it
    counts only beside other evidence.
    """

    text: str
    substance: str
    language: str = "mul"
    type: str = "common"
    ambiguous: bool = False
    senses: str = ""
    source: str = ""


@dataclass(frozen=True)  # no slots: the digest and the index of listings are worked out once and kept
class Watchlist:
    """Everything watched, as one value. `digest` names this very content."""

    substances: Mapping[str, Substance]
    names: tuple[Name, ...]
    listings: tuple[Listing, ...] = ()
    lists: Mapping[str, ListInfo] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over every row in a fixed order: equal content, equal digest."""
        hasher = hashlib.sha256()
        for row in (
            *sorted(map(repr, self.substances.values())),
            *sorted(map(repr, self.names)),
            *sorted(map(repr, self.listings)),
            *sorted(map(repr, self.lists.values())),
        ):
            hasher.update(row.encode())
            hasher.update(b"\n")
        return hasher.hexdigest()

    def listings_of(self, substance: str) -> tuple[Listing, ...]:
        return self._listings_by_substance.get(substance, ())

    @cached_property
    def _listings_by_substance(self) -> dict[str, tuple[Listing, ...]]:
        found: dict[str, tuple[Listing, ...]] = {}
        for entry in self.listings:
            found[entry.substance] = (*found.get(entry.substance, ()), entry)
        return found


# --- where articles come from ----------------------------------------------------------------------


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


# --- what is found and alerted --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text that names a watched substance; always `text[start:stop] == surface`.

    `name` is the lexicon's name that matched, `method` how ("name", "cas", "inchikey" ...), `form` the
    form of the text it matched in ("raw", "normal", "skeleton"). `features` are (name, value) pairs that
    `score` (0 to 1) was computed from; `reasons` say the same to a person. `tags` say what the text
    says about the substance ("seizure", "legislation" ...).
    """

    start: int
    stop: int
    surface: str
    substance: str
    name: str
    method: str
    score: float
    form: str = "raw"
    features: tuple[tuple[str, float], ...] = ()
    reasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def stands_in(surface: str, text: str) -> bool:
    """Whether `text` holds `surface` as words of its own, whatever the case, spacing and line breaks.

    "norvex" does not stand in "norvexamide". One rule for all that says whether a name is still on a page.
    """
    wanted = rf"(?<!\w){re.escape(' '.join(surface.split()))}(?!\w)"
    return re.search(wanted, " ".join(text.split()), re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Pin:
    """A user's word on one name: it counts `always` (alone), or never. Empty tuples mean "any".

    The name is compared without regard to case."""

    text: str
    always: bool
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def speaks_of(self, language: str | None, source: str | None) -> bool:
        """Does the pin hold in texts of this language and source?"""
        return (not self.languages or language in self.languages) and (
            not self.sources or source in self.sources
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """When to raise an alert. An empty tuple means "any"; the first rule that fits decides.

    `quiet` (seconds): after an alert for a substance, further ones are recorded as quiet for so long.
    """

    name: str
    lists: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    min_score: float = 0.5
    severity: Severity | None = None
    quiet: float = 0.0
    raise_alert: bool = True  # false: the rule silences what it fits


@dataclass(frozen=True, slots=True)
class StoryRules:
    """When articles are one story, and when a story raises an alert again.

    `window`: how far two articles of one event may lie apart. `quiet`: after an alert for a story and
    substance, articles of the story raise no other for so long. In spite of it another alert is raised for a
    substance that it had not named (`new_substance`), for a severity above all before (`higher_severity`),
    and when its outlets reach one of the numbers in `more_outlets`.
    """

    window: timedelta = timedelta(days=7)
    quiet: timedelta = timedelta(days=30)
    new_substance: bool = True
    higher_severity: bool = True
    more_outlets: tuple[int, ...] = (10,)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A quotable stretch of the article around one mention; offsets of the stretch in the article."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class ListingStatus:
    """A listing and what its dates say at the article's date."""

    listing: Listing
    status: InForce


@dataclass(frozen=True, slots=True)
class Alert:
    """One substance in one article, raised once. A mention is not an accusation."""

    substance: str
    article_url: str
    rule: str
    severity: Severity
    score: float
    mentions: tuple[Mention, ...]
    snippets: tuple[Snippet, ...]
    listings: tuple[ListingStatus, ...]
    reasons: tuple[str, ...]
    watchlist: str  # Watchlist.digest
    raised_at: datetime
    quiet: bool = False
    found_on: str = "check"  # or "rescan": in a stored article, with what was added to the watchlist since
    again: str = ""  # why it is raised although its story has an alert for this substance already
    places: int = 0  # mentions that it was raised for, where `mentions` holds only the first of each name
    not_listed: tuple[str, ...] = ()  # where it is on no list that is known, and how far those are complete


@dataclass(frozen=True, slots=True)
class Suppression:
    """Alerts that are kept and not shown until a day: those that fit every condition that is not empty.

    `until` is an ISO day, which belongs to it. Alerts graver than `severity` are raised all the same.
    """

    severity: Severity
    until: str
    substance: str = ""
    source: str = ""
    list_id: str = ""
    tag: str = ""
    name: str = ""
    id: int = 0

    def holds(self, alert: Alert, source: str) -> bool:
        """Whether it keeps `alert` back, which is of an article of `source`; its day is not asked."""
        fits = (
            (self.substance, {alert.substance}),
            (self.source, {source}),
            (self.list_id, {entry.listing.list_id for entry in alert.listings}),
            (self.tag, {tag for mention in alert.mentions for tag in mention.tags}),
        )
        alone = not self.name or {mention.name for mention in alert.mentions} == {self.name}
        return alert.severity <= self.severity and alone and all(not w or w in has for w, has in fits)
