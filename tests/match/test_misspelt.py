"""Misspelt names: one letter off in a long name is found, ordinary words and near relatives are not."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match import borders, find
from monitor.match.lexicon import ordinary_words
from monitor.match.misspelt import MIN_LETTERS, misspelt
from monitor.match.normalize import forms, words_key
from monitor.model import Name
from tests.match.lexicons import keys, lexicon_of, mentions, one, shipped, texts


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("diazapam", "diazepam"), ("methamphetmine", "metamfetamine"), ("fentanly", "fentanyl"),
        ("fentaanyl", "fentanyl"),
        ("amphetmaine", "amfetamine"), ("oxycodon", "oxycodone"), ("mephedron", "mephedrone"),
        ("ketamiine", "ketamine"),
    ],
)  # fmt: skip
def test_one_letter_off_is_found(word: str, key: str) -> None:
    mention = one(f"Police seized drugs: {word} pills.", "en")
    assert (mention.surface, mention.substance) == (word, key)


def test_a_misspelling_says_so_and_counts_less() -> None:
    mention = one("Police seized diazapam pills.", "en")
    assert mention.method == "misspelling"
    assert mention.score < one("Police seized diazepam pills.", "en").score
    assert any("one letter away" in reason for reason in mention.reasons)


@pytest.mark.parametrize(
    "word",
    [
        "hiroin",
        "fentnl",
        "dyazapam",
        "siazepam",
        "heroine",
        "heroism",
        "morphing",
        "ecstatic",
        "acetyl",
        "cocoa",
    ],
)
def test_other_words_are_not(word: str) -> None:
    assert [
        mention
        for mention in mentions(f"Police seized drugs: {word} here.", "en")
        if mention.method == "misspelling"
    ] == []


@pytest.mark.parametrize("text", ["methyl-diazapam", "2-diazapam", "xdiazapam", "diazapam5"])
def test_only_words_that_stand_alone(text: str) -> None:
    assert mentions(f"Drugs: {text}", "en") == []


@pytest.mark.parametrize("word", ["diazapams", "diazapamhandel", "Kodiazapam", "diazapam-Handel"])
def test_a_misspelling_takes_no_ending_and_stands_in_no_compound(word: str) -> None:
    """One letter off *and* an ending is two guesses; only the hyphenated word stays whole."""
    found = [m for m in mentions(f"Drogen: {word} hier.", "de") if m.method == "misspelling"]
    assert [m.surface for m in found] == (["diazapam"] if "-" in word else [])


@pytest.mark.parametrize("text", ["ketaminol", "morphinan", "codeinone", "captagonia", "heroinism"])
def test_a_name_with_letters_behind_is_another_word(text: str) -> None:
    assert [m for m in mentions(f"Police seized drugs: {text}.", "en") if m.method == "misspelling"] == []


@pytest.mark.parametrize(
    "word",
    ["heroins", "tramadols", "cocaïnes", "levomethadone", "methamphetimine", "marihuanna", "kokains",
     "морфина", "amfetaminy", "diazapam", "fentanyls"],
)  # fmt: skip
def test_no_form_or_slip_of_a_name_counts_as_an_ordinary_word(word: str) -> None:
    assert words_key(word) not in ordinary_words()


def test_ordinary_words_are_no_names_with_an_ending() -> None:
    """What a reader of `ordinary.txt` would take for an inflected name is there by hand alone (`heroine`)."""
    names = {text.casefold() for text in shipped().names if text.isalpha() and len(text) > 5}
    endings = {ending for each in borders.ENDINGS.values() for ending in each}
    inflected = {
        word
        for word in (key.decode() for key in ordinary_words() if key.isascii())
        if any(word.removesuffix(end) in names - {word} for end in endings if word.endswith(end))
    }
    assert {word[:6] for word in inflected} <= {"heroin", "amidon", "skenan"}  # the last is Swedish: runaway


@pytest.mark.parametrize(
    ("word", "key"),
    [("rnethamphetamine", "metamfetamine"), ("arnphetamine", "amfetamine"), ("rnorphine", "morphine"),
     ("ketarnine", "ketamine")],
)  # fmt: skip
def test_rn_that_a_scanner_read_for_m(word: str, key: str) -> None:
    assert keys(f"The lab held {word}.", "en") == {key}


@pytest.mark.parametrize("word", ["modern", "western", "alternine", "marinorn", "stubborn"])
def test_rn_of_other_words_is_none(word: str) -> None:
    assert keys(f"Police seized drugs: {word}.", "en") == set()


@pytest.mark.parametrize(
    "word", ["methanone", "ethylene", "acetonide", "propylene", "methylene", "methylamino", "méthylamino"]
)
def test_a_word_of_chemistry_is_no_misspelling(word: str) -> None:
    assert [m for m in mentions(f"The drug lab held {word}.", "en") if m.method == "misspelling"] == []


def test_isomers_and_relatives_are_no_misspellings_of_each_other() -> None:
    lexicon = lexicon_of([Name("methylone", "a", "en", "inn"), Name("methylona", "b", "es", "inn")])
    assert [(m.surface, m.substance) for m in find(lexicon, "drugs: methylone, methylona", "en")] == [
        ("methylone", "a"), ("methylona", "b"),
    ]  # fmt: skip


LEXICON = lexicon_of([Name("diazepam", "diazepam", "en", "inn"), Name("fentanyl", "fentanyl", "en", "inn")])

SPELLINGS = {words_key(text).decode() for text in LEXICON.texts}


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["diazepam", "fentanyl"]),
    st.integers(1, 7),
    st.sampled_from(string.ascii_lowercase),
    st.sampled_from("sidx"),
)
def test_every_single_edit_behind_the_first_letter_is_found(
    name: str, place: int, letter: str, edit: str
) -> None:
    word = {
        "s": name[:place] + letter + name[place + 1 :],
        "i": name[:place] + letter + name[place:],
        "d": name[:place] + name[place + 1 :],
        "x": name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :],
    }[edit]
    hits = misspelt(LEXICON, forms(f"some {word} here"))
    assert [hit[:2] for hit in hits] == ([] if word in SPELLINGS else [(5, 5 + len(word))])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=10), max_size=10))
def test_what_is_found_does_not_depend_on_what_was_read_before(words: list[str]) -> None:
    text = " ".join([*words, "diazapam", *words])
    fresh = lexicon_of([Name("diazepam", "diazepam", "en", "inn"), Name("fentanyl", "fentanyl", "en", "inn")])
    first, second = misspelt(fresh, forms(text)), misspelt(fresh, forms(text))
    assert first == second == misspelt(LEXICON, forms(text))


def test_long_texts_are_searched_in_pieces_without_a_gap() -> None:
    chance = random.Random(3)
    filler = ["".join(chance.choices("abcdefgh", k=chance.randrange(1, 12))) for _ in range(30_000)]
    for place in range(0, len(filler), 997):
        filler[place] = "diazapam"
    text = " ".join(filler)
    hits = misspelt(LEXICON, forms(text))
    assert [text[start:stop] for start, stop, _ in hits] == ["diazapam"] * text.count("diazapam")


@settings(max_examples=60, deadline=None)
@given(texts())
def test_hits_are_long_words_of_the_text(text: str) -> None:
    view = forms(text)
    for start, stop, entry in misspelt(shipped(), view):
        assert stop - start >= MIN_LETTERS - 1
        assert not shipped().is_ambiguous(entry)
