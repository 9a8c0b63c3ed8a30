"""Checks of identifiers and texts that come into a watchlist; pure."""

from __future__ import annotations

import re
import unicodedata

_CAS = re.compile(r"([1-9]\d{1,6})-(\d{2})-(\d)", re.ASCII)
# Two hash blocks, then the kind (S standard, N not), the version letter and, after a hyphen, the protonation.
_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{8}[SN][A-Z]-[A-Z]", re.ASCII)

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def cas_digit(text: str) -> int | None:
    """Give the check digit that the other digits of a CAS RN ask for; None when the form is not a CAS RN's.

    The rule is CAS's own: digits weighted 1, 2, 3 ... from the right, summed, modulo 10.
    """
    match = _CAS.fullmatch(text)
    if match is None:
        return None
    digits = match.group(1) + match.group(2)
    return sum(weight * int(digit) for weight, digit in enumerate(reversed(digits), 1)) % 10


def cas_check(text: str) -> bool:
    """Say whether `text` is a CAS Registry Number with the right check digit."""
    return cas_digit(text) == int(text[-1]) if _CAS.fullmatch(text) else False


def inchikey_check(text: str) -> bool:
    """Say whether `text` has the form of an InChIKey (14-10-1 capitals, standard or not, version A).

    The key has no public check digit: a mistyped letter inside a block cannot be seen.
    """
    return _INCHIKEY.fullmatch(text) is not None and text[24] == "A"


def fold(text: str) -> str:
    """The form in which two names count as the same text: NFC, one blank between words, case folded."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def control_character(text: str) -> str:
    """Name the first control or invisible character of `text` ("U+200B"), or "".

    The joiners U+200C and U+200D are let through: Persian and Indian names are written with them.
    """
    for char in text:
        if char not in "\u200c\u200d" and unicodedata.category(char) in _INVISIBLE:
            return f"U+{ord(char):04X}"
    return ""


def slug(text: str) -> str:
    """Make an id of a name: "House list (EU)" -> "house-list-eu"; letters of any script stay."""
    return re.sub(r"[\W_]+", "-", fold(text)).strip("-")
