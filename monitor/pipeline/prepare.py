"""What must be ready before the first article: the watchlist in force, its lexicon, the matcher.

The first leg of `pipeline`. Needs neither the network nor, for the matcher alone, the database; wings are
imported where they are used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import ConfigError, LexiconError, WatchlistError
from monitor.model import ListingStatus, Mention, Pin, Source, Watchlist

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.ingest import HttpLimits
    from monitor.match import Lexicon, Search
    from monitor.store import Store
    from monitor.watchlist import Change

_TERM = re.compile(
    r"[^\W\d_][^\W_]*(?:[ -][^\W_]+)*(?<=.{5})"
)  # a name in words, long enough to be searched for
KEPT_LEXICONS = 4  # prepared lexicons that stay in the cache: one for each configuration in use


@dataclass(frozen=True)
class Matcher:
    """The watchlist and its compiled lexicon: finds mentions, and knows the lists of a substance."""

    watchlist: Watchlist
    lexicon: Lexicon
    pins: tuple[Pin, ...] = ()

    def find(self, text: str, language: str | None = None, source: str | None = None) -> list[Mention]:
        """Find every mention in `text`; offsets are code points, always `text[start:stop] == surface`."""
        return self.search(text, language, source).mentions

    def search(self, text: str, language: str | None = None, source: str | None = None) -> Search:
        """The same, with what of a very long text was not looked at."""
        from monitor.match import search

        return search(self.lexicon, text, language, source=source, pins=self.pins)

    def listings(self, substance: str, at: date) -> list[ListingStatus]:
        """Give every listing of a substance with what its dates say at that day."""
        from monitor.alerts import status_at

        return list(status_at(self.watchlist, substance, at))


@dataclass(frozen=True)
class WatchlistNews:
    """What became of the configured watchlist: `changes` since the last one, or why it was refused."""

    changes: tuple[Change, ...] = ()
    refused: WatchlistError | None = None
    first: bool = False
    lines: tuple[str, ...] = ()  # the changes in words, a screen at most


def build_matcher(config: Config | None, cache: Path | None = None) -> Matcher:
    """Prepare matching alone: the watchlists of `config` (None: all shipped lists), without any database.

    `cache` is a folder for prepared lexicons. Raises WatchlistError when a watchlist is refused.
    """
    watchlist = load_watchlist(config)
    return Matcher(watchlist, prepare_lexicon(watchlist, cache), config.to_pins() if config else ())


def shipped_lists() -> frozenset[str]:
    """The ids that the configuration may call a list by: shipped lists, classes, the one of watched names."""
    from monitor.chem.class_list import class_ids
    from monitor.watchlist.builtin import DATA
    from monitor.watchlist.novel import LIST

    with (DATA / "lists.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["id"] for row in csv.DictReader(lines)).union(class_ids(), [LIST.id])


def stated_day(text: str, today: date) -> date | None:
    """The day that a text without a date states as its own, no later than `today`; None for none."""
    from monitor.ingest.stated import stated_day as find

    return find(text, datetime.combine(today, time.max, UTC))


def load_watchlist(config: Config | None) -> Watchlist:
    """Load and merge the configured watchlists. Raises WatchlistError with file and line.

    The structure classes are shipped lists like the others: all of them with "all", else those named.
    """
    from monitor.chem.class_list import class_watchlist
    from monitor.config.models import BuiltinWatchlist
    from monitor.watchlist import all_refused, load_builtin, merge

    if config is None:
        return _joined(load_builtin(("all",)), class_watchlist(("all",)))
    parts = [each.builtin for each in config.watchlists if isinstance(each, BuiltinWatchlist)]
    loaded, errors = [], []
    for index in range(len(config.watchlists)):
        try:
            loaded.append(_load_part(config, index))
        except WatchlistError as error:
            errors.append(error)
    if errors:
        raise all_refused(errors)
    listed = merge(loaded)
    return _joined(listed, class_watchlist(id for ids in parts for id in ids))


def _joined(one: Watchlist, other: Watchlist) -> Watchlist:
    """Two watchlists that have nothing in common as one."""
    return Watchlist(
        {**one.substances, **other.substances},
        (*one.names, *other.names),
        (*one.listings, *other.listings),
        {**one.lists, **other.lists},
    )


def _load_part(config: Config, index: int) -> Watchlist:
    from monitor.chem.class_list import class_ids
    from monitor.config.models import BuiltinWatchlist, FileWatchlist
    from monitor.watchlist import Entry, from_entries, load_builtin, load_file

    part = config.watchlists[index]
    if isinstance(part, BuiltinWatchlist):
        return load_builtin(id for id in part.builtin if id not in class_ids())
    if isinstance(part, FileWatchlist):
        return load_file(part.file)
    entries = [
        Entry(
            name=each.name,
            aliases=each.aliases,
            cas=each.cas or "",
            inchikey=each.inchikey or "",
            severity=each.severity,
            note=each.note or "",
            line=config.line("watchlists", index, "substances", number),
        )
        for number, each in enumerate(part.substances)
    ]
    return from_entries(entries, name=part.name, severity=part.severity, where=str(config.path))


def watchlist_mark(config: Config, store: Store) -> object:
    """What must change before the watchlist can: the stamps of its files, and people's decisions."""
    from monitor.config.models import FileWatchlist

    files = [part.file for part in config.watchlists if isinstance(part, FileWatchlist)]
    return (*map(_stamp, files), *store.newest_decisions())


