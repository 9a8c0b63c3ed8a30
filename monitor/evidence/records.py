"""One record of a WARC file, cut out as it stands there: no library is needed for it, and none is trusted."""

from __future__ import annotations

import hashlib
import re
import zlib
from pathlib import Path, PurePosixPath

from monitor.model import WarcPlace

_MOST_BYTES = 64 * 1024 * 1024  # of one record, packed or not
_GZIP = b"\x1f\x8b"
_HEADER = re.compile(rb"^([\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)


class NoRecordError(ValueError):
    """There is no such record; the message says why."""


def find_record(folder: Path, place: WarcPlace) -> tuple[bytes | None, str]:
    """Cut out the record at `place` in a file of `folder`: its bytes, or None and why there are none."""
    try:
        name = PurePosixPath(place.file)
        if name.is_absolute() or ".." in name.parts:
            raise NoRecordError(f"{place.file} is no name of a file in {folder}")
        raw = _read(folder / name, place.offset)
        record, plain = cut(raw)
        check(plain, place.record)
    except NoRecordError as error:
        return None, str(error)
    except OSError as error:
        return None, f"the WARC file {place.file} could not be read: {error.strerror}"
    return record, ""


def cut(raw: bytes) -> tuple[bytes, bytes]:
    """The first record in `raw` as it stands there, and unpacked. Raises NoRecordError."""
    if raw.startswith(_GZIP):
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            plain = stream.decompress(raw, _MOST_BYTES)
        except zlib.error as error:
            raise NoRecordError(f"the WARC record is damaged: {error}") from error
        if not stream.eof:
            raise NoRecordError("the WARC record is cut off, or too large for a bundle")
        return raw[: len(raw) - len(stream.unused_data)], plain
    head, gap, rest = raw.partition(b"\r\n\r\n")
    length = headers(head).get("content-length", "")
    if not head.startswith(b"WARC/") or not gap or not length.isdecimal() or len(length) > 12:
        raise NoRecordError("there is no WARC record at this place of the file")
    if int(length) > len(rest):
        raise NoRecordError("the WARC record is cut off, or too large for a bundle")
    record = head + gap + rest[: int(length)] + b"\r\n\r\n"
    return record, record


def check(plain: bytes, record: str) -> None:
    """Raise NoRecordError unless this is the record of that id, whole and as it was digested."""
    head, _, rest = plain.partition(b"\r\n\r\n")
    named = headers(head)
    if not head.startswith(b"WARC/") or named.get("warc-record-id", "").strip("<>") != record.strip("<>"):
        raise NoRecordError(f"another record than {record} is at this place of the file")
    length = named.get("content-length", "")
    if not length.isdecimal() or int(length[:12]) > len(rest):
        raise NoRecordError("the WARC record is shorter than it says")
    block = rest[: int(length)]
    for name, content in (("warc-block-digest", block), ("warc-payload-digest", payload(named, block))):
        kind, _, digest = named.get(name, "").partition(":")
        if kind == "sha256" and hashlib.sha256(content).hexdigest() != digest:
            raise NoRecordError(f"the WARC record was changed: its {name} does not fit")


def payload(named: dict[str, str], block: bytes) -> bytes:
    """What a record holds: without the HTTP headers of a response."""
    return block.partition(b"\r\n\r\n")[2] if named.get("warc-type") == "response" else block


def headers(head: bytes) -> dict[str, str]:
    """Name (in lower case) -> value; the first of several."""
    found: dict[str, str] = {}
    for name, value in _HEADER.findall(head[:65_536].replace(b"\r\n", b"\n")):
        found.setdefault(name.decode().lower(), value.decode("utf-8", "replace"))
    return found


def _read(path: Path, offset: int) -> bytes:
    if not path.is_file():
        raise NoRecordError(f"the WARC file {path.name} is not there any more")
    with path.open("rb") as stream:
        stream.seek(max(offset, 0))
        return stream.read(_MOST_BYTES)
