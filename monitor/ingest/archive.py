"""Records of WARC files, by FastWARC: bounded in memory, over damage, and from any place on. Only reads.

A file is hostile like everything from outside: a record says how long it is before it is unpacked, and one
that says too much is passed over; behind a damaged place the next record is looked for.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from monitor.errors import SourceError
from monitor.ingest.inflate import check_complete, decoders, inflate
from monitor.ingest.regular_file import open_regular
from monitor.ingest.request import Response, parse_content_type

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

MOST_DAMAGES = 200  # places of one file, after which the rest of it is given up
KINDS = ("response", "resource", "conversion")
_HTTP_HEAD = 65_536  # bytes of HTTP headers beside the body
_BLOCK = 1024 * 1024  # bytes that are searched at once
_GZIP = b"\x1f\x8b\x08"
_LINE = b"\nWARC/"
_GAP = b"\r\n\r\n"  # after the headers of a record, and after its block
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """One record as it stands in its file at byte `offset`. `cut`: its block is longer than what is here."""

    offset: int
    kind: str
    id: str
    url: str
    at: datetime | None
    content_type: str
    block: bytes
    cut: bool = False
    truncated: bool = False  # by the program that wrote it


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place of a file from which on nothing could be read, up to the next record that could."""

    offset: int
    message: str


def read_records(path: Path, start: int, max_bytes: int) -> Iterator[ArchiveRecord | Trouble | int]:
    """Yield the records of `KINDS` from byte `start` on, and the places that cannot be read.

    A number is a place in the file before which everything was given: reading may go on from there. None is
    given in a file that is packed as a whole. Raises OSError when the file itself cannot be read.
    """
    with open_regular(path) as stream, open_regular(path) as probe:
        packed = probe.read(2) == _GZIP[:2]
        place: int | None = start
        for _ in range(MOST_DAMAGES):
            if place is None:
                return
            rest = yield from _stretch(stream, probe, place, max_bytes)
            place = None if rest is None else _next_start(probe, rest, packed)
        if place is not None:
            yield Trouble(place, f"more than {MOST_DAMAGES} damaged places; the rest of the file is not read")


def _stretch(
    stream: BinaryIO, probe: BinaryIO, start: int, max_bytes: int
) -> Generator[ArchiveRecord | Trouble | int, None, int | None]:
    """Yield records up to the first damage; from where to look for the next one, None at the end."""
    from fastwarc.warc import ArchiveIterator

    stream.seek(start)
    records = iter(ArchiveIterator(stream, parse_http=False, fsspec_args=False))
    last, begun, sure = start, False, True
    while True:
        try:
            record = next(records, None)
        except OSError as error:
            return (yield from _damage(probe, last, begun and sure, error))
        if record is None:
            return (yield from _ending(probe, last, sure))
        begun, sure = True, _begins_record(probe, record.stream_pos)
        if sure and record.stream_pos > last:
            last = record.stream_pos
            yield last
        try:
            found = _read(record, last, max_bytes)
        except OSError as error:
            return (yield from _damage(probe, last, False, error))
        if found is not None:
            yield found
        if isinstance(found, Trouble):
            return last + 1


def _damage(probe: BinaryIO, last: int, after: bool, error: OSError) -> Generator[Trouble | int, None, int]:
    """Report a damaged place; one `after` the record that begins at `last`, if that is whole."""
    if error.errno is not None:  # the disk, not the record
        raise error
    end = _end_of(probe, last) if after else None
    if end is not None:
        yield end
    place = last if end is None else end
    yield Trouble(place, f"the WARC file is damaged: {error}")
    return place + 1


def _ending(
    probe: BinaryIO, last: int, sure: bool
) -> Generator[ArchiveRecord | Trouble | int, None, int | None]:
    """Look whether the file really ends after its last record: FastWARC does not report a cut."""
    end = _end_of(probe, last)
    if end is None:
        yield Trouble(last, "the WARC file is cut off, or damaged, in this record")
        return last + 1
    probe.seek(end)
    rest = probe.read(_BLOCK)
    if rest.strip(b"\r\n\0"):
        yield Trouble(end, "what follows here is no WARC record")
        return end
    if sure:
        yield end + len(rest)
    return None


def _end_of(probe: BinaryIO, place: int) -> int | None:
    """Where the record (or the packed file) at `place` ends; None when it is cut off. Keeps nothing."""
    probe.seek(place)
    start = probe.read(_BLOCK)
    if not start:
        return place  # an empty file, or a record that would begin at its end
    if not start.startswith(_GZIP):
        return _plain_end(probe, place, start)
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    piece = start
    try:
        while piece:
            stream.decompress(piece, _BLOCK)
            while stream.unconsumed_tail and not stream.eof:
                stream.decompress(stream.unconsumed_tail, _BLOCK)
            if stream.eof:
                return probe.tell() - len(stream.unused_data)
            piece = probe.read(_BLOCK)
    except zlib.error:
        return None
    return None


