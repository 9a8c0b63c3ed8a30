"""What texts name that no lexicon has: by the rules of names, structure and class; what waits for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from monitor.chem import missing
from monitor.chem.class_list import class_watchlist
from monitor.chem.opsin import Answer, OpsinUnavailable, find_tools
from monitor.model import Article, ListInfo, Listing, Mention, Name, Pin, Substance, Watchlist
from monitor.pipeline.interpret import MOST_NOVEL, MatchedArticle, StructureFindings
from monitor.pipeline.structures import (
    MOST_NAMES,
    PATIENCE,
    PAUSE,
    PatientReader,
    Structures,
    lacking,
    open_structures,
)
from monitor.watchlist import load_builtin

needs_rdkit = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
DAY = datetime(2024, 11, 19, tzinfo=UTC)
PEB = "WMPPDTMATNBGJN-UHFFFAOYSA-N"
BENZOYL = "N-phenyl-N-[1-(2-phenylethyl)piperidin-4-yl]benzamide"
CLASSES = class_watchlist(("us-frs", "us-phenylacetic-esters"))
LISTED = Watchlist(
    {
        "peb": Substance("peb", "Phenethyl bromide", "precursor", smiles="BrCCc1ccccc1", inchikey=PEB),
        "ghb": Substance("ghb", "GHB", inchikey="SJZRECIVHVDYJC-UHFFFAOYSA-N"),
        "dexa": Substance("dexa", "Dexamfetamine", inchikey="KWTSXDURSIMDCE-QMMMGPOBSA-N"),
        **CLASSES.substances,
    },
    (Name("phenethyl bromide", "peb", "en"), Name("2-phenylethanamine", "ghb", "en")),
    (Listing("peb", "ssl"), *CLASSES.listings),
    {"ssl": ListInfo("ssl", "A list", "DEA", "US", "surveillance"), **CLASSES.lists},
)


class Book:
    """A reader that knows the names it was given, and what it was asked."""

    version = "book"

    def __init__(self, names: dict[str, str] | None = None, trouble: str = "") -> None:
        self.names, self.trouble = names or {}, trouble
        self.calls: list[list[str]] = []

    def read(self, names: Sequence[str]) -> list[Answer]:
        self.calls.append(list(names))
        if self.trouble:
            raise OpsinUnavailable(self.trouble)
        return [
            Answer(self.names[name]) if name in self.names else Answer(message="unparsable") for name in names
        ]

    def rest(self) -> None:
        self.calls.append(["rest"])

    def close(self) -> None:
        self.calls.append(["close"])


def page(
    text: str, *mentions: Mention, language: str | None = "en", url: str = "https://a.example/1"
) -> MatchedArticle:
    return MatchedArticle(Article("wire", url, "A title", text, DAY, language, DAY), mentions)


def look(reader: Book | None, text: str, *mentions: Mention, pins: tuple[Pin, ...] = ()) -> StructureFindings:
    (found,) = Structures(reader, "" if reader else "no extra", pins).read(LISTED, [page(text, *mentions)])
    return found


def facts(of: StructureFindings) -> list[tuple[str, str, str, float]]:
    return [(each.surface, each.substance, each.method, each.score) for each in of.mentions]


# --- by structure -------------------------------------------------------------------------------------


@needs_rdkit
def test_a_name_on_no_list_is_found_by_its_structure() -> None:
    name = "1-bromo-2-phenylethane"
    text = f"Officers seized 40 kg of {name} in drums."
    found = look(Book({name: "BrCCc1ccccc1"}), text)
    (mention,) = found.mentions
    assert (mention.surface, mention.substance, mention.method) == (name, "peb", "structure")
    assert text[mention.start : mention.stop] == name
    assert (mention.score, mention.name, mention.tags) == (0.95, PEB, ("seizure",))
    assert mention.reasons == (
        f"no list has the name “{name}”",
        f"OPSIN book reads it as BrCCc1ccccc1, InChIKey {PEB}",
        "its structure is that of Phenethyl bromide: the InChIKeys are equal",
        'seizure: "seized"',
    )
    assert (found.novel, found.trouble) == ((), "")


@needs_rdkit
@pytest.mark.parametrize(
    ("name", "smiles", "substance", "score", "told"),
    [
        ("sodium 4-hydroxybutanoate", "[Na+].OCCCC(=O)[O-]", "ghb", 0.85, "without the salt"),
        ("1-phenylpropan-2-amine", "CC(N)Cc1ccccc1", "dexa", 0.85, "equal but for stereo"),
        ("(2R)-1-phenylpropan-2-amine", "C[C@@H](N)Cc1ccccc1", "dexa", 0.6, "another isomer"),
        (
            "1-phenylpropan-2-amine hydrochloride",
            "CC(N)Cc1ccccc1.Cl",
            "dexa",
            0.8,
            "without salt, stereo and isotopes",
        ),
    ],
)
def test_a_salt_or_an_isomer_has_a_lower_score_and_says_so(
    name: str, smiles: str, substance: str, score: float, told: str
) -> None:
    found = look(Book({name: smiles}), f"They had {name} there.")
    assert facts(found) == [(name, substance, "structure", score)]
    assert told in found.mentions[0].reasons[-1]


@needs_rdkit
def test_both_readings_of_a_name_without_brackets_are_told_at_lower_score() -> None:
    book = Book(
        {
            "2-bromoethylbenzene": "CCc1ccccc1Br",
            "(2-bromoethyl)benzene": "BrCCc1ccccc1",
            "2-bromo-1-ethylbenzene": "CCc1ccccc1Br",
        }
    )
    found = look(book, "A drum of 2-bromoethylbenzene was seized.")
    assert facts(found) == [("2-bromoethylbenzene", "peb", "structure", 0.665)]
    assert "the name can be read in two ways; neither is sure" in found.mentions[0].reasons
    assert found.novel == ()


@needs_rdkit
def test_the_rules_of_names_are_told() -> None:
    found = look(Book({"1-bromo-2-phenylethan": "BrCCc1ccccc1"}), "Ein Fass 1-Brom-2-phenylethan.")
    assert facts(found) == [("1-Brom-2-phenylethan", "peb", "structure", 0.95)]
    assert found.mentions[0].reasons[0] == (
        "no list has “1-Brom-2-phenylethan”; by the rules of names it is “1-bromo-2-phenylethan”"
    )


def test_a_name_of_the_lexicon_in_another_spelling_needs_no_structure() -> None:
    found = look(None, "Ein Fass Phenethylbromid aus dem Labor.")
    assert facts(found) == [("Phenethylbromid", "peb", "nomenclature", 0.9)]
    assert "by the rules of names it is Phenethyl bromide" in found.mentions[0].reasons[1]


# --- by class -----------------------------------------------------------------------------------------


@needs_rdkit
def test_a_possible_member_of_a_class_has_every_condition_spelled_out() -> None:
    found = look(Book({BENZOYL: "O=C(c1ccccc1)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1"}), f"They sell {BENZOYL}.")
    assert facts(found) == [(BENZOYL, "class:us-frs", "class", 0.75)]  # cn-fentanyl is not watched here
    told = "\n".join(found.mentions[0].reasons)
    assert "possible member of US fentanyl-related substances" in told
    assert "condition E is met by N-acyl group" in told
    assert "conditions not met: A, B, C, D" in told
    assert "citation: 21 U.S.C. 812(c), Schedule I" in told
    (novel,) = found.novel  # on no list, and so it waits for a person as well
    assert (novel.name, novel.classes, novel.via) == (BENZOYL, ("us-frs",), "opsin")


@needs_rdkit
def test_what_is_on_a_list_is_not_told_as_a_class_member() -> None:
    fentanyl = Substance("fentanyl", "Fentanyl", inchikey="PJMPHNIQZUBGLI-UHFFFAOYSA-N")
    watchlist = Watchlist({"fentanyl": fentanyl, **CLASSES.substances}, (), CLASSES.listings, CLASSES.lists)
    name = "N-phenyl-N-[1-(2-phenylethyl)piperidin-4-yl]propanamide"
    book = Book({name: "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1"})
    (found,) = Structures(book).read(watchlist, [page(f"They sell {name}.")])
    assert [each.substance for each in found.mentions] == ["fentanyl"]


# --- what is left alone -------------------------------------------------------------------------------


@needs_rdkit
def test_what_the_lexicon_found_is_not_told_twice() -> None:
    name = "1-bromo-2-phenylethane"
    text = f"A drum of {name}."
    start = text.index(name)
    inside = Mention(start, start + 7, name[:7], "peb", "x", "name", 0.9)
    assert look(Book({name: "BrCCc1ccccc1"}), text, inside).mentions == ()


def test_a_name_that_the_lexicon_has_as_written_is_the_matchers_business() -> None:
    found = look(Book(), "The drug is made of 2-phenylethanamine.")  # which the matcher did not take
    assert (found.mentions, found.novel) == ((), ())


@needs_rdkit
def test_a_name_pinned_to_count_never_is_left_alone() -> None:
    name = "1-bromo-2-phenylethane"
    book = Book({name: "BrCCc1ccccc1"})
    never = Pin("1-Bromo-2-phenylethane", always=False)
    assert look(book, f"They seized {name}.", pins=(never,)) == StructureFindings()
    elsewhere = Pin(name, always=False, sources=("another source",))
    assert facts(look(book, f"They seized {name}.", pins=(elsewhere,)))


def test_ordinary_text_asks_nothing() -> None:
    book = Book()
    text = "The minister said that the bridge was new. " * 40
    assert look(book, text) == StructureFindings()
    assert book.calls == []


def test_switched_off_it_does_nothing() -> None:
    book = Book(trouble="not to be asked")
    off = Structures(book, on=False)
    assert off.read(LISTED, [page("They seized 1-bromo-2-phenylethane.")]) == [StructureFindings()]
    assert off.mark == ""


# --- the queue ----------------------------------------------------------------------------------------


@needs_rdkit
def test_a_name_on_no_list_near_words_of_drugs_waits_for_people() -> None:
    name = "2-bromo-1-(4-ethylphenyl)propan-1-one"
    text = f"The laboratory held {name}, a precursor of the drug, and more {name}."
    found = look(Book({name: "CCc1ccc(C(=O)C(C)Br)cc1"}), text)
    assert found.mentions == ()
    (novel,) = found.novel
    assert (novel.key, novel.name, novel.times) == (name, name, 2)
    assert (novel.smiles, novel.via, novel.reason) == ("CCc1ccc(C(=O)C(C)Br)cc1", "opsin", "")
    assert {"precursor", "drug", "laboratory"} <= set(novel.near)
    assert name in novel.snippet


@needs_rdkit
def test_without_such_words_it_does_not() -> None:
    name = "2-bromo-1-(4-ethylphenyl)propan-1-one"
    assert look(Book({name: "CCc1ccc(C(=O)C(C)Br)cc1"}), f"The glass holds {name}.") == StructureFindings()


def test_a_watched_substance_beside_it_is_such_a_word_and_no_structure_has_a_reason() -> None:
    name = "2-bromo-1-(4-ethylphenyl)propan-1-one"
    text = f"The glass holds GHB and {name}."
    found = look(Book(), text, Mention(16, 19, "GHB", "ghb", "GHB", "name", 0.9))
    (novel,) = found.novel
    assert (novel.near, novel.smiles, novel.via) == (("ghb",), "", "")
    assert "unparsable" in novel.reason
    (without,) = look(None, text, Mention(16, 19, "GHB", "ghb", "GHB", "name", 0.9)).novel
    assert without.reason == "not asked: no extra"


# --- a batch, and trouble -----------------------------------------------------------------------------


@needs_rdkit
def test_the_names_of_a_batch_go_together_and_a_new_watchlist_counts_at_once() -> None:
    name = "1-bromo-2-phenylethane"
    book = Book({name: "BrCCc1ccccc1"})
    structures = Structures(book)
    pages = [page(f"{name} and 1-bromo-{n}-phenylbutane.", language=None) for n in range(2, 5)]
    assert all(each.mentions for each in structures.read(LISTED, pages))
    assert len(book.calls) == 1
    other = Watchlist({}, ())
    assert not any(each.mentions for each in structures.read(other, pages))


def test_trouble_with_opsin_is_told_and_nothing_is_queued() -> None:
    name = "2-bromo-1-(4-ethylphenyl)propan-1-one"
    text = f"The drug lab held {name}, {name}, 1-bromo-3-phenylbutane and phenethyl bromide."
    found = look(Book(trouble="no memory for Java"), text)
    assert (found.mentions, found.novel) == ((), ())
    assert found.trouble == (
        f"names not resolved: “{name}”, “1-bromo-3-phenylbutane” (not asked: no memory for Java)"
    )


def test_a_batch_has_only_so_much_time() -> None:
    now = iter([0.0, 0.0, PATIENCE + 1, PATIENCE + 1])
    names = " drug ".join(f"1-bromo-{n}-phenyl-{n}-ethylbutane" for n in range(2, 400))
    structures = Structures(Book(), timer=lambda: next(now))
    (found,) = structures.read(LISTED, [page(f"A drug lab: {names}.", language=None)])
    assert len(found.novel) == MOST_NOVEL
    assert "and 139 more (there was no time left)" in found.trouble


def test_a_catalogue_is_looked_at_in_part_and_says_so() -> None:
    names = " drug ".join(f"1-bromo-{n}-phenyl-{n}-ethylbutane" for n in range(MOST_NAMES + 5))
    book = Book()
    whole, part = Structures(book).read(LISTED, [page("A drug."), page(names, language=None)])
    assert whole == StructureFindings()
    assert (len(part.novel), part.trouble) == (MOST_NOVEL, "")
    assert part.partial == f"names after the first {MOST_NAMES:,} were left aside"
    names = " drug ".join(f"1-bromo-{n}-phenyl-{n}-ethylbutane" for n in range(MOST_NOVEL + 7))
    (some,) = Structures(book).read(LISTED, [page(names, language=None)])
    assert some.partial == f"7 unknown names more than {MOST_NOVEL} are not in the queue"


class Falling:
    """An OPSIN whose Java does not start; counts how often that was tried."""

    version = "1"
    tries = 0

    def read(self, names: Sequence[str]) -> list[Answer]:
        self.tries += 1
        raise OpsinUnavailable("Java does not start: no memory")

    def close(self) -> None:
        self.tries = -1


def test_a_java_that_does_not_start_is_left_alone_for_a_while() -> None:
    now = [0.0]
    opsin = Falling()
    patient = PatientReader(opsin, lambda: now[0])  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(OpsinUnavailable, match="no memory"):
            patient.read(["ethane"])
    assert opsin.tries == 1
    now[0] = PAUSE + 1
    with pytest.raises(OpsinUnavailable):
        patient.read(["ethane"])
    assert opsin.tries == 2
    patient.rest()
    assert opsin.tries == 2  # it was asked just now
    now[0] += PAUSE
    patient.rest()
    assert opsin.tries == -1


# --- with OPSIN ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Iterator[Structures]:
    if lacking(None):
        pytest.skip(lacking(None))
    with open_structures(None) as structures:
        yield structures


def test_the_shipped_lists_with_opsin(real: Structures) -> None:
    shipped, classes = load_builtin(), class_watchlist(("all",))
    watchlist = Watchlist(
        {**shipped.substances, **classes.substances},
        shipped.names,
        (*shipped.listings, *classes.listings),
        {**shipped.lists, **classes.lists},
    )
    text = f"The lab sold {BENZOYL} and sodium 4-hydroxybutanoate; 1-(zorbylphenyl)propan-2-amine was new."
    (found,) = real.read(watchlist, [page(text)])
    assert real.mark.startswith(f"opsin {find_tools().version}, names ")
    assert [each.substance for each in found.mentions] == ["class:us-frs", "class:cn-fentanyl", "ghb"]
    assert found.trouble == ""
    assert BENZOYL in [each.name for each in found.novel]
