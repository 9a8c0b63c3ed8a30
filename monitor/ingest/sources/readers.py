"""What the content of a file gives as articles, by its kind: text, page, mail, items, table, archive ...

A kind is known by the file's extension; a file without one by how it begins. Pure.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.decode import clean, decode, is_binary
from monitor.ingest.entry import digest
from monitor.ingest.mail import Mail, looks_like_mail, read_mail
from monitor.ingest.mail_text import split_mbox
from monitor.ingest.office import Sheet, check_archive, is_bomb, read_csv, read_docx, read_xlsx
from monitor.ingest.sources.files import unread_gaps
from monitor.ingest.sources.tables import as_text, items
from monitor.model import Document, Gap, Source

_DEPTH = 2  # archives within archives
_BEGINNING = 4096  # bytes by which a file without an extension is known
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Context:
    """What turns a file's content into documents besides the content; `depth`: archives that it is in."""

    source: Source
    now: datetime
    max_bytes: int
    depth: int = 0


Reader = Callable[[bytes, str, Context], Iterator[Document | Gap]]


def kind_of(name: str, beginning: bytes = b"") -> str:
    """The extension by which a file is read, from its name or how it begins; "" where it is not read."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in READERS:
        return suffix
    # A mailbox in many files (Maildir) names them by the time, the host and flags: 17.M2P3.host:2,S
    if suffix and not (re.fullmatch(r"\d{9,}\..*", name.rpartition("/")[2])):
        return ""
    known = next((kind for begins_so, kind in _BEGINNINGS if begins_so(beginning)), "")
    if known or suffix or (b"\0" in beginning and not beginning.startswith(_UTF_16)):
        return known
    text = decode(beginning)
    return ".txt" if text.strip() and not is_binary(text) else ""


def _is_packed(part: bytes) -> Callable[[bytes], bool]:
    return lambda beginning: beginning.startswith(b"PK\x03\x04") and part in beginning


_BEGINNINGS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda beginning: beginning.startswith(b"%PDF-"), ".pdf"),
    (_is_packed(b"word/"), ".docx"),
    (_is_packed(b"xl/"), ".xlsx"),
    (_is_packed(b""), ".zip"),
    (lambda beginning: _HTML.match(beginning) is not None, ".html"),
    (lambda beginning: beginning.startswith(b"From "), ".mbox"),
    (looks_like_mail, ".eml"),
)


def read_content(kind: str, body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    """Yield the documents of a file of the kind `kind` (see `kind_of`), and gaps for what cannot be read."""
    try:
        yield from READERS[kind](body, url, context)
    except SourceError as error:
        yield Gap(url, error.outcome, str(error))


def _read_text(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/plain", context)


def _read_pdf(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "application/pdf", context)


def _read_html(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/html", context)


def _read_markdown(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield _document(body, url, "text/markdown", context)


def _read_document(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield _document(read_docx(body, url).encode("utf-8"), url, "text/plain", context, charset="utf-8")


def _read_workbook(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    """Each sheet is read as a table."""
    for sheet in read_xlsx(body, url):
        yield from _read_sheet(sheet, item_url(url, f"sheet-{quote(sheet.name)}"), url, context)


def _read_table(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield from _read_sheet(read_csv(body, url), url, url, context)


def _read_sheet(sheet: Sheet, url: str, file: str, context: Context) -> Iterator[Document | Gap]:
    """The rows of a table of articles, each an article; any other table as one."""
    found = False
    for number, row in enumerate(items(sheet), 2):
        found = True
        yield _item(row, file, f"{url}: row {number}", context, number)
    text = "" if found else as_text(sheet)
    if text:
        page = _document(text.encode("utf-8"), url, "text/plain", context, charset="utf-8")
        yield replace(page, title=sheet.name) if sheet.name else page
    if sheet.left_out:
        yield Gap(item_url(url, "rest"), "too-large", f"{url}: {sheet.left_out}")


def _read_archive(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    """Each file of an archive by its kind, named by its path in it; nothing is unpacked to the disk."""
    if context.depth >= _DEPTH:
        yield Gap(url, "too-large", f"{url}: archives in archives are read to a depth of {_DEPTH}; not read")
        return
    check_archive(body, url)
    inner = replace(context, depth=context.depth + 1)
    unread: defaultdict[str, list[str]] = defaultdict(list)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for part in archive.infolist():
            name = clean(part.filename)
            if part.is_dir() or _is_hidden(name):
                continue
            place = item_url(url, quote(name))
            try:
                content = _unpacked(archive, part, context.max_bytes)
            except SourceError as error:
                yield Gap(place, error.outcome, f"{place}: {error}")
                continue
            kind = kind_of(name, content[:_BEGINNING])
            if kind:
                yield from read_content(kind, content, place, inner)
            else:
                unread[PurePosixPath(name).suffix.lower()].append(name)
    yield from unread_gaps(url, unread)


def _is_hidden(name: str) -> bool:
    """Files of the system: .DS_Store, and the second halves that a Mac puts beside each file."""
    steps = (".", "..")  # of a path: a member is read wherever its name would put it, as nothing is unpacked
    return any(part.startswith((".", "__MACOSX")) and part not in steps for part in name.split("/"))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Raises SourceError: blocked for a password, too-large, parse-error for damage."""
    if part.flag_bits & 0x1:
        raise SourceError("it is locked with a password", outcome="blocked")
    if part.file_size > max_bytes or is_bomb(part):
        message = f"it would unpack to {part.file_size:,} bytes; {max_bytes:,} are read at most (`max_size`)"
        raise SourceError(message, outcome="too-large")
    try:
        with archive.open(part) as stream:
            content = stream.read(max_bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        OSError,
        ValueError,
        EOFError,
        RuntimeError,
    ) as error:
        raise SourceError(f"it could not be unpacked: {error}", outcome="parse-error") from error
    if len(content) > max_bytes:
        raise SourceError(f"it unpacks to more than {max_bytes:,} bytes", outcome="too-large")
    return content


