"""E-mails (RFC 5322), single or in an mbox (RFC 4155), to subject, date, body text and attachments. Pure."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from html import escape

from monitor.ingest.decode import clean, decode

# The line before each message. Only after a blank line, and with a year: texts have lines with "From", too.
_BORDER = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S[^\r\n]*\d{4}[^\r\n]*\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_SENT = re.compile(rb"^(?:From|Date|Received|Return-Path):", re.MULTILINE | re.IGNORECASE)
_READ_TYPES = ("application/pdf", "text/plain", "text/html")
_MOST_ATTACHED = 20
_DEPTH = 3  # mails within mails


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment that can be read as an article of its own: a PDF, a text, an HTML page, a mail."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What is read of an e-mail; `error` says what could not be, or is "". `id` is its Message-ID."""

    subject: str = ""
    date: str = ""
    body: str = ""
    media_type: str = "text/plain"
    error: str = ""
    id: str = ""
    attached: tuple[Attached, ...] = ()
    forwarded: tuple[Mail, ...] = ()


def split_mbox(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of an mbox; nothing when it is none."""
    borders = list(_BORDER.finditer(raw))
    stops = [*(border.start() for border in borders[1:]), len(raw)]
    for border, stop in zip(borders, stops, strict=False):
        yield _QUOTED.sub(rb"\1", raw[border.end() : stop])


def looks_like_mail(beginning: bytes) -> bool:
    """Does a file begin as an e-mail does: with headers, one of them a sender, a date or the way it took?"""
    return _HEADERS.match(beginning) is not None and _SENT.search(beginning) is not None


def read_mail(raw: bytes) -> Mail:
    """Read an e-mail; of several forms of its body the plain one is taken. Never raises."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return _read(message, _DEPTH)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The library's own bugs on headers that are no headers: the text is still there.
        return Mail(
            body=decode(raw), error=f"not a proper e-mail, read as text ({type(error).__name__}: {error})"
        )


def _read(message: EmailMessage, depth: int) -> Mail:
    part = message.get_body(("plain", "html"))
    html = part is not None and part.get_content_subtype() == "html"
    texts = [_text(part)] if part is not None else []
    attached: list[Attached] = []
    forwarded: list[Mail] = []
    unread: list[str] = []
    for each in message.iter_attachments():
        name, kind = clean(each.get_filename() or ""), each.get_content_type()
        inner = each.get_payload(0) if kind == "message/rfc822" and each.is_multipart() else None
        if isinstance(inner, EmailMessage) and depth > 0:
            forwarded.append(_read(inner, depth - 1))
        elif kind == "text/plain" and not name and not each.is_attachment():
            texts.append(f"<pre>{escape(_text(each))}</pre>" if html else _text(each))
        elif kind in _READ_TYPES and len(attached) < _MOST_ATTACHED:
            attached.append(Attached(name, kind, _bytes(each)))
        elif each.get_content_maintype() != "image":
            unread.append(f"{name or 'without a name'} ({kind})")
    return Mail(
        subject=clean(str(message.get("Subject", ""))),
        date=str(message.get("Date", "")),
        body="\n".join(texts),
        media_type="text/html" if html else "text/plain",
        error=f"attachments are not read: {', '.join(unread)}" if unread else "",
        id=clean("".join(str(message.get("Message-ID", "")).split())).strip("<>")[:200],
        attached=tuple(attached),
        forwarded=tuple(forwarded),
    )


def _text(part: MIMEPart) -> str:
    return decode(_bytes(part), [part.get_content_charset()])


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
