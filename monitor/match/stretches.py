"""Reads a stretch of text without blanks as words of a systematic name: `words`, `pieces`. Pure.

    stretch -> pieces (cut at signs out of place, at brackets without a partner)
            -> units (divided by hyphens outside of brackets) -> runs of letters -> parts (`fragments.py`)

Units that read stay together as one word; ordinary words tied on by a hyphen ("-induced") fall off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.match import fragments
from monitor.match.fragments import ACIDIC, ANION, OPEN, PARENT, RADICAL, Run, fold, parse

_HYPHEN = re.escape(fragments.HYPHENS)
_LETTERS = r"A-Za-z\u00c0-\u024f\u0370-\u03ff"
_CHARS = rf"{_LETTERS}0-9{_HYPHEN}{re.escape(fragments.PRIMES)}{fragments.INVISIBLE}()\[\]{{}},.+±*"
# A name may go on over the end of a line behind a hyphen, comma or open bracket, and over a blank behind a
# locant's hyphen ("1- benzyl"), between locants ("3, 4-") and in signs of stereo ("(1 RS, 3 SR)").
_GAPS = (
    rf"(?<=[{_HYPHEN},(\[{{])[ \t]*+\r?\n[ \t]*+(?=[{_LETTERS}0-9(\[{{])",
    r"(?<=[\dN]-) (?=[A-Za-z(\[])",
    r"(?<=[a-z]-) (?=\d)",
    rf"(?<=[a-z)\]]) (?=[{_HYPHEN}]\d{{1,2}}'?(?:,\d{{1,2}}'?)*[{_HYPHEN}][A-Za-z(\[])",
    rf"(?<=[^\d]\d,) (?=\d{{1,2}}'?(?:,| ?[{_HYPHEN}]))",
    r"(?<=\d) (?=(?:RS|SR|R|S)[,)\]])",
    r"(?<=[RSEZ],) (?=\d{0,2}[a-z]? ?(?:RS|SR|R|S|E|Z)[,)\]])",
)
STRETCH = re.compile(rf"(?:[{_CHARS}]++|{'|'.join(_GAPS)})++")
GAP = re.compile("|".join(_GAPS))
NAME_CHAR = re.compile(rf"[{_CHARS}]")

_PAIRS = {")": "(", "]": "[", "}": "{"}
_GREEK = "alpha|beta|gamma|delta|omega|epsilon|[αβγδωε]"
_LOCANT_BEFORE = re.compile(rf"(?:(?:\d[a-z]{{0,2}}|(?<![a-z])[a-z]{{1,2}}|{_GREEK})'*|[)\]*.])$")
_LOCANT_AFTER = re.compile(rf"[\s({fragments.INVISIBLE}]*(?:\d|\.?(?:{_GREEK})|[a-z]{{1,2}}(?![a-z]))")
_DOTTED_GREEK = re.compile(rf"\.?(?:{_GREEK})\.")
_LOCATED = re.compile(
    rf"(?:\d[a-z]?'*|(?<![a-z])[nospmh]'*|\dh\)|(?:{_GREEK})\.?'*|\b(?:ortho|meta|para|iso|tert|sec))-?[-(\[]"
)
_FUSION = re.compile(r"\[(?:[\d',:-]|(?<![a-z])[a-z]{1,3}(?![a-z]))*$")
_RUN = re.compile(r"[a-z]+")
_LOCANT_RUNS = frozenset("rs sr dl ar as br bs cr rr ss ah bh ch nh".split())
_TAIL = re.compile(r"\(?\d{1,2}(?:,\d{1,2})*\)?|d\d{1,2}|[rsez±+-]{1,3}")
_ROOT_ENDING = re.compile(
    r"(?:in[eao]?|on[eao]?|ol[eo]?|an[eo]?|en[eo]?|id[eo]?|am|at[eo]?|ic[oa]?|yl|il[oe]?|al|os[eo]?|um|ole|us)$"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch `[start, stop)` of the text, without blanks, that reads as (part of) a name.

    `end` is what its last part makes of it (see fragments; "" for any other word), `weight` counts its parts,
    `located`: with locants, `root`: it ends in an unknown parent ("6-hydroxydopamine"), `plain` is its folded
    text.
    """

    start: int
    stop: int
    end: str
    weight: int
    located: bool
    root: bool
    plain: str


def words(text: str, start: int, stop: int) -> Iterator[Word]:
    """The words of a stretch that read as names, in order."""
    for first, last in pieces(text, start, stop):
        yield from read(text, first, last)


