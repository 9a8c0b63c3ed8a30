"""Reads runs of letters as parts of systematic names: `fold`, `parse`. Pure; the parts are in fragments.toml.

A run ("phenethylpiperidin") is covered by known parts as far as it goes, by dynamic programming over its
letters: time grows with its length and the longest part only.
"""

from __future__ import annotations

import functools
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

LONGEST_RUN = 150  # letters; no name has so many without a hyphen, digit or bracket

# What the end of a run makes of it.
PARENT, RADICAL, ACIDIC, ANION, CLASS, OPEN = "parent", "radical", "acidic", "anion", "class", "open"

HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
PRIMES = "'’′‘´`″\""
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

_ENGLISH_STEMS = (
    "meth eth prop but pent hex hept oct non dec undec dodec tridec tetradec pentadec hexadec heptadec "
    "octadec nonadec eicos icos cyclohex cycloprop cyclopent"
).split()
_OTHER_STEMS = "met et es ept ott okt ess".split()
_OF_CHAINS = {
    PARENT: "an en in yn ane ene yne aan een ano eno ino adien".split(),
    RADICAL: "yl il ylen ylene ilen oyl oil anoyl enyl enil inyl yliden iliden".split(),
    OPEN: "oxy oxi ossi oxycarbonyl".split(),
    CLASS: ["oxid"],
}
_VOWELS = "eaoi"


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of letters reads: letters in no known part, parts with weight, what its end is.

    `root`: where the first unknown letter is, -1 without one.
    """

    unknown: int
    weight: int
    end: str
    root: int = -1


@dataclass(frozen=True, slots=True)
class Tables:
    """The parts by their spelling, each with weight and what it makes of an end; words beside names."""

    parts: Mapping[str, tuple[int, str]]
    bare: frozenset[str]  # stems whose ending stands behind a locant: "prop" in "prop-2-en"
    longest: int
    seeds: tuple[str, ...]
    words: Mapping[str, frozenset[str]]
    not_endings: tuple[str, ...]
    not_names: frozenset[str]


@functools.cache
def tables() -> Tables:
    """Read the tables."""
    text = resources.files("monitor.match").joinpath("fragments.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    kinds = {
        "neutral": (0, OPEN), "acid": (1, OPEN), "ending": (0, PARENT), "ending-radical": (0, RADICAL),
        "ending-acidic": (0, ACIDIC), "ending-anion": (0, ANION), "ending-class": (1, CLASS),
        "prefix": (1, OPEN), "radical": (1, RADICAL), "radical-of-two": (2, RADICAL), "parent": (1, PARENT),
    }  # fmt: skip
    parts = {part: kind for name, kind in kinds.items() for part in data[name].split()}
    parts.update({part + "e": kinds["parent"] for part in data["parent"].split()})
    parts.update(_chains())
    return Tables(
        parts=parts,
        bare=frozenset((*_ENGLISH_STEMS, *_OTHER_STEMS)),
        longest=max(map(len, parts)),
        seeds=tuple(data["seeds"].split()),
        words={name: frozenset(value.split()) for name, value in data["words"].items()},
        not_endings=tuple(data["not-a-name"]["endings"].split()),
        not_names=frozenset(word.replace("_", " ") for word in data["not-a-name"]["words"].split()),
    )


def _chains() -> dict[str, tuple[int, str]]:
    """Alkane stems with their endings: "propan", "propyl", "propoxy"."""
    return {
        stem + ending: (1, kind)
        for kind, endings in _OF_CHAINS.items()
        for ending in endings
        for stem in (*_ENGLISH_STEMS, *_OTHER_STEMS)
    }


def _plain(point: int) -> str:
    char = chr(point)
    if char in HYPHENS:
        return "-"
    if char in PRIMES:
        return "'"
    base = unicodedata.normalize("NFKD", char)[:1]
    lower = (base if base.isascii() and base.isalpha() else char).lower()
    return {"ß": "β", "æ": "a", "œ": "o"}.get(char, lower if len(lower) == 1 else char)


class _Fold(dict[int, str]):
    """A table for `str.translate`, filled as characters are met; one character for one."""

    def __missing__(self, point: int) -> str:
        plain = _plain(point)
        if len(self) < 5_000:
            self[point] = plain
        return plain


_FOLD = _Fold()


def fold(text: str) -> str:
    """Lower case without accents, plain hyphens and primes; as long as the text."""
    return text.translate(_FOLD)


@functools.lru_cache(maxsize=20_000)
def parse(run: str, *, goes_on: bool = False) -> Run:
    """Cover a folded run of letters by known parts. `goes_on`: locants and an ending follow ("prop-2-en")."""
    length = len(run)
    if length > LONGEST_RUN:
        return Run(length, 0, OPEN)
    known = tables()
    best: list[tuple[int, int, str]] = [(0, -1, OPEN)]  # cost, where the part begins, what the end is
    for stop in range(1, length + 1):
        cost, _, _ = best[stop - 1]
        choice = (cost + 10_000, stop - 1, "?")
        if stop == length and run[stop - 1] in _VOWELS and best[stop - 1][2] not in ("?", OPEN):
            choice = (cost + 1, stop - 1, best[stop - 1][2])
        for start in range(max(0, stop - known.longest), stop):
            part = known.parts.get(run[start:stop])
            if part is not None:
                choice = min(choice, (best[start][0] - 100 * part[0] + 1, start, part[1]))
            elif goes_on and stop == length and run[start:stop] in known.bare:
                choice = min(choice, (best[start][0] - 99, start, OPEN))
        best.append(choice)
    return _told(best, length)


def _told(best: list[tuple[int, int, str]], length: int) -> Run:
    """What the best cover says, from its end to its beginning."""
    unknown = weight = 0
    root, at = -1, length
    while at:
        cost, start, kind = best[at]
        if kind == "?":
            unknown, root = unknown + 1, start
        else:
            weight += round((best[start][0] - cost + 1) / 100)
        at = start
    return Run(unknown, weight, best[length][2], root)
