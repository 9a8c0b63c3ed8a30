"""The labelled corpus as values: reads `<half>/<language>/<kind>.txt`; README.md describes the format."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
HALVES = ("tune", "held")  # the part that rules are made on, and the part that only judges them
NEWLINE = "⏎"
MARK = re.compile(r"⟦([^⟦⟧|]+)\|([^⟦⟧|]+)⟧")


@dataclass(frozen=True, slots=True)
class Label:
    """One marked stretch, `text[start:stop] == surface`.

    `keys` are the substances that count as right, the best first. They are empty for a stretch that is open
    to dispute (`sense` "open") and for an ambiguous word that means something else ("other").
    """

    start: int
    stop: int
    surface: str
    sense: str  # "substance", "open" or "other"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the corpus, its marks taken off; `id` is "half/language/kind:line number"."""

    id: str
    half: str
    lang: str
    kind: str
    text: str
    labels: tuple[Label, ...]

    def of(self, sense: str) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.sense == sense)


def parse(line: str) -> tuple[str, tuple[Label, ...]]:
    """Take the marks off one line; offsets are code points. Raises ValueError for a broken mark."""
    parts: list[str] = []
    labels: list[Label] = []
    length = end = 0
    for mark in MARK.finditer(line):
        between = line[end : mark.start()].replace(NEWLINE, "\n")
        surface = mark[1].replace(NEWLINE, "\n")
        start = length + len(between)
        length = start + len(surface)
        end = mark.end()
        parts += [between, surface]
        labels.append(_label(start, length, surface, mark[2]))
    text = "".join([*parts, line[end:].replace(NEWLINE, "\n")])
    if "⟦" in text or "⟧" in text:
        raise ValueError(f"broken mark in: {line}")
    return text, tuple(labels)


def _label(start: int, stop: int, surface: str, target: str) -> Label:
    if target in ("?", "-"):
        return Label(start, stop, surface, "open" if target == "?" else "other")
    return Label(start, stop, surface, "substance", tuple(target.split("/")))


def files(half: str | None = None, folder: Path = FOLDER) -> list[Path]:
    """The files of one half, or of both, in order."""
    return sorted(folder.glob(f"{half or '*'}/*/*.txt"))


def load(half: str | None = None, folder: Path = FOLDER) -> list[Item]:
    """Read one half of the corpus, or both, in the order of files and lines."""
    return [item for path in files(half, folder) for item in _items(path)]


def _items(path: Path) -> Iterator[Item]:
    half, lang, kind = path.parts[-3], path.parts[-2], path.stem
    # not splitlines(): a text may hold a line or paragraph separator as a disguise
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line and not line.startswith("#"):
            text, labels = parse(line)
            yield Item(f"{half}/{lang}/{kind}:{number}", half, lang, kind, text, labels)


def digest(half: str | None = None, folder: Path = FOLDER) -> str:
    """SHA-256 (hex) over the names and bytes of all corpus files of a half, or of both."""
    hasher = hashlib.sha256()
    for path in files(half, folder):
        hasher.update(f"{path.parent.name}/{path.name}\0".encode())
        hasher.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return hasher.hexdigest()
