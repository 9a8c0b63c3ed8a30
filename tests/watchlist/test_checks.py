"""Check digits, the form of InChIKeys, folding and invisible characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.watchlist.checks import cas_check, cas_digit, control_character, fold, inchikey_check, slug


@pytest.mark.parametrize("text", ["103-63-9", "7732-18-5", "50-00-0", "79-03-8", "108-24-7", "1474-02-8"])
def test_right_cas_numbers(text: str) -> None:
    assert cas_check(text)


@pytest.mark.parametrize(
    "text",
    [
        "103-63-8",
        "103-6-39",
        "0103-63-9",
        "103–63–9",
        "103639",
        "",
        "2024-10-2",
        "103-63-9 ",
        "٥٠-٠٠-٠",
        "12345678-18-5",
    ],
)
def test_what_is_no_cas_number(text: str) -> None:
    assert not cas_check(text)


def test_the_right_digit_is_told() -> None:
    assert cas_digit("103-63-1") == 9
    assert cas_digit("phenethyl bromide") is None


@given(st.integers(10, 9_999_999), st.integers(0, 99))
def test_exactly_one_of_ten_digits_is_right(head: int, middle: int) -> None:
    assert sum(cas_check(f"{head}-{middle:02d}-{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("WMPPDTMATNBGJN-UHFFFAOYSA-N", True),
        ("WMPPDTMATNBGJN-UHFFFAOYNA-N", True),  # not standard, still an InChIKey
        ("WMPPDTMATNBGJN-UHFFFAOYSA-M", True),  # one proton less
        ("WMPPDTMATNBGJN-UHFFFAOYXA-N", False),  # neither S nor N
        ("WMPPDTMATNBGJN-UHFFFAOYSB-N", False),  # there is no version B
        ("wmppdtmatnbgjn-uhfffaoysa-n", False),
        ("WMPPDTMATNBGJ-UHFFFAOYSA-N", False),
        ("WMPPDTMATNBGJN-UHFFFAOYSA", False),
        ("WMPPDTMATNBGJN-UHFFFAOYSA-N ", False),
        ("", False),
    ],
)
def test_inchikeys(text: str, right: bool) -> None:
    assert inchikey_check(text) is right


def test_fold_joins_spellings_of_one_text() -> None:
    assert fold("  Cocai\u0308ne \u00a0HCl") == fold("COCAÏNE hcl")


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("meth\u200bcathinone", "U+200B"),
        ("a\x00b", "U+0000"),
        ("a\tb", "U+0009"),
        ("soft\u00adhyphen", "U+00AD"),
    ],
)
def test_invisible_characters_are_named(text: str, found: str) -> None:
    assert control_character(text) == found


def test_persian_joiners_are_let_through() -> None:
    assert control_character("می\u200cشود") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [("House list (EU)", "house-list-eu"), ("  A__b ", "a-b"), ("Список", "список"), ("()", "")],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected
