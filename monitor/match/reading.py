"""Compare a candidate with a name, character by character: is it that name, and how is it written?

The forms of `normalize` propose; this decides. Letters, digits, primes and signs must agree, so isomers
stay apart; separators may vary within limits; what only an evasion explains is named as a trick.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from monitor.match.borders import HYPHENS
from monitor.match.normalize import LEET, base_letter, is_kept

_PRIMES = str.maketrans(dict.fromkeys("′’‘ʹ´`ʼ＇", "'") | {"″": "''", "”": "''", '"': "''"})
_SPACES = " \t\r\n\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"
_BRACKETS = "()[]{}（）【】"
_PLAIN_GAP = frozenset(HYPHENS + _SPACES + _BRACKETS + ",'~_.·" + '′’‘ʹ´`ʼ＇″"”')
_SIGN = re.compile(rf"\(\s?([{HYPHENS}±]|\+\s?/?\s?[{HYPHENS}]?)\s?\)")
_LINE_END = re.compile(rf"[{HYPHENS}]\s*\n\s*|[{HYPHENS}]\s{{1,2}}|\n")
# A capital I among small letters reads as l, a vertical bar too: an old trick.
_BARS = frozenset("Il1|!")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stretch of text writes a name: the form it matched in, and the tricks that hide it."""

    form: str  # "raw", "normal" or "skeleton"
    tricks: tuple[str, ...] = ()
    accents: bool = False  # an accent is missing or added


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text as its compact characters, and what stands before each of them."""

    chars: str
    gaps: tuple[str, ...]


def spell(text: str) -> Spelling:
    """Split a text into kept characters and the gaps before each of them."""
    chars: list[str] = []
    gaps: list[str] = []
    gap = ""
    for char in text:
        if is_kept(char):
            chars.append(char)
            gaps.append(gap)
            gap = ""
        else:
            gap += char
    return Spelling("".join(chars), tuple(gaps))


@functools.lru_cache(maxsize=20_000)
def _spell_name(name: str) -> Spelling:
    return spell(name)


def read(name: str, surface: str, *, kind: str = "common") -> Reading | None:
    """Read `surface` as `name`; None when it is something else. `kind` is the name's type."""
    if surface == name:
        return Reading("raw")
    wanted, found = _spell_name(name), spell(surface)
    if len(wanted.chars) != len(found.chars):
        return None
    if kind in ("cas", "inchikey", "cid", "dea-code"):
        return _read_identifier(wanted, found, kind)
    tricks: set[str] = set()
    accents = any(ours != theirs and _substitution(ours, theirs) == "accent"
                  for ours, theirs in zip(wanted.chars.lower(), found.chars.lower(), strict=False)
                  if not (ours.isascii() and theirs.isascii()))  # fmt: skip
    if not _letters_agree(wanted, found, tricks) or not _gaps_agree(wanted, found, tricks):
        return None
    if tricks:
        return Reading("skeleton", tuple(sorted(tricks)), accents)
    return Reading("raw" if surface.lower() == name.lower() else "normal", (), accents)


def _read_identifier(wanted: Spelling, found: Spelling, kind: str) -> Reading | None:
    if wanted.chars.lower() != unicodedata.normalize("NFKC", found.chars).lower():
        return None
    if kind in ("cid", "dea-code"):
        return (
            Reading("normal") if all(len(gap) <= 4 and "\n\n" not in gap for gap in found.gaps[1:]) else None
        )
    for theirs, ours in zip(found.gaps[1:], wanted.gaps[1:], strict=True):
        plain = "".join(
            char for char in theirs if char not in _SPACES and char not in "\u00ad\u200b\u2060\ufeff"
        )
        if (len(plain) == 1 and plain in HYPHENS) != bool(ours) or len(plain) > 1 or len(theirs) > 3:
            return None
    return Reading("normal")


