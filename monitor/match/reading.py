"""Compare a candidate with a name, character by character: is it that name, and how is it written?

The forms of `normalize` propose; this decides. Letters, digits, primes and signs must agree, so isomers
stay apart; separators may vary within limits; what only an evasion explains is named as a trick.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.match.normalize import LEET, base_letter, is_kept
from monitor.match.ties import HYPHENS

_PRIMES = str.maketrans(dict.fromkeys("′’‘ʹ´`ʼ＇", "'") | {"″": "''", "”": "''", '"': "''"})
_STROKED = "øđłħßæœ"
_SPLITTERS = frozenset("._*·•~^/\\|=+#")
_SPACES = " \t\r\n\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"
_BRACKETS = "()[]{}（）【】"
_PLAIN_GAP = frozenset(HYPHENS + _SPACES + _BRACKETS + ",'~_.·" + '′’‘ʹ´`ʼ＇″"”')
_SIGN = re.compile(rf"\(\s?([{HYPHENS}±]|\+\s?/?\s?[{HYPHENS}]?)\s?\)")
_LINE_END = re.compile(rf"[{HYPHENS}]\s*\n\s*|[{HYPHENS}]\s{{1,2}}|\n")
# A capital I among small letters reads as l, a vertical bar too: an old trick.
_BARS = frozenset("Il1|!")


@dataclass(frozen=True, slots=True)
class Rendering:
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


@functools.lru_cache(maxsize=50_000)  # a text says the same names again and again
def read(name: str, surface: str, *, kind: str = "common") -> Rendering | None:
    """Read `surface` as `name`; None when it is something else. `kind` is the name's type."""
    if surface == name:
        return Rendering("raw")
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
        return Rendering("skeleton", tuple(sorted(tricks)), accents)
    return Rendering("raw" if surface.lower() == name.lower() else "normal", (), accents)


def _read_identifier(wanted: Spelling, found: Spelling, kind: str) -> Rendering | None:
    if wanted.chars.lower() != unicodedata.normalize("NFKC", found.chars).lower():
        return None
    if kind in ("cid", "dea-code"):
        return (
            Rendering("normal")
            if all(len(gap) <= 4 and "\n\n" not in gap for gap in found.gaps[1:])
            else None
        )
    for theirs, ours in zip(found.gaps[1:], wanted.gaps[1:], strict=True):
        plain = "".join(
            char for char in theirs if char not in _SPACES and char not in "\u00ad\u200b\u2060\ufeff"
        )
        if (len(plain) == 1 and plain in HYPHENS) != bool(ours) or len(plain) > 1 or len(theirs) > 3:
            return None
    return Rendering("normal")


def _letters_agree(wanted: Spelling, found: Spelling, tricks: set[str]) -> bool:
    ways: Counter[str] = Counter()
    for index, (ours, theirs) in enumerate(zip(wanted.chars, found.chars, strict=True)):
        how = "plain" if ours.lower() == theirs.lower() else _substitution(ours, theirs)
        if how == "greek":
            # a lone Greek letter is a locant, one among Latin letters a disguise
            how = "look-alike letters" if _inside_letters(found, index) else "locant"
        if not how or (how == "digits for letters" and not _inside_letters(found, index)):
            return False
        ways[how] += 1
    plain = ways["plain"] + ways["accent"] + ways["full-width letters"]
    tricks.update(way for way in ways if way not in ("plain", "accent", "locant"))
    if ways["look-alike letters"] and not any(char.isascii() and char.isalpha() for char in found.chars):
        # a short word wholly in another script is a word of that script, not a disguise
        return len(found.chars) >= 6
    leet = ways["digits for letters"]
    return not leet or (len(found.chars) >= 5 and plain >= max(3, 2 * leet - 1))


