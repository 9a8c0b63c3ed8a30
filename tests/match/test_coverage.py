"""Texts in languages without names are noticed by what is declared, their script and their small words."""

import pytest

from monitor.match import search
from monitor.match.coverage import covered
from tests.match.lexicons import lexicon_of, shipped

AMHARIC = "ፖሊስ በአዲስ አበባ 3 ኪሎ ግራም ሄሮይን እና ኮኬይን ያዘ። ሁለት ሰዎች ታስረዋል።"
GEORGIAN = "ნარკოპოლიციამ ბათუმში 3 კილოგრამი ჰეროინი და კოკაინი ამოიღო."


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (AMHARIC, None, "am"),
        (AMHARIC, "am", "am"),
        (AMHARIC, "ti", "ti"),  # another language of the same script, where the text is declared to be in it
        (AMHARIC, "en", "am"),  # what is declared cannot be
        (GEORGIAN, None, "ka"),
        ("Lögreglan lagði hald á þrjú kíló af efnum við höfnina í gær.", "is", "is"),
    ],
)
def test_a_language_without_names_is_noticed(text: str, language: str | None, expected: str) -> None:
    assert search(shipped(), text, language).uncovered == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Customs found heroin at the pier in Leeds.", None),
        ("Customs found heroin at the pier in Leeds.", "en"),
        ("The police said that they have found it and were glad of the help.", "is"),  # declared wrongly
        ("Der Zoll fand das Heroin nicht, sagte die Polizei.", "de"),
        ("警方缴获海洛因五公斤。", None),
        ("Полицейские изъяли героин, и это не всё.", None),
        ("Alpha (α) and beta (β) blockers, ἄλφα.", None),
        ("", None),
        ("3 kg", None),
    ],
)
def test_covered_texts_and_scraps_are_not(text: str, language: str | None) -> None:
    assert search(shipped(), text, language).uncovered == ""


def test_what_is_covered_is_counted_in_the_watchlist() -> None:
    assert {"en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "zh"} <= covered(shipped())
    assert "mul" not in covered(shipped())


def test_a_list_of_a_few_names_of_its_own_is_not_asked() -> None:
    assert search(lexicon_of(["heroin"]), AMHARIC).uncovered == ""
