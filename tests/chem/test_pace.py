"""The limits of PubChem: requests a second and a minute, running time a minute; the breaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chem.pace import PER_MINUTE, PER_SECOND, RUNNING_PER_MINUTE, Breaker, Pace, throttling


@given(st.lists(st.tuples(st.floats(0, 40), st.floats(0, 3)), max_size=80))
def test_no_window_ever_holds_too_much(steps: list[tuple[float, float]]) -> None:
    """Whatever the pauses and running times: requests obey every limit in every window."""
    pace, now, done = Pace(), 0.0, []
    for running, idle in steps:
        now += idle
        now += pace.wait(now)
        assert pace.wait(now) == pytest.approx(0, abs=1e-6)
        done.append((now, now + running))
        pace.note(now, now + running)
        now += running
    for start, _ in done:
        assert sum(start <= other < start + 0.999 for other, _ in done) <= PER_SECOND
        inside = [stop - begin for begin, stop in done if start - 60 < stop <= start]
        assert sum(inside) < RUNNING_PER_MINUTE + 1e-6 or not inside


def test_four_hundred_a_minute() -> None:
    pace, now = Pace(), 0.0
    for _ in range(PER_MINUTE):
        pace.note(now, now)
        now += 0.1
    assert now + pace.wait(now) == pytest.approx(60.0)


def test_parallel_running_time_counts() -> None:
    pace = Pace()
    for start in range(5):
        pace.note(start, start + 60.0)  # five at once, a minute each
    assert pace.wait(65.0) == pytest.approx(60.0 + 60.0 - 65.0)


@pytest.mark.parametrize(
    ("header", "colour"),
    [
        (
            "Request Count status: Green (1%), Request Time status: Yellow (60%), Service status: Red (9%)",
            "yellow",
        ),
        ("Request Count status: Black (100%), Request Time status: Green (0%)", "black"),
        ("request count status: red", "red"),
        ("Request Count status: Purple (1%)", "green"),
        ("", "green"),
        (None, "green"),
    ],
)
def test_the_graver_colour_of_our_own_requests_counts(header: str | None, colour: str) -> None:
    assert throttling(header) == colour


def test_success_closes_the_breaker() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.failed(0.0, "busy")
    breaker.worked()
    breaker.failed(0.0, "busy")
    assert breaker.left(0.0) == 0
    breaker.trip(0.0, 30.0, "black")
    assert breaker.left(10.0) == 20.0
