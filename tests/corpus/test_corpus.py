"""The corpus itself is sound: marks, keys, amount, spread; and its loader keeps offsets."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus.corpus import FOLDER, HALVES, digest, files, load, parse

LANGUAGES = {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "zh"}
KINDS = {
    "abbreviations",
    "ambiguous",
    "articles",
    "clear",
    "decoy",
    "disguised",
    "identifiers",
    "misspellings",
    "variants",
}
SUBSTANCES = Path(__file__).parents[2] / "monitor" / "watchlist" / "data" / "substances.csv"
ITEMS = load()


def test_marks_become_offsets_in_code_points() -> None:
    text, labels = parse(
        "Vor dem ⟦phenethyl⏎bromide|phenethyl-bromide⟧ kam ⟦𝐊|ketamine/dck⟧, ⟦ICE|-⟧ ⟦Hanf|?⟧."
    )
    assert text == "Vor dem phenethyl\nbromide kam 𝐊, ICE Hanf."
    assert [text[label.start : label.stop] for label in labels] == ["phenethyl\nbromide", "𝐊", "ICE", "Hanf"]
    assert [label.sense for label in labels] == ["substance", "substance", "other", "open"]


@pytest.mark.parametrize("line", ["⟦fentanyl⟧", "⟦fentanyl|fentanyl", "⟦a⟦b|c⟧|d⟧", "fentanyl⟧"])
def test_a_broken_mark_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="broken mark"):
        parse(line)


def test_there_is_enough_of_everything() -> None:
    by_language = Counter(item.lang for item in ITEMS)
    assert set(by_language) == LANGUAGES
    assert len(ITEMS) >= 1_700
    assert min(by_language.values()) >= 110
    assert min(by_language["en"], by_language["de"]) >= 350
    assert {item.kind for item in ITEMS} == KINDS
    assert sum(item.kind == "articles" for item in ITEMS) >= 60


def test_every_key_is_a_watched_substance() -> None:
    with SUBSTANCES.open(encoding="utf-8", newline="") as file:
        known = {row["key"] for row in csv.DictReader(file)}
    used = {key for item in ITEMS for label in item.of("substance") for key in label.keys}
    assert used - known == set()
    assert len(used) >= 300


def test_decoys_have_no_mention_and_each_ambiguous_line_says_a_sense() -> None:
    assert [item.id for item in ITEMS if item.kind == "decoy" and item.labels] == []
    assert [item.id for item in ITEMS if item.kind == "ambiguous" and not item.labels] == []


def test_both_senses_are_balanced() -> None:
    senses = Counter(item.labels[0].sense for item in ITEMS if item.kind == "ambiguous")
    assert 0.35 < senses["substance"] / senses.total() < 0.65


def test_no_line_is_written_twice() -> None:
    seen = Counter(item.text for item in ITEMS)
    assert [text for text, times in seen.items() if times > 1] == []


def test_the_digest_sees_every_byte(tmp_path: Path) -> None:
    folder = tmp_path / "tune" / "en"
    folder.mkdir(parents=True)
    (folder / "clear.txt").write_text("one\n", encoding="utf-8")
    before = digest(folder=tmp_path)
    (folder / "clear.txt").write_text("two\n", encoding="utf-8")
    assert digest(folder=tmp_path) != before
    assert all(path.parents[2] == FOLDER for path in files())


def test_a_third_is_held_back_in_every_language() -> None:
    for lang in LANGUAGES:
        halves = Counter(item.half for item in ITEMS if item.lang == lang)
        assert set(halves) == set(HALVES)
        assert 0.2 < halves["held"] / halves.total() < 0.5
