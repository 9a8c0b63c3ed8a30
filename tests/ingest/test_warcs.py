"""WARC files: what another program reads in them, what a crash and a full disk leave of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.ingest.warcs import Warcs, expire, missing
from monitor.model import Capture, Document, Hop

if missing():
    pytest.skip(missing(), allow_module_level=True)

from fastwarc.warc import ArchiveIterator, WarcRecordType

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BODY = "<p>Grüße</p>".encode()
HEADERS = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip", "content-length": "31"}


def document(
    body: bytes = BODY, capture: Capture | None = None, url: str = "https://e.example/a"
) -> Document:
    asked = (Hop("https://e.example/go", 302), Hop(url, 200))
    made = capture or Capture(NOW, asked, HEADERS)
    return Document("s", url, body, "text/html", NOW, "utf-8", capture=made)


def read(path: Path) -> list[tuple[WarcRecordType, dict[str, str], bytes]]:
    """Type, headers and block of every record, as FastWARC reads them."""
    found = []
    for record in ArchiveIterator(str(path), parse_http=False, fsspec_args=False):
        headers = {name.lower(): value for name, value in record.headers.items()}
        found.append((record.record_type, headers, record.reader.read()))
    return found


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_an_answer_is_a_response_and_its_payload_what_the_text_was_made_of(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path / "new" / "folder", 10**9, "substance-monitor 1")
    (place,) = warcs.put([document()], NOW)
    warcs.close()
    path = only(warcs.folder)
    assert path.name == place.file == f"substance-monitor-20261122T120000Z-{os.getpid()}-00001.warc.gz"
    (kind, info, _), (_, headers, block) = read(path)
    assert (kind, info["warc-filename"]) == (WarcRecordType.warcinfo, path.name)
    assert headers["warc-type"] == "response"
    assert headers["warc-record-id"] == f"<{place.record}>"
    assert (headers["warc-target-uri"], headers["warc-date"]) == (
        "https://e.example/a",
        "2026-11-22T12:00:00Z",
    )
    head, _, payload = block.partition(b"\r\n\r\n")
    assert payload == BODY
    assert headers["warc-payload-digest"] == f"sha256:{document().sha256}"
    assert headers["warc-block-digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
    assert head.decode().split("\r\n") == [
        "HTTP/1.1 200 OK",
        "content-type: text/html; charset=utf-8",
        "x-crawler-content-encoding: gzip",
        "x-crawler-content-length: 31",
        f"content-length: {len(BODY)}",
    ]


@pytest.mark.parametrize(
    "capture", [Capture(NOW), Capture(NOW, (Hop("https://e.example/feed", 200),), part=True)]
)
def test_files_and_entries_are_resources(tmp_path: Path, capture: Capture) -> None:
    warcs = Warcs(tmp_path, 10**9, "x")
    warcs.put([document(capture=capture)], NOW)
    warcs.close()
    _, (kind, headers, block) = read(only(tmp_path))
    assert (kind, headers["content-type"], block) == (WarcRecordType.resource, "text/html", BODY)
    assert headers["warc-target-uri"] == "https://e.example/a"


def test_each_record_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path, 10**9, "x")
    places = [place for n in range(5) for place in warcs.put([document(b"%d" % n)] * 2, NOW)]
    warcs.close()
    whole = only(tmp_path).read_bytes()
    assert places[-1].offset + places[-1].length == len(whole)
    for n, place in enumerate(places):
        member = tmp_path / "one.warc.gz"
        member.write_bytes(whole[place.offset : place.offset + place.length])
        ((_, headers, block),) = read(member)
        assert headers["warc-record-id"] == f"<{place.record}>"
        assert block.endswith(b"\r\n\r\n%d" % (n // 2))
    assert len({place.record for place in places}) == 10


HOSTILE = "x\r\nWARC-Type: warcinfo\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>\0\udcff"


def test_nobody_outside_writes_headers_of_ours(tmp_path: Path) -> None:
    headers = {"server": HOSTILE, HOSTILE: "x", "content-length": HOSTILE}
    made = document(capture=Capture(NOW, (Hop(f"https://e.example/{HOSTILE}", 200),), headers))
    warcs = Warcs(tmp_path, 10**9, "x")
    warcs.put([made, document(capture=Capture(NOW), url=HOSTILE), document()], NOW)
    warcs.close()
    kinds = [headers["warc-type"] for _, headers, _ in read(only(tmp_path))]
    assert kinds == ["warcinfo", "response", "resource", "response"]
    _, _, block = read(only(tmp_path))[1]
    assert block.partition(b"\r\n\r\n")[2] == BODY


def test_a_full_or_old_file_is_followed_by_another(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path, 3000, "x")
    places = [warcs.put([document(os.urandom(1000))], NOW)[0] for _ in range(6)]
    names = list(dict.fromkeys(place.file for place in places))
    assert 2 <= len(names) <= 4
    assert sorted(names) == names
    (later,) = warcs.put([document()], NOW + timedelta(days=1))
    assert later.file not in names
    assert "20261123T120000Z" in later.file
    warcs.close()
    assert sum(len(read(path)) - 1 for path in tmp_path.iterdir()) == 7


def test_two_programs_share_a_folder(tmp_path: Path) -> None:
    one, two = Warcs(tmp_path, 10**9, "x"), Warcs(tmp_path, 10**9, "x")  # the same process: the same names
    files = {one.put([document()], NOW)[0].file, two.put([document()], NOW)[0].file}
    assert len(files) == 2
    one.close()
    two.close()


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The system refuses to write more to a file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_is_told_and_leaves_whole_records(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path, 10**9, "x")
    (first,) = warcs.put([document()], NOW)
    with files_no_larger_than(first.offset + first.length + 500):
        with pytest.raises(SourceError, match="could not be written") as caught:
            warcs.put([document(os.urandom(100_000))], NOW)
        assert not caught.value.permanent
    assert (tmp_path / first.file).stat().st_size == first.offset + first.length
    (second,) = warcs.put([document()], NOW)
    assert second.file != first.file
    warcs.close()
    assert [len(read(path)) for path in sorted(tmp_path.iterdir())] == [2, 2]


def test_a_file_that_could_not_even_begin_is_not_left(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path, 10**9, "x")
    with files_no_larger_than(10), pytest.raises(SourceError):
        warcs.put([document()], NOW)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="could not be written"):
        Warcs(tmp_path / "file", 10**9, "x").put([document()], NOW)


def test_only_old_files_of_ours_are_forgotten(tmp_path: Path) -> None:
    warcs = Warcs(tmp_path, 10**9, "x")
    (place,) = warcs.put([document()], NOW)
    warcs.close()
    (tmp_path / "crawl.warc.gz").write_bytes(b"somebody else's")
    for path in tmp_path.iterdir():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert expire(tmp_path, NOW) == 0
    assert expire(tmp_path, NOW + timedelta(seconds=1)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["crawl.warc.gz"]
    assert expire(tmp_path / "gone", NOW) == 0
    assert place.file != "crawl.warc.gz"
