"""The column types, and how an article's text is packed: what Python values become in the database.

Times are UTC to the second. Nothing is executed here.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
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


def offset_of(at: datetime | None) -> str | None:
    """The offset from UTC that a time carries, as "+08:00"; None for no time."""
    if at is None:
        return None
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def published(at: datetime | None, offset: str | None) -> datetime | None:
    """A time from the database in the offset that it was written with; in UTC where that was not kept."""
    if at is None or not offset:
        return at
    return at.astimezone(datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo)


def stated(day: str | None) -> date | None:
    """A day from the database."""
    return date.fromisoformat(day) if day else None


def storable(text: str) -> str:
    """`text` with NUL and lone surrogates replaced one for one, as neither database can hold both."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


class Str(TypeDecorator[str]):
    """Text of any length from the outside world; what a database cannot hold becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


def fit(text: str, most: int) -> str:
    """`text` where its UTF-8 has at most `most` bytes; else its beginning, "…", and 32 hex digits of its
    SHA-256, so that two long texts with one beginning stay two. What was cut already stays as it is."""
    whole = storable(text).encode()
    if len(whole) <= most:
        return text
    mark = f"…{hashlib.sha256(whole).hexdigest()[:32]}"
    return whole[: most - len(mark.encode())].decode(errors="ignore") + mark


class Key(TypeDecorator[str]):
    """Text from the outside world that is part of a key or an index: at most `most` bytes of UTF-8.

    PostgreSQL refuses an index row of more than 2,704 bytes, and with it the whole batch. A longer text is
    cut by `fit` wherever it is written or compared with, so that it finds itself again.
    """

    impl = Text
    cache_ok = True

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(fit(value, self.most))


ADDRESS = Key(1000)
"""An address: a URL or a file's path."""
SUBSTANCE, TERM = Key(400), Key(400)
"""The key of a substance; a name as a list has it."""
LABEL = Key(400)
"""A name that the configuration gives: of a source (100 characters at most), a rule, a list."""
CHEMICAL = Key(2200)
"""A name or a SMILES of a chemical, and what is asked about it; alone in its index but for a label."""


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
