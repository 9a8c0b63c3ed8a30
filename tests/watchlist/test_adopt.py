"""What is accepted of notices joins the watchlist, and a later release of the lists takes it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitor.model import InForce, ListInfo, Listing, Name, Substance, Watchlist
from monitor.watchlist import adopt

INFOS = {
    id: ListInfo(id, id, "DEA", "US", kind, complete_to="2026-05-04")
    for id, kind in (
        ("dea-schedule-1", "schedule"),
        ("dea-schedule-3", "schedule"),
        ("dea-list-1", "precursor"),
        ("dea-ssl", "surveillance"),
        ("dea-proposed", "proposed"),
    )
}
KEY = "QWCRAEMEVRGPNT-UHFFFAOYSA-N"
KNOWN = Watchlist(
    {"exampline": Substance("exampline", "Exampline"), "sampleton": Substance("sampleton", "Sampleton")},
    (Name("Exampline", "exampline"), Name("Sampleton", "sampleton")),
    (Listing("exampline", "dea-schedule-1", since="2001-05-01"),),
    {"dea-schedule-1": INFOS["dea-schedule-1"]},
)


@dataclass(frozen=True)
class Accepted:
    substance: str
    published: str
    change: Mapping[str, object]


def accepted(
    action: str, substance: str = "sampleton", list_id: str = "dea-list-1", **more: object
) -> Accepted:
    change = {"action": action, "list": list_id, "name": substance.title(), "citation": "FR 2026-1", **more}
    return Accepted(substance, "2026-11-20", {"complete_to": "2026-05-04", **change})


def entries(watchlist: Watchlist, key: str = "sampleton") -> list[tuple[str, str, str]]:
    return [(each.list_id, each.since, each.until) for each in watchlist.listings_of(key)]


def test_a_placed_substance_stands_on_the_list_from_its_day() -> None:
    found = adopt(KNOWN, [accepted("designate", effective="2026-12-20")], INFOS)
    assert entries(found) == [("dea-list-1", "2026-12-20", "")]
    (entry,) = found.listings_of("sampleton")
    assert entry.at(date(2026, 12, 19)) is InForce.NOT_YET
    assert entry.at(date(2026, 12, 20)) is InForce.YES
    assert found.lists["dea-list-1"] == INFOS["dea-list-1"]
    assert (entry.source, "accepted in review" in entry.note) == ("FR 2026-1", True)


def test_a_day_that_nobody_knows_is_said_to_be_unknown() -> None:
    (entry,) = adopt(KNOWN, [accepted("place", list_id="dea-schedule-3")], INFOS).listings_of("sampleton")
    assert entry.since == ""
    assert entry.at(date(2026, 12, 31)) is InForce.UNKNOWN
    assert "not known" in entry.note


def test_a_substance_that_no_list_has_comes_with_names_and_structure() -> None:
    names = [
        {"text": "Novex", "type": "common", "ambiguous": False},
        {"text": "NX", "type": "acronym", "ambiguous": True},
        {"text": "Exampline", "type": "common", "ambiguous": False},
    ]
    new = accepted("place", "novex", "dea-schedule-1", names=names, smiles="CCO", inchikey=KEY, kind="other")
    found = adopt(KNOWN, [new], INFOS)
    substance = found.substances["novex"]
    assert (substance.name, substance.smiles, substance.inchikey, substance.kind) == (
        "Novex",
        "CCO",
        KEY,
        "other",
    )
    assert [(n.text, n.ambiguous) for n in found.names if n.substance == "novex"] == [
        ("Novex", False),
        ("NX", True),
    ]


def test_a_release_takes_over_what_was_accepted() -> None:
    place = accepted("place", list_id="dea-schedule-1", effective="2026-12-20")
    later = {**INFOS, "dea-schedule-1": replace(INFOS["dea-schedule-1"], complete_to="2026-12-31")}
    released = replace(KNOWN, lists={"dea-schedule-1": later["dea-schedule-1"]})
    assert (
        adopt(released, [place], later) == released
    )  # complete past the notice: it says all there is to say
    sooner = {**INFOS, "dea-schedule-1": replace(INFOS["dea-schedule-1"], complete_to="2026-11-19")}
    released = replace(KNOWN, lists={"dea-schedule-1": sooner["dea-schedule-1"]})
    assert entries(adopt(released, [place], sooner)) == [("dea-schedule-1", "2026-12-20", "")]
    has_it = replace(KNOWN, listings=(Listing("sampleton", "dea-schedule-1", since="2026-12-21"),))
    assert adopt(has_it, [place], INFOS) == has_it
    undated = replace(KNOWN, listings=(Listing("sampleton", "dea-schedule-1"),))
    assert entries(adopt(undated, [place], INFOS)) == [("dea-schedule-1", "2026-12-20", "")]


def test_a_release_that_has_the_substance_under_another_key_keeps_it() -> None:
    place = accepted("place", "novex", "dea-schedule-1", effective="2026-12-20", inchikey=KEY)
    by_structure = replace(
        KNOWN, substances={**KNOWN.substances, "nvx": Substance("nvx", "NVX", inchikey=KEY)}
    )
    assert entries(adopt(by_structure, [place], INFOS), "nvx") == [("dea-schedule-1", "2026-12-20", "")]
    by_name = replace(
        KNOWN,
        substances={**KNOWN.substances, "nvx": Substance("nvx", "NVX")},
        names=(*KNOWN.names, Name("Novex", "nvx")),
    )
    found = adopt(by_name, [place], INFOS)
    assert entries(found, "nvx") == [("dea-schedule-1", "2026-12-20", "")]
    assert "novex" not in found.substances


def test_a_proposal_stands_as_proposed_until_it_is_adopted_or_withdrawn() -> None:
    propose = accepted("propose")
    found = adopt(KNOWN, [propose], INFOS)
    assert entries(found) == [("dea-proposed", "2026-11-20", "")]
    assert "proposed for dea-list-1" in found.listings_of("sampleton")[0].wording
    withdrawn = replace(accepted("withdraw"), published="2027-02-01")
    assert entries(adopt(KNOWN, [propose, withdrawn], INFOS)) == [
        ("dea-proposed", "2026-11-20", "2027-02-01")
    ]
    final = replace(accepted("designate", effective="2027-03-01"), published="2027-02-01")
    assert entries(adopt(KNOWN, [propose, final], INFOS)) == [
        ("dea-proposed", "2026-11-20", "2027-03-01"),
        ("dea-list-1", "2027-03-01", ""),
    ]


def test_a_removal_ends_the_entry_and_a_move_makes_the_next() -> None:
    gone = accepted("remove", "exampline", "dea-schedule-1", effective="2026-12-20")
    assert entries(adopt(KNOWN, [gone], INFOS), "exampline") == [
        ("dea-schedule-1", "2001-05-01", "2026-12-20")
    ]
    moved = accepted(
        "move", "exampline", "dea-schedule-3", from_list="dea-schedule-1", effective="2026-12-20"
    )
    assert entries(adopt(KNOWN, [moved], INFOS), "exampline") == [
        ("dea-schedule-1", "2001-05-01", "2026-12-20"),
        ("dea-schedule-3", "2026-12-20", ""),
    ]
    back = replace(
        accepted("place", "exampline", "dea-schedule-1", effective="2027-06-01"), published="2027-05-01"
    )
    assert entries(adopt(KNOWN, [gone, back], INFOS), "exampline") == [
        ("dea-schedule-1", "2001-05-01", "2026-12-20"),
        ("dea-schedule-1", "2027-06-01", ""),
    ]


def test_an_extension_is_noted_and_a_correction_is_for_a_person() -> None:
    extended = accepted("extend", "exampline", "dea-schedule-1", effective="2027-11-20")
    (entry,) = adopt(KNOWN, [extended], INFOS).listings_of("exampline")
    assert "extended to 2027-11-20" in entry.note
    assert (entry.since, entry.until) == ("2001-05-01", "")
    assert adopt(KNOWN, [accepted("correct", "exampline", "dea-schedule-1")], INFOS) == KNOWN


def test_a_list_that_is_not_shipped_and_texts_of_the_wrong_kind_change_nothing() -> None:
    assert adopt(KNOWN, [accepted("place", list_id="xx-list")], INFOS) == KNOWN
    assert adopt(KNOWN, [accepted("place", list_id="")], INFOS) == KNOWN
    odd = accepted("designate", effective=20261220, names="Novex", kind=None)
    (entry,) = adopt(KNOWN, [odd], INFOS).listings_of("sampleton")
    assert entry.since == ""


def test_a_member_that_a_class_has_the_name_of_is_a_substance_of_its_own() -> None:
    known = replace(
        KNOWN,
        substances={**KNOWN.substances, "class-x": Substance("class-x", "Examples")},
        names=(*KNOWN.names, Name("Novex", "class-x")),
    )
    found = adopt(known, [accepted("place", "novex", "dea-schedule-1", effective="2026-12-20")], INFOS)
    assert entries(found, "novex") == [("dea-schedule-1", "2026-12-20", "")]
    assert entries(found, "class-x") == []
