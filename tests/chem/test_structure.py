"""Keys, parents and pictures of structures."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")

from monitor.chem.structure import parse, picture

AMPHETAMINE = "KWTSXDURSIMDCE-UHFFFAOYSA-N"


def test_a_structure_has_key_formula_and_mass() -> None:
    found = parse("BrCCC1=CC=CC=C1")
    assert found is not None
    assert (found.inchikey, found.formula, found.mass, found.charge) == (
        "WMPPDTMATNBGJN-UHFFFAOYSA-N",
        "C8H9Br",
        185.064,
        0,
    )
    key = "WMPPDTMATNBGJN-UHFFFAOYSA-N"
    assert found.keys == ((key, "exact"), (key, "without stereo"))


@pytest.mark.parametrize(
    ("smiles", "how"),
    [
        ("CC(N)Cc1ccccc1", "exact"),
        ("C[C@H](N)Cc1ccccc1", "without stereo"),
        ("CC(N)Cc1ccccc1.OS(=O)(=O)O", "salt-stripped parent"),
        ("CC([NH3+])Cc1ccccc1.[Cl-]", "salt-stripped parent"),
        ("C[C@H](N)Cc1ccccc1.Cl", "salt-stripped parent without stereo"),
    ],
)
def test_salts_and_isomers_meet_their_parent(smiles: str, how: str) -> None:
    found = parse(smiles)
    assert found is not None
    assert next(told for key, told in found.keys if key == AMPHETAMINE) == how


def test_the_anion_of_an_acid_has_the_acid_for_a_parent() -> None:
    sodium_salt, acid = parse("[Na+].OCCCC(=O)[O-]"), parse("OCCCC(=O)O")
    assert sodium_salt is not None
    assert acid is not None
    assert sodium_salt.parent == acid.inchikey


@pytest.mark.parametrize("text", ["", "C(", "not a structure", "C" * 5000, "C1CC", "[Xx]", "C" * 1000])
def test_what_is_no_structure_is_none(text: str) -> None:
    assert parse(text) is None
    assert picture(text) == ""


def test_a_picture_is_svg() -> None:
    assert "<svg" in picture("BrCCC1=CC=CC=C1")
