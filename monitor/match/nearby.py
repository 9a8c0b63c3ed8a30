"""What stands around a stretch that no lexicon has: words of drugs and precursors, and tags. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.match import borders, context
from monitor.match.context import Surroundings
from monitor.match.normalize import Forms, forms

REACH = 250  # characters on either side: about a paragraph
_TRIGGERS = ("drug", "precursor", "seizure")  # groups of words.toml
_MOST = 5  # words that are reported of one stretch


@dataclass(frozen=True, slots=True)
class Nearby:
    """`words` near the stretch that speak of drugs, precursors or a seizure; `tags` as of a mention, each
    with the word that says so."""

    words: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]


def nearby(text: str, stretches: Sequence[tuple[int, int]], language: str | None = None) -> list[Nearby]:
    """Look around each stretch `[start, stop)` of the text, in code points; `language`: ISO 639-1 or None."""
    view = forms(text)
    around = context.surroundings(view, language or context.guess_language(view))
    return [_look(view, around, *view.to_words(*_into(view, start, stop))) for start, stop in stretches]


def _into(view: Forms, start: int, stop: int) -> tuple[int, int]:
    """Offsets in the text of the forms, where character references are resolved."""
    if view.origin is None:
        return start, stop
    return bisect_left(view.origin, start), bisect_left(view.origin, stop)


def _look(view: Forms, around: Surroundings, start: int, stop: int) -> Nearby:
    words: dict[str, None] = {}
    for group in _TRIGGERS:
        where = around.positions.get(group, [])
        for begin in where[bisect_left(where, start - REACH) : bisect_left(where, stop + REACH)]:
            if not start <= begin < stop:  # a part of the name itself says nothing about it
                words[_word(view, around, begin)] = None
    tags = tuple((tag, _word(view, around, begin)) for tag, begin in context.tags(around, start, stop))
    return Nearby(tuple(words)[:_MOST], tags)


def _word(view: Forms, around: Surroundings, begin: int) -> str:
    """The word that begins there, whole where a stem was found; a whole word was found with its blank."""
    start, stop = view.from_words(begin, around.ends[begin])
    found = view.text[start:stop]
    if not found[-1:].isspace():
        found = borders.whole_word(view.text, start, stop)
    return found.strip(" .,;:!?\n")
