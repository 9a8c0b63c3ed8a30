"""The feed kind: pages and their failures, what is remembered, and hostile servers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from aiohttp import web

from monitor.errors import SourceError
from monitor.ingest import Http, collect, extract
from monitor.ingest.request import MEBIBYTE, Response
from monitor.ingest.sources.entries import PAGE_TRIES
from monitor.model import Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.pdfs import locked, pdf
from tests.servers import Handler, answer, endless, gzipped, limits, serve, status

FEED_URL = "https://example.org/feed"
SOURCE = Source("news", "feed", FEED_URL)
LONG = "<p>" + "Officers searched a warehouse near the port and found many barrels there. " * 8 + "</p>"
Answers = dict[str, Response | SourceError | str]


def item(number: int, title: str = "", text: str = "", link: str | None = None) -> str:
    place = f"/{number}" if link is None else link
    return (
        f"<item><guid isPermaLink='false'>g{number}</guid><title>{title or f'Story {number}'}</title>"
        f"<link>{place}</link><description>{text or f'Summary {number}'}</description></item>"
    )


def feed(*items: str, etag: str = "", moved_to: str = "") -> Response:
    body = f"<rss version='2.0'><channel><language>de</language>{''.join(items)}</channel></rss>"
    headers = {"etag": etag, "last-modified": "then"} if etag else {}
    return Response(FEED_URL, headers=headers, body=body.encode(), moved_to=moved_to)


def pages(*numbers: int) -> Answers:
    return {
        f"https://example.org/{number}": f"<html><body>{LONG}<p>Page {number}</p></body></html>"
        for number in numbers
    }


def site(response: Response, *numbers: int, **others: Response | SourceError | str) -> Web:
    return Web({FEED_URL: response, **pages(*numbers), **others})


# --- entries and pages -------------------------------------------------------------------------------


def test_each_entry_comes_with_its_page() -> None:
    run = check(SOURCE, site(feed(item(1), item(2), etag='"1"'), 1, 2))
    first = extract(run.documents[0])
    assert [document.url for document in run.documents] == ["https://example.org/1", "https://example.org/2"]
    assert (first.title, first.language) == ("Story 1", "de")
    assert first.text.startswith("Story 1\n\nSummary 1\n\nOfficers searched")
    assert first.text.endswith("Page 1")
    assert (run.state.etag, run.state.last_modified) == ('"1"', "then")


def test_the_language_of_the_source_goes_before_that_of_the_feed() -> None:
    source = Source("news", "feed", FEED_URL, language="es")
    assert check(source, site(feed(item(1)), 1)).documents[0].language == "es"


def test_unchanged_feed_is_not_read_again() -> None:
    web = site(feed(item(1), etag='"1"'), 1)
    state = check(SOURCE, web).state
    again = check(SOURCE, web, state)
    assert again.items == [state]


def test_only_new_and_changed_entries_are_fetched() -> None:
    state = check(SOURCE, site(feed(item(1), item(2)), 1, 2)).state
    web = site(feed(item(3), item(1), item(2, text="Now with BMK")), 1, 2, 3)
    run = check(SOURCE, web, state)
    assert web.asked == [FEED_URL, "https://example.org/3", "https://example.org/2"]
    assert len(run.documents) == 2


def test_entries_gone_from_the_feed_are_forgotten() -> None:
    state = check(SOURCE, site(feed(item(1), item(2)), 1, 2)).state
    state = check(SOURCE, site(feed(item(2), item(3)), 2, 3), state).state
    assert isinstance(state.cursor["prints"], Mapping)
    assert len(state.cursor["prints"]) == 2


def test_without_pages_the_entry_is_the_article() -> None:
    source = Source("news", "feed", FEED_URL, options={"fetch_pages": False})
    web = site(feed(item(1, text="&lt;p&gt;20 kg &lt;b&gt;keta&lt;/b&gt;mine&lt;/p&gt;")))
    run = check(source, web)
    assert web.asked == [FEED_URL]
    article = extract(run.documents[0])
    assert (article.url, article.text) == ("https://example.org/1", "Story 1\n\n20 kg ketamine")


def test_an_entry_without_a_link_has_an_address_of_its_own() -> None:
    run = check(SOURCE, site(feed(item(1, link=""), item(2, link="javascript:alert(1)"))))
    urls = [extract(document).url for document in run.documents]
    assert all(url.startswith(FEED_URL + "#entry-") for url in urls)
    assert len(set(urls)) == 2
    assert not run.gaps


def guid(number: str, title: str, text: str = "", link: str = "") -> str:
    rest = f"<link>{link}</link><description>{text}</description>"
    return f"<item><guid>{number}</guid><title>{title}</title>{rest}</item>"


def test_entries_of_one_guid_are_told_apart_by_their_words() -> None:
    items = [guid("0", f"News {n}", "Text") for n in range(3)]
    first = check(SOURCE, site(feed(*items)))
    assert [document.title for document in first.documents] == ["News 0", "News 1", "News 2"]
    assert len({document.url for document in first.documents}) == 3
    assert check(SOURCE, site(feed(*items)), first.state).documents == []
    later = check(SOURCE, site(feed(guid("0", "News 3", "Text"), *items[:2])), first.state)
    assert [document.title for document in later.documents] == ["News 3"]
    assert later.documents[0].url not in {document.url for document in first.documents}


@pytest.mark.parametrize(
    ("entries", "titles"),
    [
        ((guid("0", "A", "x"), guid("0", "A", "x")), ["A"]),  # the same twice
        ((guid("0", "A", "x"), guid("0", "A", "y")), ["A", "A"]),
        ((guid("0", "A", "x", "/1"), guid("0", "A", "y", "/1")), ["A"]),  # a page, cut anew
        ((guid("", "A", "x", "/1"), guid("", "B", "y", "/1")), ["A", "B"]),  # all of one page
        ((guid("0", "A", "x", "/1"), guid("0", "B", "y", "/2")), ["A", "B"]),
        ((guid("0", "", "", "/1"), guid("0", "", "", "/1")), [""]),
    ],
)
def test_which_entries_are_one(entries: tuple[str, ...], titles: list[str]) -> None:
    found = check(SOURCE, site(feed(*entries), 1, 2))
    assert [document.title for document in found.documents] == titles
    assert check(SOURCE, site(feed(*entries), 1, 2), found.state).documents == []


def test_entries_of_one_live_page_are_not_revisions_of_each_other() -> None:
    web = site(feed(item(1, link="/1#a"), item(2, link="/1#b")), 1)
    web.answers = {
        **web.answers,
        "https://example.org/1#a": Response("https://example.org/1", body=LONG.encode()),
    }
    run = check(SOURCE, web)
    assert not run.gaps
    assert len({extract(document).url for document in run.documents}) == 2


# --- pages that cannot be read -----------------------------------------------------------------------


def test_a_page_that_fails_leaves_a_gap_and_the_entry_and_is_tried_again_a_few_times() -> None:
    web = site(feed(item(1), etag='"1"'))
    web.answers = {**web.answers, "https://example.org/1": SourceError("no answer", outcome="timeout")}
    run = check(SOURCE, web)
    assert extract(run.documents[0]).text == "Story 1\n\nSummary 1"
    assert (run.gaps[0].location, run.gaps[0].outcome) == ("https://example.org/1", "timeout")
    assert run.state.etag == ""  # else the next check would be told "not modified"
    tries = 1
    while not run.state.etag:
        run = check(SOURCE, web, run.state)
        assert (len(run.documents), len(run.gaps)) == (0, 1)
        tries += 1
    assert tries == PAGE_TRIES
    assert "not tried again" in run.gaps[0].message
    assert check(SOURCE, web, run.state).items == [run.state]


def test_a_page_that_comes_back_is_read() -> None:
    broken = site(feed(item(1)))
    state = check(SOURCE, broken).state
    run = check(SOURCE, site(feed(item(1), etag='"1"'), 1), state)
    assert "Page 1" in extract(run.documents[0]).text
    assert run.state.cursor["tries"] == {}
    assert run.state.etag == '"1"'


@pytest.mark.parametrize(
    ("body", "media_type", "told"),
    [
        (b"%PDF-1.7", "application/pdf", "this PDF is damaged"),
        (locked(pdf(["Text"]), "secret"), "application/pdf", "locked by a password"),
        (b"\x89PNG", "image/png", "is image/png, which is not read"),
    ],
)
def test_a_page_that_is_no_text_is_a_gap_for_good(body: bytes, media_type: str, told: str) -> None:
    page = Response("https://example.org/1", body=body, media_type=media_type)
    run = check(SOURCE, site(feed(item(1), etag='"1"'), **{"https://example.org/1": page}))
    assert len(run.documents) == 1
    assert told in run.gaps[0].message
    assert run.state.etag == '"1"'


def test_a_linked_pdf_is_read() -> None:
    page = Response(
        "https://example.org/1", body=pdf(["20 kg of pheny-", "lacetone"]), media_type="application/pdf"
    )
    run = check(SOURCE, site(feed(item(1)), **{"https://example.org/1": page}))
    assert not run.gaps
    assert extract(run.documents[0]).text == "Story 1\n\nSummary 1\n\n20 kg of phenylacetone"


def test_pages_that_redirect_to_one_wall_are_gaps() -> None:
    wall = Response("https://example.org/consent", body=LONG.encode(), media_type="text/html")
    front = Response("https://example.org/", body=LONG.encode(), media_type="text/html")
    others = {f"https://example.org/{number}": wall for number in (1, 2)} | {"https://example.org/3": front}
    run = check(SOURCE, site(feed(item(1), item(2), item(3)), **others))
    assert [document.url for document in run.documents] == [
        "https://example.org/consent",
        "https://example.org/2",
        "https://example.org/3",
    ]
    assert [gap.location for gap in run.gaps] == ["https://example.org/2", "https://example.org/3"]


def test_a_host_that_hangs_is_left_alone_for_the_rest_of_the_check() -> None:
    hang = {f"https://example.org/{number}": SourceError("slow", outcome="timeout") for number in range(10)}
    web = site(feed(*(item(number) for number in range(10))), **hang)
    run = check(SOURCE, web)
    assert len(web.asked) == 4
    assert (len(run.documents), len(run.gaps)) == (10, 10)


# --- size --------------------------------------------------------------------------------------------


def test_at_most_max_pages_a_check_and_the_rest_at_the_next() -> None:
    source = Source("news", "feed", FEED_URL, options={"max_pages": 4})
    web = site(feed(*(item(number) for number in range(10)), etag='"1"'), *range(10))
    state = SourceState("news")
    counts, etags = [], []
    for _ in range(4):
        run = check(source, web, state)
        state = run.state
        counts.append(len(run.documents))
        etags.append(state.etag)
    assert counts == [4, 4, 2, 0]
    assert etags == ["", "", '"1"', '"1"']


def test_entries_that_change_at_every_check_do_not_keep_new_ones_out() -> None:
    source = Source("news", "feed", FEED_URL, options={"max_pages": 3})
    state = check(source, site(feed(*map(item, range(3))), *range(3))).state
    churned = [item(number, text="changed") for number in range(3)]
    web = site(feed(*churned, item(7), item(8)), 0, 1, 2, 7, 8)
    run = check(source, web, state)
    assert [document.url[-1] for document in run.documents] == ["7", "8", "0"]
    assert run.state.etag == ""


def test_a_feed_of_many_entries_is_read_bit_by_bit() -> None:
    source = Source("news", "feed", FEED_URL, options={"fetch_pages": False, "max_entries": 700})
    web = site(feed(*(item(number) for number in range(1600)), etag='"1"'))
    state, urls = SourceState("news"), set()
    for expected in (700, 700, 200):
        run = check(source, web, state)
        state = run.state
        assert len(run.documents) == expected
        urls |= {document.url for document in run.documents}
    assert len(urls) == 1600
    assert state.etag == '"1"'


# --- states of a feed --------------------------------------------------------------------------------


def test_an_empty_feed_is_told_each_time() -> None:
    web = site(feed(etag='"1"'))
    run = check(SOURCE, web)
    assert [gap.outcome for gap in run.gaps] == ["empty"]
    assert [gap.outcome for gap in check(SOURCE, web, run.state).gaps] == ["empty"]


def test_a_move_is_noted_and_a_stay_too() -> None:
    state = check(SOURCE, site(feed(item(1), moved_to="https://new.example/feed"), 1)).state
    assert state.cursor["moved_to"] == "https://new.example/feed"
    assert "moved_to" not in check(SOURCE, site(feed(item(1)), 1), state).state.cursor


# --- against a real server ---------------------------------------------------------------------------


def over_http(routes: Mapping[str, Handler | web.Response | bytes | str], **changes: object) -> Check:
    async def main() -> Check:
        async with serve(routes) as server, Http(limits(server, **changes)) as http:
            source = Source("news", "feed", server.url + "/feed")
            return Check([item async for item in collect(source, SourceState("news"), http.get, NOW)])

    return asyncio.run(main())


def test_a_feed_and_its_pages_over_http() -> None:
    routes = {
        "/feed": gzipped(feed(item(1), item(2, link="/old")).body, "application/rss+xml"),
        "/1": answer(
            LONG + "<p>Größe</p>".encode("latin-1").decode("latin-1"), "text/html; charset=iso-8859-1"
        ),
        "/old": status(301, Location="/new?utm_source=feed"),
        "/new": LONG,
    }
    run = over_http(routes)
    assert not run.gaps
    assert "Größe" in extract(run.documents[0]).text
    assert extract(run.documents[1]).url.endswith("/new")


@pytest.mark.parametrize(
    ("route", "outcome"),
    [
        ("<!doctype html><html><body>Please log in</body></html>", "not-a-feed"),
        (answer(b"\x1f\x8b\x08\x00garbage", Content_Encoding="gzip"), "parse-error"),
        (answer(b'<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel/></rss>'), "parse-error"),
        (endless(b"<rss><channel>" + b"<item><title>x</title></item>" * 1000), "too-large"),
        (endless(b" ", pause=0.01), "timeout"),
        (status(302, Location="http://169.254.169.254/latest/"), "refused"),
        (status(403), "blocked"),
        (status(410), "gone"),
    ],
)
def test_hostile_feeds_end_in_one_word(route: Handler | web.Response | bytes | str, outcome: str) -> None:
    with pytest.raises(SourceError) as caught:
        over_http({"/feed": route}, max_bytes=MEBIBYTE, timeout_total=1.0)
    assert caught.value.outcome == outcome


def test_hostile_pages_cost_no_more_than_a_gap() -> None:
    routes = {
        "/feed": feed(*(item(number) for number in range(1, 6))).body,
        "/1": endless(b"x" * 65_536, total=500 * MEBIBYTE),
        "/2": status(302, Location="http://127.0.0.1:1/"),
        "/3": gzipped(bytes(50 * MEBIBYTE)),
        "/4": status(302, Location="/4"),
        "/5": LONG,
    }
    run = over_http(routes, max_bytes=MEBIBYTE)
    assert [gap.outcome for gap in run.gaps] == ["too-large", "refused", "too-large", "error"]
    assert [extract(document).title for document in run.documents] == [
        f"Story {number}" for number in range(1, 6)
    ]


def test_a_page_that_reserves_mining_is_read_from_the_feed_only() -> None:
    page = Response("https://example.org/1", headers={"tdm-reservation": "1"}, body=LONG.encode())
    run = check(SOURCE, site(feed(item(1), etag='"1"'), **{"https://example.org/1": page}))
    assert [extract(document).text for document in run.documents] == ["Story 1\n\nSummary 1"]
    assert [gap.outcome for gap in run.gaps] == ["blocked"]
    assert "not tried again" in run.gaps[0].message
    assert run.state.etag == '"1"'
