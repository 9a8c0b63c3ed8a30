"""Very many sources in one `watch`: share of a core, memory, and the time from publication to the alert.

    python benchmarks/sources.py                          5,000 sources every 15 minutes, watched 3 minutes
    python benchmarks/sources.py --sources 1000 --seconds 60

A server in a process of its own answers for every source under a host of its own (127.0.0.0/8), nearly
always with 304. `run` makes the first check of all. Their next checks are then spread over the rhythm, as
they are in a program that has run for a while, and `watch` is measured: CPU time of the process, its memory,
whether every check came at its time. Twenty further sources with a rhythm of ten seconds publish at random
moments; the alert's row must be there within that rhythm and two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from aiohttp import web

QUICK, QUICK_EVERY = 20, 10  # sources, seconds
CHANGES = 0.02  # share of the checks at which a source has something new
MOST_CORE, MOST_MEMORY, MOST_LATE = 50.0, 600.0, 2.0  # percent of one core, MB, seconds
FILLER = "".join(
    f"<item><title>Older report {n}</title><guid>old{n}</guid>"
    f"<description>The harbour was calm, and {n} ships came in.</description></item>"
    for n in range(2)
)


def host(number: int) -> str:
    return f"127.{1 + number // 60_000}.{number // 250 % 240}.{number % 250 + 1}"


# --- the server ---------------------------------------------------------------------------------------


class Newsroom:
    """Feeds that seldom change; those of the quick sources at moments that it keeps."""

    def __init__(self, quick: set[str]) -> None:
        self.quick = quick
        self.versions: dict[str, int] = {}
        self.published: dict[str, float] = {}
        self.asked = self.unchanged = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.url.host or ""
        if request.path == "/told":
            told = {"published": self.published, "asked": self.asked, "unchanged": self.unchanged}
            return web.json_response(told)
        self.asked += 1
        version = self.versions.setdefault(name, 1)
        if name not in self.quick and random.random() < CHANGES:
            version = self.versions[name] = version + 1
        tag = f'"{version}"'
        if request.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            return web.Response(status=304, headers={"ETag": tag})
        items = "".join(self._item(name, number) for number in range(max(1, version - 4), version + 1))
        channel = f"<channel><title>{name}</title>{items}{FILLER}</channel>"
        body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": tag})

    def _item(self, name: str, number: int) -> str:
        link = f"http://{name}/{number}"
        told = "Drums of examplium chloride" if name in self.quick and number > 1 else "No drums"
        place = f"<link>{link}</link><guid>{link}</guid>"
        return f"<item><title>Report {number}</title>{place}<description>{told}.</description></item>"

    async def publish(self) -> None:
        """Publish at a random quick source, about once a second."""
        names = sorted(self.quick)
        while True:
            await asyncio.sleep(random.uniform(0.2, 1.8))
            name = random.choice(names)
            if name in self.versions:
                self.versions[name] += 1
                self.published[f"http://{name}/{self.versions[name]}"] = time.time()


def serve(port: int, sources: int) -> None:
    async def main() -> None:
        newsroom = Newsroom({host(sources + number) for number in range(QUICK)})
        runner = web.ServerRunner(web.Server(newsroom.answer))
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", port, backlog=4096).start()
        await newsroom.publish()

    asyncio.run(main())


# --- the program --------------------------------------------------------------------------------------


def configure(folder: Path, sources: int, port: int, minutes: float) -> None:
    entries = []
    for number in range(sources + QUICK):
        every = f"{minutes * 60:.0f}s" if number < sources else f"{QUICK_EVERY}s"
        entries.append(
            f"  - name: s{number}\n    kind: feed\n    url: http://{host(number)}:{port}/feed\n"
            f"    every: {every}\n    fetch_pages: false\n"
        )
    allowed = "".join(f"    - {host(number)}:{port}\n" for number in range(sources + QUICK))
    house = "  - name: house list\n    substances:\n      - name: examplium chloride\n"
    watched = f"watchlists:\n  - builtin: all\n{house}sources:\n{''.join(entries)}"
    (folder / "config.yaml").write_text(f"{watched}http:\n  pace: 0s\n  allow_hosts:\n{allowed}")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    with (folder / f"{arguments[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def busy(process: int) -> float:
    """CPU seconds of a living process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(process: int) -> float:
    """The most memory that a living process has had, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def asked(folder: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "monitor.db", timeout=30)) as connection:
        return connection.execute(query, values).fetchall()


def newsroom(port: int) -> dict[str, Any]:
    with urlopen(f"http://127.0.0.1:{port}/told") as answer:
        told: dict[str, Any] = json.loads(answer.read())
    return told


def spread(folder: Path, seconds: float) -> None:
    """Spread the next checks over the rhythm; nothing is due in the first half minute."""
    now = datetime.now(UTC)
    with closing(sqlite3.connect(folder / "monitor.db")) as connection, connection:
        names = [name for (name,) in connection.execute("SELECT source FROM source_state")]
        times = [now + timedelta(seconds=30 + random.random() * seconds) for _ in names]
        connection.executemany(
            "UPDATE source_state SET next_check = ? WHERE source = ?",
            [(f"{at:%Y-%m-%d %H:%M:%S}", name) for at, name in zip(times, names, strict=True)],
        )


def watched(folder: Path, process: subprocess.Popen[bytes], seconds: float) -> dict[str, float]:
    """Wait, and note when each alert's row is there first: address -> time of day."""
    seen: dict[str, float] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for (url,) in asked(folder, "SELECT a.url FROM alert l JOIN article a ON a.id = l.article_id"):
            seen.setdefault(str(url), time.time())
        time.sleep(0.25)
    return seen


