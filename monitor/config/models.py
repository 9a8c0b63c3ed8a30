"""The sections of config.yaml as frozen models, and how they become the nouns of the program.

The descriptions are the help that an editor shows; docs/configuration.md says more of each key.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)

from monitor.config import values
from monitor.model import ListInfo, Pin, Rule, Severity, Source

DEFAULT_EVERY = 3600.0
"""Seconds between two checks of a source that names neither `every` nor `cron`."""

_SEVERITIES = [level.label for level in Severity]


def _at_base(value: object, info: ValidationInfo) -> object:
    """A path in the file counts from the folder of the file."""
    if not isinstance(value, str):
        return value
    base: Path = (info.context or {}).get("base", Path())
    return base / Path(values.text(value)).expanduser()


def _database(value: str, info: ValidationInfo) -> str:
    url = values.database_url(value)
    name, query_mark, query = url.removeprefix("sqlite:///").partition("?")
    if not url.startswith("sqlite:///") or name in ("", ":memory:") or name.startswith("file:"):
        return url
    base: Path = (info.context or {}).get("base", Path())
    return f"sqlite:///{base / name}{query_mark}{query}"


def _split(value: object) -> object:
    """ "a, b" as well as a list: an identifier holds no comma."""
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(values.text)]
LocalPath = Annotated[Path, BeforeValidator(_at_base), WithJsonSchema({"type": "string", "minLength": 1})]
Duration = Annotated[
    float,
    BeforeValidator(values.duration),
    WithJsonSchema({"type": "string", "pattern": values.DURATION_PATTERN}),
]
Interval = Annotated[
    float,
    BeforeValidator(values.interval),
    WithJsonSchema({"type": "string", "pattern": values.DURATION_PATTERN}),
]
IntervalOrOff = Annotated[
    float | None,
    BeforeValidator(values.interval_or_off),
    WithJsonSchema({"type": "string", "pattern": rf"^off$|{values.DURATION_PATTERN}"}),
]
Size = Annotated[
    int,
    BeforeValidator(values.size),
    WithJsonSchema({"type": "string", "pattern": values.SIZE_PATTERN}),
]
ListIds = Annotated[
    tuple[Text, ...],
    BeforeValidator(_split),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Level = Annotated[
    Severity,
    BeforeValidator(values.severity),
    WithJsonSchema({"type": "string", "enum": _SEVERITIES}),
]
Language = Annotated[
    str,
    Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code: en, de, es, zh ..."),
]
WebAddress = Annotated[str, AfterValidator(values.web_address)]
Pattern = Annotated[str, AfterValidator(values.pattern)]
Kind = Literal["precursor", "narcotic", "psychotropic", "nps", "other"]


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing converted in silence, nothing changed later."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


# --- watchlists -------------------------------------------------------------------------------------


class InlineSubstance(Section):
    """A substance of your own, or more names for a shipped one (joined by CAS number or InChIKey)."""

    name: Text = Field(description="The name that reports show; matched like the aliases.")
    aliases: tuple[Text, ...] = Field(default=(), description="Further names, one a line in block style.")
    cas: Text | None = Field(default=None, description="CAS Registry Number, with its check digit.")
    inchikey: Text | None = Field(default=None, description="Standard InChIKey.")
    severity: Level | None = Field(default=None, description="Severity of its alerts.")
    note: Text | None = Field(default=None, description="A remark that is shown with its alerts.")


class BuiltinWatchlist(Section):
    """Shipped lists."""

    builtin: ListIds = Field(
        min_length=1,
        description="`all`, or ids of shipped lists, as in `incb-table-1, dea-list-1`.",
    )


class FileWatchlist(Section):
    """A CSV or YAML file of your own."""

    file: LocalPath = Field(description="Path, counted from the folder of this file.")


class InlineWatchlist(Section):
    """Substances written here."""

    name: Text = Field(description="What alerts call this list.")
    severity: Level | None = Field(default=None, description="Severity of its substances that name none.")
    substances: tuple[InlineSubstance, ...] = Field(min_length=1, description="The substances.")


def _watchlist_kind(value: object) -> str | None:
    if isinstance(value, BuiltinWatchlist | FileWatchlist | InlineWatchlist):
        return f"#{type(value).__name__.removesuffix('Watchlist').lower()}"
    if not isinstance(value, dict):
        return None
    kinds = {"builtin": "#builtin", "file": "#file", "substances": "#inline", "name": "#inline"}
    return next((tag for key, tag in kinds.items() if key in value), None)


WatchlistEntry = Annotated[
    Annotated[BuiltinWatchlist, Tag("#builtin")]
    | Annotated[FileWatchlist, Tag("#file")]
    | Annotated[InlineWatchlist, Tag("#inline")],
    Discriminator(_watchlist_kind),
]


# --- sources ----------------------------------------------------------------------------------------


class BaseSource(Section):
    """What sources of every kind have."""

    name: Text = Field(description="What reports call it; no two sources share a name.")
    every: Interval | None = Field(default=None, description="Time between two checks: 90s, 15m, 6h, 1d.")
    cron: Annotated[str, AfterValidator(values.cron)] | None = Field(
        default=None, description='Five cron fields in UTC, as in "0 6 * * *"; instead of `every`.'
    )
    language: Language | None = Field(default=None, description="Hint for texts too short to guess.")
    enabled: bool = Field(default=True, description="false: keep the entry, do not check it.")

    @property
    def location(self) -> str:
        raise AssertionError(f"{type(self).__name__} says not where it is")

    @property
    def options(self) -> Mapping[str, object]:
        return {}

    def to_source(self) -> Source:
        every = None if self.cron else self.every or DEFAULT_EVERY
        kind: str = getattr(self, "kind")  # noqa: B009 (each kind declares it with its own literal type)
        return Source(self.name, kind, self.location, every, self.cron, self.language, self.options)


class ListSource(BaseSource):
    """What sources have that list entries, each with a page."""

    max_pages: int = Field(
        default=50, ge=1, le=10_000, description="Linked pages read in one check, at most."
    )
    max_entries: int = Field(
        default=1000, ge=1, le=100_000, description="Entries read in one check, at most."
    )

    @property
    def options(self) -> Mapping[str, object]:
        return self.model_dump(include={"max_pages", "max_entries"})


class FeedSource(ListSource):
    """An RSS, Atom or JSON feed."""

    kind: Literal["feed"] = Field(description="An RSS, Atom or JSON feed.")
    url: WebAddress = Field(description="Address of the feed.")
    fetch_pages: bool = Field(default=True, description="false: read only what the feed itself holds.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        return {**super().options, "fetch_pages": self.fetch_pages}


class PageSource(ListSource):
    """A page that is watched for change, or a listing whose links are followed."""

    kind: Literal["page"] = Field(description="A page that is watched, or a listing of links.")
    url: WebAddress = Field(description="Address of the page.")
    links: Pattern | None = Field(default=None, description="Read the pages of links this is found in.")
    read_page: bool | None = Field(
        default=None, description="Whether the page itself is an article; by default only without `links`."
    )

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        return {**super().options, "links": self.links, "read_page": self.read_page}


class SitemapSource(ListSource):
    """The sitemap of a site, best its news sitemap."""

    kind: Literal["sitemap"] = Field(description="A sitemap, a news sitemap, or an index of them.")
    url: WebAddress = Field(description="Address of the sitemap.")
    max_age: Interval = Field(default=30 * 86_400.0, description="What is dated before is not read.")
    max_maps: int = Field(
        default=50, ge=1, le=5000, description="Files of an index read in one check, at most."
    )
    include: Pattern | None = Field(default=None, description="Only addresses that this pattern is found in.")
    exclude: Pattern | None = Field(default=None, description="No addresses that this pattern is found in.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        own = self.model_dump(include={"max_maps", "include", "exclude"})
        return {**super().options, **own, "max_age": int(self.max_age)}


class FolderSource(BaseSource):
    """A folder of files: .txt .html .md .pdf .eml .mbox .json .jsonl, with subfolders."""

    kind: Literal["folder"] = Field(description="A folder of files, with its subfolders.")
    path: LocalPath = Field(description="Path, counted from the folder of this file.")
    max_size: Size = Field(default=32_000_000, description="Of one file; a larger one is reported as a gap.")

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def options(self) -> Mapping[str, object]:
        return {"max_bytes": self.max_size}


class ApiFields(Section):
    """Where in an item of a JSON answer its parts are: paths such as `title` or `authors.0.name`."""

    title: ListIds = Field(default=(), description="Path of the title.")
    url: Text | None = Field(default=None, description="Path of the address of the page.")
    text: ListIds = Field(default=(), description="Path of the text, or several whose texts are joined.")
    date: Text | None = Field(default=None, description="Path of the date.")
    id: Text | None = Field(default=None, description="Path of what names the item.")
    language: Text | None = Field(default=None, description="Path of the language's code.")


class ApiSource(ListSource):
    """A JSON API that is described here."""

    kind: Literal["api"] = Field(description="A JSON API.")
    url: WebAddress = Field(description="Address; {since}, {until}, {page} and {offset} are filled in.")
    items: Text | None = Field(default=None, description="Path of the list in an answer; none: all of it.")
    fields: ApiFields = Field(description="Where the parts of an item are.")
    next: Text | None = Field(default=None, description="Path of the address of the next answer.")
    since_format: Text = Field(default="%Y-%m-%d", description="How {since} is written (strftime, UTC).")
    lookback: Interval = Field(default=7 * 86_400.0, description="How far back the first check goes.")
    max_requests: int = Field(default=10, ge=1, le=1000, description="Answers read in one check, at most.")
    pace: Duration = Field(default=0.0, description="Between two requests, when longer than that of http.")
    fetch_pages: bool = Field(default=True, description="false: read only what the API itself holds.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        names = {"items", "fields", "next", "since_format", "max_requests", "pace", "fetch_pages"}
        return {**super().options, **self.model_dump(include=names), "lookback": int(self.lookback)}


SOURCE_KINDS: Mapping[str, type[BaseSource]] = {
    "api": ApiSource,
    "feed": FeedSource,
    "folder": FolderSource,
    "page": PageSource,
    "sitemap": SitemapSource,
}


def _source_kind(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"#{kind}" if isinstance(kind, str) and kind in SOURCE_KINDS else None


SourceEntry = Annotated[
    Annotated[ApiSource, Tag("#api")]
    | Annotated[FeedSource, Tag("#feed")]
    | Annotated[FolderSource, Tag("#folder")]
    | Annotated[PageSource, Tag("#page")]
    | Annotated[SitemapSource, Tag("#sitemap")],
    Discriminator(_source_kind),
]


# --- the rest ---------------------------------------------------------------------------------------


class AlertRule(Section):
    """When to raise an alert: the first rule that fits a substance in an article decides."""

    name: Text = Field(description="What alerts call it.")
    lists: tuple[Text, ...] = Field(default=(), description="Fits substances on one of these lists.")
    substances: tuple[Text, ...] = Field(default=(), description="Fits these substances, by key.")
    kinds: tuple[Kind, ...] = Field(default=(), description="Fits substances of these kinds.")
    sources: tuple[Text, ...] = Field(default=(), description="Fits articles of these sources, by name.")
    tags: tuple[Text, ...] = Field(default=(), description="Fits mentions with one of these tags.")
    min_score: float = Field(default=0.5, ge=0, le=1, description="Fits mentions of this score and above.")
    severity: Level | None = Field(default=None, description="Severity of its alerts, instead of the list's.")
    quiet: Duration = Field(default=0.0, description="After an alert, further ones are kept quiet so long.")
    action: Literal["alert", "silence"] = Field(
        default="alert", description="silence: what fits is not told."
    )

    def to_rule(self, ids: Mapping[str, str]) -> Rule:
        """The rule; `ids` maps names of own lists to the ids that their listings carry."""
        return Rule(
            name=self.name,
            lists=tuple(ids.get(name, name) for name in self.lists),
            substances=self.substances,
            kinds=self.kinds,
            sources=self.sources,
            tags=self.tags,
            min_score=self.min_score,
            severity=self.severity,
            quiet=self.quiet,
            raise_alert=self.action == "alert",
        )


class NamePin(Section):
    """A name that shall always or never count, whatever stands around it."""

    text: Text = Field(description="The name, as it is written.")
    use: Literal["always", "never"] = Field(
        description="always: it counts alone; never: it counts not at all."
    )
    languages: tuple[Language, ...] = Field(default=(), description="Only in texts of these languages.")
    sources: tuple[Text, ...] = Field(default=(), description="Only in articles of these sources.")

    def to_pin(self) -> Pin:
        """The pin as the matcher takes it."""
        return Pin(self.text, self.use == "always", self.languages, self.sources)


class Http(Section):
    """Limits of everything that is fetched."""

    timeout: Duration = Field(
        default=20.0, gt=0, description="For connecting, and between two pieces of data."
    )
    total_timeout: Duration = Field(default=60.0, gt=0, description="For one answer as a whole.")
    max_size: Size = Field(default=10_000_000, description="Of one answer, unpacked.")
    max_redirects: int = Field(default=5, ge=0, le=20, description="In a row.")
    pace: Duration = Field(default=1.0, description="Between two requests to one host, at least.")
    robots: bool = Field(default=True, description="false: linked pages are read whatever robots.txt says.")
    user_agent: Text | None = Field(default=None, description="Instead of the honest default.")
    contact: Text | None = Field(default=None, description="Mail or web address, told to every server.")
    allow_hosts: tuple[Annotated[str, AfterValidator(values.host)], ...] = Field(
        default=(), description="Hosts (host or host:port) that may resolve to a private address."
    )

    def agent(self, version: str) -> str:
        """The User-Agent header: what we are, and whom to ask about it."""
        agent = self.user_agent or f"substance-monitor/{version}"
        return f"{agent} (+{self.contact})" if self.contact else agent


class Retention(Section):
    """How long what was read is kept; alerts, snippets, hashes and offsets always stay."""

    text_days: int | None = Field(
        default=None, ge=1, le=36_500, description="Days that full texts are kept; null: for ever."
    )


class Sync(Section):
    """How the watchlist is enriched from PubChem; what it brings is proposed, and kept for review."""

    every: IntervalOrOff = Field(
        default=7 * 86400.0, description="Time between two synchronisations of `watch`, or off."
    )
    own_lists: bool = Field(
        default=False, description="true: look up your own substances as well, so PubChem learns of them."
    )
    url: Annotated[str, AfterValidator(values.web_address)] | None = Field(
        default=None, description="Address of PUG REST, where it is reached through a gateway of your own."
    )


class Config(Section):
    """Configuration of substance-monitor."""

    database: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite:///monitor.db",
        validate_default=True,
        description="SQLAlchemy address; a relative SQLite path counts from the folder of this file.",
    )
    watchlists: tuple[WatchlistEntry, ...] = Field(
        default=(BuiltinWatchlist(builtin=("all",)),), min_length=1, description="What is watched."
    )
    sources: tuple[SourceEntry, ...] = Field(default=(), description="Where articles come from.")
    rules: tuple[AlertRule, ...] = Field(
        default=(AlertRule(name="default"),), min_length=1, description="When to raise an alert."
    )
    names: tuple[NamePin, ...] = Field(default=(), description="Names that always or never count.")
    http: Http = Field(default=Http(), description="Limits of everything that is fetched.")
    sync: Sync = Field(default=Sync(), description="How the watchlist is enriched from PubChem.")
    retention: Retention = Field(default=Retention(), description="How long what was read is kept.")

    _path: Path = PrivateAttr(default=Path("config.yaml"))
    _lines: Mapping[tuple[str | int, ...], int] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file that the configuration was read from."""
        return self._path

    def line(self, *key: str | int) -> int:
        """The line of a key, as in line("watchlists", 2, "substances", 0); 1 when it is not in the file."""
        for end in range(len(key), -1, -1):
            if key[:end] in self._lines:
                return self._lines[key[:end]]
        return 1

    def where(self, *key: str | int) -> str:
        """ "config.yaml:12": file and line of a key, for messages."""
        return f"{self._path}:{self.line(*key)}"

    def to_sources(self) -> tuple[Source, ...]:
        """The enabled sources, in the order of the file."""
        return tuple(entry.to_source() for entry in self.sources if entry.enabled)

    def to_pins(self) -> tuple[Pin, ...]:
        """The names that always or never count; of several that fit, the first decides."""
        return tuple(entry.to_pin() for entry in self.names)

    def to_rules(self, lists: Mapping[str, ListInfo]) -> tuple[Rule, ...]:
        """The alert rules, in the order of the file (the first that fits decides).

        `lists` are those of the watchlist in force: the rules may call a list by its id, or an own list by
        the name that it was given.
        """
        ids = {info.title: info.id for info in lists.values() if info.kind == "house"}
        return tuple(entry.to_rule(ids) for entry in self.rules)
