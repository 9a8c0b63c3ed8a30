"""An Atom file (RFC 4287) of the newest alerts. Pure but for `write`, which replaces a file as a whole."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from monitor.errors import DeliveryError
from monitor.notify.letters import NOTE, AlertItem, compose, plain

_ATOM = "http://www.w3.org/2005/Atom"


def atom(items: Sequence[AlertItem], *, feed_id: str, now: datetime) -> bytes:
    """The file: an entry an alert, the newest first, each with its text and its article as the link."""
    feed = Element("feed", {"xmlns": _ATOM})
    SubElement(feed, "id").text = feed_id
    SubElement(feed, "title").text = "Substance alerts"
    SubElement(feed, "subtitle").text = NOTE
    SubElement(feed, "updated").text = _stamp(items[0].raised_at if items else now)
    SubElement(SubElement(feed, "author"), "name").text = "substance-monitor"
    for item in items:
        letter = compose([item], rule="feed")
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = f"{feed_id}:alert:{item.number}"
        SubElement(entry, "title").text = letter.subject
        SubElement(entry, "updated").text = _stamp(item.raised_at)
        SubElement(entry, "category", {"term": plain(item.substance)})
        SubElement(entry, "content", {"type": "text"}).text = letter.text
        if item.url.lower().startswith(("http://", "https://")):
            SubElement(entry, "link", {"rel": "related", "href": plain(item.url, 4000)})
    made: bytes = tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + made


def write(file: Path, content: bytes) -> None:
    """Put the file in its place whole. Raises DeliveryError (passing: a disk may be full for a while)."""
    beside = None
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
            beside = Path(part.name)
            part.write(content)
        beside.chmod(0o644)
        beside.replace(file)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise DeliveryError(f"{file} could not be written: {error.strerror}", permanent=False) from error


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
