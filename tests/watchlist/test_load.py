"""A user's own entries: what is made of them, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.errors import WatchlistError
from monitor.model import ListInfo, Listing, Severity
from monitor.watchlist import Entry, from_entries

GOOD = Entry(
    "Zorblaxine", ("zorb", "ЗОРБ"), "103-63-9", "WMPPDTMATNBGJN-UHFFFAOYSA-N", "high", "a note", line=3
)


def test_an_entry_becomes_a_substance_its_names_and_a_house_listing() -> None:
    made = from_entries([GOOD], name="House list", severity=Severity.LOW, where="lists/mine.csv")
    substance = made.substances["zorblaxine"]
    assert (substance.name, substance.cas, substance.severity) == ("Zorblaxine", ("103-63-9",), Severity.HIGH)
    assert (substance.note, substance.source) == ("a note", "mine.csv")
    assert [(name.text, name.type) for name in made.names] == [
        ("Zorblaxine", "common"),
        ("zorb", "common"),
        ("ЗОРБ", "acronym"),
        ("103-63-9", "cas"),
    ]
    assert made.listings == (Listing("zorblaxine", "house-list", wording="Zorblaxine", source="mine.csv"),)
    assert made.lists == {"house-list": ListInfo("house-list", "House list", "house list", "", "house")}


def test_the_severity_of_the_list_is_for_entries_without_one() -> None:
    made = from_entries([replace(GOOD, severity=None)], name="x", severity=Severity.LOW)
    assert made.substances["zorblaxine"].severity is Severity.LOW


def test_moving_an_entry_in_its_file_is_no_change() -> None:
    one, two = (from_entries([replace(GOOD, line=n)], name="x", where="x.csv") for n in (3, 9))
    assert one.digest == two.digest


def test_several_cas_numbers_in_one_text() -> None:
    made = from_entries([Entry("x-ray powder", cas="103-63-9; 79-03-8")], name="x")
    assert made.substances["x-ray-powder"].cas == ("103-63-9", "79-03-8")


def test_names_are_normalised_to_nfc_and_single_blanks() -> None:
    made = from_entries([Entry("  Me\u0301thadone \u00a0 base ")], name="x")
    assert made.names[0].text == "Méthadone base"


def test_two_names_with_one_slug_have_two_keys() -> None:
    made = from_entries([Entry("4-AP"), Entry("4 AP")], name="x")
    assert list(made.substances) == ["4-ap", "4-ap-2"]


def test_no_entries_make_an_empty_list() -> None:
    assert from_entries([], name="x").substances == {}


REFUSED = [
    ([Entry("", line=2)], "mine.csv:2: a name is empty"),
    ([Entry("  ", line=2)], "mine.csv:2: a name is empty"),
    ([Entry("zorb", ("a1", ""), line=2)], "mine.csv:2: a name is empty"),
    ([Entry("x", line=2)], "mine.csv:2: the name 'x' is too short"),
    ([Entry("--", line=2)], "mine.csv:2: the name '--' is too short"),
    ([Entry("zo\u200brb", line=2)], r"mine.csv:2: the name .* holds the invisible character U\+200B"),
    ([Entry("zo\x07rb", line=2)], r"mine.csv:2: .* U\+0007"),
    ([Entry("zorb", ("ZORB",), line=2)], "mine.csv:2: the name 'ZORB' stands here twice; remove one"),
    (
        [Entry("zorb", line=2), Entry("Zorb", line=7)],
        r"mine.csv:7: the name 'Zorb' stands here twice \(first in line 2\)",
    ),
    ([Entry("zorb", line=2), Entry("blax", ("zorb",), line=7)], "mine.csv:7: the name 'zorb'"),
    (
        [Entry("zorb", cas="103-63-8", line=2)],
        "mine.csv:2: CAS RN '103-63-8' has a wrong check digit; .* 103-63-9",
    ),
    ([Entry("zorb", cas="103–63–9", line=2)], "mine.csv:2: CAS RN .* plain digits and hyphens; 103-63-9"),
    ([Entry("zorb", cas="CAS 103-63-9", line=2)], "mine.csv:2: .*; 103-63-9"),
    ([Entry("zorb", cas="phenethyl", line=2)], "mine.csv:2: 'phenethyl' is not a CAS RN"),
    (
        [Entry("zorb", cas="103-63-9", line=2), Entry("blax", cas="103-63-9", line=3)],
        "mine.csv:3: the CAS RN",
    ),
    ([Entry("zorb", inchikey="WMPPDTMATNBGJN", line=2)], "mine.csv:2: 'WMPPDTMATNBGJN' is not an InChIKey"),
    ([Entry("zorb", inchikey="wmppdtmatnbgjn-uhfffaoysa-n", line=2)], "write WMPPDTMATNBGJN-UHFFFAOYSA-N"),
    (
        [Entry("zorb", inchikey="InChIKey=WMPPDTMATNBGJN-UHFFFAOYSA-N", line=2)],
        "write WMPPDTMATNBGJN-UHFFFAOYSA-N",
    ),
    ([Entry("zorb", severity="hgh", line=2)], "mine.csv:2: severity 'hgh' is not known; did you mean high?"),
    ([Entry("zorb", severity="7", line=2)], "it is one of low, medium, high, critical"),
    ([Entry("zorb", key="My Key", line=2)], "mine.csv:2: the key 'My Key' is not lower-case"),
    (
        [Entry("zorb", key="k1", line=2), Entry("blax", key="k1", line=3)],
        "mine.csv:3: the key 'k1' stands here twice",
    ),
    ([Entry("zorb", language="English", line=2)], "mine.csv:2: language 'English'"),
]


@pytest.mark.parametrize(("entries", "message"), REFUSED)
def test_refused_with_file_line_and_fix(entries: list[Entry], message: str) -> None:
    with pytest.raises(WatchlistError, match=message) as caught:
        from_entries(entries, name="mine", where="mine.csv")
    assert caught.value.where == f"mine.csv:{entries[-1].line}"


def test_without_a_line_the_file_alone_is_told() -> None:
    with pytest.raises(WatchlistError) as caught:
        from_entries([Entry("")], name="x", where="config.yaml")
    assert caught.value.where == "config.yaml"
