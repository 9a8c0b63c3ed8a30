"""The `folder` kind: text, HTML, Markdown, PDF, mail and JSON files below a folder, with its subfolders.

Options: `max_bytes` (32 MiB a file). The cursor remembers modification time and size of each file read, so
only new and changed ones are read again. Files are read in a thread: a slow disk or network folder must not
hold up the deadlines of other sources.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from monitor.ingest.dates import parse_date
from monitor.ingest.decode import clean, decode
from monitor.ingest.entry import digest
from monitor.ingest.mail import read_mail, split_mbox
from monitor.ingest.request import MEBIBYTE, Get
from monitor.ingest.sources.checkpoints import Checkpoints
from monitor.ingest.sources.files import File, file_gap, find_files, shown
from monitor.ingest.sources.messages import mail_items
from monitor.ingest.sources.options import integer_option
from monitor.model import Document, Gap, Source, SourceState

_LARGE_CURSOR = 40  # checkpoints per pass over a folder, at most: the cursor of 10,000 files is large


@dataclass(frozen=True, slots=True)
class _Context:
    """What turns a file's content into documents besides the content."""

    source: Source
    now: datetime


Reader = Callable[[bytes, str, _Context], Iterator[Document | Gap]]


async def collect_folder(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read the new and changed files of a folder; see `sources.Collector`. `get` is not used.

    Raises SourceError (gone, permanent) when the folder is not there.
    """
    folder = Path(source.location).expanduser()
    max_bytes = integer_option(source, "max_bytes", 32 * MEBIBYTE)
    files, gaps = await asyncio.to_thread(find_files, source, folder, _is_read)
    for gap in gaps:
        yield gap
    old = _stamps(state)
    # Only files that are still there are remembered, so the cursor cannot grow for ever.
    seen = {file.name: file.stamp for file in files if old.get(file.name) == file.stamp}
    fresh = [file for file in files if file.name not in seen]
    checkpoints = Checkpoints(documents=max(25, len(files) // _LARGE_CURSOR))
    context = _Context(source, now)
    for file in fresh:
        items, read = await asyncio.to_thread(_read, file, max_bytes, context)
        for item in items:
            yield item
        if read:
            seen[file.name] = file.stamp
        if sum(checkpoints.add(item) for item in items):
            yield _state(state, seen)
    yield _state(state, seen)


def _stamps(state: SourceState) -> dict[str, tuple[int, int]]:
    files = state.cursor.get("files")
    if not isinstance(files, dict):
        return {}
    return {name: (stamp[0], stamp[1]) for name, stamp in files.items()}


def _state(state: SourceState, seen: dict[str, tuple[int, int]]) -> SourceState:
    return replace(state, cursor={"files": {name: list(stamp) for name, stamp in seen.items()}})


def _is_read(path: Path) -> bool:
    return path.suffix.lower() in READERS


# --- reading -----------------------------------------------------------------------------------------


def _read(file: File, max_bytes: int, context: _Context) -> tuple[list[Document | Gap], bool]:
    """Read one file; the second value is false when it is to be looked at again at the next check."""
    url = file.path.as_uri()
    if file.stamp[1] > max_bytes:
        message = f"{file.path} has {file.stamp[1]:,} bytes; {max_bytes:,} are read at most (`max_size`)"
        return [Gap(url, "too-large", message)], False
    try:
        with file.path.open("rb") as stream:
            body = stream.read(max_bytes + 1)
    except OSError as error:
        return [file_gap(file.path, error)], False
    if len(body) > max_bytes:  # it has grown since it was found
        return [Gap(url, "too-large", f"{shown(file.path)} has more than {max_bytes:,} bytes")], False
    return list(READERS[file.path.suffix.lower()](body, url, context)), True


def _read_text(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/plain", context)


def _read_pdf(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "application/pdf", context)


def _read_html(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/html", context)


def _read_markdown(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/markdown", context)


def _document(body: bytes, url: str, media_type: str, context: _Context) -> Document:
    source = context.source
    return Document(source.name, url, body, media_type, context.now, language=source.language)


def _read_mail(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    yield from mail_items(read_mail(body), url, context.source, context.now)


def _read_mbox(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    """Each message has its Message-ID for an address: an mbox is appended to, and cleared up."""
    names: set[str] = set()
    contents: set[str] = set()
    for raw in split_mbox(body):
        mail = read_mail(raw)
        content = digest(mail.id, mail.subject, mail.date, mail.body.strip())
        if mail.id and mail.id not in names:
            place, within = f"{url}#{quote(mail.id, safe='@')}", ""
        else:  # without a name, or with one that another message has
            place, within = f"{url}#text-{content}", url
        if content not in contents or mail.attached or mail.forwarded:
            yield from mail_items(mail, place, context.source, context.now, within=within)
        names.add(mail.id)
        contents.add(content)
    if not contents and body.strip():
        yield Gap(url, "parse-error", f"{url}: this is no mbox: no message begins with a “From ” line")


def _read_json(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    """One object, or a list of them."""
    try:
        parsed = json.loads(decode(body))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        yield Gap(f"{url}#{line}", "parse-error", f"{url}:{line}: not valid JSON: {error}")
        return
    if not isinstance(parsed, list):
        yield _item(parsed, url, url, context)
        return
    for number, item in enumerate(parsed, 1):
        yield _item(item, url, f"{url}: item {number}", context, number)


def _read_json_lines(body: bytes, url: str, context: _Context) -> Iterator[Document | Gap]:
    for number, line in enumerate(decode(body).split("\n"), 1):
        if not line.strip():
            continue
        try:
            parsed = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Gap(f"{url}#{number}", "parse-error", f"{url}:{number}: not valid JSON: {error}")
            continue
        yield _item(parsed, url, f"{url}:{number}", context, number)


def _item(
    item: object, file: str, where: str, context: _Context, number: int | None = None
) -> Document | Gap:
    """Make a document of one JSON object with `text`, `title`, `url` or `id`, `published_at`, `lang`.

    `number` is its place among several; without `url` and `id` such an item is named by its content, as the
    next file of that name may hold others there.
    """
    url = file if number is None else f"{file}#{number}"
    if not isinstance(item, dict):
        return Gap(
            url, "parse-error", f"{where}: an object with `text` is expected, not {type(item).__name__}"
        )
    text, title = item.get("text", ""), item.get("title", "")
    if not isinstance(text, str) or not isinstance(title, str) or not (text.strip() or title.strip()):
        return Gap(
            url, "parse-error", f"{where}: `text` and `title` must be strings, and one of them not empty"
        )
    address, named, within = item.get("url"), item.get("id"), ""
    if isinstance(address, str) and address.strip():
        url = clean(address).strip()
    elif isinstance(named, str | int) and str(named).strip():
        url = f"{file}#{clean(str(named)).strip()}"
    elif number is not None:
        url, within = f"{file}#text-{digest(title, text)}", file
    language = item.get("lang")
    return replace(
        _document(clean(text).encode("utf-8"), url, "text/plain", context),
        charset="utf-8",
        title=clean(title),
        published_at=parse_date(item.get("published_at"), context.now),
        language=language if isinstance(language, str) and language else context.source.language,
        within=within,
    )


READERS: dict[str, Reader] = {
    ".txt": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".md": _read_markdown,
    ".pdf": _read_pdf,
    ".eml": _read_mail,
    ".mbox": _read_mbox,
    ".json": _read_json,
    ".jsonl": _read_json_lines,
}
