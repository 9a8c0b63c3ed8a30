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
from itertools import accumulate

import daachorse

from monitor.match import fragments
from monitor.match.bounds import Bounds
from monitor.match.fragments import ACIDIC, ANION, CLASS, OPEN, PARENT, RADICAL
from monitor.match.stretches import GAP, NAME_CHAR, STRETCH, Word, as_word, pieces, read, words
from monitor.model import Mention

LONGEST = 500  # characters of one name; the longest name on any list has 300
_BESIDE = 6  # words that are taken in on each side at most

_BLANK = re.compile(r"[ \t\u00a0\u202f]{1,2}+(?:\r?\n[ \t]*+)?+|\r?\n[ \t]*+")
_BLANK_BEFORE = re.compile(r"(?:[ \t\u00a0\u202f]{1,2}|[ \t]{0,8}\r?\n[ \t]{0,8})$")
_BEFORE_GAPS = frozenset(fragments.HYPHENS + ",([{0123456789 \t\n")  # a stretch may go on over the next blank
_TIES = frozenset(fragments.HYPHENS + fragments.PRIMES + fragments.INVISIBLE + "()[]{}0123456789")
_LOCANTS = re.compile(r"(?:[\d,']+[a-z]?|\([^()]{1,30}\))-")  # before a hyphen: "2,5-", "(+-)-"
# an address, a path or the name of a file, in which the place of the candidate is "\0"
_ADDRESS = re.compile(r"://|www\.|@|^[\"'(]?[~.]{0,2}[/\\]\w|[\w=#&\\]\0|\0[\w=#&\\]|\.[a-z]{2,4}(?![\w.])|_")


@dataclass(frozen=True, slots=True)
class SystematicName:
    """A stretch `[start, stop)` of a text, in code points, that looks like a systematic name."""

    start: int
    stop: int
    surface: str


def candidates(
    text: str, taken: Sequence[Mention] = (), bounds: Bounds | None = None
) -> tuple[SystematicName, ...]:
    """Give the stretches of a text that look like systematic names, in order, without overlaps.

    What is, or lies within, one of `taken` is left out; what holds one and more is not.
    Pure; never raises on any text; what one text may cost is bounded.
    """
    bounds = bounds or Bounds()
    text = bounds.of_text(text)
    found: list[SystematicName] = []
    done = free = 0  # what was read; where the last candidate ended
    stretches = 0
    for place in _seeds(text):
        if place < done:
            continue
        after = _ordinary_word(text, place)
        if after:
            done = after
            continue
        if not bounds.allows_stretch(stretches):
            break
        stretches += 1
        start, done, whole = _stretch(text, place, done)
        for word in words(text, start, done) if whole else ():
            if word.start < free:
                continue
            name = _with_neighbours(text, _parent(text, word, free), free)
            done = max(done, name.stop)
            if _is_compound(name) and not _is_address(text, name.start, name.stop):
                free = name.stop
                found.append(SystematicName(name.start, name.stop, text[name.start : name.stop]))
    return tuple(_without(found, taken)) if taken else tuple(found)


def one_line(surface: str) -> str:
    """A name as it would be written on one line: without line ends, blanks out of place, invisible signs."""
    plain = re.sub(rf"[{fragments.INVISIBLE}]", "", " ".join(GAP.sub("", surface).split()))
    depths = accumulate((char in "([{") - (char in ")]}") for char in plain)
    line = "".join(char for char, depth in zip(plain, depths, strict=True) if char != " " or depth < 1)
    return f"{line}-" if _LOST_HYPHEN.fullmatch(line) else line


# a register name without its last hyphen, with which alone it can be read
_LOST_HYPHEN = re.compile(r"[A-Za-z]+, (?:\d|N-)\S*(?:yl|oxy|amino)[)\]]*", re.IGNORECASE)


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


def _ordinary_word(text: str, place: int) -> int:
    """Where the word around a place ends that stands by itself and is made of other parts too; 0 elsewhere.

    A glance that spares most seeds in ordinary texts ("blackbroms") the reading of all that is around them.
    """
    start = stop = place
    while start > 0 and text[start - 1].isalpha() and place - start < fragments.LONGEST_RUN:
        start -= 1
    while stop < len(text) and text[stop].isalpha() and stop - place < fragments.LONGEST_RUN:
        stop += 1
    if text[max(0, start - 1) : start] in _TIES or text[stop : stop + 1] in _TIES:
        return 0
    return stop if fragments.parse(fragments.fold(text[start:stop])).unknown else 0


