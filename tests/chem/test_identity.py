"""Identifiers of a watched substance that do not belong together are told."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")

from monitor.chem.identity import disagreements
from monitor.chem.opsin import Opsin
from monitor.model import Name, Substance
from monitor.watchlist import load_builtin

BROMIDE = "WMPPDTMATNBGJN-UHFFFAOYSA-N"


def told(*substances: Substance) -> list[tuple[str, str]]:
    found = disagreements({each.key: each for each in substances}, (), None)
    return [(each.substance, each.kind) for each in found]


def test_agreement_is_silent() -> None:
    assert (
        told(Substance("a", "A", smiles="BrCCc1ccccc1", inchikey=BROMIDE, cas=("103-63-9",), cid=7666)) == []
    )


def test_structures_that_are_not_their_key_or_no_structure_are_told() -> None:
    assert told(Substance("a", "A", smiles="CCc1ccccc1Br", inchikey=BROMIDE)) == [("a", "structure")]
    assert told(Substance("a", "A", smiles="C(", inchikey=BROMIDE)) == [("a", "structure")]


def test_numbers_of_two_substances_are_told() -> None:
    one, two = Substance("a", "A", cas=("103-63-9",), cid=1), Substance("b", "B", cas=("103-63-9",), cid=1)
    assert told(one, two) == [("a", "cas"), ("a", "cid")]


def test_a_name_that_means_another_structure_is_told(opsin: Opsin) -> None:
    substance = Substance("a", "A", inchikey=BROMIDE)
    names = [
        Name("(2-bromoethyl)benzene", "a", "en", "systematic"),
        Name("1-Brom-2-ethylbenzol", "a", "de", "systematic"),
        Name("bromoethylbenzene", "a", "en", "common"),
    ]
    (found,) = disagreements({"a": substance}, names, opsin)
    assert (found.kind, "1-Brom-2-ethylbenzol" in found.sentence) == ("name", True)


def test_shipped_structures_have_their_keys_and_no_name_has_another_connectivity(opsin: Opsin) -> None:
    watchlist = load_builtin()
    found = list(disagreements(watchlist.substances, watchlist.names, opsin))
    assert [each for each in found if each.kind == "structure"] == []
    assert [each for each in found if each.kind == "name" and "connectivity" in each.sentence] == []
