"""SIGTERM at each stage, two instances, and a database that another program holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robust.worlds import EVERYTHING, contents
from tests.servers import Handler, Server, answer
from tests.worlds import (
    NO_STORIES,
    allowing,
    article,
    feed_source,
    folder_source,
    page,
    program,
    ran,
    rows,
    rss,
    served,
    write_config,
)

PAGES = 30
Contents = dict[str, list[tuple[object, ...]]]
NEWS = "The list of drums names examplium chloride as cargo."


def delayed(body: object, seconds: float) -> Handler:
    """A page that takes its time."""

    async def handler(request: object) -> object:
        await asyncio.sleep(seconds)
        return answer(str(body))

    return handler  # type: ignore[return-value]


@contextlib.contextmanager
def world(folder: Path) -> Iterator[Server]:
    """A feed of slow pages, and a folder whose one file holds many articles."""
    routes: dict[str, object] = {
        f"/{n}": delayed(page(f"Story {n}", NEWS, f"Number {n}."), 0.05) for n in range(PAGES)
    }
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/feed"] = answer(rss({f"{server.url}/{n}": f"Story {n}" for n in range(PAGES)}))
        folder.mkdir(exist_ok=True)
        sources = feed_source("feed", f"{server.url}/feed") + folder_source("files", folder / "in")
        write_config(folder, sources, more=allowing(server) + NO_STORIES)
        lines = ({"id": n, "text": article(f"Report {n}", NEWS, f"Number {n}.")} for n in range(600))
        (folder / "in" / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        yield server


def has(folder: Path, query: str) -> bool:
    with contextlib.suppress(sqlite3.Error):
        return bool(rows(folder, query))
    return False


STAGES: dict[str, Callable[[Path, Server], bool]] = {
    "before the database": lambda folder, server: True,
    "the run has begun": lambda folder, server: has(folder, "SELECT 1 FROM run"),
    "the feed is asked for": lambda folder, server: "/feed" in server.paths,
    "pages are read": lambda folder, server: "/3" in server.paths,
    "articles are written": lambda folder, server: has(folder, "SELECT 1 FROM article"),
    "a check has ended": lambda folder, server: has(
        folder, "SELECT 1 FROM source_check WHERE ended IS NOT NULL"
    ),
}


def reached(stage: Callable[[Path, Server], bool], folder: Path, server: Server, process: object) -> None:
    end = time.monotonic() + 60
    while not stage(folder, server):
        assert time.monotonic() < end
        if isinstance(process, subprocess.Popen) and process.poll() is not None:
            return
        time.sleep(0.005)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What an undisturbed run has, without the server's own port."""
    folder = tmp_path_factory.mktemp("calm") / "world"
    with world(folder) as server:
        assert ran(folder, "run")[0] == 0
        return portless(contents(folder), server)


def portless(found: Contents, server: Server) -> Contents:
    return {
        name: sorted(
            tuple(cell.replace(server.url, "") if isinstance(cell, str) else cell for cell in row)
            for row in table
        )
        for name, table in found.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "watch"])
@pytest.mark.parametrize("stage", STAGES)
def test_sigterm_at_each_stage(tmp_path: Path, calm: Contents, stage: str, command: str) -> None:
    folder = tmp_path / "world"
    with world(folder) as server:
        with program(folder, command) as process:
            reached(STAGES[stage], folder, server, process)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            _, err = process.communicate(timeout=30)
        assert time.monotonic() - began < 10
        assert "Traceback" not in err
        # before its handler stands, the signal ends the program as the system does
        assert process.returncode in ({"run": 130, "watch": 0}[command], 0, -signal.SIGTERM)
        assert not has(folder, "SELECT 1 FROM run WHERE status = 'running'") or process.returncode < 0
        code, out, err = ran(folder, "run")
        assert (code, err) == (0, ""), out
        found = portless(contents(folder), server)
        for name in EVERYTHING:
            assert found[name] == calm[name], name


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "watch"])
def test_sigterm_during_a_rescan(tmp_path: Path, command: str) -> None:
    """It ends after the batch in hand, and the next one goes on from there."""
    stored = 1500
    house = "watchlists:\n  - file: house.csv\n"
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=house + NO_STORIES)
    (tmp_path / "house.csv").write_text("name\nsampleline\n")
    lines = ({"id": n, "text": article(f"Report {n}", NEWS, f"Number {n}.")} for n in range(stored))
    (tmp_path / "in" / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert ran(tmp_path, "run")[0] == 0
    (tmp_path / "house.csv").write_text("name\nsampleline\nexamplium chloride\n")
    with ThreadPoolExecutor(1) as pool, program(tmp_path, command) as process:
        output = pool.submit(process.communicate)
        end = time.monotonic() + 60
        while not has(tmp_path, "SELECT 1 FROM alert"):
            assert time.monotonic() < end
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        _, err = output.result(timeout=15)
    assert process.returncode == {"run": 130, "watch": 0}[command], err
    assert "Traceback" not in err
    ((told,),) = rows(tmp_path, "SELECT COUNT(*) FROM v_alerts")
    assert 0 < int(str(told)) < stored
    code, out, _ = ran(tmp_path, "rescan")
    assert (code, f"Rescan: {stored - int(str(told)):,} stored articles matched again" in out) == (0, True)
    found = rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url), MIN(found_on) FROM v_alerts")
    assert found == [(stored, stored, "rescan")]
    assert rows(tmp_path, "SELECT COUNT(*) FROM run WHERE status = 'running'") == [(0,)]


@pytest.mark.slow
def test_two_instances(tmp_path: Path, calm: Contents) -> None:
    """A second `watch` is refused; `run` beside it, four at a time, does no harm."""
    folder = tmp_path / "world"
    with world(folder) as server:
        with ThreadPoolExecutor(5) as pool, program(folder, "watch") as watching:
            output = pool.submit(watching.communicate)
            reached(STAGES["the run has begun"], folder, server, watching)
            second = pool.submit(ran, folder, "watch")
            runs = [pool.submit(ran, folder, "run") for _ in range(3)]
            code, _, err = second.result()
            assert (code, "another `substance-monitor watch` is running" in err) == (1, True)
            for code, out, err in (each.result() for each in runs):
                assert (code, err) == (0, ""), out
            watching.send_signal(signal.SIGTERM)
            output.result(timeout=30)
        assert watching.returncode == 0
        assert ran(folder, "run")[0] == 0
        found = portless(contents(folder), server)
        for name in EVERYTHING:
            assert found[name] == calm[name], name


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "code"), [(3, 0), (40, 1)])
def test_a_database_that_another_program_holds(tmp_path: Path, seconds: float, code: int) -> None:
    """For a moment: it is waited for. For longer: said so, and the next run goes on."""
    write_config(tmp_path, folder_source("in", tmp_path / "in"))
    assert ran(tmp_path, "run")[0] == 0
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    with contextlib.closing(sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool, program(tmp_path, "run") as process:
            output = pool.submit(process.communicate)
            with contextlib.suppress(TimeoutError):
                output.result(timeout=seconds)
            other.execute("ROLLBACK")
            _, err = output.result(timeout=60)
    assert process.returncode == code, err
    if code:
        assert "another program is writing to it; try again when it has finished" in err
        assert "Traceback" not in err
    assert ran(tmp_path, "run")[0] == 0
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts") == [(1,)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM run WHERE status = 'running'") == [(0,)]
