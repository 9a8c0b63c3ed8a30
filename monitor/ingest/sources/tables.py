"""Tables to documents: a row with a title or text is an article of its own, any other table is one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.ingest.office import Row, Sheet

_FIELDS = {
    "title": ("title", "headline", "heading", "subject"),
    "text": ("text", "body", "content", "article", "summary", "description"),
    "url": ("url", "link", "address"),
    "id": ("id", "guid"),
    "published_at": ("published_at", "published", "date", "datetime"),
    "lang": ("lang", "language"),
}


def items(sheet: Sheet) -> Iterator[Mapping[str, str]]:
    """The rows of a table of articles as objects with the fields of .jsonl; none when it is no such table.

    A table of articles has a heading with a title and a text among its words, and a text longer than a name.
    """
    if not sheet.rows:
        return
    columns = _columns(sheet.rows[0])
    if not {"title", "text"} <= columns.keys():
        return
    for row in sheet.rows[1:]:
        item = {field: row[at] for field, at in columns.items() if at < len(row) and row[at]}
        others = [cell for at, cell in enumerate(row) if cell and at not in columns.values()]
        if others:  # a column that we do not know may be the one that names it
            item["text"] = "\n".join(filter(None, (item.get("text", ""), " | ".join(others))))
        if item.get("title") or item.get("text"):
            yield item


def _columns(heading: Row) -> dict[str, int]:
    """Field -> number of its column, by the heading."""
    names = [cell.casefold().strip() for cell in heading]
    found: dict[str, int] = {}
    for field, words in _FIELDS.items():
        at = next((names.index(word) for word in words if word in names), None)
        if at is not None:
            found[field] = at
    return found


def as_text(sheet: Sheet) -> str:
    """A line for each row, its cells parted by bars."""
    return "\n".join(" | ".join(filter(None, row)) for row in sheet.rows)
