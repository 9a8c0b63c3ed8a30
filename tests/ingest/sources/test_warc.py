"""The `warc` kind: what becomes of each kind of record, over damage, bombs and restarts."""

from __future__ import annotations

import gzip
import os
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.ingest.archive import MOST_DAMAGES
from monitor.ingest.warcs import Warcs, missing
from monitor.model import Document, Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.pdfs import pdf
from tests.warcs import http, packed, page, record

if missing():
    pytest.skip(missing(), allow_module_level=True)

THEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
HTML = b"<html><body><p>Text of the archive.</p></body></html>"


def run(path: Path, state: SourceState | None = None, **options: object) -> Check:
    return check(Source("w", "warc", str(path), options=options, language="en"), Web({}), state)


def one(tmp_path: Path, *records: bytes, name: str = "a.warc.gz") -> Check:
    (tmp_path / name).write_bytes(packed(*records) if name.lower().endswith(".gz") else b"".join(records))
    return run(tmp_path / name)


def urls(done: Check) -> list[str]:
    return [document.url.removeprefix("https://example.org/") for document in done.documents]


# --- what becomes a document ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc", "A.WARC.GZ"])
def test_a_page_is_a_document_with_its_own_date_and_place(tmp_path: Path, name: str) -> None:
    block = http(HTML, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT")
    first = record(b"software: x", kind="warcinfo", content_type="application/warc-fields")
    done = one(tmp_path, first, record(block, "<https://example.org/a>"), name=name)
    (document,) = done.documents
    assert (document.url, document.body, document.media_type) == ("https://example.org/a", HTML, "text/html")
    assert (document.fetched_at, document.charset, document.language) == (NOW, "utf-8", "en")
    capture = document.capture
    assert capture is not None
    assert capture.warc is not None
    assert capture.at == THEN
    assert capture.headers["last-modified"] == "Wed, 01 Jan 2020 00:00:00 GMT"
    assert [(hop.url, hop.status) for hop in capture.hops] == [("https://example.org/a", 200)]
    before = len(gzip.compress(first, mtime=0)) if name.lower().endswith("gz") else len(first)
    assert (capture.warc.file, capture.warc.offset) == (name, before)
    # A page that tells no date of its own is judged by the lists of the day it was captured.
    assert extract(document).date == THEN.date()


CODED = {
    "plain": (HTML, ()),
    "gzip": (gzip.compress(HTML), ("Content-Encoding: gzip",)),
    "brotli": (brotli.compress(HTML), ("Content-Encoding: br",)),
    "deflate": (zlib.compress(HTML), ("Content-Encoding: deflate",)),
    "chunked": (
        b"5\r\n%s\r\n%x;x=1\r\n%s\r\n0\r\n\r\n" % (HTML[:5], len(HTML) - 5, HTML[5:]),
        ("Transfer-Encoding: chunked",),
    ),
    "unpacked already": (HTML, ("Content-Encoding: gzip", "Transfer-Encoding: chunked")),
    "unpacked from brotli": (HTML, ("Content-Encoding: br",)),
    "as Common Crawl": (HTML, ("X-Crawler-Content-Encoding: gzip",)),
}


@pytest.mark.parametrize("coding", CODED)
def test_bodies_are_unpacked_however_they_were_written(tmp_path: Path, coding: str) -> None:
    body, lines = CODED[coding]
    (document,) = one(tmp_path, record(http(body, *lines))).documents
    assert document.body == HTML


def test_pdf_text_and_resources_are_read(tmp_path: Path) -> None:
    records = [
        record(http(pdf(["Text of a document."]), media_type="application/pdf"), "https://example.org/pdf"),
        record(http(pdf(["Text of a document."]), media_type=""), "https://example.org/pdf2"),
        record(http(b"Text.", media_type="text/plain"), "https://example.org/txt"),
        record(http(HTML, media_type=""), "https://example.org/html"),
        record(HTML, "file:///in/a.html", kind="resource", content_type="text/html"),
        record(b"Text.", "https://example.org/wet", kind="conversion", content_type="text/plain"),
    ]
    done = one(tmp_path, *records)
    assert urls(done) == ["pdf", "pdf2", "txt", "html", "file:///in/a.html", "wet"]
    assert done.gaps == []
    assert all("Text" in extract(document).text for document in done.documents)


def test_entries_of_a_feed_are_documents(tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>Story {n}</title><link>/{n}</link><description>Text {n}</description></item>"
        for n in range(3)
    )
    feed = f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>".encode()
    for media_type in ("application/rss+xml", "text/xml", ""):
        done = one(tmp_path, record(http(feed, media_type=media_type), "https://example.org/feed"))
        assert urls(done) == ["0", "1", "2"]
        assert [document.title for document in done.documents] == ["Story 0", "Story 1", "Story 2"]
        assert all(document.capture and document.capture.part for document in done.documents)


PASSED_OVER = {
    "a redirect": record(http(b"", "Location: /b", status="301 Moved")),
    "an error": record(http(HTML, status="404 Not Found")),
    "a picture": record(http(b"\x89PNG", media_type="image/png")),
    "a script": record(http(b"x", media_type="application/javascript")),
    "no type": record(http(b"\0\1\2", media_type="")),
    "a sitemap": record(http(b"<?xml version='1.0'?><urlset/>", media_type="text/xml")),
    "robots.txt": record(http(b"User-agent: *", media_type="text/plain"), "https://example.org/robots.txt"),
    "a request": record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
    "a revisit": record(http(HTML), kind="revisit"),
    "a name": record(b"x", "dns:example.org", content_type="text/dns"),
    "metadata": record(b"x", kind="metadata", content_type="application/warc-fields"),
    "no HTTP": record(b"hello"),
    "no address": record(http(HTML), ""),
    "a bad address": record(http(HTML), "https://[::1/"),
}


@pytest.mark.parametrize("what", PASSED_OVER)
def test_what_nobody_reads_is_passed_over(tmp_path: Path, what: str) -> None:
    done = one(tmp_path, PASSED_OVER[what], page(1))
    assert (urls(done), done.gaps) == (["1"], [])


GAPS = {
    "too large": (record(http(b"x" * 3_000_000), "https://example.org/large"), "too-large"),
    "a bomb": (
        record(http(gzip.compress(b"\0" * 50_000_000), "Content-Encoding: gzip")),
        "too-large",
    ),
    "damaged coding": (record(http(gzip.compress(HTML)[:-20], "Content-Encoding: gzip")), "parse-error"),
    "reserved": (record(http(HTML, "TDM-Reservation: 1")), "blocked"),
    "no feed": (record(http(HTML, media_type="application/rss+xml")), "not-a-feed"),
}


@pytest.mark.parametrize("what", GAPS)
def test_what_cannot_be_read_is_a_gap_and_the_rest_goes_on(tmp_path: Path, what: str) -> None:
    bad, outcome = GAPS[what]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(page(1), bad, page(2)))
    done = run(path, max_bytes=1_000_000)
    assert urls(done) == ["1", "2"]
    (gap,) = done.gaps
    assert gap.outcome == outcome
    assert gap.location == f"{path.as_uri()}#{len(packed(page(1)))}"
    assert run(path, done.state, max_bytes=1_000_000).items == [done.state]


