"""Candidates: the stretches of a text that read as a name and stand at a border, and which of them win.

An automaton proposes a stretch, `reading` compares it with the name, `borders` looks at both sides. What is
left is a candidate; of those that overlap the longest stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.match import borders, context
from monitor.match.abbreviations import Definition
from monitor.match.bounds import Bounds
from monitor.match.lexicon import NAME, Lexicon, has_cjk, ordinary_words
from monitor.match.normalize import Forms, fold_leet, words_key
from monitor.match.patterns import Automaton, Hit
from monitor.match.reading import Rendering, read
from monitor.match.ties import HYPHENS, ends_as_group
from monitor.match.words import tables
from monitor.model import Name

_SIGN_FIRST = re.compile(rf"^\([^()\w]{{1,5}}\)\s?[{HYPHENS}]\s?")
_SIGN_BEFORE = re.compile(_SIGN_FIRST.pattern[1:] + "$")
_REACH = 150  # how far from a word of drugs an ambiguous name is looked at, where the text has no other sign
_METHODS = {"cas": "cas", "inchikey": "inchikey", "cid": "cid", "dea-code": "dea-code"}
_TYPE_ORDER = (
    "inn",
    "common",
    "systematic",
    "cas",
    "inchikey",
    "acronym",
    "trade",
    "other",
    "cid",
    "dea-code",
    "street",
)
_GLANCED = 5  # bytes of a pattern, with its space: names of four letters take no ending but a plural's
_ACIDS_OF_SALTS = frozenset(("hydrochloric-acid", "sulphuric-acid", "hydriodic-acid"))  # "盐酸氯胺酮"
_SEEN = 130  # how far a look at the borders of a candidate goes at most, with brackets and line ends


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch `[start, stop)` of `Forms.text` that reads as a name and stands at a border."""

    start: int
    stop: int
    name: Name
    reading: Rendering
    border: borders.Border
    weak: bool
    method: str = "name"

    @property
    def length(self) -> int:
        return self.stop - self.start

    def moved(self, by: int) -> Candidate:
        """The same candidate at another place."""
        start, stop = self.start + by, self.stop + by
        return Candidate(start, stop, self.name, self.reading, self.border, self.weak, self.method)


def find_folded(automaton: Automaton, view: Forms) -> list[Hit]:
    """Hits of folded patterns in the words form between spaces, leet digits folded."""
    hits = automaton.find(view.folded)
    if view.latin is not None:
        hits = sorted({*hits, *automaton.find(fold_leet(view.latin))})
    return hits


def from_long(lexicon: Lexicon, view: Forms, hits: list[Hit], language: str | None) -> Iterable[Candidate]:
    for begin, end, pattern in hits:
        start, stop = view.from_compact(begin, end)
        yield from _read_entries(lexicon, view, lexicon.long.of(pattern), start, stop, language)


def from_short(
    lexicon: Lexicon,
    view: Forms,
    hits: list[Hit],
    language: str | None,
    into: list[Candidate],
) -> list[int]:
    """Add the candidates among hits in the words form; gives where words stand that open the second look."""
    reasons: list[int] = []
    wanted, masks = context.language_mask(language), lexicon.short.masks or ()
    for begin, end, pattern in hits:
        mask = masks[pattern]
        if mask & wanted:
            reasons.append(begin)
        if mask & NAME and not (language == "en" and _goes_on(view.folded, begin, end)):
            entries = lexicon.short.of(pattern)
            start, stop = _from_padded(view, begin, end, bare=_is_bare(lexicon.texts[entries[0]]))
            into.extend(_read_entries(lexicon, view, entries, start, stop, language))
    return sorted(reasons)


