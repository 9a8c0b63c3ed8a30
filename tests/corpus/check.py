"""The gate: run the matcher over the corpus, print what it reaches, hold it to floors and verdicts.

python -m tests.corpus.check                  print the table; exit 1 below a floor or where a case got worse
python -m tests.corpus.check --update         raise the floors to what is reached now, freeze the verdicts
python -m tests.corpus.check --update --lower-because "reason"      the only way to lower a floor

The errors of the held half are counted and never printed: whoever saw them would tune to them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.corpus import verdicts
from tests.corpus.corpus import HALVES, Item, digest, load
from tests.corpus.score import Find, Group, Result, falls, measures, score

FLOORS = Path(__file__).parent / "floors.json"


@dataclass(frozen=True)
class Floors:
    """What has been reached, for one state of the corpus; `lowered` keeps each step down and why."""

    digest: str = ""
    floors: Mapping[str, float] | None = None
    lowered: tuple[Mapping[str, object], ...] = ()


def read_floors(path: Path = FLOORS) -> Floors:
    if not path.exists():
        return Floors()
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Floors(raw["digest"], raw["floors"], tuple(raw.get("lowered", ())))


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    raw = {"digest": floors.digest, "floors": dict(floors.floors or {}), "lowered": list(floors.lowered)}
    path.write_text(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def problems(found: Mapping[str, float], floors: Floors, corpus_digest: str) -> list[str]:
    """Say in plain sentences why the gate stays shut; empty when it opens."""
    if floors.digest != corpus_digest:
        return ["the corpus is not the one that the floors were set for: run with --update"]
    return [
        f"{name}: {value:.4f} is below its floor {floor:.4f}"
        for name, (floor, value) in falls(found, floors.floors or {}).items()
    ]


def renewed(found: Mapping[str, float], old: Floors, corpus_digest: str, because: str) -> Floors:
    """Set the floors to what is reached now. Raises ValueError when one would sink without a reason."""
    new = {name: math.floor(value * 10_000) / 10_000 for name, value in found.items()}
    sunk = falls(new, old.floors or {})
    if sunk and not because:
        raise ValueError("these floors would sink, say why with --lower-because: " + ", ".join(sunk))
    steps = [
        {"measure": name, "from": floor, "to": new.get(name), "because": because}
        for name, (floor, _) in sunk.items()
    ]
    return Floors(corpus_digest, new, (*old.lowered, *steps))


def matcher() -> Find:
    """The shipped watchlist with default settings."""
    from monitor.pipeline.run import build_matcher

    return build_matcher(None).find


def table(result: Result, errors: int) -> str:
    head = f"{'':14}{'items':>6}{'P':>8}{'R':>8}{'F1':>8}{'strict':>8}{'overlap':>9}{'alarms/clean':>14}"
    rows = [head]
    for title, groups in (("kind", result.kinds), ("language", result.languages)):
        rows += [f"-- by {title}", *(_row(name, group) for name, group in sorted(groups.items()))]
    rows += [
        "-- all",
        _row("all", result.total),
        "",
        "P, R, F1: substances of an item; strict, overlap: F1 of spans",
    ]
    rows += ["", *(f"{name:28}{value:8.4f}" for name, value in measures(result).items())]
    for title, noted in (("missed", result.missed), ("found wrongly", result.false)):
        rows += ["", f"-- {title}: {sum(map(len, noted.values()))}"]
        worst = sorted(noted.items(), key=lambda error: -len(error[1]))[:errors]
        rows += [f"{len(at):4}  {surface!r} {key}  {' '.join(at[:5])}" for (surface, key), at in worst]
    return "\n".join(rows)


def _row(name: str, group: Group) -> str:
    tally = group.document
    numbers = "".join(
        f"{value:8.3f}"
        for value in (tally.precision, tally.recall, tally.f1, group.strict.f1, group.overlap.f1)
    )
    return f"{name:14}{group.items:6}{numbers} {group.alarmed:8}/{group.alarmed + group.silent}"


def halves_measured(items: Sequence[Item], find: Find) -> tuple[dict[str, Result], dict[str, float]]:
    """The result of each half, and the numbers that have a floor, named "half measure"."""
    results = {half: score([item for item in items if item.half == half], find) for half in HALVES}
    return results, {
        f"{half} {name}": value
        for half, result in results.items()
        for name, value in measures(result).items()
    }


def both_digests() -> str:
    return " ".join(digest(half) for half in HALVES)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Score the matcher on the corpus and hold it to its floors.")
    parser.add_argument("--update", action="store_true", help="set floors and verdicts anew")
    parser.add_argument("--lower-because", default="", metavar="REASON", help="needed to lower a floor")
    parser.add_argument("--errors", type=int, default=20, help="how many errors of each sort to print")
    parser.add_argument("--lang", help="only this language (no floors)")
    parser.add_argument("--kind", help="only this kind (no floors)")
    asked = parser.parse_args(arguments)
    part = bool(asked.lang or asked.kind)
    if part and asked.update:
        parser.error("--update needs the whole corpus")
    items = [i for i in load() if asked.lang in (None, i.lang) and asked.kind in (None, i.kind)]
    find = matcher()
    results, found = halves_measured(items, find)
    for half, result in results.items():
        print(f"== {half}", table(result, 0 if half == "held" else asked.errors), sep="\n")
    return 0 if part else _gate(found, verdicts.of(items, find), asked.update, asked.lower_because)


def _gate(found: Mapping[str, float], now: verdicts.Verdicts, update: bool, because: str) -> int:
    better, worse = verdicts.turned(verdicts.read(), now)
    print("", *(f"better: {each}" for each in better), *(f"worse: {each}" for each in worse), sep="\n")
    shut = verdicts.broken_strong(matcher())
    if update and not shut:
        try:
            write_floors(renewed(found, read_floors(), both_digests(), because))
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        verdicts.write(now)
        return 0
    shut += worse + problems(found, read_floors(), both_digests())
    print("\n".join(["", *shut]) if shut else "\nall floors held")
    return 1 if shut else 0


if __name__ == "__main__":
    sys.exit(main())
