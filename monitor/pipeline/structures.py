"""What texts name that no lexicon has: by the rules of names and by structure. Beside `prepare`.

    text -candidates-> names -resolve-> readings -compare-> Mention of a substance or a class | NovelName
           (pure)            (OPSIN)               (pure)

All names of a batch go to OPSIN together. It is started at the first name that needs it and never holds up
the others: a name without an answer within its time is trouble of its article: a gap, and tried again.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from monitor.model import ListingStatus, Mention, Pin, Watchlist
from monitor.pipeline.interpret import (
    LONGEST_KEPT,
    Interpreter,
    MatchedArticle,
    NameInLanguage,
    Spotted,
    StructureFindings,
)

if TYPE_CHECKING:
    from monitor.chem.opsin import Answer, Opsin
    from monitor.chem.resolver import NameReader, Online, Resolution, Resolver
    from monitor.config import Config
    from monitor.store import Store

Timer = Callable[[], float]  # seconds, from any moment on
ListingsOf = Callable[[str, date], Sequence[ListingStatus]]

PATIENCE = 60.0  # seconds that the names of one batch may take: the other sources wait for it
PAUSE = 600.0  # seconds before a Java that did not start is tried again
IDLE = 300.0  # seconds after which a Java that nobody asked is ended
GIVE_UP = 3  # times in a row that OPSIN gave no answer to a name, after which it is not asked again
MOST_NAMES = 5_000  # different names of one article that are looked at
AT_ONCE = 256  # names that go to OPSIN together
_ANY_DAY = date(2000, 1, 1)  # listings are asked for when it is decided, not here


class LivingReader(Protocol):
    """A reader that holds a process."""

    version: str

    def read(self, names: Sequence[str]) -> list[Answer]: ...

    def rest(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


class Structures:
    """Looks for what no lexicon has, batch by batch. Not for use from several threads at once; close it.

    `without` says what it has to do without, "" for nothing. `mark` names what it reads structures with, ""
    where it cannot: a text that was looked at under another mark may hold more.
    """

    def __init__(
        self,
        reader: LivingReader | None,
        without: str = "",
        pins: Sequence[Pin] = (),
        *,
        on: bool = True,
        timer: Timer = time.monotonic,
    ) -> None:
        self.without = without
        self.mark = _mark(reader) if reader is not None and on else ""
        self.on = on
        self._reader, self._pins, self._timer = reader, tuple(pins), timer
        self._stopped = False
        self._watchlist: Watchlist | None = None
        self._chain: Resolver | None = None

    def read(self, watchlist: Watchlist, articles: Sequence[MatchedArticle]) -> list[StructureFindings]:
        """Read the names of a batch, article by article in order; trouble with OPSIN is in `trouble`.

        Raises StoreError where answers are kept in a database.
        """
        if not self.on:
            return [StructureFindings() for _ in articles]
        all_spotted = [self._spot(matched) for matched in articles]
        if not any(all_spotted):
            return [StructureFindings() for _ in articles]
        spotted = [_first(found) for found in all_spotted]
        chain = self._resolver(watchlist)
        meanings = self._resolve(chain, articles, spotted)
        interpreted = (
            Interpreter(matched, watchlist, chain.index, self._version, meanings).interpret(found)
            if found
            else StructureFindings()
            for matched, found in zip(articles, spotted, strict=True)
        )
        return [
            replace(found, partial=f"names after the first {MOST_NAMES:,} were left aside")
            if len(kept) < len(all_)
            else found
            for found, kept, all_ in zip(interpreted, spotted, all_spotted, strict=True)
        ]

    def spots(self, text: str, mentions: Sequence[Mention]) -> bool:
        """Does a text name something that `read` would read? Cheap, and starts nothing."""
        from monitor.match.systematic import candidates

        return self.on and bool(candidates(text, mentions))

    def names(self, watchlist: Watchlist, names: Sequence[str]) -> list[Resolution]:
        """What English names mean, in order; raises StoreError where answers are kept in a database."""
        return self._resolver(watchlist).resolve(names, _ANY_DAY, "en")

    def stop(self) -> None:
        """Look up no more names: those of the batch in hand wait for a rescan. From any thread."""
        self._stopped = True
        if self._reader is not None:
            self._reader.stop()

    def rest(self) -> None:
        """There is nothing to do for now: what is idle for long may end."""
        if self._reader is not None:
            self._reader.rest()

    def close(self) -> None:
        """End what runs; the next look would start it again."""
        if self._reader is not None:
            self._reader.close()

    def __enter__(self) -> Structures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _version(self) -> str:
        return self._reader.version if self._reader is not None else ""

    def _spot(self, matched: MatchedArticle) -> list[Spotted]:
        """The candidates of an article, but for those whose name is pinned to count never."""
        from monitor.match.systematic import candidates, one_line

        article, spotted = matched.article, matched.spotted
        if spotted is None:
            spotted = candidates(article.text, matched.mentions)
        found = [(each, one_line(each.surface)) for each in spotted]
        never = {
            pin.text.casefold()
            for pin in self._pins
            if found and not pin.always and pin.speaks_of(article.language, article.source)
        }
        return [place for place in found if place[1].casefold() not in never]

    def _resolver(self, watchlist: Watchlist) -> Resolver:
        """The chain over this watchlist, made anew when another one is in force."""
        if self._chain is None or self._watchlist is not watchlist:
            self._watchlist = watchlist
            self._chain = make_resolver(watchlist, self._reader, self.without)
        return self._chain

    def _resolve(
        self, chain: Resolver, articles: Sequence[MatchedArticle], spotted: Sequence[Sequence[Spotted]]
    ) -> dict[NameInLanguage, Resolution]:
        """(language, name) -> what it means; what there is no time for is left out."""
        wanted: dict[str | None, dict[str, None]] = {}
        for matched, found in zip(articles, spotted, strict=True):
            wanted.setdefault(matched.article.language, {}).update(dict.fromkeys(name for _, name in found))
        end = self._timer() + PATIENCE
        meanings: dict[NameInLanguage, Resolution] = {}
        for language, each in wanted.items():
            names = list(each)
            for first in range(0, len(names), AT_ONCE):
                part = names[first : first + AT_ONCE]
                if self._stopped or self._timer() > end:
                    return meanings
                for meaning in _read(chain, part, language):
                    meanings[language, meaning.name] = meaning
        return meanings


def _mark(reader: NameReader) -> str:
    from monitor.chem.nomenclature import version

    return f"opsin {reader.version}, names {version()}"


def _first(spotted: Sequence[Spotted]) -> list[Spotted]:
    """The first names only: whatever a source sends, one article must not hold up all others."""
    names = set(itertools.islice(dict.fromkeys(name for _, name in spotted), MOST_NAMES))
    return [each for each in spotted if each[1] in names]


def _read(chain: Resolver, names: Sequence[str], language: str | None) -> list[Resolution]:
    """Resolve names by the rules of their text's language, and by those of all where that says nothing."""
    found = chain.resolve(names, _ANY_DAY, language)
    left = [each.name for each in found if language is not None and not each.via and each.lasting]
    if not left:
        return found
    again = {each.name: each for each in chain.resolve(left, _ANY_DAY, None)}
    return [again.get(each.name, each) for each in found]


