"""What PubChem proposes: what is no name at all, what waits for a person, what may come in by itself."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.chem.findings import SAFE_CID, SAFE_NAME, Finding, Vocabulary, clean, findings, is_name, unsafe
from monitor.chem.pubchem import Compound
from monitor.model import Substance
from tests.chem.pubchems import recorded

KEY = "WMPPDTMATNBGJN-UHFFFAOYSA-N"
PEB = Substance("peb", "(2-bromoethyl)benzene", cid=7666, inchikey=KEY)
RECORD = Compound(7666, KEY, "BrCCc1ccccc1")
DAY = date(2026, 11, 22)


def fold(text: str) -> str:
    return text.casefold().replace(" ", "").replace("-", "")


WORDS = Vocabulary(
    fold=fold,
    owners={fold("phenethyl bromide"): {"peb"}, fold("ephedrine"): {"ephedrine"}, fold("PMK"): {"pmk"}},
    ordinary=lambda name: name.casefold() == "hydrangea",
    withheld=lambda name: name.casefold() == "methanical",
    kin={"PRTCMVPAAABBBB": {"one", "two"}},
)


def proposed(
    *names: str, substance: Substance = PEB, record: Compound = RECORD, by: str = "cid"
) -> list[Finding]:
    return findings(substance, record, names, WORDS, by=by, day=DAY)


def test_a_long_chemical_name_comes_in_by_itself_with_its_provenance() -> None:
    (found,) = proposed("1-Bromo-2-phenylethane [INN:BAN]")
    assert found == Finding(
        "peb",
        "synonym",
        "",
        "1-Bromo-2-phenylethane",
        "PubChem CID 7666, 2026-11-22",
        detail="1-Bromo-2-phenylethane [INN:BAN]",
        safe=SAFE_NAME,
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("meth", "fewer than 9"),
        ("lux", "fewer than 9"),
        ("JWH-018", "fewer than 9"),
        ("PMK", "a name of pmk as well"),
        ("Ephedrine", "a name of ephedrine as well"),
        ("chameleon mineral", "not look like a chemical"),
        ("Centurion", "not look like a chemical"),
        ("hydrangea", "ordinary word"),
        ("methanical", "taken this name out"),
        ("ephedrine acid salt", "holds “ephedrine”"),
        ("bromoethane and benzene", "mixture"),
        ("bromoethylbenzene", "position"),
        ("2-bromoethylbenzene", "position"),
        ("(2-bromoethyl)polystyrene", "polymer"),
        ("phenethyl-d5 bromide", "labelled"),
    ],
)
def test_short_codes_slang_and_doubtful_names_wait(name: str, reason: str) -> None:
    assert reason in unsafe(name, "peb", WORDS)
    (found,) = proposed(name)
    assert found.safe == ""
    assert reason in found.reason


@pytest.mark.parametrize(
    "name",
    """103-63-9|203-130-8|UNII-7ZJ1E8KGQX|DTXSID3044352|CHEMBL1234|SCHEMBL78033|NSC-12169|NSC 12169
    |MFCD00003691|HSDB 3590|EINECS 203-130-8|EC 203-130-8|CHEBI:27974|BRN 2508172|AKOS015894926|Tox21_112320
    |Q409721|D00185
    |Estriol, 98%|Estriol, >=97%|Estriol 1.0 mg/ml in Methanol|Estriol (Standard)|fentanyl tablet 3 mg
    |Benzene, (2-bromoethyl)-|2-bromoethyl)benzene|.beta.-Bromoethylbenzene|component of midol|7ZJ1E8KGQX
    |WMPPDTMATNBGJN-UHFFFAOYSA-N|InChI=1/C8H9Br/c9-7-6-8|6EC6F23B-A991-4606-8BC7-146D915DAB31|1234|x|a\x07bcdefghi""".replace(
        "\n    |", "|"
    ).split("|"),
)  # fmt: skip
def test_what_is_no_name_is_not_proposed(name: str) -> None:
    assert not is_name(clean(name))
    assert proposed(name) == []


@pytest.mark.parametrize(
    "name", ["2C-B", "U-47700", "JWH-018", "4-ANPP", "N-phenethyl-4-piperidone", "AM-2201", "CP-47497"]
)
def test_codes_of_drugs_are_names(name: str) -> None:
    assert is_name(name)


def test_known_names_in_any_spelling_are_not_proposed() -> None:
    assert proposed("Phenethyl-Bromide", "phenethylbromide", "phenethyl bromide") == []
    assert len(proposed("1-bromo-2-phenylethane", "1-Bromo-2-Phenylethane")) == 1


def test_names_of_another_structure_wait() -> None:
    other = Compound(7666, "AAAAAAAAAAAAAA-UHFFFAOYSA-N", "C")
    structure, name = proposed("1-bromo-2-phenylethane", record=other)
    assert (structure.kind, structure.before, structure.after, structure.detail) == (
        "structure",
        KEY,
        other.inchikey,
        "C",
    )
    assert structure.safe == name.safe == ""
    assert "structure" in name.reason


def test_names_of_one_skeleton_wait() -> None:
    one = Substance("one", "one", cid=1, inchikey="PRTCMVPAAABBBB-UHFFFAOYSA-N")
    (found,) = proposed("1-bromo-2-phenylethane", substance=one, record=Compound(1, one.inchikey))
    assert found.reason.startswith("two has the same skeleton")


def test_a_cid_found_by_its_inchikey_comes_in_and_any_other_waits() -> None:
    (found,) = proposed(substance=Substance("peb", "x", inchikey=KEY), by="inchikey")
    assert (found.kind, found.before, found.after, found.safe) == ("cid", "", "7666", SAFE_CID)
    cid, structure = proposed(substance=Substance("peb", "x"), by="name")
    assert (cid.safe, structure.safe) == ("", "")
    assert cid.reason == "found by name; compare the structures"


def test_a_merged_cid_is_proposed() -> None:
    (found,) = proposed(substance=Substance("peb", "x", cid=99, inchikey=KEY), by="inchikey")
    assert (found.kind, found.before, found.after, found.safe) == ("cid", "99", "7666", "")
    assert "merged" in found.reason


def test_a_real_list_of_synonyms() -> None:
    names = recorded("estriol_synonyms_from_cid")["body"].splitlines()
    estriol = Substance("estriol", "estriol", cid=5756, inchikey="PROQIPRRNZUXQM-ZXXIGWHRSA-N")
    vocabulary = Vocabulary(fold, {"estriol": {"estriol"}}, lambda _: False, lambda _: False)
    found = findings(estriol, Compound(5756, estriol.inchikey), names, vocabulary, by="cid", day=DAY)
    safe = {each.after for each in found if each.safe}
    waiting = {each.after for each in found if not each.safe}
    assert "16alpha-Hydroxyestradiol" in safe
    assert {"Ovestin", "Theelol", "Ortho-Gynest"} <= waiting
    assert not {name for name in safe | waiting if "NSC" in name or "SCHEMBL" in name or "HSDB" in name}
    assert all(sum(map(str.isalpha, name)) >= 9 for name in safe)
    assert len(found) < 60
