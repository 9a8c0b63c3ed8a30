"""What an article tells of its event, as one value: substances, amounts, places, names, days. Pure."""

from __future__ import annotations

import base64
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from monitor.model import Article, Mention
from monitor.stories import dates, fingerprint, names, places
from monitor.stories.numbers import NUMBER, Quantity, persons, quantities
from monitor.stories.text import Word, spaced, words
from monitor.stories.words import ALL, tables

LONGEST = 6000  # code points read of an article: news tells its event at the beginning
BEGINNING = 400  # code points that tell the event most plainly
LINE = 90  # a line so short, without the end of a sentence, is a heading, a menu, a link to something else
STEM = 6  # letters of a word that stand for it in comparisons within one language
STEMS = 120
FIGURES = 60
BEHIND, BEFORE = 60, 12  # code points within which a substance stands behind or before its amount
_END = re.compile(r"[.!?](?=\s)|\n")
_CASE = re.compile(  # "Case 5121", "Aktenzeichen 9300", "expediente 4410": a number behind such a word
    r"(?i)\b(?:case|file|inquiry|number|aktenzeichen|az|vorgangsnummer|nummer|expediente|diligencias|n[uú]mero|"
    r"dossier|proc[eé]dure|zaak)\b[^\d.!?\n]{0,25}(\d{3,10})\b(?!\s*(?:kg|kilo|g\b|gram|t\b|ton|pill|tab|l\b|lit))"
)
_FIGURE = re.compile(r"\d{1,12}")


