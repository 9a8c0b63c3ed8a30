"""Reads a user's watchlist file, CSV or YAML, into entries; every complaint names file and line."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.errors import WatchlistError
from monitor.model import Watchlist
from monitor.watchlist.load import Entry, from_entries, read_severity

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # .xlsx and .ods are zip files; .xls
COLUMNS = ("name", "aliases", "cas", "inchikey", "severity", "note", "key", "language")


def load_file(path: Path) -> Watchlist:
    """Load a watchlist of a user's own: .csv with a header, or .yaml/.yml with a list of the same keys.

    The columns are those of COLUMNS; only `name` must be there; `aliases` (and several CAS RNs) are
    separated by ";" in CSV and are a list in YAML. The list is called after the file, or by the YAML
    key `name` beside `substances` and `severity`. Raises WatchlistError with "file:line".
    """
    text = _read(path)
    if path.suffix.casefold() in (".yaml", ".yml"):
        return _load_yaml(text, path)
    if path.suffix.casefold() != ".csv":
        raise WatchlistError(
            "a watchlist file ends in .csv, .yaml or .yml; save it as one of these", str(path)
        )
    return from_entries(_csv_entries(text, path), name=path.stem, where=str(path))


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WatchlistError(
            f"cannot be read: {error.strerror}; check the path and its rights", str(path)
        ) from error
    if data.startswith(_WORKBOOKS):
        raise WatchlistError(
            "is a workbook of a spreadsheet program, or another archive; open it there and save the sheet as "
            "CSV (UTF-8, comma-separated)",
            str(path),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise WatchlistError("is not UTF-8; save the file as UTF-8", f"{path}:{line}") from error


# --- CSV ---------------------------------------------------------------------------------------------


def _csv_entries(text: str, path: Path) -> Iterator[Entry | WatchlistError]:
    rows = _csv_rows(text, path)
    line, header = next(rows, (1, []))
    header = [cell.strip().casefold() for cell in header]
    _check_header(header, text, f"{path}:{line}")
    for line, row in rows:
        at = f"{path}:{line}"
        if len(row) > len(header):
            yield WatchlistError(
                f"the row has {len(row)} cells, the header {len(header)}; put names with a comma into "
                'double quotes, as in "1,4-butanediol"',
                at,
            )
            continue
        cells = dict(zip(header, row, strict=False))
        aliases = cells.pop("aliases", "")
        yield Entry(
            **{name: value.strip() for name, value in cells.items() if name != "language"},
            aliases=aliases.split(";") if aliases.strip() else (),
            language=cells.get("language", "").strip() or "mul",
            line=line,
        )


def _csv_rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        hint = (
            "close the double quote that is open"
            if "end of data" in str(error)
            else 'write "" for a quote in a name'
        )
        raise WatchlistError(f"is not CSV: {error}; {hint}", f"{path}:{line}") from error


def _check_header(header: list[str], text: str, at: str) -> None:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise WatchlistError(
            "the columns are not separated by commas; save the file as comma-separated CSV", at
        )
    for index, column in enumerate(header):
        if column not in COLUMNS:
            raise WatchlistError(f"the column {column!r} is not known; {_near(column)}", at)
        if column in header[:index]:
            raise WatchlistError(f"the column {column!r} stands twice; remove one", at)
    if "name" not in header:
        what = "the file is empty" if not text.strip() else "the header has no column 'name'"
        raise WatchlistError(f"{what}; the first line is: {','.join(COLUMNS[:6])}", at)


def _near(word: str) -> str:
    near = difflib.get_close_matches(word, COLUMNS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(COLUMNS)}"


# --- YAML --------------------------------------------------------------------------------------------


def _load_yaml(text: str, path: Path) -> Watchlist:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WatchlistError(
            f"is not YAML: {(error.problem or 'wrong form').strip()}; check quotes and indents", at
        ) from error
    except YAMLError as error:
        raise WatchlistError(f"is not YAML: {str(error).splitlines()[0]}", str(path)) from error
    title, severity = path.stem, None
    if isinstance(tree, dict):
        _check_keys(tree, ("name", "severity", "substances"), path)
        title = _text(tree, "name", path) or title
        severity = read_severity(_text(tree, "severity", path), f"{path}:{_line(tree, 'severity')}")
        tree = tree.get("substances")
    if not isinstance(tree, list) or not tree:
        raise WatchlistError("holds no list of substances; begin each with '- name: ...'", f"{path}:1")
    entries = [_yaml_entry_or_error(tree, index, path) for index in range(len(tree))]
    return from_entries(entries, name=title, severity=severity, where=str(path))


def _yaml_entry_or_error(items: Any, index: int, path: Path) -> Entry | WatchlistError:
    try:
        return _yaml_entry(items, index, path)
    except WatchlistError as error:
        return error


def _yaml_entry(items: Any, index: int, path: Path) -> Entry:
    item = items[index]
    line = items.lc.item(index)[0] + 1
    if isinstance(item, str):
        return Entry(name=item, line=line)
    if not isinstance(item, dict):
        raise WatchlistError(
            f"{item!r} is not a substance; write '- name: ...', names in quotes", f"{path}:{line}"
        )
    _check_keys(item, COLUMNS, path)
    if "name" not in item:
        raise WatchlistError("the entry has no name; add '- name: ...'", f"{path}:{line}")
    return Entry(
        name=_text(item, "name", path),
        aliases=_texts(item, "aliases", path),
        cas=_texts(item, "cas", path),
        inchikey=_text(item, "inchikey", path),
        severity=_text(item, "severity", path),
        note=_text(item, "note", path),
        key=_text(item, "key", path),
        language=_text(item, "language", path) or "mul",
        line=line,
    )


def _check_keys(item: Any, known: tuple[str, ...], path: Path) -> None:
    for key in item:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(known)}"
            raise WatchlistError(f"the key {key!r} is not known; {hint}", f"{path}:{_line(item, key)}")


def _line(item: Any, key: str) -> int:
    return int(item.lc.key(key)[0]) + 1 if key in item else int(item.lc.line) + 1


def _text(item: Any, key: str, path: Path) -> str:
    value = item.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WatchlistError(
            f"{key}: {value!r} is not a text; put it into quotes", f"{path}:{_line(item, key)}"
        )
    return value


def _texts(item: Any, key: str, path: Path) -> list[str]:
    """A text, or a block list of texts; a flow list would tear names at their commas."""
    value: Any = item.get(key)
    if value is None or isinstance(value, str):
        return [value] if value else []
    at = f"{path}:{_line(item, key)}"
    if not hasattr(value, "fa") or isinstance(value, dict):
        raise WatchlistError(f"{key} is not a list; write one a line, each after '- '", at)
    if value.fa.flow_style():
        raise WatchlistError(
            f"{key} stands in [ ], which tears names at commas; write one a line, each after '- '", at
        )
    for index, each in enumerate(value):
        if not isinstance(each, str):
            line = value.lc.item(index)[0] + 1
            raise WatchlistError(f"{key}: {each!r} is not a text; put it into quotes", f"{path}:{line}")
    return list(value)
