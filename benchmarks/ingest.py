"""How fast articles go in, and how fast `--help` answers; run as `python benchmarks/ingest.py`.

A local server gives feeds whose entries link to generated pages (50 to 300 kB of HTML, like those of news
sites: menus, scripts, a few kB of article). `substance-monitor run` then reads all of it, with the shipped
watchlist, in a process pinned to one core: fetching, extraction, matching, alerts, SQLite.

With `--structures` it does so several times in turn with `structures: off` and `auto` (the extra installed),
and compares the processor time: that of Java is in it, and other work on the machine disturbs it least. One
page in a hundred names something that no list has, so Java is started.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from html import escape
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).resolve().parents[1]
FEEDS = 20
PROSE = (
    "the port of council said on river a new bridge and that officials market for people with in by from "
    "train report police harbour minister weather company season team court school hospital budget road "
    "region plan energy water history garden music film library museum village festival opening morning"
)
WORDS = PROSE.split()
MENTIONS = (
    "Officers seized 12 kg of fentanyl and a drum of acetic anhydride.",
    "The court heard that 4-anilinopiperidine had been declared as a dye.",
    "Laboratories found methamphetamine, ketamine and traces of norfentanyl.",
    "The shipment held (2-bromoethyl)benzene, the customs office said.",
)


def sentence(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(8, 24))).capitalize() + "."


def page(number: int, dice: random.Random) -> str:
    """A page of 50 to 300 kB: most of it furniture, every third with a mention."""
    paragraphs = [
        " ".join(sentence(dice) for _ in range(dice.randint(2, 6))) for _ in range(dice.randint(8, 30))
    ]
    if number % 3 == 0:
        paragraphs.insert(2, dice.choice(MENTIONS))
    if number % 100 == 50:
        paragraphs.insert(3, f"The drums held {number}-bromo-1-(4-ethylphenyl)propan-1-one, an officer said.")
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    links = (
        f'<li class="nav-item"><a href="/s/{i}">{" ".join(dice.choices(WORDS, k=3))}</a>' for i in range(150)
    )
    menu = "</li>".join(links)
    script = "".join(f'var a{i}="{dice.random()}";' for i in range(dice.randint(500, 6000)))
    title = f"Report {number}: {sentence(dice)}"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<script>{script}</script></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}"
        f"</article></main><aside><ul>{menu}</ul></aside><footer><script>{script}</script></footer></body></html>"
    )


def feed(address: str, numbers: range) -> str:
    items = "".join(
        f"<item><title>Report {n}</title><link>{address}/page/{n}</link><guid>{n}</guid></item>"
        for n in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'


class Site(threading.Thread):
    """The web server, in a thread of this process; the program under test is another process."""

    def __init__(self, articles: int) -> None:
        super().__init__(daemon=True)
        dice = random.Random(7)
        self.pages = [page(number, dice).encode() for number in range(articles)]
        self.per_feed = -(-articles // FEEDS)
        self.port = 0
        self.ready = threading.Event()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        runner = web.ServerRunner(web.Server(self._answer))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self.ready.set()
        await asyncio.Event().wait()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.path.count("/") != 2 or request.path.startswith("/.well-known"):  # robots.txt and the like
            return web.Response(status=404)
        _, kind, number = request.path.split("/")
        if kind == "page":
            return web.Response(body=self.pages[int(number)], content_type="text/html", charset="utf-8")
        first = int(number) * self.per_feed
        numbers = range(first, min(first + self.per_feed, len(self.pages)))
        return web.Response(
            text=feed(f"http://127.0.0.1:{self.port}", numbers), content_type="application/rss+xml"
        )


def configuration(port: int) -> str:
    sources = "".join(
        f"  - name: feed {n}\n    kind: feed\n    url: http://127.0.0.1:{port}/feed/{n}\n    max_pages: 999\n"
        for n in range(FEEDS)
    )
    return f"sources:\n{sources}http:\n  pace: 0s\n  allow_hosts:\n    - 127.0.0.1:{port}\n"


def program(folder: Path, *arguments: str) -> tuple[float, float, str]:
    """Run substance-monitor pinned to one core: wall seconds, its CPU seconds, its output."""
    core = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None

    def pin() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=environment,
        preexec_fn=pin,
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def compare_structures(site: Site, articles: int, times: int = 3) -> None:
    """Articles a second of processor time without and with the structure part, in turn."""
    spent: dict[str, list[float]] = {"off": [], "auto": []}
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        program(cache, "scan", os.devnull)  # prepares the lexicon
        for _ in range(times):
            for value, seconds in spent.items():
                folder = cache / f"{value}{len(seconds)}"
                folder.mkdir()
                (folder / "cache").symlink_to(cache / "cache")
                (folder / "config.yaml").write_text(f"structures: {value}\n{configuration(site.port)}")
                seconds.append(program(folder, "run")[1])
    best = {value: min(seconds) for value, seconds in spent.items()}
    for value, seconds in best.items():
        print(f"structures: {value:<4}  {articles / seconds:.0f} articles a second of processor time")
    print(f"                 {best['auto'] / best['off'] - 1:+.1%} processor time with the structure part")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--structures", action="store_true")
    asked = parser.parse_args()
    articles = asked.articles
    site = Site(articles)
    site.start()
    site.ready.wait()
    if asked.structures:
        compare_structures(site, articles)
        return
    size = sum(map(len, site.pages)) / articles / 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(configuration(site.port))
        program(folder, "scan", os.devnull)  # prepares the lexicon, as any earlier run has
        wall, cpu, out = program(folder, "run")
        again, _, _ = program(folder, "run")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        helps = sorted(program(folder, "--help")[0] for _ in range(9))
    speed = f"{articles / wall:.0f} articles/s on one core"
    print(f"ingest    {articles:,} pages of {size:,.0f} kB in {wall:.1f} s: {speed}")
    print(f"          CPU {cpu:.1f} s, memory at most {peak:.0f} MB; {out.strip().splitlines()[-2]}")
    print(f"again     {again:.1f} s, nothing new")
    print(f"--help    {helps[len(helps) // 2]:.2f} s (median of {len(helps)})")


if __name__ == "__main__":
    main()
