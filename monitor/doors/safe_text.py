"""Text from outside, made safe to be shown on a terminal: no escapes, no reversed writing (CWE-150)."""

from __future__ import annotations

import logging
import re
import unicodedata

# Marks without an advance that only turn the writing of their neighbours: left out without a trace.
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_BYTES = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


def clean(text: str) -> str:
    """One safe line: white space joined, control and direction characters replaced."""
    return safe(" ".join(text.split()))


def safe(text: str) -> str:
    """The text with every control or direction character replaced by U+FFFD; spaces stay."""
    return "".join("\ufffd" if _is_unsafe(char) else char for char in text.translate(_MARKS))


def safe_lines(text: str) -> str:
    """The same, where line breaks stay."""
    return "\n".join(map(safe, text.split("\n")))


def safe_json(text: str) -> str:
    r"""The same JSON, with what could drive a terminal written as \uXXXX."""
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def safe_json_bytes(line: bytes) -> bytes:
    """The same for a line of UTF-8."""
    if not _UNSAFE_BYTES.search(line):
        return line
    return _UNSAFE_BYTES.sub(lambda match: safe_json(match[0].decode()).encode(), line)


def _is_unsafe(char: str) -> bool:
    if char.isascii():
        return not char.isprintable()
    if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
        return True
    return unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


class SafeFormatter(logging.Formatter):
    """Lines of the log hold addresses and messages of servers."""

    def format(self, record: logging.LogRecord) -> str:
        return safe_lines(super().format(record))
