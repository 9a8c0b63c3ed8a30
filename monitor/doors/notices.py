"""Door: notices of gazettes, JSON Lines in and out; every line in gives one line out, in order.

    {"num": ..., "pub": "2026-11-28", "title": "...", "summary": "...", "url": "...", "text"?: "..."}
    {"num": ..., "action": "place", "list": "dea-schedule-1", "substances": [{"name", "substance"}],
     "effective": "2026-12-28", "reasons": [...]}

A line that cannot be read gives {"num": ..., "error": "line N: ...", "action": "none", ...}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.doors.jsonl import dump_line, open_lines, parse_line

if TYPE_CHECKING:
    from monitor.pipeline.notices import NoticeReader


@dataclass(slots=True)
class NoticeSummary:
    """How many lines there were, how many change the law, and how many could not be read."""

    lines: int = 0
    changes: int = 0
    errors: int = 0


def read_files(source: str, target: str, reader: NoticeReader) -> NoticeSummary:
    """Read the notices of the file `source` into the file `target`; "-" is standard input or output.

    Raises MonitorError when a file cannot be opened or written.
    """
    with open_lines(source, target) as (lines, write):
        return read_lines(lines, write, reader)


def read_lines(
    lines: Iterable[bytes], write: Callable[[bytes], object], reader: NoticeReader
) -> NoticeSummary:
    """Read lines of JSON; `write` gets one line of JSON for each that is not blank."""
    summary = NoticeSummary()
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        answer = _answer(line, number, reader)
        summary.lines += 1
        summary.changes += answer["action"] != "none"
        summary.errors += "error" in answer
        write(dump_line(answer))
    return summary


def _answer(line: bytes, number: int, reader: NoticeReader) -> dict[str, Any]:
    from monitor.queries.notices import empty_row, read_record

    record: dict[str, Any] = {}
    try:
        record = parse_line(line)
        return read_record(reader, record)
    except ValueError as error:
        return empty_row(record.get("num"), f"line {number}: {error}")
