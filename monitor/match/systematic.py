"""Spots what looks like a systematic chemical name in running text and stands in no lexicon: `candidates`.

    seeds in the text -> the stretch around a seed -> its parts -> the words beside it -> candidate

Most texts hold no seed (a part of names that ordinary words do not have) and cost one pass of an automaton.
Around a seed the longest stretch of characters that names are written with is taken, cut where a name cannot
go on, and its runs of letters are covered by known parts (`fragments.py`); ordinary words tied on by a hyphen
fall off. Then words beside it that belong to it are taken in ("ethyl ...ate", "bromuro de ...ilo"). What has
parts enough and ends as a compound does is a candidate. Whether it is a name only OPSIN can say.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import daachorse

from monitor.match import fragments
from monitor.match.fragments import ACIDIC, ANION, CLASS, OPEN, PARENT, RADICAL, fold, parse
from monitor.model import Mention

LONGEST = 500  # characters of one name; the longest name on any list has 300
_BESIDE = 6  # words that are taken in on each side at most

_CHARS = (
    rf"A-Za-z0-9\u00c0-\u024f\u0370-\u03ff{re.escape(fragments.HYPHENS + fragments.PRIMES)}"
    rf"{fragments.INVISIBLE}()\[\]{{}},.+±*"
)
_WRAP = rf"(?<=[{re.escape(fragments.HYPHENS)},(\[{{])[ \t]*+\r?\n[ \t]*+(?=[A-Za-z0-9(\[{{])"
_STRETCH = re.compile(rf"(?:[{_CHARS}]++|{_WRAP})++")
_BLANK = re.compile(r"[ \t\u00a0\u202f]{1,2}+(?:\r?\n[ \t]*+)?+|\r?\n[ \t]*+")
_BLANK_BEFORE = re.compile(r"(?:[ \t\u00a0\u202f]{1,2}|[ \t]{0,8}\r?\n[ \t]{0,8})$")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_LOCATED = re.compile(
    r"(?:\d[a-z]?'*|(?<![a-z])[nospmαβγδω]'*|\dh\)|\b(?:alpha|beta|gamma|ortho|meta|para))-?[-([]"
)
_RUN = re.compile(r"[a-z]+")
_LOCANT_RUNS = frozenset("rs sr dl ar as rr ss ah bh nh".split())
_TAIL = re.compile(r"\(?\d{1,2}(?:,\d{1,2})*\)?|d\d{1,2}|[rsez±+-]{1,3}")
_ROOT_ENDING = re.compile(
    r"(?:in[eao]?|on[eao]?|ol[eo]?|an[eo]?|en[eo]?|id[eo]?|am|at[eo]?|ic[oa]?|yl|il[oe]?|al|os[eo]?|um|ole|us)$"
)
_TIED = re.compile(r"[@_=\\#~]|\.[a-z0-9]")  # behind a stretch: an address, the name of a file
_ADDRESS = re.compile(r"://|www\.|@|[/\\][^/\\\s]*[/\\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch `[start, stop)` of a text, in code points, that looks like a systematic name."""

    start: int
    stop: int
    surface: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A stretch without blanks that reads as (part of) a name.

    `end` is what its last part makes of it (see fragments), `weight` counts its parts, `located`: with
    locants, `root`: it ends in an unknown parent ("6-hydroxydopamine"), `plain` is its folded text.
    """

    start: int
    stop: int
    end: str
    weight: int
    located: bool
    root: bool
    plain: str


def candidates(text: str, taken: Sequence[Mention] = ()) -> tuple[Candidate, ...]:
    """Give the stretches of a text that look like systematic names, in order, without overlaps.

    What is, or lies within, one of `taken` is left out; what holds one and more is not.
    Pure; never raises on any text; time grows linearly with it.
    """
    found: list[Candidate] = []
    done = free = 0  # what was read; where the last candidate ended
    for place in _seeds(text):
        if place < done:
            continue
        start, done = _stretch(text, place, done)
        for word in _words(text, start, done):
            name = _with_neighbours(text, word, free) if word.start >= free else None
            if name is None or _is_address(text, name.start, name.stop):
                continue
            free = name.stop
            found.append(Candidate(name.start, name.stop, text[name.start : name.stop]))
        done = max(done, free)
    return tuple(_without(found, taken)) if taken else tuple(found)


def one_line(surface: str) -> str:
    """A name as it would be written on one line: line ends within it and invisible characters are gone."""
    joined = re.sub(rf"(?<=[{re.escape(fragments.HYPHENS)},(\[{{])\s*[\r\n]\s*", "", surface)
    return re.sub(rf"[{fragments.INVISIBLE}]", "", " ".join(joined.split()))


# --- where to look -----------------------------------------------------------------------------------


@functools.cache
def _automaton() -> daachorse.DoubleArrayAhoCorasick:
    return daachorse.DoubleArrayAhoCorasick([seed.encode() for seed in fragments.tables().seeds])


def _seeds(text: str) -> list[int]:
    """Where seeds end in a text, in code points."""
    data = text.encode("utf-8", "surrogatepass").lower()  # of ASCII letters only, as seeds are
    hits = _automaton().find(data)
    if not hits or len(data) == len(text):
        return [stop - 1 for _, stop, _ in hits]
    places, at, count = [], 0, 0
    for _, stop, _ in hits:
        count += len(data[at : stop - 1].decode("utf-8", "surrogatepass"))
        at = stop - 1
        places.append(count)
    return places


def _stretch(text: str, place: int, low: int) -> tuple[int, int]:
    """The stretch of characters of names around a place; nothing before `low`, none that is too long."""
    low = max(low, place - LONGEST)
    for match in _STRETCH.finditer(text, low, min(len(text), place + LONGEST)):
        if match.end() > place:
            return match.start(), match.end()
    return place, place + 1


def _is_address(text: str, start: int, stop: int) -> bool:
    """Is the stretch a part of an address, a path or the name of a file?"""
    if text[max(0, start - 1) : start] in ("@", "_", "=", "\\", "#", "~") or _TIED.match(text, stop):
        return True
    if "/" not in (text[max(0, start - 1) : start], text[stop : stop + 1]):
        return False
    before, after = text[max(0, start - 100) : start], text[stop : stop + 100]
    around = (before.split() or [""])[-1] + "x" + (after.split() or [""])[0]
    return bool(_ADDRESS.search(around))


def _without(found: Sequence[Candidate], taken: Sequence[Mention]) -> Iterator[Candidate]:
    """Leave out what is, or lies within, a mention."""
    mentions = sorted(taken, key=lambda mention: mention.start)
    starts = [mention.start for mention in mentions]
    for each in found:
        before = bisect_right(starts, each.start) - 1
        if before < 0 or mentions[before].stop < each.stop:
            yield each


# --- one stretch -------------------------------------------------------------------------------------


def _words(text: str, start: int, stop: int) -> Iterator[_Word]:
    """The words of a stretch that read as names, in order."""
    if stop - start > 2 * LONGEST - 10:
        return
    for first, last in _pieces(text, start, stop):
        yield from _read(text, first, last)


def _pieces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch where no name goes on: at signs out of place, then at brackets without a partner."""
    plain = fold(text[start:stop])
    cuts = [at for at, char in enumerate(plain) if char in ",.'+±*" and not _in_place(plain, at)]
    first = 0
    for cut in (*cuts, len(plain)):
        for low, high in _balanced(plain, first, cut):
            yield start + low, start + high
        first = cut + 1


