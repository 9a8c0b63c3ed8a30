"""The command `evidence` as a user runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.worlds import (
    HOUSE,
    Clock,
    allowing,
    article,
    feed_source,
    folder_source,
    opened,
    page,
    ran,
    rss,
    served,
    write_config,
)

NEWS = "Officers found two drums of examplium chloride on board, and testosin."


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder with a configuration and a database with two alerts of one article."""
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    with opened(config, Clock()) as monitor:
        assert monitor.run().alerts == 2
    return tmp_path


def test_a_bundle_is_written_and_checked(world: Path) -> None:
    code, out, err = ran(world, "evidence", "1", "2", "--out", "kept")
    assert (code, err) == (0, "")
    assert "kept: written, 5 files" in out
    digest = re.search(r"manifest.json: ([0-9a-f]{64})", out)
    assert digest is not None
    assert ran(world, "evidence", "bundle", "1", "2", "-o", "kept")[1].startswith("kept: is there already")
    code, out, _ = ran(world, "evidence", "verify", "kept", "--manifest", digest[1])
    assert (code, "is intact: 2 alerts, 3 files" in out) == (0, True)
    text = world / "kept/alert-1/text.txt"
    text.write_bytes(text.read_bytes().replace(b"two", b"six"))
    code, out, _ = ran(world, "evidence", "verify", "kept")
    assert code == 1
    assert "alert-1/text.txt: it was changed" in out


def test_two_runs_at_two_times_give_the_same_bytes(world: Path) -> None:
    for name in ("one", "two"):
        assert ran(world, "evidence", "1", "--out", name)[0] == 0
    one, two = (
        {path.relative_to(world / name): path.read_bytes() for path in (world / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two


def test_wrong_use_is_told(world: Path) -> None:
    code, _, err = ran(world, "evidence", "9", "--out", "kept")
    assert (code, "there is no alert 9" in err) == (1, True)
    assert not (world / "kept").exists()
    code, _, err = ran(world, "evidence", "1")
    assert (code, "--out" in err) == (2, True)
    code, _, err = ran(world, "evidence", "verify", "in")
    assert (code, "holds no bundle of evidence" in err) == (1, True)
    (world / "in").touch()
    code, _, err = ran(world, "evidence", "1", "--out", "in")
    assert (code, "nothing is overwritten" in err) == (1, True)
    code, _, err = ran(world, "evidence", *map(str, range(1, 200)), "--out", "kept")
    assert (code, "too many" in err) == (1, True)


def test_a_text_past_its_retention_is_said_to_be(tmp_path: Path) -> None:
    more = f"{HOUSE}retention:\n  text_days: 1\nevidence:\n  keep_pages: true\n"
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"), more=more)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    clock = Clock()
    with opened(config, clock) as monitor:
        monitor.run()
        assert ran(tmp_path, "evidence", "1", "--out", "before")[0] == 0
        clock.forward(days=2)
        monitor.run()
    assert (tmp_path / "before/alert-1/body.bin").read_text() == article("Ship searched", NEWS)
    assert ran(tmp_path, "evidence", "1", "--out", "after")[0] == 0
    assert sorted(path.name for path in (tmp_path / "after").rglob("*")) == [
        "SHA256SUMS",
        "index.html",
        "manifest.json",
    ]
    assert ran(tmp_path, "evidence", "verify", "after")[0] == 0
    (alert,) = json.loads((tmp_path / "after/manifest.json").read_text())["alerts"]
    assert "past its retention" in alert["text"]["missing"]
    assert alert["snippets"]


def test_the_way_of_a_page_from_the_web_is_in_it(tmp_path: Path) -> None:
    routes: dict[str, object] = {}
    with served(routes) as server:  # type: ignore[arg-type]
        link = f"{server.url}/go?id=1"
        routes |= {"/feed": rss({link: "Ship searched"}), "/go": page("Ship searched", NEWS)}
        source = feed_source("f", f"{server.url}/feed")
        config = write_config(tmp_path, source, more=f"{allowing(server)}evidence:\n  keep_pages: true\n")
        with opened(config, Clock()) as monitor:
            monitor.run()
        assert ran(tmp_path, "evidence", "1", "--out", "kept")[0] == 0
    (alert,) = json.loads((tmp_path / "kept/manifest.json").read_text())["alerts"]
    assert alert["capture"]["addresses_asked"] == [{"url": link, "status": 200}]
    assert alert["capture"]["headers"]["content-type"].startswith("text/html")
    assert alert["versions"]["extractor"].startswith("substance-monitor ")
    assert (tmp_path / "kept/alert-1/body.bin").read_text() == page("Ship searched", NEWS)
