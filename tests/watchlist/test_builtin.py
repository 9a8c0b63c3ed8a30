"""The shipped lists: loading, choosing by id, and the integrity of every row."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter

import pytest

from monitor.errors import WatchlistError
from monitor.model import ListInfo, Watchlist
from monitor.watchlist import cas_check, inchikey_check, load_builtin
from monitor.watchlist.builtin import DATA

KINDS = {"schedule", "precursor", "surveillance", "proposed"}
TYPES = {"common", "inn", "trade", "systematic", "acronym", "street", "cas", "other"}
DATE = re.compile(r"|\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@pytest.fixture(scope="module")
def shipped() -> Watchlist:
    return load_builtin()


def entries(watchlist: Watchlist, key: str) -> dict[str, tuple[str, str]]:
    return {entry.list_id: (entry.since, entry.note) for entry in watchlist.listings_of(key)}


def test_every_substance_has_a_name(shipped: Watchlist) -> None:
    assert set(shipped.substances) == {name.substance for name in shipped.names}


def test_every_listing_points_to_a_substance_and_a_list(shipped: Watchlist) -> None:
    assert {entry.substance for entry in shipped.listings} <= set(shipped.substances)
    assert {entry.list_id for entry in shipped.listings} == set(shipped.lists)


def test_list_kinds_and_texts(shipped: Watchlist) -> None:
    assert {info.kind for info in shipped.lists.values()} == KINDS
    assert all(info.title and info.authority and info.jurisdiction for info in shipped.lists.values())
    assert shipped.lists["dea-ssl"].kind == "surveillance"
    assert shipped.lists["dea-proposed"].kind == "proposed"
    control = [info for info in shipped.lists.values() if info.is_control]
    assert len(control) == len(shipped.lists) - 2


def test_numbers_are_valid(shipped: Watchlist) -> None:
    for substance in shipped.substances.values():
        assert all(cas_check(number) for number in substance.cas), substance.key
        assert not substance.inchikey or inchikey_check(substance.inchikey), substance.key
    assert all(cas_check(name.text) for name in shipped.names if name.type == "cas")


def test_each_number_names_one_substance(shipped: Watchlist) -> None:
    keys = [s.inchikey for s in shipped.substances.values() if s.inchikey]
    numbers = [(name.text, name.substance) for name in shipped.names if name.type == "cas"]
    assert len(keys) == len(set(keys))
    assert len(numbers) == len({text for text, _ in numbers})


def test_each_cas_number_of_a_substance_is_a_name_of_it(shipped: Watchlist) -> None:
    named = {(name.substance, name.text) for name in shipped.names if name.type == "cas"}
    assert {(s.key, number) for s in shipped.substances.values() for number in s.cas} <= named


def test_no_name_stands_twice(shipped: Watchlist) -> None:
    counts = Counter((name.substance, name.text.casefold(), name.language) for name in shipped.names)
    assert [row for row, count in counts.items() if count > 1] == []


def test_each_text_names_one_substance_and_one_way(shipped: Watchlist) -> None:
    """A text has one everyday meaning: one key, and one answer to "is it ambiguous"."""
    meanings: dict[str, set[tuple[str, bool]]] = {}
    for name in shipped.names:
        meanings.setdefault(name.text.casefold(), set()).add((name.substance, name.ambiguous))
    assert [text for text, found in meanings.items() if len(found) > 1] == []


def test_names_are_clean(shipped: Watchlist) -> None:
    for name in shipped.names:
        assert name.type in TYPES, name
        assert re.fullmatch(r"[a-z]{2,3}", name.language), name
        assert len(name.text) > 1 or name.ambiguous, name
        assert name.text == " ".join(unicodedata.normalize("NFC", name.text).split()), name
        assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in name.text), name


def test_brackets_of_names_are_balanced(shipped: Watchlist) -> None:
    for name in shipped.names:
        assert all(name.text.count(a) == name.text.count(b) for a, b in ("()", "[]", "{}")), name


def test_street_names_and_ambiguous_names_need_other_evidence(shipped: Watchlist) -> None:
    sure = {name.text.casefold() for name in shipped.names if name.type == "street" and not name.ambiguous}
    assert not sure & {"weed", "pot", "ice", "snow", "speed", "crack", "molly", "crystal", "spice", "k2"}


@pytest.mark.parametrize(
    "text",
    [
        "heroin",
        "cocaine",
        "cannabis",
        "ketamine",
        "morphine",
        "fentanyl",
        "opium",
        "MDMA",
        "LSD",
        "Valium",
        "Ritalin",
        "Haschisch",
        "Captagon",
        "Methamphetamin",
        "кокаин",
        "海洛因",
        "冰毒",
        "marihuana",
        "hachís",
        "cocaïne",
        "kokaina",
        "4-ANPP",
        "MDP2P",
    ],
)
def test_clear_drug_names_stand_alone(shipped: Watchlist, text: str) -> None:
    found = [name for name in shipped.names if name.text.casefold() == text.casefold()]
    assert found
    assert not any(name.ambiguous for name in found)


@pytest.mark.parametrize(
    "text",
    [
        "BMK",
        "PMK",
        "P2P",
        "NPP",
        "MAPA",
        "GBL",
        "Cheque",
        "Rize",
        "settima",
        "Sonata",
        "Android",
        "Redux",
        "Doral",
        "2NE1",
        "STS-135",
        "XLR-11",
        "ecstasy",
        "heroína",
        "苯丙酮",
        "caffeine",
        "innovar",
        "hexen",
        "luminal",
        "ice",
        "speed",
        "硫酸",
    ],
)
def test_names_with_other_senses_are_ambiguous(shipped: Watchlist, text: str) -> None:
    found = [name for name in shipped.names if name.text.casefold() == text.casefold()]
    assert found
    assert all(name.ambiguous for name in found)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("BMK", "phenylacetone"),
        ("BMK glycidate", "bmk-methyl-glycidate"),
        ("PMK", "pmk"),
        ("苯丙酮", "phenylacetone"),
        ("hashish", "cannabis-resin"),
        ("Haschisch", "cannabis-resin"),
        ("marijuana", "cannabis"),
        ("speed", "amfetamine"),
        ("ice", "metamfetamine"),
        ("spice", "class-synthetic-cannabinoids"),
        ("7723-14-0", "red-phosphorus"),
    ],
)
def test_the_everyday_meaning(shipped: Watchlist, text: str, key: str) -> None:
    assert {name.substance for name in shipped.names if name.text.casefold() == text.casefold()} == {key}


def test_dates_are_partial_iso_dates(shipped: Watchlist) -> None:
    for entry in shipped.listings:
        assert DATE.fullmatch(entry.since), entry
        assert not any(char.isdigit() for char in entry.since) or entry.since[:2] in ("19", "20"), entry


@pytest.mark.parametrize(
    ("key", "list_id", "since", "note"),
    [
        ("propionyl-chloride", "dea-list-1", "2026-03-10", "published"),
        ("1-4-butanediol", "dea-ssl", "2023-10-24", "one of 28 chemicals; the notice was read second-hand"),
        ("acetic-anhydride", "eu-cat-2a", "", ""),
    ],
)
def test_dates_are_kept_apart_from_notes(
    shipped: Watchlist, key: str, list_id: str, since: str, note: str
) -> None:
    assert entries(shipped, key)[list_id] == (since, note)


def test_a_regulation_is_a_note_and_no_date(shipped: Watchlist) -> None:
    found = [entry for entry in shipped.listings if entry.note == "Reg 2016/1443"]
    assert found
    assert all(entry.since == "" for entry in found)


def test_phenethyl_bromide_is_on_no_control_list_but_canada_s(shipped: Watchlist) -> None:
    found = {id: since for id, (since, _) in entries(shipped, "phenethyl-bromide").items()}
    assert found == {"dea-ssl": "2023-10-24", "dea-proposed": "2024-10-28", "ca-cdsa-VI-A": ""}


def test_propionyl_chloride_is_on_lists_of_two_countries(shipped: Watchlist) -> None:
    assert set(entries(shipped, "propionyl-chloride")) == {"dea-ssl", "dea-list-1", "ca-cdsa-VI-A"}


def test_a_plant_does_not_carry_the_listings_of_another(shipped: Watchlist) -> None:
    assert set(entries(shipped, "salvia-divinorum")) == {"de-btmg-I", "ca-cdsa-IV", "ee-lisa1"}
    assert "de-btmg-III" in entries(shipped, "opium-poppy")


def test_choosing_lists() -> None:
    chosen = load_builtin(["dea-ssl"])
    assert {"phenethyl-bromide", "propionyl-chloride"} <= set(chosen.substances)
    assert all(chosen.listings_of(key) for key in chosen.substances)
    assert {name.substance for name in chosen.names} == set(chosen.substances)
    assert {entry.substance for entry in chosen.listings} == set(chosen.substances)
    # What else is known of the legal status of a chosen substance is not cut off.
    assert {"dea-ssl", "dea-list-1", "dea-proposed"} <= set(chosen.lists)


def test_all_holds_every_list(shipped: Watchlist) -> None:
    assert load_builtin(["dea-ssl", "all"]).digest == shipped.digest


@pytest.mark.parametrize(("id", "hint"), [("incb-table1", "incb-table-1"), ("zzz", "docs/watchlists.md")])
def test_an_unknown_list_is_refused_with_the_likely_id(id: str, hint: str) -> None:
    with pytest.raises(WatchlistError, match=hint):
        load_builtin([id])


def test_nothing_is_kept_between_two_calls(shipped: Watchlist) -> None:
    again = load_builtin()
    assert again.digest == shipped.digest
    assert again.substances is not shipped.substances


@pytest.mark.parametrize("file", ["substances.csv", "names.csv", "listings.csv", "lists.csv"])
def test_rows_are_whole(file: str) -> None:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}


def test_every_row_of_names_listings_and_lists_has_its_source() -> None:
    for file in ("names.csv", "listings.csv", "lists.csv"):
        with (DATA / file).open(encoding="utf-8", newline="") as lines:
            assert all(row["source"] for row in csv.DictReader(lines)), file


def test_surveillance_and_proposals_are_no_control() -> None:
    assert not ListInfo("x", "x", "x", "x", "surveillance").is_control
    assert not ListInfo("x", "x", "x", "x", "proposed").is_control
