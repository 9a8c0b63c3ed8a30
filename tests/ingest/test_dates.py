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
        ("mer, 16 nov 2022 00:38:15 +0100", datetime(2022, 11, 15, 23, 38, 15, tzinfo=UTC)),
        ("le 1er août 2023 à 14h30", datetime(2023, 8, 1, 14, 30, tzinfo=UTC)),
        ("Mi, 05 März 2025 12:00:00 GMT", datetime(2025, 3, 5, 12, 0, tzinfo=UTC)),
        ("5. März 2025, 12:30 Uhr", datetime(2025, 3, 5, 12, 30, tzinfo=UTC)),
        ("sábado, 3 de septiembre del 2022 - 11:20", datetime(2022, 9, 3, 11, 20, tzinfo=UTC)),
        ("16 ноября 2022 г., 10:05", datetime(2022, 11, 16, 10, 5, tzinfo=UTC)),
        ("1 maja 2024", datetime(2024, 5, 1, tzinfo=UTC)),
        ("12 Haziran 2024", datetime(2024, 6, 12, tzinfo=UTC)),
        ("Nov. 16th, 2022, 12:04 a.m. EST", datetime(2022, 11, 16, 5, 4, tzinfo=UTC)),
        ("November 16, 2022 3:04 PM", datetime(2022, 11, 16, 15, 4, tzinfo=UTC)),
        ("16.11.2022 12:30", datetime(2022, 11, 16, 12, 30, tzinfo=UTC)),
        ("2022/11/16 08:00", datetime(2022, 11, 16, 8, 0, tzinfo=UTC)),
        ("2022年11月16日", datetime(2022, 11, 16, tzinfo=UTC)),
        ("14 mai 2023 25:61", datetime(2023, 5, 14, tzinfo=UTC)),
        ("29 Feb 2023", None),
        ("31 Foo 2022", None),
        ("maybe 12 times 2022", None),
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