@dataclass(frozen=True, slots=True)
class Trace:
    """What two articles are compared by. Everything is in the order of the text, each once.

    `at` is when it was published, else fetched (`dated` false). `outlet` who tells it: the host, else the
    source. `kind` is the kind of news ("seizure", "court" ... or ""), `sure` how clearly (0 to 1).
    `places` are ids of cities and countries, `shown` the names that people know them by. `stems` are
    beginnings of words, comparable within one language, `figures` the runs of digits. `maybe` may be
    names: they count where the other article has them among its `names`; `spots` are those
    `names` that tell where it happened. `persons` are numbers of people ("two men"), `cases` those of files.
    """

    at: datetime
    dated: bool
    language: str
    outlet: str
    sha256: str
    title: str
    kind: str
    sure: float
    substances: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    places: tuple[str, ...]
    shown: Mapping[str, str]
    names: tuple[str, ...]
    maybe: tuple[str, ...]
    spots: tuple[str, ...]
    things: tuple[str, ...]
    written_days: frozenset[date]
    weekdays: frozenset[date]
    stems: tuple[str, ...]
    figures: tuple[str, ...]
    length: int
    scheme: str
    print: bytes
    persons: tuple[int, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def cities(self) -> tuple[str, ...]:
        return tuple(place for place in self.places if len(place) > 2)

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(place[:2] for place in self.places)


def trace(article: Article, mentions: Sequence[Mention], min_score: float = 0.5) -> Trace:
    """Read an article; `mentions` say which substances it names (those of `min_score` and above count)."""
    text, beginning = _telling(article)
    found = words(text)
    language = (article.language or "").split("-")[0]
    located = list(places.find(found, language))
    common = tables().common.get(language, tables().common[ALL])
    located = [
        each
        for each in located
        if not _ordinary(found[each[0] : each[1]], common, language)
        and not (language != "de" and _in_a_name(text, found, each[0], common))
    ]
    taken = frozenset(at for start, stop, _ in located for at in range(start, stop))
    drugs = _named(mentions)
    known = taken | {at for at, word in enumerate(found) if word.folded in drugs}
    sure_names, maybe, spots = names.names(text, found, language, known)
    where = {place.id: place.name for _, _, place in located}
    kind, sure = _kind(text, found, language, beginning)
    at = article.published_at or article.fetched_at
    amounts = quantities(text)[:60]
    written, weekdays = dates.days(text, at.date(), article.published_at is not None)
    return Trace(
        at=at,
        dated=article.published_at is not None,
        language=language,
        outlet=outlet(article),
        sha256=article.sha256,
        title=article.title,
        kind=kind,
        sure=sure,
        substances=_substances(mentions, min_score),
        quantities=tuple(_of_substances(text, found, amounts, _surfaces(mentions, min_score))),
        places=tuple(where),
        shown=where,
        names=tuple(sure_names),
        maybe=tuple(maybe),
        spots=tuple(spots),
        things=tuple(_things(found)),
        written_days=written,
        weekdays=weekdays,
        stems=_stems(found, taken, common),
        figures=_figures(text, amounts),
        length=len(text),
        scheme=fingerprint.scheme(),
        print=fingerprint.fingerprint([word.folded for word in found]),
        persons=tuple(dict.fromkeys(persons(text))),
        cases=tuple(dict.fromkeys(case[1] for case in _CASE.finditer(text))),
    )


def outlet(article: Article) -> str:
    """Who tells it: the host of its address without "www.", else the name of its source."""
    parts = urlsplit(article.url)
    host = parts.hostname or "" if parts.scheme in ("http", "https") else ""
    return host.removeprefix("www.") or article.source


def _telling(article: Article) -> tuple[str, int]:
    """The text without headings, menus and links to other news, and where its beginning ends."""
    lines = article.text[: 2 * LONGEST].split("\n")
    title = article.title.strip()
    kept = [lines[0]] if title and lines[0].strip() == title else [title] if title else []
    rest = lines[1:] if kept and lines[0].strip() == title else lines
    full = [line for line in rest if _is_sentence(line)]
    chosen = full or [line for line in rest if line.strip()]
    text = "\n".join([*kept, *chosen])[:LONGEST]
    return text, len("\n".join(kept)) + BEGINNING


def _is_sentence(line: str) -> bool:
    line = line.strip()
    return len(line) > LINE or (len(line) > 25 and line[-1] in ".!?…”\"'’»)")


def _ordinary(part: Sequence[Word], common: frozenset[str], language: str) -> bool:
    if len(part) > 1:
        return False
    word = part[0].folded
    return word in common or (language == "de" and len(word) < 6 and bool(tables().nouns.fullmatch(word)))


def _in_a_name(text: str, found: Sequence[Word], at: int, common: frozenset[str]) -> bool:
    """Is the place the end of a longer name, as in "Otay Mesa"? In a title where all is capitalised, no."""
    if not at or not found[at - 1].surface[0].isupper() or text[found[at - 1].stop : found[at].start] != " ":
        return False
    before = found[at - 1]
    start, stop = text.rfind("\n", 0, before.start) + 1, text.find("\n", found[at].stop)
    line = [word for word in words(text[start : stop if stop >= 0 else len(text)]) if len(word.folded) > 3]
    titled = sum(word.surface[0].isupper() for word in line) > 0.6 * len(line)
    first = (
        before.start == 0 or text[before.start - 2 : before.start] in (". ", ": ") or before.start == start
    )
    return not titled and not first and before.folded not in common and len(before.folded) > 2


def _substances(mentions: Sequence[Mention], min_score: float) -> tuple[str, ...]:
    """Those named most first, then in the order of the text."""
    sure = sorted((each for each in mentions if each.score >= min_score), key=lambda each: each.start)
    counted = Counter(each.substance for each in sure)
    order = {substance: place for place, substance in enumerate(counted)}
    return tuple(sorted(counted, key=lambda each: (-counted[each], order[each])))


def _surfaces(mentions: Sequence[Mention], min_score: float) -> dict[str, str]:
    """The first word of each name -> its substance."""
    found: dict[str, str] = {}
    for mention in mentions:
        for word in words(mention.surface)[:1]:
            if mention.score >= min_score:
                found.setdefault(word.folded, mention.substance)
    return found


def _of_substances(
    text: str, found: Sequence[Word], amounts: Sequence[Quantity], surfaces: Mapping[str, str]
) -> Iterator[Quantity]:
    """Each amount with the substance named right behind it ("875 kg of ketamine"), else right before it."""
    named = [(word.start, word.stop, surfaces[word.folded]) for word in found if word.folded in surfaces]
    places = [each.at for each in amounts if each.kind in ("mass", "volume", "pills")]
    for each in amounts:
        if each.kind not in ("mass", "volume", "pills"):
            yield each
            continue
        end = min([at for at in places if at > each.at] + [each.at + BEHIND])
        behind = [of for start, _, of in named if each.at < start < end and _goes_on(text, each.at, start)]
        before = [
            of
            for _, stop, of in named
            if each.at - BEFORE < stop <= each.at and _goes_on(text, stop, each.at)
        ]
        yield replace(each, of=(behind[:1] or before[-1:] or [""])[0])


def _figures(text: str, amounts: Sequence[Quantity]) -> tuple[str, ...]:
    """The runs of digits that are no amounts: those are compared as such, whatever their unit."""
    inside = {
        at
        for each in amounts
        if each.kind and (number := NUMBER.match(text, each.at))
        for at in range(number.start(), number.end())
    }
    runs = (run[0] for run in _FIGURE.finditer(text) if run.start() not in inside)
    return tuple(dict.fromkeys(runs))[:FIGURES]


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Does no sentence end between the two places?"""
    return _END.search(text, start, stop) is None


def _named(mentions: Sequence[Mention]) -> frozenset[str]:
    """The words of substances' names, which are no names of persons or places."""
    return frozenset(word.folded for mention in mentions for word in words(mention.surface))


def _things(found: list[Word]) -> list[str]:
    text = spaced(found)
    return [name for name, pattern in tables().things if pattern.search(text)]


def _kind(text: str, found: list[Word], language: str, beginning: int) -> tuple[str, float]:
    """The kind of news its words speak for, and by how much it leads over the next."""
    title_end = text.find("\n") if "\n" in text else min(len(text), BEGINNING)
    title = spaced([word for word in found if word.stop <= title_end])
    lead = spaced([word for word in found if title_end < word.stop <= beginning])
    rest = spaced([word for word in found if word.stop > beginning])
    scores: dict[str, float] = {}
    for kind, table in tables().kinds.items():
        pattern = table.get(language, table[ALL])
        counts = (len({m[0] for m in pattern.finditer(part)}) for part in (title, lead, rest))
        score = sum(n * w for n, w in zip(counts, (3.0, 1.5, 0.5), strict=True))
        if score:
            scores[kind] = score
    if not scores:
        return "", 0.0
    first, *others = sorted(scores, key=lambda kind: -scores[kind])
    second = scores[others[0]] if others else 0.0
    return first, round((scores[first] - second) / scores[first], 3)


def _stems(found: list[Word], taken: frozenset[int], common: frozenset[str]) -> tuple[str, ...]:
    """Beginnings of words that are no words of every day, and no places."""
    kept: dict[str, None] = {}
    for at, word in enumerate(found):
        if len(word.folded) < 4 or at in taken or word.folded in common:
            continue
        kept[word.folded[:STEM]] = None
        if len(kept) == STEMS:
            break
    return tuple(kept)


# --- as bytes ----------------------------------------------------------------------------------------

_LISTS = ("substances", "names", "maybe", "spots", "things", "stems", "figures", "places", "persons", "cases")


def to_bytes(made: Trace) -> bytes:
    """A trace to be kept; `from_bytes` reads it back."""
    row = {
        **{name: list(getattr(made, name)) for name in _LISTS},
        **{name: getattr(made, name) for name in ("dated", "language", "outlet", "sha256", "title", "kind")},
        **{name: getattr(made, name) for name in ("sure", "length", "scheme")},
        "at": made.at.isoformat(),
        "quantities": [[q.kind, list(q.values), q.near, q.at, q.unit, q.of] for q in made.quantities],
        "shown": dict(made.shown),
        "written_days": sorted(made.written_days),
        "weekdays": sorted(made.weekdays),
        "print": base64.b64encode(made.print).decode(),
    }
    return zlib.compress(orjson.dumps(row), 6)


def from_bytes(kept: bytes) -> Trace:
    """The trace that `to_bytes` wrote. Raises ValueError for anything else."""
    try:
        row: dict[str, Any] = orjson.loads(zlib.decompress(kept))
        row |= {name: tuple(row.get(name, ())) for name in _LISTS}  # the last two came later
        row["at"] = datetime.fromisoformat(row["at"])
        row["quantities"] = tuple(
            Quantity(kind, tuple(values), *rest) for kind, values, *rest in row["quantities"]
        )
        for name in ("written_days", "weekdays"):
            row[name] = frozenset(date.fromisoformat(day) for day in row[name])
        row["print"] = base64.b64decode(row["print"])
        return Trace(**row)
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError(f"this is no trace of an article: {error}") from error
