"""Cities and countries by their names in many languages: Antwerp, Antwerpen, Anvers, Amberes. Pure but for
the tables, which are read once when first needed (`data/README.md` tells where they are from)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from monitor.stories.text import Word
from monitor.stories.words import tables as tables_of_words

LONGEST = 4  # words of a place's name that are looked at

# Short forms of countries that the tables do not have.
_ALSO = {
    "US": "us usa america amerika amerique vs eeuu",
    "GB": "uk britain britannien england angleterre inghilterra grossbritannien inglaterra engeland anglia",
    "NL": "holland hollande holanda olanda nederland",
    "KR": "korea sudkorea",
    "CZ": "czechia tschechien",
    "TR": "turkey turkei turquie turquia",
    "RU": "russia russland russie rusia",
    "SY": "syria syrien syrie siria",
    "CN": "china chine",
}
_NO_PLACES = frozenset(("white house", "maison blanche", "casa blanca", "casa bianca", "la paz social"))
# Endings by which a language makes an adjective or a case of a city's name: "Hamburger", "Rotterdamse".
_ENDINGS = {
    "de": (("er", ""), ("er", "en"), ("s", "")),
    "nl": (("se", ""), ("s", ""), ("er", "")),
    "en": (("s", ""),),
    "pl": (("u", ""), ("a", ""), ("ie", ""), ("y", "a"), ("em", ""), ("owi", ""), ("ze", "g")),
    "ru": (("а", ""), ("е", ""), ("у", ""), ("ом", ""), ("е", "а"), ("ы", "а"), ("и", "ь")),
    "cs": (("u", ""), ("e", "a"), ("y", "a"), ("ech", "y")),
    "it": (),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A city or a country: `id` is equal for all its names; `country` the ISO code, also of a city."""

    id: str
    name: str
    country: str

    @property
    def is_country(self) -> bool:
        return self.id == self.country


def find(found: Sequence[Word], language: str | None) -> Iterator[tuple[int, int, Place]]:
    """Places named by capitalised words: first word, the word after the last, and which place."""
    at = 0
    while at < len(found):
        length, place = _longest(found, at, language or "")
        if place is not None:
            yield at, at + length, place
        at += max(1, length)


def _longest(found: Sequence[Word], at: int, language: str) -> tuple[int, Place | None]:
    if not found[at].surface[0].isupper():
        return 1, None
    names = tables()
    for length in range(min(LONGEST, len(found) - at), 0, -1):
        part = found[at : at + length]
        if length > 1 and (not part[-1].surface[0].isupper() or part[-1].stop - part[0].start > 40):
            continue
        place = names.get(" ".join(word.folded for word in part))
        if place is not None and _stands(part):
            return length, place
    return 1, _inflected(found[at], language)


def _stands(part: Sequence[Word]) -> bool:
    """A country code counts in capitals only: “US”, not “us”."""
    return len(part) > 1 or len(part[0].surface) > 3 or part[0].surface.isupper()


def _inflected(word: Word, language: str) -> Place | None:
    names = tables()
    for ending, instead in _ENDINGS.get(language, ()):
        stem = word.folded.removesuffix(ending) + instead
        if word.folded.endswith(ending) and len(stem) >= 4 and stem in names:
            return names[stem]
    return None


@functools.cache
def tables() -> dict[str, Place]:
    """Folded name -> place; where several have one name, a country, else the largest city."""
    names: dict[str, Place] = {}
    for row in _rows("countries.tsv"):
        code, shown, known = row
        place = Place(code, shown, code)
        names.update(dict.fromkeys([*known.split("|"), *_ALSO.get(code, "").split()], place))
    words = tables_of_words()
    for number, (code, shown, known) in enumerate(_rows("cities.tsv")):
        place = Place(f"{code}{number}", shown, code)
        for name in known.split("|"):
            if name not in words.no_places and name not in words.regions and name not in _NO_PLACES:
                names.setdefault(name, place)
    return names


def _rows(name: str) -> Iterator[tuple[str, str, str]]:
    text = resources.files("monitor.stories").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        code, shown, known = line.split("\t")
        yield code, shown, known
