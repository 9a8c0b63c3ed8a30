"""A full disk: said so, nothing half, and the next run with more room has everything."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robust.worlds import EVERYTHING, contents
from tests.worlds import HOUSE, NO_STORIES, ROOT, article, folder_source, ran, rows, write_config

ARTICLES = 1500
DATABASE = "database: sqlite:///disk/monitor.db\n"


@contextlib.contextmanager
def disk(place: Path, size: str) -> Iterator[None]:
    """A file system of its own with so much room; skips where we may not mount one."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(folder: Path, config: str) -> None:
    """Articles whose texts cannot be packed well."""
    folder.mkdir()
    write_config(folder, folder_source("in", folder / "in"), more=HOUSE + NO_STORIES + config)
    dice = random.Random(1)
    noise = (" ".join(f"{dice.getrandbits(64):x}" for _ in range(100)) for _ in range(ARTICLES))
    lines = (
        {"id": number, "text": article(f"Report {number}", "Drums of examplium chloride.", text)}
        for number, text in enumerate(noise)
    )
    (folder / "in" / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path) -> None:
    calm, full = tmp_path / "calm", tmp_path / "full"
    fill(calm, "")
    fill(full, DATABASE)
    assert ran(calm, "run")[0] == 0
    with disk(full / "disk", "2m"):
        for _ in range(2):  # and again, with no room at all from the beginning
            code, out, err = ran(full, "run")
            assert code == 1, out
            assert "free some space, then run again: nothing was lost" in err
            assert "Traceback" not in err
        subprocess.run(["mount", "-o", "remount,size=64m", str(full / "disk")], check=True)
        code, out, err = ran(full, "run")
        assert (code, err) == (0, ""), out
        (full / "monitor.db").symlink_to(full / "disk" / "monitor.db")
        assert rows(full, "PRAGMA integrity_check") == [("ok",)]
        found, wanted = contents(full), contents(calm)
        assert len(found["articles"]) == len(found["alerts"]) == ARTICLES
        for name in EVERYTHING:
            assert found[name] == wanted[name], name


@pytest.mark.slow
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """A quota, where no file system can be mounted: the system refuses to write."""
    folder = tmp_path / "world"
    fill(folder, "")
    command = f"ulimit -f 4000; exec {sys.executable} -m monitor run"  # blocks of 512 bytes
    home = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command],
        check=False,
        cwd=folder,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    assert "then run again" in done.stderr
    assert "Traceback" not in done.stderr
    assert ran(folder, "run")[0] == 0
    assert rows(folder, "SELECT COUNT(*), COUNT(DISTINCT url) FROM v_alerts") == [(ARTICLES, ARTICLES)]
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
