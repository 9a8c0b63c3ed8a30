"""Learn the weights of the ambiguity features: `python scripts/train_ambiguity.py DEV_DIR > weights.json`.

DEV_DIR holds labelled development data (`ambiguous.jsonl`, `watchlist.jsonl`, `ordinary.jsonl.gz`), which is
not part of this project; the half of `tests/corpus` to tune on is always used, the other never. Each
ambiguous candidate that the matcher proposes is one example: the features of `monitor.match.ambiguity`, and
whether the label says it is meant.
The fit is a logistic regression by Newton's method, with an L2 penalty, in numpy alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.match import compile_lexicon
from monitor.match.ambiguity import features_of
from monitor.match.mentions import weigh
from monitor.watchlist import load_builtin
from tests.corpus.corpus import load

PENALTY = 3.0
# What is expected before any data: the penalty pulls towards these, not towards nought.
EXPECTED = {
    "bias": -2.0,
    "defined_otherwise": -5.0,
    "same_as": 3.0,
    "same_as_elsewhere": 3.0,
    "alias": 1.5,
    "listed": 1.5,
    "quantity": 2.0,
    "form": 1.0,
    "near": 1.0,
    "document": 1.0,
    "same_in_document": 0.5,
    "drug_near": 1.0,
    "precursor_near": 1.0,
    "use_near": 0.7,
    "use_beside": 0.7,
    "seizure_near": 0.3,
    "drug_document": 0.5,
    "other_sense": -4.0,
    "proper": -1.5,
    "capital": -0.7,
    "verb": -2.0,
    "longer": -5.0,
    "ticker": -5.0,
    "role": -5.0,
    "letter_bare": -4.0,
    "sport": -1.5,
    "alone": -0.7,
    "street_alone": -0.7,
    "case": -1.0,
    "case_word": -3.0,
    "likely": 2.4,
    "hyphen": -0.7,
    "short": -1.0,
    "short_bare": -3.0,
    "language": -0.3,
    "weak_beside": 2.5,
    "offer_near": 1.0,
}
# How much one example of a source counts: snippets read one by one most, machine-made negatives least.
TRUST = {"ambiguous": 2.0, "corpus": 1.0, "watchlist": 0.5, "ordinary": 1.5}
# Where annotators left a name out that is meant, the example would teach the wrong thing.
TRUST_IN_SILENCE = 0.15

Example = tuple[dict[str, float], int, float]
Span = tuple[int, int]


def overlaps(start: int, stop: int, spans: list[Span]) -> bool:
    return any(start < right and left < stop for left, right in spans)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def texts(dev: Path) -> Iterator[tuple[str, str, str | None, list[Span], list[Span], list[Span] | None]]:
    """(source, text, language, spans meant, spans to ignore, the only spans that count or None)."""
    for row in lines(dev / "ambiguous.jsonl"):
        span = [(row["start"], row["end"])]
        yield "ambiguous", row["text"], row.get("lang"), span if row["label"] else [], [], span
    for row in lines(dev / "watchlist.jsonl"):
        gold = [tuple(s.get("wide", (s["start"], s["end"]))) for s in row["spans"]]
        unsure = [tuple(span) for span in row["unsure"]]
        yield "watchlist", row["text"], row["lang"], gold, unsure, None
    for row in lines(dev / "ordinary.jsonl.gz"):
        yield "ordinary", row["text"], row["lang"], [], [], None
    for item in load("tune"):
        meant = [(label.start, label.stop) for label in item.of("substance")]
        ignored = [(label.start, label.stop) for label in item.of("open")]
        yield "corpus", item.text, item.lang, meant, ignored, None


def examples(dev: Path) -> Iterator[Example]:
    lexicon = compile_lexicon(load_builtin())
    for source, text, language, meant, ignored, only in texts(dev):
        known = weigh(lexicon, text, language)
        if known is None:
            continue
        for candidate in known.weak:
            start, stop = known.view.to_original(candidate.start, candidate.stop)
            if overlaps(start, stop, ignored) or (only is not None and not overlaps(start, stop, only)):
                continue
            label = int(overlaps(start, stop, meant))
            trust = TRUST_IN_SILENCE if source == "watchlist" and not label else TRUST[source]
            yield dict(features_of(known, candidate)), label, trust


def fit(rows: list[Example], names: list[str]) -> np.ndarray:
    """Weights by Newton's method; the first is the bias, which bears little penalty."""
    x = np.array([[1.0, *(row[0].get(name, 0.0) for name in names)] for row in rows])
    y = np.array([row[1] for row in rows], float)
    trust = np.array([row[2] for row in rows])
    expected = np.array([EXPECTED.get(name, 0.0) for name in ("bias", *names)])
    weights = expected.copy()
    penalty = np.full(x.shape[1], PENALTY)
    penalty[0] = 0.1

    def loss(at: np.ndarray) -> float:
        z = np.clip(x @ at, -30, 30)
        return float(trust @ (np.log1p(np.exp(z)) - y * z) + 0.5 * penalty @ (at - expected) ** 2)

    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (trust * (p - y)) + penalty * (weights - expected)
        hessian = (x * (trust * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-9:
            step /= 2
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def cross_check(rows: list[Example], names: list[str], parts: int = 5) -> dict[str, float]:
    """Accuracy and recall on examples left out of the fit, by source trust above 1 (the snippets) and all."""
    right = found = meant = raised = 0
    for part in range(parts):
        weights = fit([row for i, row in enumerate(rows) if i % parts != part], names)
        for features, label, _ in rows[part::parts]:
            guess = int(
                weights[0] + sum(weights[i + 1] * features.get(n, 0.0) for i, n in enumerate(names)) >= 0
            )
            right += guess == label
            found += guess and label
            meant += label
            raised += guess
    return {"examples": len(rows), "meant": meant, "accuracy": round(right / len(rows), 4),
            "recall": round(found / meant, 4), "precision": round(found / max(1, raised), 4)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    rows = list(examples(parser.parse_args().dev))
    names = sorted({name for row in rows for name in row[0]} | (EXPECTED.keys() - {"bias"}))
    weights = fit(rows, names)
    table = {"bias": round(float(weights[0]), 3)} | {
        n: round(float(w), 3) for n, w in zip(names, weights[1:], strict=True)
    }
    note = "Logistic regression over the features of ambiguity.py; learned by scripts/train_ambiguity.py."
    print(json.dumps({"note": note, "left_out": cross_check(rows, names), "weights": table}, indent=1))


if __name__ == "__main__":
    main()
