"""One entry of a feed, sitemap, listing or API: what is said of an article before it is fetched. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.ingest.address import canonical_url
from monitor.ingest.decode import clean
from monitor.ingest.page import strip_tags

CHUNK = 500  # entries
_LONGEST_SUMMARY = 200_000  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, or of what is read like one.

    `title` and `summary` are plain text, `content` is as the source gives it. `key` names the entry between
    checks, `print` its content: both are short digests. `link` is absolute http(s), or "" if there is none.
    """

    key: str
    print: str
    link: str
    title: str = ""
    summary: str = ""
    content: str = ""
    content_type: str = "text/html"
    published_at: datetime | None = None
    language: str | None = None


def make_entry(
    *,
    link: str,
    identity: str = "",
    title: str = "",
    texts: Sequence[str] = (),
    content: str = "",
    content_type: str = "text/html",
    published_at: datetime | None = None,
    changed: str = "",
    language: str | None = None,
) -> Entry:
    """Make an entry; it is named by `identity`, else by its link, else by its words.

    `texts` are plain and make the summary; `changed` is what else differs in an edited entry.
    """
    summary = "\n".join(dict.fromkeys(filter(None, texts)))[:_LONGEST_SUMMARY]
    named = (identity, canonical_url(link)) if identity or link else (title, summary)
    return Entry(
        key=digest(*named),
        print=digest(title, summary, changed),
        link=link,
        title=title,
        summary=summary,
        content=content,
        content_type=content_type,
        published_at=published_at,
        language=language,
    )


def in_chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in lists of bounded length; the last one may be empty."""
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    yield chunk


def plain_text(markup: str) -> str:
    """Plain text of what may be markup."""
    return strip_tags(markup) if "<" in markup or "&" in markup else clean(markup).strip()


def absolute(link: str, base: str) -> str:
    """Resolve a link; "" for what is not http(s)."""
    try:
        absolute = urljoin(base, clean(link).strip()) if link.strip() else ""
        return absolute if urlsplit(absolute).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def digest(*parts: str) -> str:
    """Eleven characters (64 bits) that stand for some texts: a cursor may hold 100,000 of them."""
    whole = "\0".join(parts).encode("utf-8", "replace")
    return base64.urlsafe_b64encode(hashlib.sha256(whole).digest()[:8]).decode().rstrip("=")
