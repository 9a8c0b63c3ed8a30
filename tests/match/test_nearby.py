"""What stands near a stretch that no lexicon has."""

from __future__ import annotations

from monitor.match.nearby import REACH, Nearby, nearby


def look(text: str, name: str, language: str | None = None) -> Nearby:
    start = text.index(name)
    (found,) = nearby(text, [(start, start + len(name))], language)
    return found


def test_words_of_drugs_and_precursors_are_told_with_the_tags() -> None:
    text = "Customs officers seized 40 kg of 2-zorbyl-4-quuxane, a precursor of the drug."
    found = look(text, "2-zorbyl-4-quuxane")
    assert {"precursor", "drug", "seized"} <= set(found.words)
    assert dict(found.tags)["seizure"] == "seized"


def test_ordinary_text_tells_nothing() -> None:
    assert look("The new glass holds 2-zorbyl-4-quuxane for its colour.", "2-zorbyl-4-quuxane") == Nearby(
        (), ()
    )


def test_only_what_is_near_counts_and_the_name_itself_does_not() -> None:
    far = "The drug was there. " + "The weather was fine. " * (REACH // 10) + "They bought 2-zorbylane."
    assert look(far, "2-zorbylane").words == ()
    assert look("They like chemicalylane.", "chemicalylane").words == ()
    assert look("They like the chemical zorbylane.", "zorbylane").words == ("chemical",)


def test_the_words_of_the_texts_language_count() -> None:
    text = "Die Fahnder fanden 2-Zorbyl-ethan in einem Labor; das Rauschgift wurde beschlagnahmt."
    assert {"Labor", "Rauschgift"} <= set(look(text, "2-Zorbyl-ethan", "de").words)


def test_character_references_do_not_shift_the_stretch() -> None:
    text = "&lt;b&gt; &amp; drug&#115; &amp; " * 3 + "then zorbyl-ethane near the precursor"
    assert "precursor" in look(text, "zorbyl-ethane").words


def test_a_word_is_told_without_the_one_behind_it() -> None:
    assert look("Drugs that hold zorbyl-ethane.", "zorbyl-ethane", "nl").words == ("Drugs",)


def test_any_text_is_taken() -> None:
    for text in ("x", "drug\ud800 x", "毒品 x 前体", "\u200b\u200bx"):
        nearby(text, [(len(text) - 1, len(text))])
    assert nearby("no stretch", []) == []
