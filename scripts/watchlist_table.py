"""Maintainers' tool: the table of shipped lists in docs/watchlists.md, made from the data.

python scripts/watchlist_table.py      # rewrites the table in place
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.watchlist import load_builtin  # noqa: E402

DOC = ROOT / "docs" / "watchlists.md"
BEGIN, END = "<!-- lists: made by scripts/watchlist_table.py -->\n", "<!-- end of lists -->\n"
HEAD = "| id | list | where | kind | substances | dated | complete to | known to be missing | source |\n"


def table() -> str:
    """The table in Markdown: a row a list, with how many of its entries have a day of force."""
    watchlist = load_builtin()
    rows = [HEAD, "|" + "---|" * (HEAD.count("|") - 1) + "\n"]
    for info in watchlist.lists.values():
        entries = [entry for entry in watchlist.listings if entry.list_id == info.id]
        substances = {entry.substance for entry in entries}
        dated = {entry.substance for entry in entries if len(entry.since) == 10}
        missing = f"{info.missing}{f' ({info.note})' if info.note else ''}"
        cells = (
            f"`{info.id}`",
            info.title,
            info.jurisdiction,
            info.kind,
            str(len(substances)),
            str(len(dated)),
            info.complete_to or "not known",
            missing or "nothing known",
            info.source,
        )
        rows.append("| " + " | ".join(cells) + " |\n")
    return "".join(rows)


def document(text: str) -> str:
    """The document with the table as the data has it. Raises ValueError where the marks are missing."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    DOC.write_text(document(DOC.read_text(encoding="utf-8")), encoding="utf-8")
