"""What the tests of robustness share: how many rounds, memory and what a database holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from aiohttp import web

from tests.worlds import rows

ROUNDS = int(os.environ.get("MONITOR_ROUNDS", "20"))
"""Rounds of the tests that do something at random moments; 200 for a night."""

EVERYTHING = {
    "articles": "SELECT url, title, revision, revisions, sha256, mentions FROM v_articles",
    "alerts": "SELECT url, substance, rule, severity, mentions, surfaces, snippet, reasons FROM v_alerts",
    "mentions": "SELECT url, revision, start, stop, surface, substance, form, score FROM v_mentions",
    "stories": "SELECT s.url, a.url, a.reasons FROM v_stories s JOIN v_story_articles a USING (story_id)",
    "sources": "SELECT url, substance, severity FROM v_alert_sources",
    "filed": "SELECT COUNT(*) FROM story_key",
    "evidence": "SELECT COUNT(*) FROM alert_mention",
    "snippets": "SELECT COUNT(*) FROM alert_snippet",
}


def contents(folder: Path, place: Path | None = None) -> dict[str, list[tuple[object, ...]]]:
    """All that counts, with the articles' path (`place`, else the folder) taken out of their addresses."""
    return {
        name: sorted(
            tuple(
                value.replace((place or folder).as_uri(), "") if isinstance(value, str) else value
                for value in row
            )
            for row in rows(folder, query)
        )
        for name, query in EVERYTHING.items()
    }


def peak_memory(process: int) -> float:
    """The most memory that a living process has had, in MB; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def many_hosts(answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> Iterator[int]:
    """One server for all of 127.0.0.0/8 in a thread of its own, whose port is given: every address a host."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=4096).start()
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield int(runner.addresses[0][1])
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def host(number: int) -> str:
    """The loopback address with this number, from 127.1.0.1 on."""
    return f"127.1.{number // 250}.{number % 250 + 1}"
