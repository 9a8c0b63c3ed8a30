"""config.yaml is edited while `watch` runs: it is taken over, or refused and the old one stays."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.doors.scheduler import source_changes
from monitor.errors import ConfigError
from monitor.model import Source
from tests.worlds import Clock, article, folder_source, opened, program, rows, write_config

NEWS = "Officers found two drums of examplium chloride on board."


def source(name: str, place: str = "a", **more: object) -> Source:
    return Source(name, "folder", place, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([source("a")], [source("a")], "the same sources, other settings"),
        ([source("a")], [source("a"), source("b")], "sources added: b"),
        ([source("a"), source("b")], [source("b")], "sources removed: a"),
        ([source("a")], [source("a", every=5.0)], "sources changed: a"),
        (
            [source("a"), source("b")],
            [source("b", "c"), source("d")],
            "sources added: d; removed: a; changed: b",
        ),
    ],
)
def test_what_an_edit_changes_is_said(before: list[Source], after: list[Source], said: str) -> None:
    assert source_changes(before, after) == said


def test_another_database_waits_for_the_next_start(tmp_path: Path) -> None:
    path = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    with opened(path, Clock()) as monitor:
        path.write_text(path.read_text() + "database: sqlite:///other.db\n")
        with pytest.raises(ConfigError, match="counts from the next start"):
            monitor.reconfigured(load_config(path, {}))
        monitor.run()  # nothing has changed for the old one


@pytest.mark.slow
def test_edits_of_the_configuration_while_watch_runs(tmp_path: Path) -> None:
    for name in ("in", "more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(article(f"Ship searched, {name}", NEWS))
    one = f"{folder_source('in', tmp_path / 'in')}  every: 2s\n"
    two = f"{one}{folder_source('more', tmp_path / 'more')}  every: 2s\n"
    path = write_config(tmp_path, one)

    def checks(name: str) -> int:
        with contextlib.suppress(sqlite3.OperationalError):
            found = rows(
                tmp_path, f"SELECT COUNT(*) FROM source_check WHERE source = '{name}' AND ended NOT NULL"
            )
            return int(str(found[0][0]))
        return 0

    def until(done: Callable[[], bool]) -> None:
        end = time.monotonic() + 90
        while not done():
            assert time.monotonic() < end
            time.sleep(0.2)

    with ThreadPoolExecutor(1) as pool, program(tmp_path, "watch") as process:
        output = pool.submit(process.communicate)
        until(lambda: checks("in") >= 2)
        path.write_text("sources:\n  - name: in\n    kind: foldre\n    path: in\n")
        time.sleep(15)
        seen = checks("in")
        until(lambda: checks("in") >= seen + 3)  # a broken one changes nothing
        write_config(tmp_path, two)
        until(lambda: checks("more") >= 2)
        seen = checks("in")
        until(lambda: checks("in") >= seen + 2)  # and the other goes on
        write_config(tmp_path, two.replace(one, ""))
        until(lambda: rows(tmp_path, "SELECT COUNT(*) FROM run WHERE kind = 'watch'") == [(3,)])
        time.sleep(3)
        seen, later = checks("in"), checks("more")
        until(lambda: checks("more") >= later + 3)
        assert checks("in") == seen
        process.send_signal(signal.SIGTERM)
        _, err = output.result(timeout=30)
    assert process.returncode == 0, err
    assert err.count("the changed configuration is refused, the last good one stays: ") == 1
    assert "foldre" in err
    assert "the changed configuration is in force: sources added: more" in err
    assert "the changed configuration is in force: sources removed: in" in err
    assert "Traceback" not in err
    assert rows(tmp_path, "SELECT DISTINCT status FROM run") == [("done",)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts") != [(0,)]
