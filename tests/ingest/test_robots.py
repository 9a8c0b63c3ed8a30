"""robots.txt: what is asked, what is not, and how it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from monitor.errors import SourceError
from monitor.ingest import Http
from monitor.ingest.origins import KEPT, KEPT_FAILURE
from monitor.ingest.robots import Robots, robots_address
from tests.ingest.test_patience import Clock
from tests.servers import Handler, Server, answer, endless, limits, serve, status

PAGE = "https://example.org/news/1"


class Site:
    """An `Ask` over one answer, which may be changed; counts."""

    def __init__(self, text: str | SourceError | None) -> None:
        self.text, self.asked = text, 0

    async def __call__(self, url: str) -> str | None:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.text, SourceError):
            raise self.text
        return self.text


def delay(
    text: str | SourceError | None, url: str = PAGE, agent: str = "substance-monitor/1 (+https://x.org)"
) -> float:
    return asyncio.run(Robots(agent, Site(text), Clock()).check(url))


# --- rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "<!doctype html><html>no such page</html>",
        "User-agent: *\nDisallow: /admin",
        "User-agent: *\nDisallow: /news\nAllow: /news/1",
        "User-agent: otherbot\nDisallow: /",
        "User-agent: *\nDisallow: /\n\nUser-agent: substance-monitor\nAllow: /",
        "\ufeffUser-agent: *\nDisallow:",
        "User-agent: x.org\nDisallow: /",  # the contact is no name of ours
    ],
)
def test_allowed(text: str | None) -> None:
    assert delay(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "user-agent: *\ndisallow: /news/*",
        "User-agent: Substance-Monitor\nDisallow: /\n\nUser-agent: *\nAllow: /",
    ],
)
def test_forbidden(text: str) -> None:
    with pytest.raises(SourceError, match=r"robots\.txt does not allow it") as caught:
        delay(text)
    assert (caught.value.outcome, caught.value.permanent) == ("blocked", True)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("2.5", 2.5), ("29", 29), ("30", 30), ("31", 30), ("86400", 30), ("-3", 0), ("soon", 0)],
)
def test_crawl_delay_is_kept_within_bounds(written: str, seconds: float) -> None:
    assert delay(f"User-agent: *\nCrawl-delay: {written}") == seconds


@pytest.mark.parametrize(
    ("outcome", "told"),
    [("error", "blocked"), ("blocked", "blocked"), ("timeout", "timeout"), ("unreachable", "unreachable")],
)
def test_a_robots_txt_that_cannot_be_read_forbids_for_now(outcome: str, told: str) -> None:
    with pytest.raises(SourceError, match=r"robots\.txt could not be read \(why\)") as caught:
        delay(SourceError("why", outcome=outcome, retry_after=7))
    assert (caught.value.outcome, caught.value.permanent, caught.value.retry_after) == (told, False, 7)


def test_each_origin_has_its_own() -> None:
    assert robots_address("https://EXAMPLE.org:8443/a?b#c") == "https://example.org:8443/robots.txt"


def test_it_is_asked_for_once_and_again_after_a_day() -> None:
    clock, site = Clock(), Site("User-agent: *\nDisallow: /private")
    robots = Robots("x/1", site, clock)

    async def main() -> None:
        for age, asked in ((0, 1), (KEPT - 1, 1), (1, 2)):
            clock.now += age
            await asyncio.gather(*(robots.check(f"https://example.org/{number}") for number in range(20)))
            assert site.asked == asked

    asyncio.run(main())


def test_a_failure_is_kept_for_a_quarter_of_an_hour() -> None:
    clock, site = Clock(), Site(SourceError("503", outcome="error"))
    robots = Robots("x/1", site, clock)
    for age, asked in ((0, 1), (KEPT_FAILURE - 1, 1), (1, 2)):
        clock.now += age
        with pytest.raises(SourceError):
            asyncio.run(robots.check(PAGE))
        assert site.asked == asked
    site.text, clock.now = "", clock.now + KEPT_FAILURE
    assert asyncio.run(robots.check(PAGE)) == 0


# --- over HTTP ---------------------------------------------------------------------------------------


def over_http(
    routes: dict[str, Handler | web.Response | bytes | str],
    act: Callable[[Http, Server], Awaitable[object]],
    **changes: object,
) -> list[str]:
    """Do something with a client that obeys robots.txt; the paths that were asked for."""

    async def main() -> list[str]:
        async with serve(routes) as server:
            async with Http(limits(server, robots=True, **changes)) as http:
                await act(http, server)
            return server.paths

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (status(404), ""),
        (status(403), ""),
        (answer("User-agent: *\nDisallow: /secret"), ""),
        (answer("User-agent: *\nDisallow: /p"), "blocked"),
        (status(302, Location="/other-robots"), "blocked"),
        (status(500), "blocked"),
        (status(429), "blocked"),
        (status(302, Location="http://127.0.0.1:1/robots.txt"), "refused"),
        (endless(b"# nothing\n" * 5000), ""),  # what is beyond the limit is left out
        (endless(b"#", pause=0.01), "timeout"),
    ],
)
def test_what_the_server_says_decides(robots: web.Response | Handler, outcome: str) -> None:
    async def act(http: Http, server: Server) -> None:
        if not outcome:
            await http.get(server.url + "/page")
            return
        with pytest.raises(SourceError, match=r"robots\.txt") as caught:
            await http.get(server.url + "/page")
        assert caught.value.outcome == outcome

    routes = {"/robots.txt": robots, "/page": "x", "/other-robots": "User-agent: *\nDisallow: /"}
    paths = over_http(routes, act, timeout_total=1.0)  # type: ignore[arg-type]
    assert paths[0] == "/robots.txt"
    assert ("/page" in paths) == (not outcome)


def test_a_configured_address_is_asked_at_once_and_a_switch_turns_it_off() -> None:
    async def configured(http: Http, server: Server) -> None:
        await http.get(server.url + "/feed", configured=True)

    async def linked(http: Http, server: Server) -> None:
        await http.get(server.url + "/feed")

    routes: dict[str, Handler | web.Response | bytes | str] = {
        "/robots.txt": "User-agent: *\nDisallow: /",
        "/feed": "x",
    }
    assert over_http(routes, configured) == ["/feed"]

    async def main() -> list[str]:
        async with serve(routes) as server, Http(limits(server, robots=False)) as http:
            await linked(http, server)
            return server.paths

    assert asyncio.run(main()) == ["/feed"]


def test_where_a_link_redirects_to_is_looked_at_too() -> None:
    async def act(http: Http, server: Server) -> None:
        with pytest.raises(SourceError, match="does not allow"):
            await http.get(server.url + "/open")

    paths = over_http(
        {
            "/robots.txt": "User-agent: *\nDisallow: /closed",
            "/open": status(302, Location="/closed"),
            "/closed": "x",
        },
        act,
    )
    assert paths == ["/robots.txt", "/.well-known/tdmrep.json", "/open"]


def test_the_crawl_delay_becomes_the_pace() -> None:
    clock = Clock()

    async def main() -> None:
        routes = {"/robots.txt": "User-agent: *\nCrawl-delay: 7", "/": "x"}
        async with (
            serve(routes) as server,
            Http(limits(server, robots=True, pace=1.0), clock=clock, sleep=clock.sleep) as http,
        ):
            for _ in range(3):
                await http.get(server.url + "/")

    asyncio.run(main())
    assert clock.naps == [1.0, 7.0, 7.0, 7.0]  # tdmrep.json, and the pages
