"""Accepted proposals in the watchlist, and the names that were taken out of the shipped lists."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from monitor.model import Name, Substance, Watchlist
from monitor.watchlist import enrich, withheld

ROOT = Path(__file__).resolve().parents[2]
PEB = Substance("peb", "(2-bromoethyl)benzene", cid=1, inchikey="OLD", smiles="C", source="INCB")
BASE = Watchlist(
    {"peb": PEB, "other": Substance("other", "other")},
    (Name("(2-bromoethyl)benzene", "peb"), Name("Otherol", "other")),
)


@dataclass(frozen=True)
class Accepted:
    substance: str
    kind: str
    after: str
    detail: str = ""
    source: str = "PubChem CID 7666, 2026-11-22"


def test_accepted_synonyms_become_names_with_their_source() -> None:
    new = enrich(
        BASE, [Accepted("peb", "synonym", "2-phenylethyl bromide"), Accepted("peb", "synonym", "PEB")]
    )
    assert new.names[2:] == (
        Name("2-phenylethyl bromide", "peb", type="systematic", source="PubChem CID 7666, 2026-11-22"),
        Name("PEB", "peb", type="acronym", source="PubChem CID 7666, 2026-11-22"),
    )
    assert new.digest != BASE.digest
    assert enrich(BASE, []) is BASE


def test_a_structure_or_cid_replaces_the_old_one_and_says_where_from() -> None:
    new = enrich(BASE, [Accepted("peb", "cid", "7666"), Accepted("peb", "structure", "NEW", "CCBr")])
    peb = new.substances["peb"]
    assert (peb.cid, peb.inchikey, peb.smiles) == (7666, "NEW", "CCBr")
    assert peb.source == ("INCB | cid=PubChem CID 7666, 2026-11-22 | structure=PubChem CID 7666, 2026-11-22")


def test_what_no_longer_fits_is_left_out() -> None:
    accepted = [
        Accepted("gone", "synonym", "phenylethane bromide"),
        Accepted("gone", "cid", "5"),
        Accepted("peb", "synonym", "OTHEROL"),
        Accepted("peb", "synonym", "(2-Bromoethyl)benzene"),
    ]
    assert enrich(BASE, accepted) is BASE


def test_the_withheld_names_are_those_of_the_curation_tables() -> None:
    """Made again by scripts/import_facts.py."""
    is_withheld = withheld()
    with (ROOT / "scripts/curation/drop.csv").open(encoding="utf-8", newline="") as lines:
        dropped = [row["name"] for row in csv.DictReader(lines)]
    with (ROOT / "scripts/curation/withheld.csv").open(encoding="utf-8", newline="") as lines:
        digests = {row["digest"] for row in csv.DictReader(lines)}
    digests |= {hashlib.sha256(name.casefold().encode()).hexdigest()[:16] for name in dropped}
    shipped = (ROOT / "monitor/watchlist/data/withheld.csv").read_text().split()
    assert shipped == ["digest", *sorted(digests)]
    assert all(map(is_withheld, dropped))
    assert not is_withheld("phenethyl bromide")