# --- what it works with ------------------------------------------------------------------------------


def make_resolver(
    watchlist: Watchlist,
    reader: NameReader | None,
    no_reader: str = "",
    *,
    listings: ListingsOf = lambda key, day: (),
    online: Callable[[str], Online] | None = None,
) -> Resolver:
    """Make the chain from names to substances over a watchlist. `no_reader` says why there is no reader."""
    from monitor.chem import missing
    from monitor.chem.resolver import Resolver, StructureIndex
    from monitor.watchlist import index

    return Resolver(
        known=index(watchlist),
        index=StructureIndex(watchlist.substances.values()),
        listings=listings,
        reader=reader,
        online=online,
        without=missing(),
        no_reader=no_reader,
    )


def lacking(config: Config | None) -> str:
    """Say what the structure part lacks here; "" when it has all, or is switched off. Starts nothing."""
    from monitor.chem import missing
    from monitor.chem.opsin import OpsinUnavailable, find_tools

    if config is not None and config.structures == "off":
        return ""
    if missing():
        return missing()
    try:
        find_tools()
    except OpsinUnavailable as error:
        return str(error)
    return ""


def lacking_in_words(without: str) -> str:
    """The same as a sentence for people."""
    if not without:
        return ""
    return (
        "Names that no list has are looked up by the rules of names only, not as structures: "
        f"{without} (`structures: off` in the configuration ends this line)"
    )


def open_structures(
    config: Config | None, store: Store | None = None, clock: Callable[[], datetime] | None = None
) -> Structures:
    """Make ready to read names; Java starts with the first one that needs it. Close it after use.

    What OPSIN says is kept in the database of `store`, where there is one.
    """
    from monitor.chem.opsin import Opsin, find_tools

    pins = config.to_pins() if config else ()
    if config is not None and config.structures == "off":
        return Structures(None, "", pins, on=False)
    without = lacking(config)
    if without:
        return Structures(None, without, pins)
    kept = _Kept(store, clock) if store is not None and clock is not None else None
    return Structures(PatientReader(Opsin(find_tools(), kept, patience=PATIENCE)), "", pins)


class PatientReader:
    """A reader that does not try a Java again and again that does not start, and ends one that is idle."""

    def __init__(self, opsin: Opsin, timer: Timer = time.monotonic) -> None:
        self.version = opsin.version
        self._opsin, self._timer = opsin, timer
        self._used = self._again = timer()
        self._trouble = ""

    def read(self, names: Sequence[str]) -> list[Answer]:
        from monitor.chem.opsin import OpsinUnavailable

        self._used = self._timer()
        if self._used < self._again:
            raise OpsinUnavailable(self._trouble)
        try:
            return self._opsin.read(names)
        except OpsinUnavailable as error:
            self._trouble, self._again = str(error), self._timer() + PAUSE
            raise

    def rest(self) -> None:
        """End a Java that was idle for long; the next name starts another."""
        if self._timer() - self._used > IDLE:
            self._opsin.close()

    def stop(self) -> None:
        self._opsin.stop()

    def close(self) -> None:
        self._opsin.close()


class _Kept:
    """The database as the place where OPSIN's answers are kept.

    A name on which OPSIN ends or hangs gets a few more tries, as the fault may have been another one's.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def get(self, names: Sequence[str], version: str) -> dict[str, Answer]:
        from monitor.chem.opsin import Answer

        found = self._store.readings([name for name in names if len(name) <= LONGEST_KEPT], version)
        given_up = {name: Answer(message=f"given up: {each.message}") for name, each in found.items()}
        return {
            name: given_up[name] if each.failures else Answer(each.smiles, each.message, each.ambiguous)
            for name, each in found.items()
            if each.failures == 0 or each.failures >= GIVE_UP
        }

    def put(self, answers: Mapping[str, Answer], version: str) -> None:
        from monitor.store import StoredReading

        rows = {
            name: StoredReading(each.smiles, each.message, each.ambiguous, int(not each.lasting))
            for name, each in answers.items()
            if len(name) <= LONGEST_KEPT
        }
        self._store.put_readings(rows, version, self._clock())
