"""Canonical addresses: what is cut, what is kept, and whose word counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.address import canonical_url


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
        ("https://evil.example.net/story", "https://www.example.org/a?id=1"),
        ("https://example.org/", "https://www.example.org/a?id=1"),  # the front page on every page
        ("javascript:alert(1)", "https://www.example.org/a?id=1"),
        ("file:///etc/passwd", "https://www.example.org/a?id=1"),
        ("http://[broken", "https://www.example.org/a?id=1"),
        ("", "https://www.example.org/a?id=1"),
    ],
)
def test_declared_address(declared: str, canonical: str) -> None:
    assert canonical_url("https://www.example.org/a?id=1", declared) == canonical


def test_a_file_declares_nothing() -> None:
    assert canonical_url("file:///a.html", "https://example.org/a") == "file:///a.html"


@given(st.text(max_size=60), st.text(max_size=60))
def test_never_raises_and_is_settled(url: str, declared: str) -> None:
    once = canonical_url("https://example.org/" + url, declared)
    assert canonical_url(once) == once
    canonical_url(url, declared)
