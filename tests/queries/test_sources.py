"""The line about the scheduler under `sources`: running, stopped, dead, never started."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.pipeline.timing import HEARTBEAT, STOPPED
from monitor.queries.sources import source_lines
from monitor.store import open_store
from tests.worlds import folder_source, write_config

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("process", "ago", "said"),
    [
        (None, 0, "The scheduler has never run"),
        (4711, 30, "The scheduler is running (process 4711)."),
        (4711, 180, "The scheduler is running (process 4711)."),
        (4711, 240, "The scheduler is not running: its last sign of life was 4 m ago."),
        (STOPPED, 1, "The scheduler was stopped 1 s ago"),
        (STOPPED, 7200, "The scheduler was stopped 2 h ago"),
    ],
)
def test_the_scheduler_is_believed_as_long_as_it_may_be(
    tmp_path: Path, process: int | None, ago: float, said: str
) -> None:
    config = load_config(write_config(tmp_path, folder_source("in", tmp_path / "in")), {})
    if process is not None:
        with open_store(config.database, now=NOW) as store:
            store.heartbeat(HEARTBEAT, NOW - timedelta(seconds=ago), process)
    _, line = source_lines(config, NOW)
    assert line.startswith(said)
