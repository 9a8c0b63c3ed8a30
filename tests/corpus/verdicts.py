"""The frozen verdict of every case, so that a change shows which cases turned, for better and for worse.

`verdicts.tsv` has one line a case: half, language/kind, the beginning of the SHA-256 of its text, and "right"
or what is wrong with it (of the held half only that it is "wrong"). `strong.txt` holds the cases that must be
right whatever else a change wins: a verdict there cannot be frozen anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.corpus.corpus import FOLDER, Item, parse
from tests.corpus.score import Find, overlaps

Verdicts = Mapping[tuple[str, str, str], str]  # (half, language/kind, digest) -> "right" or the errors

FROZEN = FOLDER / "verdicts.tsv"
STRONG = FOLDER / "strong.txt"
RIGHT = "right"


def verdict(item: Item, find: Find) -> str:
    """ "right", or the names that are missed ("-") and found wrongly ("+")."""
    labels, ignored = item.of("substance"), item.of("open")
    found = [one for one in find(item.text, item.lang) if not any(overlaps(one, label) for label in ignored)]
    right = {key for label in labels for key in label.keys}
    errors = {
        f"-{label.surface}"
        for label in labels
        if not any(overlaps(label, one) and one.substance in label.keys for one in found)
    } | {
        f"+{item.text[one.start : one.stop]}={one.substance}"
        for one in found
        if one.substance not in right or not any(overlaps(label, one) for label in labels)
    }
    return " ".join(" ".join(sorted(errors)).split()) or RIGHT


def of(items: Sequence[Item], find: Find) -> dict[tuple[str, str, str], str]:
    """The verdict of each case."""
    found = {}
    for item in items:
        said = verdict(item, find)
        key = item.half, f"{item.lang}/{item.kind}", hashlib.sha256(item.text.encode()).hexdigest()[:12]
        found[key] = "wrong" if item.half == "held" and said != RIGHT else said
    return found


def turned(frozen: Verdicts, now: Verdicts) -> tuple[list[str], list[str]]:
    """What turned for better, and what for worse or was never frozen."""
    better, worse = [], []
    for key, said in now.items():
        before = frozen.get(key, "not frozen: run with --update")
        if said != before:
            (better if said == RIGHT and key in frozen else worse).append(
                f"{' '.join(key)}: {before} -> {said}"
            )
    gone = [f"{' '.join(key)}: gone: run with --update" for key in frozen.keys() - now.keys()]
    return better, worse + sorted(gone)


def read(path: Path = FROZEN) -> dict[tuple[str, str, str], str]:
    if not path.exists():
        return {}
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line)
    return {(half, place, digest): said for half, place, digest, said in rows}


def write(verdicts: Verdicts, path: Path = FROZEN) -> None:
    lines = ["\t".join((*key, said)) for key, said in sorted(verdicts.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def strong() -> list[Item]:
    """The cases that must never turn: "language<tab>line" each."""
    items = []
    for number, row in enumerate(STRONG.read_text(encoding="utf-8").split("\n"), start=1):
        if row and not row.startswith("#"):
            lang, line = row.split("\t")
            text, labels = parse(line)
            items.append(Item(f"strong:{number}", "strong", lang, "strong", text, labels))
    return items


def broken_strong(find: Find) -> list[str]:
    """The strong cases that are wrong, each with what is wrong."""
    said = ((item, verdict(item, find)) for item in strong())
    return [f"{item.id} may never turn: {item.text!r}: {what}" for item, what in said if what != RIGHT]
