"""JSON answers of APIs to entries, by paths that a person wrote. Pure.

A path is a row of keys and positions joined by dots: `results`, `response.docs`, `authors.0.name`. The empty
path is the whole answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.decode import clean, decode
from monitor.ingest.entry import Entry, absolute, make_entry, plain_text
from monitor.ingest.page import language_code, plain_title

_COUNTS = ("count", "total", "total_count", "totalResults", "numFound", "hits")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
_MOST_TEXTS = 1000  # strings of one list that are joined


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which path of an item holds what; several paths of a text are joined."""

    title: Sequence[str] = ()
    url: str = ""
    text: Sequence[str] = ()
    date: str = ""
    id: str = ""
    language: str = ""


def read_json(body: bytes, charset: str | None, url: str) -> object:
    """Parse an answer. Raises SourceError (parse-error) with the words of what is no JSON.

    Some APIs tell their errors as plain text, with the status 200.
    """
    text = decode(body, [charset])
    try:
        answer: object = _loaded(text)
    except (ValueError, RecursionError) as error:
        start = " ".join(text[:500].split())[:200]
        raise SourceError(
            f"{url} did not answer with JSON; it says {start!r}", outcome="parse-error"
        ) from error
    return answer


def _loaded(text: str) -> object:
    """GDELT puts titles into its answers as they are, with single backslashes and control characters."""
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(
            _ESCAPE.sub(lambda found: r"\\" if found[0] == "\\" else found[0], text), strict=False
        )


def find_items(answer: object, path: str, url: str) -> list[object]:
    """Return the list at `path`. Raises SourceError (parse-error) when there is none.

    An answer that is empty or says that it counts nothing may leave the list out.
    """
    found = at(answer, path)
    if isinstance(found, list):
        return found
    if isinstance(answer, dict):
        counts_nothing = any(answer.get(name) == 0 for name in _COUNTS)
        if found is None and (not any(answer.values()) or counts_nothing):
            return []
        has = f"its keys are {', '.join(map(str, list(answer)[:20]))}"
    else:
        has = f"it is a {type(answer).__name__}"
    place = f"no list at `{path}`" if path else "no list"
    raise SourceError(f"{url} answered with {place}; {has}"[:500], outcome="parse-error")


def at(value: object, path: str) -> object:
    """Return what is at a path, or None."""
    for step in filter(None, path.split(".")):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 7 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def read_item(item: object, mapped: Mapped, url: str, now: datetime) -> Entry | None:
    """Make an entry of an item; None for one without any text and link."""
    texts = [text for path in mapped.text for text in _texts(at(item, path))]
    title = plain_title(" ".join(text for path in mapped.title for text in _texts(at(item, path))))
    link = absolute(_text(at(item, mapped.url)), url) if mapped.url else ""
    if not (title or texts or link):
        return None
    content = "\n".join(texts)
    return make_entry(
        identity=_text(at(item, mapped.id)) if mapped.id else "",
        link=link,
        title=title,
        texts=[plain_text(text) for text in texts],
        content=content,
        content_type="text/html" if "<" in content else "text/plain",
        published_at=parse_date(at(item, mapped.date), now) if mapped.date else None,
        language=language_code(_text(at(item, mapped.language))) if mapped.language else None,
    )


def _text(value: object) -> str:
    return next(_texts(value), "")


def _texts(value: object) -> Iterator[str]:
    """The strings (and numbers) of a value, or of a list of them."""
    for each in value[:_MOST_TEXTS] if isinstance(value, list) else (value,):
        if isinstance(each, str) and each.strip():
            yield clean(each).strip()
        elif isinstance(each, int | float) and not isinstance(each, bool):
            yield str(each)
