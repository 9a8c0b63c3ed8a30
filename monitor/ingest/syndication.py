"""Feeds as bytes to entries: RSS 0.9x to 2.0, Atom, CDF (by feedparser) and JSON Feed. Pure, and in chunks.

feedparser builds a tree of dictionaries for the whole feed, some 6 kB an entry. Large feeds are therefore cut
between entries and parsed a few hundred at a time.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.decode import clean, decode
from monitor.ingest.entry import CHUNK, Entry, absolute, in_chunks, make_entry, plain_text
from monitor.ingest.page import language_code, plain_title
from monitor.ingest.xml import escape_bare_ampersands

_LONGEST_HEAD = 65_536  # characters before the first entry that are parsed again with each chunk
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|rdf|feed|channel)\b", re.IGNORECASE)
_ROOT_WITHIN = 65_536
_RSS = '<rss version="2.0"><channel>'
_HTML = re.compile(r"<(?:!DOCTYPE\s+)?html\b", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not allowed in XML
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([\w.-]+)\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\b)""", re.I)
_NESTED = re.compile(r"[&%](?!#)[\w.-]+;")
_SMALL_ENTITY = 16  # characters; a reference is about as long as what it stands for
_MOST_TAGS = 100_000  # of a feed, beside those that its entries may have
_TAGS_OF_ENTRY = 500
_MOST_ATTRIBUTES = 500
_ATTRIBUTE = r"""\s+[^\s<>"'=/]+\s*=\s*(?:"[^"]*"|'[^']*')"""
_ATTRIBUTES = re.compile(rf"""<[^\s<>"'=/]+(?:{_ATTRIBUTE}){{{_MOST_ATTRIBUTES}}}""")
_EXPANSION = 1_000_000  # characters that all entities of a feed may add


def read_feed(body: bytes, charset: str | None, url: str, now: datetime) -> Iterator[list[Entry]]:
    """Yield the entries of a feed in lists of bounded length; `url` is where it came from.

    Raises SourceError: not-a-feed for anything that is no feed, parse-error for an entity bomb.
    """
    text = decode(body, [charset])
    if text.lstrip()[:1] == "{":
        yield from in_chunks(_json_entries(text, url, now))
        return
    root = _ROOT.search(text, 0, _ROOT_WITHIN)
    if root is None:
        xml = _rootless(text)
    else:
        _refuse_entity_bomb(text, root.start(), url)
        xml = _from_root(text, root.start())
    if not xml:
        raise _not_a_feed(url, text)
    xml = escape_bare_ampersands(xml, named=True)
    _refuse_tag_bomb(xml, url)
    recognised = False
    for piece in _pieces(xml):
        parsed = _feedparser(piece, url)
        recognised = recognised or bool(parsed.version or parsed.entries)
        if not recognised:
            raise _not_a_feed(url, text)
        language = parsed.feed.get("language")
        yield [_entry(raw, url, language, now) for raw in parsed.entries]


def _not_a_feed(url: str, text: str) -> SourceError:
    start = " ".join(text[:200].split())[:60]
    return SourceError(f"{url} is not a feed; it begins with {start!r}", outcome="not-a-feed")


# --- XML ---------------------------------------------------------------------------------------------


def _rootless(text: str) -> str:
    """Make a feed of entries without a root; without any entry, and of a page, it is "".

    Seen are a single Atom entry, an XML of somebody's own, a feed that lost its beginning.
    """
    entry = _ENTRY.search(text)
    if entry is None or _HTML.search(text, 0, entry.start()):
        return ""
    root = '<feed xmlns="http://www.w3.org/2005/Atom">' if "entry" in entry[0].lower() else _RSS
    return root + _CONTROLS.sub("", text[entry.start() :])


def _refuse_entity_bomb(text: str, end: int, url: str) -> None:
    """Raise SourceError when entities declared before the root (at `end`) are nested or blow the feed up."""
    added = 0
    for parameter, name, double, single in _ENTITY.findall(text, 0, end):
        value = double or single
        if not parameter and _NESTED.search(value):
            raise SourceError(f"{url} declares an entity made of entities; not read", outcome="parse-error")
        if len(value) > _SMALL_ENTITY:
            added += len(value) * text.count(f"&{name};")
    if added > _EXPANSION:
        raise SourceError(
            f"{url} would grow by {added:,} characters of entities; not read", outcome="parse-error"
        )


