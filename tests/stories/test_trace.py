"""What an article leaves of itself: days, places, names, without the furniture of its page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, Mention
from monitor.stories import from_bytes, keys, same_event, to_bytes, trace
from monitor.stories.dates import days
from monitor.stories.fingerprint import bands, fingerprint, likeness, scheme
from monitor.stories.places import find
from monitor.stories.text import fold, words

AT = datetime(2026, 3, 17, 12, tzinfo=UTC)
PINNED = "9e9ed9c978d9d8b67051493390656ac8"


def told(text: str, language: str = "en", *substances: str, url: str = "https://www.a.example/1") -> Article:
    return Article("a", url, text.partition("\n")[0], text, AT, language, AT)


def named(text: str, *substances: str) -> list[Mention]:
    found = [(text.index(each), each) for each in substances]
    return [Mention(at, at + len(each), each, each.lower(), each, "name", 0.9) for at, each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on Saturday, March 14, officers", date(2026, 3, 14)),
        ("am 14. März entdeckt", date(2026, 3, 14)),
        ("el 14 de marzo de 2025", date(2025, 3, 14)),
        ("le 14 mars", date(2026, 3, 14)),
        ("op 14 maart", date(2026, 3, 14)),
        ("14.03.2026", date(2026, 3, 14)),
        ("2026-03-14", date(2026, 3, 14)),
        ("on 28 December", date(2025, 12, 28)),
        ("from 27 June on", date(2026, 6, 27)),
    ],
)
def test_a_day_is_read_in_many_languages(text: str, found: date) -> None:
    written, _ = days(text, AT.date(), dated=True)
    assert written == {found}


def test_a_day_of_the_week_is_the_last_one_and_needs_a_date() -> None:
    assert days("on Saturday", AT.date(), dated=True)[1] == {date(2026, 3, 14)}
    assert days("on Saturday", AT.date(), dated=False)[1] == frozenset()
    assert days("the 99th of March 45", AT.date(), dated=True)[0] == frozenset()


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("in Antwerp", "en", "Antwerp"),
        ("im Hafen von Antwerpen", "de", "Antwerp"),
        ("au port d'Anvers", "fr", "Antwerp"),
        ("la Antwerpse haven in de Antwerpse", "nl", "Antwerp"),
        ("die Hamburger Polizei", "de", "Hamburg"),
        ("in Den Haag", "nl", "The Hague"),
        ("La Haya", "es", "The Hague"),
        ("в Роттердаме", "ru", "Rotterdam"),
        ("the US navy", "en", "United States"),
        ("die Niederlande", "de", "Netherlands"),
    ],
)
def test_a_place_is_one_whatever_it_is_called(text: str, language: str, place: str) -> None:
    assert next(found.name for _, _, found in find(words(text), language)) == place


def test_small_letters_and_everyday_words_are_no_places() -> None:
    assert list(find(words("we told us that nice baths split in essen; the White House"), "en")) == []


def test_names_spots_and_the_furniture_of_a_page() -> None:
    text = (
        "Lab raided\nHome News Sport\n"
        "Police raided a farm in Gebesee on Monday, prosecutor Jana Vogt said, and found ketamine there.\n"
        "Read next: Storm over Lisbon"
    )
    made = trace(told(text), named(text, "ketamine"))
    assert "jana vogt" in " ".join(made.names)
    assert made.spots == ("gebesee",)
    assert made.cities == ()
    assert made.substances == ("ketamine",)
    assert made.outlet == "a.example"
    assert "monday" not in made.names


def test_german_nouns_are_no_names() -> None:
    text = "Fund\nDie Polizei fand in Gebesee in Fässern Amphetamin, teilte das Landeskriminalamt mit."
    made = trace(told(text, "de"), [])
    assert made.names == ("gebesee",)


def test_a_trace_is_kept_whole() -> None:
    text = (
        "Find in Riga\nOfficers found 48 kg of ketamine in Riga on 14 March, spokeswoman Ilze Kalnina said."
    )
    made = trace(told(text), named(text, "ketamine"))
    assert from_bytes(to_bytes(made)) == made
    with pytest.raises(ValueError, match="no trace"):
        from_bytes(b"something else")


@given(st.text(max_size=400))
def test_any_text_leaves_a_trace(text: str) -> None:
    made = trace(told(text), [])
    assert from_bytes(to_bytes(made)) == made


def test_hostile_texts_leave_a_trace_quickly() -> None:
    for text in (
        "9" * 20_000 + " kg",
        "1.111" * 4000,
        "A " * 9000,
        "in X" * 5000,
        "\n" * 20_000,
        "de la " * 3000,
    ):
        made = trace(told(text), [])
        assert from_bytes(to_bytes(made)) == made
        assert keys(made)
        assert isinstance(same_event(made, trace(told(f"x 12 kg {text}"), [])).same, bool)


def test_folding_takes_case_and_accents_off() -> None:
    assert [fold(word) for word in ("Düsseldorf", "Łódź", "STRASSE", "Straße", "Møller")] == [
        "dusseldorf",
        "lodz",
        "strasse",
        "strasse",
        "moller",
    ]


# These numbers are what stored fingerprints were made with. When they change, rensa has another algorithm:
# then `scheme` must have changed as well, so that old and new ones are not compared.
def test_a_fingerprint_stays_what_it_was() -> None:
    made = fingerprint(
        "customs officers in riga have found forty eight kilograms of ketamine in glass beads".split()
    )
    assert scheme() == "r2-64-3"
    assert made[:16].hex() == PINNED
    assert len(bands(made)) == 8


def test_likeness_is_the_share_of_equal_triples() -> None:
    text = [f"w{n}" for n in range(400)]
    half = [*text[:267], *(f"v{n}" for n in range(133))]
    assert likeness(fingerprint(text), fingerprint(text)) == 1.0
    assert likeness(fingerprint(text), fingerprint(half)) == pytest.approx(0.5, abs=0.2)
    assert likeness(fingerprint(text), fingerprint([f"u{n}" for n in range(400)])) < 0.05
    assert fingerprint(["too", "short"]) == b""