def _stretch(text: str, place: int, low: int) -> tuple[int, int, bool]:
    """The stretch of characters of names around a place, not before `low`, and whether it is whole.

    One that is too long for a name comes in parts.
    """
    low, high = max(low, place - LONGEST), min(len(text), place + LONGEST)
    blank = text.rfind(" ", low, place)
    begin = low if blank < 1 or text[blank - 1] in _BEFORE_GAPS or text[blank + 1] in _BEFORE_GAPS else blank
    for match in STRETCH.finditer(text, begin, high):
        start, stop = match.span()
        if stop > place:
            stop = _with_brackets(text, start, stop, high)
            cut = (start == low and NAME_CHAR.match(text, start - 1) if start else None) or (
                stop == high and NAME_CHAR.match(text, stop)
            )
            return start, stop, not cut and stop - start <= LONGEST
    return place, place + 1, False


def _with_brackets(text: str, start: int, stop: int, high: int) -> int:
    """Go on to the end of a bracket within a name that holds a blank: "N-(4-fluoro phenyl)-"."""
    for _ in range(_BESIDE):
        depth = text.count("(", start, stop) - text.count(")", start, stop)
        opened = text.rfind("(", start + 1, stop)
        if depth != 1 or opened < 0 or not text[opened + 1 : opened + 2].isdigit():
            return stop
        blank = _BLANK.match(text, stop, high)
        more = STRETCH.match(text, blank.end(), high) if blank else None
        if more is None:
            return stop
        stop = more.end()
    return stop


def _is_address(text: str, start: int, stop: int) -> bool:
    """Is the stretch a part of an address, a path or the name of a file?"""
    before, after = text[max(0, start - 100) : start], text[stop : stop + 100]
    left = before[-1:].strip() and before.split()[-1]
    right = after[:1].strip() and after.split()[0]
    return bool((left or right) and _ADDRESS.search(f"{left}\0{right}"))


def _without(found: Sequence[SystematicName], taken: Sequence[Mention]) -> Iterator[SystematicName]:
    """Leave out what is, or lies within, a mention."""
    mentions = sorted(taken, key=lambda mention: mention.start)
    starts = [mention.start for mention in mentions]
    for each in found:
        before = bisect_right(starts, each.start) - 1
        if before < 0 or mentions[before].stop < each.stop:
            yield each


# --- the words beside it -----------------------------------------------------------------------------


def _with_neighbours(text: str, word: Word, low: int) -> Word:
    """Take in the words beside a word that belong to its name, whether or not it comes to a compound."""
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
    return name


def _parent(text: str, word: Word, low: int) -> Word:
    """The parent of a group that stands behind it, "benzene, (2-bromoethyl)-"; the word itself elsewhere.

    A radical in brackets ("(1-methylpiperidin-3-yl) acetate") is taken with them.
    """
    before, behind = text[max(low, word.start - 1) : word.start], text[word.stop : word.stop + 2]
    if word.end == RADICAL and before + behind in ("() ", "[] ", "{} ", "()\n"):
        return replace(word, start=word.start - 1, stop=word.stop + 1)
    if word.end not in (RADICAL, OPEN) or "-" not in fragments.fold(behind):
        return word
    start = word.start - (before in ("(", "[", "{"))
    if text[max(low, start - 2) : start] != ", ":
        return word
    parent = _ending_at(text, start - 2, low)
    if parent is not None and parent.plain == "acid":
        parent = _previous(text, parent.start, low)
    return parent if parent is not None and parent.end in (PARENT, CLASS, ANION, ACIDIC) else word


def _is_compound(name: Word) -> bool:
    """Does it end as a compound does, and has it parts enough?"""
    known = fragments.tables()
    if name.end not in (PARENT, CLASS, ANION) or name.plain in known.not_names or len(name.plain) > LONGEST:
        return False
    if name.plain.endswith(" ester") and "acid" not in name.plain and "saure" not in name.plain:
        return False  # "ethyl ester" says what an ester it is, not which
    return name.weight >= 1 and (name.located or (name.weight >= 2 and not name.root))


