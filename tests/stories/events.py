"""The labelled articles as values: reads `<half>/<family>.txt`; README.md tells the format."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from monitor.model import Article

FOLDER = Path(__file__).parent
HALVES = ("tune", "held")
HEAD = re.compile(r"### ([A-Z])(\d) ([a-z]{2}) (\d{4}-\d{2}-\d{2}) (\S+)")


@dataclass(frozen=True, slots=True)
class Told:
    """One labelled article: articles of one family and event are one story."""

    id: str
    family: str
    event: str
    article: Article


def load(half: str, folder: Path = FOLDER) -> list[Told]:
    """Every article of one half, in the order of files and lines."""
    return [told for path in files(half, folder) for told in _read(path)]


def files(half: str, folder: Path = FOLDER) -> list[Path]:
    return sorted((folder / half).glob("*.txt"))


def pairs(told: list[Told]) -> list[tuple[Told, Told, bool]]:
    """The labelled pairs: all pairs within a family. True: one event."""
    return [(a, b, a.event == b.event) for a, b in combinations(told, 2) if a.family == b.family]


def strangers(told: list[Told]) -> list[tuple[Told, Told]]:
    """Pairs of two families: never one event."""
    return [(a, b) for a, b in combinations(told, 2) if a.family != b.family]


def digest(half: str, folder: Path = FOLDER) -> str:
    """SHA-256 (hex) over the names and bytes of one half."""
    hasher = hashlib.sha256()
    for path in files(half, folder):
        hasher.update(f"{path.parent.name}/{path.name}\0".encode())
        hasher.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return hasher.hexdigest()


def _read(path: Path) -> Iterator[Told]:
    for part in re.split(r"(?m)^(?=### )", path.read_text(encoding="utf-8"))[1:]:
        head, _, text = part.partition("\n")
        match = HEAD.fullmatch(head)
        if match is None:
            raise ValueError(f"{path.name}: not the head of an article: {head}")
        event, number, language, day, outlet = match.groups()
        title = text.partition("\n")[0]
        article = Article(
            source=outlet,
            url=f"https://{outlet}.example/{path.stem}/{event}{number}",
            title=title,
            text=text.strip().replace("\n", "\n\n"),
            fetched_at=datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC),
            language=language,
            published_at=datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC),
        )
        yield Told(f"{path.stem}/{event}{number}", path.stem, event, article)
