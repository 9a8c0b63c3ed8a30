"""Killed at any moment and run again, the program ends with exactly what an undisturbed run has."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.robust.worlds import EVERYTHING, ROUNDS, contents
from tests.servers import answer
from tests.worlds import (
    FILLER,
    allowing,
    article,
    feed_source,
    folder_source,
    page,
    program,
    ran,
    rows,
    rss,
    served,
    write_config,
)

FILES = 8 * ROUNDS  # so that there is work for all rounds
STORED = 150 * ROUNDS
REPRINTED = 5  # every fifth file has a reprint, which tells the same story
LARGE = 16  # every so many files one that a process of its own reads
PAGES = 40  # fewer than a feed's max_pages, so that one check has them all
SUBSTANCES = ("examplium chloride", "testosin", "sampleline")


def sentences(number: int) -> list[str]:
    """What the generated article tells: every fourth names nothing, the others one to three substances."""
    told = [f"The list of drums names {name} as cargo {number}." for name in SUBSTANCES[: number % 4]]
    return [f"Report {number} of the harbour.", *told]


def start_seconds(folder: Path, command: str) -> float:
    """How long a command takes that has nothing to do: kills shall come while others are at work."""
    began = time.monotonic()
    assert ran(folder, command, limit=3600)[0] == 0
    return time.monotonic() - began


def make_world(folder: Path, sources: str, more: str) -> None:
    folder.mkdir()
    write_config(folder, folder_source("files", folder / "in") + sources, more=more)
    for number in range(FILES):
        place = folder / "in" / f"{number % 7}"
        place.mkdir(exist_ok=True)
        more_text = FILLER * (300 if number % LARGE == 0 else 0)
        (place / f"{number}.txt").write_text(
            article(f"Harbour report {number}", *sentences(number), more_text)
        )
        if number % REPRINTED == 0:
            reprint = [*sentences(number), "This was printed again in the evening."]
            (place / f"{number}z.txt").write_text(article(f"Harbour report {number}", *reprint))


@pytest.mark.slow
def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    dice = random.Random(20231024)
    routes: dict[str, object] = {
        f"/{number}": page(f"Story {1000 + number}", *sentences(1000 + number)) for number in range(PAGES)
    }
    with served(routes) as server:  # type: ignore[arg-type]
        items = {f"{server.url}/{number}": f"Story {1000 + number}" for number in range(PAGES)}
        routes["/feed"] = answer(rss(items), "application/rss+xml", ETag='"1"')
        source, more = feed_source("feed", f"{server.url}/feed"), allowing(server)
        make_world(tmp_path / "calm", source, more)
        make_world(tmp_path / "killed", source, more)
        assert ran(tmp_path / "calm", "run", limit=3600)[0] == 0
        start = start_seconds(tmp_path / "calm", "run")
        killed_at_work = 0
        for _ in range(ROUNDS):
            with program(tmp_path / "killed", "run") as process:
                try:
                    process.wait(timeout=dice.uniform(0.3, start + 1.5))
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed_at_work += 1
        code, out, err = ran(tmp_path / "killed", "run", limit=3600)
        assert (code, err) == (0, ""), out
    assert killed_at_work >= min(3, ROUNDS)
    print(f"{killed_at_work} of {ROUNDS} runs were killed at work")
    calm, killed = contents(tmp_path / "calm"), contents(tmp_path / "killed")
    reprints = range(0, FILES, REPRINTED)
    assert len(calm["articles"]) == FILES + PAGES + len(reprints)
    assert len(calm["alerts"]) == sum(number % 4 for number in range(FILES)) + sum(
        n % 4 for n in range(1000, 1000 + PAGES)
    )
    assert len(calm["sources"]) == sum(number % 4 for number in reprints)
    for name in EVERYTHING:
        assert killed[name] == calm[name], name
    assert rows(tmp_path / "killed", "PRAGMA integrity_check") == [("ok",)]
    assert rows(tmp_path / "killed", "SELECT COUNT(*) FROM run WHERE status = 'running'") == [(0,)]
    assert rows(tmp_path / "killed", "SELECT COUNT(*) FROM source_check WHERE ended IS NULL") == [(0,)]


@pytest.mark.slow
def test_kill_9_during_a_rescan(tmp_path: Path) -> None:
    """Every stored article is matched again once, and every alert of it is there once."""
    dice = random.Random(20231025)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    calm.mkdir()
    write_config(calm, folder_source("in", calm / "in"), more="watchlists:\n  - file: house.csv\n")
    (calm / "house.csv").write_text("name\nexamplium chloride\n")
    lines = ({"id": n, "text": article(f"Report {n}", *sentences(n))} for n in range(STORED))
    (calm / "in" / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert ran(calm, "run", limit=3600)[0] == 0
    shutil.copytree(calm, killed)
    for folder in (calm, killed):
        (folder / "house.csv").write_text("".join(f"{name}\n" for name in ("name", *SUBSTANCES)))
    assert ran(calm, "rescan", limit=3600)[0] == 0
    start = start_seconds(calm, "rescan")
    killed_at_work = 0
    for _ in range(ROUNDS):
        with program(killed, "rescan") as process:
            try:
                process.wait(timeout=dice.uniform(0.7 * start, start + 1.0))
            except subprocess.TimeoutExpired:
                process.kill()
                killed_at_work += 1
    code, out, err = ran(killed, "rescan", limit=3600)
    assert (code, err) == (0, ""), out
    print(f"{killed_at_work} of {ROUNDS} rescans were killed at work")
    assert killed_at_work >= min(3, ROUNDS)
    wanted = sum(max(number % 4 - 1, 0) for number in range(STORED))
    assert rows(killed, "SELECT COUNT(*) FROM v_alerts WHERE found_on = 'rescan'") == [(wanted,)]
    found = {folder: contents(folder, calm) for folder in (calm, killed)}
    for name in EVERYTHING:
        assert found[killed][name] == found[calm][name], name
    assert rows(killed, "SELECT COUNT(*) FROM run WHERE status = 'running'") == [(0,)]
