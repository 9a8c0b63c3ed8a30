"""docs/matching.md: every row of its tables and every piece of its code is true."""

import re
from pathlib import Path

import pytest

from tests.match.lexicons import as_json, found, shipped

PAGE = (Path(__file__).parents[2] / "docs/matching.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| ([a-z]{2}) \| (.+) \|$", re.MULTILINE)
NOTHING = "–"


def characters(text: str) -> str:
    r"""Read the page's \n and \u200b."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text).replace("\\n", "\n")


def expected(cell: str) -> list[tuple[str, str]]:
    """Read "`surface` key; `surface` key"."""
    if cell == NOTHING:
        return []
    parts = re.findall(r"`([^`]+)` ([^;\s]+)(?:; |$)", cell)
    assert "; ".join(f"`{surface}` {key}" for surface, key in parts) == cell
    return [(characters(surface), key) for surface, key in parts]


@pytest.mark.parametrize(("text", "language", "cell"), ROW.findall(PAGE), ids=as_json)
def test_each_row_is_true(text: str, language: str, cell: str) -> None:
    assert found(characters(text), language) == expected(cell)


def test_every_example_row_is_run() -> None:
    heads = PAGE.count("| text | language | found |")
    assert heads >= 8
    rows = re.findall(r"^\| `[^`]*` \| ..? ?\|", PAGE, re.MULTILINE)
    assert len(ROW.findall(PAGE)) == len([row for row in rows if re.search(r"\| [a-z]{2} \|$", row)])


def test_the_code_runs_from_top_to_bottom() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    space: dict[str, object] = {"shipped": shipped}
    for block in blocks:
        exec(compile(block, "docs/matching.md", "exec"), space)


def test_the_page_stays_readable() -> None:
    assert len(PAGE.splitlines()) <= 200
