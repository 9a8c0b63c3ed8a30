"""Joining lists: the same substance keeps the shipped key, and nothing is lost or told twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import WatchlistError
from monitor.model import Severity, Watchlist
from monitor.watchlist import Entry, from_entries, load_builtin, lookup, merge
from tests.watchlist.cases import EMPTY, PHENETHYL, shipped


def house(*entries: Entry, name: str = "House list", severity: Severity | None = None) -> Watchlist:
    return from_entries(entries, name=name, severity=severity, where="mine.csv")


@pytest.mark.parametrize(
    "entry",
    [
        Entry("Zorblaxine", inchikey="WMPPDTMATNBGJN-UHFFFAOYSA-N"),
        Entry("Zorblaxine", cas="103-63-9"),
        Entry("Zorblaxine", cas="79-03-8; 103-63-9"),
        Entry("PHENETHYL  bromide"),
        Entry("Zorblaxine", ("phenethyl bromide",)),
        Entry("Zorblaxine", key="phenethyl-bromide"),
    ],
)
def test_an_equal_entry_joins_the_shipped_substance(entry: Entry) -> None:
    merged = merge([shipped(), house(entry, severity=Severity.HIGH)])
    assert set(merged.substances) == {"phenethyl-bromide", "phenylacetone"}
    joined = merged.substances["phenethyl-bromide"]
    assert (joined.name, joined.severity) == (PHENETHYL.name, Severity.HIGH)
    assert {e.list_id for e in merged.listings_of("phenethyl-bromide")} == {
        "dea-ssl",
        "dea-proposed",
        "house-list",
    }
    assert lookup(merged, entry.name) == [joined]


def test_the_order_of_the_parts_does_not_matter_for_keys() -> None:
    mine = house(Entry("Zorblaxine", cas="103-63-9"))
    assert merge([mine, shipped()]) == merge([shipped(), mine])


def test_an_ambiguous_name_does_not_join_and_another_substance_is_new() -> None:
    merged = merge([shipped(), house(Entry("BMK"), Entry("Blaxine"))])
    assert set(merged.substances) == {"phenethyl-bromide", "phenylacetone", "bmk", "blaxine"}


def test_a_name_known_as_ambiguous_stays_so() -> None:
    merged = merge([shipped(), house(Entry("benzyl methyl ketone", ("BMK", "my word")))])
    flags = {name.text: name.ambiguous for name in merged.names if name.substance == "phenylacetone"}
    assert flags["BMK"] is True
    assert flags["my word"] is False


def test_a_slug_that_is_taken_by_another_substance_gets_a_number() -> None:
    merged = merge([shipped(), house(Entry("Phenylacetone", cas="79-03-8"))])
    assert merged.substances["phenylacetone-2"].cas == ("79-03-8",)


def test_the_higher_severity_and_both_notes_stay() -> None:
    one = house(Entry("Blaxine", severity="low", note="first", cas="79-03-8"), name="one")
    two = house(Entry("Blaxine", severity="high", note="second"), name="two")
    found = merge([one, two]).substances["blaxine"]
    assert (found.severity, found.note, found.cas) == (Severity.HIGH, "first; second", ("79-03-8",))


def test_a_list_never_takes_the_id_of_another() -> None:
    merged = merge([shipped(), house(Entry("Blaxine"), name="DEA SSL")])
    assert merged.lists["dea-ssl"].kind == "surveillance"
    assert merged.lists["house-dea-ssl"].kind == "house"
    assert [entry.list_id for entry in merged.listings_of("blaxine")] == ["house-dea-ssl"]


def test_number_and_name_of_two_substances_are_refused() -> None:
    with pytest.raises(WatchlistError, match="CAS RN is that of 1-Phenyl-2-propanone") as caught:
        merge([shipped(), house(Entry("phenethyl bromide", cas="103-79-7"))])
    assert caught.value.where == "mine.csv"


def test_names_of_two_substances_in_one_entry_are_refused() -> None:
    with pytest.raises(WatchlistError, match="make two entries"):
        merge([shipped(), house(Entry("phenethyl bromide", ("benzyl methyl ketone",)))])


def test_nothing_and_one_part() -> None:
    assert merge([]) == EMPTY
    assert merge([shipped()]) == shipped()


def test_parts_of_the_shipped_lists_join_to_the_whole() -> None:
    whole = load_builtin()
    parts = merge([load_builtin(["un-1961-I"]), load_builtin(["incb-table-1", "dea-ssl"]), whole])
    assert parts.digest == whole.digest


TEXTS = st.sampled_from(["zorblaxine", "Blaxine", "phenethyl bromide", "BMK", "Phenethylbromid", "quux"])
ENTRIES = st.builds(
    Entry,
    name=TEXTS,
    cas=st.sampled_from(["", "103-63-9", "103-79-7", "79-03-8"]),
    severity=st.sampled_from([None, "low", "critical"]),
    note=st.sampled_from(["", "n1", "n2"]),
)
LISTS = st.lists(ENTRIES, max_size=4, unique_by=(lambda e: e.name.casefold(), lambda e: e.cas or e.name))


@given(LISTS, LISTS)
def test_merging_again_changes_nothing(one: list[Entry], two: list[Entry]) -> None:
    try:
        merged = merge([shipped(), house(*one, name="one"), house(*two, name="two")])
    except WatchlistError:
        return  # a number and a name of two substances: refused, see above
    assert merge([merged, merged]) == merged
    assert merge([merged, shipped()]) == merged


@given(LISTS)
def test_nothing_is_lost(entries: list[Entry]) -> None:
    mine = house(*entries)
    try:
        merged = merge([shipped(), mine])
    except WatchlistError:
        return
    for name in mine.names:
        assert lookup(merged, name.text)
    assert set(shipped().listings) <= set(merged.listings)
    assert len(merged.listings) == len(shipped().listings) + len(mine.listings) - _joined_twice(merged, mine)
    assert {e.substance for e in merged.listings} <= set(merged.substances)


def _joined_twice(merged: Watchlist, mine: Watchlist) -> int:
    """Equal listings that fell into one: two entries of a list that joined the same substance."""
    rows = [replace(e, substance=lookup(merged, e.wording)[0].key) for e in mine.listings]
    return len(rows) - len(set(rows))
