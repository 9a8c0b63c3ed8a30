"""The lock that keeps a second `watch` from one database: two would do everything twice.

Beside a SQLite file it is a lock file, on PostgreSQL an advisory lock of a session. Both are free again as
soon as their process is gone, however it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import MonitorError, StoreError
from monitor.store.engine import sqlite_path, store_errors

StillHeld = Callable[[], bool]

_WATCHERS = 0x57617463  # any number, the same for every watch


@contextmanager
def single_instance(engine: Engine) -> Iterator[StillHeld]:
    """Hold the lock of `engine`'s database; hand out what says whether it is still held.

    Raises MonitorError when another process holds it, StoreError when the server cannot be asked.
    """
    path = sqlite_path(engine.url)
    if path is not None:
        with _lock_file(path):
            yield lambda: True
        return
    lock = _ServerLock(engine)
    try:
        if not lock.take():
            raise _taken("an advisory lock of the database server")
        yield lock.still_held
    finally:
        lock.give_back()


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


class _ServerLock:
    """A session of its own holds the lock; a transaction left open would keep the server from cleaning up.

    The lock goes with the session: when the server was started anew, it must be taken again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None

    def take(self) -> bool:
        """Take the lock; False when another session has it."""
        with store_errors("could not take the lock of the one `watch`"):
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = self._session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_WATCHERS})").scalar()
        return bool(taken)

    def still_held(self) -> bool:
        """True while the session lives, or else the lock could be taken again; False once another has it.

        A server that cannot be asked is no reason to end.
        """
        try:
            if self._session is not None:
                self._session.exec_driver_sql("SELECT 1")
                return True
        except SQLAlchemyError:
            self.give_back()
        try:
            return self.take()
        except StoreError:
            self.give_back()
            return True

    def give_back(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        with suppress(SQLAlchemyError):  # the server went away, and the lock with the session
            session.exec_driver_sql(f"SELECT pg_advisory_unlock({_WATCHERS})")
        with suppress(SQLAlchemyError):
            session.rollback()
            session.invalidate()
        session.close()


def _taken(lock: str) -> MonitorError:
    return MonitorError(
        f"another `substance-monitor watch` is running with this database ({lock}); stop it first"
    )
