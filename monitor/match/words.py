"""The word tables of `words.toml`, read once when first needed."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

ByLanguage = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Words:
    """The tables; `words.toml` says what each is for. Stems by language, cues by name."""

    drug: ByLanguage
    precursor: ByLanguage
    use: ByLanguage
    hint: ByLanguage
    tags: Mapping[str, ByLanguage]
    other_senses: ByLanguage
    longer_before: Mapping[str, str]
    longer_after: Mapping[str, str]
    class_words: Mapping[str, str]
    everyday: Mapping[str, str]
    likely: frozenset[tuple[str, str]]
    units: frozenset[str]
    forms: frozenset[str]
    numbered: frozenset[str]
    roles: frozenset[str]
    acts: frozenset[str]
    places: frozenset[str]
    sport: frozenset[str]
    particles: frozenset[str]
    before_verb: frozenset[str]
    acronym_words: frozenset[str]
    everyday_names: frozenset[str]
    alias: tuple[str, ...]
    function_words: ByLanguage


@functools.cache
def tables() -> Words:
    """Read the tables."""
    text = resources.files("monitor.match").joinpath("words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    lists = {name: frozenset(value.split()) for name, value in data["lists"].items() if name != "alias"}
    return Words(
        drug=_split(data["drug"]),
        precursor=_split(data["precursor"]),
        use=_split(data["use"]),
        hint=_split(data["hint"]),
        tags={tag: _split(table) for tag, table in data["tags"].items()},
        other_senses=_split(data["other_senses"]),
        longer_before=data["longer_before"],
        longer_after=data["longer_after"],
        class_words=data["class_words"],
        everyday=data["everyday"],
        likely=frozenset((name, language) for language, names in data["likely"].items() for name in names),
        alias=tuple(data["lists"]["alias"]),
        function_words=_split(data["function_words"]),
        **lists,
    )


def _split(table: Mapping[str, str]) -> ByLanguage:
    return {key: tuple(value.split()) for key, value in table.items()}
