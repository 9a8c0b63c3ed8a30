"""Which log records people see."""

from __future__ import annotations

import logging

import pytest

from monitor.pipeline.logs import is_ours


@pytest.mark.parametrize(
    ("name", "level", "seen"),
    [
        ("monitor.doors.scheduler", logging.WARNING, True),
        ("monitor", logging.INFO, True),
        ("monitoring", logging.ERROR, False),
        ("htmldate.utils", logging.ERROR, False),
        ("apscheduler.executors.default", logging.CRITICAL, True),
    ],
)
def test_ours_and_what_is_critical(name: str, level: int, seen: bool) -> None:
    assert is_ours(logging.LogRecord(name, level, "", 1, "said", (), None)) is seen
