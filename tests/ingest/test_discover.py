"""Finding the sources of a site."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest import OfferedSource, find_sources
from monitor.ingest.request import Response
from tests.ingest.sources.runs import NOW, Web

SITE = "https://example.org/"


def rss(*days: int) -> str:
    items = "".join(f"<item><title>{n}</title><pubDate>2026-11-{n:02}</pubDate></item>" for n in days)
    return f"<rss version='2.0'><channel>{items}</channel></rss>"


def found(
    answers: dict[str, Response | SourceError | str], url: str = SITE
) -> tuple[list[OfferedSource], list[str]]:
    web = Web({f"{SITE}{path}": body for path, body in answers.items()})
    return asyncio.run(find_sources(url, web, NOW)), web.asked


def test_feeds_that_a_page_names_the_liveliest_first() -> None:
    page = (
        "<link rel=alternate type='application/rss+xml' href=/old><link type='application/atom+xml' href=new>"
        "<link rel=alternate type='application/rss+xml' href=/empty>"
        "<a href=/blog/rss>RSS</a><a href=/about>A</a>"
    )
    sources, _ = found({"": page, "old": rss(1, 2), "new": rss(20), "empty": rss(), "blog/rss": "<p>Hello"})
    assert [(each.kind, each.url[-3:], each.entries) for each in sources] == [
        ("feed", "new", 1),
        ("feed", "old", 2),
    ]
    assert sources[0].newest == datetime(2026, 11, 20, tzinfo=UTC)


def test_usual_places_are_tried_when_none_is_named() -> None:
    sources, asked = found({"": "<p>Hello", "feed.xml": rss(1)})
    assert [each.url for each in sources] == [f"{SITE}feed.xml"]
    assert f"{SITE}sitemap.xml" not in asked


def test_then_sitemaps_the_news_first() -> None:
    urlset = "<urlset><url><loc>/a</loc></url></urlset>"
    robots = "User-agent: *\nDisallow:\nSitemap: /maps/all.xml\nsitemap: https://example.org/maps/news.xml\n"
    sources, _ = found(
        {"": "<p>Hello", "robots.txt": robots, "maps/all.xml": urlset, "maps/news.xml": urlset}
    )
    assert [(each.kind, each.url) for each in sources] == [
        ("sitemap", f"{SITE}maps/news.xml"),
        ("sitemap", f"{SITE}maps/all.xml"),
    ]


def test_else_the_page_itself() -> None:
    assert found({"": "<p>Hello"})[0] == [OfferedSource("page", SITE)]


@pytest.mark.parametrize(
    ("body", "kind"), [(rss(1), "feed"), ("<urlset><url><loc>/a</loc></url></urlset>", "sitemap")]
)
def test_an_address_that_is_a_source_is_the_answer(body: str, kind: str) -> None:
    sources, asked = found({"x": body}, f"{SITE}x")
    assert [(each.kind, each.url) for each in sources] == [(kind, f"{SITE}x")]
    assert asked == [f"{SITE}x"]


def test_a_site_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(SourceError, match="404"):
        found({})
