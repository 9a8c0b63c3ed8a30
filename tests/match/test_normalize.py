"""The forms of a text: what they fold, and that each leads back to the original offsets exactly."""

import html
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.normalize import (
    DELETED,
    base_letter,
    code_table,
    codes_of,
    compact_key,
    compact_of,
    forms,
    is_kept,
    unescape,
    words_key,
    words_of,
)
from tests.match.lexicons import as_json, mentions, texts


@pytest.mark.parametrize(
    ("char", "letter"),
    [
        ("a", "a"), ("A", "a"), ("é", "e"), ("Ö", "o"), ("ｆ", "f"), ("７", "7"), ("²", "2"), ("₂", "2"),
        ("а", "a"), ("Е", "e"),
        ("ο", "o"), ("α", "a"), ("β", "b"), ("ı", "i"), ("ø", "o"), ("ł", "l"), ("ᴀ", "a"), ("ж", "ж"),
        ("芬", "芬"), ("-", "-"),
    ],
)  # fmt: skip
def test_a_letter_is_known_by_its_ascii_form(char: str, letter: str) -> None:
    assert base_letter(char) == letter


@pytest.mark.parametrize(
    "same",
    [
        ("(2-bromoethyl)benzene", "(2‑Bromoethyl)benzene", "2 bromoethyl benzene",
         "2-bromo\u00adethyl-\nbenzene", "２－bromoethyl benzene"),
        ("fentanyl", "FENTANYL", "f.e.n.t.a.n.y.l", "fen\u200btanyl", "fеntanуl", "ｆｅｎｔａｎｙｌ",
         "f3nt4nyl", "fe\u0301ntanyl"),
        ("α-PVP", "Α-pvp", "α\u2011PVP"),
        ("芬太尼", "芬 太 尼", "芬\n太尼"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_share_a_compact_key(same: tuple[str, ...]) -> None:
    assert len({compact_key(spelling) for spelling in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2-bromoethylbenzene", "4-bromoethylbenzene"),
        ("N-methyl", "O-methyl"),
        ("ephedrine", "pseudoephedrine"),
        ("α-PVP", "β-PVP"),
        ("fentanyl", "fentanil"),
    ],
)
def test_different_names_keep_different_compact_keys(one: str, other: str) -> None:
    assert compact_key(one) != compact_key(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("P-2-P", b"p 2 p"),
        ("  crystal\n meth ", b"crystal meth"),
        ("GHB", b"ghb"),
        ("Ét\u200bé!", b"ete"),
        ("(!)", b""),
    ],
)
def test_the_words_key_is_the_words_between_single_spaces(text: str, key: bytes) -> None:
    assert words_key(text) == key


def test_code_table_leaves_ascii_alone_and_deletes_what_is_invisible() -> None:
    table = code_table()
    assert table[:127].tolist() == list(range(127))
    for char in "\u00ad\u200b\u200d\ufeff\u2060\u0301":
        assert table[ord(char)] == DELETED
    assert all(table[point] == ord(" ") for point in (0xD800, 0xDFFF, 0x2028, 0x3000))


@pytest.mark.parametrize(
    ("text", "resolved", "origin"),
    [
        ("a&amp;b", "a&b", [0, 1, 6, 7]),
        ("&#102;x", "fx", [0, 6, 7]),
        ("&NotEqualTilde;!", "≂̸!", [0, 0, 15, 16]),
        ("AT&T & &bogus;", "AT&T & &bogus;", list(range(15))),
    ],
)
def test_character_references_are_resolved_and_mapped(text: str, resolved: str, origin: list[int]) -> None:
    assert unescape(text) == (resolved, origin)


@settings(max_examples=100, deadline=None)
@given(texts())
def test_unescape_maps_every_character_and_the_end(text: str) -> None:
    resolved, origin = unescape(text)
    assert len(origin) == len(resolved) + 1
    assert origin == sorted(origin)
    assert origin[-1] == len(text)
    for index, char in enumerate(resolved):
        piece = text[origin[index] : origin[index + 1]]
        meant = unicodedata.normalize("NFKC", html.unescape(piece))  # a reference, or a ligature
        assert piece == char or origin[index] == origin[index + 1] or char in meant


@settings(max_examples=100, deadline=None)
@given(texts())
def test_forms_lead_back_to_the_text_exactly(text: str) -> None:
    view = forms(text)
    assert view.original == text
    assert len(view.codes) == len(view.text)
    assert max(map(ord, view.text), default=0) < 0x10000
    for form, one, back in (
        (view.words, words_of, view.from_words),
        (view.compact, compact_of, view.from_compact),
    ):
        for index in range(len(form)):
            start, stop = back(index, index + 1)
            assert stop == start + 1
            assert one(codes_of(view.text[start])) == form[index : index + 1]
    starts = [view.to_original(index, index + 1) for index in range(len(view.text))]
    assert all(0 <= start <= stop <= len(text) for start, stop in starts)
    assert starts == sorted(starts)


@settings(max_examples=100, deadline=None)
@given(texts(6), st.data())
def test_a_stretch_of_a_form_is_the_form_of_its_stretch(text: str, data: st.DataObject) -> None:
    view = forms(text)
    if not view.compact:
        return
    first = data.draw(st.integers(0, len(view.compact) - 1))
    last = data.draw(st.integers(first + 1, len(view.compact)))
    start, stop = view.from_compact(first, last)
    assert compact_of(view.codes[start:stop]) == view.compact[first:last]
    assert sum(map(is_kept, view.text[start:stop])) == last - first


def test_the_padded_form_stands_between_spaces() -> None:
    view = forms("Ice")
    assert view.padded == b" ice "
    assert view.words == b"ice"


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\ud800", "&", "&#;"], ids=as_json)
def test_texts_of_nothing_have_forms(text: str) -> None:
    view = forms(text)
    assert view.compact == b""
    assert len(view.codes) == len(text)


@pytest.mark.parametrize(
    ("text", "surface", "key"),
    [
        ("para-ﬂuorofentanyl", "para-ﬂuorofentanyl", "para-fluorofentanyl"),
        ("ﬂunitrazepam", "ﬂunitrazepam", "flunitrazepam"),
        ("4-ﬂuoroamphetamine", "4-ﬂuoroamphetamine", "4-fluoroamfetamine"),
    ],
)
def test_a_ligature_is_its_letters(text: str, surface: str, key: str) -> None:
    (mention,) = mentions(f"Police seized {text} pills.", "en")
    assert (mention.surface, mention.substance, mention.method) == (surface, key, "name")
    assert mention.form != "skeleton"
