"""The sections of config.yaml as frozen models, and how they become the nouns of the program.

The descriptions are the help that an editor shows; docs/configuration.md says more of each key. The kinds of
sources are in `sources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, PrivateAttr, Tag, ValidationInfo

from monitor.config import values
from monitor.config.base import (
    Duration,
    Interval,
    IntervalOrOff,
    Kind,
    Language,
    Level,
    ListIds,
    LocalPath,
    Section,
    Size,
    Text,
)
from monitor.config.notify import Notify
from monitor.config.sources import SOURCE_KINDS, ApiFields, SourceEntry
from monitor.model import ListInfo, Pin, Rule, Source, StoryRules

__all__ = ["SOURCE_KINDS", "ApiFields", "Config", "SourceEntry"]


def _database(value: str, info: ValidationInfo) -> str:
    url = values.database_url(value)
    name, query_mark, query = url.removeprefix("sqlite:///").partition("?")
    if not url.startswith("sqlite:///") or name in ("", ":memory:") or name.startswith("file:"):
        return url
    base: Path = (info.context or {}).get("base", Path())
    return f"sqlite:///{base / name}{query_mark}{query}"


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
        default="alert", description="silence: what fits raises no alert."
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


class HttpSection(Section):
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
    contact: Text | None = Field(default=None, description="Mail or web address, sent to every server.")
    allow_hosts: tuple[Annotated[str, AfterValidator(values.host)], ...] = Field(
        default=(), description="Hosts (host or host:port) that may resolve to a private address."
    )

    def agent(self, version: str) -> str:
        """The User-Agent header: what we are, and whom to ask about it."""
        agent = self.user_agent or f"substance-monitor/{version}"
        return f"{agent} (+{self.contact})" if self.contact else agent


class Evidence(Section):
    """What is kept for `substance-monitor evidence` beside texts, hashes and headers, which always are."""

    keep_pages: bool = Field(
        default=False, description="true: keep the page of each article that raises an alert as fetched."
    )
    warc: LocalPath | None = Field(
        default=None, description="Folder for WARC files of everything that articles are made of."
    )
    warc_size: Size = Field(
        default=1_000_000_000, ge=1_000_000, description="Of one WARC file; then the next one begins."
    )


class Triage(Section):
    """What people decide about alerts."""

    reasons: dict[Text, str] = Field(
        default_factory=dict,
        description="Codes for the reasons of decisions (`--code`), each with what it means.",
    )


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


class Health(Section):
    """When a source is said to have turned bad."""

    bad_after: int = Field(
        default=3,
        ge=1,
        le=1000,
        description="Checks in a row that must go wrong until a source has turned bad.",
    )


class RescanSection(Section):
    """How stored articles are matched again when the watchlist, the names or the rules have changed."""

    automatic: bool = Field(
        default=True, description="false: only `substance-monitor rescan` does it, not `run` and `watch`."
    )
    budget: Duration = Field(
        default=30.0, gt=0, description="Time that it takes at the end of `run`, and at once in `watch`."
    )


class Stories(Section):
    """Which articles are one story, and when a story raises an alert again."""

    enabled: bool = Field(default=True, description="false: every article raises alerts of its own.")
    window: Interval = Field(
        default=7 * 86_400.0, description="How far two articles of one event may lie apart."
    )
    quiet: Duration = Field(
        default=30 * 86_400.0, description="After an alert, its story raises no other for so long."
    )
    new_substance: bool = Field(
        default=True, description="Raise another alert when a story names another substance."
    )
    higher_severity: bool = Field(default=True, description="Raise another alert for a higher severity.")
    more_outlets: tuple[Annotated[int, Field(ge=2, le=100_000)], ...] = Field(
        default=(10,), description="Raise another alert when so many outlets report it."
    )

    def to_rules(self) -> StoryRules | None:
        """The rules; None when stories are switched off."""
        if not self.enabled:
            return None
        return StoryRules(
            window=timedelta(seconds=self.window),
            quiet=timedelta(seconds=self.quiet),
            new_substance=self.new_substance,
            higher_severity=self.higher_severity,
            more_outlets=tuple(sorted(self.more_outlets)),
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
    stories: Stories = Field(
        default=Stories(), description="Which articles are one story, and when it raises an alert again."
    )
    http: HttpSection = Field(default=HttpSection(), description="Limits of everything that is fetched.")
    health: Health = Field(default=Health(), description="When a source is said to have turned bad.")
    sync: Sync = Field(default=Sync(), description="How the watchlist is enriched from PubChem.")
    structures: Literal["auto", "off"] = Field(
        default="auto",
        description="auto: names that no list has are read as structures, with what is installed; off: not.",
    )
    evidence: Evidence = Field(default=Evidence(), description="What is kept to prove where a text is from.")
    rescan: RescanSection = Field(
        default=RescanSection(), description="How stored articles are matched again after a change."
    )
    notify: Notify = Field(default=Notify(), description="Who hears of alerts, and how.")
    triage: Triage = Field(default=Triage(), description="What people decide about alerts.")
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
        return tuple(self.to_source(entry) for entry in self.sources if entry.enabled)

    def to_source(self, entry: SourceEntry) -> Source:
        """One source; what does not speak HTTP is given the limits of `http` as options."""
        bad_after = entry.bad_after or self.health.bad_after
        source = replace(entry.to_source(), bad_after=bad_after)
        if source.kind != "mail":
            return source
        limits = {"allow_hosts": self.http.allow_hosts, "timeout": max(1, int(self.http.total_timeout))}
        return replace(source, options={**source.options, **limits})

    def to_pins(self) -> tuple[Pin, ...]:
        """The names that always or never count; of several that fit, the first decides."""
        return tuple(entry.to_pin() for entry in self.names)

    def to_story_rules(self) -> StoryRules | None:
        """When articles are one story, and when it raises an alert again; None: stories are switched off."""
        return self.stories.to_rules()

    def to_rules(self, lists: Mapping[str, ListInfo]) -> tuple[Rule, ...]:
        """The alert rules, in the order of the file (the first that fits decides).

        `lists` are those of the watchlist in force: the rules may call a list by its id, or an own list by
        the name that it was given.
        """
        ids = {info.title: info.id for info in lists.values() if info.kind == "house"}
        return tuple(entry.to_rule(ids) for entry in self.rules)
