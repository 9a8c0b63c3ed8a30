"""The text of one PDF page: runs of glyphs put together to words, glyphs that spell several letters. Pure.

pypdf breaks the line wherever a page moves on between two runs. Runs on one base line, nearer to each other
than a blank is wide, are one word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BASE_LINE = 0.2  # of the font's size; what lies farther apart is another line
_OVERLAP = (
    1.0  # blanks that a run may begin before the end of the last one: kerning, and widths not quite right
)
_BLANK = 0.9  # of a blank's width, from which a gap is one, where the page draws its blanks
_BLANK_LEFT_OUT = 0.4  # the same, where it leaves them out and moves on instead
_BLANK_SIGN = re.compile(
    rb"(?<!\x00) |\x00 |\x00\x03"
)  # of one byte; of two, as Unicode and most fonts have it
_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
_MOVES = frozenset({b"Td", b"TD", b"Tm", b"T*"})
_NO_CHANGE = (1, 0, 0, 1, 0, 0)
_MOST_FONTS = 200  # of a page, and of what is drawn in it
_MOST_NAMES = 5000  # of glyphs of a font
_CODES = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of glyphs: where it begins and ends on which base line, and the width of a blank.

    `blanks`: it has blanks, drawn as signs.
    """

    font: int
    blanks: bool
    start: float
    end: float
    line: float
    size: float
    blank: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text as pypdf hands it over, with the matrices, font and size that it was drawn with.

    `shown` is the beginning of what the page draws for it, in the codes of the font; `blanks`: it draws
    blanks as signs, and does not only move on.
    """

    text: str
    around: Any
    at: Any
    font: Any
    size: float
    shown: bytes
    blanks: bool


def page_text(page: Any) -> str:
    """The text of a page, a line for each line of it. Raises what pypdf raises."""
    pieces: list[_Piece] = []
    shown, blanks = b"", False

    def note(operator: bytes, operands: Any, *_: Any) -> None:
        nonlocal shown, blanks
        if operator in _SHOWS and operands:
            drawn = operands[-1] if isinstance(operands[-1], list) else [operands[-1]]
            strings = [each for each in drawn if isinstance(each, bytes)]
            shown = shown or (strings[0][:4] if strings else b"")
            blanks = blanks or any(_BLANK_SIGN.search(each.strip(b" ")) for each in strings)

    def take(text: str, around: Any, at: Any, font: Any, size: float) -> None:
        nonlocal shown, blanks
        if text:
            pieces.append(_Piece(text, around, at, font, size, shown, blanks))
            shown, blanks = b"", False

    _hand_over_each_run(page)
    whole = page.extract_text(visitor_operand_before=note, visitor_text=take)
    joined = "".join(_joined(pieces))
    if "".join(joined.split()) != "".join(whole.split()):
        joined = whole  # pypdf put it in another order
    for name, letters in sorted(_spelling_glyphs(page).items(), key=lambda each: -len(each[0])):
        joined = joined.replace(name, letters)
    return str(joined)


def _hand_over_each_run(page: Any) -> None:
    """Make pypdf hand over every run by itself: it does so wherever the page changes its coordinates.

    A change that changes nothing is put before each move to another place.
    """
    from pypdf.generic import ContentStream, NameObject

    written = _object(page.get("/Contents"))
    if written is None:
        return
    content = ContentStream(written, page.pdf, "bytes")
    operations = []
    for operands, operator in content.operations:
        if operator in _MOVES:
            operations.append((list(_NO_CHANGE), b"cm"))
        operations.append((operands, operator))
    content.operations = operations
    page[NameObject("/Contents")] = content


def _joined(pieces: list[_Piece]) -> Iterator[str]:
    """The pieces, without the line breaks and blanks that pypdf puts between runs that touch."""
    fonts: dict[int, Any] = {}
    held, last, drew = "", None, ""  # line breaks behind the last run; the run; its last sign
    for piece in pieces:
        bare = piece.text.rstrip("\n")
        if bare:
            added = " " if drew not in ("", " ") and _begins_with_added_blank(bare, piece.shown) else ""
            own = bare[len(added) :]
            run = _run(piece, own, fonts) if own.strip() and "\n" not in own else None
            between = held + added
            if between and last is not None and run is not None:
                between = _between(last, run, between)
            yield between + own
            held, last, drew = "", run, own[-1]
        held += piece.text[len(bare) :]
    yield held


def _begins_with_added_blank(text: str, shown: bytes) -> bool:
    """Did pypdf put the blank there, or does the page draw it? It adds one, and none where one is drawn."""
    if text[0] != " " or text[1:2] in ("", " "):
        return False
    return bool(shown) and not shown.startswith(
        (b" ", b"\0 ", b"\0\3")
    )  # as Unicode, and as most fonts have it


def _between(one: _Run, other: _Run, default: str) -> str:
    """What stands between two runs: nothing, or what pypdf put there."""
    gap = other.start - one.end
    same_line = abs(other.line - one.line) <= _BASE_LINE * one.size
    draws_blanks = one.font == other.font and (one.blanks or other.blanks)  # of another font is another word
    widest = (_BLANK if draws_blanks else _BLANK_LEFT_OUT) * one.blank
    return "" if same_line and -_OVERLAP * one.blank <= gap < widest else default


def _run(piece: _Piece, text: str, fonts: dict[int, Any]) -> _Run | None:
    """Where a run stands; None for one that is turned, or whose widths are not known."""
    around, at, size = piece.around, piece.at, piece.size
    known = _font(piece.font, fonts)
    if known is None or len(at) != 6 or len(around) != 6:
        return None
    if " " in text.strip() and not piece.blanks:
        return None  # moved on instead, by who knows how much
    a, b = at[0] * around[0] + at[1] * around[2], at[0] * around[1] + at[1] * around[3]
    x = at[4] * around[0] + at[5] * around[2] + around[4]
    y = at[4] * around[1] + at[5] * around[3] + around[5]
    scale = math.hypot(a, b) * abs(size)
    if a <= 0 or abs(b) > 0.01 * a or not math.isfinite(scale + x + y) or scale == 0:
        return None
    width = known.get_text_width(text) / 1000 * scale
    return _Run(id(piece.font), piece.blanks, x, x + width, y, scale, float(known.space_width) / 1000 * scale)


def _font(resource: Any, fonts: dict[int, Any]) -> Any | None:
    """pypdf's font of a resource, made once; None where it makes none."""
    if resource is None:
        return None
    if id(resource) not in fonts:
        from pypdf.generic._font import Font

        try:
            fonts[id(resource)] = Font.from_font_resource(resource)
        except Exception:  # noqa: BLE001 - its bugs on odd fonts; the line breaks stay as they are
            fonts[id(resource)] = None
    return fonts[id(resource)]


