"""Bring the database to the schema of this program: a copy first, then Alembic, then the views.

Alembic takes longer to import than a whole run may take, so a database that is up to date never sees it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import StoreError
from monitor.store.engine import sqlite_path
from monitor.store.views import create_views, views_are_current

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0016"
"""The newest revision in `migrations/versions/`, written down here to spare the look (a test compares)."""

_MIGRATORS = 0x4D696772  # any number, the same for every migrating process
_LOCK_SECONDS = 120.0


def bring_up_to_date(engine: Engine, now: datetime, folder: Path | None = None, head: str = HEAD) -> None:
    """Create or upgrade the schema of `engine`'s database; cheap when there is nothing to do.

    `folder` and `head` are those of this program, unless a test brings others. StoreError: the database
    belongs to another program, or to a newer version of this one.
    """
    if _is_current(engine, head):
        return
    with _one_at_a_time(engine):
        stamp = _stamp(engine)
        if stamp != head:
            config = alembic_config(folder)
            _refuse_strangers(engine, stamp, config)
            _upgrade(engine, stamp, config, now)
        with engine.begin() as connection:
            if not views_are_current(connection):
                create_views(connection)


def refuse_outdated(reader: Engine, head: str = HEAD) -> None:
    """StoreError when a database that may only be read does not have the schema of this program."""
    if not _is_current(reader, head):
        raise StoreError(
            "the database has the schema of another version of substance-monitor, and its file or folder may "
            "not be written, so that it cannot be upgraded; run the program once where it may write"
        )


def migrations_folder() -> Path:
    """Where the migrations are: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise StoreError("the migrations are missing from the installation; install substance-monitor again")


def alembic_config(folder: Path | None = None) -> Config:
    """Alembic's configuration for the migrations in `folder` (ours)."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder or migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def back_up(path: Path, revision: str, now: datetime) -> Path:
    """Copy the SQLite file at `path` beside it, consistent even while others write; the copy's path."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.name}.before-{revision}-{stamp}.bak")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    return part.replace(target)


def _is_current(engine: Engine, head: str) -> bool:
    with engine.connect().execution_options(reading=True) as connection:
        return _stamp_of(connection) == head and views_are_current(connection)


def _stamp(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _stamp_of(connection)


def _stamp_of(connection: Connection) -> str | None:
    """The revision that the database says it has; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _refuse_strangers(engine: Engine, stamp: str | None, config: Config) -> None:
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if stamp is None and tables:
        some = ", ".join(sorted(tables)[:3])
        raise StoreError(
            f"the database holds tables of another program ({some}); choose another one under `database:`"
        )
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    if stamp is not None and stamp not in known:
        raise StoreError(
            f"the database was written by a newer version of substance-monitor (its schema is {stamp}, this "
            f"program knows up to {max(known)}); install the newer version, or choose "
            "another database under `database:`"
        )


def _upgrade(engine: Engine, stamp: str | None, config: Config, now: datetime) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    path = sqlite_path(engine.url)
    if path is not None and stamp is not None:
        back_up(path, ScriptDirectory.from_config(config).get_current_head() or HEAD, now)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Let one process migrate and the others wait for it: Alembic itself does not look."""
    path = sqlite_path(engine.url)
    if path is not None:
        from filelock import FileLock, Timeout

        try:
            with FileLock(f"{path}-upgrade.lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            message = "another program is upgrading the database; try again"
            raise StoreError(message, permanent=False) from error
        return
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_MIGRATORS})")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_MIGRATORS})")
