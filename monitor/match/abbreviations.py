"""Abbreviations that a text defines itself: "benzyl methyl ketone (BMK)", "BMK (benzyl methyl ketone)".

The method of Schwartz and Hearst (Pacific Symposium on Biocomputing 2003, "A simple algorithm for
identifying abbreviation definitions in biomedical text"), written anew: the letters of the short form
must occur in order in the words before the bracket, the first one at the start of a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_BRACKET = re.compile(r"[(（\[]\s?([^()（）\[\]\n]{1,60}?)\s?[)）\]]")
_SHORT = re.compile(r"[\w][\w\-./]{0,9}s?")
_ITEM_END = re.compile(r"[;,:，；]")
_WORD_BEFORE = re.compile(r"(?<![\w\-])([\w\-]{2,10})\s*$")
_NO_LETTER = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class Definition:
    """`short` is defined as `long`; offsets of the long form in the text, `[start, stop)`."""

    short: str
    long: str
    start: int
    stop: int


def short_key(short: str) -> str:
    """What an abbreviation is compared by: "P-2-P", "p2p" and "P2Ps" are one."""
    return _NO_LETTER.sub("", short).casefold().removesuffix("s")


def definitions(text: str, only: Collection[str] | None = None) -> list[Definition]:
    """Find all definitions in a text, in order; linear in its length.

    `only`: the keys of the short forms that are asked for.
    """
    found: list[Definition] = []
    if only is not None and not only:
        return found
    for match in _BRACKET.finditer(text):
        inside = _ITEM_END.split(match[1], 1)[0].strip(" \"'“”‘’")
        before = text[max(0, match.start() - 120) : match.start()]
        if _is_short(inside):
            long = _long_form(inside, before) if only is None or short_key(inside) in only else ""
            if long:
                start = match.start() - (len(before) - before.rindex(long))
                found.append(Definition(inside, long, start, start + len(long)))
        else:
            word = _WORD_BEFORE.search(before)
            if (
                word
                and _is_short(word[1])
                and (only is None or short_key(word[1]) in only)
                and _long_form(word[1], match[1] + " ")
            ):
                found.append(Definition(word[1], match[1], match.start(1), match.end(1)))
    return found


def _is_short(text: str) -> bool:
    return bool(_SHORT.fullmatch(text)) and any(char.isupper() for char in text) and not text.isdigit()


def _long_form(short: str, before: str) -> str:
    """The shortest stretch at the end of `before` that spells `short`, or ""."""
    words = before.rstrip().split(" ")
    limit = min(len(short) + 5, len(short) * 2 + 2)
    candidate = " ".join(words[-limit:])
    candidate = re.split(r"[.;:!?。；\n](?=\s|$)", candidate)[-1]
    letters = [char.lower() for char in short if char.isalnum()]
    if len(letters) > 2 and letters[-1] == "s" and short.endswith("s"):
        letters.pop()
    position = len(candidate) - 1
    lower = candidate.lower()
    for index in range(len(letters) - 1, -1, -1):
        while position >= 0 and (
            lower[position] != letters[index]
            or (index == 0 and position > 0 and lower[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return ""
        position -= 1
    start = position + 1
    # a hyphenated or bracketed chemical name begins before its first matching letter
    while start > 0 and not candidate[start - 1].isspace():
        start -= 1
    long = candidate[start:].rstrip()
    return long if len(long) > len(short) and short.lower() not in long.lower().split() else ""
