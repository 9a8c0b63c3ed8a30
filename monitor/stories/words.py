"""The word tables of `data/words.toml`, compiled once when first needed."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

ALL = "all"
"""The key for texts of an unknown language, or of one that the tables do not know: every stem counts."""


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns over folded words with a space around each.

    `kinds`: kind of news -> language -> pattern. `things`: name and pattern. `common`: language -> words of
    the trade. `nouns`: German nouns that are no names, as stems. `no_places`: names of cities that are
    ordinary words as well. `regions`: parts of countries.
    """

    kinds: Mapping[str, Mapping[str, re.Pattern[str]]]
    things: tuple[tuple[str, re.Pattern[str]], ...]
    common: Mapping[str, frozenset[str]]
    nouns: re.Pattern[str]
    no_places: frozenset[str]
    regions: frozenset[str]


@functools.cache
def tables() -> Words:
    """Read the tables."""
    text = resources.files("monitor.stories").joinpath("data", "words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Words(
        kinds={kind: _by_language(table) for kind, table in data["kinds"].items()},
        things=tuple((name, _pattern(row.split())) for name, row in data["things"].items()),
        common=_common(data["common"]),
        nouns=_nouns(data["nouns"]["de"].split()),
        no_places=frozenset(data["no_places"]["all"].split()),
        regions=frozenset(data["regions"]["all"].split()),
    )


def _nouns(stems: list[str]) -> re.Pattern[str]:
    """Words that begin with a stem, and compounds that end with a long one: “Bananencontainer”."""
    tails = "|".join(re.escape(stem) for stem in stems if len(stem) >= 5)
    return re.compile(f"(?:{'|'.join(map(re.escape, stems))})|.+(?:{tails})(?:e|en|er|n|s|es)?$")


def _by_language(table: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    found = {language: _pattern(row.split()) for language, row in table.items()}
    found[ALL] = _pattern([stem for row in table.values() for stem in row.split()])
    return found


def _common(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found = {language: frozenset(row.split()) for language, row in table.items()}
    found[ALL] = frozenset().union(*found.values())
    return found


def _pattern(stems: Iterable[str]) -> re.Pattern[str]:
    """Stems at the start of a word; "$" at the end asks for the whole word, inside for a space."""
    parts = []
    for stem in sorted(set(stems), key=len, reverse=True):
        whole = stem.endswith("$")
        parts.append(re.escape(stem.rstrip("$").replace("$", " ")) + ("(?= )" if whole else ""))
    return re.compile(f" (?:{'|'.join(parts)})")