def _plain_end(probe: BinaryIO, place: int, start: bytes) -> int | None:
    """The same for a record that is not packed and begins with the bytes `start`."""
    head, gap, _ = start.partition(_GAP)
    length = _LENGTH.search(head)
    if not gap or length is None:
        return None
    end = place + len(head) + len(gap) + int(length[1])
    if end > probe.seek(0, 2):
        return None
    probe.seek(end)
    return end + len(_GAP) if probe.read(len(_GAP)) == _GAP else end


def _read(record: WarcRecord, offset: int, max_bytes: int) -> ArchiveRecord | Trouble | None:
    """Take one record as a value; None for a kind that holds no document. Raises OSError for damage."""
    kind = (record.headers.get("WARC-Type") or "").lower()
    if kind not in KINDS:
        return None
    most = max_bytes + _HTTP_HEAD
    length = record.content_length
    cut = length > most
    block = _take(record, _HTTP_HEAD if cut else length)
    if not cut and len(block) < length:
        return Trouble(offset, f"the WARC record is cut off: {len(block):,} of {length:,} bytes")
    headers = record.headers
    return ArchiveRecord(
        offset=offset,
        kind=kind,
        id=(record.record_id or "").strip("<>")[:200],
        url=(headers.get("WARC-Target-URI") or "").strip("<> \t"),
        at=_date(record),
        content_type=headers.get("Content-Type") or "",
        block=block,
        cut=cut,
        truncated=headers.get("WARC-Truncated") is not None,
    )


def _take(record: WarcRecord, size: int) -> bytes:
    block = bytearray()
    while len(block) < size:
        piece = record.reader.read(size - len(block))
        if not piece:
            break
        block += piece
    return bytes(block)


def _date(record: WarcRecord) -> datetime | None:
    try:
        at: datetime | None = record.record_date
    except (ValueError, OverflowError):
        return None
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _begins_record(probe: BinaryIO, place: int) -> bool:
    """Does a record begin here? Of a file that is packed as a whole FastWARC gives inner offsets."""
    probe.seek(place)
    return probe.read(5).startswith((_GZIP, b"WARC/"))


def _next_start(probe: BinaryIO, place: int, packed: bool) -> int | None:
    """The next place at or after `place` where a record may begin."""
    if _begins_record(probe, place):
        return place
    wanted = _GZIP if packed else _LINE
    probe.seek(place)
    before = b""
    while block := probe.read(_BLOCK):
        window = before + block
        found = window.find(wanted)
        if found >= 0:
            return place - len(before) + found + (0 if packed else 1)
        before = window[-(len(wanted) - 1) :]
        place += len(block)
    return None


# --- what is in a record -------------------------------------------------------------------------------


def http_answer(record: ArchiveRecord, max_bytes: int) -> Response | None:
    """The HTTP answer in a response record, unpacked; None when it is none.

    Raises SourceError: too-large, or parse-error for damaged compression.
    """
    head, gap, body = record.block.partition(_GAP)
    if not gap:
        head, _, body = record.block.partition(b"\n\n")
    status = _STATUS.match(head)
    if status is None:
        return None
    headers = _http_headers(head)
    media_type, charset = parse_content_type(headers.get("content-type", ""))
    if record.cut:
        body = b""
    elif int(status[1]) == 200:
        body = _plain(body, headers, max_bytes, record.url)
    return Response(
        url=record.url,
        status=int(status[1]),
        headers=headers,
        body=body,
        media_type=media_type,
        charset=charset,
        received_at=record.at,
    )


def _http_headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.splitlines()[1:500]:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.setdefault(
                name.strip().decode("latin-1").lower(), value.strip().decode("utf-8", "replace")
            )
    return headers


def _plain(body: bytes, headers: dict[str, str], max_bytes: int, url: str) -> bytes:
    """The body without its codings. Many programs write it plain and leave the headers as they were."""
    if "chunked" in headers.get("transfer-encoding", "").lower() and _CHUNK.match(body):
        body = _joined(body)
    coding = headers.get("content-encoding", "")
    if not coding or not _is_packed(body, coding):
        plain = body
    else:
        stages = decoders(coding)
        pieces = bytearray()
        for piece in inflate(stages, body):
            pieces += piece
            if len(pieces) > max_bytes:
                break
        else:
            check_complete(stages)
        plain = bytes(pieces)
    if len(plain) > max_bytes:
        raise SourceError(f"{url} is larger than {max_bytes:,} bytes", outcome="too-large")
    return plain


def _is_packed(body: bytes, coding: str) -> bool:
    """Gzip says so itself; of the others, what is no text is taken for packed."""
    if "gzip" in coding.lower():
        return body.startswith(_GZIP[:2])
    return body.lstrip()[:1] not in (b"<", b"{", b"") and not body.startswith(b"%PDF-")


def _joined(body: bytes) -> bytes:
    """The chunks of a body put together, as far as they go."""
    pieces, at = bytearray(), 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            break
        pieces += body[match.end() : match.end() + size]
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return bytes(pieces)
