"""Rules of names: each by its example and near miss, all together by names whose English is known."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from monitor.chem.nomenclature import LANGUAGES, RewriteRule, candidates, readings, rules

DATA = Path(__file__).parent / "data" / "names.csv"
NAMES = list(csv.DictReader(DATA.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_does_what_its_example_says_and_leaves_its_near_miss_alone(rule: RewriteRule) -> None:
    assert rule.apply(rule.example[0]) == rule.example[1]
    assert rule.apply(rule.near_miss) == rule.near_miss


def test_rules_have_ids_of_their_own_and_known_languages() -> None:
    assert len({rule.id for rule in rules()}) == len(rules())
    assert {language for rule in rules() for language in rule.languages} == {*LANGUAGES, "mul", "en", "join"}


def test_the_name_as_written_comes_first() -> None:
    for row in NAMES:
        assert candidates(row["name"], row["language"])[0] == (row["name"], ())


def test_candidates_tell_how_they_were_made() -> None:
    made = dict(candidates("(2-Bromethyl)benzol", "de"))
    assert made["(2-bromoethyl)benzene"] == ("de-brom", "de-benzol")


def test_a_name_of_unknown_language_is_tried_in_all() -> None:
    assert "fenetil" not in dict(candidates("bromuro de fenetilo"))
    assert "phenethyl bromide" in dict(candidates("bromuro de fenetilo"))
    assert "phenethyl bromide" in dict(candidates("bromure de phénéthyle"))
    assert "2-phenylethyl bromide" in {text.lower() for text, _ in candidates("2-Phenylethylbromid")}


@pytest.mark.parametrize("hostile", ["", "-" * 1000, "a" * 100_000, "((((", "yl" * 499, "1," * 490, "\ud800"])
def test_anything_can_be_handed_in(hostile: str) -> None:
    assert candidates(hostile)[0] == (hostile, ())


def test_a_name_without_brackets_has_both_readings() -> None:
    assert [text for text, _ in readings("2-bromoethylbenzene")] == [
        "(2-bromoethyl)benzene",
        "2-bromo-1-ethylbenzene",
    ]
    for plain in ("(2-bromoethyl)benzene", "1-bromoethylbenzene", "4-bromoethylbenzene", "2-bromobenzene"):
        assert readings(plain) == []