def from_weak(
    lexicon: Lexicon, view: Forms, language: str | None, reasons: list[int] | None, bounds: Bounds
) -> Iterable[Candidate]:
    """Ambiguous names; with `reasons` (offsets in the words form) only those that stand near one."""
    for begin, end, pattern in bounds.of_hits(_weak_hits(lexicon, view, reasons)):
        entries = lexicon.weak.of(pattern)
        start, stop = _from_padded(view, begin, end, bare=_is_bare(lexicon.texts[entries[0]]))
        for entry in entries:
            spelling = lexicon.texts[entry]
            # a pattern with a plural s reads as the name without it
            shorter = view.text[stop - 1] in "sS" and spelling[-1] not in "sS"
            candidate = _candidate(view, spelling, lexicon.name(entry), start, stop - shorter, language)
            if candidate:
                yield candidate


def _weak_hits(lexicon: Lexicon, view: Forms, reasons: list[int] | None) -> list[Hit]:
    """Hits of ambiguous names in the padded words form, in the whole of it or within reach of reasons."""
    find = lexicon.weak.find
    if view.latin is not None:
        hits = sorted({*find(view.padded), *find(view.latin)})
        return hits if reasons is None else [hit for hit in hits if _near(reasons, hit[0])]
    if reasons is None:
        return find(view.padded)
    hits = []
    done = 0
    for reason in reasons:
        begin, end = max(reason - _REACH, done), reason + _REACH + 1
        if begin < end:
            piece = view.padded[begin : end + lexicon.longest_weak - 1]
            hits += [(begin + a, begin + b, pattern) for a, b, pattern in find(piece) if begin + a < end]
            done = end
    return hits


def _goes_on(folded: bytes, begin: int, end: int) -> bool:
    """Does a short English name go on as another word ("methyl")? Said at a glance, before any reading."""
    if end - begin > _GLANCED or folded[begin] != 32 or folded[end - 1] == 32:
        return False
    return (
        folded[end : end + 1] != b" " and folded[end : end + 2] != b"s " and folded[end : end + 3] != b"es "
    )


@lru_cache(maxsize=10_000)
def _is_bare(spelling: str) -> bool:
    return has_cjk(spelling)


def _near(reasons: list[int], begin: int) -> bool:
    place = bisect_left(reasons, begin - _REACH)
    return place < len(reasons) and reasons[place] <= begin + _REACH


def _from_padded(view: Forms, begin: int, end: int, *, bare: bool) -> tuple[int, int]:
    """Offsets in `view.text` of a hit in the padded words form, without the spaces of its pattern.

    `bare`: the pattern, of a Chinese name, has none.
    """
    if bare:
        return view.from_words(begin - 1, end - 1)
    spaces = (view.padded[begin], view.latin[begin] if view.latin is not None else 0)
    first = begin + (32 in spaces)
    spaces = (view.padded[end - 1], view.latin[end - 1] if view.latin is not None else 0)
    return view.from_words(first - 1, end - 1 - (32 in spaces))


def from_misspellings(
    lexicon: Lexicon, view: Forms, found: list[tuple[int, int, int]], language: str | None
) -> Iterable[Candidate]:
    """Candidates among what `misspelt` found."""
    for start, stop, entry in found:
        border = borders.look(view.text, start, stop, language, letters=7)
        if border.kind == "free" and not borders.hyphenated(view.text, start, stop):
            yield Candidate(
                start, stop, lexicon.name(entry), Rendering("normal"), border, False, "misspelling"
            )


def from_abbreviations(view: Forms, defined: list[Definition], strong: list[Candidate]) -> list[Candidate]:
    """Every place of an abbreviation that the text itself defines as a substance."""
    meant = _meanings(defined, strong)
    if not meant:
        return []
    found: list[Candidate] = []
    taken = Taken(strong)
    lengths = sorted({len(short) for short in meant}, reverse=True)
    for word in re.finditer(r"\w+", view.text):
        start = word.start()
        for stop in (start + length for length in lengths):
            name = meant.get(view.text[start:stop])
            if name is None or re.match(r"\w", view.text[stop : stop + 1]):
                continue
            border = borders.Border("free", start, stop)
            candidate = Candidate(start, stop, name, Rendering("normal"), border, False, "abbreviation")
            if not taken.meets(candidate):
                found.append(candidate)
                taken.add(candidate)
    return found


