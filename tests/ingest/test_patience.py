"""Patience: the pace of requests to one host, and what a server asks for with Retry-After."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import pytest
from aiohttp import web

from monitor.errors import SourceError
from monitor.ingest.fetch import Http
from tests.ingest.test_fetch import run
from tests.servers import Handler, Server, limits, serve, status

Routes = Mapping[str, Handler | web.Response | bytes | str]


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def test_requests_to_one_host_keep_the_pace() -> None:
    clock = Clock()

    async def main() -> None:
        async with (
            serve({"/": "x"}) as server,
            Http(limits(server, pace=2.0), clock=clock, sleep=clock.sleep) as http,
        ):
            await asyncio.gather(*(http.get(server.url + "/") for _ in range(4)))

    asyncio.run(main())
    assert clock.naps == [2.0, 2.0, 2.0]


def test_one_request_at_a_time_to_one_host() -> None:
    busy, most = 0, 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.01)
        busy -= 1
        return web.Response(text="x")

    async def many(http: Http, server: Server) -> int:
        return len(await asyncio.gather(*(http.get(server.url + "/") for _ in range(8))))

    assert run({"/": handler}, many) == 8
    assert most == 1


# --- Retry-After --------------------------------------------------------------------------------------


def test_a_host_that_asked_for_patience_is_left_alone() -> None:
    async def twice(http: Http, server: Server) -> tuple[list[str], list[float | None]]:
        waits = []
        for path in ("/busy", "/other"):
            with pytest.raises(SourceError) as caught:
                await http.get(server.url + path)
            waits.append(caught.value.retry_after)
        return server.paths, waits

    paths, waits = run({"/busy": status(429, Retry_After="60"), "/other": "x"}, twice)
    assert paths == ["/busy"]
    assert waits[0] == 60.0
    assert waits[1] is not None
    assert 0 < waits[1] <= 60


def asked_in_turn(routes: Routes, *steps: str | float) -> list[str]:
    """Ask paths in turn, letting the time between them pass (seconds); the paths that the server saw."""
    clock = Clock()

    async def main() -> list[str]:
        async with serve(routes) as server, Http(limits(server), clock=clock, sleep=clock.sleep) as http:
            for step in steps:
                if isinstance(step, float):
                    clock.now += step
                    continue
                with contextlib.suppress(SourceError):
                    await http.get(server.url + step)
            return server.paths

    return asyncio.run(main())


@pytest.mark.parametrize("code", [429, 503])
def test_one_address_cannot_close_its_host_for_long(code: int) -> None:
    """Its other pages are asked again after a quarter of an hour; itself when it said, or after a day."""
    routes: Routes = {"/busy": status(code, Retry_After="999999999"), "/other": "x"}
    steps = ("/busy", "/other", 899.0, "/other", 2.0, "/busy", "/other", 85_000.0, "/busy", 500.0, "/busy")
    assert asked_in_turn(routes, *steps) == ["/busy", "/other", "/busy"]


def test_robots_txt_cannot_close_its_site_for_long() -> None:
    clock, robots = Clock(), [status(503, Retry_After="999999999"), web.Response(text="")]

    async def changing(_: web.Request) -> web.StreamResponse:
        return robots.pop(0)

    async def main() -> list[str]:
        routes: Routes = {"/robots.txt": changing, "/page": "x"}
        async with (
            serve(routes) as server,
            Http(limits(server, robots=True), clock=clock, sleep=clock.sleep) as http,
        ):
            for wait in (0.0, 899.0, 2.0):
                clock.now += wait
                with contextlib.suppress(SourceError):
                    await http.get(server.url + "/page")
            return server.paths

    assert asyncio.run(main()) == ["/robots.txt", "/robots.txt", "/.well-known/tdmrep.json", "/page"]


def test_a_short_patience_is_kept_to_the_second() -> None:
    routes: Routes = {"/busy": status(503, Retry_After="60"), "/other": "x"}
    assert asked_in_turn(routes, "/busy", 59.0, "/other", "/busy", 2.0, "/busy") == ["/busy", "/busy"]