def _document(
    body: bytes, url: str, media_type: str, context: Context, charset: str | None = None
) -> Document:
    source = context.source
    return Document(
        source.name, url, body, media_type, context.now, charset=charset, language=source.language
    )


def _read_mail(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    yield from mail_items(read_mail(body), url, context)


def _read_mbox(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    """Each message has its Message-ID for an address: an mbox is appended to, and cleared up."""
    names: set[str] = set()
    contents: set[str] = set()
    for raw in split_mbox(body):
        mail = read_mail(raw)
        content = digest(mail.id, mail.subject, mail.date, mail.body.strip())
        if mail.id and mail.id not in names:
            place, within = item_url(url, quote(mail.id, safe="@")), ""
        else:  # without a name, or with one that another message has
            place, within = item_url(url, f"text-{content}"), url
        if content not in contents or mail.attached or mail.forwarded:
            yield from mail_items(mail, place, context, within=within)
        names.add(mail.id)
        contents.add(content)
    if not contents and body.strip():
        yield Gap(url, "parse-error", f"{url}: this is no mbox: no message begins with a “From ” line")


def mail_items(
    mail: Mail, url: str, context: Context, received: str = "", within: str = ""
) -> Iterator[Document | Gap]:
    """Yield the documents of a mail, what it forwards and what is attached, and a gap for what is not read.

    `url` names the mail; what is in it is named by `url` and a number. `received` dates a mail that has no
    date. `within` is the file that a mail without a name of its own stands in.
    """
    now = context.now
    if mail.error:
        yield Gap(url, "parse-error", f"{url}: {mail.error}")
    date = parse_date(mail.date, now) or parse_date(received, now)
    if mail.body.strip() or mail.subject:
        page = _document(mail.body.encode("utf-8", "replace"), url, mail.media_type, context, charset="utf-8")
        yield replace(page, title=mail.subject, published_at=date, within=within, fixed=True)
    for number, inner in enumerate(mail.forwarded, 1):
        place = item_url(url, f"forwarded-{number}")
        yield from mail_items(inner, place, context, mail.date or received, within)
    unread: list[str] = []
    for number, part in enumerate(mail.attached, 1):
        kind = kind_of(part.name, part.body[:_BEGINNING]) or _ATTACHED.get(part.media_type, "")
        if not kind:
            unread.append(f"{part.name or 'without a name'} ({part.media_type})")
            continue
        place = item_url(url, f"attachment-{number}")
        for found in read_content(kind, part.body, place, replace(context, depth=context.depth + 1)):
            if isinstance(found, Document):
                dated = found.published_at or date
                found = replace(found, published_at=dated, within=found.within or within, fixed=True)
            yield found
    if unread:
        place = item_url(url, "unread")
        yield Gap(place, "parse-error", f"{url}: attachments are not read: {', '.join(unread)}")


_ATTACHED = {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv"}


def item_url(file: str, name: str) -> str:
    """The address of what has the name `name` in a file, which may be in another file itself."""
    return f"{file}/{name}" if "#" in file else f"{file}#{name}"


def _read_json(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
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


def _read_json_lines(body: bytes, url: str, context: Context) -> Iterator[Document | Gap]:
    for number, line in enumerate(decode(body).split("\n"), 1):
        if not line.strip():
            continue
        try:
            parsed = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Gap(f"{url}#{number}", "parse-error", f"{url}:{number}: not valid JSON: {error}")
            continue
        yield _item(parsed, url, f"{url}:{number}", context, number)


def _item(item: object, file: str, where: str, context: Context, number: int | None = None) -> Document | Gap:
    """Make a document of one JSON object with `text`, `title`, `url` or `id`, `published_at`, `lang`.

    `number` is its place among several; without `url` and `id` such an item is named by its content, as the
    next file of that name may hold others there.
    """
    url = file if number is None else item_url(file, str(number))
    if not isinstance(item, Mapping):
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
        url = item_url(file, clean(str(named)).strip())
    elif number is not None:
        url, within = item_url(file, f"text-{digest(title, text)}"), file
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
    ".text": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".pdf": _read_pdf,
    ".eml": _read_mail,
    ".mbox": _read_mbox,
    ".mbx": _read_mbox,
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".csv": _read_table,
    ".tsv": _read_table,
    ".docx": _read_document,
    ".docm": _read_document,
    ".xlsx": _read_workbook,
    ".xlsm": _read_workbook,
    ".zip": _read_archive,
}
