"""Misspelt names: words at edit distance 1 of a name of seven letters and more.

An index of the names with one letter deleted; a word of the text is looked up with each of its letters
deleted in turn, which finds substitutions, insertions, deletions and swaps alike. Words are judged once
and remembered, so a text costs a set difference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib import resources
from difflib import SequenceMatcher

from monitor.match.lexicon import Lexicon
from monitor.match.normalize import Forms, codes_of, words_key, words_of

MIN_LETTERS = 7
_MAX_INDEXED = 60_000  # names; beyond that misspellings are left to the watchlist's own variants
_KINDS = frozenset(("inn", "common"))
_MEMORY = 200_000


class Misspellings:
    """The index over one lexicon, with its memory of words already judged."""

    def __init__(self, lexicon: Lexicon, ordinary: frozenset[bytes]) -> None:
        self.names: dict[bytes, int] = {}
        self.deletions: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self.ordinary = ordinary
        self.judged: dict[bytes, int] = {}
        international = _international(lexicon)
        for entry, text in enumerate(lexicon.texts):
            name = lexicon.name(entry)
            if name.ambiguous or name.type not in _KINDS or not re.fullmatch(r"[^\W\d_]{7,30}", text):
                continue
            key = words_of(codes_of(text))
            if key in self.names or b" " in key or not _is_cognate(key, international[name.substance]):
                continue
            self.names[key] = entry
            if len(self.names) > _MAX_INDEXED:
                break
        for key in self.names:
            for short in _deletions(key):
                self.deletions[short].append(key)

    def entry_of(self, word: bytes) -> int:
        """The entry that the word misspells, or -1."""
        known = self.judged.get(word)
        if known is None:
            known = self._judge(word)
            if len(self.judged) >= _MEMORY:
                self.judged.clear()
            self.judged[word] = known
        return known

    def _judge(self, word: bytes) -> int:
        if not MIN_LETTERS - 1 <= len(word) <= 31 or word.translate(None, b"0123456789") != word or word in self.names or word in self.ordinary:
            return -1
        near = {key for short in (word, *_deletions(word)) for key in self.deletions.get(short, ())}
        near |= {short for short in _deletions(word) if short in self.names}
        best = [key for key in near if _one_edit(word, key) and word[:1] == key[:1]]
        if not best:
            return -1
        return self.names[min(best, key=lambda key: (abs(len(key) - len(word)), key))]


def _international(lexicon: Lexicon) -> defaultdict[str, set[bytes]]:
    """The international names of each substance, as words keys."""
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for index, text in enumerate(lexicon.names):
        substance = lexicon.substances[int(lexicon.substance_of[index])]
        key = words_key(text)
        if lexicon.kinds[int(lexicon.kind_of[index])] == "inn" or key == words_key(substance):
            found[substance].add(key)
    return found


def _is_cognate(key: bytes, international: set[bytes]) -> bool:
    """Is a name a form of the international one ("metadona" of "methadone")? Trade names resemble ordinary words."""
    if len(key) >= 9 or key in international or max(key) >= 128:
        return True
    return any(SequenceMatcher(None, key, other).ratio() >= 0.7 for other in international)


def _deletions(word: bytes) -> set[bytes]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


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


def misspelt(lexicon: Lexicon, view: Forms) -> list[tuple[int, int, int]]:
    """All misspelt names of a text: (start, stop, entry), offsets in `view.text`."""
    index = lexicon.memo.get("misspellings")
    if not isinstance(index, Misspellings):
        index = lexicon.memo["misspellings"] = Misspellings(lexicon, _ordinary())
    found = []
    for word in set(view.words.split()):
        if len(word) >= MIN_LETTERS - 1:
            entry = index.entry_of(word)
            if entry >= 0:
                found += [(*view.from_words(m.start(), m.end()), entry) for m in _occurrences(word, view.words)]
    return found


@cache
def _ordinary() -> frozenset[bytes]:
    text = resources.files("monitor.match").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return frozenset(words_key(line) for line in text.splitlines() if not line.startswith("#"))


def _occurrences(word: bytes, text: bytes) -> list[re.Match[bytes]]:
    return list(re.finditer(rb"(?<![^ ])" + re.escape(word) + rb"(?![^ ])", text))
