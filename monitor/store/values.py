"""The values that go into the store and come out of it, besides the nouns of `monitor.model`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Protocol

from monitor.model import Alert, Article, Capture, DatedBy, Document, ListInfo, Mention

RESCAN = "rescan"
"""What an alert that was found in a stored article has as `found_on`."""

COPY_LENGTH = 200
"""Texts of fewer code points are never taken for copies of each other: "404 not found" is no story."""


class PlannedLike(Protocol):
    """A delivery as the notify wing plans it."""

    @property
    def channel(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def digest(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Original:
    """What an article was made of, and by which extractor; with `keep_body` the bytes are kept as well."""

    document: Document
    extractor: str
    keep_body: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One article with everything found in it and decided about it.

    `watchlist` (a digest) and `program` (a version) say what it was matched with: a stored text met again
    under the same two is left alone, under others its mentions are replaced by these. `novel`: names that
    no list has, for the queue. `member`: its story; `added`: alerts that its story has told of already, so
    that the article only stands behind them. `deliveries`: by substance, what its alerts send to whom.
    """

    article: Article
    mentions: tuple[Mention, ...] = ()
    alerts: tuple[Alert, ...] = ()
    watchlist: str = ""
    program: str = ""
    original: Original | None = None
    novel: tuple[NovelName, ...] = ()
    basis: int = 0  # see Store.basis
    member: Member | None = None
    added: tuple[Alert, ...] = ()
    deliveries: Mapping[str, Sequence[PlannedLike]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """An article that is stored at an address, as far as a text that was read there is compared with it.

    `text` is its newest text, for another address the newest that was read at the address asked about; None
    when it is forgotten, or nothing is known to have been read there. `same`: it has, or once had, the very
    text asked about.
    """

    url: str
    place: str
    title: str
    published_at: datetime | None
    text: str | None
    same: bool = False


@dataclass(frozen=True, slots=True)
class StoredText:
    """An article that waits for the rescan; `article` is None when its text was forgotten.

    `sha256` is that of the text as first read. `mentions` are those kept: (start, stop, substance, score).
    """

    id: int
    revision: int
    sha256: str
    article: Article | None
    mentions: frozenset[tuple[int, int, str, float]] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """How an article belongs to a story; `story` is the address of the story's first article, maybe its own.

    `near`: the address of the article that it is most alike, "" for the first. `at`: when it was published,
    else fetched; `joined_at` now. `trace` and `keys` are what later articles are compared with and found by;
    the store does not look into them.
    """

    story: str
    outlet: str
    at: datetime
    joined_at: datetime
    trace: bytes = b""
    keys: tuple[int, ...] = ()
    near: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredMember:
    """An article of a story, as far as another is compared with it."""

    story: str
    url: str
    trace: bytes


@dataclass(frozen=True, slots=True)
class StoredStory:
    """What a story has raised: substance -> (gravest severity, time of the last alert, whether one was loud).

    `outlets`: who told it so far.
    """

    told: Mapping[str, tuple[int, datetime, bool]] = field(default_factory=dict)
    outlets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one `Store.record` changed. `new`, `revised`, `unchanged` count articles and exclude each other.

    `appeared`, `gone`: watched names on a watched page, since the reading before.

    `copies`: of the new and revised, those whose text another address had first. `matched`: of the new
    and revised, those with a mention. `mentions`, `alerts`: rows added. `alert_ids`: the alerts added.
    `joined`: of the new, those that tell a story that was known. `added`: articles put behind alerts.
    `suppressed`: alerts that were kept and are not shown; they are not among `alerts`.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    copies: int = 0
    matched: int = 0
    mentions: int = 0
    alerts: int = 0
    alert_ids: tuple[int, ...] = ()
    appeared: int = 0
    gone: int = 0
    joined: int = 0
    added: int = 0
    suppressed: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """What the store knows of the article at one URL; `number` 0 and empty strings when nothing yet.

    `copy_of` is the URL of the article that had the asked-for text first, "" when none: such an article
    is recorded but raises no alert. `alerted`: substances that it (or what it is a copy of) has alerts for;
    `told`: those that it has alerts for itself, or for which it stands behind an alert of its story.
    """

    url: str
    number: int = 0
    sha256: str = ""
    watchlist: str = ""
    program: str = ""
    basis: int = 0
    fetched_at: datetime | None = None
    copy_of: str = ""
    alerted: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


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
class Behind:
    """An article that stands behind an alert of its story; `reasons` say why it tells the same event."""

    url: str
    title: str
    outlet: str
    language: str | None
    published_at: datetime | None
    added_at: datetime
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert as raised, with the article it is about; `text` is None once its retention is over.

    `article_day` is the day that its legal status was looked up at, and `dated_by` what that day rests on.
    `behind`: the first articles of its story that stand behind it; `articles` counts all, its own among them.
    """

    id: int
    status: str
    alert: Alert
    revision: int
    source: str
    title: str
    language: str | None
    published_at: datetime | None
    article_day: date
    dated_by: DatedBy
    first_seen: datetime
    fetched_at: datetime
    text: str | None
    lists: Mapping[str, ListInfo] = field(default_factory=dict)
    story: int | None = None
    articles: int = 1
    behind: tuple[Behind, ...] = ()


# --- evidence -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """How a text came: `sha256` and `size` are of the bytes it was extracted from; `body` None: not kept."""

    url: str
    media_type: str
    charset: str | None
    sha256: str
    size: int
    extractor: str
    body: bytes | None
    capture: Capture


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source as the configuration last described it."""

    name: str
    kind: str
    location: str


@dataclass(frozen=True, slots=True)
class WatchlistVersion:
    """A watchlist that was in force: since when, and how many rows of each kind it had."""

    digest: str
    loaded_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Disappearance:
    """A time that a name stood on a watched page, and its end; the text without it, where the page was read.

    `text_sha256` is "" when the page itself is gone; `text` is None then, or once its retention is over.
    """

    name: str
    surface: str
    absent_at: datetime | None
    appeared_at: datetime
    last_seen_at: datetime
    gone_at: datetime
    reason: str
    revision: int | None
    text_sha256: str
    text: str | None
    captured_at: datetime | None
    body_sha256: str
    article: int | None = None  # whose `revision` it is, where another text made the page another article


@dataclass(frozen=True, slots=True)
class OtherArticle:
    """An article that stands behind an alert, as its story had told of it; hashes are of its newest text."""

    url: str
    title: str
    source: str
    published_at: datetime | None
    first_seen: datetime
    added_at: datetime
    score: float
    text_sha256: str
    captured_at: datetime | None
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An alert with everything that is kept of where it comes from.

    `matched_with` and `program` are the watchlist and the program that its text was last matched with.
    `capture` is None for what a version before 0003 recorded. `gone`: what of it disappeared from its page.
    """

    stored: StoredAlert
    text_sha256: str
    text_length: int
    matched_with: str
    program: str
    capture: StoredCapture | None
    source: StoredSource | None
    watchlist: WatchlistVersion | None
    gone: tuple[Disappearance, ...] = ()
    others: tuple[OtherArticle, ...] = ()


# --- names that no list has -----------------------------------------------------------------------

WATCH, IGNORE = "watch", "ignore"
"""What can be decided about such a name; before that it is `OPEN`."""


@dataclass(frozen=True, slots=True)
class NovelName:
    """A name that no list has, in one article.

    `key` is the folded `name`. `smiles` and `inchikey` are "" where the structure is not known; `via` says
    how it became known, `reason` why it did not. `classes`: ids of the structure classes that it may belong
    to. `times`: places in the article; `snippet` is around the first. `near`: what stands near that speaks
    of drugs or precursors.
    """

    key: str
    name: str
    snippet: str
    times: int = 1
    near: tuple[str, ...] = ()
    smiles: str = ""
    inchikey: str = ""
    via: str = ""
    reason: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchedName:
    """A name that somebody decided to watch; `smiles` and `inchikey` are "" where they are not known."""

    name: str
    smiles: str
    inchikey: str
    who: str
    why: str
    at: datetime


# --- what comes from elsewhere --------------------------------------------------------------------

OPEN, ACCEPTED, REJECTED = "open", "accepted", "rejected"


class FindingLike(Protocol):
    """A proposed change, as the chemistry wing makes it; `safe` says why a rule accepts it, else ""."""

    @property
    def substance(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def safe(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A kept proposal for the watchlist with its newest decision.

    `kind` is "synonym", "structure" (`after` an InChIKey, `detail` its SMILES) or "cid". `reason` says why
    it waits for a person. `status` is "open", "accepted" or "rejected"; `who`, `why`, `decided_at` are the
    newest decision's.
    """

    id: int
    substance: str
    kind: str
    before: str
    after: str
    detail: str
    reason: str
    source: str
    found_at: datetime
    status: str
    who: str = ""
    why: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeProposal:
    """What a notice does to one entry of a list, as a person reads it, and as `change` for the watchlist.

    `kind` is "listing", or "notice" where the notice's substances are for a person to find.
    """

    substance: str
    kind: str
    before: str
    after: str
    detail: str
    reason: str
    source: str
    change: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A notice of a gazette with what it does and what follows for the lists. Days are ISO dates or ""."""

    gazette: str
    num: str
    url: str
    title: str
    published: str
    action: str
    act: str
    list_id: str
    from_list: str
    effective: str
    sentence: str
    reasons: tuple[str, ...]
    source: str
    proposals: tuple[NoticeProposal, ...]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer of PubChem: rows as it gave them, none when it knows nothing."""

    question: str
    found: bool
    answer: list[dict[str, object]]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What OPSIN made of a name: SMILES or "", its own message, whether it called the name ambiguous.

    `failures`: how often in a row it gave no answer at all; then the rest says nothing about the name.
    """

    smiles: str = ""
    message: str = ""
    ambiguous: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """When a job of the scheduler is due, and how it ended last; `failures` in a row."""

    name: str
    next_at: datetime
    last_at: datetime | None = None
    outcome: str = ""
    message: str = ""
    failures: int = 0
