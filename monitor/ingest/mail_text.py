"""E-mails as bytes and lines, around the reading of their parts: damaged heads, mbox, quoting.

Pure; by RFC 5322 (headers), RFC 4155 (mbox), RFC 3676 (format=flowed), and what the big senders make of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
# Headers that a message may well go on with behind a line that is none.
_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|received|return-path|in-reply-to"
    rb"|references|delivered-to|content-[a-z-]+|list-[a-z-]+|dkim-signature|authentication-results|arc-[a-z-]+"
    rb"|importance|priority|precedence|thread-[a-z]+|status|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_BORDER_LINE = re.compile(rb">?From(?: [^\r\n]*)?\r?\n?$")
_MOST_HEADER_LINES = 2_000
# The line before each message of an mbox: with a time and a year, or before a header. Texts have lines that
# begin with "From", too.
_BORDER = re.compile(
    rb"(?:\A(?:\xef\xbb\xbf)?[\r\n]*|(?<=\n\n)|(?<=\n\r\n))"
    rb"From(?: (?=[^\r\n]*\d:\d\d)(?=[^\r\n]*\b\d{4}\b)\S[^\r\n]*\r?\n"
    rb"|[ \t]*(?: \S[^\r\n]*)?\r?\n(?=>?(?i:" + _KNOWN.pattern + rb")))"
)
_UNQUOTED_BORDER = re.compile(rb"^>(>*From )", re.MULTILINE)
_MARKS = re.compile(r"(?:> ?)*>")
_SIGNATURE = "-- "


def split_mbox(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of an mbox; nothing when it is none."""
    borders = list(_BORDER.finditer(raw))
    stops = [*(border.start() for border in borders[1:]), len(raw)]
    for border, stop in zip(borders, stops, strict=False):
        yield _UNQUOTED_BORDER.sub(rb"\1", raw[border.end() : stop])


def with_plain_head(raw: bytes) -> bytes:
    """The message without what stands before its headers, and without lines among them that are none.

    Seen are byte order marks, blank lines, the line of an mbox, and notes of programs; a parser takes the
    first of these for the end of the headers, and all that follows for the body.
    """
    raw = _as_ascii(raw).lstrip(b"\r\n\t ")
    if b"\n" not in raw[:2000] and b"\r" in raw[:2000]:
        raw = raw.replace(b"\r", b"\n")  # of an old Macintosh
    lines, length = [], 0
    for line in raw.splitlines(keepends=True)[:_MOST_HEADER_LINES]:
        if not line.strip(b"\r\n"):
            break
        lines.append(line)
        length += len(line)
    last = max((n for n, line in enumerate(lines) if _KNOWN.match(line)), default=-1)
    kept = [line for n, line in enumerate(lines) if n > last or _is_header(line)]
    if last >= 0 and len(kept) < len(lines):
        return b"".join(kept) + raw[length:]
    return raw


def _is_header(line: bytes) -> bool:
    if _BORDER_LINE.match(line):
        return False
    return line[:1] in (b" ", b"\t") or _HEADER.match(line) is not None


def _as_ascii(raw: bytes) -> bytes:
    """Without a byte order mark; UTF-16, as some programs save a message, as UTF-8."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(b"\xef\xbb\xbf")


def unquoted(text: str) -> str:
    """A plain text without the marks of quotation at its lines' beginnings: names go on over lines."""
    if ">" not in text:
        return text
    return "\n".join(_parted(line)[1] for line in text.split("\n"))


def unflowed(text: str, *, delete_space: bool) -> str:
    """A text of format=flowed with each paragraph in one line, and without marks of quotation (RFC 3676, 4).

    `delete_space` (DelSp=yes): the space before a soft line end is no part of the text.
    """
    lines: list[str] = []
    open_depth = -1  # of a paragraph that goes on in the next line
    for line in text.splitlines():
        depth, content = _parted(line, only_one_space=True)
        soft = content.endswith(" ") and content != _SIGNATURE
        flowing = content[:-1] if soft and delete_space else content
        if depth == open_depth and content != _SIGNATURE:
            lines[-1] += flowing
        else:
            lines.append(flowing)
        open_depth = depth if soft else -1
    return "\n".join(line.rstrip() for line in lines)


def _parted(line: str, *, only_one_space: bool = False) -> tuple[int, str]:
    """The depth of quotation of a line, and what stands behind its marks and one space."""
    if only_one_space:  # in format=flowed the marks stand together
        content = line.lstrip(">")
        return len(line) - len(content), content.removeprefix(" ")
    marks = _MARKS.match(line)
    if marks is None:
        return 0, line
    return marks[0].count(">"), line[marks.end() :].removeprefix(" ")
