"""Dates in all the spellings that sources use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.dates import parse_date

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-11-18T09:30:00Z", datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        ("2024-11-18T09:30:00+02:00", datetime(2024, 11, 18, 7, 30, tzinfo=UTC)),
        ("2024-11-18 09:30", datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        ("2024-11-18", datetime(2024, 11, 18, tzinfo=UTC)),
        ("2024-11-18T99:99", datetime(2024, 11, 18, tzinfo=UTC)),
        ("Mon, 18 Nov 2024 09:30:00 GMT", datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        ("Mon, 18 Nov 2024 09:30:00 -0500", datetime(2024, 11, 18, 14, 30, tzinfo=UTC)),
        (1731922200, datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        (1731922200000, datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        (datetime(2024, 11, 18, 9, 30), datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),  # noqa: DTZ001
        ("2026-11-23T11:00:00Z", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("2026-11-24", None),
        ("2099-01-01", None),
        ("1970-01-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (1e300, None),
        ({}, None),
    ],
)
def test_parse_date(value: object, expected: datetime | None) -> None:
    assert parse_date(value, NOW) == expected


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers()))
def test_never_raises(value: object) -> None:
    found = parse_date(value, NOW)
    assert found is None or found.tzinfo is UTC
