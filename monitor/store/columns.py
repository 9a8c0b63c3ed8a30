"""The column types, and how an article's text is packed: what Python values become in the database.

Times are UTC to the second. Nothing is executed here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

_SQLITE_TIME = sqlite.DATETIME(  # type: ignore[no-untyped-call]
    storage_format="%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d",
    regexp=r"(\d+)-(\d+)-(\d+)[ T](\d+):(\d+):(\d+)",
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC to the second.

    SQLite would silently drop the offset, so a naive value is refused with ValueError. There the text
    reads `YYYY-MM-DD HH:MM:SS`, as SQLite's own date functions write it; PostgreSQL has `timestamptz`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SQLITE_TIME)
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"the time {value!r} has no time zone; hand in aware datetimes")
        return value.astimezone(UTC).replace(microsecond=0)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """`text` with NUL and lone surrogates replaced one for one, as neither database can hold both."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


class Str(TypeDecorator[str]):
    """Text of any length from the outside world; what a database cannot hold becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Lines(TypeDecorator[tuple[str, ...]]):
    """Several short texts, one a line; readable in plain SQL. No item holds a line break or is empty."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else storable("\n".join(filter(None, map(_one_line, value))))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(filter(None, value.split("\n")))


class Words(TypeDecorator[tuple[str, ...]]):
    """Several identifiers without commas (tags, CAS numbers), joined by `, `."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(", ".join(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(filter(None, value.split(", ")))


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).strip()


def pack(text: str) -> bytes:
    """A text as kept in `revision.text` with codec "zlib"."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack(blob: bytes, codec: str) -> str:
    """The text of `pack`; an unknown codec is a ValueError (a newer program would have migrated)."""
    if codec != "zlib":
        raise ValueError(f"unknown text codec {codec!r}")
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")