def _letters_agree(wanted: Spelling, found: Spelling, tricks: set[str]) -> bool:
    plain = foreign = leet = 0
    for index, (ours, theirs) in enumerate(zip(wanted.chars, found.chars, strict=True)):
        if ours == theirs or ours.lower() == theirs.lower():
            plain += 1
            continue
        how = _substitution(ours, theirs)
        if how == "accent":
            plain += 1
        elif how == "greek":
            if _inside_letters(found, index):
                foreign += 1
        elif how == "look-alike letters":
            foreign += 1
        elif how == "full-width letters":
            plain += 1
            if theirs.isalpha():
                tricks.add(how)
        elif how == "digits for letters" and _inside_letters(found, index):
            leet += 1
        else:
            return False
    if foreign:
        # a word wholly in another script is a word of that script, not a disguise
        if not any(char.isascii() and char.isalpha() for char in found.chars) and len(found.chars) < 6:
            return False
        tricks.add("look-alike letters")
    if leet:
        if len(found.chars) < 5 or plain < 2 * leet - 1 or plain < 3:
            return False
        tricks.add("digits for letters")
    return True


def _substitution(ours: str, theirs: str) -> str:
    """Name how one character stands for another, or ""."""
    if theirs.isascii() and ours.isascii():
        if theirs == "I" and ours == "l":
            return "look-alike letters"
        if (
            ours.isalpha()
            and not theirs.isalpha()
            and LEET.get(theirs) in (ours.lower(), LEET.get(ours.lower()))
        ):
            return "digits for letters"
        return ""
    ours_base, theirs_base = base_letter(ours), base_letter(theirs)
    if theirs.isascii() and not theirs.isalpha() and LEET.get(theirs) in (ours_base, LEET.get(ours_base)):
        return "digits for letters"
    if ours_base != theirs_base and not (theirs_base in _BARS and ours_base in _BARS):
        return ""
    decomposed = unicodedata.normalize("NFD", theirs)
    ours_plain = unicodedata.normalize("NFD", ours)[0].lower()
    if decomposed[0].lower() == ours_plain:
        return "accent"
    if unicodedata.normalize("NFKC", theirs).lower() == ours.lower():
        return "full-width letters"
    if "Ͱ" <= theirs <= "Ͽ" or "Ͱ" <= ours <= "Ͽ":
        return "greek"
    if theirs in "øđłħßæœ" or ours in "øđłħßæœ":
        return "accent"
    if (theirs > "\u2e7f") or (ours > "\u2e7f" and not ours.isascii()):
        return ""  # a clash of codes, no likeness
    return "look-alike letters" if ours_base.isascii() else ""


def _inside_letters(found: Spelling, index: int) -> bool:
    """Is the character written on to a letter (a lone one is a locant)?"""
    before = index > 0 and not found.gaps[index] and found.chars[index - 1].isalpha()
    after = index + 1 < len(found.chars) and not found.gaps[index + 1] and found.chars[index + 1].isalpha()
    two = index + 2 < len(found.chars) and not found.gaps[index + 1] and not found.gaps[index + 2]
    return before or (after and two and found.chars[index + 2].isalpha())


def _gaps_agree(wanted: Spelling, found: Spelling, tricks: set[str]) -> bool:
    if _signs(wanted.gaps[0]) != _signs(found.gaps[0]):
        return False
    inserted: list[tuple[int, str]] = []
    marks = 0
    for index in range(1, len(found.chars)):
        ours, theirs = wanted.gaps[index], found.gaps[index]
        if not theirs:
            if "'" in ours.translate(_PRIMES):
                return False
            continue
        if theirs == ours:
            continue
        visible = "".join(char for char in theirs if not _invisible(char))
        if visible != theirs:
            hidden = {unicodedata.category(char) for char in theirs if _invisible(char) and char != "\u00ad"}
            marks += sum(unicodedata.category(char) == "Mn" for char in theirs)
            if "Cf" in hidden:
                tricks.add("invisible characters")
        if ours.translate(_PRIMES).count("'") != visible.translate(_PRIMES).count("'"):
            return False
        if _signs(ours) != _signs(visible):
            return False
        if visible and ours:
            if not _gap_varies(ours, visible):
                return False
        elif visible:
            inserted.append((index, visible))
    if marks > 2:
        tricks.add("combining marks")
    return not inserted or _insertions_agree(found, inserted, wanted, tricks)


