"""What stands around a name: trigger words by language, amounts, forms, aliases, other senses, tags."""

import pytest
from hypothesis import given, settings

from monitor.match import context
from monitor.match.normalize import forms
from monitor.match.words import tables
from tests.match.lexicons import mentions, texts


@pytest.mark.parametrize(
    ("text", "language", "group"),
    [
        ("Drug dealers met.", "en", "drug"),
        ("Der Zoll fand Rauschgift.", "de", "drug"),
        ("agentes hallaron estupefacientes", "es", "drug"),
        ("警方查获毒品", "zh", "drug"),
        ("торговля наркотиками", "ru", "drug"),
        ("a precursor chemical", "en", "precursor"),
        ("ein Vorläufer, ein Ausgangsstoff", "de", "precursor"),
        ("l'acquisition de précurseurs", "fr", "precursor"),
        ("前体化学品", "zh", "precursor"),
        ("They seized it.", "en", "seizure"),
        ("Drogas incautadas ayer", "es", "seizure"),
    ],
)
def test_words_are_known_in_their_language(text: str, language: str, group: str) -> None:
    assert context.surroundings(forms(text), language).count(group) >= 1


@pytest.mark.parametrize(
    ("text", "language", "group"),
    [
        ("The weather was fine.", "en", "drug"),
        ("droge Luft", "en", "drug"),  # a German stem in an English text
        ("He banned it, an urban banner", "en", "drug"),
        ("Er seizte nichts", "fr", "drug"),
    ],
)
def test_other_words_are_not(text: str, language: str, group: str) -> None:
    assert context.surroundings(forms(text), language).count(group) == 0


def test_unknown_languages_open_all_tables_and_others_english_alone() -> None:
    assert context.surroundings(forms("Rauschgift"), None).count("drug") >= 1
    assert context.surroundings(forms("Rauschgift"), "fi").count("drug") == 0
    assert context.surroundings(forms("drug dealers"), "fi").count("drug") >= 1


def test_nearness_counts_words_that_begin_within_reach() -> None:
    around = context.Surroundings({"drug": [10, 50, 90]})
    assert [around.near("drug", 52, 55, reach) for reach in (0, 5, 40, 200)] == [0, 1, 2, 3]
    assert around.near("drug", 50, 55, 5) == 0  # what the stretch says itself is no word near it
    assert around.near("other", 0, 10, 100) == 0


@pytest.mark.parametrize(
    "before",
    [
        "5 kg of ",
        "5kg ",
        "570 tablets of ",
        "1,650 gram ",
        "200 Liter ",
        "3 kilos de ",
        "2 кг ",
        "5公斤",
        "kilos of pure ",
        "pounds of ",
        "pills of the ",
        '2.5 g of "',
    ],
)
def test_amounts_before_a_name(before: str) -> None:
    assert context.quantity_before(f"{before}ice", len(before))


@pytest.mark.parametrize(
    "before", ["", "the ", "in 2019 ", "5 people of ", "kilometre ", "Route 66 and ", "kg-of "]
)
def test_other_words_before_a_name(before: str) -> None:
    assert not context.quantity_before(f"{before}ice", len(before))


@pytest.mark.parametrize(
    ("text", "is_form"),
    [
        ("ice pills", True),
        ("ice-Tabletten", True),
        ("ice dealer", True),
        ("ice cream", False),
        ("ice", False),
        ("ice. Pills", False),
    ],
)
def test_forms_behind_a_name(text: str, is_form: bool) -> None:
    assert context.form_after(text, 3) is is_form


@pytest.mark.parametrize(
    ("before", "is_alias"),
    [
        ("known as ", True),
        ('otherwise known as "', True),
        ("street name: ", True),
        ("conocida como ", True),
        ("he knows ", False),
    ],
)
def test_aliases(before: str, is_alias: bool) -> None:
    assert context.alias_before(before + "ice", len(before)) is is_alias


@pytest.mark.parametrize(
    ("text", "start", "stop", "words"),
    [
        ("hit the ice cream", 8, 11, ("the", "cream")),
        ("ice", 0, 3, ("", "")),
        ("on, ice. cream", 4, 7, ("", "")),
    ],
)
def test_neighbouring_words(text: str, start: int, stop: int, words: tuple[str, str]) -> None:
    assert context.neighbours(text, start, stop) == words


def test_cues_of_another_sense_are_counted_once_each() -> None:
    words = forms("immigration agents of ICE, immigration agents").words
    assert context.other_sense("ICE", words, 22, 25) == 2
    assert context.other_sense("fentanyl", words, 22, 25) == 0


@pytest.mark.parametrize(
    ("text", "language", "tag"),
    [
        ("Officers seized fentanyl.", "en", "seizure"),
        ("Der Zoll hat Kokain sichergestellt.", "de", "seizure"),
        ("Изъяли мефедрон у курьера, полиция сообщила", "ru", "seizure"),
        ("The vendor had fentanyl for sale, discreet shipping.", "en", "offer for sale"),
        ("Fentanyl is scheduled under the act.", "en", "legislation"),
        ("The patient was given fentanyl against pain.", "en", "medical use"),
        ("The study gave ketamine to rats.", "en", "research"),
        ("There was no fentanyl in the sample.", "en", "negated"),
        ("Decades ago cocaine was a medicine.", "en", "historical"),
    ],
)
def test_tags_say_what_is_told(text: str, language: str, tag: str) -> None:
    (mention,) = mentions(text, language)
    assert tag in mention.tags


def test_tags_are_those_of_the_tables_and_need_their_words_near() -> None:
    (mention,) = mentions("Fentanyl. " + "A calm and empty sentence. " * 12 + "Officers seized a car.", "en")
    assert mention.tags == ()
    assert set(tables().tags) == {
        "seizure", "offer for sale", "legislation", "medical use", "research", "negated", "historical",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "negated"),
    [
        ("no fentanyl", "en", True),
        ("no trace of fentanyl", "en", True),  # the word begins 12 characters before the name
        ("no traces of fentanyl", "en", False),  # 13
        ("not a word, then fentanyl", "en", False),
        ("fentanyl was not found", "en", False),  # what stands behind the name negates the verb
        ("kein Fentanyl", "de", True),
        ("kein Hinweis auf Fentanyl", "de", False),
    ],
)
def test_how_far_a_negation_reaches(text: str, language: str, negated: bool) -> None:
    (mention,) = mentions(text, language)
    assert ("negated" in mention.tags) is negated


def test_every_table_speaks_known_languages_and_folds_to_something() -> None:
    words = tables()
    for table in (words.drug, words.precursor, words.use, *words.tags.values()):
        assert set(table) <= set(context.LANGUAGES)
        for stems in table.values():
            assert all(len(context.stem_pattern(stem).strip()) >= 1 for stem in stems)


@settings(max_examples=80, deadline=None)
@given(texts())
def test_any_text_has_surroundings(text: str) -> None:
    view = forms(text)
    around = context.surroundings(view, None)
    for where in around.positions.values():
        assert where == sorted(where)
        assert all(0 <= position < len(view.padded) for position in where)
    for place in range(0, len(text), 7):
        context.quantity_before(text, place)
        context.form_after(text, place)
        context.alias_before(text, place)
        context.quoted(text, place, min(len(text), place + 3))
