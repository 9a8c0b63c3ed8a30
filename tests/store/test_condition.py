"""A file that is damaged, emptied or not to be written: what is said of it before anything is read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from monitor.errors import StoreError
from monitor.store import open_store
from monitor.store.condition import check_whole
from tests.databases import new_postgres_database
from tests.store.cases import NOW, article, record


def stored(folder: Path, articles: int = 30) -> Path:
    path = folder / "a.db"
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        batch = [record(article(f"https://news.example/{n}", f"{n} fentanyl " * 90)) for n in range(articles)]
        store.record(batch, now=NOW)
    return path


# --- damage ------------------------------------------------------------------------------------------


def pages(path: Path) -> tuple[int, dict[str, int]]:
    with closing(sqlite3.connect(path)) as base:
        size = base.execute("PRAGMA page_size").fetchone()[0]
        roots = dict(base.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))
    return size, roots


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("name", ["article", "sqlite_autoindex_article_1", "ix_run_status", "ix_article_day"])
@pytest.mark.parametrize("how", ["flipped", "zeroed"])
def test_a_damaged_page_is_found_before_anything_is_written(
    whole: Path, tmp_path: Path, name: str, how: str
) -> None:
    size, roots = pages(whole)
    data = bytearray(whole.read_bytes())
    at = (roots[name] - 1) * size
    if how == "zeroed":
        data[at : at + size // 2] = bytes(size // 2)
    else:
        for place in range(at, at + size, 40):
            data[place] ^= 0x55
    path = tmp_path / "a.db"
    path.write_bytes(data)
    (tmp_path / "a.db.before-0009-20260101T000000Z.bak").write_bytes(whole.read_bytes())
    with pytest.raises(StoreError, match=r"is damaged .*restore the newest backup") as caught:
        open_store(f"sqlite:///{path}", now=NOW)
    assert caught.value.permanent
    assert path.read_bytes() == data


@pytest.mark.parametrize("cut", [1, 100, 5000, 40_000])
def test_a_file_that_was_cut_is_found(whole: Path, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(whole.read_bytes()[:-cut])
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        open_store(f"sqlite:///{path}", now=NOW)


def test_a_whole_file_is_found_whole_and_the_look_is_bounded(whole: Path) -> None:
    assert check_whole(whole, 60)
    assert not check_whole(whole, -1)  # no time at all
    with open_store(f"sqlite:///{whole}", now=NOW, check_seconds=-1) as store:
        assert not store.looked_through
        assert store.revision("https://news.example/1").number == 1


# --- emptied -----------------------------------------------------------------------------------------


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as base:
        base.execute("VACUUM")
        base.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("empty", [emptied, without_tables])
@pytest.mark.parametrize("trace", ["backup", "archive", "none"])
def test_an_emptied_file_is_no_first_start_when_something_is_left(
    tmp_path: Path, empty: object, trace: str
) -> None:
    path, archive = stored(tmp_path, 1), tmp_path / "warc"
    archive.mkdir()
    assert callable(empty)
    empty(path)
    if trace == "backup":
        (tmp_path / "a.db.before-0009-20260101T000000Z.bak").write_bytes(b"x")
    if trace == "archive":
        (archive / "monitor-1.warc.gz").write_bytes(b"x")
    if trace == "none":
        open_store(f"sqlite:///{path}", now=NOW, archives=[archive]).close()
        return
    with pytest.raises(StoreError, match="is empty, though there was one before"):
        open_store(f"sqlite:///{path}", now=NOW, archives=[archive])


def test_a_missing_file_is_a_first_start_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a[1].db"
    open_store(f"sqlite:///{path}", now=NOW).close()
    assert not caplog.records
    shutil.move(path, tmp_path / "a[1].db.before-0009-20260101T000000Z.bak")
    open_store(f"sqlite:///{path}", now=NOW).close()
    assert "there was one" in caplog.text


# --- read-only ---------------------------------------------------------------------------------------

READ = """
import sys
from tests.store.cases import *
from monitor.store import open_store
with open_store(sys.argv[1], now=NOW) as store:
    assert store.revision("https://news.example/1").number == 1
    try:
        store.heartbeat("me", NOW)
    except Exception as error:
        print(error)
"""


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write, not even root without its capabilities."""
    folder = tmp_path / "locked"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def run_unprivileged(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    drop = "-dac_override,-dac_read_search"
    before = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*before, sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root without setpriv may write everything"
)
def test_a_file_that_may_not_be_written_is_read_all_the_same(locked: Path) -> None:
    path = stored(locked, 3)
    path.chmod(0o444)
    locked.chmod(0o555)
    done = run_unprivileged(READ, f"sqlite:///{path}")
    assert done.returncode == 0, done.stderr
    assert "check the permissions of the file and its folder" in done.stdout


# --- PostgreSQL --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_server_database_that_is_not_utf8_is_refused(postgres_server: str, encoding: str) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql://monitor@/postgres?host={postgres_server}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"not_utf8_{encoding.lower()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'")
    engine.dispose()
    with pytest.raises(StoreError, match=rf"has the encoding {encoding}.*--encoding=UTF8"):
        open_store(url.replace("/postgres?", f"/{name}?"), now=NOW)


def test_the_environment_does_not_choose_the_encoding(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with open_store(new_postgres_database(postgres_server), now=NOW) as store:
        store.record([record(article(text="α-PVP и fentanyl " * 20))], now=NOW)
        (kept,) = store.articles()
        assert kept.text.startswith("α-PVP и")
