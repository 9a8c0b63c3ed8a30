"""The structure classes as a watchlist: no RDKit needed, and the same classes as those that judge."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.chem.class_list import LIST_KIND, class_ids, class_watchlist
from monitor.model import InForce, Severity


def test_every_class_is_a_list_with_one_entry() -> None:
    found = class_watchlist(("all",))
    assert list(found.lists) == list(class_ids())
    assert [each.list_id for each in found.listings] == list(class_ids())
    assert list(found.substances) == [f"class:{id}" for id in class_ids()]
    assert all(info.kind == LIST_KIND and info.authority for info in found.lists.values())
    assert not any(info.is_control for info in found.lists.values())
    assert found.names == ()  # no text names a class: only a structure leads to it


def test_an_entry_tells_the_law() -> None:
    found = class_watchlist(("us-frs",))
    (entry,) = found.listings
    assert (entry.substance, entry.code, entry.since) == ("class:us-frs", "9850", "2018-02-06")
    assert "replacement of the N-propionyl group with another acyl group" in entry.wording
    assert "21 U.S.C. 812(c)" in entry.source
    assert entry.at(date(2018, 2, 5)) is InForce.NOT_YET
    assert found.substances["class:us-frs"].name == "possible member of US fentanyl-related substances"


def test_only_those_asked_for_and_those_that_mean_little_are_low() -> None:
    found = class_watchlist(("us-phenylacetic-esters", "dea-list-1", "no-such-list"))
    assert list(found.lists) == ["us-phenylacetic-esters"]
    assert found.substances["class:us-phenylacetic-esters"].severity is Severity.LOW


def test_the_judging_classes_are_the_listed_ones() -> None:
    pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")
    from monitor.chem.classes import classes

    assert [(each.id, each.since) for each in classes()] == [
        (each.list_id, each.since) for each in class_watchlist(("all",)).listings
    ]
