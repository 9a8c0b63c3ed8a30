"""Maintainers' tool: list unambiguous shipped names that look like ordinary words.

    pip install wordfreq
    python scripts/screen_names.py [ARTICLES.jsonl.gz]

Two screens: the frequency of the name as a word in each language (Zipf scale; 3 is a word in a million),
and whole-word occurrences in ordinary articles (JSON lines with "text") that mention no watched
substance. It decides nothing: read the list, then write a row into a table in `scripts/curation/`.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

from wordfreq import zipf_frequency

NAMES = Path(__file__).resolve().parent.parent / "monitor" / "watchlist" / "data" / "names.csv"
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru")
COMMON = 2.8


def plain_names() -> dict[str, str]:
    """Unambiguous names, case-folded, with their key; CAS RNs are left out."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["ambiguous"] == "0" and row["type"] != "cas"]
    return {row["name"].casefold(): row["key"] for row in rows}


def frequent(names: dict[str, str]) -> list[tuple[float, str, str, str]]:
    found = []
    for name, key in names.items():
        if len(name.split()) > 2 or re.search(r"[,\[(\d]", name) or name > "\u2e80":
            continue
        top, language = max((zipf_frequency(name, code), code) for code in LANGUAGES)
        if top >= COMMON:
            found.append((top, name, key, language))
    return sorted(found, reverse=True)


def occurring(names: dict[str, str], path: Path) -> Counter[tuple[str, str]]:
    """How often each name stands as a whole word in the articles."""
    longest = max(len(name.split()) for name in names)
    found: Counter[tuple[str, str]] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            words = re.findall(r"[\w'-]+", json.loads(line)["text"].casefold())
            for start in range(len(words)):
                for size in range(1, longest + 1):
                    text = " ".join(words[start : start + size])
                    if text in names:
                        found[text, names[text]] += 1
    return found


def main() -> None:
    names = plain_names()
    for top, name, key, language in frequent(names):
        print(f"{top:4.1f} {language}  {name}  [{key}]")
    for path in sys.argv[1:]:
        for (name, key), count in occurring(names, Path(path)).most_common():
            print(f"{count:4d} in {path}  {name}  [{key}]")


if __name__ == "__main__":
    main()