def _in_place(plain: str, at: int) -> bool:
    """Does a comma, dot, prime or sign stand where names have it?"""
    char, before, after = plain[at], plain[at - 1 : at], plain[at + 1 : at + 2]
    alone = before.isalpha() and not plain[at - 2 : at - 1].isalpha()  # a letter as a locant
    if char == "'":
        return before.isdigit() or before == "'" or (alone and not after.isalpha())
    if char == ".":
        return before.isdigit() and after.isdigit()
    if char in "+±*":
        return before in ("(", "[", "*") or after in (")", "]", ",")
    if not (before.isdigit() or before in ("'", ")", "]", "*") or alone):
        return False
    word = _RUN.match(plain, at + 1)
    return (
        after.isdigit()
        or after in ("(", "\n", "\r", " ")
        or (after.isalpha() and (word is None or len(word[0]) <= 2 or word[0] in ("alpha", "beta", "gamma")))
    )


def _balanced(plain: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut `[first, last)` at brackets without a partner."""
    stack: list[int] = []
    lone: list[int] = []
    for at in range(first, last):
        char = plain[at]
        if char in "([{":
            stack.append(at)
        elif char in _PAIRS:
            if stack and plain[stack[-1]] == _PAIRS[char]:
                stack.pop()
            else:
                lone.append(at)
    for cut in (*sorted((*lone, *stack)), last):
        if cut > first:
            yield first, cut
        first = cut + 1


def _read(text: str, start: int, stop: int) -> Iterator[_Word]:
    """Read a piece with its brackets as units divided by hyphens; those that can be read stay together."""
    kept = [at for at in range(start, stop) if text[at] not in fragments.INVISIBLE and not text[at].isspace()]
    plain = fold("".join(text[at] for at in kept))
    low, high = _bare(plain, 0, len(plain))
    units = _units(plain, low, high)
    read = [_unit(plain, *unit) for unit in units]
    at = 0
    while at < len(units):
        last = at
        while last < len(units) and read[last].known:
            last += 1
        root = last < len(units) and read[last].is_root(open_before=last > at and read[last - 1].open_end)
        end = last + root
        word = _word(plain, units[at:end], read[at:end], kept)
        if word is not None:
            yield word
        at = max(end, at + 1)


def _bare(plain: str, low: int, high: int) -> tuple[int, int]:
    """Take off signs at the edges, and brackets around the whole."""
    while True:
        while low < high and plain[low] in "-,.'+±*":
            low += 1
        while low < high and plain[high - 1] in "-,.'+±*":
            high -= 1
        if low < high and plain[low] in "([{" and _partner(plain, low, high) == high - 1:
            low, high = low + 1, high - 1
            continue
        return low, high


def _partner(plain: str, at: int, high: int) -> int:
    depth = 0
    for place in range(at, high):
        depth += (plain[place] in "([{") - (plain[place] in ")]}")
        if depth == 0:
            return place
    return high


def _units(plain: str, low: int, high: int) -> list[tuple[int, int]]:
    """Divide at hyphens outside of brackets, and before such brackets."""
    units: list[tuple[int, int]] = []
    depth, first = 0, low
    for at in range(low, high):
        char = plain[at]
        if depth == 0 and char in "-([{" and at > first:
            units.append((first, at))
            first = at
        if char == "-" and depth == 0:
            first = at + 1
        depth += (char in "([{") - (char in ")]}")
    if high > first:
        units.append((first, high))
    return units


@dataclass(frozen=True, slots=True)
class _Unit:
    """How one unit reads: is all of it known, how many parts, what its end is, its last run."""

    known: bool
    weight: int
    end: str  # "" where it has no run of letters but locants
    last: str
    tail: fragments.Run | None

    @property
    def open_end(self) -> bool:
        return self.end in ("", OPEN, RADICAL)

    def is_root(self, *, open_before: bool) -> bool:
        """May an unknown end be a parent that is no part of the tables ("dopamine")?"""
        tail = self.tail
        if (
            tail is None
            or tail.root < 0
            or not (open_before or tail.root > 2)
            or len(self.last) - tail.root < 4
        ):
            return False
        ending = _ROOT_ENDING.search(self.last) is not None
        return ending and not self.last.endswith(fragments.tables().not_endings)


def _unit(plain: str, low: int, high: int) -> _Unit:
    weight, unknown, end, last = 0, 0, "", ""
    tail = None
    for match in _RUN.finditer(plain, low, high):
        run = match[0]
        if len(run) == 1 or run in _LOCANT_RUNS:
            continue
        follows = plain[match.end() : match.end() + 2]
        read = parse(run, goes_on=follows[:1] == "-" and (follows[1:].isdigit() or follows[1:] in "(["))
        weight += read.weight
        tail = read if read.unknown and not unknown and not plain[match.end() : high].strip(")]}") else None
        unknown += read.unknown
        end, last = read.end, run
    return _Unit(unknown == 0, weight, end, last, tail)


def _word(plain: str, units: list[tuple[int, int]], read: list[_Unit], kept: list[int]) -> _Word | None:
    """Make a word of units; locants at its end that belong to nothing fall off."""
    while units and not read[-1].end and not _TAIL.fullmatch(plain, *units[-1]):
        units, read = units[:-1], read[:-1]
    ends = [each for each in read if each.end]
    if not ends:
        return None
    low, high = _bare(plain, units[0][0], units[-1][1])
    if low >= high:
        return None
    root = not read[-1].known
    return _Word(
        start=kept[low],
        stop=kept[high - 1] + 1,
        end=PARENT if root else ends[-1].end,
        weight=sum(each.weight for each in read),
        located=_LOCATED.search(plain, low, high) is not None,
        root=root,
        plain=plain[low:high],
    )


# --- the words beside it -----------------------------------------------------------------------------


def _with_neighbours(text: str, word: _Word, low: int) -> _Word | None:
    """Take in the words beside a word that belong to its name; None where it comes to no compound."""
    name = word
    for _ in range(_BESIDE):
        longer = _on_the_right(text, name)
        if longer is None:
            break
        name = longer
    for _ in range(_BESIDE):
        longer = _on_the_left(text, name, low)
        if longer is None:
            break
        name = longer
    return name if _is_compound(name) else None


def _is_compound(name: _Word) -> bool:
    """Does it end as a compound does, and has it parts enough?"""
    if name.end not in (PARENT, CLASS, ANION) or name.plain in fragments.tables().not_names:
        return False
    if name.root:
        return name.located and name.weight >= 1
    return name.weight >= 2 or (name.weight == 1 and name.located)


def _next(text: str, at: int) -> _Word | None:
    """The word behind a blank, whatever it is; None at a sign or the end."""
    piece = _next_piece(text, at)
    return _as_word(text, *piece) if piece else None


def _next_piece(text: str, at: int) -> tuple[int, int] | None:
    blank = _BLANK.match(text, at)
    stretch = _STRETCH.match(text, blank.end(), blank.end() + LONGEST) if blank else None
    if stretch is None:
        return None
    first, last = next(_pieces(text, stretch.start(), stretch.end()), (0, 0))
    return (first, last) if first == stretch.start() and last > first else None


def _previous(text: str, at: int, low: int) -> _Word | None:
    """The word before a blank."""
    blank = _BLANK_BEFORE.search(text, max(low, at - 20), at)
    if blank is None:
        return None
    stop = blank.start()
    start = stop
    while start > max(low, stop - LONGEST) and not text[start - 1].isspace():
        start -= 1
    pieces = list(_pieces(text, start, stop)) if stop - start < LONGEST else []
    return _as_word(text, *pieces[-1]) if pieces and pieces[-1][1] == stop else None


def _as_word(text: str, start: int, stop: int) -> _Word | None:
    """A piece as a word: read as a name where it reads whole, else as what is written."""
    if stop <= start:
        return None
    plain = fold(text[start:stop])
    words = list(_read(text, start, stop)) if len(plain) > 2 else []
    if len(words) == 1 and (words[0].start, words[0].stop) == (start, stop):
        return words[0]
    return _Word(start, stop, "", 0, False, False, plain)


def _joined(left: _Word, right: _Word, end: str, more: int = 0) -> _Word:
    return _Word(
        left.start,
        right.stop,
        end,
        left.weight + right.weight + more,
        left.located or right.located,
        left.root or right.root,
        f"{left.plain} {right.plain}",
    )


def _is(word: _Word, table: str) -> bool:
    return word.plain in fragments.tables().words[table]


def _on_the_right(text: str, name: _Word) -> _Word | None:
    """The name with the word behind it, where that belongs to it."""
    if text[name.stop : name.stop + 1] == ",":
        return _inverted(text, name)
    word = _next(text, name.stop)
    if word is None:
        return None
    if name.end in (RADICAL, ACIDIC):
        return _function(name, word)
    if name.plain.endswith(("acid", "saure", "zuur")):
        return _of_acid(text, name, word)
    if name.end in (PARENT, CLASS, ANION) and _is(word, "salt"):
        return _joined(name, replace(word, weight=0), CLASS)
    return _of(text, name, word)


def _function(name: _Word, word: _Word) -> _Word | None:
    """What a radical or the stem of an acid goes on with: "phenethyl bromide", "phenylacetic acid"."""
    alone = replace(word, weight=0)
    if name.end == ACIDIC:
        if _is(word, "acid"):
            return _joined(name, alone, CLASS)
        return _joined(name, alone, CLASS, 1) if _is(word, "anhydride") or _is(word, "halide") else None
    if _is(word, "halide") or _is(word, "class"):
        return _joined(name, alone, CLASS, 1)
    return _joined(name, word, word.end) if word.end in (PARENT, CLASS, ANION, RADICAL, ACIDIC) else None


def _inverted(text: str, name: _Word) -> _Word | None:
    """Names of registers: "benzene, (2-bromoethyl)-", and their salts and esters."""
    if name.end not in (PARENT, CLASS, ANION):
        return None
    piece = _next_piece(text, name.stop + 1)
    if piece is None:
        return None
    if text[piece[1] - 1] in fragments.HYPHENS:
        words = list(_read(text, *piece))
        last = words[0] if len(words) == 1 and words[0].end in (RADICAL, OPEN) else None
        return _joined(name, replace(last, stop=piece[1]), PARENT) if last else None
    word = _as_word(text, *piece)
    if word is None:
        return None
    if _is(word, "salt") and _is_compound(name):
        return _joined(name, replace(word, weight=0), CLASS)
    return _of_acid(text, name, word) if name.plain.endswith("acid") else None


def _of_acid(text: str, name: _Word, word: _Word) -> _Word | None:
    """What goes on from an acid: "... acid chloride", "... acid ethyl ester"."""
    if _is(word, "of-acid"):
        return _joined(name, replace(word, weight=0), CLASS, 1)
    if word.end != RADICAL:
        return None
    ester = _next(text, word.stop)
    if ester is None or ester.plain not in ("ester", "esters"):
        return None
    return _joined(_joined(name, word, RADICAL), replace(ester, weight=0), CLASS)


def _of(text: str, name: _Word, word: _Word) -> _Word | None:
    """What goes on with a particle: "acetato de fenetilo", "4-hydroxybutanoate de sodium"."""
    elided = word.plain.startswith("d'") and len(word.plain) > 4
    if name.end not in (ANION, CLASS) or not (_is(word, "particle") or elided):
        return None
    behind = _next(text, word.stop)
    if behind is None:
        return None
    if _is(behind, "metal-behind"):
        return _joined(name, replace(behind, weight=0), CLASS)
    return _joined(name, behind, CLASS) if behind.end == RADICAL else None


def _on_the_left(text: str, name: _Word, low: int) -> _Word | None:
    """The name with the word before it, where that belongs to it."""
    word = _previous(text, name.start, low)
    if word is None:
        return None
    if _is(word, "metal") and name.end in (ANION, CLASS):
        return _joined(replace(word, weight=0), name, CLASS)
    if word.end == RADICAL and name.end in (ANION, CLASS, PARENT):
        return _joined(word, name, name.end)
    if name.end == ACIDIC and _is(word, "head-adjective"):
        return _joined(replace(word, weight=0), name, CLASS, 1)
    if _is(word, "particle") and name.end in (RADICAL, PARENT, CLASS, ANION):
        head = _previous(text, word.start, low)
        if head is None:
            return None
        if _is(head, "head-of") or (head.end in (ANION, CLASS) and name.end == RADICAL):
            return _joined(replace(head, weight=max(head.weight, 1)), name, CLASS)
    return None
