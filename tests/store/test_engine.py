"""How databases are opened, and how their troubles are told."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.store import Store, open_store
from monitor.store.engine import as_store_error, open_engine, parse_url, store_errors
from tests.store.cases import NOW, WATCHLIST, article, record


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("monitor.db", "no database URL"),
        ("mysql://localhost/x", "not supported"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_an_unusable_url_is_refused(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_store(url, now=NOW)


def test_sqlite_is_opened_for_many_readers_and_one_careful_writer(tmp_path: Path) -> None:
    with open_engine(parse_url(f"sqlite:///{tmp_path}/a.db")).connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 30000}


def test_the_readonly_engine_cannot_write(database_url: str) -> None:
    with (
        open_store(database_url, now=NOW) as store,
        store.engine_readonly().connect() as connection,
        pytest.raises(DBAPIError, match=r"read.?only"),
    ):
        connection.execute(text("DELETE FROM article"))


def test_a_path_with_odd_characters_is_read_as_written(tmp_path: Path) -> None:
    folder = tmp_path / "a b#c ü"
    folder.mkdir()
    with open_store(f"sqlite:///{folder}/my db.db", now=NOW) as store:
        store.record([record(article())], now=NOW)
        assert store.revision(article().url).number == 1


def test_a_locked_database_is_a_passing_trouble(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}", now=NOW, busy_seconds=0.05) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked; another program is writing") as caught:
                store.record([record(article())], now=NOW)
            assert not caught.value.permanent
            assert store.revision(article().url).number == 0  # reading goes on
            with open_store(f"sqlite:///{path}", now=NOW, busy_seconds=0.05) as second:
                assert second.states() == {}  # as the reports do while a run is writing
            other.execute("ROLLBACK")
        assert store.record([record(article())], now=NOW).new == 1


def test_a_full_disk_is_a_passing_trouble_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        with store._writer.connect() as connection:  # the pool hands this connection out again
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        batch = [record(article(f"https://news.example/{n}", f"{n} fentanyl " * 2000)) for n in range(50)]
        with pytest.raises(StoreError, match="full; free some space") as caught:
            store.record(batch, now=NOW)
        assert not caught.value.permanent
        assert store.revision(batch[0].article.url).number == 0


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 500, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database") as caught:
        open_store(f"sqlite:///{path}", now=NOW)
    assert caught.value.permanent


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="check that the folder exists"):
        open_store(f"sqlite:///{tmp_path}/none/a.db", now=NOW)


def test_a_server_that_is_not_there_is_a_passing_trouble(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="check that the server runs") as caught:
        open_store(f"postgresql://monitor:secret@/x?host={tmp_path}", now=NOW)
    assert not caught.value.permanent
    assert "secret" not in str(caught.value)


def test_unknown_trouble_is_permanent() -> None:
    assert as_store_error("could not", sqlite3.DatabaseError("odd")).permanent


def test_bugs_stay_bugs() -> None:
    with pytest.raises(ZeroDivisionError), store_errors("could not"):
        raise ZeroDivisionError


def write_in_turn(path: Path, number: int) -> None:
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        for n in range(20):
            store.record([record(article(f"https://news.example/{n}", f"fentanyl {n} " * 30))], now=NOW)
            store.heartbeat(f"writer {number}", NOW)


def test_several_processes_write_the_same_without_loss_or_doubles(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}", now=NOW).close()
    code = "import sys; from pathlib import Path; from tests.store.test_engine import write_in_turn as w;"
    code += "w(Path(sys.argv[1]), int(sys.argv[2]))"
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], stderr=subprocess.PIPE, text=True)
        for n in range(3)
    ]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        assert counts(store) == {"article": 20, "revision": 20, "mention": 20, "alert": 20, "heartbeat": 3}


def test_threads_share_a_store(database_url: str) -> None:
    records = [record(article(f"https://news.example/{n}", f"fentanyl {n} " * 30)) for n in range(10)]
    with open_store(database_url, now=NOW) as store:
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda _: store.record(records, now=NOW), range(4)))
        assert sorted(each.new for each in done) == [0, 0, 0, 10]
        assert counts(store)["alert"] == 10


def counts(store: Store) -> dict[str, int]:
    tables = ("article", "revision", "mention", "alert", "heartbeat")
    with store.engine_readonly().connect() as connection:
        return {t: connection.execute(text(f"SELECT COUNT(*) FROM {t}")).scalar_one() for t in tables}


KILLED = """
import os, sys, threading
from tests.store.cases import *
from monitor.store import open_store
from monitor.model import SourceState
store = open_store(sys.argv[1], now=NOW)
threading.Timer(float(sys.argv[2]), lambda: os.kill(os.getpid(), 9)).start()
while True:
    done = int(store.states().get("s", SourceState("s")).cursor.get("done", 0))
    if done >= 60:
        os._exit(0)
    batch = [record(article(f"https://n.example/{n}", f"fentanyl {n} " * 30)) for n in range(done, done + 5)]
    store.record(batch, SourceState("s", cursor={"done": done + 5}), now=NOW)
"""


@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere_and_run_again_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    open_store(url, now=NOW).close()
    for attempt in range(60):  # the waits grow, so that a slow machine comes to the end as well
        wait = 0.01 + 0.02 * ((attempt * 7 + seed * 3) % 5) + 0.05 * max(0, attempt - 8)
        child = subprocess.run([sys.executable, "-c", KILLED, url, str(wait)], check=False)
        with open_store(url, now=NOW) as store:
            state = store.states().get("s")
            done = int(str(state.cursor["done"])) if state else 0
            expected = {"article": done, "revision": done, "mention": done, "alert": done, "heartbeat": 0}
            assert counts(store) == expected
        if child.returncode == 0:
            break
    assert done == 60


def test_the_watchlist_is_still_there_after_a_failed_write(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db", now=NOW) as store:
        store.put_watchlist(WATCHLIST, (), NOW)
        smaller = replace(WATCHLIST, names=WATCHLIST.names[:1])
        with pytest.raises(ValueError, match="no time zone"):
            store.put_watchlist(smaller, (), NOW.replace(tzinfo=None))
        assert store.watchlist_digest() == WATCHLIST.digest
