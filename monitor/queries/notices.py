"""Notices of gazettes, asked by a person or another program: what each of them does to the lists.

Needs neither the database nor the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from monitor.pipeline.notices import NoticeReader, ReadNotice
from monitor.pipeline.prepare import load_watchlist
from monitor.pipeline.structures import lacking, open_structures

if TYPE_CHECKING:
    from monitor.config import Config


@contextmanager
def open_notice_reader(config: Config | None) -> Iterator[tuple[NoticeReader, str]]:
    """A reader over the watchlists of `config` (None: all shipped), and what it does without ("": nothing).

    Java, which reads systematic names, starts at the first that needs it and ends with the context.
    """
    watchlist = load_watchlist(config)
    without = lacking(config)
    with ExitStack() as life:
        if without or (config is not None and config.structures == "off"):
            yield NoticeReader(watchlist), without
            return
        structures = life.enter_context(open_structures(config))
        yield NoticeReader(watchlist, lambda names: structures.names(watchlist, names)), ""


def read_record(reader: NoticeReader, record: dict[str, Any]) -> dict[str, Any]:
    """Read one object of the machine interface (`num`, `pub`, `title`, `summary`, `url`) and answer it.

    Raises ValueError with a reason for people.
    """
    from monitor.watchlist import Notice

    for key in ("num", "title"):
        if not record.get(key):
            raise ValueError(f'"{key}" is missing')
    for key in ("title", "summary", "url", "text", "pub"):
        if not isinstance(record.get(key), str | None):
            raise ValueError(f'"{key}" is not a string')
    notice = Notice(
        str(record["num"]),
        record["title"],
        record.get("summary") or "",
        _day(record.get("pub")),
        record.get("url") or "",
        record.get("text") or "",
    )
    return as_row(reader.read(notice))


def _day(written: str | None) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        raise ValueError(f'"pub" is no day ({written[:40]}); write 2026-11-28') from None


def as_row(of: ReadNotice) -> dict[str, Any]:
    """A notice as a JSON-able object; its keys are documented in docs/watchlists.md."""
    reading = of.reading
    return {
        "num": of.notice.num,
        "action": reading.action,
        "list": reading.list_id or None,
        "substances": [
            {"name": each.printed or each.name, "substance": each.substance or None}
            for each in reading.substances
        ],
        "effective": reading.effective.isoformat() if reading.effective else None,
        "reasons": list(reading.reasons),
    }


def empty_row(num: object, error: str) -> dict[str, Any]:
    """The answer to a line that could not be read."""
    return {
        "num": num if isinstance(num, str | int) else None,
        "error": error,
        "action": "none",
        "list": None,
        "substances": [],
        "effective": None,
        "reasons": [],
    }
