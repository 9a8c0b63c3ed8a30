"""E-mails (RFC 5322; parts: RFC 2045 to 2049) to subject, date, text, attachments, forwarded mails. Pure."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import quopri
import re
from dataclasses import dataclass, field
from email.message import EmailMessage, MIMEPart
from html import escape

from monitor.ingest.decode import clean, decode
from monitor.ingest.mail_text import unflowed, unquoted, with_plain_head
from monitor.ingest.page import strip_tags

_HEADERS = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_SENT = re.compile(rb"^(?:From|Date|Received|Return-Path):", re.MULTILINE | re.IGNORECASE)
_MAIL_TYPES = ("message/rfc822", "message/global", "message/news")
_SILENT_TYPES = (  # parts that say nothing to a reader
    *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("text/rfc822-headers", "message/delivery-status", "message/disposition-notification"),
    *("text/x-amp-html", "text/watch-html", "application/applefile"),
)
_BODY_TYPES = ("text/plain", "text/html")
_MOST_ATTACHED = 20
_MOST_PARTS = 1_000
_DEPTH = 3  # mails within mails
_PARTS_DEPTH = 20  # parts within parts
_WORD = re.compile(r"[^\W_]{2,}")
_ADDRESS = re.compile(r"\S+://\S+|\S+@\S+")
_MISSED = 0.3  # share of one form's words that the other lacks, from which on it is read as well
_FEW = 3  # words
_Problems = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail, to be read as an article of its own."""

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


def looks_like_mail(beginning: bytes) -> bool:
    """Does a file begin as an e-mail does: with headers, one of them a sender, a date or the way it took?"""
    return _HEADERS.match(beginning) is not None and _SENT.search(beginning) is not None


def read_mail(raw: bytes) -> Mail:
    """Read an e-mail; of several forms of its body the plain one, unless it says less. Never raises."""
    return _read_raw(raw, _DEPTH)


