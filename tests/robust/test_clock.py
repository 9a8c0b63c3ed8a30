"""The clock is set while `watch` runs, and summer time comes: nothing stands still, nothing runs twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robust.worlds import peak_memory
from tests.worlds import HOUSE, NO_STORIES, ROOT, article, folder_source, program, rows, write_config

HOUR = 3600
YEAR = 365 * 24 * HOUR
PATIENCE = 40  # seconds; the program looks at the clock every ten
NEWS = "Officers found two drums of examplium chloride on board."


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """A library that stands before the system's clock."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("there is no C compiler to make a clock with, or this is not Linux")
    library = tmp_path / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def until(done: Callable[[], bool]) -> float:
    """Wait until something is true; the seconds that it took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.slow
def test_a_clock_that_is_set(tmp_path: Path, shim: Path) -> None:
    sources = f"{folder_source('often', tmp_path / 'often')}  every: 2s\n"
    sources += f"{folder_source('hourly', tmp_path / 'hourly')}  cron: '0 * * * *'\n"
    write_config(tmp_path, sources, more=HOUSE + NO_STORIES)
    offset = tmp_path / "offset"
    offset.write_text("0")

    def checks(source: str) -> int:
        try:
            found = rows(tmp_path, f"SELECT COUNT(*) FROM source_check WHERE source = '{source}'")
        except sqlite3.OperationalError:  # the database is being made
            return 0
        return int(str(found[0][0]))

    with (
        ThreadPoolExecutor(1) as pool,
        program(tmp_path, "watch", LD_PRELOAD=str(shim), CLOCK_OFFSET=str(offset)) as process,
    ):
        output = pool.submit(process.communicate)
        until(lambda: checks("hourly") == 1 and checks("often") >= 2)
        times, hourly = {}, 0
        # a step forward, back, far back, and years on, in which millions of checks would have been due
        for step in (3 * HOUR, -2 * HOUR, -24 * HOUR, 3 * YEAR):
            before = checks("often")
            (tmp_path / "often" / f"{step}.txt").write_text(article(f"Step {step}", NEWS))
            offset.write_text(str(int(offset.read_text()) + step))
            times[step] = until(lambda before=before: checks("often") >= before + 3)  # type: ignore[misc]
            hourly = checks("hourly") if step < YEAR else hourly
        memory = peak_memory(process.pid)
        process.terminate()
        _, err = output.result(timeout=30)
    print({step: f"{seconds:.0f} s" for step, seconds in times.items()}, f"{hourly} hourly checks")
    assert process.returncode == 0
    assert memory < 400  # MB
    assert hourly == 2  # three full hours were skipped over: one check makes up for them
    assert "the clock was set by +" in err
    assert "the clock was set by -" in err
    assert "Traceback" not in err
    assert rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url) FROM v_alerts") == [(4, 4)]


CRON = """
from datetime import UTC, datetime, timedelta
from monitor.model import Source
from monitor.pipeline.timing import next_check
source = Source("s", "folder", "/", every=None, cron="30 * * * *")
now, times = datetime(YEAR, MONTH, DAY, 22, 40, tzinfo=UTC), []
for _ in range(6):
    now = next_check(source, now)
    times.append(now.isoformat())
print(*times)
"""


@pytest.mark.parametrize("day", [(2026, 3, 28), (2026, 10, 24)], ids=["summer time begins", "it ends"])
def test_summer_time_changes_nothing(day: tuple[int, int, int]) -> None:
    """In Berlin an hour is left out or comes twice that night; a cron line is read in UTC."""
    code = CRON
    for name, value in zip(("YEAR", "MONTH", "DAY"), day, strict=True):
        code = code.replace(name, str(value))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for zone in ("Europe/Berlin", "UTC")
    ]
    assert found[0] == found[1]
    hours = [moment[11:16] for moment in found[0]]
    assert hours == ["23:30", "00:30", "01:30", "02:30", "03:30", "04:30"]
