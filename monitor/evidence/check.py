"""Checking a bundle, offline: every difference from its manifest, in words. The bundle is not trusted.

A file is only opened when its name is one that this program gives, and never through a symbolic link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.evidence.case import FORMAT, FORMAT_VERSION, INDEX, MANIFEST, SUMS
from monitor.evidence.files import sums
from monitor.evidence.records import NoRecordError, check, cut
from monitor.model import stands_in

_NAME = re.compile(
    r"index\.html|alert-\d{1,12}/(?:text\.txt|gone-(?:\d{1,9}-)?\d{1,9}\.txt|body\.bin|record\.warc(?:\.gz)?)"
)
_LARGEST_MANIFEST = 64 * 1024 * 1024
_LARGEST_BUNDLE = 1024 * 1024 * 1024  # bytes of all files: they are held at once
_MOST_TOLD = 200  # files of a folder that are named as not belonging there


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: `differences` is empty for an intact bundle; `manifest` is its SHA-256."""

    alerts: int
    files: int
    manifest: str
    differences: tuple[str, ...]


def verify(folder: Path, expected: str = "") -> Checked:
    """Compare a bundle with its manifest, and the manifest with the SHA-256 `expected`, if one is given.

    Raises MonitorError when there is no bundle at all.
    """
    raw = _manifest_bytes(folder)
    digest = hashlib.sha256(raw).hexdigest()
    found = list(_differs_from(digest, expected))
    try:
        manifest = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MonitorError(f"{folder / MANIFEST} is no JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise MonitorError(f"{folder} holds no bundle of evidence: its {MANIFEST} is another program's")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise MonitorError(f"{folder} was made by a newer version of substance-monitor; take that one")
    listed = _listed(manifest)
    contents: dict[str, bytes] = {MANIFEST: raw}
    found += _files(folder, listed, contents)
    found += _strangers(folder, listed)
    found += _sums(folder, contents, set(listed) <= set(contents))
    alerts = manifest.get("alerts")
    for alert in alerts if isinstance(alerts, list) else []:
        found += _alert(alert, contents)
    return Checked(len(alerts) if isinstance(alerts, list) else 0, len(listed), digest, tuple(found))


# --- files -------------------------------------------------------------------------------------------


def _manifest_bytes(folder: Path) -> bytes:
    try:
        return _read(folder, MANIFEST, _LARGEST_MANIFEST)
    except _UnreadableError as error:
        raise MonitorError(f"{folder} holds no bundle of evidence: {MANIFEST} {error}") from error


def _differs_from(digest: str, expected: str) -> Iterator[str]:
    if expected and digest != expected.strip().lower():
        yield f"{MANIFEST}: its SHA-256 is {digest}, not {expected}: the whole bundle may be another one"


def _listed(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    files = manifest.get("files")
    rows = files if isinstance(files, list) else []
    return {str(row.get("name")): row for row in rows if isinstance(row, dict)}


Rows = Mapping[str, Mapping[str, Any]]


def _files(folder: Path, listed: Rows, contents: dict[str, bytes]) -> Iterator[str]:
    """Read every listed file into `contents` and tell what is wrong with it."""
    left = _LARGEST_BUNDLE
    if INDEX not in listed:
        yield f"{MANIFEST}: it lists no {INDEX}"
    for name, row in sorted(listed.items()):
        if not _NAME.fullmatch(name):
            yield f"{_told(name)}: no file of a bundle has this name; not opened"
            continue
        try:
            content = _read(folder, name, left)
        except _UnreadableError as error:
            yield f"{name}: {error}"
            continue
        contents[name] = content
        left -= len(content)
        if len(content) != row.get("size"):
            yield f"{name}: {len(content):,} bytes, the manifest says {_told(row.get('size'))}"
        elif hashlib.sha256(content).hexdigest() != row.get("sha256"):
            yield f"{name}: it was changed; its SHA-256 is {hashlib.sha256(content).hexdigest()}"


class _UnreadableError(Exception):
    """Why a file of the bundle cannot be read."""


def _read(folder: Path, name: str, most: int) -> bytes:
    """Read a file of the bundle; no part of its path below the folder may be a link."""
    path = folder
    for part in name.split("/"):
        path = path / part
        if path.is_symlink():
            raise _UnreadableError("it is a symbolic link; not followed")
    try:
        # A pipe in its place would wait for ever, a link put there meanwhile would lead outside.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as stream:  # noqa: PTH123 - it is open already
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise _UnreadableError("it is no ordinary file")
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise _UnreadableError("it is missing") from None
    except OSError as error:
        raise _UnreadableError(f"it cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise _UnreadableError(f"it has more than the {most:,} bytes that are left to read; not checked")
    return content


def _strangers(folder: Path, listed: Mapping[str, object]) -> Iterator[str]:
    """What is in the folder and does not belong there; links are not followed."""
    belonging = {*listed, MANIFEST, SUMS}
    told = 0
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*links, *names):
            inside = Path(place, name).relative_to(folder).as_posix()
            if inside not in belonging:
                told += 1
                if told > _MOST_TOLD:
                    yield "and more files that are not in the manifest"
                    return
                yield f"{_told(inside)}: not in the manifest"


def _sums(folder: Path, contents: Mapping[str, bytes], whole: bool) -> Iterator[str]:
    try:
        written = _read(folder, SUMS, _LARGEST_MANIFEST)
    except _UnreadableError as error:
        yield f"{SUMS}: {error}"
        return
    if whole and written != sums(contents):
        yield f"{SUMS}: it does not fit the files"


def _told(value: object) -> str:
    """A word of the bundle for a message: short, on one line, nothing invisible in it."""
    return ascii(value)[:200] if not isinstance(value, int) else str(value)


# --- what the manifest says of itself ----------------------------------------------------------------


def _alert(alert: Any, contents: Mapping[str, bytes]) -> Iterator[str]:
    """Do the parts of one alert fit each other: text and offsets, bytes and hashes, record and id?"""
    if not isinstance(alert, dict):
        yield f"{MANIFEST}: an alert in it is none"
        return
    where = f"alert {_told(alert.get('alert'))}"
    text = _part(alert, "text", contents)
    if text is not None:
        if hashlib.sha256(text).hexdigest() != _at(alert, "text", "sha256"):
            yield f"{where}: text.txt is not the text that was recorded (its SHA-256 is another)"
        yield from _passages(where, alert, _decoded(text))
    rows = alert.get("disappeared")
    for gone in rows if isinstance(rows, list) else []:
        yield from _disappeared(where, {"gone": gone}, contents)
    body = _part(alert, "body", contents)
    if body is not None and hashlib.sha256(body).hexdigest() != _at(alert, "body", "sha256"):
        yield f"{where}: body.bin is not what was captured (its SHA-256 is another)"
    record = _part(alert, "warc", contents)
    if record is not None:
        try:
            check(cut(record)[1], str(_at(alert, "warc", "record")))
        except NoRecordError as error:
            yield f"{where}: {error}"


def _disappeared(where: str, gone: Mapping[str, Any], contents: Mapping[str, bytes]) -> Iterator[str]:
    text = _part(gone, "gone", contents)
    if text is None:
        return
    if hashlib.sha256(text).hexdigest() != _at(gone, "gone", "sha256"):
        yield f"{where}: the text without a name is not the one that was recorded (its SHA-256 is another)"
    surface = _at(gone, "gone", "surface")
    if not isinstance(surface, str) or stands_in(surface, _decoded(text)):
        yield f"{where}: {_told(surface)} is in the text that it is said to have disappeared from"


def _decoded(text: bytes) -> str:
    """The text as it was written; what was never written by us still decodes to something to compare."""
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace")


def _passages(where: str, alert: Mapping[str, Any], text: str) -> Iterator[str]:
    for kind, field in (("mentions", "surface"), ("snippets", "text")):
        rows = alert.get(kind)
        for row in rows if isinstance(rows, list) else []:
            start, stop = (row.get("start"), row.get("stop")) if isinstance(row, dict) else (None, None)
            if not isinstance(start, int) or not isinstance(stop, int) or start < 0:
                yield f"{where}: one of its {kind} has no place in the text"
            elif text[start:stop] != row.get(field):
                yield f"{where}: the text at {start}–{stop} is not what its {kind} say"


def _part(alert: Mapping[str, Any], name: str, contents: Mapping[str, bytes]) -> bytes | None:
    file = _at(alert, name, "file")
    return contents.get(file) if isinstance(file, str) else None


def _at(alert: Mapping[str, Any], *path: str) -> object:
    value: object = alert
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