def _next_piece(text: str, at: int) -> tuple[int, int] | None:
    """The first piece of the stretch behind a blank."""
    blank = _BLANK.match(text, at)
    return _first_piece(text, blank.end()) if blank else None


def _first_piece(text: str, at: int) -> tuple[int, int] | None:
    """The piece that begins here."""
    stretch = STRETCH.match(text, at, at + LONGEST)
    if stretch is None:
        return None
    first, last = next(pieces(text, at, stretch.end()), (0, 0))
    return (first, last) if first == at and last > first else None


def _next(text: str, at: int) -> Word | None:
    """The word behind a blank, whatever it is; None at a sign or the end."""
    piece = _next_piece(text, at)
    return as_word(text, *piece) if piece else None


def _previous(text: str, at: int, low: int) -> Word | None:
    """The word before a blank."""
    blank = _BLANK_BEFORE.search(text, max(low, at - 20), at)
    return _ending_at(text, blank.start(), low) if blank else None


def _ending_at(text: str, stop: int, low: int) -> Word | None:
    """The word that ends here."""
    start = stop
    while start > max(low, stop - LONGEST) and NAME_CHAR.match(text, start - 1):
        start -= 1
    found = list(pieces(text, start, stop)) if stop - start < LONGEST else []
    return as_word(text, *found[-1]) if found and found[-1][1] == stop else None


def _joined(left: Word, right: Word, end: str, more: int = 0) -> Word:
    return Word(
        left.start,
        right.stop,
        end,
        left.weight + right.weight + more,
        left.located or right.located,
        left.root or right.root,
        f"{left.plain} {right.plain}",
    )


def _is(word: Word, *tables: str) -> bool:
    known = fragments.tables().words
    return any(word.plain in known[table] for table in tables)


def _on_the_right(text: str, name: Word) -> Word | None:
    """The name with the word behind it, where that belongs to it."""
    if text[name.stop : name.stop + 1] == ",":
        return _inverted(text, name)
    word = _next(text, name.stop)
    if word is None:
        return None
    if name.end in (RADICAL, ACIDIC, OPEN):
        return _function(name, word)
    if name.plain.endswith(("acid", "saure", "zuur")):
        return _of_acid(text, name, word)
    if name.end not in (PARENT, CLASS, ANION):
        return None
    of_trade = word.plain == "fentanyl" and name.plain.endswith(("furan", "thiophene"))  # with such a ring
    if of_trade or (_is(name, "head-adjective") and word.end == ACIDIC):
        return _joined(name, word, CLASS)
    if _is(word, "salt") or (name.plain.endswith("ium") and (_is(word, "halide") or word.end == ANION)):
        return _joined(name, replace(word, weight=0), CLASS)
    return _of(text, name, word)


def _function(name: Word, word: Word) -> Word | None:
    """What a group or the stem of an acid goes on with: "phenethyl bromide", "phenylacetic acid"."""
    alone = replace(word, weight=0)
    if name.end == OPEN:  # "4-fluoro amphetamine"
        return _joined(name, word, word.end) if name.located and word.end in (PARENT, RADICAL) else None
    if name.end == ACIDIC:
        if _is(word, "acid"):
            return _joined(name, alone, CLASS)
        return _joined(name, alone, CLASS, 1) if _is(word, "anhydride", "halide") else None
    if _is(word, "halide", "class"):
        return _joined(name, alone, CLASS, 1)
    if _is(word, "hydrogen"):
        return _joined(name, alone, RADICAL)
    return _joined(name, word, word.end) if word.end in (PARENT, CLASS, ANION, RADICAL, ACIDIC) else None


def _inverted(text: str, name: Word) -> Word | None:
    """Names of registers: "benzene, (2-bromoethyl)-", and their salts and esters."""
    piece = _next_piece(text, name.stop + 1) if name.end in (PARENT, CLASS, ANION) else None
    if piece is None:
        return None
    if text[piece[1] - 1] in fragments.HYPHENS or _is_cut_index(text, name, piece):
        if text[piece[1] : piece[1] + 1] in ("(", "[", "{"):
            return None  # it goes on: the next name of a list
        return _turned_round(text, name, *piece)
    word = as_word(text, *piece)
    registered = name.plain.endswith("-") or _is_compound(name)
    if _is(word, "salt") and registered:
        return _joined(name, replace(word, weight=0), CLASS)
    return _of_acid(text, name, word) if "acid" in name.plain.split(" ") else None


