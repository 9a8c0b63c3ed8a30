"""Legal status: exact words, lists kept apart, dates at the article's day."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.alerts import brief, say, status_at
from monitor.model import InForce, Listing, ListingStatus
from tests.alerts.cases import LISTS, WATCHLIST

DAY = date(2024, 11, 18)


def told(substance: str, day: date = DAY) -> list[str]:
    return [say(each, LISTS[each.listing.list_id]) for each in status_at(WATCHLIST, substance, day)]


@pytest.mark.parametrize(
    ("substance", "day", "words"),
    [
        ("fentanyl", DAY, ["Schedule II, code 9801: in force since 1971-04-01"]),
        (
            "bromide",
            DAY,
            [
                "Special surveillance list: under surveillance since 2023-10-24 (not a schedule)",
                "Proposed rules: proposed since 2024-10-28 (not adopted)",
            ],
        ),
        (
            "bromide",
            date(2024, 1, 30),
            [
                "Special surveillance list: under surveillance since 2023-10-24 (not a schedule)",
                "Proposed rules: not yet at the article's date (from 2024-10-28)",
            ],
        ),
        ("future", DAY, ["Category 1: not yet at the article's date (from 2026-03-10)"]),
        ("future", date(2026, 3, 10), ["Category 1: in force since 2026-03-10"]),
        ("past", DAY, ["Schedule II: no longer at the article's date (until 2020-01-01)"]),
        ("past", date(2019, 12, 31), ["Schedule II: in force since 1990 until 2020-01-01"]),
        ("undated", DAY, ["Schedule II: listed, since when is not known"]),
        ("mine", DAY, ["house list: on your own list, since when is not known"]),
        (
            "year",
            DAY,
            [
                "Category 1: listed since 2024, the day is not known",
            ],
        ),
        ("free", DAY, []),
    ],
)
def test_status_in_words(substance: str, day: date, words: list[str]) -> None:
    assert told(substance, day) == words


def test_only_control_lists_are_ever_called_in_force() -> None:
    for info in LISTS.values():
        for status in InForce:
            words = say(ListingStatus(Listing("x", info.id, since="2020", until="2030"), status), info)
            assert "scheduled" not in words.lower()
            if not info.is_control:
                assert "in force" not in words


def test_a_list_that_is_no_longer_known_keeps_its_id() -> None:
    assert say(ListingStatus(Listing("x", "old-list", since="2020-01-01"), InForce.YES), None) == (
        "old-list: listed since 2020-01-01"
    )


def test_in_brief_only_what_stands_at_the_day() -> None:
    told = [brief(each, LISTS[each.listing.list_id]) for each in status_at(WATCHLIST, "bromide", DAY)]
    assert told == ["ssl (surveillance) since 2023-10-24", "prop (proposed) since 2024-10-28"]
    early = [
        brief(each, LISTS[each.listing.list_id])
        for each in status_at(WATCHLIST, "bromide", date(2024, 1, 30))
    ]
    assert early == ["ssl (surveillance) since 2023-10-24", ""]
    (house,) = status_at(WATCHLIST, "mine", DAY)
    assert brief(house, LISTS["house"]) == "house"
