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
_MOST_FONTS = 200  # of a page, and of what is drawn in it
_MOST_NAMES = 5000  # of glyphs of a font
_CODES = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of glyphs: its text, where it begins and ends on which base line, and the width of a blank."""

    text: str
    start: float
    end: float
    line: float
    size: float
    blank: float


def page_text(page: Any) -> str:
    """The text of a page, a line for each line of it. Raises what pypdf raises."""
    pieces: list[tuple[str, Any, Any, Any, float]] = []
    whole = page.extract_text(visitor_text=lambda *piece: pieces.append(piece))
    joined = "".join(_joined(pieces))
    if "".join(joined.split()) != "".join(whole.split()):
        joined = whole  # pypdf put it in another order
    for name, letters in sorted(_spelling_glyphs(page).items(), key=lambda each: -len(each[0])):
        joined = joined.replace(name, letters)
    return str(joined)


def _joined(pieces: list[tuple[str, Any, Any, Any, float]]) -> Iterator[str]:
    """The pieces, without the line breaks between runs that touch."""
    fonts: dict[int, Any] = {}
    held, last = "", None  # the line break behind the last run; the run
    for text, around, at, font, size in pieces:
        if not text:
            continue
        bare = text.rstrip("\n")
        run = _run(bare, around, at, font, size, fonts) if bare.strip() and "\n" not in bare else None
        if last is not None and run is not None and held:
            held = _between(last, run, held)
        yield held
        yield bare
        held, last = text[len(bare) :], run if bare.strip() else None
    yield held


def _between(one: _Run, other: _Run, default: str) -> str:
    """What stands between two runs: nothing, or what pypdf put there."""
    gap = other.start - one.end
    same_line = abs(other.line - one.line) <= _BASE_LINE * one.size
    draws_blanks = " " in one.text.strip() or " " in other.text.strip()
    widest = (_BLANK if draws_blanks else _BLANK_LEFT_OUT) * one.blank
    return "" if same_line and -_OVERLAP * one.blank <= gap < widest else default


def _run(text: str, around: Any, at: Any, font: Any, size: float, fonts: dict[int, Any]) -> _Run | None:
    """Where a run stands; None for one that is turned, or whose widths are not known."""
    known = _font(font, fonts)
    if known is None or len(at) != 6 or len(around) != 6:
        return None
    a, b = at[0] * around[0] + at[1] * around[2], at[0] * around[1] + at[1] * around[3]
    x = at[4] * around[0] + at[5] * around[2] + around[4]
    y = at[4] * around[1] + at[5] * around[3] + around[5]
    scale = math.hypot(a, b) * abs(size)
    if a <= 0 or abs(b) > 0.01 * a or not math.isfinite(scale + x + y) or scale == 0:
        return None
    width = known.get_text_width(text) / 1000 * scale
    return _Run(text, x, x + width, y, scale, float(known.space_width) / 1000 * scale)


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
