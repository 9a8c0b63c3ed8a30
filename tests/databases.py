"""Databases for tests: a SQLite file, and a private PostgreSQL server where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The socket folder of a server of our own; skips with the reason where there is none."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (no initdb found)")
    folder = Path(tempfile.mkdtemp(prefix="monitor-pg-", dir="/tmp"))  # a socket's path must be short
    account = _account(folder)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    data = str(folder / "data")
    try:
        _run(
            account,
            binaries / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "monitor",
            "-E",
            "UTF8",
            "--locale=C",
        )
        _run(
            account, binaries / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"
        )
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL could not be started: {getattr(error, 'stderr', '') or error}")
    try:
        yield str(folder)
    finally:
        _run(account, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database; every test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/monitor.db"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


def new_postgres_database(server: str) -> str:
    pytest.importorskip("psycopg")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(f"postgresql://monitor@/postgres?host={server}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"postgresql://monitor@/{name}?host={server}"


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


def _account(folder: Path) -> str | None:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, account)
    return account


def _run(account: str | None, *command: str | Path) -> None:
    options = {} if account is None else {"user": account, "extra_groups": []}
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", **options
    )