_CUT_INDEX = re.compile(rf"(?:\d|N[{fragments.HYPHENS}])\S*(?:yl|oxy|amino)[)\]]*", re.IGNORECASE)


def _is_cut_index(text: str, name: Word, piece: tuple[int, int]) -> bool:
    """Is a piece behind a parent the group of a register name that lost its last hyphen?

    "Propanamide, N-phenyl-N-[1-(2-phenylethyl)-4-piperidinyl]" and nothing that goes on.
    """
    start, stop = piece
    whole = _CUT_INDEX.fullmatch(text, start, stop) is not None and not text[stop : stop + 1].isalnum()
    return whole and name.end in (PARENT, CLASS) and name.plain.isalpha()


def _turned_round(text: str, name: Word, start: int, stop: int) -> Word | None:
    """A parent with the groups behind it that would stand before it: ", 1-phenyl-", "(+)-", "2,5-"."""
    found = list(read(text, start, stop))
    plain = fragments.fold(text[start:stop])
    if len(found) == 1 and found[0].end in (RADICAL, OPEN):
        return _joined(name, replace(found[0], stop=stop, plain=plain), name.end)
    group = Word(start, stop, OPEN, 0, True, False, plain)
    return _joined(name, group, name.end) if _LOCANTS.fullmatch(plain) else None


def _of_acid(text: str, name: Word, word: Word) -> Word | None:
    """What goes on from an acid: "... acid chloride", "... acid ethyl ester"."""
    if _is(word, "of-acid"):
        return _joined(name, replace(word, weight=0), CLASS, 1)
    if word.end != RADICAL:
        return None
    ester = _next(text, word.stop)
    if ester is None or ester.plain not in ("ester", "esters", "amide"):
        return None
    return _joined(_joined(name, word, RADICAL), replace(ester, weight=0), CLASS)


def _of(text: str, name: Word, word: Word) -> Word | None:
    """What goes on with a particle: "acetato de fenetilo", "4-hydroxybutanoate de sodium"."""
    if name.end not in (ANION, CLASS):
        return None
    elided = _elided(text, word)
    if not elided and not _is(word, "particle"):
        return None
    behind = elided or _next(text, word.stop)
    if behind is None:
        return None
    if _is(behind, "metal-behind"):
        return _joined(name, replace(behind, weight=0), CLASS)
    return _joined(name, behind, CLASS) if behind.end == RADICAL else None


def _elided(text: str, word: Word) -> Word | None:
    """The word behind the French "d'", which is cut off as a word of its own."""
    if word.plain != "d" or text[word.stop : word.stop + 1] not in tuple(fragments.PRIMES):
        return None
    piece = _first_piece(text, word.stop + 1)
    return as_word(text, *piece) if piece else None


def _on_the_left(text: str, name: Word, low: int) -> Word | None:
    """The name with the word before it, where that belongs to it."""
    if fragments.fold(text[max(low, name.start - 2) : name.start]) == "d'":
        return _with_head(text, name, name.start - 2, low)
    word = _previous(text, name.start, low)
    if word is None:
        return None
    if _is(word, "metal") and name.end in (ANION, CLASS):
        return _joined(replace(word, weight=0), name, CLASS)
    if word.end == RADICAL and name.end in (ANION, CLASS, PARENT):
        return _joined(word, name, name.end)
    if name.end == ACIDIC and _is(word, "head-adjective"):
        return _joined(replace(word, weight=0), name, CLASS, 1)
    return _with_head(text, name, word.start, low) if _is(word, "particle") else None


def _with_head(text: str, name: Word, at: int, low: int) -> Word | None:
    """The name with the word before its particle, which begins at `at`: "bromuro de ...", "acétate d'..."."""
    head = _previous(text, at, low)
    if head is None or name.end not in (RADICAL, PARENT, CLASS, ANION):
        return None
    if _is(head, "head-of") or (head.end in (ANION, CLASS) and name.end == RADICAL):
        return _joined(replace(head, weight=max(head.weight, 1)), name, CLASS)
    return None
