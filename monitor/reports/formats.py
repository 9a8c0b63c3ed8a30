"""A report's data frame as text: table, CSV, Markdown, HTML or JSON. Every cell is untrusted.

Titles come from the web: they may hold formulas, markup, terminal escapes or reversed writing.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from monitor.reports import TEXT_FORMATS, drawings

if TYPE_CHECKING:
    import pandas as pd

    from monitor.reports.drawings import Drawing

NOTE = (
    "A mention is not an accusation: an article names a substance, and nothing is said here about any "
    "person, firm or place in it. Legal status is as listed at the article's date; this is not legal advice."
)
"""Goes under every report that people read."""

SILENCE = "Silence is not safety: `substance-monitor report coverage` shows what could not be read."

_AGAIN = ("found_on", "article_day")  # shown where some alert is of an old article, found on rescan
_SHOWN = {
    "alerts": (
        "alert_id",
        "severity",
        "substance_name",
        "surfaces",
        "lists",
        "title",
        "source",
        "articles",
        *_AGAIN,
    ),
    "stories": ("story_id", "title", "articles", "outlets", "languages", "substances", "alerts", "last_day"),
    "substances": ("substance_name", "kind", "alerts", "articles", "sources", "mentions", "last_day"),
    "sources": (
        "source",
        "health",
        "last_outcome",
        "last_check_at",
        "new_articles",
        "new_alerts",
        "open_gaps",
    ),
    "coverage": ("gap", "source", "outcome", "location", "message", "last_at", "times"),
    "novel": ("novel_id", "name", "status", "articles", "count", "classes", "inchikey", "last_seen_at"),
    "term-presence": (
        "state",
        "reason",
        "substance_name",
        "name",
        "source",
        "appeared_at",
        "last_seen_at",
        "gone_at",
    ),
}
_PAGE = {
    "alerts": (
        "alert_id",
        "severity",
        "substance_name",
        "surfaces",
        "snippet",
        "listing_text",
        "title",
        "source",
        "published_at",
        "articles",
        "outlets",
        "reasons",
        *_AGAIN,
    ),
    "stories": (*_SHOWN["stories"], "severity", "first_day", "url"),
    "sources": (*_SHOWN["sources"], "last_ok_at", "last_published_at", "failures", "last_message"),
    "coverage": ("gap", "source", "scope", "outcome", "location", "message", "began_at", "last_at", "times"),
    "novel": (
        "novel_id",
        "name",
        "status",
        "articles",
        "count",
        "first_seen_at",
        "last_seen_at",
        "classes",
        "inchikey",
        "near",
        "contexts",
        "decided_why",
    ),
    "term-presence": (*_SHOWN["term-presence"], "unknown_since_at", "absent_before_at", "message", "url"),
}
_BELOW = {
    "substance_name": ("surfaces",),
    "title": ("source", "published_at"),
    "source": ("url",),
    "reason": ("message",),
}  # small print in a page's cells
_FOLDED = {"snippet": ("reasons",)}  # opened by a click in a page's cells
_WHOLE = ("listing_text", "reasons")  # never cut: half a legal status misleads
_HEADINGS = {
    "listing_text": "listings at the article's date",
    "snippet": "quoted",
    "surfaces": "found as",
    "title": "article",
    "alert_id": "alert",
    "novel_id": "number",
}
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# A spreadsheet that is set to another separator divides a cell there, quoted or not.
_DIVIDED = re.compile(r"(?<=[\s\S])([,;|\t\r\n]\s*\"?)(?=[=+\-@＝＋－＠])")
_DIRECTION = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_DIRECTION}\ud800-\udfff]")
_UNSAFE = re.compile(f"[\x7f-\x9f{_DIRECTION}\ud800-\udfff]")  # what JSON lets stand as it is
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|])")
_MD_ADDRESS = re.compile(r"[\s<>|\\\x00-\x1f]")
_LINE_LIMIT = 300
_TABLE_LIMIT = 500


def render(
    frame: pd.DataFrame,
    fmt: str,
    *,
    title: str,
    generated_at: datetime,
    width: int = 100,
    separator: str = ",",
    pictures: Mapping[str, str] | None = None,
) -> str:
    """`frame` as text in one of `TEXT_FORMATS`, ending with a line break; a workbook is made by `workbook`.

    `width`: columns of the terminal, for "table". `separator`: one character between cells, for "csv".
    csv and json hold every column; the forms for people hold those that matter, and `NOTE`. `pictures`: SVG
    of structures by their SMILES, for "html".
    """
    if fmt not in TEXT_FORMATS:
        raise ValueError(f"no format {fmt!r}; there are {', '.join(TEXT_FORMATS)}")
    if generated_at.tzinfo is None:
        raise ValueError("generated_at has no time zone; hand in an aware datetime")
    if fmt == "html":
        return _html(frame, title, generated_at.astimezone(UTC), pictures or {})
    if fmt == "csv":
        return _csv(frame, separator)
    return _FORMATS[fmt](frame, title, generated_at.astimezone(UTC), width)


# --- cells -----------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame, columns: list[str]) -> list[list[object]]:
    """The cells as plain Python values; None where there is nothing."""
    return [[_value(cell) for cell in row] for row in frame[columns].astype(object).to_numpy().tolist()]


def _value(cell: object) -> object:
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(cell, float):
        return None if math.isnan(cell) else round(cell, 4)
    return cell.replace(microsecond=0) if isinstance(cell, datetime) else cell


def _cell(value: object, limit: int | None = _LINE_LIMIT) -> str:
    """A value as text for people: one line, no control or direction-changing characters, cut at `limit`."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:.2f}"
    text = _CONTROL.sub("", "; ".join(str(value).split("\n")))
    return text if limit is None or len(text) <= limit else text[: limit - 1] + "…"


