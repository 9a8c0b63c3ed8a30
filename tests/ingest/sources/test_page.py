"""The page kind: a watched page, a listing, and pages that cannot be read."""

from __future__ import annotations

import asyncio

import pytest

from monitor.errors import SourceError
from monitor.ingest import Http, collect, extract
from monitor.ingest.links import find_links
from monitor.ingest.request import Response
from monitor.model import Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.pdfs import pdf
from tests.servers import limits, serve

PAGE_URL = "https://example.org/press/"
LONG = "<p>" + "Officers searched a warehouse near the port and found many barrels there. " * 8 + "</p>"


def source(**options: object) -> Source:
    return Source("office", "page", PAGE_URL, options=options)


def site(page: str | Response | SourceError, *numbers: int) -> Web:
    pages: dict[str, Response | SourceError | str] = {
        f"https://example.org/press/{number}": f"<title>Page {number}</title>{LONG}" for number in numbers
    }
    return Web({**pages, PAGE_URL: page})


def urls(run: Check) -> list[str]:
    return [document.url.removeprefix(PAGE_URL) for document in run.documents]


def test_a_watched_page_is_read_when_it_changes_under_one_address() -> None:
    first = check(source(), site(f"{LONG}<p>Nothing yet.</p>"))
    assert urls(first) == [""]
    assert check(source(), site(f"{LONG}<p>Nothing yet.</p>"), first.state).documents == []
    second = check(source(), site(f"{LONG}<p>20 kg of BMK.</p>"), first.state)
    assert extract(second.documents[0]).url == extract(first.documents[0]).url
    assert "20 kg of BMK." in extract(second.documents[0]).text


def test_a_page_that_is_not_modified_costs_nothing() -> None:
    web = site(Response(PAGE_URL, headers={"etag": '"1"'}, body=LONG.encode(), media_type="text/html"))
    state = check(source(), web).state
    assert state.etag == '"1"'
    assert check(source(), web, state).items == [state]


def test_a_watched_pdf() -> None:
    body = pdf(["List of scheduled substances", "PMK"])
    run = check(source(), site(Response(PAGE_URL, body=body, media_type="application/pdf")))
    assert "PMK" in extract(run.documents[0]).text


LISTING = """<nav><a href="/">Home</a></nav>
<a href="1">Read more</a><a href="/press/1?utm_source=x">A ship was searched at sea</a>
<a href="2#comments">Two</a><a href="mailto:desk@example.org">Mail</a><a href="/about">About</a>"""


def test_a_listing_gives_the_pages_that_fit_each_once() -> None:
    web = site(LISTING, 1, 2)
    run = check(source(links=r"/press/\d+$"), web)
    assert urls(run) == ["1", "2"]
    assert extract(run.documents[0]).title == "Page 1"
    later = site(LISTING.replace("2#comments", "3"), 1, 2, 3)
    assert urls(check(source(links=r"/press/\d+$"), later, run.state)) == ["3"]


def test_a_listing_may_be_an_article_too() -> None:
    assert urls(check(source(links=r"/press/\d+$", read_page=True), site(LISTING, 1, 2))) == ["", "1", "2"]
    assert urls(check(source(read_page=False), site(LISTING))) == []


def test_a_listing_without_a_fitting_link_is_told_each_time() -> None:
    run = check(source(links="/archive/"), site(LISTING))
    assert [gap.outcome for gap in run.gaps] == ["empty"]
    assert [gap.outcome for gap in check(source(links="/archive/"), site(LISTING), run.state).gaps] == [
        "empty"
    ]


def test_of_a_page_that_fails_the_words_of_its_link_are_read() -> None:
    run = check(
        source(links=r"/press/[12]"), site("<a href=1>Customs seized 20 kg of ketamine</a><a href=2>More</a>")
    )
    assert [extract(document).text for document in run.documents] == ["Customs seized 20 kg of ketamine"]
    assert [gap.location for gap in run.gaps] == [f"{PAGE_URL}1", f"{PAGE_URL}2"]


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (SourceError("answered 403", outcome="blocked"), "blocked"),
        (Response(PAGE_URL, headers={"tdm-reservation": "1"}, body=b"x", media_type="text/html"), "blocked"),
        (Response(PAGE_URL, body=b"%PDF-1.7", media_type="application/pdf"), "parse-error"),
        (Response(PAGE_URL, body=b"\x89PNG", media_type="image/png"), "error"),
    ],
)
def test_a_page_that_cannot_be_read_is_an_error(page: Response | SourceError, outcome: str) -> None:
    with pytest.raises(SourceError) as caught:
        check(source(), site(page))
    assert caught.value.outcome == outcome


def test_links() -> None:
    found = find_links(
        "<base href='https://cdn.example.org/x/'><a href='a'>One</a><a href='a#b'>One and more</a>"
        "<a href='https://example.org/press/#top'>Top</a>"
        "<a href='http://[bad'>Bad</a><map><area href=/m></map>",
        PAGE_URL,
    )
    assert found == {"https://cdn.example.org/x/a": "One and more", "https://cdn.example.org/m": ""}
    assert find_links("", PAGE_URL) == {}


def test_over_http_the_listing_is_asked_and_its_links_obey_robots_txt() -> None:
    routes = {
        "/news": "<a href=/open>A</a><a href=/closed>B</a>",
        "/robots.txt": "User-agent: *\nDisallow: /news\nDisallow: /closed",
        "/open": LONG,
        "/closed": LONG,
    }

    async def main() -> tuple[Check, list[str]]:
        async with serve(routes) as server, Http(limits(server, robots=True)) as http:
            told = Source("office", "page", server.url + "/news", options={"links": "/open|/closed"})
            run = Check([item async for item in collect(told, SourceState("office"), http.get, NOW)])
            return run, server.paths

    run, paths = asyncio.run(main())
    assert paths == ["/news", "/robots.txt", "/.well-known/tdmrep.json", "/open"]
    assert [(gap.location[-7:], gap.outcome) for gap in run.gaps] == [("/closed", "blocked")]
