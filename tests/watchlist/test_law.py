"""The law as shipped: each corrected row with what it rests on, both sides of its day, what is not known."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.model import InForce, Listing, Watchlist
from monitor.watchlist import load_builtin
from monitor.watchlist.builtin import DATA

ROOT = Path(__file__).parents[2]
CURATION = ROOT / "scripts" / "curation"
DAY = timedelta(days=1)
YES, NOT_YET, ENDED, UNKNOWN = InForce.YES, InForce.NOT_YET, InForce.ENDED, InForce.UNKNOWN


@pytest.fixture(scope="module")
def shipped() -> Watchlist:
    return load_builtin()


def entry(watchlist: Watchlist, key: str, list_id: str) -> Listing:
    (found,) = (each for each in watchlist.listings_of(key) if each.list_id == list_id)
    return found


# key, list, the day from which the status is the second one, the status before, and what says so
TURNS = [
    ("fenfluramine", "dea-schedule-4", "2022-12-23", UNKNOWN, ENDED, "87 FR 78857"),
    ("dexfenfluramine", "dea-schedule-4", "2022-12-23", UNKNOWN, ENDED, "87 FR 78857"),
    ("samidorphan", "dea-schedule-2", "2021-04-19", UNKNOWN, ENDED, "86 FR 20284"),
    ("18f-fp-cit", "dea-schedule-2", "2022-12-21", UNKNOWN, ENDED, "87 FR 70715"),
    ("cannabis", "de-btmg-I", "2024-04-01", YES, ENDED, "Cannabisgesetz of 27 March 2024"),
    ("cannabis", "de-btmg-III", "2024-04-01", YES, ENDED, "Cannabisgesetz of 27 March 2024"),
    ("cannabis-resin", "de-btmg-I", "2024-04-01", YES, ENDED, "Cannabisgesetz of 27 March 2024"),
    ("dronabinol", "de-btmg-III", "2024-04-01", YES, ENDED, "Cannabisgesetz of 27 March 2024"),
    ("eapa", "eu-cat-1", "2022-10-03", NOT_YET, YES, "Delegated Regulation (EU) 2022/1518"),
    ("mamdpa", "eu-cat-1", "2022-10-03", NOT_YET, YES, "Delegated Regulation (EU) 2022/1518"),
    ("4-piperidone", "eu-cat-1", "2025-08-14", NOT_YET, YES, "Delegated Regulation (EU) 2025/1475"),
    ("1-boc-4-piperidone", "eu-cat-1", "2025-08-14", NOT_YET, YES, "Delegated Regulation (EU) 2025/1475"),
    ("1-boc-4-ap", "dea-list-1", "2020-05-15", NOT_YET, YES, "document 2022-24155"),
    ("1-boc-4-piperidone", "dea-list-1", "2023-05-12", NOT_YET, YES, "document 2025-19349"),
    ("bmk-glycidic-acid", "dea-list-1", "2026-05-04", NOT_YET, YES, "document 2026-06523"),
    ("eutylone", "dea-schedule-1", "2014-03-07", NOT_YET, YES, "document 2023-07335"),
    ("pmma", "dea-schedule-1", "2021-07-26", NOT_YET, YES, "86 FR 33508"),
    ("amineptine", "dea-schedule-1", "2022-12-19", NOT_YET, YES, "87 FR 68895"),
    ("zipeprol", "dea-schedule-1", "2022-12-21", NOT_YET, YES, "87 FR 70717"),
    ("methoxetamine", "dea-schedule-1", "2022-07-06", NOT_YET, YES, "87 FR 34166"),
    ("4-cmc", "dea-schedule-1", "2025-12-17", NOT_YET, YES, "90 FR 51102"),
    ("2-methyl-ap-237", "dea-schedule-1", "2024-04-15", NOT_YET, YES, "89 FR 18793"),
    ("brorphine", "dea-schedule-1", "2021-03-01", NOT_YET, YES, "86 FR 11862"),
    ("etizolam", "dea-schedule-1", "2023-07-26", NOT_YET, YES, "91 FR 9985"),
    ("n-desethyl-etonitazene", "dea-schedule-1", "2025-10-15", NOT_YET, YES, "document 2025-19542"),
    ("isotonitazene", "dea-schedule-1", "2020-08-20", NOT_YET, YES, "85 FR 51342"),
    ("oliceridine", "dea-schedule-2", "2020-10-30", NOT_YET, YES, "85 FR 68749"),
    ("lemborexant", "dea-schedule-4", "2020-04-07", NOT_YET, YES, "85 FR 19387"),
    ("daridorexant", "dea-schedule-4", "2022-04-07", NOT_YET, YES, "87 FR 20313"),
    ("meta-fluorofentanyl", "dea-schedule-1", "2018-02-06", NOT_YET, YES, "88 FR 85104"),
    ("phenethyl-bromide", "dea-ssl", "2023-10-24", NOT_YET, YES, "88 FR 73044"),
    ("phenethyl-bromide", "dea-proposed", "2024-10-28", NOT_YET, YES, "89 FR 85459"),
    ("phenethyl-bromide", "ca-cdsa-VI-A", "2026-04-12", UNKNOWN, YES, "Schedule VI Class A, item 33"),
    ("propionyl-chloride", "dea-list-1", "2026-03-10", NOT_YET, YES, "91 FR 11450"),
    ("p2np", "dea-ssl", "2023-10-24", NOT_YET, YES, "88 FR 73044"),
    ("bromazolam", "dea-proposed", "2025-12-15", NOT_YET, YES, "document 2025-22763"),
    ("hexahydrocannabinol", "de-btmg-II", "2026-05-28", UNKNOWN, YES, "Anlage II, text of 2026-07-05"),
    ("carisoprodol", "de-btmg-III", "2026-05-28", UNKNOWN, YES, "Anlage III, text of 2026-07-05"),
    ("zuranolone", "de-btmg-III", "2026-05-04", UNKNOWN, YES, "Anlage III, text of 2026-07-05"),
    ("tramadol", "ca-cdsa-I", "2022-03-31", UNKNOWN, YES, "Schedule I, item 27"),
    ("1p-lsd", "ee-lisa1", "2026-02-23", UNKNOWN, YES, "määrus nr 73"),
]


@pytest.mark.parametrize(("key", "list_id", "day", "before", "after", "source"), TURNS)
def test_the_law_turns_on_its_day(
    shipped: Watchlist, key: str, list_id: str, day: str, before: InForce, after: InForce, source: str
) -> None:
    found = entry(shipped, key, list_id)
    turn = date.fromisoformat(day)
    assert (found.at(turn - DAY), found.at(turn)) == (before, after)
    assert source in found.source


def test_each_ended_cannabis_row_says_that_other_german_acts_govern_it_since(shipped: Watchlist) -> None:
    for key, list_id in (
        ("cannabis", "de-btmg-I"),
        ("cannabis", "de-btmg-III"),
        ("cannabis-resin", "de-btmg-I"),
        ("dronabinol", "de-btmg-III"),
    ):
        note = entry(shipped, key, list_id).note
        assert "Konsumcannabisgesetz" in note
        assert "Medizinal-Cannabisgesetz" in note


def test_delta_9_thc_stays_in_anlage_ii(shipped: Watchlist) -> None:
    assert entry(shipped, "dronabinol", "de-btmg-II").at(date(2026, 7, 5)) is YES


def test_words_of_the_law_are_no_substances_and_a_class_has_one_key(shipped: Watchlist) -> None:
    assert not {"ausgenommen", "cannabisharz"} & set(shipped.substances)
    assert {name.substance for name in shipped.names if name.text == "Cannabisharz"} == {"cannabis-resin"}
    assert [each.substance for each in shipped.listings if each.code == "9850"] == [
        "class-fentanyl-related-substances"
    ]


def test_chlordiazepoxide_has_the_structure_that_the_law_prints(shipped: Watchlist) -> None:
    """OPSIN of the name printed in Canada's Schedule IV, item 18, and in the German Anlage III."""
    assert shipped.substances["chlordiazepoxide"].inchikey == "ANTSCNMPPGJYLG-UHFFFAOYSA-N"


