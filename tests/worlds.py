"""Small worlds for whole-program tests: a configuration, a folder of articles, a server of feeds."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import load_config
from monitor.pipeline.run import Monitor, build
from tests.servers import Handler, Server, serve, web

ROOT = Path(__file__).resolve().parents[1]
HOUSE = """
watchlists:
  - name: house list
    severity: high
    substances:
      - name: examplium chloride
        cas: 103-63-9
      - name: testosin
      - name: sampleline
"""
NO_STORIES = "stories:\n  enabled: false\n"  # for articles that are alike and shall be told one by one
FILLER = (
    "The harbour office said that the ship had waited for two days because of the fog, and that the crew "
    "was well. A second vessel took over part of the load. Nobody was hurt, and the road was open again. "
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def write_config(folder: Path, sources: str, *, more: str = HOUSE) -> Path:
    """Write config.yaml with these sources (YAML list items, unindented) and the house list."""
    path = folder / "config.yaml"
    indented = "".join(f"  {line}\n" for line in sources.strip().splitlines())
    path.write_text(f"sources:\n{indented}{more}", encoding="utf-8")
    return path


@contextlib.contextmanager
def opened(path: Path, clock: Clock, cache: Path | None = None) -> Iterator[Monitor]:
    monitor = build(load_config(path, {}), clock, cache)
    try:
        yield monitor
    finally:
        monitor.close()


def folder_source(name: str, path: Path) -> str:
    path.mkdir(exist_ok=True)
    return f"- name: {name}\n  kind: folder\n  path: {path.name}\n"


def feed_source(name: str, url: str, every: str = "15m") -> str:
    return f"- name: {name}\n  kind: feed\n  url: {url}\n  every: {every}\n"


def allowing(server: Server) -> str:
    return f"{HOUSE}http:\n  pace: 0s\n  timeout: 5s\n  allow_hosts:\n    - {server.place}\n"


def article(title: str, *sentences: str) -> str:
    return f"{title}\n\n{FILLER}\n\n{' '.join(sentences)}\n\n{FILLER}\n"


def page(title: str, *sentences: str) -> str:
    body = "".join(f"<p>{html.escape(text)}</p>" for text in (FILLER, " ".join(sentences), FILLER))
    head = f"<html lang=en><head><title>{title}</title></head>"
    return f"{head}<body><article><h1>{title}</h1>{body}</article></body></html>"


def rss(items: Mapping[str, str]) -> str:
    """A feed of these items: address -> title."""
    entries = "".join(
        f"<item><title>{html.escape(title)}</title><link>{link}</link><guid>{link}</guid></item>"
        for link, title in items.items()
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{entries}</channel></rss>'


@contextlib.contextmanager
def served(routes: Mapping[str, Handler | web.Response | bytes | str]) -> Iterator[Server]:
    """Serve from a thread of its own, so that the program under test may use asyncio as it likes.

    `routes` may be filled after the address is known.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = serve(routes)
    server = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def wait_for(server: Server, path: str, seconds: float = 120) -> None:
    """Wait until the server has been asked for `path`."""
    end = time.monotonic() + seconds
    while path not in server.paths:
        assert time.monotonic() < end, f"{path} was not asked for; only {server.paths}"
        time.sleep(0.01)


async def wait_until(done: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something has come true."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def program(folder: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start substance-monitor in `folder`, with a home of its own; it never outlives the block."""
    home = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env={**os.environ, **home, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ran(folder: Path, *arguments: str, limit: float = 120, **environment: str) -> tuple[int, str, str]:
    """Run substance-monitor to its end, for `limit` seconds at most: exit code, output, errors."""
    with program(folder, *arguments, **environment) as process:
        out, err = process.communicate(timeout=limit)
    return process.returncode, out, err


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Read from the database beside config.yaml."""
    with contextlib.closing(sqlite3.connect(folder / "monitor.db")) as connection:
        return connection.execute(query).fetchall()


def alerts(folder: Path) -> list[tuple[object, ...]]:
    """Every alert as (end of the address, substance)."""
    found = rows(folder, "SELECT url, substance FROM v_alerts ORDER BY url, substance")
    return [(str(url).rpartition("/")[2], substance) for url, substance in found]
