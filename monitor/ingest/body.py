"""The body of the article in an HTML page: what trafilatura finds, checked against the page's own blocks.

Its fast way is right on most pages and misses nearly all of an article on some; these show, because their
paragraphs are not in what was found, and get its thorough way as well. Lists, cells and paragraphs of the
article that it drops are put back where they stand. Pure, and of bounded work: a page of more elements than a
stated number, or nested deeper, is read block by block instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from monitor.ingest.blocks import Block, Blocks, read_blocks

MOST_ELEMENTS = 10_000  # of a page that trafilatura reads: it takes some 0.2 ms for each
DEEPEST = 120  # elements within each other; it takes the square of that, and the cube of nested tables
_SHORT = 250  # characters; below this trafilatura has most likely missed the article
_PARAGRAPH = 60  # characters that make one
_MOST_PARAGRAPHS = 3000
_COVERED = 0.6  # share of the page's paragraphs that must be in the body
_MISSED = 0.5  # share of the body's length that must be missing to look again
_DOUBTFUL = 1000  # characters of a body that may be too little
_HELD = 0.9  # share of a block's pairs of words that a text must have to hold it
_WORD = re.compile(r"\w+")


def main_text(tree: Any) -> str:
    """Return the text of the article in a parsed page, a line for each block; "" for a page without text."""
    page = read_blocks(tree)
    if page.elements > MOST_ELEMENTS or page.depth > DEEPEST:
        return "\n".join(block.text for block in page.found if not block.furniture) or page.text
    found = _by_trafilatura(tree, fast=True)
    if len(found) < _SHORT:
        return page.text or found
    if _misses_paragraphs(page, found):
        thorough = _by_trafilatura(tree, fast=False)
        first, second = sorted((found, thorough), key=len, reverse=True)
        known = _Pairs(first.splitlines())
        found = "\n".join([first, *(line for line in second.splitlines() if not known.hold(line))])
    return _with_what_it_dropped(found, page)


def _by_trafilatura(tree: Any, *, fast: bool) -> str:
    import trafilatura
    from lxml import etree

    try:
        document = trafilatura.bare_extraction(tree, fast=fast, include_comments=False, include_tables=True)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return ""  # its own bugs on odd trees; the whole text of the page is used instead
    return (getattr(document, "text", None) or "").strip()


class _Pairs:
    """The pairs of neighbouring words of a text: whether it holds a block, and about where."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines: dict[tuple[str, str], int] = {}
        last = ""
        for number, line in enumerate(lines):
            for word in _words(line):
                self._lines.setdefault((last, word), number)
                self._lines.setdefault(("", word), number)
                last = word

    def share(self, text: str) -> float:
        """Which part of a text's pairs of words are there; 1.0 for a text without words."""
        pairs = list(_pairs_of(text))
        return sum(pair in self._lines for pair in pairs) / len(pairs) if pairs else 1.0

    def hold(self, text: str) -> bool:
        """Is it there: all of a short text, nearly all of a long one?"""
        return self.share(text) >= (_HELD if len(text) > _PARAGRAPH else 1.0)

    def line(self, text: str) -> int:
        """The line in which a text that is there begins, as far as its first words show."""
        return next((self._lines[pair] for pair in _pairs_of(text) if pair in self._lines), 0)


def _pairs_of(text: str) -> Iterator[tuple[str, str]]:
    words = _words(text)
    return iter([("", words[0])] if len(words) == 1 else list(pairwise(words)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _misses_paragraphs(page: Blocks, body: str) -> bool:
    """Are most of the page's paragraphs, those that are no furniture, not in the body?"""
    long = list(_paragraphs(page))
    if long and len(body) >= 0.9 * sum(len(block.text) for block in long):
        return False  # whatever they are, the body holds about as much
    mine = _Pairs(body.splitlines())
    wanted = held = 0
    for block in long:
        if block.furniture or block.leads_elsewhere:
            continue
        wanted += len(block.text)
        held += len(block.text) if mine.hold(block.text) else 0
    if not wanted:
        return len(body) < _DOUBTFUL  # a page without paragraphs: text in lists, tables, broken lines
    return held < _COVERED * wanted and wanted - held > _MISSED * len(body)


def _paragraphs(page: Blocks) -> Iterator[Block]:
    """The blocks with enough text to be a paragraph, each text once."""
    seen: set[str] = set()
    for block in page.found:
        if len(block.text) >= _PARAGRAPH and block.text not in seen:
            seen.add(block.text)
            yield block
        if len(seen) >= _MOST_PARAGRAPHS:
            return


def _belongs(block: Block) -> bool:
    """Is it of the article, as far as its place in the page shows? Captions are the page's own to add."""
    kept = (block.listed or block.inside) and not block.caption
    return kept and not block.furniture and not block.leads_elsewhere


def _with_what_it_dropped(body: str, page: Blocks) -> str:
    """The body with the lists, cells and paragraphs of the article that it lacks, each behind its neighbour.

    What leads to other articles, or stands in what surrounds one, stays out.
    """
    lines = body.splitlines()
    known = _Pairs(lines)
    behind: dict[int, list[str]] = {}
    at = -1  # the line of the body that was met last
    for block in page.found:
        if known.hold(block.text):
            at = max(at, known.line(block.text))
        elif _belongs(block):
            behind.setdefault(at, []).append(block.text)
    if not behind:
        return body
    whole = [*behind.get(-1, ())]
    for number, line in enumerate(lines):
        whole += [line, *behind.get(number, ())]
    return "\n".join(whole)
