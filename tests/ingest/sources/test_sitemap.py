"""The sitemap kind: what is chosen, in which order, and what is not fetched again."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest import Http, collect, extract
from monitor.ingest.request import Response
from monitor.model import Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.servers import answer, limits, serve

MAP_URL = "https://example.org/map.xml"
LONG = "<p>" + "Officers searched a warehouse near the port and found many barrels there. " * 8 + "</p>"
Answers = dict[str, Response | SourceError | str]


def source(**options: object) -> Source:
    return Source("site", "sitemap", MAP_URL, options=options)


def places(*dated: tuple[int, str], kind: str = "url") -> str:
    return "".join(f"<{kind}><loc>/{n}</loc><lastmod>{day}</lastmod></{kind}>" for n, day in dated)


def urlset(*dated: tuple[int, str]) -> str:
    return f"<urlset>{places(*dated)}</urlset>"


def index(**dated: str) -> str:
    maps = (
        f"<sitemap><loc>/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>" for name, day in dated.items()
    )
    return f"<sitemapindex>{''.join(maps)}</sitemapindex>"


def site(first: str | Response, **others: str) -> Web:
    pages: Answers = {
        f"https://example.org/{number}": f"<h1>Page {number}</h1>{LONG}" for number in range(20)
    }
    maps: Answers = {f"https://example.org/{name}.xml": body for name, body in others.items()}
    return Web({**pages, **maps, MAP_URL: first})


def numbers(run: Check) -> list[str]:
    return [document.url.rpartition("/")[2] for document in run.documents]


def test_the_newest_come_first_and_the_old_not_at_all() -> None:
    web = site(urlset((1, "2026-11-01"), (2, "2026-11-20"), (3, "2020-01-01"), (4, "unknown")))
    run = check(source(), web)
    assert numbers(run) == ["2", "1", "4"]
    assert extract(run.documents[0]).text.startswith("Page 2")
    assert numbers(check(source(max_age=86_400 * 10_000), web)) == ["2", "1", "3", "4"]


def test_patterns_choose() -> None:
    web = site(urlset(*((number, "2026-11-20") for number in range(10, 20))))
    assert numbers(check(source(include=r"/1[0-4]$", exclude="/12"), web)) == ["10", "11", "13", "14"]
    run = check(source(include="/nothing"), web)
    assert [gap.outcome for gap in run.gaps] == ["empty"]


def test_a_page_with_a_new_date_is_read_again() -> None:
    state = check(source(), site(urlset((1, "2026-11-20"), (2, "2026-11-20")))).state
    assert numbers(check(source(), site(urlset((1, "2026-11-20"), (2, "2026-11-21"))), state)) == ["2"]


def test_unchanged_files_of_an_index_are_not_fetched_again() -> None:
    maps = {"a": urlset((1, "2026-11-20")), "b": urlset((2, "2026-11-21"))}
    first = check(source(), site(index(a="2026-11-20", b="2026-11-21"), **maps))
    assert numbers(first) == ["2", "1"]
    web = site(
        index(a="2026-11-20", b="2026-11-22"), a="gone", b=urlset((2, "2026-11-21"), (3, "2026-11-22"))
    )
    again = check(source(), web, first.state)
    assert web.asked == [MAP_URL, "https://example.org/b.xml", "https://example.org/3"]
    assert not again.gaps
    assert again.state.cursor["prints"].keys() > first.state.cursor["prints"].keys()  # type: ignore[attr-defined]


def test_a_file_of_which_not_all_was_read_is_fetched_again() -> None:
    web = site(index(a="2026-11-20"), a=urlset(*((number, "2026-11-20") for number in range(5))))
    state, found = SourceState("site"), []
    for _ in range(4):
        run = check(source(max_pages=2), web, state)
        state, found = run.state, found + numbers(run)
    assert sorted(found) == ["0", "1", "2", "3", "4"]
    assert web.asked.count("https://example.org/a.xml") == 3


def test_a_file_that_fails_is_a_gap_and_no_more() -> None:
    run = check(source(), site(index(a="2026-11-20", lost="2026-11-20"), a=urlset((1, "2026-11-20"))))
    assert numbers(run) == ["1"]
    assert [(gap.location, gap.outcome) for gap in run.gaps] == [("https://example.org/lost.xml", "gone")]


def test_an_index_without_end_is_cut() -> None:
    deep = {name: index(**{following: "2026-11-20"}) for name, following in zip("abcd", "bcda", strict=True)}
    run = check(source(), site(index(a="2026-11-20"), **deep))
    assert {gap.outcome for gap in run.gaps} == {"too-large", "empty"}
    many = check(
        source(max_maps=2), site(index(a="2026-11-20", b="2026-11-20", c="2026-11-20"), a=urlset((1, "")))
    )
    assert [gap.outcome for gap in many.gaps].count("too-large") == 1


def test_a_url_set_that_is_all_read_is_asked_for_with_its_etag() -> None:
    body = urlset((1, "2026-11-20")).encode()
    web = site(Response(MAP_URL, headers={"etag": '"1"'}, body=body))
    state = check(source(), web).state
    assert state.etag == '"1"'
    assert check(source(), web, state).items == [state]


@pytest.mark.parametrize("option", ["include", "exclude"])
def test_a_pattern_that_is_none_is_an_error(option: str) -> None:
    with pytest.raises(SourceError, match=f"{option} is no regular expression") as caught:
        check(source(**{option: "("}), site(urlset((1, ""))))
    assert caught.value.permanent


def test_over_http_a_packed_news_sitemap() -> None:
    news = (
        "<urlset><url><loc>/a</loc><news:news xmlns:news='n'>"
        "<news:publication_date>2026-11-20</news:publication_date>"
        "<news:title>A headline</news:title></news:news></url></urlset>"
    )
    routes = {"/map.xml.gz": answer(gzip.compress(news.encode()), "application/gzip"), "/a": LONG}

    async def main() -> Check:
        async with serve(routes) as server, Http(limits(server)) as http:
            told = Source("site", "sitemap", server.url + "/map.xml.gz")
            return Check([item async for item in collect(told, SourceState("site"), http.get, NOW)])

    (document,) = asyncio.run(main()).documents
    article = extract(document)
    assert (article.title, article.published_at) == ("A headline", datetime(2026, 11, 20, tzinfo=UTC))
