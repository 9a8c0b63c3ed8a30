"""Scoring, pure: corpus items and found mentions in, counts and shares out; no matcher, no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.corpus.corpus import Item, Label

Error = tuple[str, str]  # surface, substance
AMBIGUOUS_KINDS = ("ambiguous", "abbreviations")


class Found(Protocol):
    """What a matcher hands back: half-open code-point offsets and a substance key."""

    @property
    def start(self) -> int: ...
    @property
    def stop(self) -> int: ...
    @property
    def substance(self) -> str: ...


Find = Callable[[str, str], Iterable[Found]]


@dataclass
class Tally:
    """True positives, false positives and false negatives of one measure."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __iadd__(self, other: Tally) -> Tally:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        return self

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Group:
    """The counts of a group of items: a kind, a language, or all of them."""

    items: int = 0
    document: Tally = field(default_factory=Tally)  # distinct substances of an item
    strict: Tally = field(default_factory=Tally)  # spans with exactly the labelled bounds
    overlap: Tally = field(default_factory=Tally)  # spans that share a character with the label
    alarmed: int = 0  # items without any label in which something was found
    silent: int = 0  # items without any label in which nothing was found

    def __iadd__(self, other: Group) -> Group:
        self.items += other.items
        self.document += other.document
        self.strict += other.strict
        self.overlap += other.overlap
        self.alarmed += other.alarmed
        self.silent += other.silent
        return self


@dataclass
class Result:
    """Everything that one run over the corpus says."""

    kinds: dict[str, Group] = field(default_factory=dict)
    languages: dict[str, Group] = field(default_factory=dict)
    total: Group = field(default_factory=Group)
    senses: Tally = field(default_factory=Tally)  # ambiguous words: meant and found, not meant and found, ...
    senses_silent: int = 0  # ambiguous words in another sense, rightly passed over
    missed: dict[Error, list[str]] = field(default_factory=dict)  # the items in which each error happened
    false: dict[Error, list[str]] = field(default_factory=dict)

    @property
    def senses_accuracy(self) -> float:
        right = self.senses.right + self.senses_silent
        cases = right + self.senses.wrong + self.senses.missed
        return right / cases if cases else 1.0


def score(items: Sequence[Item], find: Find) -> Result:
    """Run `find` over every item and count."""
    result = Result()
    clear = {
        label.surface.casefold() for item in items if item.kind == "clear" for label in item.of("substance")
    }
    for item in items:
        found = _outside(item.of("open"), find(item.text, item.lang))
        group = _group(item, found)
        for part in (
            result.kinds.setdefault(item.kind, Group()),
            result.languages.setdefault(item.lang, Group()),
            result.total,
        ):
            part += group
        _count_senses(item, found, clear, result)
        _note_errors(item, found, result)
    return result


def measures(result: Result) -> dict[str, float]:
    """The numbers that have a floor; more is better for each of them."""
    decoy = result.kinds.get("decoy", Group())
    shares = {
        "document precision": result.total.document.precision,
        "document recall": result.total.document.recall,
        "document f1": result.total.document.f1,
        "strict span f1": result.total.strict.f1,
        "ambiguous accuracy": result.senses_accuracy,
        "ambiguous recall": result.senses.recall,
        "decoy lines silent": decoy.silent / decoy.items if decoy.items else 1.0,
    }
    for kind, group in sorted(result.kinds.items()):
        if kind != "decoy":
            shares[f"{kind} document f1"] = group.document.f1
    return shares


def overlaps(one: Label | Found, other: Label | Found) -> bool:
    return one.start < other.stop and other.start < one.stop


def _outside(open_stretches: Sequence[Label], found: Iterable[Found]) -> list[Found]:
    """Leave out what lies on a stretch that is open to dispute: neither right nor wrong."""
    return [one for one in found if not any(overlaps(one, stretch) for stretch in open_stretches)]


def _group(item: Item, found: Sequence[Found]) -> Group:
    labels = item.of("substance")
    group = Group(1, _document(labels, found), _spans(labels, found, _same), _spans(labels, found, overlaps))
    if not labels:
        group.alarmed, group.silent = (1, 0) if found else (0, 1)
    return group


def _document(labels: Sequence[Label], found: Sequence[Found]) -> Tally:
    wanted = {label.keys for label in labels}
    got = {one.substance for one in found}
    allowed = {key for keys in wanted for key in keys}
    right = sum(1 for keys in wanted if got.intersection(keys))
    return Tally(right, len(got - allowed), len(wanted) - right)


def _same(one: Label | Found, other: Label | Found) -> bool:
    return (one.start, one.stop) == (other.start, other.stop)


def _spans(
    labels: Sequence[Label], found: Sequence[Found], meets: Callable[[Label | Found, Label | Found], bool]
) -> Tally:
    """Pair each label with one found span of the right substance."""
    left = list(found)
    right = 0
    for label in labels:
        pair = next((one for one in left if meets(label, one) and one.substance in label.keys), None)
        if pair is not None:
            left.remove(pair)
            right += 1
    return Tally(right, len(left), len(labels) - right)


def _count_senses(item: Item, found: Sequence[Found], clear: set[str], result: Result) -> None:
    """Judge each ambiguous word by its sense.

    A line of the kind "ambiguous" may hold plain names as evidence around its word: labels after the first
    whose surface is also labelled in the kind "clear" are not counted.
    """
    if item.kind not in AMBIGUOUS_KINDS:
        return
    for label in item.of("other"):
        if any(overlaps(label, one) for one in found):
            result.senses.wrong += 1
        else:
            result.senses_silent += 1
    for place, label in enumerate(item.of("substance")):
        if label.surface.casefold() in clear and (place or item.kind == "abbreviations"):
            continue
        if any(overlaps(label, one) and one.substance in label.keys for one in found):
            result.senses.right += 1
        else:
            result.senses.missed += 1


def _note_errors(item: Item, found: Sequence[Found], result: Result) -> None:
    labels = item.of("substance")
    for label in labels:
        if not any(overlaps(label, one) and one.substance in label.keys for one in found):
            result.missed.setdefault((label.surface, label.keys[0]), []).append(item.id)
    for one in found:
        if not any(overlaps(label, one) and one.substance in label.keys for label in labels):
            result.false.setdefault((item.text[one.start : one.stop], one.substance), []).append(item.id)


def falls(new: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """What lies below its floor: measure -> (floor, value now). A measure that is gone counts as 0."""
    return {name: (floor, new.get(name, 0.0)) for name, floor in floors.items() if new.get(name, 0.0) < floor}