def _signs(gap: str) -> list[str]:
    """The optical signs in a gap as "+", "-" or "±", however they are typed."""
    found = (
        re.sub(rf"[{HYPHENS}]", "-", sign).replace("/", "").replace(" ", "") for sign in _SIGN.findall(gap)
    )
    return ["±" if sign == "+-" else sign for sign in found]


def _invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Mn", "Me") or char in "\u115f\u1160\u3164"


def _gap_varies(ours: str, theirs: str) -> bool:
    """May the separator `theirs` stand where the name has `ours`?"""
    if len(theirs) > 12 or theirs.count("\n") > 1 or not all(char in _PLAIN_GAP for char in theirs):
        return False
    if "," in theirs and "," not in ours:
        return False
    if "." in theirs and "." not in ours:
        return theirs.strip() == "." and "," in ours
    return True


def _insertions_agree(
    found: Spelling, inserted: list[tuple[int, str]], wanted: Spelling, tricks: set[str]
) -> bool:
    """Judge separators that stand where the name has none."""
    length = len(found.chars)
    open_places = sum(not gap for gap in wanted.gaps[1:])
    if found.chars[0] > "\u2e7f" and found.chars[-1] > "\u2e7f":
        return _insertions_in_cjk(inserted, length, tricks)
    if len(inserted) >= 3 and len(inserted) >= 0.6 * open_places:
        return _spaced_out(inserted, length, tricks)
    if len(inserted) > 2 or length < 6:
        return False
    for index, gap in inserted:
        if all(char in _BRACKETS + HYPHENS for char in gap) and any(char in _BRACKETS for char in gap):
            if not any(char.isdigit() for char in wanted.chars):
                return False
            continue
        left, right = _letters_beside(found, index)
        if _LINE_END.fullmatch(gap):
            if min(left, right) < 2 or (gap == "\n" and length < 9):
                return False
        elif len(gap) == 1 and gap in HYPHENS:
            if length < 8 and min(left, right) < 3:
                return False
        elif gap == " ":
            if length < 9 or min(left, right) < 3:
                return False
        elif len(gap) == 1 and gap in "._*·•~^/\\|=+#":
            if min(left, right) < 1 or length < 7:
                return False
            tricks.add("separators inside")
        else:
            return False
    return True


def _insertions_in_cjk(inserted: list[tuple[int, str]], length: int, tricks: set[str]) -> bool:
    """Line ends fall anywhere in Chinese names; other separators between all characters are a disguise."""
    if all(gap.strip() == "" for _, gap in inserted) and length >= 3:
        if len(inserted) > 1 and all(gap == " " for _, gap in inserted):
            tricks.add("letters spaced out")
        return len(inserted) == 1 or len(inserted) >= length - 1
    if len(inserted) < length - 1 or any(
        len(gap) > 1 or gap in "，。、；：！？,;:()（）" for _, gap in inserted
    ):
        return False
    tricks.add("letters spaced out")
    return True


def _letters_beside(found: Spelling, index: int) -> tuple[int, int]:
    """How many characters stand in one piece before and after the gap."""
    left = 1
    while index - left > 0 and not found.gaps[index - left]:
        left += 1
    right = 1
    while index + right < len(found.chars) and not found.gaps[index + right]:
        right += 1
    return left, right


def _spaced_out(inserted: list[tuple[int, str]], length: int, tricks: set[str]) -> bool:
    kinds = {gap.strip() or " " for _, gap in inserted}
    if len(kinds) > 2 or any(
        len(gap) > 4 or "\n\n" in gap or any(c.isalnum() for c in gap) for _, gap in inserted
    ):
        return False
    if length < 4:
        return False
    tricks.add("letters spaced out")
    return True
