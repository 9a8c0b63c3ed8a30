"""The contract that every kind of source keeps; one row for each kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.ingest import KINDS, collect, extract
from monitor.ingest.request import Response
from monitor.ingest.warcs import missing
from monitor.model import Document, Source, SourceState
from tests.imaps import Box, imap_in_thread, mail_source, message
from tests.ingest.sources.runs import NOW, Web, check
from tests.warcs import packed
from tests.warcs import page as archived

FEED = "".join(f"<item><guid>{n}</guid><title>Story {n}</title><link>/{n}</link></item>" for n in range(60))


def a_feed(_: Path) -> tuple[Source, Web]:
    pages: dict[str, Response | SourceError | str] = {
        f"https://example.org/{number}": f"<p>Text {number}</p>" for number in range(59)
    }
    pages["https://example.org/feed"] = Response(
        "https://example.org/feed", body=f"<rss version='2.0'><channel>{FEED}</channel></rss>".encode()
    )
    return Source("f", "feed", "https://example.org/feed"), Web(pages)


def a_folder(folder: Path) -> tuple[Source, Web]:
    for number in range(59):
        (folder / f"{number}.txt").write_text(f"Text {number}")
    (folder / "bad.jsonl").write_text("{")
    return Source("d", "folder", str(folder)), Web({})


def an_api(_: Path) -> tuple[Source, Web]:
    site: dict[str, Response | SourceError | str] = {
        f"https://example.org/{number}": f"<p>Text {number}</p>" for number in range(59)
    }
    for page, numbers in ((1, range(40)), (2, range(40, 60)), (3, ())):
        items = [{"id": number, "name": f"Story {number}", "link": f"/{number}"} for number in numbers]
        site[f"https://example.org/api?page={page}"] = json.dumps({"results": items})
    options = {"items": "results", "fields": {"title": "name", "url": "link", "id": "id"}}
    return Source("a", "api", "https://example.org/api?page={page}", options=options), Web(site)


def a_page(_: Path) -> tuple[Source, Web]:
    links = "".join(f"<a href='/{number}'>Story {number}</a>" for number in range(60))
    site: dict[str, Response | SourceError | str] = {
        f"https://example.org/{number}": f"<p>Text {number}</p>" for number in range(59)
    }
    site["https://example.org/news"] = f"<p>Text of the listing.</p> {links}"
    options = {"links": r"/\d+$", "read_page": True}
    return Source("p", "page", "https://example.org/news", options=options), Web(site)


def a_sitemap(_: Path) -> tuple[Source, Web]:
    maps = "".join(f"<sitemap><loc>/{name}.xml</loc></sitemap>" for name in ("a", "b", "gone"))
    site: dict[str, Response | SourceError | str] = {
        f"https://example.org/{number}": f"<p>Text {number}</p>" for number in range(60)
    }
    site["https://example.org/map"] = f"<sitemapindex>{maps}</sitemapindex>"
    for name, numbers in (("a", range(30)), ("b", range(30, 60))):
        places = "".join(f"<url><loc>/{number}</loc></url>" for number in numbers)
        site[f"https://example.org/{name}.xml"] = f"<urlset>{places}</urlset>"
    return Source("m", "sitemap", "https://example.org/map"), Web(site)


@dataclass
class Gdelt(Web):
    """Answers every question with the same stories."""

    async def __call__(self, url: str, *given: object, **named: object) -> Response:  # type: ignore[override]
        place = "https://example.org/gdelt" if url.startswith("https://example.org/gdelt?") else url
        return await super().__call__(place)


def a_gdelt(_: Path) -> tuple[Source, Web]:
    site: dict[str, Response | SourceError | str] = {
        f"https://example.org/{number}": f"<p>Text {number}</p>" for number in range(59)
    }
    articles = [
        {"url": f"https://example.org/{n}", "title": f"Story {n}", "seendate": "20261121T101500Z"}
        for n in range(60)
    ]
    site["https://example.org/gdelt"] = json.dumps({"articles": articles})
    return Source("g", "gdelt", "https://example.org/gdelt", options={"terms": ("ketamine",)}), Gdelt(site)


def a_warc(folder: Path) -> tuple[Source, Web]:
    records = [archived(number) for number in range(59)]
    (folder / "a.warc.gz").write_bytes(packed(*records[:30]))
    (folder / "b.warc").write_bytes(b"".join(records[30:]) + b"WARC/1.0 and no more")
    return Source("w", "warc", str(folder)), Web({})


MAKERS: dict[str, Callable[[Path], tuple[Source, Web]]] = {
    "api": an_api,
    "feed": a_feed,
    "folder": a_folder,
    "gdelt": a_gdelt,
    "page": a_page,
    "sitemap": a_sitemap,
    "warc": a_warc,
}


World = tuple[Source, Web]


@pytest.fixture
def world(kind: str, tmp_path: Path) -> Iterator[World]:
    """A source of 60 things, one of which cannot be read."""
    if kind != "mail":
        yield MAKERS[kind](tmp_path)
        return
    messages = {number: message(number) for number in range(1, 60)}
    messages[60] = message(60, "Long. " * 1000)
    with imap_in_thread(Box(messages)) as box:
        yield mail_source(box, max_bytes=5000), Web({})


NEEDS_EXTRA = {"warc": missing()}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            kind, marks=pytest.mark.skipif(bool(NEEDS_EXTRA.get(kind)), reason="an extra is missing")
        )
        for kind in KINDS
    ],
)
class TestEveryKind:
    def test_documents_gaps_and_checkpoints(self, kind: str, world: World) -> None:
        source, web = world
        run = check(source, web)
        assert len(run.documents) >= 59
        assert len({document.url for document in run.documents}) == len(run.documents)
        assert len(run.gaps) == 1  # one thing in each of these sources cannot be read
        assert isinstance(run.items[-1], SourceState)
        assert len(run.states) >= 3
        for document in run.documents:
            assert (document.source, document.fetched_at) == (source.name, NOW)
            assert "Text" in extract(document).text or "Story" in extract(document).text

    def test_the_state_is_json_and_keeps_what_is_not_its_own(self, kind: str, world: World) -> None:
        source, web = world
        state = check(source, web, SourceState(source.name, failures=3, next_check=NOW)).state
        assert (state.source, state.failures, state.next_check) == (source.name, 3, NOW)
        assert json.loads(json.dumps(state.cursor)) == state.cursor

    def test_a_second_check_reads_nothing_again(self, kind: str, world: World) -> None:
        source, web = world
        again = check(source, web, check(source, web).state)
        assert again.documents == []

    def test_killed_after_any_item_nothing_is_lost(self, kind: str, world: World) -> None:
        """What was recorded up to a checkpoint and what the next check gives make the whole."""
        source, web = world
        whole = check(source, web)
        urls = {document.url for document in whole.documents}
        recorded: set[str] = set()
        pending: set[str] = set()
        for item in whole.items:
            if isinstance(item, Document):
                pending.add(item.url)
            if isinstance(item, SourceState):
                recorded |= pending
                pending = set()
                rest = check(source, web, item)
                assert recorded | {document.url for document in rest.documents} == urls

    def test_options_are_checked(self, kind: str, world: World) -> None:
        source, web = world
        name = {"folder": "max_bytes", "warc": "max_bytes", "mail": "max_messages"}.get(kind, "max_pages")
        with pytest.raises(SourceError, match=name) as caught:
            check(Source(source.name, kind, source.location, options={**source.options, name: "many"}), web)
        assert caught.value.permanent


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(SourceError, match="kinds are"):
        collect(Source("x", "telepathy", ""), SourceState("x"), Web({}), NOW)