@dataclass(frozen=True)
class Watched:
    """What was seen of `watch`: seconds, CPU seconds, MB, and the new alerts with the time of their rows."""

    since: datetime
    took: float
    cpu: float
    memory: float
    alerts: dict[str, float]
    asked: int
    unchanged: int
    published: dict[str, float]


def measure(folder: Path, given: argparse.Namespace) -> bool:
    configure(folder, given.sources, given.port, given.minutes)
    began = time.monotonic()
    with started(folder, "run") as process:
        process.wait()
    took = time.monotonic() - began
    print(f"first     {given.sources + QUICK:,} sources checked once in {took:.0f} s", flush=True)
    spread(folder, given.minutes * 60)
    with started(folder, "watch") as process:
        while b"Watching" not in (folder / "watch.log").read_bytes():
            time.sleep(0.1)
        time.sleep(35)  # the start, and the quick sources come to their rhythm
        found = observe(folder, process, given)
        process.terminate()
        process.wait(60)
    return tell(folder, given, found)


def observe(folder: Path, process: subprocess.Popen[bytes], given: argparse.Namespace) -> Watched:
    since, known, before = datetime.now(UTC), set(watched(folder, process, 1)), newsroom(given.port)
    cpu, moment = busy(process.pid), time.monotonic()
    seen = watched(folder, process, given.seconds)
    took, cpu, after = time.monotonic() - moment, busy(process.pid) - cpu, newsroom(given.port)
    return Watched(
        since,
        took,
        cpu,
        peak(process.pid),
        {url: at for url, at in seen.items() if url not in known},
        after["asked"] - before["asked"],
        after["unchanged"] - before["unchanged"],
        after["published"],
    )


def tell(folder: Path, given: argparse.Namespace, found: Watched) -> bool:
    query = (
        "SELECT (julianday(started) - julianday(planned)) * 86400 FROM source_check WHERE started >= ? "
        "AND planned IS NOT NULL"
    )
    late = [float(str(row[0])) for row in asked(folder, query, f"{found.since:%Y-%m-%d %H:%M:%S}")]
    delays = sorted(at - found.published[url] for url, at in found.alerts.items() if url in found.published)
    core = 100 * found.cpu / found.took
    print(
        f"watch     {given.sources:,} sources every {given.minutes:g} min, {QUICK} every {QUICK_EVERY} s, "
        f"for {found.took:.0f} s: {len(late) / found.took:.1f} checks/s\n"
        f"          {core:.1f} % of one core ({1000 * found.cpu / max(1, len(late)):.1f} ms a check), "
        f"memory at most {found.memory:.0f} MB; checks begun {max(late):.0f} s late at most\n"
        f"          {100 * found.unchanged / found.asked:.0f} % of {found.asked:,} answers were 304\n"
        f"alerts    {len(delays)} within {delays[len(delays) // 2]:.1f} s (median) and {delays[-1]:.1f} s "
        f"(at most) of publication, with a rhythm of {QUICK_EVERY} s"
    )
    return core < MOST_CORE and found.memory < MOST_MEMORY and delays[-1] < QUICK_EVERY + MOST_LATE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=15, help="the sources' rhythm")
    parser.add_argument("--seconds", type=float, default=180, help="how long `watch` is measured")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.port, given.sources)
        return
    command = [
        sys.executable,
        __file__,
        "--serve",
        "--port",
        str(given.port),
        "--sources",
        str(given.sources),
    ]
    server = subprocess.Popen(command)
    try:
        with tempfile.TemporaryDirectory() as name:
            time.sleep(1)
            good = measure(Path(name), given)
    finally:
        server.kill()
        server.wait()
    if not good:
        wanted = f"< {MOST_CORE:g} % of a core, < {MOST_MEMORY:g} MB, alerts"
        raise SystemExit(f"wanted: {wanted} within {QUICK_EVERY + MOST_LATE:g} s")


if __name__ == "__main__":
    main()
