"""The scorer and the gate on hand-made items: what counts as right, wrong, missed; when the gate shuts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.corpus.check import Floors, problems, read_floors, renewed, write_floors
from tests.corpus.corpus import Item, parse
from tests.corpus.score import Find, measures, score


@dataclass(frozen=True)
class Hit:
    start: int
    stop: int
    substance: str


def item(line: str, kind: str = "clear", number: int = 1) -> Item:
    text, labels = parse(line)
    return Item(f"tune/en/{kind}:{number}", "tune", "en", kind, text, labels)


def finder(*names: tuple[str, str]) -> Find:
    """Find each given word at its first place only."""

    def find(text: str, lang: str) -> Iterable[Hit]:
        return [
            Hit(text.index(name), text.index(name) + len(name), key) for name, key in names if name in text
        ]

    return find


def test_a_salt_word_in_the_span_costs_the_strict_measure_only() -> None:
    result = score([item("⟦fentanyl|fentanyl⟧ citrate")], finder(("fentanyl citrate", "fentanyl")))
    assert (result.total.document.f1, result.total.overlap.f1, result.total.strict.f1) == (1.0, 1.0, 0.0)


def test_any_of_the_keys_is_right_and_a_wrong_one_counts_twice() -> None:
    items = [item("⟦spice|jwh-018/class⟧ in the yard")]
    assert score(items, finder(("spice", "class"))).total.document.f1 == 1.0
    tally = score(items, finder(("spice", "cumin"))).total.document
    assert (tally.right, tally.wrong, tally.missed) == (0, 1, 1)


def test_an_open_stretch_is_neither_right_nor_wrong() -> None:
    result = score([item("⟦hemp|?⟧ rope")], finder(("hemp", "cannabis")))
    assert (result.total.document.wrong, result.total.alarmed) == (0, 0)


def test_senses_are_judged_word_by_word() -> None:
    items = [
        item("⟦cocaine|cocaine⟧"),
        item("The ⟦ICE|-⟧ was late.", "ambiguous", 1),
        item("They smoked ⟦ice|m⟧ with ⟦cocaine|cocaine⟧.", "ambiguous", 2),
        item("Black ⟦ice|-⟧ on the bridge", "ambiguous", 3),
    ]
    result = score(items, finder(("ice", "m"), ("cocaine", "cocaine")))
    assert (result.senses.right, result.senses.wrong, result.senses.missed, result.senses_silent) == (
        1,
        1,
        0,
        1,
    )
    assert result.senses_accuracy == pytest.approx(2 / 3)


def test_a_decoy_with_a_find_is_an_alarm() -> None:
    items = [item("Crystal Palace", "decoy", 1), item("quiet", "decoy", 2)]
    result = score(items, finder(("Crystal", "m")))
    assert measures(result)["decoy lines silent"] == 0.5
    assert result.false == {("Crystal", "m"): ["tune/en/decoy:1"]}


def test_a_floor_sinks_only_with_a_reason(tmp_path: Path) -> None:
    old = Floors("one", {"document f1": 0.9})
    with pytest.raises(ValueError, match="document f1"):
        renewed({"document f1": 0.8}, old, "two", because="")
    new = renewed({"document f1": 0.8}, old, "two", because="harder lines")
    write_floors(new, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == new
    assert new.lowered == ({"measure": "document f1", "from": 0.9, "to": 0.8, "because": "harder lines"},)


def test_a_changed_corpus_and_a_fall_both_shut_the_gate() -> None:
    floors = Floors("one", {"document f1": 0.9})
    assert problems({"document f1": 0.9}, floors, "one") == []
    assert problems({"document f1": 0.89}, floors, "one") == ["document f1: 0.8900 is below its floor 0.9000"]
    assert "corpus" in problems({"document f1": 0.9}, floors, "two")[0]