def _meanings(defined: list[Definition], strong: list[Candidate]) -> dict[str, Name]:
    """The names that abbreviations are defined as; the first definition of each counts."""
    by_stop = {candidate.stop: candidate for candidate in strong}
    by_start = {candidate.start: candidate for candidate in strong}
    meant: dict[str, Name] = {}
    for definition in defined:
        # "phenobarbital (PB)", but also "buprénorphine haut dosage (BHD)"
        candidate = by_stop.get(definition.stop) or by_start.get(definition.start)
        length = definition.stop - definition.start
        if candidate and candidate.start >= definition.start - 3 and candidate.length * 2 >= length:
            meant.setdefault(definition.short, candidate.name)
    return meant


def _read_entries(
    lexicon: Lexicon, view: Forms, entries: list[int], start: int, stop: int, language: str | None
) -> Iterable[Candidate]:
    """Read a stretch as each of the entries; a stretch in the same surroundings is read once in a text."""
    begin = max(0, start - _SEEN)
    # in a text with character references, places differ by what stood there
    place = start if view.origin is not None else start - begin
    key = (entries[0], place, view.text[begin : stop + _SEEN])
    known = view.readings.get(key)
    if known is None:
        found = (
            _candidate(view, lexicon.texts[entry], lexicon.name(entry), start, stop, language)
            for entry in entries
        )
        known = view.readings[key] = (start, _best_of_each(filter(None, found), language))
    first, candidates = known
    return candidates if first == start else [candidate.moved(start - first) for candidate in candidates]


def _best_of_each(candidates: Iterable[Candidate], language: str | None) -> list[Candidate]:
    """The candidate that wins in each stretch: a name is often one in several languages."""
    best: dict[tuple[int, int], Candidate] = {}
    for candidate in candidates:
        place = candidate.start, candidate.stop
        if place not in best or _rank(candidate, language) < _rank(best[place], language):
            best[place] = candidate
    return list(best.values())


def _candidate(
    view: Forms, spelling: str, name: Name, start: int, stop: int, language: str | None
) -> Candidate | None:
    start, stop = _with_brackets(view.text, spelling, start, stop)
    surface = view.text[start:stop]
    reading = read(spelling, surface, kind=name.type)
    if reading is None:
        return None
    if view.origin is not None and _hidden_in_references(view, start, stop):
        reading = Rendering("skeleton", (*reading.tricks, "character references"))
    letters = sum(map(str.isalpha, spelling))
    if len(spelling) == 1 and not _stands_alone(view.text, start, stop):
        return None
    acronym = name.type == "acronym" or (spelling.isupper() and spelling.isascii() and len(spelling) <= 6)
    hidden = bool(set(reading.tricks) - {"full-width letters"})
    if hidden and letters < (6 if name.ambiguous else 4) and spelling < "\u2e80":
        return None
    border = borders.look(
        view.text,
        start,
        stop,
        language,
        letters=0 if name.ambiguous else letters,
        cased=acronym,
        number=name.type == "cas",
        acid=name.substance in _ACIDS_OF_SALTS,
    )
    if (
        not border.accepted
        or (name.type in _METHODS and border.kind != "free")
        or (name.type == "cas" and context.other_number(view.text, start, stop))
        or ((acronym or letters <= 4) and reading.accents)
    ):
        return None
    of_class = tables().class_words.get(name.text.lower())
    if of_class and context.means_class(view.text, start, border.stop):
        name = replace(name, substance=of_class)
    if border.kind == "inflected" and (
        words_key(border.word) in ordinary_words() or ends_as_group(border.word)
    ):
        return None  # "heroines", "anilino"
    foreign = language is not None and name.language not in ("mul", "en", language)
    if name.ambiguous and foreign and letters <= 5 and name.type in ("street", "common"):
        return None  # slang of one language is a word of another: Polish "feto", Spanish "feto"
    # an accent left out may make a word of the text's own language of it ("heroine")
    other_word = reading.accents and surface.isascii() and words_key(surface) in ordinary_words()
    weak = (name.ambiguous or other_word) and not hidden
    return Candidate(start, border.stop, name, reading, border, weak, _METHODS.get(name.type, "name"))


