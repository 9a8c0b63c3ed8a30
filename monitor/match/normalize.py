"""The forms a text is matched in, each with an exact way back to the original offsets.

A text is first turned into *codes*, one byte a code point, by a table: ASCII stays itself, letters of
other alphabets that look like (or are accented forms of) an ASCII letter become that letter, what is
invisible becomes `DELETED`, other punctuation a space, and every other letter a byte from 128 up.
Two forms are made from the codes by one table each:

- *words*: lower case, every separator a space, invisible characters gone. Short names match here,
  between spaces.
- *compact*: separators gone as well, leet digits folded onto letters. Long names match here, wherever
  hyphens, brackets, spaces or line ends fall.

Both forms are lossy on purpose: they only propose candidates. `lexicon.read` then compares each
candidate with the name character by character in the text itself, so no two isomers are ever merged.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

DELETED = 0x7F
SPACE = 0x20
_FIRST_OTHER = 128  # bytes from here up stand for letters of other scripts, 128 classes

# Letters that are drawn like a Latin letter (Cyrillic, Greek, Armenian, Cherokee, Latin extensions).
# Written for this project after the Unicode confusables idea (UTS #39); only single letters.
LOOKALIKES = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "к": "k", "м": "m", "т": "t",
    "в": "b", "н": "h", "і": "i", "ј": "j", "ѕ": "s", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ӏ": "l", "п": "n",
    "г": "r", "и": "u", "ц": "u", "я": "r", "һ": "h", "ё": "e", "ї": "i",
    "α": "a", "ο": "o", "ρ": "p", "ε": "e", "ν": "v", "τ": "t", "υ": "u", "ι": "i", "κ": "k", "χ": "x",
    "η": "n", "ω": "w", "β": "b", "μ": "m", "γ": "y", "δ": "d", "ζ": "z",
    "օ": "o", "ս": "u", "ո": "n", "հ": "h", "ց": "g", "զ": "q", "ա": "w", "լ": "l",
    "ɑ": "a", "ɡ": "g", "ɩ": "i", "ɪ": "i", "ı": "i", "ʏ": "y", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l",
    "ɴ": "n", "ʀ": "r", "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o",
    "ᴘ": "p", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ꜰ": "f", "ꜱ": "s",
    "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ƒ": "f", "ß": "s", "æ": "a", "œ": "o", "þ": "p",
    "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮋ": "h", "Ꭵ": "i", "Ꭻ": "j", "Ꮶ": "k",
    "Ꮮ": "l", "Ꮇ": "m", "Ꮲ": "p", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮓ": "z", "Ꮐ": "g",
    "№": " ",
}  # fmt: skip

# Digits and signs that stand for a letter in leetspeak. Folding is symmetric (names are folded too), so
# locants stay comparable; what really stands in the text is checked on the candidate.
LEET = {
    "0": "o",
    "1": "i",
    "l": "i",
    "!": "i",
    "|": "i",
    "3": "e",
    "4": "a",
    "@": "a",
    "5": "s",
    "$": "s",
    "7": "t",
}

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|[\ufb00-\ufb06]")
_LIGATURES = "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
_RAISED_DIGITS = "¹²³⁰⁴⁵⁶⁷⁸⁹"

_CJK = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff0f]"
)

# Signs of full width that names are written with, as East Asian texts have them: each is its narrow sign.
_NARROW = str.maketrans("，（）［］－．＇＋：；", ",()[]-.'+:;")
# Raised digits behind a word refer to a note; behind a Greek letter ("Δ⁹") they belong to the name.
_RAISED = re.compile(
    "(?<![ΔδαβγωΩ∆⁰-⁹¹²³⁻\\s])[¹²³⁰⁴-⁹]{1,2}(?:[,⁻⁾ʼ][¹²³⁰⁴-⁹]{1,2})*(?![^\\W\\d_]|[⁰-⁹¹²³])"
)

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


def base_letter(char: str) -> str:
    """Give the ASCII letter or digit that one BMP character is a form of, or the lower-case character."""
    lower = char.lower()
    if lower in LOOKALIKES:
        return LOOKALIKES[lower]
    if char in LOOKALIKES:
        return LOOKALIKES[char]
    plain = unicodedata.normalize("NFKD", char).lower()
    first = plain[:1]
    if first.isascii() and first.isalnum():
        return first
    return LOOKALIKES.get(first, lower[:1])


def unspaced(char: str) -> bool:
    """Is a character of a script written without spaces, or with endings written on (Chinese, Japanese,
    Korean, Thai, Lao, Burmese, Khmer)?"""
    return char >= "\u0e00" and (
        "\u2e80" <= char <= "\u9fff"
        or "\uac00" <= char <= "\ud7af"
        or "\uf900" <= char <= "\ufaff"
        or "\u0e00" <= char <= "\u0eff"
        or "\u1000" <= char <= "\u109f"
        or "\u1780" <= char <= "\u17ff"
    )


def _code(point: int) -> int:
    char = chr(point)
    if 0xD800 <= point < 0xE000:
        return SPACE
    if _INVISIBLE.match(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return DELETED
    # the vowel signs of Indian scripts that stand beside a letter are letters of the word
    if not (char.isalnum() or char.lower() in LOOKALIKES or unicodedata.category(char) == "Mc"):
        plain = unicodedata.normalize("NFKC", char).lower()
        return ord(plain) if len(plain) == 1 and plain.isascii() and plain.isalnum() else SPACE
    base = base_letter(char)
    if base.isascii():
        return ord(base)
    # any spread will do: a clash only costs a look at the candidate
    return _FIRST_OTHER + (ord(base[0]) * 2654435761 >> 7) % (256 - _FIRST_OTHER)


@functools.cache
def code_table() -> Bytes:
    """The 65,536 codes of the basic multilingual plane; ASCII maps to itself."""
    points = np.arange(0x10000, dtype=np.int64)
    # unified ideographs and Hangul syllables are letters without another form; the rest is asked one by one
    plain = ((points >= 0x3400) & (points < 0x4DC0)) | ((points >= 0x4E00) & (points < 0x9FFD))
    plain |= (points >= 0xAC00) & (points <= 0xD7A3)
    table = np.where(plain, _FIRST_OTHER + (points * 2654435761 >> 7) % (256 - _FIRST_OTHER), points)
    asked = np.flatnonzero(~plain & (points >= 128))
    table[asked] = [_code(point) for point in asked.tolist()]
    return table.astype(np.uint8)


def _word_byte(code: int) -> int:
    char = chr(code)
    if code >= _FIRST_OTHER or char.isdigit() or "a" <= char <= "z":
        return code
    return ord(char.lower()) if "A" <= char <= "Z" else SPACE


def _compact_byte(code: int) -> int:
    if code >= _FIRST_OTHER:
        return code
    char = chr(code).lower()
    return ord(LEET.get(char, char))


_WORDS = bytes(_word_byte(code) for code in range(256))
_COMPACT = bytes(_compact_byte(code) for code in range(256))
_INVISIBLE_CODE = bytes([DELETED])
_FOLDED = bytes(_compact_byte(code) for code in range(256))
# what is invisible stays what it is, to be taken out where there is any
_WORDS_FOLDED = bytes(
    DELETED if code == DELETED else byte for code, byte in enumerate(_WORDS.translate(_FOLDED))
)
_KEPT = bytes(
    code
    for code in range(256)
    if code >= _FIRST_OTHER or chr(code) in LEET or (chr(code).isascii() and chr(code).isalnum())
)
_DROPPED = bytes(code for code in range(256) if code not in _KEPT)
_IS_KEPT = np.array([code in _KEPT for code in range(256)])


@functools.cache
def _folded_table() -> Bytes:
    """The code table with the words form and the leet fold applied."""
    return np.frombuffer(code_table().tobytes().translate(_WORDS_FOLDED), np.uint8)


def codes_of(text: str) -> bytes:
    """Encode a text of BMP characters, one byte a code point."""
    if text.isascii():
        return text.encode("ascii")
    return code_table()[_units(text)].tobytes()


def _units(text: str) -> npt.NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


def words_of(codes: bytes) -> bytes:
    """The words form of codes: lower case, separators as spaces (one for one), invisible ones gone."""
    return codes.translate(_WORDS, _INVISIBLE_CODE)


def compact_of(codes: bytes) -> bytes:
    """The compact form of codes: letters and digits only, leet folded."""
    return codes.translate(_COMPACT, _DROPPED)


def fold_leet(words: bytes) -> bytes:
    """The words form with leet digits folded onto letters, one for one."""
    return words.translate(_FOLDED)


def is_kept(char: str) -> bool:
    """Say whether the character (BMP) takes part in the compact form."""
    return bool(_IS_KEPT[int(code_table()[ord(char)])]) if ord(char) < 0x10000 else False


def compact_key(name: str) -> bytes:
    """What a name is looked up by in the compact form."""
    return compact_of(codes_of(_plane(name)))


def words_key(name: str) -> bytes:
    """What a name is looked up by in the words form: its words between single spaces."""
    return b" ".join(words_of(codes_of(_plane(name))).split())


def _plane_char(match: re.Match[str]) -> str:
    # mathematical letters and the like have a plain one; an emoji is a separator
    plain = unicodedata.normalize("NFKC", match[0])
    return plain if len(plain) == 1 and ord(plain) < 0x10000 else "\u2003"


def _plane(text: str) -> str:
    """Replace each character outside the BMP by one inside it, one for one."""
    return _ASTRAL.sub(_plane_char, text)


@functools.lru_cache(maxsize=5_000)  # a text uses few references, and those often
def _meant(reference: str) -> str:
    return html.unescape(reference) if reference[0] == "&" else unicodedata.normalize("NFKC", reference)


def unescape(text: str) -> tuple[str, list[int]]:
    """Resolve HTML character references and ligatures ("ﬂ" is two letters).

    The list gives the original offset of each new character, and the end.
    """
    parts: list[str] = []
    origin: list[int] = []
    position = 0
    for match in _ENTITY.finditer(text):
        value = _meant(match[0])
        if value == match[0]:
            continue
        parts.append(text[position : match.start()])
        origin.extend(range(position, match.start()))
        parts.append(value)
        origin.extend([match.start()] * len(value))
        position = match.end()
    parts.append(text[position:])
    origin.extend(range(position, len(text) + 1))
    return "".join(parts), origin


@dataclass(slots=True)
class Forms:
    """One text in its forms.

    `text` is what candidates are compared with (character references resolved, one BMP character a
    code point); `origin` leads from its offsets to the original ones, None where they are the same.
    """

    original: str
    text: str
    origin: list[int] | None
    folded: bytes  # the padded words form, leet folded
    # the padded words form with Chinese characters as separators, where there are any
    latin: bytes | None = None
    readings: dict[tuple[int, int, str], tuple[int, list[Any]]] = field(
        default_factory=dict
    )  # see mentions.py
    guessed: tuple[str | None] | None = None  # its language, once it was asked for
    _codes: bytes | None = None
    _padded: bytes | None = None
    _compact: bytes | None = None
    _word_map: Offsets | None = None
    _compact_map: Offsets | None = None
    _hidden: Offsets | None = None

    @property
    def codes(self) -> bytes:
        """One byte a code point of `text`; made when first asked for, as most texts do without."""
        if self._codes is None:
            self._codes = codes_of(self.text)
        return self._codes

    @property
    def padded(self) -> bytes:
        """The words form between two spaces; made when first asked for, as most texts do without."""
        if self._padded is None:
            self._padded = b" " + words_of(self.codes) + b" "
        return self._padded

    @property
    def words(self) -> bytes:
        return self.padded[1:-1]

    @property
    def compact(self) -> bytes:
        """The compact form; made when first asked for, as most texts do without."""
        if self._compact is None:
            self._compact = compact_of(self.codes)
        return self._compact

    def from_words(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in `text` of a stretch of the words form."""
        if self._word_map is None:
            self._word_map = np.flatnonzero(np.frombuffer(self.codes, np.uint8) != DELETED)
        return int(self._word_map[start]), int(self._word_map[stop - 1]) + 1

    def to_words(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in the words form of a stretch of `text`."""
        if self._hidden is None:
            self._hidden = np.flatnonzero(np.frombuffer(self.codes, np.uint8) == DELETED)
        before, until = np.searchsorted(self._hidden, (start, stop)).tolist()
        return start - before, stop - until

    def from_compact(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in `text` of a stretch of the compact form."""
        if self._compact_map is None:
            self._compact_map = np.flatnonzero(_IS_KEPT[np.frombuffer(self.codes, np.uint8)])
        return int(self._compact_map[start]), int(self._compact_map[stop - 1]) + 1

    def to_original(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in the original text of a stretch of `text`."""
        if self.origin is None:
            return start, stop
        return self.origin[start], self.origin[stop]


def forms(text: str) -> Forms:
    """Make the forms of a text; time and memory linear in its length."""
    original, origin = text, None
    if ("&" in text and _ENTITY.search(text)) or (
        not text.isascii() and any(map(text.__contains__, _LIGATURES))
    ):
        text, origin = unescape(text)
    latin = None
    if text.isascii():
        folded = text.encode("ascii").translate(_WORDS_FOLDED)
    else:
        units = _units(text)
        if len(units) != len(text):
            text = _plane(text)
            units = _units(text)
        if units.max() >= 0x2E80:
            text = text.translate(_NARROW)
            units = _units(text)
        if any(map(text.__contains__, _RAISED_DIGITS)) and _RAISED.search(text):
            text = _RAISED.sub(lambda mark: " " * len(mark[0]), text)
            units = _units(text)
        folded = _folded_table().take(units).tobytes()
        if units.max() >= 0x2E80 or ((units >= 0x0E00) & (units < 0x1800)).any():
            latin = b" " + words_of(codes_of(_CJK.sub(" ", text))) + b" "
    if _INVISIBLE_CODE in folded:
        folded = folded.replace(_INVISIBLE_CODE, b"")
    return Forms(original, text, origin, b" " + folded + b" ", latin)
