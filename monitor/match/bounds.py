"""How much of one text is looked at, whatever it holds. Counted, never timed: equal texts give equal results.

Ordinary articles stay far below every bound. Beyond one the first places of each name are kept, so that a
page that repeats one name does not hide another, and `Bounds.left_out` says what was not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")

MOST_CHARACTERS = 2_000_000
"""Code points of a text that are searched: three or four books."""

MOST_FOR_SLIPS = 500_000
"""Code points in which misspelt names are looked for."""

MOST_PLACES = 20_000
"""Places of a text at which a name may begin that are compared with it."""

MOST_CANDIDATES = 4_000
"""Names of a text that are weighed, and so the most mentions that it can have."""

MOST_STRETCHES = 20_000
"""Stretches of a text that are read as systematic names."""


@dataclass(slots=True)
class Bounds:
    """What one text may cost, and what of it was left out."""

    characters: int = MOST_CHARACTERS
    for_slips: int = MOST_FOR_SLIPS
    places: int = MOST_PLACES
    candidates: int = MOST_CANDIDATES
    stretches: int = MOST_STRETCHES
    left_out: list[str] = field(default_factory=list)

    def of_text(self, text: str) -> str:
        """The part of a text that is searched, whole words only."""
        if len(text) <= self.characters:
            return text
        self._note(f"only the first {self.characters:,} of {len(text):,} characters were searched")
        return _cut(text, self.characters)

    def of_hits(self, hits: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """The hits (start, stop, pattern) that are read, the first ones of each pattern."""
        kept = first_of_each(hits, lambda hit: hit[2], self.places)
        if len(kept) < len(hits):
            self._note(
                f"names may stand at more than {self.places:,} places: the first of each were compared"
            )
        return kept

    def of_candidates(self, found: list[Item], name_of: Callable[[Item], Hashable]) -> list[Item]:
        """The candidates that are weighed, the first ones of each name."""
        kept = first_of_each(found, name_of, self.candidates)
        if len(kept) < len(found):
            self._note(
                f"substances are named at more than {self.candidates:,} places: the first of each were kept"
            )
        return kept

    def of_words(self, padded: bytes) -> bytes:
        """The part of the words form, between spaces, in which misspelt names are looked for."""
        if len(padded) <= self.for_slips:
            return padded
        self._note(f"misspelt names were looked for in the first {self.for_slips:,} characters only")
        return padded[: padded.rfind(b" ", 0, self.for_slips) + 1] or padded[: self.for_slips] + b" "

    def allows_stretch(self, number: int) -> bool:
        """May one more stretch be read as a systematic name, after so many?"""
        if number < self.stretches:
            return True
        self._note(f"systematic names were read at the first {self.stretches:,} places only")
        return False

    def _note(self, what: str) -> None:
        if what not in self.left_out:
            self.left_out.append(what)


def first_of_each(items: list[Item], kind_of: Callable[[Item], Hashable], most: int) -> list[Item]:
    """At most `most` items in their order: the first so many of each kind, as many as fit.

    With more kinds than `most` the first kinds have one each.
    """
    if len(items) <= most:
        return items
    kinds = [kind_of(item) for item in items]
    each = _fair_share(list(Counter(kinds).values()), most)
    seen: Counter[Hashable] = Counter()
    kept: list[Item] = []
    for item, kind in zip(items, kinds, strict=True):
        seen[kind] += 1
        if seen[kind] <= each:
            kept.append(item)
    return kept[:most]


def _fair_share(counts: Sequence[int], most: int) -> int:
    """The largest number, at least 1, up to which all counts can be filled without passing `most`."""
    left, kinds = most, len(counts)
    for count in sorted(counts):
        if count * kinds >= left:
            break
        left, kinds = left - count, kinds - 1
    return max(1, left // kinds) if kinds else most


def _cut(text: str, most: int) -> str:
    """The beginning of a text, up to a blank if there is one near."""
    blank = max(text.rfind(" ", most - 200, most), text.rfind("\n", most - 200, most))
    return text[: blank if blank > 0 else most]
