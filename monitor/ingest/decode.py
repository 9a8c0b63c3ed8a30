"""Bytes to text: byte order mark, declared charset, UTF-8, a guess; in this order, and never an exception.

Declarations are often wrong. Text that is valid UTF-8 is UTF-8, whatever a header says;
single wrong bytes in UTF-8 are read as Windows-1252, which is what they nearly always are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers take these labels for (https://encoding.spec.whatwg.org/#names-and-labels).
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Python codecs that are not charsets of documents; some are slow on hostile input.
_NOT_A_CHARSET = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})
_ESCAPING = frozenset(
    {"hz", *(f"iso2022_{kind}" for kind in ("jp", "jp_1", "jp_2", "jp_2004", "jp_3", "jp_ext", "kr"))}
)
_GUESSES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "iso8859_2"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_EASTERN = ("cp1250", "iso8859_2")
_LATIN = (*_EASTERN, "cp1252", "cp1254")
_EASTERN_LANGUAGES = ("bs", "cs", "hr", "hu", "pl", "ro", "sh", "sk", "sl", "sq", "sr")
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([\w.:-]{2,40})|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096  # bytes
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SAMPLE = 16_384  # bytes that a guess is made from
_ESCAPED = re.compile("[\udc80-\udcff]")
# The bytes of Windows-1252 as `surrogateescape` marks them; its five holes stay control characters.
_FROM_WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)} | {
    0xDC00 + byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_NEVER_WRITTEN = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd\ufffe\uffff]|[\ue000-\uf8ff]")
_MOST_NEVER_WRITTEN = 0.04  # of the characters looked at: random bytes, in whatever charset, have over 0.07
_LOOKED_AT = 65_536
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(body: bytes, labels: Iterable[str | None] = ()) -> str:
    """Return the text of `body`; `labels` are charset labels from outside it (an HTTP header), best first.

    The result holds no NUL and no lone surrogate.
    """
    return clean(_decode(body, [label for label in labels if label]))


def clean(text: str) -> str:
    """Drop what no database and no UTF-8 encoder takes: NUL and lone surrogates."""
    try:
        text.encode()  # many times as fast as a pattern on a text that needs nothing
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("", text)
    return text.replace("\0", "") if "\0" in text else text


def is_binary(text: str) -> bool:
    """Say whether a decoded text is no writing: control and replacement characters are all over it.

    A single one, or a few, are no reason: damaged text is still worth reading.
    """
    head = text[:_LOOKED_AT]
    found = len(_NEVER_WRITTEN.findall(head))
    return found > 4 and found > _MOST_NEVER_WRITTEN * len(head)


def declared_charset(body: bytes) -> str | None:
    """Return the charset that an XML declaration or an HTML meta element names."""
    match = _DECLARED.search(body, 0, _DECLARED_WITHIN)
    return (match[1] or match[2]).decode("ascii", "replace") if match else None


def _decode(body: bytes, labels: list[str]) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if body.startswith((b"<\0", b"\0<")):
        return body.decode("utf-16-le" if body[0] else "utf-16-be", "replace")
    try:
        plain = body.decode("utf-8")
    except UnicodeDecodeError:
        plain = None
    inside = declared_charset(body)
    for label in [*labels, inside] if inside else labels:
        codec = _codec(label)
        # What is valid UTF-8 is nothing else, unless it is ASCII with the escapes of an older charset.
        if codec is None or (plain is not None and not (codec in _ESCAPING and plain.isascii())):
            continue
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    return plain if plain is not None else _guess(body, [*labels, inside])


def _codec(label: str) -> str | None:
    """Return Python's name of a charset label, or None for what is not one."""
    try:
        info = codecs.lookup(label.strip().lower())
        b" ".decode(info.name)  # refuses codecs that are not from bytes to text
    except (LookupError, ValueError):
        return None
    name = _READ_AS.get(info.name, info.name)
    if name in _NOT_A_CHARSET:
        return None
    # UTF-8 is tried anyway. UTF-16 and UTF-32 without a mark and without a "<" are mostly a false label.
    return None if name.startswith(("utf-8", "utf-16", "utf-32")) else name


def _guess(body: bytes, labels: list[str | None]) -> str:
    """Read what is neither valid UTF-8 nor valid in the charset it is declared to be in."""
    text = body.decode("utf-8", "surrogateescape")
    wrong = len(_ESCAPED.findall(text))
    if len(text) - wrong > 0 and 2 * wrong <= _other_than_ascii(text) - wrong:
        return text.translate(_FROM_WINDOWS)
    if any(label and _codec(label) == "cp1252" for label in labels):
        return text.translate(_FROM_WINDOWS)  # declared so, and wrong in one of its five holes only
    from charset_normalizer import from_bytes

    sample = _sample(body)
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    if best is None:
        return text.translate(_FROM_WINDOWS)
    encoding = _by_language(sample, best.encoding) if best.encoding in _LATIN else best.encoding
    return text.translate(_FROM_WINDOWS) if encoding == "cp1252" else body.decode(encoding, "replace")


def _by_language(sample: bytes, guessed: str) -> str:
    """Which charset with Latin letters: by the letters "ã" is as likely as "ă", so the words decide."""
    from monitor.ingest.language import guess_language

    if guess_language(sample.decode("cp1250", "replace")) in _EASTERN_LANGUAGES:
        return guessed if guessed in _EASTERN else "cp1250"
    return "cp1254" if guess_language(sample.decode("cp1254", "replace")) == "tr" else "cp1252"


def _sample(body: bytes) -> bytes:
    """A stretch from the first byte that is not ASCII on, if possible not cut inside a character."""
    first = _NOT_ASCII.search(body)
    start = first.start() if first else 0
    if len(body) - start <= _SAMPLE:
        return body[start:]
    piece = body[start : start + _SAMPLE]
    return piece[: max(piece.rfind(b" "), piece.rfind(b"\n"), piece.rfind(b"<"))] or piece


def _other_than_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
