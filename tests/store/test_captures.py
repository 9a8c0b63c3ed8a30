"""How a text came is kept with it, once, and read back with its alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from monitor.model import Article, Capture, Document, Hop, Source, WarcPlace
from monitor.store import Original, Record, Store, open_store
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, article, edited, record
from tests.store.test_stories import FIRST, member, put

HOPS = (Hop("http://news.example/1", 301), Hop("https://news.example/1", 200))
HEADERS = {"content-type": "text/html", "set-cookie": "id=1", "date": "Fri, 20 Nov 2026 12:00:00 GMT"}
PLACE = WarcPlace("a-00001.warc.gz", 5_000_000_000, 812, "urn:uuid:1")
CAPTURE = Capture(NOW, HOPS, HEADERS, warc=PLACE)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        opened.put_watchlist(WATCHLIST, (), NOW)
        opened.put_sources([Source("Example News", "feed", "https://news.example/rss")], NOW)
        yield opened


def document(body: bytes = b"<p>page</p>", **changes: object) -> Document:
    made = Document(
        "Example News", "https://news.example/1", body, "text/html", NOW, "utf-8", capture=CAPTURE
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def captured(of: Article, made_of: Document, *, keep: bool = False) -> Record:
    return replace(record(of), original=Original(made_of, "extractor 1", keep))


def test_what_is_kept_comes_back_with_the_alert(store: Store) -> None:
    (number, _) = store.record([captured(article(), document())], now=NOW).alert_ids
    found = store.exhibit(number)
    assert found is not None
    assert found.capture is not None
    kept = {name: HEADERS[name] for name in ("content-type", "date")}
    assert found.capture.capture == replace(CAPTURE, headers=kept)  # no cookie
    assert (found.capture.sha256, found.capture.size) == (document().sha256, 11)
    assert (found.capture.extractor, found.capture.body) == ("extractor 1", None)
    assert (found.text_sha256, found.text_length) == (article().sha256, len(article().text))
    assert found.source is not None
    assert (found.source.kind, found.source.location) == ("feed", "https://news.example/rss")
    assert found.watchlist is not None
    assert (found.watchlist.digest, found.watchlist.counts["substances"]) == (WATCHLIST.digest, 2)


def test_a_page_is_kept_where_it_is_wanted_and_forgotten_with_its_text(store: Store) -> None:
    body = bytes(range(256)) * 40
    (number, _) = store.record([captured(article(), document(body), keep=True)], now=NOW).alert_ids
    found = store.exhibit(number)
    assert found is not None
    assert found.capture is not None
    assert found.capture.body == body
    store.expire_texts(NOW)  # not older than that
    assert store.exhibit(number) == found
    store.expire_texts(NOW + HOUR)
    forgotten = store.exhibit(number)
    assert forgotten is not None
    assert (forgotten.stored.text, forgotten.capture) == (None, replace(found.capture, body=None))


def test_each_revision_has_its_own_and_the_first_capture_of_a_text_stays(store: Store) -> None:
    first, second = article(), edited(article(), "Police found fentanyl." + FILLER)
    store.record([captured(first, document())], now=NOW)
    store.record([captured(second, document(b"second"))], now=NOW + HOUR)
    store.record([captured(first, document(b"other markup, same text"))], now=NOW + 2 * HOUR)
    with store.engine_readonly().connect() as connection:
        rows = connection.execute(text("SELECT revision, sha256 FROM capture ORDER BY revision")).all()
    assert [tuple(row) for row in rows] == [(1, document().sha256), (2, document(b"second").sha256)]


def test_an_alert_of_an_older_program_has_no_capture(store: Store) -> None:
    (number, _) = store.record([record(article())], now=NOW).alert_ids
    found = store.exhibit(number)
    assert found is not None
    assert found.capture is None
    assert store.exhibit(number + 100) is None


def test_hostile_headers_and_addresses_can_be_stored(store: Store) -> None:
    headers = {"server": "\x00\udcff" + "x" * 100_000}
    hops = (Hop("https://e.example/\udc80\x00" + "y" * 100_000, 200),)
    capture = Capture(NOW, hops, headers)
    (number, _) = store.record([captured(article(), document(capture=capture))], now=NOW).alert_ids
    found = store.exhibit(number)
    assert found is not None
    assert found.capture is not None
    assert len(found.capture.capture.headers["server"]) == 2000
    assert found.capture.capture.headers["server"].startswith("\ufffd\ufffdx")
    assert len(found.capture.capture.hops[0].url) == 2000


def test_a_document_without_a_capture_came_when_it_was_fetched(store: Store) -> None:
    (number, _) = store.record([captured(article(), document(capture=None))], now=NOW).alert_ids
    found = store.exhibit(number)
    assert found is not None
    assert found.capture is not None
    assert found.capture.capture == Capture(NOW)


def test_articles_read_back_know_when_they_were_seen(store: Store) -> None:
    """Legal status is looked up at the day a page was seen, where it tells no date itself."""
    seen = NOW - 1000 * HOUR
    undated = replace(article(), published_at=None, captured_at=seen)
    store.record([captured(undated, document(capture=Capture(seen)))], now=NOW)
    (back,) = store.articles()
    assert (back.captured_at, back.date) == (seen, seen.date())


def test_articles_that_stand_behind_an_alert_are_named_with_their_hashes(store: Store) -> None:
    put(store, FIRST, member())
    put(store, "https://b.example/2", member(near=FIRST, at=1), raised=False)
    found = store.exhibit(1)
    assert found is not None
    (other,) = found.others
    assert other.url == "https://b.example/2"
    with store.engine_readonly().connect() as connection:
        digest = connection.execute(
            text("SELECT sha256 FROM v_articles WHERE url LIKE '%b.example%'")
        ).scalar()
    assert other.text_sha256 == digest