def _refuse_tag_bomb(text: str, url: str) -> None:
    """Raise SourceError for a feed of so many tags or attributes that parsing it would take minutes.

    Parsers take 10 s a megabyte of nothing but tags, and the square of the attributes of one tag.
    """
    tags = text.count("<")
    if tags > _MOST_TAGS and tags > _MOST_TAGS + _TAGS_OF_ENTRY * sum(1 for _ in _ENTRY.finditer(text)):
        raise SourceError(f"{url} has {tags:,} tags in few entries; not read", outcome="parse-error")
    if text.count("=") > _MOST_ATTRIBUTES and _ATTRIBUTES.search(text):
        message = f"{url} has a tag of more than {_MOST_ATTRIBUTES:,} attributes; not read"
        raise SourceError(message, outcome="parse-error")


def _from_root(text: str, root: int) -> str:
    """Drop what stands before the feed: an encoding that no longer holds, a server's warnings, comments."""
    doctype = _DOCTYPE.search(text, 0, root)
    return _CONTROLS.sub("", text[doctype.start() if doctype else root :])


def _pieces(text: str) -> Iterator[str]:
    """Cut a large feed into complete feeds of at most CHUNK entries each."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) <= CHUNK:
        yield text
        return
    head = text[: min(starts[0], _LONGEST_HEAD)]
    last_end = max((match.end() for match in _ENTRY_END.finditer(text, starts[-1])), default=len(text))
    tail = text[last_end:][:_LONGEST_HEAD]
    for first in range(0, len(starts), CHUNK):
        stop = starts[first + CHUNK] if first + CHUNK < len(starts) else last_end
        yield head + text[starts[first] : stop] + tail


def _feedparser(text: str, url: str) -> Any:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # A stream, because feedparser takes a plain string for the name of a file or an address.
    stream = io.BytesIO(text.encode("utf-8"))
    try:
        return feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        # Its own bugs on odd input.
        message = f"{url} could not be parsed: {type(error).__name__}: {error}"
        raise SourceError(message, outcome="parse-error") from error


def _entry(raw: dict[str, Any], url: str, feed_language: str | None, now: datetime) -> Entry:
    # feedparser's own `get` warns, and answers with one date for another.
    def get(name: str) -> Any:
        return dict.get(raw, name)

    detail = get("title_detail") or {}
    link = absolute(get("feedburner_origlink") or get("link") or "", detail.get("base") or url)
    detail_of_summary = get("summary_detail") or {}
    # With a short description of a picture beside it, feedparser has the long one in `summary` only.
    summary = {"value": get("summary") or "", "type": detail_of_summary.get("type")}
    contents = [*(get("content") or ()), detail_of_summary, summary]
    best = max(contents, key=lambda content: len(content.get("value") or ""))
    texts = [plain_text(content.get("value") or "") for content in contents]
    plain_type = best.get("type") == "text/plain" and "<" not in (best.get("value") or "")
    # As written: feedparser's own reading guesses, and fills what it lacks from the day of reading.
    dates = [parse_date(get(name), now) for name in ("published", "updated", "created")]
    return make_entry(
        identity=str(get("id") or ""),
        link=link,
        title=plain_title(str(get("title") or "")),
        texts=texts,
        content=str(best.get("value") or ""),
        content_type="text/plain" if plain_type else "text/html",
        published_at=next(filter(None, dates), None),
        changed=str(get("updated") or ""),
        language=language_code(detail.get("language")) or language_code(feed_language),
    )


# --- JSON Feed ---------------------------------------------------------------------------------------


def _json_entries(text: str, url: str, now: datetime) -> Iterator[Entry]:
    """Read a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{url} is not valid JSON: {error}", outcome="not-a-feed") from error
    version, items = feed.get("version"), feed.get("items")
    if not isinstance(version, str) or "jsonfeed.org" not in version or not isinstance(items, list):
        raise _not_a_feed(url, text)
    for item in items:
        if isinstance(item, dict):
            yield _json_entry(item, url, _text(feed, "language"), now)


def _json_entry(item: Mapping[str, object], url: str, language: str, now: datetime) -> Entry:
    markup, plain = _text(item, "content_html"), _text(item, "content_text")
    return make_entry(
        identity=str(item.get("id") or ""),
        link=absolute(_text(item, "url") or _text(item, "external_url"), url),
        title=plain_title(_text(item, "title")),
        texts=[plain_text(markup), plain, _text(item, "summary")],
        content=markup or plain,
        content_type="text/html" if markup else "text/plain",
        published_at=parse_date(item.get("date_published") or item.get("date_modified"), now),
        changed=_text(item, "date_modified"),
        language=language_code(_text(item, "language")) or language_code(language),
    )


def _text(item: Mapping[str, object], key: str) -> str:
    value = item.get(key)
    return clean(value) if isinstance(value, str) else ""