def test_what_the_crawler_cut_off_is_read_and_told(tmp_path: Path) -> None:
    done = one(tmp_path, record(http(HTML), "https://example.org/1", "WARC-Truncated: length"))
    assert urls(done) == ["1"]
    assert "only its beginning" in done.gaps[0].message


# --- damage and bombs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_behind_a_damaged_place_reading_goes_on(tmp_path: Path, name: str) -> None:
    records = [page(n) for n in range(6)]
    whole = [packed(each) if name.endswith(".gz") else each for each in records]
    bad = bytearray(whole[2])
    bad[:200] = os.urandom(200).replace(b"\n", b"x").replace(b"\x1f", b"x")
    (tmp_path / name).write_bytes(b"".join((*whole[:2], bytes(bad), *whole[3:])))
    done = run(tmp_path / name)
    assert urls(done) == ["0", "1", "3", "4", "5"]
    assert [gap.outcome for gap in done.gaps] == ["parse-error"]
    assert run(tmp_path / name, done.state).documents == []


@pytest.mark.parametrize("length", [10**9, 10**18])
def test_a_record_that_says_too_much_of_itself_hides_no_other(tmp_path: Path, length: int) -> None:
    bad = record(http(HTML, media_type="image/png"), length=length)
    done = one(tmp_path, page(1), bad, page(2), page(3), name="a.warc")
    assert urls(done) == ["1", "2", "3"]
    assert done.gaps
    assert run(tmp_path / "a.warc", done.state).documents == []


