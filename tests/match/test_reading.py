"""Rendering a stretch of text as a name: what passes, the tricks that are named, isomers kept apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.reading import read, spell
from tests.match.lexicons import as_json, texts


@pytest.mark.parametrize(
    ("name", "surface", "form"),
    [
        ("fentanyl", "fentanyl", "raw"),
        ("fentanyl", "FENTANYL", "raw"),
        ("fentanyl", "fenta\u00adnyl", "normal"),
        ("fentanyl", "fenta-\nnyl", "normal"),
        ("methamphetamine", "meth-amphetamine", "normal"),
        ("diazépam", "diazepam", "normal"),
        ("(2-bromoethyl)benzene", "(2‑bromoethyl)benzene", "normal"),
        ("(2-bromoethyl)benzene", "2-bromoethyl benzene", "normal"),
        ("(2-bromoethyl)benzene", "(2-bromoethyl)-\nbenzene", "normal"),
        ("4-anilinopiperidine", "4- anilinopiperidine", "normal"),
        ("3,4-methylenedioxyphenyl-2-propanone", "3,4 methylenedioxyphenyl 2 propanone", "normal"),
        ("α-PVP", "α–PVP", "normal"),
        ("4'-methyl-fentanyl", "4′-methyl-fentanyl", "normal"),
        ("(1R,2S)-(-)-chloroephedrine", "(1R,2S)-(−)-chloroephedrine", "normal"),
        ("(+/-)-ecgonine", "(±)-ecgonine", "normal"),
        ("crystal meth", "crystal\nmeth", "normal"),
        ("芬太尼", "芬太\n尼", "normal"),
    ],
    ids=as_json,
)
def test_ordinary_spellings_carry_no_trick(name: str, surface: str, form: str) -> None:
    reading = read(name, surface)
    assert reading is not None
    assert (reading.form, reading.tricks) == (form, ())


@pytest.mark.parametrize(
    ("name", "surface", "trick"),
    [
        ("fentanyl", "fеntanyl", "look-alike letters"),
        ("fentanyl", "fentanуl", "look-alike letters"),
        ("heroin", "heroιn", "look-alike letters"),
        ("clonazolam", "cIonazolam", "look-alike letters"),
        ("fentanyl", "f3ntanyl", "digits for letters"),
        ("fentanyl", "fent4nyl", "digits for letters"),
        ("cocaine", "c0caine", "digits for letters"),
        ("fentanyl", "fen\u200btanyl", "invisible characters"),
        ("fentanyl", "fe\u2060ntanyl", "invisible characters"),
        ("fentanyl", "ｆｅｎｔａｎｙｌ", "full-width letters"),
        ("fentanyl", "f e n t a n y l", "letters spaced out"),
        ("fentanyl", "f.e.n.t.a.n.y.l", "letters spaced out"),
        ("fentanyl", "f-e-n-t-a-n-y-l", "letters spaced out"),
        ("fentanyl", "fent.anyl", "separators inside"),
        ("fentanyl", "f\u0336e\u0336n\u0336t\u0336a\u0336n\u0336y\u0336l", "combining marks"),
        ("芬太尼", "芬·太·尼", "letters spaced out"),
    ],
    ids=as_json,
)
def test_disguises_are_read_and_named(name: str, surface: str, trick: str) -> None:
    reading = read(name, surface)
    assert reading is not None
    assert reading.form == "skeleton"
    assert trick in reading.tricks


ISOMERS = [
    ("2-bromofentanyl", "4-bromofentanyl"),
    ("(2-bromoethyl)benzene", "(4-bromoethyl)benzene"),
    ("4-methylfentanyl", "4'-methylfentanyl"),
    ("4'-methylfentanyl", "4-methylfentanyl"),
    ("4′-methylfentanyl", "4″-methylfentanyl"),
    ("N-methylfentanyl", "O-methylfentanyl"),
    ("alpha-methylfentanyl", "beta-methylfentanyl"),
    ("α-methylfentanyl", "β-methylfentanyl"),
    ("(+)-methorphan", "(-)-methorphan"),
    ("(±)-methorphan", "(+)-methorphan"),
    ("(-)-methorphan", "methorphan"),
    ("(1R,2S)-(-)-chloroephedrine", "(1R,2S)-(+)-chloroephedrine"),
    ("1,4-butanediol", "1,3-butanediol"),
    ("ephedrine", "pseudoephedrine"),
    ("3-MMC", "4-MMC"),
    ("2,5-dimethoxyamphetamine", "2.5-dimethoxyamphetamin"),
    ("methylone", "methylona"),
]


@pytest.mark.parametrize(("name", "other"), ISOMERS)
def test_isomers_are_never_merged(name: str, other: str) -> None:
    assert read(name, other) is None


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        ("fentanyl", "fen tan yl"),
        ("fentanyl", "fen. tanyl"),
        ("fentanyl", "fen\n\ntanyl"),
        ("heroin", "her oin"),
        ("methadone", "meth, adone"),
        ("p2p", "p 2. p"),
        ("芬太尼", "芬，太，尼"),
        ("芬太尼", "芬太医"),
        ("ephedrine", "epнedriпe."),  # the full stop is no part of it
        ("1-pentylindole", "l-pentylindole"),  # a lone l is no digit
        ("soma", "50ma"),
    ],
    ids=as_json,
)
def test_near_misses_are_not_read(name: str, surface: str) -> None:
    if surface.endswith("."):
        assert read(name, surface[:-1]) is not None
    else:
        assert read(name, surface) is None


@pytest.mark.parametrize(
    ("surface", "is_it"),
    [
        ("437-38-7", True), ("437‑38‑7", True), ("437–38–7", True), ("437- 38-7", True),
        ("437-38-\n7", True), ("437－38－7", True),
        ("４３７-38-7", True), ("437 38 7", False), ("437.38.7", False), ("437387", False),
        ("437--38-7", False), ("437-387", False),
        ("43738-7", False), ("437/38/7", False), ("4E7-38-7", False), ("437-38-I", False),
    ],
    ids=lambda value: as_json(value) if isinstance(value, str) else str(value),
)  # fmt: skip
def test_a_cas_number_needs_its_digits_and_hyphens(surface: str, is_it: bool) -> None:
    assert (read("437-38-7", surface, kind="cas") is not None) is is_it


@settings(max_examples=100, deadline=None)
@given(texts(5))
def test_spelling_keeps_every_character_before_the_last_kept_one(text: str) -> None:
    plain = "".join(char for char in text if ord(char) < 0x10000)
    spelling = spell(plain)
    assert len(spelling.chars) == len(spelling.gaps)
    again = "".join(gap + char for char, gap in zip(spelling.chars, spelling.gaps, strict=True))
    assert plain.startswith(again)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        ["fentanyl", "(2-bromoethyl)benzene", "α-PVP", "437-38-7", "4'-methyl", "芬太尼", "фентанил"]
    ),
    texts(4),
)
def test_every_stretch_is_read_or_refused_without_error(name: str, surface: str) -> None:
    reading = read(name, surface)
    assert reading is None or reading.form in ("raw", "normal", "skeleton")
    assert reading is None or bool(reading.tricks) == (reading.form == "skeleton")
