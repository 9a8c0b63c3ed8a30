"""Words of a text with their offsets, and one way to fold them. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

LETTERS = re.compile(r"[^\W\d_]+")
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "đ": "d", "ı": "i", "ð": "d", "þ": "th", "œ": "oe", "ß": "ss"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """One run of letters: `text[start:stop] == surface`; `folded` without case and accents."""

    start: int
    stop: int
    surface: str
    folded: str


@functools.lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Without case and accents: “Düsseldorf” is "dusseldorf", “Łódź” is "lodz"."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold().translate(_PLAIN))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words(text: str) -> list[Word]:
    """Every run of letters in `text`, in order."""
    return [Word(m.start(), m.end(), m[0], fold(m[0])) for m in LETTERS.finditer(text)]


def spaced(found: list[Word]) -> str:
    """The folded words with a space around each: what stems are looked for in."""
    return f" {' '.join(word.folded for word in found)} "
