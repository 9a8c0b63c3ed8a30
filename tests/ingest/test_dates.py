"""Dates in all the spellings that sources use; what is not sure, or cannot be, is no date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.dates import parse_date, plausible
from monitor.ingest.months import month

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def written(value: object) -> str | None:
    """What is read, as ISO 8601 with the offset that it was written with."""
    found = parse_date(value, NOW)
    return found.isoformat(timespec="minutes") if found else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # ISO 8601, RFC 3339 and what is taken for them
        ("2024-11-18T09:30:00Z", "2024-11-18T09:30+00:00"),
        ("2024-11-18T09:30:00+02:00", "2024-11-18T09:30+02:00"),
        ("2024-11-18T09:30:00.123456789-0500", "2024-11-18T09:30-05:00"),
        ("2024-11-18T09:30:00 +02", "2024-11-18T09:30+02:00"),
        ("2024-11-18T09:30Z", "2024-11-18T09:30+00:00"),
        ("2024-11-18 09:30", "2024-11-18T09:30+00:00"),
        ("2024-11-18 09:30:00 UTC", "2024-11-18T09:30+00:00"),
        ("2024-11-18T09:30:00+01:00[Europe/Berlin]", "2024-11-18T09:30+01:00"),
        ("2024-11-18", "2024-11-18T00:00+00:00"),
        ("2024-6-12", "2024-06-12T00:00+00:00"),
        ("20241118", "2024-11-18T00:00+00:00"),
        ("20241118T093000Z", "2024-11-18T09:30+00:00"),
        ("20241118093000", "2024-11-18T09:30+00:00"),
        # RFC 822, 850 and 5322, and C's asctime
        ("Mon, 18 Nov 2024 09:30:00 GMT", "2024-11-18T09:30+00:00"),
        ("Mon, 18 Nov 2024 09:30:00 -0500", "2024-11-18T09:30-05:00"),
        ("Mon, 18 Nov 2024 09:30:00 +0100 (CET)", "2024-11-18T09:30+01:00"),
        ("18 Nov 24 09:30 GMT", "2024-11-18T09:30+00:00"),
        ("18 Nov 94 09:30 GMT", "1994-11-18T09:30+00:00"),
        ("Monday, 18-Nov-24 09:30:00 GMT", "2024-11-18T09:30+00:00"),
        ("Mon Nov 18 09:30:00 2024", "2024-11-18T09:30+00:00"),
        ("Mon Nov 18 09:30:00 CET 2024", "2024-11-18T09:30+01:00"),
        ("18/Nov/2024:09:30:00 +0100", "2024-11-18T09:30+01:00"),
        # names of zones
        ("12 Jun 2024 01:00:00 CEST", "2024-06-12T01:00+02:00"),
        ("12 Jun 2024 01:00:00 MESZ", "2024-06-12T01:00+02:00"),
        ("12 Jun 2024 01:00:00 EDT", "2024-06-12T01:00-04:00"),
        ("12 Jun 2024 01:00:00 JST", "2024-06-12T01:00+09:00"),
        ("12 Jun 2024 01:00:00 BST", "2024-06-12T01:00+01:00"),
        ("12 Jun 2024 01:00 GMT+2", "2024-06-12T01:00+02:00"),
        ("12 Jun 2024 01:00 UTC+05:30", "2024-06-12T01:00+05:30"),
        ("12 Jun 2024 01:00 Europe/Berlin", "2024-06-12T01:00+02:00"),
        ("12 Dec 2024 01:00 Europe/Berlin", "2024-12-12T01:00+01:00"),
        ("June 12, 2024 at 10:00 AM ET", "2024-06-12T10:00-04:00"),
        ("12 Jun 2024 01:00:00 -0000", "2024-06-12T01:00+00:00"),
        # halves of the day
        ("Feb 24 2023 08:18:00 PM", "2023-02-24T20:18+00:00"),
        ("Nov. 16th, 2022, 12:04 a.m. EST", "2022-11-16T00:04-05:00"),
        ("12:30 pm, 16 November 2022", "2022-11-16T12:30+00:00"),
        ("16 November 2022, 3 pm", "2022-11-16T15:00+00:00"),
        ("16 November 2022 15:04 PM", "2022-11-16T15:04+00:00"),
        ("2024年6月12日 下午3:04", "2024-06-12T15:04+00:00"),
        ("2024년 6월 12일 오후 3시 4분", "2024-06-12T15:04+00:00"),
        # in words
        ("mer, 16 nov 2022 00:38:15 +0100", "2022-11-16T00:38+01:00"),
        ("le 1er août 2023 à 14h30", "2023-08-01T14:30+00:00"),
        ("Mi, 05 März 2025 12:00:00 GMT", "2025-03-05T12:00+00:00"),
        ("5. März 2025, 12:30 Uhr", "2025-03-05T12:30+00:00"),
        ("sábado, 3 de septiembre del 2022 - 11:20", "2022-09-03T11:20+00:00"),
        ("12 de junho de 2024 às 14h30", "2024-06-12T14:30+00:00"),
        ("16 ноября 2022 г., 10:05", "2022-11-16T10:05+00:00"),
        ("1 maja 2024", "2024-05-01T00:00+00:00"),
        ("12 Haziran 2024", "2024-06-12T00:00+00:00"),
        ("2024. június 12.", "2024-06-12T00:00+00:00"),
        ("12 listopada 2024", "2024-11-12T00:00+00:00"),
        ("12 يونيو 2024", "2024-06-12T00:00+00:00"),
        ("Published on 12 June 2024", "2024-06-12T00:00+00:00"),
        # in numbers
        ("16.11.2022 12:30", "2022-11-16T12:30+00:00"),
        ("05.11.2023", "2023-11-05T00:00+00:00"),
        ("2024. 06. 12.", "2024-06-12T00:00+00:00"),
        ("2022/11/16 08:00", "2022-11-16T08:00+00:00"),
        ("2024/6/12", "2024-06-12T00:00+00:00"),
        ("2024年6月12日", "2024-06-12T00:00+00:00"),
        ("21-04-2020 15:00", "2020-04-21T15:00+00:00"),
        ("04/21/2020", "2020-04-21T00:00+00:00"),
        ("06/06/2024", "2024-06-06T00:00+00:00"),
        ("٢٠٢٤-٠٦-١٢", "2024-06-12T00:00+00:00"),
        (1731922200, "2024-11-18T09:30+00:00"),
        (1731922200000, "2024-11-18T09:30+00:00"),
        ("1731922200", "2024-11-18T09:30+00:00"),
        (datetime(2024, 11, 18, 9, 30), "2024-11-18T09:30+00:00"),  # noqa: DTZ001
        # a sure day without a sure time
        ("2024-11-18T99:99", "2024-11-18T00:00+00:00"),
        ("14 mai 2023 25:61", "2023-05-14T00:00+00:00"),
        ("12 Jun 2024 01:00:00 IST", "2024-06-12T00:00+00:00"),  # India, Israel or Ireland
        ("12 Jun 2024 01:00:00 +9900", "2024-06-12T00:00+00:00"),
        ("12 Jun 2024 10:00 – 12:00", "2024-06-12T00:00+00:00"),
        ("16 November 2022 15:04 AM", "2022-11-16T00:00+00:00"),
    ],
)
def test_what_is_sure_is_read_with_its_offset(value: object, expected: str) -> None:
    assert written(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        # day and month, or month and day
        *("05-11-2023 08:30 +0400", "10-04-2020 15:00", "06/12/2024", "3/4/2024, 10:30 PM", "12/06/24"),
        "12. listopada 2024",  # with the dot it is Croatian, and October
        # several, or none
        *("2024-06-12 – 2024-06-14", "10 - 12 June 2024", "Updated 2024-06-12, published 2024-06-11"),
        *(
            "2024-06",
            "June 2024",
            "2024-W24-3",
            "12 June",
            "令和6年6月12日",
            "12345",
            "yesterday",
            "",
            "2024",
        ),
        # days that there are not
        *("29 Feb 2023", "Fri, 30 Feb 2024 10:00:00 GMT", "2024-13-06", "31 Foo 2022", "2024-00-00"),
        "maybe 12 times 2022",
        # what software writes that has no date
        *(
            "Mon, 01 Jan 0001 00:00:00 +0000",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00+14:00",
            "0000-01-01",
        ),
        *(
            "1970-01-01",
            "Fri, 02 Jan 1970 00:00:00 GMT",
            "1970-01-02T23:00:00-12:00",
            0,
            86_400,
            "1969-12-31",
        ),
        *("1899-12-30", "1601-01-01T00:00:00Z"),
        # after it was read
        *("2026-11-22T12:11:00Z", "2026-11-23", "2099-01-01", 4_070_908_800, "2026-11-22T08:00:00-05:00"),
        *(True, None, float("nan"), 1e300, {}, "9" * 300, "2024-06-12" + " " * 500 + "x" * 200),
    ],
)
def test_what_is_not_sure_is_no_date(value: object) -> None:
    assert written(value) is None


@pytest.mark.parametrize(
    "value", ["1970-01-03", "2026-11-22", "2026-11-22T12:09:00Z", "2026-11-22T21:00+09:00"]
)
def test_the_bounds_of_what_can_be(value: str) -> None:
    assert written(value) is not None


def test_a_date_of_before_the_zone_is_none() -> None:
    assert plausible(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), NOW) is None


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2026, 11, 20)),  # noqa: DTZ001
    st.integers(-12 * 60, 14 * 60),
    st.integers(0, 3000),
)
def test_the_day_of_reading_decides_nothing(wall: datetime, minutes: int, later: int) -> None:
    value = wall.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    for spelling in (value.isoformat(), f"{value:%d %b %Y %H:%M:%S %z}", f"{value:%Y/%m/%d %H:%M:%S %z}"):
        found = parse_date(spelling, NOW + timedelta(days=later))
        assert (found, found and found.utcoffset()) == (value, value.utcoffset())


@given(
    st.one_of(
        st.text(max_size=40), st.from_regex(r"[\d /:.T+-]{4,25}", fullmatch=True), st.floats(), st.integers()
    )
)
def test_never_raises(value: object) -> None:
    found = parse_date(value, NOW)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *(
            ("Jan", 1),
            ("févr.", 2),
            ("März", 3),
            ("mrt", 3),
            ("abr", 4),
            ("maggio", 5),
            ("czerwca", 6),
            ("juil", 7),
        ),
        *(("ağu", 8), ("Sept", 9), ("жовтня", 10), ("marraskuuta", 11), ("dez", 12), ("července", 7)),
        *(("jui", 0), ("marina", 0), ("ma", 0), ("", 0), ("decide", 0)),
    ],
)
def test_names_of_months(word: str, number: int) -> None:
    assert month(word) == number
