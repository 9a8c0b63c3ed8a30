"""Sitemaps: every form of them, and what is not one."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest.sitemap import MAX_BYTES, MOST_ADDRESSES, SitemapEntry, read_sitemap

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://example.org/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <image:image><image:loc>https://cdn.example.org/a.jpg</image:loc></image:image>
    <loc>https://example.org/a?x=1&amp;y=2</loc>
    <lastmod>2026-11-21T10:00:00+01:00</lastmod>
    <news:news>
      <news:publication><news:name>Paper</news:name><news:language>de-AT</news:language></news:publication>
      <news:publication_date>2026-11-20</news:publication_date>
      <news:title>Gr&#246;&#223;ere Menge &amp; mehr</news:title>
    </news:news>
  </url>
  <url><loc> /b </loc><lastmod>no date</lastmod></url>
  <url><loc>javascript:alert(1)</loc></url>
  <url><lastmod>2026-11-21</lastmod></url>
</urlset>"""


def read(body: bytes | str) -> list[SitemapEntry]:
    return read_sitemap(body.encode() if isinstance(body, str) else body, None, URL, NOW)


def test_a_news_sitemap() -> None:
    first, second = read(NEWS)
    assert (first.url, first.mark) == ("https://example.org/a?x=1&y=2", "2026-11-21T10:00:00+01:00")
    assert (first.title, first.language) == ("Größere Menge & mehr", "de")
    assert first.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert first.date == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert second == SitemapEntry("https://example.org/b", mark="no date")


def test_an_index_packed_and_without_a_namespace() -> None:
    index = "<sitemapindex><sitemap><loc>a.xml.gz</loc><lastmod>2026-11</lastmod></sitemap></sitemapindex>"
    (found,) = read(gzip.compress(index.encode()))
    assert (found.url, found.is_map, found.mark) == ("https://example.org/a.xml.gz", True, "2026-11")


def test_a_plain_list() -> None:
    assert [place.url for place in read("https://example.org/a\n\nnonsense\nhttps://example.org/b\n")] == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_what_is_broken_in_the_middle_gives_what_is_before_it() -> None:
    found = read("<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url><url><lo")
    assert [place.url for place in found] == ["https://example.org/a", "https://example.org/b"]


def test_no_more_than_the_protocol_allows() -> None:
    assert (
        len(read(f"<urlset>{'<url><loc>/a</loc></url>' * (MOST_ADDRESSES + 5)}</urlset>")) == MOST_ADDRESSES
    )


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("", "not-a-feed"),
        ("<!doctype html><html><body>Not found</body></html>", "not-a-feed"),
        ("<rss version='2.0'><channel/></rss>", "not-a-feed"),
        (
            '<!DOCTYPE u [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "parse-error",
        ),
        ('<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url/></urlset>', "parse-error"),
        (gzip.compress(b"<urlset>")[:-9], "parse-error"),
        (gzip.compress(bytes(MAX_BYTES + 1)), "too-large"),
    ],
    ids=["nothing", "html", "feed", "bomb", "file", "cut", "inflated"],
)
def test_what_is_no_sitemap_ends_in_one_word(body: bytes | str, outcome: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert caught.value.outcome == outcome


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/i?a=1&b=2", "/i?a=1&b=2"),
        ("/i?a=1&amp;b=2", "/i?a=1&b=2"),
        ("/i?a=1&copy=2&lt=3", "/i?a=1&copy=2&lt=3"),
        ("/i?a=1&#38;b=2&#x26;c=3", "/i?a=1&b=2&c=3"),
        ("/i?a=1&#b=2", "/i?a=1&#b=2"),
        ("/i?a=1&nbsp;b", "/i?a=1&nbsp;b"),
        ("<![CDATA[/i?a=1&b=2&amp;c]]>", "/i?a=1&b=2&amp;c"),
        ("/i?q=a&&b&", "/i?q=a&&b&"),
    ],
)
def test_a_bare_ampersand_damages_no_address(written: str, address: str) -> None:
    """RFC 3986 has "&" between arguments; XML 1.0, 2.4 wants it escaped, and many sitemaps do not."""
    entries = f"<url><loc>{written}</loc></url><url><loc>/j?c=3&amp;d=4</loc></url><url><loc>/k</loc></url>"
    assert [place.url for place in read(f"<urlset>{entries}</urlset>")] == [
        f"https://example.org{path}" for path in (address, "/j?c=3&d=4", "/k")
    ]
