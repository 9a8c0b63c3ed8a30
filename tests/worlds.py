"""Small worlds for whole-program tests: a configuration, a folder of articles, a server of feeds."""

from __future__ import annotations

import asyncio
import contextlib
import html
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import load_config
from monitor.pipeline import Monitor, build
from tests.servers import Handler, Server, serve, web

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


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Read from the database beside config.yaml."""
    with contextlib.closing(sqlite3.connect(folder / "monitor.db")) as connection:
        return connection.execute(query).fetchall()


def alerts(folder: Path) -> list[tuple[object, ...]]:
    """Every alert as (end of the address, substance)."""
    found = rows(folder, "SELECT url, substance FROM v_alerts ORDER BY url, substance")
    return [(str(url).rpartition("/")[2], substance) for url, substance in found]
