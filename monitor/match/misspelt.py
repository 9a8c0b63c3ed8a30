"""Misspelt names: words at edit distance 1 of a name of seven letters and more.

One edit leaves most of a name alone: its first four letters with the fifth or the last one, or all but its
first four. By these a word finds the few names that it may misspell. Words are judged once and remembered by
a hash that is computed for all words of a text in a few array operations.
"""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from monitor.match import fragments, ties
from monitor.match.bounds import Bounds
from monitor.match.lexicon import Lexicon, ordinary_words
from monitor.match.normalize import Forms, codes_of, words_key, words_of
from monitor.match.variants import CASED
from monitor.match.words import tables

MIN_LETTERS = 7
_NAME = re.compile(r"[^\W\d_]{7,30}")
_MAX_INDEXED = 150_000  # spellings; for a longer list misspellings are left to the list itself
_KINDS = frozenset(("inn", "common"))
_SLOTS = 22  # bits of the memory's index: four million words, four bytes each
_PIECE = 1 << 16  # a text is hashed in pieces of this many bytes
_FEW = 700  # bytes up to which asking word by word is quicker than arrays are
_REMEMBERED = 200_000  # words of such texts
_LONG_WORD = re.compile(rb"[^ ]{%d,}" % (MIN_LETTERS - 1))
_DIGITS = b"0123456789"
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64

Offsets = npt.NDArray[np.int64]


class Misspellings:
    """The index over one lexicon, with its memory of words already judged."""

    def __init__(self, lexicon: Lexicon, ordinary: frozenset[bytes]) -> None:
        self.names: dict[bytes, int] = {}
        self.by_part: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self.inflected: set[bytes] = set()  # cases of names: "kokainu"
        self.ordinary = ordinary
        self.memory = np.zeros(1 << _SLOTS, np.uint32)
        self.judged: set[bytes] = set()
        self.powers, self.inverses = _powers(_BASE), _powers(pow(_BASE, -1, 1 << 64))
        international = _International(lexicon)
        everyday = tables().everyday_names
        plain = _is_plain(lexicon)
        for entry, text in enumerate(lexicon.texts if len(lexicon.texts) <= _MAX_INDEXED else ()):
            if not _NAME.fullmatch(text):
                continue
            known = text.lower() in everyday
            if not (known or plain[lexicon.names_of[entry]]):
                continue
            key = words_of(codes_of(text))
            if key in self.names or b" " in key or not (known or _is_cognate(key, entry, international)):
                continue
            self.names[key] = entry
            if self._is_inflected(lexicon, entry):
                self.inflected.add(key)
        self.starts = frozenset(key[:4] for key in self.names)
        self.edges = frozenset(key[:1] + key[-2:] for key in self.names)
        for key in self.names:
            for part in _parts_of_name(key):
                self.by_part[part].append(key)

    @staticmethod
    def _is_inflected(lexicon: Lexicon, entry: int) -> bool:
        """Is the entry a case of its name and not the name?"""
        name = lexicon.name(entry)
        return name.language in CASED and lexicon.texts[entry].casefold() != name.text.casefold()

    def search(self, padded: bytes) -> list[tuple[int, int, int]]:
        """Misspelt names in the words form between spaces: (start, stop, entry), offsets in it."""
        if len(padded) <= _FEW:
            return self._search_few(padded)
        found: list[tuple[int, int, int]] = []
        begin = 0
        while begin < len(padded) - 1:
            end = begin + _PIECE
            if end < len(padded):
                end = padded.rfind(b" ", begin + 1, end) + 1 or end
            found += [
                (start + begin, stop + begin, entry) for start, stop, entry in self._search(padded[begin:end])
            ]
            begin = end - 1
        return found

    def _search_few(self, padded: bytes) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        if self.judged.issuperset(_LONG_WORD.findall(padded)):
            return found
        for match in _LONG_WORD.finditer(padded):
            if match[0] not in self.judged:
                entry = self.entry_of(match[0])
                if entry >= 0:
                    found.append((match.start(), match.end(), entry))
                else:
                    self._remember(match[0])
        return found

    def _remember(self, word: bytes) -> None:
        if len(self.judged) >= _REMEMBERED:
            self.judged.clear()
        self.judged.add(word)

    def _search(self, piece: bytes) -> list[tuple[int, int, int]]:
        units = np.frombuffer(piece, np.uint8)
        spaces = (units == 32).nonzero()[0]
        long = (spaces[1:] - spaces[:-1] >= MIN_LETTERS).nonzero()[0]
        if not len(long):
            return []
        starts, stops = spaces[long] + 1, spaces[long + 1]
        sums = np.cumsum(units * self.powers[: len(units)])
        # one power more than needed, so that a first letter reaches the high bits too
        hashes = (sums[stops - 1] - sums[starts - 1]) * self.inverses[starts - 1]
        slots, marks = (hashes >> np.uint64(64 - _SLOTS)).astype(np.int64), hashes.astype(np.uint32)
        found = []
        for index in (self.memory[slots] != marks).nonzero()[0].tolist():
            start, stop = int(starts[index]), int(stops[index])
            entry = self.entry_of(piece[start:stop])
            if entry >= 0:
                found.append((start, stop, entry))
            else:
                self.memory[slots[index]] = marks[index]
        return found

    def entry_of(self, word: bytes) -> int:
        """The entry that the word misspells, or -1."""
        read = self._as_scanned(word) if b"rn" in word else -1
        if read >= 0:
            return read
        if not MIN_LETTERS - 1 <= len(word) <= 31 or not (
            # at a glance: one edit leaves a name's first four or its last two letters alone
            word[:4] in self.starts or word[:1] + word[-2:] in self.edges
        ):
            return -1
        best = [
            key
            for part in _parts_of_word(word)
            for key in self.by_part.get(part, ())
            if _one_edit(word, key) and word[:1] == key[:1] and self._ends_like(word, key)
        ]
        if not best or word in self.names or word in self.ordinary or word.translate(None, _DIGITS) != word:
            return -1
        nearest = min(best, key=lambda key: (abs(len(key) - len(word)), key))
        same_end = word[-1:] == nearest[-1:] and word[:-1] not in self.names
        other = (same_end or _is_group(word)) and _is_chemistry(word)
        return -1 if other else self.names[nearest]

    def _as_scanned(self, word: bytes) -> int:
        """The entry whose m a scanner read as rn ("rnorphine"), or -1."""
        for place in range(len(word) - 1):
            if word.startswith(b"rn", place):
                entry = self.names.get(word[:place] + b"m" + word[place + 2 :], -1)
                if entry >= 0 and word not in self.names and word not in self.ordinary:
                    return entry
        return -1

    def _ends_like(self, word: bytes, key: bytes) -> bool:
        """May the edit stand where it does? An edit at the end of an inflected name is mostly another ending,
        and a letter written on behind makes another word ("captagonia"), unless it doubles the last one."""
        if key in self.inflected:
            return word[-2:] == key[-2:]
        return word[:-1] != key or word[-1:] == key[-1:]


