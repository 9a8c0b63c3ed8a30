"""Days of the law: what a listing says of a day, both sides of each; an article counts in its own offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts import not_listed, say, status_at
from monitor.model import Article, DatedBy, InForce, ListInfo, Listing, Substance, Watchlist

YES, NOT_YET, ENDED, UNKNOWN = InForce.YES, InForce.NOT_YET, InForce.ENDED, InForce.UNKNOWN


@pytest.mark.parametrize(
    ("dates", "day", "status"),
    [
        ({"since": "2023-10-24"}, "2023-10-23", NOT_YET),
        ({"since": "2023-10-24"}, "2023-10-24", YES),
        ({"since": "2000-01-01", "until": "2022-12-23"}, "2022-12-22", YES),
        ({"since": "2000-01-01", "until": "2022-12-23"}, "2022-12-23", ENDED),  # the first day not covered
        ({"since": "2000-01-01", "until": "2022-12-23"}, "2022-12-24", ENDED),
        ({"until": "2022-12-23"}, "2022-12-22", UNKNOWN),
        ({"until": "2022-12-23"}, "2022-12-23", ENDED),
        ({"since": "2000", "until": "2022"}, "2021-12-31", YES),
        ({"since": "2000", "until": "2022"}, "2022-06-01", UNKNOWN),
        ({"since": "2000", "until": "2022"}, "2023-01-01", ENDED),
        ({"since": "2022-10"}, "2022-09-30", NOT_YET),
        ({"since": "2022-10"}, "2022-10-31", UNKNOWN),
        ({"since": "2022-10"}, "2022-11-01", YES),
        ({}, "2022-10-31", UNKNOWN),
        ({"absent_on": "2022-03-26", "present_on": "2026-05-04"}, "2022-03-26", NOT_YET),
        ({"absent_on": "2022-03-26", "present_on": "2026-05-04"}, "2022-03-27", UNKNOWN),
        ({"absent_on": "2022-03-26", "present_on": "2026-05-04"}, "2026-05-03", UNKNOWN),
        ({"absent_on": "2022-03-26", "present_on": "2026-05-04"}, "2026-05-04", YES),
        ({"present_on": "2026-04-12"}, "2026-04-11", UNKNOWN),
        ({"present_on": "2026-04-12"}, "2026-04-12", YES),
        ({"absent_on": "2020-01-01"}, "2020-01-01", NOT_YET),
        ({"absent_on": "2020-01-01"}, "2020-01-02", UNKNOWN),
        # removed at a day that is not known: there until `present_on`, gone by `absent_on`
        ({"since": "1990", "present_on": "2022-03-26", "absent_on": "2026-04-04"}, "2022-03-26", YES),
        ({"since": "1990", "present_on": "2022-03-26", "absent_on": "2026-04-04"}, "2024-01-01", UNKNOWN),
        ({"since": "1990", "present_on": "2022-03-26", "absent_on": "2026-04-04"}, "2026-04-04", ENDED),
        ({"present_on": "2022-03-26", "absent_on": "2026-04-04"}, "2022-03-25", UNKNOWN),
    ],
)
def test_what_the_dates_say_of_a_day(dates: dict[str, str], day: str, status: InForce) -> None:
    assert Listing("x", "l", **dates).at(date.fromisoformat(day)) is status


partial = st.dates(date(1950, 1, 1), date(2050, 1, 1)).flatmap(
    lambda day: st.sampled_from(["", *(day.isoformat()[:n] for n in (4, 7, 10))])
)
ORDER = [NOT_YET, UNKNOWN, YES, ENDED]


@given(partial, partial, st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_nothing_that_ended_comes_back(since: str, until: str, day: date) -> None:
    entry = Listing("x", "l", since=since, until=until)
    if entry.at(day) is ENDED:
        assert entry.at(day + timedelta(days=1)) is ENDED
    if entry.at(day) is NOT_YET:
        assert entry.at(day - timedelta(days=1)) is not YES


def article(**dates: object) -> Article:
    return Article("s", "u", "t", "x", datetime(2026, 11, 28, 1, tzinfo=UTC), **dates)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-09-01T06:00:00+08:00", date(2024, 9, 1)),  # 31 August in UTC
        ("2024-08-31T23:00:00+08:00", date(2024, 8, 31)),
        ("2024-08-31T22:30:00-05:00", date(2024, 8, 31)),  # 1 September in UTC
        ("2024-09-01T00:00:00+00:00", date(2024, 9, 1)),
    ],
)
def test_an_article_is_of_the_day_where_it_was_published(written: str, day: date) -> None:
    of = article(published_at=datetime.fromisoformat(written), stated_on=date(2000, 1, 1))
    assert (of.date, of.dated_by) == (day, DatedBy.PUBLISHED)


def test_without_a_publication_the_text_s_own_day_counts_then_the_day_it_was_seen() -> None:
    seen = datetime(2026, 11, 27, tzinfo=timezone(timedelta(0)))
    assert article(stated_on=date(2023, 9, 20), captured_at=seen).date == date(2023, 9, 20)
    assert (article(captured_at=seen).date, article(captured_at=seen).dated_by.own) == (seen.date(), False)
    assert (article().date, article().dated_by) == (date(2026, 11, 28), DatedBy.FETCHED)


def us(id: str, complete_to: str, kind: str = "schedule", missing: str = "") -> ListInfo:
    return ListInfo(id, id, "DEA", "US", kind, complete_to=complete_to, missing=missing)


def watchlist(lists: list[ListInfo], *listings: Listing) -> Watchlist:
    return Watchlist({"x": Substance("x", "X")}, (), listings, {info.id: info for info in lists})


def absent(lists: list[ListInfo], *listings: Listing) -> tuple[str, ...]:
    of = watchlist(lists, *listings)
    return not_listed(of, status_at(of, "x", date(2026, 6, 1)))


def test_what_is_on_no_list_is_said_with_the_day_it_is_known_to() -> None:
    one, two = us("dea-schedule-1", "2026-05-04"), us("dea-list-1", "2026-05-04", "precursor")
    assert absent([one, two]) == ("on no US list known here, complete to 2026-05-04",)
    assert absent([one, us("dea-list-2", "")]) == (
        "on no US list known here: dea-schedule-1 complete to 2026-05-04; "
        "dea-list-2 complete to a day that is not known",
    )
    assert absent([us("dea-schedule-1", "2026-05-04", missing="x")]) == (
        "on no US list known here, complete to 2026-05-04 but for known gaps",
    )


def test_what_is_watched_only_is_on_no_control_list() -> None:
    lists = [us("dea-schedule-1", "2026-05-04"), us("dea-ssl", "2023-10-24", "surveillance")]
    assert absent(lists, Listing("x", "dea-ssl", since="2023-10-24")) == (
        "on no US control list known here, complete to 2026-05-04",
    )
    assert absent(lists, Listing("x", "dea-schedule-1", since="2020")) == ()
    assert absent(lists, Listing("x", "dea-schedule-1", since="2000", until="2022")) != ()


@pytest.mark.parametrize(
    ("listing", "day", "words"),
    [
        ({"since": "2020-01-01"}, date(2026, 5, 4), "in force since 2020-01-01"),
        (
            {"since": "2020-01-01"},
            date(2026, 5, 5),
            "in force since 2020-01-01; an end after 2026-05-04 would not be known here",
        ),
        (
            {"present_on": "2026-04-12"},
            date(2026, 4, 12),
            "in force, since when is not known: on the list by 2026-04-12",
        ),
        (
            {"absent_on": "2022-03-26", "present_on": "2026-04-12"},
            date(2026, 4, 11),
            "listed, since when is not known: off the list on 2022-03-26, on it on 2026-04-12",
        ),
        (
            {"absent_on": "2022-03-26"},
            date(2022, 3, 26),
            "not yet at the article's date (not on the list on 2022-03-26)",
        ),
        (
            {"since": "2020", "present_on": "2022-01-01", "absent_on": "2023-01-01"},
            date(2024, 1, 1),
            "no longer at the article's date (off the list by 2023-01-01)",
        ),
        (
            {"since": "2020-01-01", "confirmed": False},
            date(2024, 1, 1),
            "in force since 2020-01-01; confirmed by no source at hand",
        ),
    ],
)
def test_the_words_say_no_more_than_is_known(listing: dict[str, object], day: date, words: str) -> None:
    of = watchlist([us("s", "2026-05-04")], Listing("x", "s", **listing))  # type: ignore[arg-type]
    (status,) = status_at(of, "x", day)
    assert say(status, of.lists["s"], day) == f"s: {words}"


def test_a_status_of_an_article_without_a_date_names_its_day() -> None:
    of = watchlist([us("s", "2026-05-04")], Listing("x", "s", since="2020", until="2022-12-23"))
    (status,) = status_at(of, "x", date(2023, 1, 1))
    assert say(status, of.lists["s"], date(2023, 1, 1), dated=False) == (
        "s: no longer on 2023-01-01 (until 2022-12-23)"
    )