def test_pmma_is_everywhere_that_it_was_found(shipped: Watchlist) -> None:
    lists = {each.list_id for each in shipped.listings_of("pmma")}
    assert {"un-1971-I", "dea-schedule-1", "de-btmg-I", "ee-lisa1", "es-psico-I"} <= lists


@pytest.mark.parametrize(
    "name",
    [
        *("meta-Fluorofentanyl", "meta-Fluoroisobutyryl fentanyl", "para-Methoxyfuranyl fentanyl"),
        *("3-Furanyl fentanyl", "2',5'-Dimethoxyfentanyl", "Isovaleryl fentanyl"),
        *("ortho-Fluorofuranyl fentanyl", "alpha'-Methyl butyryl fentanyl"),
        "para-Methylcyclopropyl fentanyl",
    ],
)
def test_the_nine_of_document_2023_26694(shipped: Watchlist, name: str) -> None:
    (key,) = {each.substance for each in shipped.names if each.text.casefold() == name.casefold()}
    assert entry(shipped, key, "dea-schedule-1").at(date(2024, 1, 15)) is YES
    assert shipped.substances[key].inchikey


def test_the_special_surveillance_list_of_2023_is_whole(shipped: Watchlist) -> None:
    found = [each for each in shipped.listings if each.list_id == "dea-ssl"]
    assert len(found) == 28
    assert {each.since for each in found} == {"2023-10-24"}


