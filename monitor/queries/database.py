"""The configured database, opened for those who ask, and its times as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Store


@contextmanager
def open_database(config: Config, now: datetime) -> Iterator[Store]:
    """Open the configured database for reading; it is created or upgraded where needed. Raises StoreError."""
    from monitor.store import open_store

    with open_store(config.database, now=now) as store:
        yield store


def minute(value: object) -> str:
    """A time to the minute, in UTC; "" for none. Views give text on SQLite, datetimes on PostgreSQL."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return str(value)[:16] if value else ""
