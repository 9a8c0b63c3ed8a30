"""Data frames as an Excel workbook for auditors: one sheet a frame, no live formula. Every cell is untrusted.

Times stand as Excel dates in the zone that their heading names; what Excel cannot hold (control characters,
more than 32,767 characters, numbers of more than 15 digits) is written so that it still can be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from monitor.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

CELL_LIMIT = 32_767
"""Characters of one cell; the format has no more (Excel specifications and limits)."""
ROW_LIMIT = 1_048_575
"""Rows of one sheet below its heading (the same source)."""

_WIDEST, _NARROWEST = 70, 8
_EXACT = 10**15  # a spreadsheet keeps 15 digits
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Sheet:
    """One sheet: a name of at most 31 characters, a frame, and lines of text above its heading."""

    name: str
    frame: pd.DataFrame
    above: Sequence[str] = ()


def workbook(sheets: Sequence[Sheet], *, title: str, generated_at: datetime, zone: tzinfo = UTC) -> bytes:
    """The sheets as the bytes of an .xlsx file, with frozen headings, filters and fitted widths.

    Raises StoreError when a sheet has more rows than the format holds; nothing is left out silently.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        made = generated_at.astimezone(UTC)
        book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4", "valign": "top"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top", "align": "left"}),
            "text": book.add_format({"valign": "top"}),
            "wrap": book.add_format({"valign": "top", "text_wrap": True}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, styles, zone)
    return out.getvalue()


def _write(page: Any, sheet: Sheet, styles: dict[str, Any], zone: tzinfo) -> None:
    frame, top = sheet.frame, len(sheet.above) + bool(sheet.above)
    if len(frame) > ROW_LIMIT - top:
        raise StoreError(
            f"{len(frame):,} rows are more than a sheet holds; choose a shorter period or --format csv",
            permanent=True,
        )
    for number, line in enumerate(sheet.above):
        page.write_string(number, 0, _text(line))
    for column, name in enumerate(map(str, frame.columns)):
        values = [_plain(value) for value in frame[name].astype(object).tolist()]
        page.write_string(top, column, _heading(name, values, zone), styles["head"])
        for row, value in enumerate(values, start=top + 1):
            _cell(page, row, column, value, styles, zone)
        page.set_column(column, column, _width(name, values))
    if len(frame.columns):
        page.freeze_panes(top + 1, min(1, len(frame.columns) - 1))
        page.autofilter(top, 0, top + len(frame), len(frame.columns) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _cell(page: Any, row: int, column: int, value: object, styles: dict[str, Any], zone: tzinfo) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, column, value, styles["text"])
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), styles["time"])
    elif isinstance(value, int | float) and abs(value) < _EXACT:
        page.write_number(row, column, value, styles["text"])
    elif value is not None:
        text = _text(str(value))
        page.write_string(
            row, column, text, styles["wrap" if "\n" in text or len(text) > _WIDEST else "text"]
        )


def _plain(value: object) -> object:
    """A cell as a Python value; None where there is nothing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def _text(text: str) -> str:
    """Text that XML and a spreadsheet can hold; characters that turn the writing round are shown as codes."""
    text = _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _TURNING.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)
    units = len(text.encode("utf-16-le")) // 2
    if units <= CELL_LIMIT:
        return text
    note = f" … [cut: {units:,} characters]"
    return text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(note))].decode("utf-16-le", "ignore") + note


def _heading(name: str, values: Sequence[object], zone: tzinfo) -> str:
    shown = name.removesuffix("_at").replace("_", " ")
    return f"{shown} ({zone})" if any(isinstance(value, datetime) for value in values) else shown


def _width(name: str, values: Sequence[object]) -> int:
    lengths = [
        19 if isinstance(value, datetime) else len(str(value)) for value in values[:1000] if value is not None
    ]
    return max(_NARROWEST, min(_WIDEST, max([len(name) + 3, *lengths])))
