"""Raw originals beside the articles: on the disk before them, or told as a gap."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from monitor.ingest.warcs import missing
from tests.warcs import http, packed, record
from tests.warcs import page as archived
from tests.worlds import (
    HOUSE,
    ROOT,
    Clock,
    allowing,
    article,
    feed_source,
    folder_source,
    opened,
    page,
    ran,
    rows,
    rss,
    served,
    write_config,
)

if missing():
    pytest.skip(missing(), allow_module_level=True)

NEWS = "Officers found two drums of examplium chloride on board."
WARC = "evidence:\n  warc: raw\n  warc_size: 1MB\n"


def test_what_an_alert_is_made_of_is_in_its_bundle(tmp_path: Path) -> None:
    routes: dict[str, object] = {}
    with served(routes) as server:  # type: ignore[arg-type]
        routes |= {"/feed": rss({f"{server.url}/a": "Ship"}), "/a": page("Ship", NEWS)}
        config = write_config(tmp_path, feed_source("f", f"{server.url}/feed"), more=allowing(server) + WARC)
        with opened(config, Clock()) as monitor:
            monitor.run()
    ((file, offset, record),) = rows(tmp_path, "SELECT warc_file, warc_offset, warc_record FROM capture")
    assert ran(tmp_path, "evidence", "1", "--out", "kept")[0] == 0
    (alert,) = json.loads((tmp_path / "kept/manifest.json").read_text())["alerts"]
    assert alert["warc"] == {
        "record": record,
        "warc_file": file,
        "offset": offset,
        "length": (tmp_path / "kept/alert-1/record.warc.gz").stat().st_size,
        "file": "alert-1/record.warc.gz",
    }
    assert ran(tmp_path, "evidence", "verify", "kept")[0] == 0
    (tmp_path / "raw" / str(file)).unlink()
    assert ran(tmp_path, "evidence", "1", "--out", "later")[0] == 0
    (alert,) = json.loads((tmp_path / "later/manifest.json").read_text())["alerts"]
    assert "not there any more" in alert["warc"]["missing"]


def test_what_cannot_be_written_is_a_gap_and_the_article_is_in(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + WARC)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    (tmp_path / "raw").write_text("in the way")
    clock = Clock()
    with opened(config, clock) as monitor:
        first = monitor.run()
        assert first.alerts == 1
        (gap,) = first.checks[0].gaps
        assert gap.location == (tmp_path / "raw").as_uri()
        assert "could not be written" in gap.message
        (tmp_path / "raw").unlink()
        (tmp_path / "in" / "b.txt").write_text(article("Weather", "It rained."))
        clock.forward(hours=2)
        monitor.run()
    gaps = rows(tmp_path, "SELECT location, is_open FROM v_coverage_gaps")
    assert gaps == [((tmp_path / "raw").as_uri(), 0)]
    kept = rows(tmp_path, "SELECT url, warc_file IS NOT NULL FROM capture ORDER BY url")
    assert [(str(url).rpartition("/")[2], there) for url, there in kept] == [("a.txt", 0), ("b.txt", 1)]


def test_retention_reaches_the_warc_files(tmp_path: Path) -> None:
    more = f"{HOUSE}{WARC}retention:\n  text_days: 3000\n"
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"), more=more)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    clock = Clock()
    with opened(config, clock) as monitor:
        monitor.run()
        assert len(list((tmp_path / "raw").iterdir())) == 1
        clock.forward(days=2900)
        monitor.run()
        assert len(list((tmp_path / "raw").iterdir())) == 1
        clock.forward(days=3000)
        monitor.run()
        assert list((tmp_path / "raw").iterdir()) == []


def test_alerts_from_an_archive_carry_its_record(tmp_path: Path) -> None:
    body = page("Ship searched", NEWS).encode()
    (tmp_path / "old.warc.gz").write_bytes(
        packed(archived(1), record(http(body), "https://example.org/ship"))
    )
    config = write_config(tmp_path, "- name: archive\n  kind: warc\n  path: old.warc.gz\n", more=HOUSE + WARC)
    clock = Clock()
    with opened(config, clock) as monitor:
        first = monitor.run()
        assert (first.checks[0].done.new, first.alerts) == (2, 1)
        clock.forward(hours=2)
        assert monitor.run().checks[0].outcome == "unchanged"
    assert not (tmp_path / "raw").exists()  # what is in an archive is not written to another
    assert rows(tmp_path, "SELECT article_day FROM v_alerts") == [("2020-01-02",)]
    assert ran(tmp_path, "evidence", "1", "--out", "kept")[0] == 0
    (alert,) = json.loads((tmp_path / "kept/manifest.json").read_text())["alerts"]
    assert alert["capture"]["captured_at"] == "2020-01-02T03:04:05Z"
    assert (alert["warc"]["warc_file"], alert["warc"]["file"]) == ("old.warc.gz", "alert-1/record.warc.gz")
    assert ran(tmp_path, "evidence", "verify", "kept")[0] == 0


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "lib/fastwarc").mkdir(parents=True)
    (tmp_path / "lib/fastwarc/__init__.py").write_text("raise ImportError('not installed')")
    path = f"{tmp_path / 'lib'}{os.pathsep}{ROOT}"
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + WARC)
    for command in (("config", "check"), ("run",)):
        code, _, err = ran(tmp_path, *command, PYTHONPATH=path)
        assert code == 2
        assert "config.yaml:" in err
        assert "install substance-monitor[warc] for WARC files, or remove the key" in err
    (tmp_path / "old.warc.gz").write_bytes(packed(archived(1)))
    write_config(tmp_path, "- name: archive\n  kind: warc\n  path: old.warc.gz\n")
    code, out, _ = ran(tmp_path, "run", PYTHONPATH=path)
    assert code == 0
    assert "archive: install substance-monitor[warc] for WARC files" in out
    assert rows(tmp_path, "SELECT location FROM v_coverage_gaps") != []
