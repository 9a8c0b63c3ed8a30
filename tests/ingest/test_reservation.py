"""The reservation of text and data mining: of a page by itself, and of paths by the site."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest import Http
from monitor.ingest.origins import KEPT, KEPT_FAILURE
from monitor.ingest.request import Response
from monitor.ingest.reservation import (
    Reservations,
    check_reservation,
    fits,
    is_reserved,
    read_rules,
)
from tests.ingest.test_patience import Clock
from tests.ingest.test_robots import PAGE, Site
from tests.servers import answer, limits, serve


@pytest.mark.parametrize(
    ("headers", "body", "reserved"),
    [
        ({"tdm-reservation": "1"}, "", True),
        ({}, '<meta name="tdm-reservation" content="1">', True),
        ({}, "<META CONTENT=1 NAME=TDM-Reservation>", True),
        ({"tdm-reservation": "0"}, '<meta name="tdm-reservation" content="0">', False),
        ({}, "<p>The header tdm-reservation with content=1 means a reservation.</p>", False),
        ({}, '<meta name="tdm-policy" content="1">', False),
        ({}, "", False),
    ],
)
def test_reservation(headers: dict[str, str], body: str, reserved: bool) -> None:
    response = Response(PAGE, headers=headers, body=body.encode())
    if not reserved:
        check_reservation(response)
        return
    with pytest.raises(SourceError, match="reserves text and data mining") as caught:
        check_reservation(response)
    assert (caught.value.outcome, caught.value.permanent) == ("blocked", True)


# --- of a site, for its paths --------------------------------------------------------------------------


def rules(*written: tuple[str, object]) -> str:
    return json.dumps([{"location": location, "tdm-reservation": value} for location, value in written])


@pytest.mark.parametrize(
    ("pattern", "path", "fitting"),
    [
        ("/", "/a/b", True),
        ("/a", "/abc", True),
        ("/a/", "/abc", False),
        ("/*.pdf$", "/files/x.pdf", True),
        ("/*.pdf$", "/files/x.pdf?download=1", False),
        ("/*.pdf", "/files/x.pdf?download=1", True),
        ("/a*c*e", "/abbcdde", True),
        ("/a*e*c", "/abbcdde", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/ab*ab$", "/ab", False),
        ("*", "/anything", True),
        ("a", "/a", False),
        ("/" + "*a" * 5000, "/" + "a" * 4999, False),
    ],
)
def test_patterns_are_those_of_robots_txt(pattern: str, path: str, fitting: bool) -> None:
    assert fits(pattern, path) is fitting


@pytest.mark.parametrize(
    ("written", "reserved"),
    [
        ([("/", 1)], True),
        ([("/", 0)], False),
        ([("/archive", 1)], False),
        ([("/news", 0), ("/", 1)], False),
        ([("/", 0), ("/news", 1)], True),  # the more specific one
        ([("/", 1), ("/news", 0)], True),  # the first one: where readers differ, it is reserved
        ([("/news/*", "1")], True),
        ([], False),
    ],
)
def test_which_rule_counts(written: list[tuple[str, object]], reserved: bool) -> None:
    assert is_reserved(PAGE, read_rules(rules(*written))) is reserved


@pytest.mark.parametrize(
    "text", ["", "<!doctype html>", "{}", "[1, null]", '[{"location": 3}]', "[" * 99_999]
)
def test_what_is_no_tdmrep_json_reserves_nothing(text: str) -> None:
    assert read_rules(text) == ()


@given(st.text(max_size=30), st.text(max_size=30))
def test_matching_never_fails(pattern: str, path: str) -> None:
    assert fits(pattern, path) in (True, False)


def test_it_is_asked_for_once_a_day_and_a_failure_reserves_nothing() -> None:
    clock, site = Clock(), Site(rules(("/", 1)))
    reservations = Reservations(site, clock)
    for age, asked in ((0, 1), (KEPT - 1, 1), (1, 2)):
        clock.now += age
        with pytest.raises(SourceError, match=r"tdmrep\.json reserves") as caught:
            asyncio.run(reservations.check(PAGE))
        assert (caught.value.outcome, caught.value.permanent, site.asked) == ("blocked", True, asked)
    site.text, clock.now = SourceError("503"), clock.now + KEPT
    asyncio.run(reservations.check(PAGE))
    site.text, clock.now = rules(("/", 1)), clock.now + KEPT_FAILURE
    with pytest.raises(SourceError):
        asyncio.run(reservations.check(PAGE))


def test_over_http_a_reserved_page_is_not_asked_for() -> None:
    async def main() -> list[str]:
        routes = {
            "/.well-known/tdmrep.json": answer(rules(("/paid/*", 1)), "application/json"),
            "/paid/1": "x",
            "/free/1": "x",
        }
        async with serve(routes) as server:
            async with Http(limits(server, robots=True)) as http:
                await http.get(server.url + "/free/1")
                with pytest.raises(SourceError, match="reserves text and data mining of it"):
                    await http.get(server.url + "/paid/1")
                await http.get(server.url + "/paid/1", configured=True)
            return server.paths

    assert asyncio.run(main()) == ["/robots.txt", "/.well-known/tdmrep.json", "/free/1", "/paid/1"]