def _substitution(ours: str, theirs: str) -> str:
    """Name how one character stands for another, or ""."""
    ours_base, theirs_base = base_letter(ours), base_letter(theirs)
    if theirs.isascii() and not theirs.isalpha():
        letter = not ours.isascii() or ours.isalpha()
        return "digits for letters" if letter and LEET.get(theirs) in (ours_base, LEET.get(ours_base)) else ""
    if theirs.isascii() and ours.isascii():
        return "look-alike letters" if theirs == "I" and ours == "l" else ""
    if ours_base != theirs_base and not (theirs_base in _BARS and ours_base in _BARS):
        return ""
    return _likeness(ours, theirs, ours_base)


def _likeness(ours: str, theirs: str, base: str) -> str:
    """Name the likeness of two characters that have one base letter."""
    if unicodedata.normalize("NFD", theirs)[0].lower() == unicodedata.normalize("NFD", ours)[0].lower():
        return "accent"
    if unicodedata.normalize("NFKC", theirs).lower() == ours.lower():
        return "full-width letters"
    if "Ͱ" <= theirs <= "Ͽ" or "Ͱ" <= ours <= "Ͽ":
        return "greek"
    if theirs in _STROKED or ours in _STROKED:
        return "accent"
    # beyond the alphabets, equal codes are a clash and no likeness
    return "look-alike letters" if base.isascii() and theirs <= "\u2e7f" else ""


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
    hidden = ""
    for index in range(1, len(found.chars)):
        ours, theirs = wanted.gaps[index], found.gaps[index]
        if theirs == ours:
            continue
        visible = "".join(char for char in theirs if not _invisible(char))
        hidden += "".join(char for char in theirs if _invisible(char))
        if not _gap_fits(ours, visible):
            return False
        if visible and not ours and not _is_subscript(found, index, visible):
            inserted.append((index, visible))
    tricks.update(_hiding(hidden))
    return not inserted or _insertions_agree(found, inserted, wanted, tricks)


def _is_subscript(found: Spelling, index: int, gap: str) -> bool:
    """Is a blank between a letter and a digit what a taken-out subscript leaves: "H 2 SO 4"?"""
    if gap != " " or len(found.chars) < 4 or not found.chars[0].isalpha():
        return False
    return found.chars[index - 1].isdigit() != found.chars[index].isdigit()


def _hiding(characters: str) -> Iterator[str]:
    """What invisible characters inside a name are for; soft hyphens and single accents are innocent."""
    if any(unicodedata.category(char) == "Cf" for char in characters.replace("\u00ad", "")):
        yield "invisible characters"
    if sum(unicodedata.category(char) == "Mn" for char in characters) > 2:
        yield "combining marks"


def _gap_fits(ours: str, theirs: str) -> bool:
    """Do the gaps agree in primes and signs, and, where both have separators, vary within limits?"""
    if ours.translate(_PRIMES).count("'") != theirs.translate(_PRIMES).count("'"):
        return False
    return _signs(ours) == _signs(theirs) and (not ours or not theirs or _gap_varies(ours, theirs))


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
    numbered = any(char.isdigit() for char in wanted.chars)
    for index, gap in inserted:
        left, right = _letters_beside(found, index)
        if not _insertion_fits(gap, min(left, right), length, numbered=numbered):
            return False
        if gap in _SPLITTERS:
            tricks.add("separators inside")
    return True


def _insertion_fits(gap: str, piece: int, length: int, *, numbered: bool) -> bool:
    """May one separator split a name of `length` characters, leaving a shorter `piece`?"""
    if any(char in _BRACKETS for char in gap):
        return numbered and all(char in _BRACKETS + HYPHENS for char in gap)
    if _LINE_END.fullmatch(gap):
        return piece >= 2 and (gap != "\n" or length >= 9)
    if gap == " ":
        return piece >= 3 and length >= 9
    if gap in _SPLITTERS:
        return length >= 7
    return len(gap) == 1 and gap in HYPHENS and (length >= 8 or piece >= 3)


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