# --- glyphs ------------------------------------------------------------------------------------------


def _spelling_glyphs(page: Any) -> dict[str, str]:
    """Glyph names that pypdf leaves in the text, as "/f_l", and the letters that they spell."""
    found: dict[str, str] = {}
    for font in _fonts(page):
        if "/ToUnicode" in font:
            continue
        encoding = _object(font.get("/Encoding"))
        differences = _object(encoding.get("/Differences")) if isinstance(encoding, dict) else None
        for name in list(differences or ())[:_MOST_NAMES]:
            letters = glyph_letters(name[1:]) if isinstance(name, str) else ""
            if len(letters) > 1:
                found[str(name)] = letters
    return found


def glyph_letters(name: str) -> str:
    """The letters of a glyph's name by the Adobe Glyph List Specification, section 2; "" for none.

    What follows a period is a variant; parts between underscores are mapped one by one: by the list, as
    uniXXXX (four hexadecimal digits, several times) or uXXXX to uXXXXXX.
    """
    from pypdf._codecs.adobe_glyphs import adobe_glyphs

    letters = ""
    for part in name.partition(".")[0].split("_"):
        codes = _CODES.fullmatch(part)
        if f"/{part}" in adobe_glyphs:
            letters += adobe_glyphs[f"/{part}"]
        elif codes and codes[1]:
            letters += "".join(chr(int(codes[1][at : at + 4], 16)) for at in range(0, len(codes[1]), 4))
        elif codes and int(codes[2], 16) < 0x110000:
            letters += chr(int(codes[2], 16))
        else:
            return ""
    return letters


def _fonts(page: Any) -> Iterator[Any]:
    """The fonts of a page, and of what is drawn in it; each form once."""
    left, seen, found = [_object(page.get("/Resources"))], set[int](), 0
    while left and found < _MOST_FONTS:
        resources = left.pop()
        if not isinstance(resources, dict) or id(resources) in seen:
            continue
        seen.add(id(resources))
        for font in map(_object, (_object(resources.get("/Font")) or {}).values()):
            if isinstance(font, dict) and found < _MOST_FONTS:
                found += 1
                yield font
        for form in map(_object, (_object(resources.get("/XObject")) or {}).values()):
            if isinstance(form, dict) and form.get("/Subtype") == "/Form":
                left.append(_object(form.get("/Resources")))


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
