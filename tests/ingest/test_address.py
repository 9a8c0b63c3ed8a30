"""Canonical addresses: what is cut, what is kept, and whose word counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.address import canonical_url, declared_url, names_same_page


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.ORG/a/B?x=1", "https://news.example.org/a/B?x=1"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://example.org/a#comments", "https://example.org/a"),
        ("https://example.org/a?utm_source=rss&id=7&fbclid=x&UTM_medium=y", "https://example.org/a?id=7"),
        ("https://example.org/a?utm_source=rss", "https://example.org/a"),
        ("https://example.org/a?q=%C3%B6&b=&c", "https://example.org/a?q=%C3%B6&b=&c"),
        ("https://example.org/a/", "https://example.org/a/"),
        ("https://example.org./a b", "https://example.org/a%20b"),
        ("https://example.org/#!/story/7", "https://example.org/#!/story/7"),
        ("https://example.org/feed#entry-0a1b", "https://example.org/feed#entry-0a1b"),
        ("https://[2606:4700::1]:443/a", "https://[2606:4700::1]/a"),
        ("file:///data/items.jsonl#3", "file:///data/items.jsonl#3"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://[broken/", "http://[broken/"),
        ("not an address", "not an address"),
    ],
)
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        ("https://example.org/story", "https://example.org/story"),
        ("/story?utm_medium=x", "https://www.example.org/story"),
        ("https://m.example.org/story", "https://m.example.org/story"),
        ("https://amp.www.example.org/story", "https://amp.www.example.org/story"),
        ("https://evil.example.net/story", ""),
        ("https://example.org/", ""),  # the front page on every page
        ("https://www.example.org/a?id=1&utm_source=x", ""),  # nothing new
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_declared_address(declared: str, canonical: str) -> None:
    assert declared_url("https://www.example.org/a?id=1", declared) == canonical


def test_a_file_declares_nothing() -> None:
    assert declared_url("file:///a.html", "https://example.org/a") == ""


@pytest.mark.parametrize(
    ("url", "declared", "same"),
    [
        ("http://example.org/a", "https://example.org/a", True),
        ("https://m.example.org/a/", "https://www.example.org/a", True),
        ("https://example.org/a?ref=home&id=7", "https://example.org/a?id=7", True),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2", True),
        ("https://example.org/a?id=7", "https://example.org/a", False),
        ("https://example.org/news/a", "https://example.org/news/", False),
        ("https://example.org/a/amp", "https://example.org/a", False),
        ("https://city.example.org/a", "https://example.org/a", False),
        ("https://example.org:8443/a", "https://example.org/a", False),
        ("https://example.org/A", "https://example.org/a", False),
    ],
)
def test_plainly_the_same_page(url: str, declared: str, same: bool) -> None:
    assert names_same_page(url, declared) is same


@given(st.text(max_size=60), st.text(max_size=60))
def test_never_raises_and_is_settled(url: str, declared: str) -> None:
    once = canonical_url("https://example.org/" + url)
    assert canonical_url(once) == once
    declared_url(url, declared)
    canonical_url(url)
