"""Engines for SQLite and PostgreSQL: how connections are opened, and what their errors say."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, StatementError
from sqlalchemy.pool import QueuePool

from monitor.errors import StoreError

BUSY_SECONDS = 30.0
"""How long a SQLite connection waits for another writer before it gives up."""

_PASSING = {
    "database is locked": "another program is writing to it; try again when it has finished",
    "database table is locked": "another program is writing to it; try again when it has finished",
    "disk is full": "free some space, then run again: nothing was lost",
    "disk i/o error": "check the disk and its free space, then run again",
}
_LASTING = {
    "unable to open database file": "check that the folder exists and may be written to",
    "readonly database": "check the permissions of the file and its folder",
    "file is not a database": "the file is something else, or damaged; move it away or restore a backup",
    "malformed": "the file is damaged; restore the newest backup (*.bak beside it)",
    "no such table": "the file was changed by another program; restore a backup",
}


def parse_url(url: str) -> URL:
    """The database URL as a value; StoreError, which repeats nothing of it, when the store cannot use it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # not its cause either: it holds the URL
        message = "the address is no database URL; write sqlite:///monitor.db or postgresql://user@host/name"
        raise StoreError(message) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"database {backend!r} is not supported; use sqlite:/// or postgresql://")
    if backend == "sqlite" and sqlite_path(parsed) is None:
        raise StoreError("the database must be a file, as in sqlite:///monitor.db: in memory nothing is kept")
    return parsed


def shown(url: URL) -> str:
    """A database as messages name it: without the password, and without options, where others may stand."""
    return url.set(password=None, query={}).render_as_string()


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite URL; None for PostgreSQL and for a database in memory."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


def may_be_written(path: Path) -> bool:
    """Whether SQLite can write the file: it, and its folder for the log beside it. True for a new file."""
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def reading_address(path: Path) -> str:
    """The address under which SQLite reads the file and leaves it alone.

    Where nothing may be written, SQLite cannot make the files that it reads a database in WAL mode with.
    They are not needed while no changes wait in the log (`-wal`): then the file is read as it stands.
    """
    log = path.with_name(f"{path.name}-wal")
    still = not may_be_written(path) and not (log.exists() and log.stat().st_size)
    return f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if still else ''}"


def open_engine(url: URL, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """The engine that writes. On SQLite every transaction takes the write lock at its start.

    A deferred BEGIN fails at the first write when another writer came in between, whatever the busy
    timeout; BEGIN IMMEDIATE waits its turn. `execution_options(reading=True)` leaves the lock to others.
    """
    path = sqlite_path(url)
    if path is None:
        return _postgresql(url, "-c timezone=UTC")
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def open_readonly(url: URL) -> Engine:
    """An engine that cannot write, for reports and for looking things up; it never waits for a writer."""
    path = sqlite_path(url)
    if path is None:
        return _postgresql(url, "-c timezone=UTC -c default_transaction_read_only=on")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            reading_address(path), uri=True, timeout=BUSY_SECONDS, check_same_thread=False
        )
        connection.isolation_level = None
        connection.execute("PRAGMA query_only = ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgresql(url: URL, options: str) -> Engine:
    try:
        # What the environment says of the client's encoding (PGCLIENTENCODING) is not about us.
        arguments = {"options": options, "client_encoding": "utf8"}
        return create_engine(url, connect_args=arguments, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError(
            f"the driver for {url.drivername} is not installed; pip install 'substance-monitor[postgres]'"
        ) from error


def refuse_encoding(engine: Engine) -> None:
    """StoreError for a PostgreSQL database that cannot hold every text: its encoding is not UTF-8."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar())
    if encoding != "UTF8":
        raise StoreError(
            f"the database {engine.url.database} has the encoding {encoding} and cannot hold every text; "
            "make one with UTF-8 (createdb --template=template0 --encoding=UTF8 NAME) and name it under "
            "`database:`"
        )


@contextmanager
def store_errors(what: str) -> Iterator[None]:
    """Turn the database's errors into StoreError("<what>: ..., <what to do>").

    Broken constraints and refused values are bugs of ours and stay what they are.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise as_store_error(what, error.orig or error) from error
    except StatementError as error:
        if isinstance(error.orig, ValueError | TypeError):
            raise error.orig from error
        raise
    except sqlite3.Error as error:
        raise as_store_error(what, error) from error


def as_store_error(what: str, error: BaseException) -> StoreError:
    """The StoreError for a driver's error: passing for a lock, a full disk or a lost connection."""
    message = " ".join(str(error).split())
    for words, advice in _PASSING.items():
        if words in message.lower():
            return StoreError(f"{what}: {message}; {advice}", permanent=False)
    for words, advice in _LASTING.items():
        if words in message.lower():
            return StoreError(f"{what}: {message}; {advice}")
    passing = type(error).__module__.startswith("psycopg") and type(error).__name__ in _PASSING_PSYCOPG
    advice = "; check that the server runs and can be reached" if passing else ""
    return StoreError(f"{what}: {message}{advice}", permanent=not passing)


_PASSING_PSYCOPG = {
    "OperationalError",
    "ConnectionTimeout",
    "AdminShutdown",
    "CannotConnectNow",
    "LockNotAvailable",
    "SerializationFailure",
    "DeadlockDetected",
    "TooManyConnections",
    "DiskFull",
}


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of this connection's database."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


def upsert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Insert `rows`, or bring the rows with the same primary key to these values."""
    if not rows:
        return
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, rows)
