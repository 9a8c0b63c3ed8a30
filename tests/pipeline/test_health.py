"""Health of a source: its own rhythm, and when it turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pipeline.health import rhythm, turn

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def every(days: float, count: int = 20) -> list[datetime]:
    return [START + number * days * DAY for number in range(count)]


@pytest.mark.parametrize(
    ("days", "patience"),
    [(1 / 12, 4), (1, 4), (2, 4), (7, 14), (30, 60)],
    ids=["each two hours", "daily", "each two days", "weekly", "monthly"],
)
def test_a_source_may_be_silent_twice_as_long_as_it_ever_was(days: float, patience: float) -> None:
    times = every(days)
    learned = rhythm(times)
    assert learned is not None
    assert learned.patience == patience * DAY
    assert not learned.is_stale(times[-1] + patience * DAY)
    assert learned.is_stale(times[-1] + patience * DAY + timedelta(seconds=1))


def test_office_hours_and_weekends_are_no_silence() -> None:
    working = [
        START + day * DAY + hour * timedelta(hours=3) for day in range(30) for hour in range(3) if day % 7 < 5
    ]
    learned = rhythm(working)
    assert learned is not None
    assert not learned.is_stale(max(working) + 4 * DAY)
    assert learned.is_stale(max(working) + 8 * DAY)


@pytest.mark.parametrize("times", [[], [START], every(1, 10), [START] * 500, every(0.001, 500)])
def test_with_too_little_known_nothing_is_said(times: list[datetime]) -> None:
    assert rhythm(times) is None


def test_it_is_told_in_one_sentence() -> None:
    learned = rhythm(every(7))
    assert learned is not None
    assert learned.in_words(learned.newest + 20 * DAY) == (
        "nothing new since 2026-05-18 (20 days); its longest pause before was 7 days"
    )


@given(st.lists(st.integers(1, 10_000), min_size=11, max_size=60), st.integers(0, 5000), st.randoms())
def test_only_pauses_matter(pauses: list[int], shift: int, random: object) -> None:
    """Order and epoch do not; right after an item no source is stale."""
    times = [START]
    for pause in pauses:
        times.append(times[-1] + pause * timedelta(hours=1))
    moved = [time + shift * DAY for time in reversed(times)]
    one, other = rhythm(times), rhythm(moved)
    assert one is not None
    assert other is not None
    assert one.patience == other.patience >= one.longest
    assert not one.is_stale(one.newest + one.longest)


@pytest.mark.parametrize(
    ("newest_first", "turned"),
    [
        ("", ""),
        ("ok", ""),
        ("timeout timeout", ""),
        ("timeout gone blocked", "bad"),
        ("timeout stale empty ok", "bad"),
        ("timeout gone blocked gone", ""),
        ("timeout timeout ok gone", ""),
        ("ok gone gone gone", "well"),
        ("moved gone gone gone", "well"),
        ("ok gone gone", ""),
        ("ok gone gone ok", ""),
        ("ok ok gone gone", ""),
        ("stale gone gone gone", ""),
    ],
)
def test_turns(newest_first: str, turned: str) -> None:
    assert turn(newest_first.split(), 3) == turned


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 6))
def test_turns_alternate_and_begin_with_bad(history: list[bool], after: int) -> None:
    """However a source behaves, it is told bad once, then well once, and so on."""
    outcomes = ["ok" if good else "timeout" for good in history]
    turns = [turn(list(reversed(outcomes[: end + 1]))[: after + 1], after) for end in range(len(outcomes))]
    told = [each for each in turns if each]
    assert told == ["bad", "well"] * (len(told) // 2) + ["bad"] * (len(told) % 2)