def _read_raw(raw: bytes, depth: int) -> Mail:
    try:
        message = email.message_from_bytes(with_plain_head(raw), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return _read(message, depth)
    except _Problems as error:
        # The library's own bugs on headers that are no headers: the text is still there.
        problem = f"not a proper e-mail, read as text ({type(error).__name__}: {error})"
        return Mail(body=decode(raw), error=problem)


def _read(message: EmailMessage, depth: int) -> Mail:
    found = _Parts(depth)
    body = found.read(message, first=True)
    html = any(form == "html" for form, _ in body)
    texts = [f"<pre>{escape(text)}</pre>" if html and form == "plain" else text for form, text in body]
    problems = list(found.problems)
    if found.unread:
        problems.insert(0, f"attachments are not read: {', '.join(found.unread)}")
    return Mail(
        subject=clean(_header(message, "Subject")),
        date=_header(message, "Date"),
        body="\n".join(texts),
        media_type="text/html" if html else "text/plain",
        error="; ".join(problems),
        id=clean("".join(_header(message, "Message-ID").split())).strip("<>")[:200],
        attached=tuple(found.attached),
        forwarded=tuple(found.forwarded),
    )


def _header(message: MIMEPart, name: str) -> str:
    """A header as text; one whose bytes are no ASCII and not encoded, in the charset that they look like."""
    try:
        text = str(message.get(name, ""))
    except _Problems:  # the library's own bugs on odd addresses and dates
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        text = str(raw)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return decode(text.encode("utf-8", "surrogateescape"))
    return text


_Form = tuple[str, str]  # "plain" or "html", and a text


@dataclass(slots=True)
class _Parts:
    """The walk through the parts of a mail: gives the forms of its body, and gathers the rest."""

    depth: int
    attached: list[Attached] = field(default_factory=list)
    forwarded: list[Mail] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    count: int = 0

    def read(self, part: MIMEPart, *, first: bool = False, level: int = 0) -> list[_Form]:
        """The forms of the body in a part, in order; `first`: no part that says anything came before it."""
        self.count += 1
        kind = part.get_content_type()
        if self.count > _MOST_PARTS or level > _PARTS_DEPTH:
            if "too many parts; the rest is not read" not in self.problems:
                self.problems.append("too many parts; the rest is not read")
            return []
        if kind in _MAIL_TYPES:
            self._forward(part)
        elif kind == "multipart/encrypted":
            self.problems.append("it is encrypted")
        elif part.is_multipart():
            return self._within(part, kind, first, level + 1)
        elif kind.startswith("multipart/"):
            self.problems.append(f"its parts ({kind}) cannot be separated; read as text")
            return [("plain", _text(part))]
        elif kind in _BODY_TYPES and not part.is_attachment() and (first or not _name(part)):
            return [_body_text(part, kind)]
        else:
            self._attach(part, kind)
        return []

    def _within(self, part: MIMEPart, kind: str, first: bool, level: int) -> list[_Form]:
        children = [child for child in part.iter_parts() if isinstance(child, MIMEPart)]
        if kind == "multipart/alternative":
            forms = [self.read(child, first=first, level=level) for child in children]
            return _richest([form for each in forms for form in each])
        found: list[_Form] = []
        for number, child in enumerate(children):
            found += self.read(child, first=first and number == 0, level=level)
        return found

    def _forward(self, part: MIMEPart) -> None:
        if self.depth <= 0:
            self.unread.append("a mail in a mail in a mail")
            return
        raw = _inner(part)
        inner = part.get_payload(0) if raw is None and part.is_multipart() else None
        if raw is not None:
            self.forwarded.append(_read_raw(raw, self.depth - 1))
        elif isinstance(inner, EmailMessage):
            self.forwarded.append(_read(inner, self.depth - 1))

    def _attach(self, part: MIMEPart, kind: str) -> None:
        name = _name(part)
        if kind in _SILENT_TYPES or part.get_content_maintype() in ("image", "audio", "video", "font"):
            return
        body = _bytes(part)
        if not body.strip():
            return
        may_be_mail = name.lower().endswith(".eml") or kind == "application/octet-stream"
        if may_be_mail and self.depth > 0 and looks_like_mail(body[:4096]):
            self.forwarded.append(_read_raw(body, self.depth - 1))
        elif len(self.attached) < _MOST_ATTACHED:
            self.attached.append(Attached(name, kind, body))
        else:
            self.unread.append(f"{name or 'without a name'} ({kind})")


def _name(part: MIMEPart) -> str:
    try:
        return clean(part.get_filename() or "")
    except _Problems:
        return ""


def _inner(part: MIMEPart) -> bytes | None:
    """A forwarded mail that is packed; None for one that is not, as RFC 2046, 5.2.1, wants it."""
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding not in ("base64", "quoted-printable", "x-uuencode"):
        return None
    inner = part.get_payload(0) if part.is_multipart() else None
    if not isinstance(inner, EmailMessage):
        return _bytes(part)
    raw = inner.as_bytes(policy=email.policy.compat32)
    if coding == "quoted-printable":
        return quopri.decodestring(raw)
    if inner.keys():
        return None  # not packed, in spite of what it says
    try:
        return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", raw))
    except (binascii.Error, ValueError):
        return None


def _richest(forms: list[_Form]) -> list[_Form]:
    """Of the forms of one text the plain one, unless it lacks words of the other; both where both lack some.

    Newsletters write "your program does not show HTML" into the plain one, or an address, or nothing.
    """
    plain = [form for form in forms if form[0] == "plain"]
    html = [form for form in forms if form[0] == "html"]
    if not plain or not html:
        return forms
    said = _words("\n".join(text for _, text in plain))
    shown = _words("\n".join(strip_tags(text) for _, text in html))
    if not _lacks(said, shown):
        return plain
    return [*html, *plain] if _lacks(shown, said) else html


def _lacks(words: set[str], others: set[str]) -> bool:
    missing = len(others - words)
    return (missing > _FEW and missing > _MISSED * len(others)) or (not words and bool(others))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_ADDRESS.sub(" ", text).casefold()))


def _body_text(part: MIMEPart, kind: str) -> _Form:
    text = _text(part)
    if kind == "text/html":
        return "html", text
    if _parameter(part, "format") == "flowed":
        return "plain", unflowed(text, delete_space=_parameter(part, "delsp") == "yes")
    return "plain", unquoted(text)


def _parameter(part: MIMEPart, name: str) -> str:
    value = part.get_param(name, "")
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()


def _text(part: MIMEPart) -> str:
    return decode(_bytes(part), [part.get_content_charset()])


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
