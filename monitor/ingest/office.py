"""Documents and workbooks of office programs (.docx, .xlsx), and tables (.csv), to text and rows. Pure.

Such a file is a zip archive of XML parts and hostile like everything from outside: what its directory
announces is added up before anything is unpacked, and rows are counted as they come.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.errors import SourceError
from monitor.ingest.decode import clean, decode

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all parts together
MOST_PARTS = 5_000
MOST_RATIO = 200  # of a part, unpacked to packed; XML of workbooks reaches 50
_SMALL = 1024 * 1024  # bytes; a part of less may be packed as well as it likes
MOST_CELLS = 1_000_000  # of a workbook or table that are looked at, empty ones included
MOST_ROWS = 200_000
MOST_TEXT = 20_000_000  # characters
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    EOFError,
)
_DAMAGE_MORE = (OSError, NotImplementedError, RecursionError, AssertionError, OverflowError, ArithmeticError)
_WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_ORDER = ("document", "header", "footer", "footnotes", "endnotes", "comments")  # of the parts of a document

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or a table; `left_out` says what of it is beyond the limits, or is ""."""

    name: str
    rows: tuple[Row, ...]
    left_out: str = ""


def check_archive(body: bytes, url: str) -> None:
    """Raise SourceError for a zip archive that is damaged (parse-error) or holds too much (too-large)."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (*_DAMAGE, *_DAMAGE_MORE) as error:
        raise SourceError(f"{url} is damaged: {error}", outcome="parse-error") from error
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or any(map(is_bomb, parts)):
        message = f"{url} would unpack to {total:,} bytes in {len(parts):,} parts; not read"
        raise SourceError(message, outcome="too-large")


def is_bomb(part: zipfile.ZipInfo) -> bool:
    """Does a part of an archive say that it was packed better than any text is?"""
    return part.file_size > _SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)


def read_docx(body: bytes, url: str) -> str:
    """The text of a document, a line for each paragraph: its body, headers, footnotes and comments.

    Raises SourceError: parse-error for damage (and for a password, which is another format), too-large.
    """
    check_archive(body, url)
    try:
        import docx

        parts = docx.Document(io.BytesIO(body)).part.package.iter_parts()
        found = [
            (part.content_type, _paragraphs(part)) for part in parts if part.content_type.startswith(_WORDS)
        ]
    except (*_DAMAGE, *_DAMAGE_MORE, SyntaxError) as error:
        raise SourceError(f"{url} could not be read as a document: {error}", outcome="parse-error") from error
    found.sort(key=lambda part: _rank(part[0]))
    text = "\n".join(filter(None, (text for _, text in found)))
    if len(text) > MOST_TEXT:
        raise SourceError(f"{url} has more than {MOST_TEXT:,} characters; not read", outcome="too-large")
    return clean(text)


def _rank(content_type: str) -> int:
    kind = content_type.removeprefix(_WORDS).partition("+")[0].partition(".")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _paragraphs(part: Any) -> str:
    """The paragraphs of one part; what was deleted in it, and the names of fields, are no text."""
    from lxml import etree

    root = getattr(part, "element", None)
    if root is None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(part.blob, parser)
    lines: list[str] = []
    for paragraph in root.iter("{*}p"):
        pieces: list[str] = []
        for node in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}noBreakHyphen", "{*}p"):
            kind = etree.QName(node).localname
            if kind == "p" and node is not paragraph:
                break  # a text box: its paragraphs come by themselves
            pieces.append(_SIGNS.get(kind) or (node.text or "" if kind == "t" else ""))
        lines.append("".join(pieces).strip())
    return "\n".join(filter(None, lines))


_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_xlsx(body: bytes, url: str) -> Iterator[Sheet]:
    """Yield the sheets of a workbook with their values (of formulas what was calculated last).

    Raises SourceError: parse-error for damage, too-large.
    """
    check_archive(body, url)
    cells = MOST_CELLS
    try:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # a file may announce a million empty columns
                read = _bounded(sheet.title, sheet.iter_rows(values_only=True), cells)
                cells -= sum(map(len, read.rows))
                yield read
        finally:
            book.close()
    except (*_DAMAGE, *_DAMAGE_MORE, SyntaxError) as error:
        raise SourceError(f"{url} could not be read as a workbook: {error}", outcome="parse-error") from error


def read_csv(body: bytes, url: str) -> Sheet:
    """The rows of a table whose cells are parted by commas, semicolons, tabs or bars.

    Raises SourceError (parse-error) for what is no table.
    """
    text = decode(body)
    first = "\n".join(text.splitlines()[:20])
    comma = max(",;\t|", key=first.count)
    try:
        return _bounded("", csv.reader(io.StringIO(text, newline=""), delimiter=comma), MOST_CELLS)
    except csv.Error as error:
        raise SourceError(f"{url} could not be read as a table: {error}", outcome="parse-error") from error


def _bounded(name: str, rows: Any, most_cells: int) -> Sheet:
    """The rows that say something, up to the limits."""
    kept: list[Row] = []
    cells = characters = 0
    for number, values in enumerate(rows):
        row = tuple("" if value is None else clean(str(value)).strip() for value in values)
        cells, characters = cells + len(row), characters + sum(map(len, row))
        if number >= MOST_ROWS or cells > most_cells or characters > MOST_TEXT:
            return Sheet(name, tuple(kept), f"from row {number + 1:,} on it is not read: it is too large")
        if any(row):
            kept.append(row)
    return Sheet(name, tuple(kept))