def _is_chemistry(word: bytes) -> bool:
    """Is the word made of parts of chemical names alone ("methanone"), and so no slip of another one?

    Asked of words that end as the name does: a slip at the end ("diazepan") may happen to be one, too.
    """
    return word.isascii() and not fragments.parse(word.decode("ascii")).unknown


def _is_group(word: bytes) -> bool:
    """Does the word end as what stands before a parent name ("methylamino")?"""
    return word.isascii() and ties.ends_as_group(word.decode("ascii"))


def _is_plain(lexicon: Lexicon) -> list[bool]:
    """Of each name: is it of a kind that is misspelt, without other senses?"""
    wanted = np.array([kind in _KINDS for kind in lexicon.kinds], bool)
    plain: list[bool] = (wanted[lexicon.kind_of] & (lexicon.ambiguous == 0)).tolist()
    return plain


class _International:
    """The international names of each substance, as words keys, worked out where they are asked for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.order = np.argsort(lexicon.substance_of, kind="stable")
        self.sorted = lexicon.substance_of[self.order]
        self.known: dict[int, set[bytes]] = {}

    def of(self, entry: int) -> set[bytes]:
        """Those of the substance that an entry names."""
        substance = int(self.lexicon.substance_of[int(self.lexicon.names_of[entry])])
        if substance not in self.known:
            self.known[substance] = self._of_substance(substance)
        return self.known[substance]

    def _of_substance(self, substance: int) -> set[bytes]:
        lexicon = self.lexicon
        begin, end = np.searchsorted(self.sorted, (substance, substance + 1)).tolist()
        own = words_key(lexicon.substances[substance])
        keys = ((index, words_key(lexicon.names[index])) for index in self.order[begin:end].tolist())
        return {
            key for index, key in keys if key == own or lexicon.kinds[int(lexicon.kind_of[index])] == "inn"
        }


def _is_cognate(key: bytes, entry: int, international: _International) -> bool:
    """Is a name a form of the international one ("metadona")? Trade names resemble ordinary words."""
    if len(key) >= 9 or max(key) >= 128:
        return True
    names = international.of(entry)
    return key in names or any(SequenceMatcher(None, key, other).ratio() >= 0.7 for other in names)


def _parts_of_name(key: bytes) -> tuple[bytes, ...]:
    """Parts of which one edit leaves one alone; marked, so that those of one kind meet only their like."""
    return b"1" + key[:5], b"2" + key[:4] + key[-1:], b"3" + key[4:], b"4" + key[:3] + key[5:]


def _parts_of_word(word: bytes) -> tuple[bytes, ...]:
    """The parts that a word with one edit may have in common with its name; see `_parts_of_name`."""
    # the edit may have made the first four letters three or five
    return (
        b"1" + word[:5],
        b"2" + word[:4] + word[-1:],
        b"3" + word[3:],
        b"3" + word[4:],
        b"3" + word[5:],
        b"4" + word[:3] + word[5:],  # the fourth and fifth letters swapped
    )


def _one_edit(word: bytes, name: bytes) -> bool:
    """Is `word` one substitution, insertion, deletion or swap of neighbours away from `name`?"""
    if abs(len(word) - len(name)) > 1 or word == name:
        return False
    start = 0
    while start < min(len(word), len(name)) and word[start] == name[start]:
        start += 1
    rest, wanted = word[start:], name[start:]
    if len(rest) == len(wanted):
        return rest[1:] == wanted[1:] or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    return rest[1:] == wanted if len(rest) > len(wanted) else rest == wanted[1:]


def _powers(base: int) -> npt.NDArray[np.uint64]:
    """base ** i modulo 2**64, for every place of a piece."""
    with np.errstate(over="ignore"):
        return np.cumprod(np.concatenate([np.ones(1, np.uint64), np.full(_PIECE - 1, base, np.uint64)]))


def misspelt(lexicon: Lexicon, view: Forms, bounds: Bounds | None = None) -> list[tuple[int, int, int]]:
    """All misspelt names of a text: (start, stop, entry), offsets in `view.text`."""
    index = lexicon.memo.get("misspellings")
    if not isinstance(index, Misspellings):
        index = lexicon.memo["misspellings"] = Misspellings(lexicon, ordinary_words())
    return [
        (*view.from_words(start - 1, stop - 1), entry)
        for start, stop, entry in index.search((bounds or Bounds()).of_words(view.padded))
    ]
