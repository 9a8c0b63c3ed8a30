"""What must be ready before the first article: the watchlists of a configuration as one."""

from __future__ import annotations

from pathlib import Path

from monitor.chem.class_list import class_ids
from monitor.config import load_config
from monitor.model import Watchlist
from monitor.pipeline.prepare import load_watchlist, shipped_lists


def watchlist(folder: Path, written: str) -> Watchlist:
    path = folder / "config.yaml"
    path.write_text(f"watchlists:\n{written}")
    return load_watchlist(load_config(path, {}, list_ids=shipped_lists()))


def classes(of: Watchlist) -> list[str]:
    return [id for id, info in of.lists.items() if info.kind == "class"]


def test_all_lists_bring_all_classes(tmp_path: Path) -> None:
    everything = watchlist(tmp_path, "  - builtin: all\n")
    assert classes(everything) == list(class_ids())
    assert everything.digest == load_watchlist(None).digest


def test_a_class_is_named_as_a_list_is(tmp_path: Path) -> None:
    some = watchlist(tmp_path, "  - builtin: us-frs, dea-ssl\n")
    assert classes(some) == ["us-frs"]
    assert {"class:us-frs", "phenethyl-bromide"} <= set(some.substances)
    assert set(watchlist(tmp_path, "  - builtin: cn-nitazene\n").substances) == {"class:cn-nitazene"}


def test_rules_may_name_a_class_and_the_list_of_watched_names(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("rules:\n  - name: new\n    lists: [us-frs, watched-names]\n    severity: high\n")
    config = load_config(path, {}, list_ids=shipped_lists())
    (rule,) = config.to_rules(load_watchlist(config).lists)
    assert rule.lists == ("us-frs", "watched-names")


def test_without_shipped_lists_there_is_no_class(tmp_path: Path) -> None:
    assert classes(watchlist(tmp_path, "  - name: mine\n    substances:\n      - name: examplium\n")) == []