def _web_address(values: dict[str, object]) -> str:
    """The row's URL when it is one that may be linked to: `javascript:` and the like are not."""
    url = str(values.get("url") or "")
    return url if url.lower().startswith(("http://", "https://")) else ""


def _columns(frame: pd.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    report = str(frame.attrs.get("report", ""))
    present = [str(column) for column in frame.columns]
    if "found_on" in present and not (frame["found_on"] == "rescan").any():
        present = [column for column in present if column not in _AGAIN]
    chosen = [column for column in wanted.get(report, _SHOWN.get(report, ())) if column in present]
    return chosen or present


def _heading(column: str) -> str:
    return _HEADINGS.get(column) or column.removesuffix("_at").removesuffix("_name").replace("_", " ")


def _counted(frame: pd.DataFrame, generated_at: datetime) -> str:
    rows = "1 row" if len(frame) == 1 else f"{len(frame)} rows"
    return f"{rows}, made {generated_at:%Y-%m-%d %H:%M} UTC"


# --- forms -----------------------------------------------------------------------------------------


def _table(frame: pd.DataFrame, title: str, generated_at: datetime, width: int) -> str:
    from rich.box import ASCII_DOUBLE_HEAD, Box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = _columns(frame, _SHOWN)
    box: Box = ASCII_DOUBLE_HEAD
    table = Table(box=box, show_edge=False, show_lines=False, pad_edge=False)
    for column in columns:
        rigid = column in (
            "alert_id",
            "severity",
            "gap",
            "health",
            "outcome",
            "times",
            "alerts",
            "articles",
            "outlets",
        )
        table.add_column(Text(_heading(column)), no_wrap=rigid, overflow="fold")
    for row in _rows(frame.head(_TABLE_LIMIT), columns):
        table.add_row(*(Text(_cell(value)) for value in row))
    console = Console(
        width=width, color_system=None, force_terminal=False, highlight=False, legacy_windows=False
    )
    with console.capture() as captured:
        console.print(Text(f"{title} ({_counted(frame, generated_at)})\n"))
        if len(frame):
            console.print(table)
            if len(frame) > _TABLE_LIMIT:
                console.print(f"... and {len(frame) - _TABLE_LIMIT} rows more; --format csv shows all.")
        else:
            console.print("Nothing in this period.")
        console.print(Text(f"\n{NOTE}\n{SILENCE}"))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _csv(frame: pd.DataFrame, separator: str) -> str:
    """What a spreadsheet would run as a formula, whatever its separator, gets an apostrophe in front."""
    import csv
    import io

    columns = [str(column) for column in frame.columns]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(columns)
    for row in _rows(frame, columns):
        writer.writerow([_harmless(value, separator) for value in row])
    return out.getvalue()


def _harmless(value: object, separator: str = ",") -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, str):
        value = _DIVIDED.sub(
            lambda match: match[1] if match[1][0] == separator else f"{match[1]}'",
            _CONTROL.sub("\ufffd", value),
        )
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else value


def _md(frame: pd.DataFrame, title: str, generated_at: datetime, width: int) -> str:
    columns = _columns(frame, _PAGE)
    every = [str(column) for column in frame.columns]
    lines = [f"# {_escaped(title)}", "", _counted(frame, generated_at), ""]
    if len(frame):
        lines.append(_md_row([_heading(column) for column in columns]))
        lines.append(_md_row(["---"] * len(columns)))
        for row in _rows(frame, every):
            values = dict(zip(every, row, strict=True))
            lines.append(_md_row([_md_cell(column, values) for column in columns]))
    else:
        lines.append("Nothing in this period.")
    return "\n".join([*lines, "", NOTE, "", SILENCE, ""])