def pieces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
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
    if char == "'":
        alone = before.isalpha() and not plain[at - 2 : at - 1].isalpha()  # a letter as a locant
        return before.isdigit() or before == "'" or (alone and not after.isalpha())
    if char == ".":
        near = plain[max(0, at - 8) : at + 9]
        return (before.isdigit() and after.isdigit()) or _DOTTED_GREEK.search(near) is not None
    if char in "+±*":
        return before in ("(", "[", "*", "+") or after in (")", "]", ",")
    return bool(_LOCANT_BEFORE.search(plain, max(0, at - 12), at)) and bool(
        _LOCANT_AFTER.match(plain, at + 1)
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


def read(text: str, start: int, stop: int) -> Iterator[Word]:
    """Read a piece with its brackets as units divided by hyphens; those that can be read stay together."""
    kept = [at for at in range(start, stop) if text[at] not in fragments.INVISIBLE and not text[at].isspace()]
    plain = fold("".join([text[at] for at in kept]))
    units = _units(plain, *_bare(plain, 0, len(plain)))
    known = [_unit(plain, *unit) for unit in units]
    at = 0
    while at < len(units):
        last = at
        while last < len(units) and known[last].known:
            last += 1
        root = last < len(units) and known[last].is_root(open_before=last > at and known[last - 1].open_end)
        end = last + root
        word = _word(plain, units[at:end], known[at:end], kept)
        if word is not None:
            yield word
        at = max(end, at + 1)


def as_word(text: str, start: int, stop: int) -> Word:
    """A piece as a word: read as a name where it reads whole, else as what is written."""
    plain = fold(text[start:stop])
    found = list(read(text, start, stop)) if len(plain) > 2 else []
    if len(found) == 1 and not (text[start : found[0].start] + text[found[0].stop : stop]).strip("()[]{}"):
        return replace(found[0], start=start, stop=stop)
    return Word(start, stop, "", 0, False, False, plain)


def _bare(plain: str, low: int, high: int) -> tuple[int, int]:
    """Take off signs at the edges, and brackets around the whole."""
    partners: dict[int, int] = {}
    stack: list[int] = []
    for at in range(low, high):
        if plain[at] in "([{":
            stack.append(at)
        elif plain[at] in _PAIRS and stack:
            partners[stack.pop()] = at
    while low < high:
        if plain[low] in "-,.'+±*":
            low += 1
        elif plain[high - 1] in "-,.'+±*":
            high -= 1
        elif partners.get(low) == high - 1:
            low, high = low + 1, high - 1
        else:
            break
    return low, high


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
    tail: Run | None

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
        if len(run) == 1 or run in _LOCANT_RUNS or _is_fusion(plain, *match.span()):
            continue
        follows = plain[match.end() : match.end() + 2]
        read = parse(run, goes_on=follows[:1] == "-" and (follows[1:].isdigit() or follows[1:] in "(["))
        weight += read.weight
        last_one = not plain[match.end() : high].strip(")]}")
        tail = read if read.unknown and not unknown and last_one else None
        unknown += read.unknown
        end, last = read.end, run
    return _Unit(unknown == 0, weight, end, last, tail)


def _is_fusion(plain: str, start: int, stop: int) -> bool:
    """Are these the letters of a fused ring's bonds: "[4,3-fg]", "[a,d]"?"""
    if stop - start > 3 or plain[stop : stop + 1] not in ("]", ",", ":", "'"):
        return False
    before = _FUSION.search(plain, max(0, start - 14), start) is not None
    return before and plain[start:stop] not in fragments.tables().parts


def _word(plain: str, units: list[tuple[int, int]], known: list[_Unit], kept: list[int]) -> Word | None:
    """Make a word of units; locants at its end that belong to nothing fall off."""
    while units and not known[-1].end and not _TAIL.fullmatch(plain, *units[-1]):
        units, known = units[:-1], known[:-1]
    ends = [each for each in known if each.end]
    if not ends:
        return None
    low, high = _bare(plain, units[0][0], units[-1][1])
    if low >= high:
        return None
    root = not known[-1].known
    end = ends[-1].end
    if root and end not in (ACIDIC, ANION, RADICAL):
        end = PARENT
    return Word(
        start=kept[low],
        stop=kept[high - 1] + 1,
        end=end,
        weight=sum(each.weight for each in known),
        located=_LOCATED.search(plain, low, high) is not None,
        root=root,
        plain=plain[low:high],
    )
