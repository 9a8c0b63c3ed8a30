"""Killed at any moment and run again, the program ends with exactly what an undisturbed run has."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tests.servers import answer
from tests.worlds import (
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

ROUNDS = 15
FILES = 120
PAGES = 40  # fewer than a feed's max_pages, so that one check has them all
SUBSTANCES = ("examplium chloride", "testosin", "sampleline")

EVERYTHING = {
    "articles": "SELECT url, title, revision, revisions, sha256, mentions FROM v_articles",
    "alerts": "SELECT url, substance, rule, severity, mentions, surfaces, snippet, reasons FROM v_alerts",
    "mentions": "SELECT url, revision, start, stop, surface, substance, form, score FROM v_mentions",
    "evidence": "SELECT COUNT(*) FROM alert_mention",
    "snippets": "SELECT COUNT(*) FROM alert_snippet",
}


def sentences(number: int) -> list[str]:
    """What the generated article tells: every fourth names nothing, the others one to three substances."""
    told = [f"The list of drums names {name} as cargo {number}." for name in SUBSTANCES[: number % 4]]
    return [f"Report {number} of the harbour.", *told]


def make_world(folder: Path, sources: str, more: str) -> None:
    folder.mkdir()
    write_config(folder, folder_source("files", folder / "in") + sources, more=more)
    for number in range(FILES):
        place = folder / "in" / f"{number % 7}"
        place.mkdir(exist_ok=True)
        (place / f"{number}.txt").write_text(article(f"Harbour report {number}", *sentences(number)))


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that counts, with the folder's own path taken out of the addresses."""
    return {
        name: sorted(
            tuple(value.replace(folder.as_uri(), "") if isinstance(value, str) else value for value in row)
            for row in rows(folder, query)
        )
        for name, query in EVERYTHING.items()
    }


@pytest.mark.slow
def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    dice = random.Random(20231024)
    routes: dict[str, object] = {
        f"/{number}": page(f"Story {number}", *sentences(1000 + number)) for number in range(PAGES)
    }
    with served(routes) as server:  # type: ignore[arg-type]
        items = {f"{server.url}/{number}": f"Story {number}" for number in range(PAGES)}
        routes["/feed"] = answer(rss(items), "application/rss+xml", ETag='"1"')
        source, more = feed_source("feed", f"{server.url}/feed"), allowing(server)
        make_world(tmp_path / "calm", source, more)
        make_world(tmp_path / "killed", source, more)
        assert ran(tmp_path / "calm", "run")[0] == 0
        killed_at_work = 0
        for _ in range(ROUNDS):
            with program(tmp_path / "killed", "run") as process:
                try:
                    process.wait(timeout=dice.uniform(0.3, 2.5))
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed_at_work += 1
        code, out, err = ran(tmp_path / "killed", "run")
        assert (code, err) == (0, ""), out
    assert killed_at_work >= 3
    calm, killed = contents(tmp_path / "calm"), contents(tmp_path / "killed")
    assert len(calm["articles"]) == FILES + PAGES
    assert len(calm["alerts"]) == sum(number % 4 for number in range(FILES)) + sum(
        n % 4 for n in range(1000, 1000 + PAGES)
    )
    for name in EVERYTHING:
        assert killed[name] == calm[name], name
    assert rows(tmp_path / "killed", "PRAGMA integrity_check") == [("ok",)]
    assert rows(tmp_path / "killed", "SELECT COUNT(*) FROM run WHERE status = 'running'") == [(0,)]
    assert rows(tmp_path / "killed", "SELECT COUNT(*) FROM source_check WHERE ended IS NULL") == [(0,)]