def _stands_alone(text: str, start: int, stop: int) -> bool:
    """May a letter be a name here: a capital, no unit ("6 h"), initial ("H. Brown") or part ("K-9")?"""
    letter = text[start]
    if letter >= "\u2e80":
        return True
    if letter != letter.upper():
        return False
    before = text[max(0, start - 2) : start].rstrip()
    if re.match(r" [A-Z][a-z]+", text[stop : stop + 3]):
        return False  # an author's or a player's initial: "H Southwell"
    return not (before[-1:].isdigit() or before[-1:] in "-/.'’&") and text[stop : stop + 1] not in tuple(
        "-.'’/&0123456789"
    )


def _with_brackets(text: str, spelling: str, start: int, stop: int) -> tuple[int, int]:
    """Take in the bracket, optical sign or prime that the name itself begins or ends with."""
    sign = _SIGN_BEFORE.search(text, max(0, start - 8), start) if _SIGN_FIRST.match(spelling) else None
    if sign:
        start = sign.start()
    elif spelling[0] in "([{" and start > 0 and text[start - 1] in "([{（【":
        start -= 1
    if spelling[-1] in ")]}'" and stop < len(text) and text[stop] in ")]}）】'′’":
        stop += 1
    return start, stop


def _hidden_in_references(view: Forms, start: int, stop: int) -> bool:
    """Are plain letters written as character references (`&#102;entanyl`)? For accents that is usual."""
    first, last = view.to_original(start, stop)
    if last - first == stop - start:
        return False
    return any(
        view.text[i].isascii()
        and view.text[i].isalnum()
        and view.to_original(i, i + 1)[1] - view.to_original(i, i + 1)[0] > 1
        for i in range(start, stop)
    )


class Taken:
    """Which characters of a text candidates stand on; asking takes no longer the more there are."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self.marks = bytearray()
        for candidate in candidates:
            self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        if len(self.marks) < candidate.stop:
            self.marks.extend(bytes(2 * candidate.stop - len(self.marks)))
        self.marks[candidate.start : candidate.stop] = b"\1" * candidate.length

    def meets(self, candidate: Candidate) -> bool:
        return self.marks.find(1, candidate.start, candidate.stop) >= 0


def longest(candidates: list[Candidate], language: str | None = None) -> list[Candidate]:
    """Drop what overlaps a longer candidate; among equals the plainest reading and surest name win.

    Of names that are equal otherwise, the one of the text's `language` wins.
    """
    kept: list[Candidate] = []
    taken = Taken()
    for candidate in sorted(candidates, key=lambda candidate: _rank(candidate, language)):
        if not taken.meets(candidate):
            kept.append(candidate)
            taken.add(candidate)
    return sorted(kept, key=lambda candidate: candidate.start)


def _rank(candidate: Candidate, language: str | None) -> tuple[int | str, ...]:
    form = ("raw", "normal", "skeleton").index(candidate.reading.form)
    kind = candidate.name.type
    everyday = tables().everyday.get(candidate.name.text.lower()) != candidate.name.substance
    return (
        int(candidate.method == "misspelling"),
        -candidate.length,
        int(candidate.border.kind == "inflected"),
        form,
        int(candidate.reading.accents),
        int(candidate.name.ambiguous) * 2 + int(everyday),
        int(candidate.name.language not in ("mul", language)),
        _TYPE_ORDER.index(kind) if kind in _TYPE_ORDER else len(_TYPE_ORDER),
        candidate.name.substance,
    )
