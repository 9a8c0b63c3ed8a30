"""Borders: where a name ends, what may be written on to it, and what makes it a part of something else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.borders import hyphenated, look
from tests.match.lexicons import found, texts


def kind_of(text: str, name: str, language: str | None = "en", *, cased: bool = False) -> str:
    start = text.index(name)
    letters = sum(map(str.isalpha, name))
    return look(text, start, start + len(name), language, letters=letters, cased=cased).kind


@pytest.mark.parametrize(
    ("text", "name", "language", "kind"),
    [
        ("pure fentanyl.", "fentanyl", "en", "free"),
        ("(fentanyl)", "fentanyl", "en", "free"),
        ("“fentanyl”,", "fentanyl", "en", "free"),
        ("anti-fentanyl bill", "fentanyl", "en", "free"),
        ("fentanyl-laced", "fentanyl", "en", "free"),
        ("2019-fentanyl", "fentanyl", "en", "free"),
        ("bromo - heroin", "heroin", "en", "free"),
        ("1- Heroin", "Heroin", "en", "free"),
        ("two fentanyls", "fentanyl", "en", "inflected"),
        ("des Fentanyls", "Fentanyl", "de", "inflected"),
        ("кокаином", "кокаин", "ru", "inflected"),
        ("amfetaminowej", "amfetamin", "pl", "inflected"),
        ("Fentanylhandel", "Fentanyl", "de", "compound"),
        ("Straßenkokain", "kokain", "de", "compound"),
        ("theheroin trade", "heroin", "en", "glued"),
        ("cocaineand", "cocaine", "en", "glued"),
        ("heroinVendor", "heroin", "en", "glued"),
        ("购买芬太尼片", "芬太尼", "zh", "free"),
        ("警方fentanyl案", "fentanyl", "zh", "free"),
        ("(S)-methadone", "methadone", "en", "free"),
        ("(+)-ephedrine", "ephedrine", "en", "free"),
        ("(±)-ephedrine", "ephedrine", "en", "free"),
        ("(1R,2S)-(-)-ephedrine", "ephedrine", "en", "free"),
    ],
)
def test_names_at_borders(text: str, name: str, language: str, kind: str) -> None:
    assert kind_of(text, name, language) == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("4-fluorofentanyl", "fentanyl"),
        ("4-fluoro-fentanyl", "fentanyl"),
        ("4-fentanyl", "fentanyl"),
        ("3',4'-fentanyl", "fentanyl"),
        ("4′-fentanyl", "fentanyl"),
        ("2,3-fentanyl", "fentanyl"),
        ("acetyl fentanyl", "fentanyl"),
        ("norfentanyl", "fentanyl"),
        ("(2-fluoro)fentanyl", "fentanyl"),
        ("4-nitro-(2-bromoethyl)benzene", "(2-bromoethyl)benzene"),
        ("4-nitro-\n(2-bromoethyl)benzene", "(2-bromoethyl)benzene"),
        ("4-nitro-\n(2-bromoethyl)benzene", "2-bromoethyl)benzene"),
        ("4-nitro- (2-bromoethyl)benzene", "(2-bromoethyl)benzene"),
        ("acetyl-\nheroin", "heroin"),
        ("4-bromo-(S)-methadone", "methadone"),
        ("piperidin-4-yl", "piperidin"),
        ("N-ephedrine", "ephedrine"),
        ("morphine-6-glucuronide", "morphine"),
        ("ketamine-d4", "ketamine"),
        ("alpha-ephedrine", "ephedrine"),
        ("pseudoephedrine", "ephedrine"),
        ("trans-ketamine", "ketamine"),
    ],
)
def test_parts_of_longer_chemical_names_are_no_mention(text: str, name: str) -> None:
    start = text.index(name)
    assert not look(text, start, start + len(name), "en", letters=9).accepted


@pytest.mark.parametrize(
    ("text", "name", "cased"),
    [
        ("PMKSA", "PMK", True),
        ("MyPMK", "PMK", True),
        ("PMK2", "PMK", True),
        ("2PMK", "PMK", True),
        ("heroine", "heroin", False),
        ("piperidinium", "piperidin", False),
        ("cocainelike", "cocaine", False),
        ("1103-63-9", "103-63-9", False),
    ],
)
def test_parts_of_other_words_are_no_mention(text: str, name: str, cased: bool) -> None:
    assert kind_of(text, name, "en", cased=cased) == "inside"


def test_compounds_belong_to_languages_that_build_them() -> None:
    assert kind_of("Kokainschmuggel", "Kokain", "de") == "compound"
    assert kind_of("Kokainschmuggel", "Kokain", None) == "compound"
    assert kind_of("Kokainschmuggel", "Kokain", "fr") == "inside"


def test_an_ending_belongs_to_the_mention_and_a_compound_does_not() -> None:
    assert look("Fentanyls", 0, 8, "de", letters=8).stop == 9
    assert look("Fentanylhandel", 0, 8, "de", letters=8).stop == 8


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("PMKs-Berlin", "de", []),
        ("The PMKSA cache", "en", []),
        ("Die Menge des Fentanyls stieg.", "de", [("Fentanyls", "fentanyl")]),
        ("Ein Fentanyl-Vorläufer.", "de", [("Fentanyl", "fentanyl")]),
        ("Der Fentanylhandel wächst.", "de", [("Fentanyl", "fentanyl")]),
        ("Zoll deckt Kokainschmuggel auf", "de", [("Kokain", "cocaine")]),
        ("(2-bromoethyl)benzene", "en", [("(2-bromoethyl)benzene", "phenethyl-bromide")]),
        ("(2-Bromethyl)benzol", "de", [("(2-Bromethyl)benzol", "phenethyl-bromide")]),
        ("4-nitro-(2-bromoethyl)benzene", "en", []),
        ("1-(2-bromoethyl)-4-nitrobenzene", "en", []),
        ("(2-bromoethyl)benzene-d5", "en", []),
        ("(S)-methadone", "en", [("methadone", "methadone")]),
        ("(+/-)-amphetamine", "en", [("amphetamine", "amfetamine")]),
        ("pseudoephedrine", "en", [("pseudoephedrine", "pseudoephedrine")]),
        ("piperidin-4-yl", "en", []),
    ],
)
def test_the_whole_matcher_keeps_to_borders(
    text: str, language: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text, language) == expected


@pytest.mark.parametrize(
    ("text", "start", "stop", "joined"),
    [
        ("methyl-ice b", 7, 10, True),
        ("4-ice", 2, 5, True),
        ("ice-4", 0, 3, True),
        ("- ice -", 2, 5, False),
        ("ice", 0, 3, False),
        ("-ice-", 1, 4, False),
    ],
)
def test_hyphens_join_parts_of_chemical_names(text: str, start: int, stop: int, joined: bool) -> None:
    assert hyphenated(text, start, stop) is joined


@settings(max_examples=100, deadline=None)
@given(texts(6).filter(bool), st.data())
def test_any_stretch_of_any_text_has_borders(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(start + 1, len(text)))
    for language in ("en", "de", "zh", None):
        border = look(text, start, stop, language, letters=stop - start, cased=data.draw(st.booleans()))
        assert border.start == start
        assert stop <= border.stop <= len(text)
        assert border.accepted == (border.kind in ("free", "inflected", "compound", "glued"))