def test_a_cut_off_file_is_told_and_read_on_when_it_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    whole = packed(*(page(n) for n in range(4)))
    path.write_bytes(whole[:-100])
    first = run(path)
    assert urls(first) == ["0", "1", "2"]
    assert [gap.outcome for gap in first.gaps] == ["parse-error"]
    assert run(path, first.state).items == [first.state]
    path.write_bytes(whole)
    second = run(path, first.state)
    assert (urls(second), second.gaps) == (["3"], [])
    path.write_bytes(whole + packed(page(4)))
    assert urls(run(path, second.state)) == ["4"]
    path.write_bytes(packed(page(9)))  # another file under the same name
    assert urls(run(path, second.state)) == ["9"]


def test_a_file_that_is_packed_as_a_whole_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(page(n) for n in range(40))))
    done = run(path)
    assert len(done.documents) == 40
    assert done.gaps == []
    assert run(path, done.state).documents == []
    # No place within it can be gone back to: a check that was killed reads it again from the start.
    assert len(run(path, done.states[0]).documents) == 40


def test_garbage_is_told_and_does_not_take_for_ever(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"\x1f\x8b\x08" * 500_000)
    (tmp_path / "b.warc").write_bytes(b"\nWARC/1.0\r\nx" * 100_000)
    (tmp_path / "c.warc").write_bytes(b"hello")
    (tmp_path / "d.warc.gz").write_bytes(b"")
    (tmp_path / "e.warc.gz").write_bytes(packed(page(1)))
    done = run(tmp_path)
    assert urls(done) == ["1"]
    assert len(done.gaps) <= 2 * (MOST_DAMAGES + 1) + 1
    assert sum("the rest of the file is not read" in gap.message for gap in done.gaps) == 2


def test_no_damage_is_a_bug(tmp_path: Path) -> None:
    """Whatever is done to a file: no exception, and what was not touched before it is read."""
    rng = random.Random(7)
    whole = packed(*(page(n) for n in range(8)))
    plain = b"".join(page(n) for n in range(8))
    path = tmp_path / "a.warc.gz"
    for _ in range(300):
        damaged = bytearray(rng.choice((whole, plain)))
        first = len(damaged)
        for _ in range(rng.choice((1, 3, 30))):
            at = rng.randrange(len(damaged))
            first = min(first, at)
            damaged[at : at + rng.choice((0, 1, 50))] = rng.randbytes(rng.choice((1, 5, 60)))
        path.write_bytes(damaged)
        done = run(path)
        for document in done.documents:
            assert isinstance(document, Document)
        intact = first // (len(damaged) // 8 + 60)
        assert len(done.documents) >= intact - 1


def test_a_bomb_of_a_record_costs_little(tmp_path: Path) -> None:
    head = record(b"", length=2_000_000_000).removesuffix(b"\r\n\r\n")
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = packer.compress(head + http(b"")) + b"".join(packer.compress(b"\0" * 10**6) for _ in range(100))
    (tmp_path / "a.warc.gz").write_bytes(bomb + packer.flush() + packed(page(1)))
    done = run(tmp_path / "a.warc.gz")
    assert urls(done) == ["1"]  # the record that says too much of itself does not swallow the next one
    assert done.gaps


# --- files ---------------------------------------------------------------------------------------------


def test_files_of_a_folder_and_no_link_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.warc.gz").write_bytes(packed(page(1)))
    (tmp_path / "in" / "deep" / "b.warc").write_bytes(page(2))
    (tmp_path / "in" / "c.txt").write_text("not an archive")
    (tmp_path / "secret.warc").write_bytes(page(3))
    (tmp_path / "in" / "link.warc").symlink_to(tmp_path / "secret.warc")
    os.mkfifo(tmp_path / "in" / "pipe.warc")
    done = run(tmp_path / "in")
    assert urls(done) == ["1", "2"]
    assert [gap.outcome for gap in done.gaps] == ["refused", "refused"]
    (tmp_path / "in" / "a.warc.gz").unlink()
    assert list(run(tmp_path / "in", done.state).state.cursor["files"]) == ["deep/b.warc"]  # type: ignore[call-overload]


def test_a_place_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        run(tmp_path / "nothing")
    assert caught.value.outcome == "gone"


def test_what_this_program_writes_it_reads(tmp_path: Path) -> None:
    first = one(tmp_path, page(1), record(HTML, "file:///in/a", kind="resource", content_type="text/html"))
    warcs = Warcs(tmp_path / "out", 10**9, "x")
    warcs.put(first.documents, NOW)
    warcs.close()
    again = run(tmp_path / "out")
    assert [(d.url, d.body) for d in again.documents] == [(d.url, d.body) for d in first.documents]
    assert [d.capture.at for d in again.documents if d.capture] == [THEN, THEN]
