"""docs/watchlists.md says what is shipped, and its examples load."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.watchlist import load_builtin, load_file
from monitor.watchlist.files import COLUMNS

TEXT = (Path(__file__).parents[2] / "docs" / "watchlists.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_every_shipped_list_is_in_the_table_with_its_kind_and_size() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| [^|]+ \| (\w+) \| (\d+) \|$", TEXT, re.MULTILINE)
    shipped = load_builtin()
    on = {id: {e.substance for e in shipped.listings if e.list_id == id} for id in shipped.lists}
    assert rows == [(info.id, info.kind, str(len(on[info.id]))) for info in shipped.lists.values()]


def test_every_column_is_told() -> None:
    assert all(f"| `{column}` |" in TEXT for column in COLUMNS)


def test_the_examples_load(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(blocks("csv")[0], encoding="utf-8")
    (tmp_path / "a.yaml").write_text(blocks("yaml")[1], encoding="utf-8")
    assert list(load_file(tmp_path / "a.csv").substances) == ["2-bromoethyl-benzene", "1-4-butanediol"]
    assert list(load_file(tmp_path / "a.yaml").substances) == ["2-bromoethyl-benzene", "n-n-dmt"]