def test_what_is_not_confirmed_is_marked_and_has_no_date(shipped: Watchlist) -> None:
    unconfirmed = [each for each in shipped.listings if not each.confirmed]
    assert len(unconfirmed) > 50
    assert all((each.since, each.until, each.present_on) == ("", "", "") for each in unconfirmed)


def test_a_day_of_decision_is_no_day_of_force(shipped: Watchlist) -> None:
    found = entry(shipped, "carfentanil", "un-1961-I")
    assert (found.since, found.absent_on) == ("", "2018-03-14")
    assert "decided by the Commission on Narcotic Drugs on 2018-03-14" in found.note


def test_what_was_from_memory_and_is_confirmed_names_what_confirms_it(shipped: Watchlist) -> None:
    found = [each for each in shipped.listings if each.list_id.startswith("un-") and each.confirmed]
    assert sum("confirmed by" in each.source for each in found) > 250


def test_no_source_is_the_path_of_a_copy(shipped: Watchlist) -> None:
    for each in shipped.listings:
        assert not re.search(r"@[0-9a-f]{7}|\.md\b|\.xlsx\b|https?://", each.source), each
    for info in shipped.lists.values():
        assert info.source
        assert info.licence
        assert info.missing, f"{info.id}: what is missing?"


def test_days_are_partial_iso_dates_in_order(shipped: Watchlist) -> None:
    for each in shipped.listings:
        for written in filter(None, (each.since, each.until)):
            date.fromisoformat((written + "-01-01")[:10])
        for written in filter(None, (each.absent_on, each.present_on)):
            date.fromisoformat(written)
        assert not each.until or each.since <= each.until


def test_the_importer_makes_what_is_shipped(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    import import_facts

    import_facts.main(tmp_path, tmp_path)
    for file in ("substances.csv", "names.csv", "listings.csv", "lists.csv", "withheld.csv"):
        assert (tmp_path / file).read_bytes() == (DATA / file).read_bytes(), f"{file}: run the importer"
    for file in ("record.csv", "refused.csv"):
        assert (tmp_path / file).read_bytes() == (CURATION / file).read_bytes(), f"{file}: run the importer"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"key": "nobody"}, "no substance with this key"),
        ({"list": "uk-misuse"}, "no such list"),
        ({"source": ""}, "no primary citation"),
        ({"source": "someone/laws@cce3209:btmg.md"}, "no primary citation"),
        ({"since": "before 2026-04-04"}, "since is no date"),
        ({"since": "2023-02-30"}, "since is no date"),
        ({"since": "2023-02"}, ""),
        ({"absent_on": "2023-02"}, "absent_on is no day"),
        ({"since": "2023", "until": "2022-12-23"}, "it ends before it begins"),
        ({"action": "perhaps"}, "unknown action 'perhaps'"),
    ],
)
def test_what_the_importer_refuses(change: dict[str, str], why: str) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    from law_facts import refusal

    row = dict.fromkeys(
        ("code", "wording", "since", "until", "absent_on", "present_on", "confirmed", "note"), ""
    )
    row |= {"action": "list", "key": "heroin", "list": "un-1961-I", "source": "an act, item 1", **change}
    assert refusal(row, {"heroin"}, {"un-1961-I"}) == why


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        ("2024-01-29", {"dea-ssl": YES, "dea-proposed": NOT_YET, "ca-cdsa-VI-A": UNKNOWN}),
        ("2024-11-18", {"dea-ssl": YES, "dea-proposed": YES, "ca-cdsa-VI-A": UNKNOWN}),
        ("2026-04-11", {"dea-ssl": YES, "dea-proposed": YES, "ca-cdsa-VI-A": UNKNOWN}),
        ("2026-04-12", {"dea-ssl": YES, "dea-proposed": YES, "ca-cdsa-VI-A": YES}),
    ],
)
def test_phenethyl_bromide_day_by_day(shipped: Watchlist, day: str, statuses: dict[str, InForce]) -> None:
    found = shipped.listings_of("phenethyl-bromide")
    assert {each.list_id: each.at(date.fromisoformat(day)) for each in found} == statuses
