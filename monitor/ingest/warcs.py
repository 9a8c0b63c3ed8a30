"""Writing what articles are made of to WARC files: each record is on the disk before its article is recorded.

Answers of the web become `response` records. Their bodies are as they were after decompression, so a record's
payload has the very SHA-256 that the database keeps; what the headers said of the transfer stands under
`x-crawler-` names, as Common Crawl does it. Entries of feeds, and files, become `resource` records. Every
record is a gzip member of its own (WARC 1.1, annex D).
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import FileIO
from pathlib import Path

from monitor.errors import SourceError
from monitor.model import Capture, Document, WarcPlace

PACKING = 3  # of gzip: a few percent more bytes than with 6, in half the time
INSTALL = "install substance-monitor[warc] for WARC files"
_LONGEST_USE = timedelta(days=1)  # of one file, so that one past its retention is never written to any more
_NAME = re.compile(r"substance-monitor-\d{8}T\d{6}Z-\d+-\d{5}\.warc\.gz")
_TRANSFER = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def missing() -> str:
    """What to install before WARC files can be read or written, "" when nothing is missing."""
    try:
        import fastwarc.warc  # noqa: F401
    except ImportError:
        return INSTALL
    return ""


@dataclass
class _File:
    """The file that is written to; `size` is up to where it is whole."""

    path: Path
    stream: FileIO
    opened: datetime
    size: int = 0

    def write(self, record: bytes) -> None:
        """Add a whole record. Raises OSError, and then `size` is still that of what was whole before."""
        rest = memoryview(record)
        while rest:
            rest = rest[self.stream.write(rest) or 0 :]
        self.size += len(record)


class Warcs:
    """A folder of WARC files. One thread at a time; several programs may share the folder.

    A file is closed at `max_bytes`, or after a day, and the next one begun.
    """

    def __init__(
        self, folder: Path, max_bytes: int, program: str, new_id: Callable[[], uuid.UUID] = uuid.uuid4
    ) -> None:
        self.folder = folder
        self._max_bytes, self._program, self._new_id = max_bytes, program, new_id
        self._file: _File | None = None
        self._serial = 0

    @property
    def location(self) -> str:
        """Where a gap says that something could not be written."""
        return self.folder.absolute().as_uri()

    def put(self, documents: Sequence[Document], now: datetime) -> list[WarcPlace]:
        """Write the documents, and come back when they are on the disk; one place each.

        Raises SourceError when they cannot be written; whole records of some may be there nevertheless.
        """
        try:
            places = [self._append(document, now) for document in documents]
            if self._file is not None:
                _sync(self._file.stream)
        except OSError as error:
            self._give_up()
            message = f"the WARC record could not be written to {self.folder}: {error.strerror}"
            raise SourceError(message, outcome="error") from error
        return places

    def close(self) -> None:
        """Close the file in use; the next record begins a new one."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.stream.close()
            self._file = None

    def _append(self, document: Document, now: datetime) -> WarcPlace:
        file = self._ready(now)
        record, packed = self._packed(_headers(document), _block(document))
        place = WarcPlace(file.path.name, file.size, len(packed), record)
        file.write(packed)
        return place

    def _ready(self, now: datetime) -> _File:
        """The file to write to: the one in use, unless it is full or old."""
        file = self._file
        if file is not None and file.size < self._max_bytes and now - file.opened < _LONGEST_USE:
            return file
        if file is not None:
            _sync(file.stream)
            self.close()
        self._file = self._open(now)
        info = f"software: {self._program}\r\nformat: WARC File Format 1.1\r\n".encode()
        headers = {
            "WARC-Type": "warcinfo",
            "WARC-Date": _date(now),
            "WARC-Filename": self._file.path.name,
            "Content-Type": "application/warc-fields",
        }
        packed = self._packed(headers, info)[1]
        self._file.write(packed)
        return self._file

    def _open(self, now: datetime) -> _File:
        """A file that was not there; its name is in the folder for good before anything is in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:
            self._serial += 1
            stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
            path = self.folder / f"substance-monitor-{stamp}-{os.getpid()}-{self._serial:05}.warc.gz"
            try:
                stream = path.open("xb", buffering=0)
            except FileExistsError:
                continue
            _sync_folder(self.folder)
            return _File(path, stream, now)

    def _packed(self, headers: Mapping[str, str], block: bytes) -> tuple[str, bytes]:
        """Id and bytes of one record."""
        from fastwarc.warc import WarcRecord

        named = f"urn:uuid:{self._new_id()}"
        record = WarcRecord()
        record.headers.status_line = "WARC/1.1"
        record.headers.append("WARC-Record-ID", f"<{named}>")
        for name, value in headers.items():
            record.headers.append(name, _line(value))
        record.headers.append("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}")
        record.set_bytes_content(block)
        plain = io.BytesIO()
        record.write(plain)
        return named, gzip.compress(plain.getvalue(), PACKING, mtime=0)

    def _give_up(self) -> None:
        """Take back what was written of a torn record; the next one is in another file."""
        file, self._file = self._file, None
        if file is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(file.stream.fileno(), file.size)
        with contextlib.suppress(OSError):
            file.stream.close()
        if file.size == 0:
            with contextlib.suppress(OSError):
                file.path.unlink()


def expire(folder: Path, before: datetime) -> int:
    """Remove the files of this program whose newest record is older than that; how many.

    None of them is written to any more: a file is in use for a day at most, and retention counts days.
    """
    count = 0
    with contextlib.suppress(OSError):  # a folder that is not there has nothing to forget
        for path in folder.iterdir():
            if _NAME.fullmatch(path.name) and _written(path) < before:
                path.unlink()
                count += 1
    return count


def _headers(document: Document) -> dict[str, str]:
    capture = document.capture or Capture(document.fetched_at)
    is_answer = bool(capture.hops) and not capture.part
    digest = f"sha256:{document.sha256}"
    return {
        "WARC-Type": "response" if is_answer else "resource",
        "WARC-Date": _date(capture.at),
        "WARC-Target-URI": capture.hops[-1].url if is_answer else document.url,
        "WARC-Payload-Digest": digest,
        "Content-Type": "application/http;msgtype=response"
        if is_answer
        else document.media_type or "text/plain",
    }


def _block(document: Document) -> bytes:
    capture = document.capture
    if capture is None or not capture.hops or capture.part:
        return document.body
    status = capture.hops[-1].status
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    lines = [f"HTTP/1.1 {status} {phrase}".rstrip(), *_http_lines(capture, len(document.body))]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + document.body


def _http_lines(capture: Capture, length: int) -> Iterator[str]:
    for name, value in capture.headers.items():
        if _TOKEN.fullmatch(name):
            shown = f"x-crawler-{name}" if name.lower() in _TRANSFER else name
            yield f"{shown}: {_line(value)}"
    yield f"content-length: {length}"


def _line(value: str) -> str:
    """A header's value on one line, whatever is in it."""
    return _CONTROL.sub(" ", value).strip()


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _sync(stream: FileIO) -> None:
    os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every system opens folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
