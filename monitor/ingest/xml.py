"""XML as it is found in the wild, mended where parsers would damage it. Pure."""

from __future__ import annotations

import re

# What stands in a CDATA section is literal; one without an end goes on to the end, so that it is met once.
_LITERAL = r"(<!\[CDATA\[.*?(?:\]\]>|\Z))"
_BARE = re.compile(rf"{_LITERAL}|&(?!(?:[A-Za-z][\w.-]{{0,40}}|#\d{{1,7}}|#x[0-9a-fA-F]{{1,6}});)", re.DOTALL)
_OWN = re.compile(
    rf"{_LITERAL}|&(?!(?:amp|lt|gt|quot|apos|#\d{{1,7}}|#x[0-9a-fA-F]{{1,6}});)", re.DOTALL
)  # XML 1.0, 4.6


def escape_bare_ampersands(text: str, *, named: bool) -> str:
    """Escape each "&" that begins no reference, as in addresses that nobody escaped.

    A parser that goes on behind one drops the word after it, there and later. `named`: references to named
    characters other than XML's own five ("&nbsp;") are kept as such; else they are escaped as well.
    """
    if "&" not in text:
        return text
    return (_BARE if named else _OWN).sub(lambda match: match[1] or "&amp;", text)
