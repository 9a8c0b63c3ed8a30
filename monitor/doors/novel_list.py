"""How names that no list has look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from monitor.doors.safe_text import clean
from monitor.doors.terminal import cut, number_of

if TYPE_CHECKING:
    from monitor.queries.novel_names import NovelLine


def show_novel(console: Console, lines: Sequence[NovelLine], limit: int) -> None:
    """Show names that no list has: what is known of each, and where it was read last."""
    if not lines:
        console.print("No open names (--all shows decided and by now listed ones too).")
        return
    for line in lines[:limit]:
        head = Text(f"{line.id:>4}  ").append(clean(line.name), "bold")
        parts = (
            f"{number_of(line.count, 'place')} in {number_of(line.articles, 'article')}, {_days(line)}",
            f"possible member of {line.classes}" if line.classes else "",
            " ".join(filter(None, (line.inchikey, line.smiles))) or f"structure not known: {line.reason}",
            f"listed by now as {line.listed_as}" if line.listed_as else "",
            f"near: {line.near}" if line.near else "",
            line.decided,
        )
        console.print(head, soft_wrap=True)
        for part in filter(None, parts):
            console.print(Text(f"      {clean(part)}"), soft_wrap=True)
        for quoted in _around(line).wrap(console, max(20, console.width - 6)):
            console.print(Text(" " * 6).append_text(quoted))
        console.print(Text(f"      {clean(line.url)}", "dim"), soft_wrap=True)
    if len(lines) > limit:
        console.print(f"and {len(lines) - limit:,} more: --limit {len(lines)}")
    hint = "Decide: substance-monitor novel decide NUMBER watch|ignore --why TEXT --by NAME"
    console.print(Text(hint, "dim"), soft_wrap=True)


def _days(line: NovelLine) -> str:
    return line.first if line.first == line.last else f"{line.first} to {line.last}"


def _around(line: NovelLine) -> Text:
    """A line around the name, the name itself marked."""
    start = line.context.find(line.name)
    if start < 0:
        return Text(clean(line.context), "dim")
    stop = start + len(line.name)
    return cut(line.context[:start], line.context[start:stop], line.context[stop:])
