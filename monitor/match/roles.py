"""What an initialism or a letter is called besides a substance: an office, a place, a key, an element.

Words of drugs stand around these as well ("Officers of the CNB seized heroin", "the drug trial in Building
H"), so a role settles it.
"""

from __future__ import annotations

import functools
import re

from monitor.match.words import tables

_LITTLE = (
    "of from at for de do da del dei della dello du des der dem den von vom van the die das el la le il lo "
    "os as o a det av af w z"
)
# "H 2 SO 4", "H2", "K 2 CO 3": an element, with the blanks that taken-out subscripts leave.
_FORMULA_BEHIND = re.compile(
    r"\s?[\d₀-₉]{1,2}(?:\s?[A-Z][a-z]?|\s(?:gas|molecule)|(?=\s?[),.;]))|\s?\+(?!\d)"
)
_FORMULA_BEFORE = re.compile(r"(?:\b[A-Z][a-z]?\s?[\d₀-₉]{1,2}\s|\+\s?|[A-Za-z]\+)$")
# "(Ministry of Agriculture)" behind an initialism, or before it.
_BRACKET_BEHIND = re.compile(r"\s?\(([^()]{5,80})\)")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """A role before a name, one behind it, one within brackets, and the place that a letter numbers."""
    words = tables()
    roles = "|".join(sorted(words.roles))
    acts = "|".join(sorted(words.acts)).replace("_", " ")
    places = "|".join(sorted(words.places))
    little = "|".join(_LITTLE.split())
    patterns = (
        rf"\b(?:(?:{roles})\w{{0,4}}(?:[\s'’](?:{little}))*[\s'’]\(?|(?:act|bill|law)\s\()$",
        rf"(?:['’]s)?[\s,-]{{1,2}}(?:(?:{roles})\w{{0,4}}|(?:{acts}))\b",
        rf"\b(?:{roles}|party|partei|partido|partito|university|universit)",
        rf"\b(?:{places})(?:\s(?:no\.?|nr\.?))?[\s:]{{1,2}}$",
    )
    before, behind, inside, place = (re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    return before, behind, inside, place


def role(text: str, start: int, stop: int) -> bool:
    """Is the initialism or letter `text[start:stop]` called an office, a place, a key or an element here?"""
    before, behind, inside, place = _patterns()
    left = text[max(0, start - 50) : start]
    if before.search(left) or behind.match(text, stop):
        return True
    if stop - start <= 3 and place.search(left):
        return True
    if stop - start == 1 and (_FORMULA_BEHIND.match(text, stop) or _FORMULA_BEFORE.search(left)):
        return True
    bracket = _BRACKET_BEHIND.match(text, stop)
    return bracket is not None and inside.search(bracket[1]) is not None
