"""E-mails (RFC 5322), single or in an mbox (RFC 4155), to subject, date and body text. Pure."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart

from monitor.ingest.decode import clean, decode

# The line before each message. Only after a blank line, and with a year: texts have lines with "From", too.
_BORDER = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S[^\r\n]*\d{4}[^\r\n]*\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is read of an e-mail; `error` says what could not be, or is "". `id` is its Message-ID."""

    subject: str = ""
    date: str = ""
    body: str = ""
    media_type: str = "text/plain"
    error: str = ""
    id: str = ""


def split_mbox(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of an mbox; nothing when it is none."""
    borders = list(_BORDER.finditer(raw))
    stops = [*(border.start() for border in borders[1:]), len(raw)]
    for border, stop in zip(borders, stops, strict=False):
        yield _QUOTED.sub(rb"\1", raw[border.end() : stop])


def read_mail(raw: bytes) -> Mail:
    """Read an e-mail; of several forms of its body the plain one is taken. Never raises."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return _read(message)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The library's own bugs on headers that are no headers: the text is still there.
        return Mail(
            body=decode(raw), error=f"not a proper e-mail, read as text ({type(error).__name__}: {error})"
        )


def _read(message: EmailMessage) -> Mail:
    part = message.get_body(("plain", "html"))
    unread = [
        f"{attachment.get_filename() or 'without a name'} ({attachment.get_content_type()})"
        for attachment in message.iter_attachments()
        if attachment.get_content_maintype() != "image"
    ]
    return Mail(
        subject=clean(str(message.get("Subject", ""))),
        date=str(message.get("Date", "")),
        body=_text(part) if part is not None else "",
        media_type="text/html" if part is not None and part.get_content_subtype() == "html" else "text/plain",
        error=f"attachments are not read: {', '.join(unread)}" if unread else "",
        id=clean("".join(str(message.get("Message-ID", "")).split())).strip("<>")[:200],
    )


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    return decode(raw, [part.get_content_charset()])
