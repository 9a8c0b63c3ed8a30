"""Scoring, pure: labelled pairs and a judge in, counts and shares out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from monitor.stories.same import Verdict
from monitor.stories.trace import Trace
from tests.stories.events import Told

Judge = Callable[[Trace, Trace], Verdict]


@dataclass
class Result:
    """Counts of one set of pairs, and the pairs judged wrongly."""

    right: int = 0  # one event, and found to be
    wrong: int = 0  # two events, taken for one
    missed: int = 0  # one event, taken for two
    apart: int = 0  # two events, and found to be
    errors: list[tuple[str, str, bool, Verdict]] = field(default_factory=list)

    def __iadd__(self, other: Result) -> Result:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        self.apart += other.apart
        self.errors += other.errors
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


def score(pairs: Iterable[tuple[Told, Told, bool]], traces: Mapping[str, Trace], judge: Judge) -> Result:
    """Judge every pair and count."""
    result = Result()
    for one, other, same in pairs:
        verdict = judge(traces[one.id], traces[other.id])
        if same and verdict.same:
            result.right += 1
        elif same:
            result.missed += 1
        elif verdict.same:
            result.wrong += 1
        else:
            result.apart += 1
        if same != verdict.same:
            result.errors.append((one.id, other.id, same, verdict))
    return result


def told(name: str, result: Result, errors: int = 0) -> str:
    """One line of figures, and below it the worst errors."""
    pairs = result.right + result.wrong + result.missed + result.apart
    lines = [
        f"{name:<10} {pairs:>5} pairs  precision {result.precision:.3f}  recall {result.recall:.3f}  "
        f"F1 {result.f1:.3f}  ({result.wrong} wrongly joined, {result.missed} missed)"
    ]
    for one, other, same, verdict in result.errors[:errors]:
        kind = "missed" if same else "joined"
        lines.append(f"  {kind} {one} {other} {verdict.score:.2f}: {'; '.join(verdict.reasons[:8])}")
    return "\n".join(lines)
