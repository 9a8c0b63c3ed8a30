"""The lock that keeps a second `watch` from one database: two would do everything twice.

Beside a SQLite file it is a lock file, on PostgreSQL an advisory lock of a session. Both are free again as
soon as their process is gone, however it ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from monitor.errors import MonitorError
from monitor.store.engine import sqlite_path, store_errors

_WATCHERS = 0x57617463  # any number, the same for every watch


@contextmanager
def single_instance(engine: Engine) -> Iterator[None]:
    """Hold the lock of `engine`'s database. Raises MonitorError when another process holds it."""
    path = sqlite_path(engine.url)
    lock = _server_lock(engine) if path is None else _lock_file(path)
    with lock:
        yield


@contextmanager
def _lock_file(database: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path = database.with_name(f"{database.name}.watch.lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _taken(f"lock: {path}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _server_lock(engine: Engine) -> Iterator[None]:
    """A session of its own holds the lock; a transaction left open would keep the server from cleaning up."""
    with store_errors("could not take the lock of the one `watch`"):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with store_errors("could not take the lock of the one `watch`"):
            got = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_WATCHERS})").scalar()
        if not got:
            raise _taken("an advisory lock of the database server")
        yield
    finally:
        with suppress(DBAPIError):  # the server went away, and the lock with the session
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_WATCHERS})")
        connection.invalidate()
        connection.close()


def _taken(lock: str) -> MonitorError:
    return MonitorError(
        f"another `substance-monitor watch` is running with this database ({lock}); stop it first"
    )
