"""The chain from a name to a substance, over the shipped lists and a hand-written reader, and with OPSIN."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")

from monitor.alerts import status_at
from monitor.chem.opsin import Answer, Opsin, OpsinUnavailable
from monitor.chem.resolver import NameReader, Online, Resolution, Resolver, StructureIndex
from monitor.chem.structure import parse
from monitor.errors import ResolveError
from monitor.model import Substance
from monitor.watchlist import index, load_builtin

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "watchlist" / "unresolved_examples.csv"
WATCHLIST = load_builtin()
DAY = date(2024, 1, 29)


class Book:
    """A reader that knows the names it was given."""

    version = "book"

    def __init__(self, **names: str) -> None:
        self.names = names
        self.asked: list[str] = []

    def read(self, names: Sequence[str]) -> list[Answer]:
        self.asked += names
        return [Answer(self.names.get(name, "")) for name in names]


def chain(reader: NameReader | None, *, empty: bool = False, **rest: object) -> Resolver:
    return Resolver(
        known=(lambda text: []) if empty else index(WATCHLIST),
        index=StructureIndex(WATCHLIST.substances.values()),
        listings=lambda key, day: status_at(WATCHLIST, key, day),
        reader=reader,
        **rest,  # type: ignore[arg-type]
    )


def said(of: Resolution, step: str) -> str:
    return " | ".join(each.said for each in of.steps if each.step == step)


def test_a_listed_name_is_answered_by_the_lexicon_alone() -> None:
    reader = Book()
    (found,) = chain(reader).resolve(["Phenethylbromid"], DAY)
    assert (found.via, found.inchikey, found.score) == ("lexicon", "WMPPDTMATNBGJN-UHFFFAOYSA-N", 1.0)
    assert found.substance is not None
    assert found.substance.key == "phenethyl-bromide"
    assert {"dea-ssl", "dea-proposed"} <= {status.listing.list_id for status in found.listings}
    assert reader.asked == []


@pytest.mark.parametrize(
    ("smiles", "key", "match"),
    [
        ("BrCCc1ccccc1", "phenethyl-bromide", "exact"),
        ("OCCCC(=O)[O-].[Na+]", "ghb", "salt-stripped parent"),
        ("C[C@H](N)Cc1ccccc1.OS(=O)(=O)O", "dexamfetamine", "salt-stripped parent"),
    ],
)
def test_a_structure_is_compared_exactly_then_without_stereo_then_as_a_salt(
    smiles: str, key: str, match: str
) -> None:
    (found,) = chain(Book(unlisted=smiles)).resolve(["unlisted"], DAY)
    assert found.substance is not None
    assert (found.substance.key, found.match, found.via) == (key, match, "opsin")


def test_isomers_of_a_listed_substance_are_found_without_stereo() -> None:
    flat = Substance("a", "A", inchikey="KWTSXDURSIMDCE-UHFFFAOYSA-N")
    structure = parse("C[C@H](N)Cc1ccccc1")
    assert structure is not None
    assert StructureIndex([flat]).find(structure) == ([flat], "without stereo")


def test_inorganic_salts_are_not_salts_of_listed_acids() -> None:
    (found,) = chain(Book(salt="[Na+].[Cl-]")).resolve(["salt"], DAY)
    assert found.substance is None


def test_an_unlisted_structure_in_a_class_is_a_possible_member() -> None:
    benzoyl_fentanyl = "C(CC1=CC=CC=C1)N1CCC(CC1)N(C(C1=CC=CC=C1)=O)C1=CC=CC=C1"
    (found,) = chain(Book(unlisted=benzoyl_fentanyl)).resolve(["unlisted"], DAY)
    assert {each.id: each.membership for each in found.classes} == {
        "us-frs": "possible member",
        "cn-fentanyl": "possible member",
    }


def test_a_trivial_name_with_a_salt_behind_it_is_looked_up_without(opsin: Opsin) -> None:
    (found,) = chain(opsin).resolve(["Ketaminhydrochlorid"], DAY)
    assert found.substance is not None
    assert (found.substance.key, found.match) == ("ketamine", "salt of “Ketamin”")


def test_both_readings_of_an_ambiguous_name_at_a_lower_score(opsin: Opsin) -> None:
    for resolver in (chain(opsin), chain(opsin, empty=True)):
        (found,) = resolver.resolve(["2-bromoethylbenzene"], DAY)
        assert [each.structure.inchikey for each in found.readings] == [
            "WMPPDTMATNBGJN-UHFFFAOYSA-N",
            "HVRUGFJYCAFAAN-UHFFFAOYSA-N",
        ]
        assert found.score == 0.5
        assert found.substance is not None


def test_what_opsin_calls_ambiguous_is_unsure_and_an_ion_is_surer_as_its_acid(opsin: Opsin) -> None:
    unsure, ion, harmless = chain(opsin, empty=True).resolve(
        ["fluorophenylpiperazine", "4-hydroxybutanoate", "3,4-(methylenedioxy)benzaldehyde"], DAY
    )
    assert (unsure.score, ion.score, harmless.score) == (0.5, 0.3, 1.0)
    assert ion.substance is not None
    assert ion.substance.key == "ghb"


def test_the_dots_of_an_umlaut_are_never_dropped(opsin: Opsin) -> None:
    (found,) = chain(opsin, empty=True).resolve(["Amphetaminöl"], DAY)
    assert (found.via, found.smiles) == ("", "")


# --- without ----------------------------------------------------------------------------------------


def test_without_a_reader_listed_names_are_resolved_all_the_same() -> None:
    known, unknown = chain(None, no_reader="there is no Java").resolve(["PMK", "1-bromo-9-phenylnonane"], DAY)
    assert known.substance is not None
    assert unknown.via == ""
    assert said(unknown, "opsin") == "not asked: there is no Java"


def test_a_reader_that_fails_is_told_in_the_steps() -> None:
    class Broken(Book):
        def read(self, names: Sequence[str]) -> list[Answer]:
            raise OpsinUnavailable("Java does not start")

    (found,) = chain(Broken()).resolve(["1-bromo-9-phenylnonane"], DAY)
    assert said(found, "opsin") == "not asked: Java does not start"


def test_a_service_is_asked_last_and_its_silence_is_told() -> None:
    asked: list[str] = []

    def service(name: str) -> Online:
        asked.append(name)
        if name == "down":
            raise ResolveError("busy")
        return Online("BrCCc1ccccc1", "CID 7666")

    found, down, _ = chain(Book(), online=service).resolve(["code 7", "down", "PMK"], DAY)
    assert asked == ["code 7", "down"]
    assert (found.via, found.substance and found.substance.key) == ("pubchem", "phenethyl-bromide")
    assert said(down, "pubchem") == "no answer: busy"


@pytest.mark.parametrize("name", ["", " ", "\ud800", "a" * 100_000, "(" * 999, "\n", "2-" * 400])
def test_any_name_gets_an_answer(opsin: Opsin, name: str) -> None:
    (found,) = chain(opsin).resolve([name], DAY)
    assert found.name == name
    assert found.substance is None


# --- names whose structure is known ------------------------------------------------------------------


@pytest.mark.parametrize("known_language", [True, False])
def test_names_of_seven_languages_mean_what_their_english_means(opsin: Opsin, known_language: bool) -> None:
    rows = list(csv.DictReader((DATA / "names.csv").read_text(encoding="utf-8").splitlines()))
    english = opsin.read([row["english"] for row in rows])
    wrong = []
    for row, answer in zip(rows, english, strict=True):
        expected = parse(answer.smiles)
        assert expected is not None, row
        language = row["language"] if known_language else None
        (found,) = chain(opsin, empty=True).resolve([row["name"]], DAY, language)
        if found.inchikey != expected.inchikey:
            wrong.append((row["name"], found.smiles))
    assert wrong == []


def test_systematic_german_names_of_the_shipped_list_mean_their_substance(opsin: Opsin) -> None:
    """Half of them was never looked at when the rules were written; misprints of the statute count too."""
    names = [
        (name.text, WATCHLIST.substances[name.substance])
        for name in WATCHLIST.names
        if name.language == "de"
        and name.type == "systematic"
        and WATCHLIST.substances[name.substance].inchikey
    ]
    found = chain(opsin, empty=True).resolve([text for text, _ in names], DAY, "de")
    right = [
        each.inchikey[:14] == substance.inchikey[:14]
        for each, (_, substance) in zip(found, names, strict=True)
    ]
    wrong = [
        each.name
        for each, (_, substance) in zip(found, names, strict=True)
        if each.inchikey and each.score == 1.0 and each.inchikey[:14] != substance.inchikey[:14]
    ]
    assert wrong == []
    assert sum(right) / len(right) >= 0.95


def test_english_systematic_names_are_not_made_worse(opsin: Opsin) -> None:
    names = [name.text for name in WATCHLIST.names if name.language == "en" and name.type == "systematic"]
    plain = [parse(answer.smiles) for answer in opsin.read(names)]
    found = chain(opsin, empty=True).resolve(names, DAY)
    assert [
        each.name
        for before, each in zip(plain, found, strict=True)
        if before is not None and not before.charge and each.inchikey != before.inchikey
    ] == []


def test_the_recorded_unresolved_names(opsin: Opsin) -> None:
    if not SHARED.exists():
        pytest.skip("the recorded names are not here")
    rows = list(csv.DictReader(SHARED.read_text(encoding="utf-8").splitlines()))
    found = chain(opsin, empty=True).resolve([row["name"] for row in rows], DAY)
    right = [each.inchikey == row["expected_inchikey"] for each, row in zip(found, rows, strict=True)]
    for language, target in (("en", 0.95), ("de", 0.90)):
        mine = [ok for ok, row in zip(right, rows, strict=True) if row["lang"] == language]
        assert sum(mine) / len(mine) >= target, language
    assert not [each.name for each, ok in zip(found, right, strict=True) if each.inchikey and not ok]


def test_no_answer_is_told_from_an_answer_that_there_is_none() -> None:
    class Gone:
        """A reader whose process ended, or that cannot be started."""

        version = "1"

        def __init__(self, raises: bool) -> None:
            self.raises = raises

        def read(self, names: Sequence[str]) -> list[Answer]:
            if self.raises:
                raise OpsinUnavailable("no memory")
            return [Answer(message="Java ended", lasting=False) for _ in names]

    for raises in (True, False):
        unread, known = chain(Gone(raises)).resolve(["2,2-quuxylethane", "phenethyl bromide"], DAY)
        assert (unread.via, unread.lasting, known.lasting) == ("", False, True)
    without = chain(None, no_reader="not installed").resolve(["2,2-quuxylethane"], DAY)
    assert without[0].lasting  # it will not be there at the next try either


def test_a_name_without_stereo_marks_finds_the_isomer_on_the_list() -> None:
    read = parse("CC(N)Cc1ccccc1")
    assert read is not None
    isomer = Substance("dexa", "Dexamfetamine", inchikey="KWTSXDURSIMDCE-QMMMGPOBSA-N")
    assert StructureIndex([isomer]).find(read) == ([isomer], "without stereo")
    salt = parse("CC(N)Cc1ccccc1.Cl")
    assert salt is not None
    assert StructureIndex([isomer]).find(salt) == ([isomer], "salt-stripped parent without stereo")


def test_trade_names_of_fentanyls_come_to_the_structures_of_the_watchlist(opsin: Opsin) -> None:
    told = [
        (name.text, WATCHLIST.substances[name.substance].inchikey)
        for name in WATCHLIST.names
        if name.text.casefold().endswith("fentanyl") and name.type != "systematic"
    ]
    found = chain(opsin, empty=True).resolve([text for text, _ in told], DAY, "en")
    read = [(each, key) for each, (_, key) in zip(found, told, strict=True) if each.inchikey and key]
    assert len(read) > 30
    assert [each.name for each, key in read if each.inchikey != key] == []
