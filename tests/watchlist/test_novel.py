"""Names that somebody decided to watch, in the watchlist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import Listing, Name, Substance, Watchlist
from monitor.watchlist import watch_names
from monitor.watchlist.novel import LIST

PEB = "WMPPDTMATNBGJN-UHFFFAOYSA-N"
BASE = Watchlist({"peb": Substance("peb", "PEB", inchikey=PEB)}, (Name("phenethyl bromide", "peb"),))


@dataclass(frozen=True)
class Watched:
    name: str
    smiles: str = ""
    inchikey: str = ""
    who: str = "Ann"
    why: str = "seen twice"
    at: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_name_becomes_a_substance_on_a_list_of_its_own() -> None:
    new = watch_names(BASE, [Watched("2-zorbyl-ethane", "CC", "OTGPXFCAZQJPKA-UHFFFAOYSA-N")])
    key, source = "novel:2-zorbyl-ethane", "novelty queue, watched by Ann on 2026-11-20"
    added = new.substances[key]
    assert (added.name, added.smiles, added.note, added.source) == (
        "2-zorbyl-ethane",
        "CC",
        "seen twice",
        source,
    )
    assert new.names[1:] == (Name("2-zorbyl-ethane", key, "mul", "systematic", source=source),)
    assert new.listings_of(key) == (
        Listing(key, LIST.id, wording="2-zorbyl-ethane", note="seen twice", source=source),
    )
    assert not new.lists[LIST.id].is_control
    assert new.digest != BASE.digest


def test_a_known_structure_gets_another_name() -> None:
    new = watch_names(BASE, [Watched("1-bromo-2-phenylethane", inchikey=PEB)])
    assert [(each.text, each.substance) for each in new.names] == [
        ("phenethyl bromide", "peb"),
        ("1-bromo-2-phenylethane", "peb"),
    ]
    assert (list(new.substances), new.listings, new.lists) == (["peb"], (), {})


def test_two_names_of_one_new_structure_are_one_substance() -> None:
    new = watch_names(BASE, [Watched("zorbane-a", inchikey="X"), Watched("zorbane-b", inchikey="X")])
    assert [each.substance for each in new.names[1:]] == ["novel:zorbane-a"] * 2


def test_names_that_differ_in_brackets_only_stay_apart() -> None:
    new = watch_names(BASE, [Watched("1-(2-zorbyl)ethane"), Watched("1-2-(zorbyl)ethane")])
    assert list(new.substances)[1:] == ["novel:1-2-zorbyl-ethane", "novel:1-2-zorbyl-ethane-2"]


def test_what_is_known_by_now_is_left_out() -> None:
    assert watch_names(BASE, [Watched("Phenethyl  bromide"), Watched("peb")]) is BASE
    assert watch_names(BASE, []) is BASE
