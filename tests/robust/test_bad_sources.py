"""Most sources are fine, many are not: the good ones keep their times and the memory stays bounded."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

from tests.robust.worlds import host, many_hosts, peak_memory
from tests.worlds import HOUSE, NO_STORIES, program, rows, rss, write_config

SOURCES = int(os.environ.get("MONITOR_SOURCES", "500"))
HANGING, ENDLESS, GARBAGE = SOURCES // 5, SOURCES // 10, SOURCES // 10  # the first ones, in this order
EVERY = 15  # seconds
WATCHED = 60  # seconds
MEMORY = 450  # MB


def kind(number: int) -> str:
    """What the source with this number is like; good and bad ones take turns in the configuration."""
    place = number * 7 % SOURCES  # 7 divides no number of sources that is tried here
    for name, count in (("hangs", HANGING), ("never ends", ENDLESS), ("garbage", GARBAGE)):
        if place < count:
            return name
        place -= count
    return "good"


class World:
    """Answers as the asked host does; `asked` has the times of every good source."""

    def __init__(self) -> None:
        self.asked: defaultdict[str, list[float]] = defaultdict(list)
        self.kinds = {host(number): kind(number) for number in range(SOURCES)}
        self.noise = random.Random(1).randbytes(200_000)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.url.host or ""
        what = self.kinds[name]
        if what == "hangs":
            await asyncio.sleep(3600)
        if what == "never ends":
            return await self._endless(request)
        if what == "garbage":
            return web.Response(body=self.noise, content_type="application/rss+xml")
        times = self.asked[name]
        times.append(time.monotonic())
        link = f"http://{name}/{len(times)}"
        items = {link: f"Drums of examplium chloride found, report {len(times)} of {name}"}
        return web.Response(text=rss(items), content_type="application/rss+xml")

    async def _endless(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"<item><title>on and on</title></item>" * 200)
                await asyncio.sleep(0.05)
        return response


@pytest.mark.slow
def test_bad_sources_never_hold_up_the_good_ones(tmp_path: Path) -> None:
    world = World()
    with many_hosts(world.answer) as port:
        sources = "".join(
            f"- name: s{number}\n  kind: feed\n  url: http://{host(number)}:{port}/feed\n"
            f"  every: {EVERY}s\n  fetch_pages: false\n"
            for number in range(SOURCES)
        )
        allowed = "".join(f"    - {host(number)}:{port}\n" for number in range(SOURCES))
        write_config(
            tmp_path, sources, more=f"{HOUSE}{NO_STORIES}http:\n  pace: 0s\n  allow_hosts:\n{allowed}"
        )
        with ThreadPoolExecutor(1) as reading, program(tmp_path, "watch") as process:
            output = reading.submit(process.communicate)  # a full pipe would hold the program up
            time.sleep(WATCHED)
            memory = peak_memory(process.pid)
            process.terminate()
            _, err = output.result(timeout=30)
    assert (process.returncode, err) == (0, "")
    good = [name for name, what in world.kinds.items() if what == "good"]
    late = {
        name: [later - before for before, later in pairwise(times)] for name, times in world.asked.items()
    }
    worst = max(max(pauses) for pauses in late.values() if pauses)
    first = max(times[0] for times in world.asked.values()) - min(times[0] for times in world.asked.values())
    print(f"{len(good)} good: begun within {first:.1f} s, then every {worst:.1f} s at worst; {memory:.0f} MB")
    assert set(world.asked) == set(good)
    assert worst < 2 * EVERY  # behind hanging ones, each of which takes a minute, it would be more
    assert min(len(times) for times in world.asked.values()) >= 2
    assert memory < MEMORY
    told = dict(rows(tmp_path, "SELECT source, COUNT(*) FROM v_alerts GROUP BY source"))
    for number in range(SOURCES):  # the last answer may have come after the end
        count = len(world.asked.get(host(number), ()))
        assert told.get(f"s{number}", 0) in (count, max(count - 1, 0))
    bad = rows(tmp_path, "SELECT DISTINCT last_outcome FROM v_source_health WHERE health = 'failing'")
    assert {str(outcome) for (outcome,) in bad} <= {
        "timeout",
        "not-a-feed",
        "parse-error",
        "too-large",
        "error",
    }
