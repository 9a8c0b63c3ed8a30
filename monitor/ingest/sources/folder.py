"""The `folder` kind: files below a folder, with its subfolders, each read by its kind (see `readers`).

Options: `max_bytes` (32 MiB a file). The cursor remembers modification time and size of each file read, so
only new and changed ones are read again. Files are read in a thread: a slow disk or network folder must not
hold up the deadlines of other sources.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.ingest.request import MEBIBYTE, Get
from monitor.ingest.sources.checkpoints import Checkpoints
from monitor.ingest.sources.files import File, file_gap, find_files, shown, unread_gaps
from monitor.ingest.sources.options import integer_option
from monitor.ingest.sources.readers import READERS, Context, kind_of, read_content
from monitor.model import Document, Gap, Source, SourceState

_LARGE_CURSOR = 40  # checkpoints per pass over a folder, at most: the cursor of 10,000 files is large
_BEGINNING = 4096  # bytes by which a file without an extension is known


async def collect_folder(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read the new and changed files of a folder; see `sources.Collector`. `get` is not used.

    A file of a kind that is not read is a gap. Raises SourceError (gone) when the folder is not there.
    """
    folder = Path(source.location).expanduser()
    max_bytes = integer_option(source, "max_bytes", 32 * MEBIBYTE)
    files, gaps = await asyncio.to_thread(find_files, source, folder, _may_be_read)
    for gap in gaps:
        yield gap
    old = _stamps(state)
    # Only files that are still there are remembered, so the cursor cannot grow for ever.
    seen = {file.name: file.stamp for file in files if old.get(file.name) == file.stamp}
    fresh = [file for file in files if file.name not in seen]
    checkpoints = Checkpoints(documents=max(25, len(files) // _LARGE_CURSOR))
    context = Context(source, now, max_bytes)
    unknown: list[str] = []
    for file in fresh:
        items, stamp = await asyncio.to_thread(_read, file, context)
        if items is None:
            unknown.append(file.name)
            continue
        for item in items:
            yield item
        if stamp is not None:
            seen[file.name] = stamp
        if sum(checkpoints.add(item) for item in items):
            yield _state(state, seen)
    for gap in unread_gaps(Path(os.path.realpath(folder)).as_uri(), {"": unknown} if unknown else {}):
        yield gap
    yield _state(state, seen)


def _stamps(state: SourceState) -> dict[str, tuple[int, int]]:
    files = state.cursor.get("files")
    if not isinstance(files, dict):
        return {}
    return {name: (stamp[0], stamp[1]) for name, stamp in files.items()}


def _state(state: SourceState, seen: dict[str, tuple[int, int]]) -> SourceState:
    return replace(state, cursor={"files": {name: list(stamp) for name, stamp in seen.items()}})


def _may_be_read(path: Path) -> bool:
    """A file without an extension is known by how it begins, and so is one of a Maildir."""
    return path.suffix.lower() in READERS or not path.suffix or path.name.partition(".")[0].isdecimal()


def _read(file: File, context: Context) -> tuple[list[Document | Gap] | None, tuple[int, int] | None]:
    """Read one file: what it gives (None for a kind that is not read) and the stamp that it was read with.

    Without a stamp it is looked at again at the next check.
    """
    url, max_bytes = file.path.as_uri(), context.max_bytes
    try:
        with file.open() as stream:
            found = os.fstat(stream.fileno())
            body = stream.read(max_bytes + 1) if found.st_size <= max_bytes else b""
    except OSError as error:
        return [file_gap(file.path, error)], None
    if found.st_size > max_bytes or len(body) > max_bytes:
        message = (
            f"{shown(file.path)} has {found.st_size:,} bytes; {max_bytes:,} are read at most (`max_size`)"
        )
        return [Gap(url, "too-large", message)], None
    kind = kind_of(file.path.name, body[:_BEGINNING])
    if not kind and body.strip():
        return None, None
    items = list(read_content(kind, body, url, context)) if kind else []
    return items, (found.st_mtime_ns, found.st_size)
