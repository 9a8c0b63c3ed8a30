"""Document to Article: title, text, language, date and canonical address. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from monitor.errors import SourceError
from monitor.ingest.address import canonical_url, declared_url, names_same_page
from monitor.ingest.dates import parse_date, plausible
from monitor.ingest.decode import clean, decode, is_binary
from monitor.ingest.language import guess_language
from monitor.ingest.page import Page, language_code, one_line, read_page
from monitor.ingest.pdf import is_pdf, read_pdf
from monitor.ingest.stated import page_day, stated_day
from monitor.model import Article, Document

__all__ = ["canonical_url", "extract"]

LONGEST_TEXT = 2_000_000  # characters of an article; what follows is left out, and said so
_LONGEST_TITLE = 300
_MOST_LINES = 1000
_LARGEST_WITH_MARKS = 2_000_000  # bytes of a page that is searched for marks of its date
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_MAYBE_HTML_TYPES = ("", "text/xml", "application/xml", "application/octet-stream")
_TEXT_TYPES = ("application/json", "application/ld+json", "message/rfc822")
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|div|p)\b",
    re.I | re.S,
)
_BINARY_MAGIC = (
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
)
_ELLIPSIS = re.compile(r" ?(?:\[?(?:…|\.\.\.)\]?|\(more\)|read more\.?)$")  # of a folded line
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_LETTERS = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+|\s+#+$")


def extract(document: Document) -> Article:
    """Return the article in a document.

    `Article.text` is title, feed summary (what of it the body lacks), body, captions, in this order; a text
    file stays whole. The work is bounded, by elements and characters and never by the clock, so that the same
    document always gives the same article; `Article.left_out` says what was beyond. `Article.url` is the
    address asked for; what the page declares instead is believed where it is plainly the same page, and else
    only noted. Raises SourceError, and nothing else, when the document holds no text: parse-error, and for a
    PDF also blocked (a password) and too-large.
    """
    page, title, article = _read(document)
    title, article = _spelt_out(title), _spelt_out(article)
    if not article:
        raise _unreadable(document, "no text was found in it")
    url, declared = canonical_url(document.url), declared_url(document.url, page.canonical)
    if declared and names_same_page(url, declared):
        url, declared = declared, ""
    left_out = page.left_out
    if len(article) > LONGEST_TEXT:
        left_out += (f"what follows the first {LONGEST_TEXT:,} characters of its text ({len(article):,})",)
        article = article[:LONGEST_TEXT]
    published = document.published_at and plausible(document.published_at, document.fetched_at)
    dates = (parse_date(written, document.fetched_at) for written in page.published)
    published = published or next(filter(None, dates), None)  # what is not sure makes room for what is
    return Article(
        source=document.source,
        url=url,
        title=title,
        text=article,
        fetched_at=document.fetched_at,
        language=language_code(document.language) or page.language or guess_language(page.body or article),
        published_at=published,
        captured_at=document.capture.at if document.capture else None,
        declared_url=declared,
        left_out=left_out,
        stated_on=None if published else _stated(document, page, article),
    )


def _spelt_out(text: str) -> str:
    """Without ligatures of Latin letters, which typesetting puts for letters that touch: "ﬂunitrazepam"."""
    is_plain = text.isascii() or not _LIGATURE.search(text)
    return text if is_plain else text.translate(_LETTERS)


def _stated(document: Document, page: Page, article: str) -> date | None:
    """The day that a document without a date states itself, in its text or in the marks of the page."""
    found = stated_day(page.body or article, document.fetched_at)
    if found or not page.body or is_pdf(document.body, document.media_type):
        return found
    if len(document.body) > _LARGEST_WITH_MARKS:
        return None
    return page_day(decode(document.body, [document.charset]), document.url, document.fetched_at)


def _read(document: Document) -> tuple[Page, str, str]:
    """Take a document apart by what it is: the page (empty for a text), title and text."""
    if is_pdf(document.body, document.media_type):
        found = read_pdf(document.body, document.url)
        first = next((line for line in found.text.splitlines() if line.strip()), "")
        page = Page(
            title=found.title or first, body=found.text, published=(found.published,), left_out=found.left_out
        )
        return page, *_compose(document, page)
    if document.body.startswith(_BINARY_MAGIC):
        raise _unreadable(document, "this is not a text, an HTML page or a PDF")
    text = decode(document.body, [document.charset])
    if is_binary(text):
        raise _unreadable(document, "this is binary data, not text")
    if _is_html(document, text):
        page = read_page(text)
        return page, *_compose(document, page)
    return Page(), *_from_text(document, text)


def _unreadable(document: Document, why: str) -> SourceError:
    kind = document.media_type or "no media type"
    return SourceError(f"{document.url}: {why} ({kind}, {len(document.body):,} bytes)", outcome="parse-error")


def _is_html(document: Document, text: str) -> bool:
    """Tell HTML from text. Raises SourceError for a media type that is neither."""
    media_type = document.media_type.lower()
    if media_type in _HTML_TYPES:
        return True
    if media_type in _MAYBE_HTML_TYPES:
        return _HTML_START.match(text) is not None or media_type.endswith("xml")
    if not media_type.startswith("text/") and media_type not in _TEXT_TYPES:
        raise _unreadable(document, "this kind of document is not read")
    return False


def _from_text(document: Document, text: str) -> tuple[str, str]:
    """Title and text of a text file: the whole text; its first line is the title if it came with none."""
    given = _title_line(clean(document.title))
    first = next((line for line in text.splitlines() if line.strip()), "")
    title = given or _title_line(_MARKDOWN_HEADING.sub("", first.strip()[: 2 * _LONGEST_TITLE]))
    before = [given] if given and not _fold(text).startswith(_fold(given)) else []
    before += _new_paragraphs(clean(document.summary), given, text)
    if not text.strip():
        text = ""
    return title, "\n\n".join([*before, text] if text else before)


def _compose(document: Document, page: Page) -> tuple[str, str]:
    """Title and text of an HTML page with what its feed said of it."""
    title = _title_line(clean(document.title)) or _title_line(page.title) or _title_line(page.headline)
    body = _without_first_line(page.body, title)
    summary = _new_paragraphs(clean(document.summary), title, body)
    if not body and not summary and page.description:
        summary = [page.description]
    known = [_fold(title), *map(_fold, summary), _fold(body)]
    headline = "\n".join(_new_lines([page.headline], known))
    captions = "\n".join(_new_lines(page.captions, known))
    blocks = [title, "\n".join(summary), headline, body, captions]
    return title, clean("\n\n".join(block for block in blocks if block))


def _title_line(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1] + "…"


def _without_first_line(body: str, title: str) -> str:
    """Drop the first line of a body that only repeats the title."""
    first, _, rest = body.partition("\n")
    return rest.lstrip("\n") if title and _fold(first) == _fold(title) else body


def _new_paragraphs(summary: str, title: str, body: str) -> list[str]:
    """Return the lines of a summary that neither the title nor the body holds."""
    return _new_lines(summary.splitlines(), [_fold(title), _fold(body)])


def _new_lines(lines: Iterable[str], known: list[str]) -> list[str]:
    """Return the lines that are in none of the `known` folded texts, and make them known."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        if (
            number >= _MOST_LINES
        ):  # each is searched for in all before it; beyond this, better twice than slow
            kept.append(line.strip())
            continue
        wanted = _ELLIPSIS.sub("", _fold(line))
        if wanted and not any(wanted in text for text in known):
            kept.append(line.strip())
            known.append(wanted)
    return kept


def _fold(text: str) -> str:
    """The form in which two texts are compared for being the same words."""
    return " ".join(text.split()).casefold()
