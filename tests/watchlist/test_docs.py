"""docs/watchlists.md says what is shipped, and its examples load."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from monitor.watchlist import load_file
from monitor.watchlist.files import COLUMNS

TEXT = (Path(__file__).parents[2] / "docs" / "watchlists.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_table_of_lists_is_that_of_the_data() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
    from watchlist_table import document

    assert document(TEXT) == TEXT, "run scripts/watchlist_table.py"


def test_the_countries_that_are_not_covered_are_named() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for country in ("United Kingdom", "Netherlands", "Switzerland", "Australia", "France", "Poland"):
        assert country in TEXT
        assert country in readme


def test_every_column_is_told() -> None:
    assert all(f"| `{column}` |" in TEXT for column in COLUMNS)


def test_the_examples_load(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(blocks("csv")[0], encoding="utf-8")
    (tmp_path / "a.yaml").write_text(blocks("yaml")[1], encoding="utf-8")
    assert list(load_file(tmp_path / "a.csv").substances) == ["2-bromoethyl-benzene", "1-4-butanediol"]
    assert list(load_file(tmp_path / "a.yaml").substances) == ["2-bromoethyl-benzene", "n-n-dmt"]
