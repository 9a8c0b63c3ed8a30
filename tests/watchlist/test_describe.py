"""What is told of a substance: all of it, and the legal status in exact words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from monitor.model import Listing, Watchlist
from monitor.watchlist import Entry, describe, from_entries, load_builtin, lookup, merge
from tests.watchlist.cases import PHENETHYL, SCHEDULE, shipped

DAY = date(2024, 11, 5)


def text(watchlist: Watchlist, key: str, at: date = DAY) -> str:
    return "\n".join(describe(watchlist, watchlist.substances[key], at))


def test_everything_known_is_told() -> None:
    told = text(shipped(), "phenethyl-bromide")
    for part in (
        "(2-Bromoethyl)benzene  [phenethyl-bromide]",
        "kind: precursor",
        "CAS RN: 103-63-9",
        "PubChem CID: 7666",
        "InChIKey: WMPPDTMATNBGJN-UHFFFAOYSA-N",
        "SMILES: BrCCC1=CC=CC=C1",
        "note: a note",
        "source: a source",
        "en: (2-bromoethyl)benzene; phenethyl bromide",
        "de: Phenethylbromid",
        "sources: facts",
        "source: 88 FR 73044",
        "wording: ANPRM",
        "Not legal advice",
    ):
        assert part in told


def test_surveillance_and_proposal_are_never_called_scheduled() -> None:
    told = text(shipped(), "phenethyl-bromide")
    assert "On a surveillance list (not scheduled, no control list)" in told
    assert "dea-ssl: under surveillance, since 2023-10-24" in told
    assert "Proposed only (not in force)" in told
    assert "dea-proposed: published, since 2024-10-28" in told
    assert "Scheduled" not in told


def test_the_status_is_that_of_the_day() -> None:
    told = text(shipped(), "phenethyl-bromide", date(2023, 10, 23))
    assert "dea-ssl: not yet under surveillance, since 2023-10-24" in told
    assert "dea-proposed: not yet published, since 2024-10-28" in told


def test_a_date_that_is_not_known_is_said_to_be_so() -> None:
    assert "dea-list-1, code 8501: date not known" in text(shipped(), "phenylacetone")


def test_a_year_leaves_the_day_open() -> None:
    base = shipped()
    listings = (Listing("phenylacetone", "dea-schedule-1", "", "x", "2024", "", "a remark"),)
    watchlist = replace(base, listings=listings, lists={**base.lists, "dea-schedule-1": SCHEDULE})
    told = text(watchlist, "phenylacetone")
    assert "Scheduled\n    dea-schedule-1: day not known, since 2024 (a remark)" in told


def test_an_entry_that_ended() -> None:
    base = shipped()
    ended = Listing("phenylacetone", "dea-list-1", "", "x", "2001", "2020-05-01")
    told = text(replace(base, listings=(ended,)), "phenylacetone")
    assert "no longer in force, since 2001, until 2020-05-01" in told


def test_ambiguous_names_stand_apart_with_their_senses() -> None:
    told = text(shipped(), "phenylacetone")
    assert "only beside other evidence" in told
    assert "BMK (mul, acronym): an Austrian ministry" in told


def test_no_listing_is_no_clearance() -> None:
    told = text(replace(shipped(), listings=()), "phenethyl-bromide")
    assert "on none of the loaded lists. It may still be controlled somewhere." in told


def test_a_house_list_is_named_as_such() -> None:
    mine = from_entries([Entry("phenethyl bromide", severity="high")], name="House list")
    told = text(merge([shipped(), mine]), PHENETHYL.key)
    assert "House lists (your own)\n    house-list: watched" in told
    assert "severity: high" in told


def test_lines_fit_the_screen() -> None:
    watchlist = load_builtin()
    for key in ("phenethyl-bromide", "phenylacetone", "acetic-anhydride"):
        substance = lookup(watchlist, key)[0]
        assert all(len(line) <= 160 for line in describe(watchlist, substance, DAY))