def _stamp(file: Path) -> tuple[int, int]:
    """Time and size of a file, in which an edit shows; zeros when it is not there."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def check_rules(config: Config, watchlist: Watchlist) -> None:
    """Raise ConfigError for a rule that names a substance or a tag that there is not: it would never fit."""
    from monitor.match.words import tables
    from monitor.watchlist import lookup

    tags = tables().tags
    for number, rule in enumerate(config.rules):
        for n, key in enumerate(rule.substances):
            if key not in watchlist.substances:
                meant = [each.key for each in lookup(watchlist, key)]
                meant = meant or get_close_matches(key, watchlist.substances)
                fix = f"did you mean {meant[0]}?" if meant else "`watchlist show NAME` prints keys in [ ]"
                where = config.where("rules", number, "substances", n)
                raise ConfigError(f"no watched substance has the key {key}; {fix}", where)
        for n, tag in enumerate(rule.tags):
            if tag not in tags:
                where = config.where("rules", number, "tags", n)
                raise ConfigError(f"there is no tag {tag}; it is one of {', '.join(sorted(tags))}", where)


def bring_in_force(config: Config, store: Store, now: datetime) -> tuple[Watchlist, WatchlistNews]:
    """Load the watchlist and write what changed; when it is refused, keep the last good one.

    Accepted proposals are part of it: first those of notices, in the order of their publication, then those
    of PubChem, in the order in which they were accepted, and so are the names of the novelty queue that
    somebody decided to watch.
    """
    from monitor.store import ACCEPTED
    from monitor.watchlist import ENRICHED, adopt, diff, enrich, list_infos, render_changes, watch_names

    found = (each for each in store.proposals(ACCEPTED) if each.kind in ENRICHED)
    accepted = sorted(found, key=lambda each: (each.decided_at or now, each.id))
    try:
        known = adopt(load_watchlist(config), store.accepted_changes(), list_infos())
        watchlist = watch_names(enrich(known, accepted), store.watched_names())
    except WatchlistError as error:
        last = store.watchlist()
        if last is None:
            raise
        return last, WatchlistNews(refused=error)
    check_rules(config, watchlist)
    if watchlist.digest == store.watchlist_digest():
        return watchlist, WatchlistNews()
    last = store.watchlist()
    changes = diff(last, watchlist)
    store.put_watchlist(watchlist, changes, now)
    lines = () if last is None else tuple(render_changes(changes))
    return watchlist, WatchlistNews(changes, first=last is None, lines=lines)


def prepare_lexicon(watchlist: Watchlist, cache: Path | None) -> Lexicon:
    """Compile the lexicon, or load it from `cache`; a damaged or outdated copy is made again."""
    from monitor.match import Lexicon, compile_lexicon

    if cache is None:
        return compile_lexicon(watchlist)
    kept = cache / f"lexicon-{__version__}-{_matcher_digest()}-{watchlist.digest[:20]}.bin"
    try:
        return Lexicon.from_bytes(kept.read_bytes())
    except (OSError, LexiconError):
        lexicon = compile_lexicon(watchlist)
    try:
        _keep(kept, lexicon.to_bytes())
    except OSError:
        return lexicon  # a cache that cannot be written costs time only
    return lexicon


def _matcher_digest() -> str:
    """Names the very code that compiles lexicons: in a checkout it changes under one version."""
    import hashlib

    import monitor.match as wing

    folder = Path(wing.__path__[0])
    code = b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())
    return hashlib.sha256(code).hexdigest()[:12]


def _keep(path: Path, data: bytes) -> None:
    """Write a cache file whole or not at all, and forget all but the newest few."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{id(data):x}.part")
    part.write_bytes(data)
    part.replace(path)
    others = sorted(path.parent.glob("lexicon-*.bin"), key=lambda each: each.stat().st_mtime)
    for old in others[:-KEPT_LEXICONS]:
        old.unlink(missing_ok=True)


def with_terms(sources: Sequence[Source], watchlist: Watchlist) -> tuple[Source, ...]:
    """Hand the names of the watched substances to the sources that search for them (`gdelt`).

    One that names its own `terms` keeps them; one that names `lists` gets the substances of these.
    """
    return tuple(
        replace(source, options={**source.options, "terms": _terms(source, watchlist)})
        if source.kind == "gdelt" and not source.options.get("terms")
        else source
        for source in sources
    )


def _terms(source: Source, watchlist: Watchlist) -> tuple[str, ...]:
    """Names under which news mention a substance: its own and another one, in words, without other senses."""
    wanted = source.options.get("lists")
    named = set(wanted) if isinstance(wanted, list | tuple) else set()
    lists = {key for key, info in watchlist.lists.items() if not named or {key, info.title} & named}
    kept = {each.substance for each in watchlist.listings if each.list_id in lists}
    terms: dict[str, set[str]] = {}
    for name in watchlist.names:
        fits = name.language in ("en", "mul") and name.type in ("common", "inn") and not name.ambiguous
        if fits and name.substance in kept and _TERM.fullmatch(name.text):
            terms.setdefault(name.substance, set()).add(name.text.casefold())
    chosen: set[str] = set()
    for key, names in terms.items():
        own = watchlist.substances[key].name.casefold()
        chosen |= set(sorted(names, key=lambda each: (each != own, len(each), each))[:2])
    return tuple(sorted(chosen))


def http_limits(config: Config) -> HttpLimits:
    """Turn the `http:` section into the client's limits."""
    from monitor.ingest import HttpLimits

    section = config.http
    return HttpLimits(
        timeout_connect=section.timeout,
        timeout_total=section.total_timeout,
        max_bytes=section.max_size,
        max_redirects=section.max_redirects,
        pace=section.pace,
        user_agent=section.agent(__version__),
        allow_hosts=tuple(section.allow_hosts),
        robots=section.robots,
    )
