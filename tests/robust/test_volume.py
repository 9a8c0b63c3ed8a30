"""Far too much at once: a feed of very many entries, a folder of very many files. Memory stays bounded."""

from __future__ import annotations

import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.robust.worlds import peak_memory
from tests.servers import answer
from tests.worlds import HOUSE, NO_STORIES, article, folder_source, program, rows, served, write_config

ENTRIES = int(os.environ.get("MONITOR_ENTRIES", "10000"))  # 100,000 take some minutes
FILES = int(os.environ.get("MONITOR_FILES", "10000"))
MEMORY = 350  # MB; a feed of 100,000 entries is a text of 17 MB, and its entries take 100 MB more
NAMED = 100  # one of so many articles names a substance
COUNTS = "SELECT COUNT(*), COUNT(DISTINCT url), (SELECT COUNT(*) FROM v_alerts) FROM v_articles"


def measured(folder: Path, *arguments: str) -> tuple[float, float]:
    """Run the program to its end: CPU seconds, and the most memory in MB."""
    before, peak = resource.getrusage(resource.RUSAGE_CHILDREN), 0.0
    with ThreadPoolExecutor(1) as pool, program(folder, *arguments) as process:
        output = pool.submit(process.communicate)
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            time.sleep(0.05)
        _, err = output.result()
    assert (process.returncode, err) == (0, "")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def told(what: str, count: int, seconds: float, memory: float, again: float) -> None:
    each = f"{seconds:.0f} s of CPU time, {1000 * seconds / count:.1f} ms each"
    print(f"{count:,} {what}: {each}, {memory:.0f} MB at most; again {again:.1f} s")


def entry(number: int) -> str:
    told = f"Drum {number} of examplium chloride" if number % NAMED == 0 else f"Nothing in ship {number}"
    return (
        f"<item><title>Report {number} of the harbour</title><link>https://news.example/{number}</link>"
        f"<guid>g{number}</guid><description>{told} was found.</description></item>"
    )


@pytest.mark.slow
def test_a_feed_of_very_many_entries(tmp_path: Path) -> None:
    entries = "".join(map(entry, range(ENTRIES)))
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{entries}</channel></rss>'
    with served({"/feed": answer(body, "application/rss+xml", ETag='"1"')}) as server:
        source = f"- name: feed\n  kind: feed\n  url: {server.url}/feed\n"
        source += "  fetch_pages: false\n  max_entries: 100000\n"
        http = f"http:\n  max_size: 100MB\n  allow_hosts:\n    - {server.place}\n"
        write_config(tmp_path, source, more=HOUSE + NO_STORIES + http)
        seconds, memory = measured(tmp_path, "run")
        again, _ = measured(tmp_path, "run")
    told("entries", ENTRIES, seconds, memory, again)
    assert rows(tmp_path, COUNTS) == [(ENTRIES, ENTRIES, -(-ENTRIES // NAMED))]
    assert memory < MEMORY


@pytest.mark.slow
def test_very_many_files_at_once(tmp_path: Path) -> None:
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + NO_STORIES)
    for number in range(FILES):
        place = tmp_path / "in" / f"{number % 97}"
        place.mkdir(exist_ok=True)
        sentence = "Drums of examplium chloride." if number % NAMED == 0 else "Nothing."
        (place / f"{number}.txt").write_text(article(f"Report {number}", sentence, f"Number {number}."))
    seconds, memory = measured(tmp_path, "run")
    again, _ = measured(tmp_path, "run")
    told("files", FILES, seconds, memory, again)
    assert rows(tmp_path, COUNTS) == [(FILES, FILES, -(-FILES // NAMED))]
    assert memory < MEMORY