def _md_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _md_cell(column: str, values: dict[str, object]) -> str:
    shown = _escaped(_cell(values[column], None if column in _WHOLE else _LINE_LIMIT))
    url = _web_address(values) if column == "title" else ""
    return f"[{shown or 'untitled'}](<{_MD_ADDRESS.sub(_percent, url)}>)" if url else shown


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _json(frame: pd.DataFrame, title: str, generated_at: datetime, width: int) -> str:
    columns = [str(column) for column in frame.columns]
    records = [dict(zip(columns, map(_jsonable, row), strict=True)) for row in _rows(frame, columns)]
    text = json.dumps(records, ensure_ascii=False, indent=2) + "\n"
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _jsonable(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _html(frame: pd.DataFrame, title: str, generated_at: datetime, pictures: Mapping[str, str]) -> str:
    page = files("monitor.reports").joinpath("page.html").read_text(encoding="utf-8")
    parts = {
        "title": html.escape(title),
        "counted": html.escape(_counted(frame, generated_at)),
        "body": _html_table(frame, pictures) if len(frame) else "<p>Nothing in this period.</p>",
        "note": html.escape(NOTE),
        "silence": html.escape(SILENCE).replace("`", ""),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], page)


def _html_table(frame: pd.DataFrame, pictures: Mapping[str, str]) -> str:
    columns = _columns(frame, _PAGE)
    every = [str(column) for column in frame.columns]
    below = {small for column in columns for small in (*_BELOW.get(column, ()), *_FOLDED.get(column, ()))}
    columns = [column for column in columns if column not in below]
    head = "".join(f"<th>{html.escape(_heading(column))}</th>" for column in columns)
    drawn = drawings.of_rows(pictures, frame["smiles"] if "smiles" in every else ())
    body = []
    for row in _rows(frame, every):
        values = dict(zip(every, row, strict=True))
        cells = "".join(
            f'<td class="{column}">{_html_cell(column, values)}{_below(column, values)}'
            f"{_drawing(column, values, drawn)}</td>"
            for column in columns
        )
        body.append(f"<tr>{cells}</tr>")
    return (
        f"{drawings.symbols(drawn)}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + "\n</tbody>\n</table>"
    )


def _drawing(column: str, values: dict[str, object], drawn: Mapping[str, Drawing]) -> str:
    if column != "substance_name":
        return ""
    return drawings.reference(drawn, values.get("smiles"), _cell(values[column]))


def _html_cell(column: str, values: dict[str, object]) -> str:
    if column == "snippet":
        return _marked(str(values["snippet"] or ""), str(values.get("surfaces") or ""))
    text = html.escape(_cell(values[column], None if column in _WHOLE else _LINE_LIMIT))
    if column == "severity":
        return f'<span class="level {text}">{text}</span>'
    url = _web_address(values) if column == "title" else ""
    if url:
        return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{text or html.escape(url)}</a>'
    return text.replace("; ", ";<br>") if column in _WHOLE else text


def _below(column: str, values: dict[str, object]) -> str:
    return _small(column, values) + _folded(column, values)


def _small(column: str, values: dict[str, object]) -> str:
    lines = [_cell(values[name]) for name in _BELOW.get(column, ()) if values.get(name) is not None]
    lines = [line for line in lines if line != values[column]]
    return "".join(f"<br><small>{html.escape(line)}</small>" for line in lines)


def _folded(column: str, values: dict[str, object]) -> str:
    below = ""
    for name in _FOLDED.get(column, ()):
        if values.get(name):
            lines = "<br>".join(html.escape(_cell(line)) for line in str(values[name]).split("\n"))
            below += f"<details><summary>{_heading(name)}</summary>{lines}</details>"
    return below


def _marked(snippet: str, surfaces: str) -> str:
    """The snippet, escaped, with the surfaces marked; longest first so that none hides another."""
    found = sorted(filter(None, surfaces.split(" | ")), key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, found))})", snippet) if found else [snippet]
    shown = [html.escape(_CONTROL.sub("", piece)) for piece in pieces]
    return "".join(f"<mark>{piece}</mark>" if n % 2 else piece for n, piece in enumerate(shown))


_FORMATS: dict[str, Callable[[pd.DataFrame, str, datetime, int], str]] = {
    "table": _table,
    "md": _md,
    "json": _json,
}
