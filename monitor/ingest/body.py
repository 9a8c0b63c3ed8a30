"""The body of the article in an HTML page: what trafilatura finds, checked against the page's own paragraphs.

Its fast way is right on most pages and misses nearly all of an article on some; these show, because their
paragraphs are not in what was found, and get its thorough way as well. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    }
)
_SHORT = 250  # characters; below this trafilatura has most likely missed the article
_REMOVED = frozenset(
    {
        *("script", "style", "nav", "footer", "noscript", "template", "svg", "iframe", "select", "button"),
        "head",
    }
)
_PARAGRAPHS = ("p", "li", "blockquote", "dd", "pre", "td", "div")
_HOLDERS = ("td", "div")  # may hold paragraphs: only their own text counts
_PARAGRAPH = 60  # characters that make one
_MOST_PARAGRAPHS = 3000
_MOST_LINKED = 0.4  # of a paragraph's characters; with more it is a list of other articles
_COVERED = 0.6  # share of the page's paragraphs that must be in the body
_MISSED = 0.5  # share of the body's length that must be missing to look again
_DOUBTFUL = 1000  # characters of a body that may be too little
_KEY = 200  # characters of a paragraph that are looked for
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "form", "button", "noscript", "select", "template"})
_FURNITURE = re.compile(
    r"comment|kommentar|disqus|sidebar|related|teaser|newsletter|promo|cookie|consent|share|social|footer|nav"
    r"|menu|advert|sponsor|recommend|widget|popular|trending|subscribe|paywall|login|modal|banner|breadcrumb"
    r"|copyright|legal|read-?more",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def main_text(tree: Any) -> str:
    """Return the text of the article in a parsed page, a line for each block; "" for a page without text."""
    found = _by_trafilatura(tree, fast=True)
    if len(found) < _SHORT:
        return _whole_text(tree) or found
    if _misses_paragraphs(tree, found):
        thorough = _by_trafilatura(tree, fast=False)
        first, second = sorted((found, thorough), key=len, reverse=True)
        found = "\n".join([first, *_other_lines(second, first)])
    return found


def _by_trafilatura(tree: Any, *, fast: bool) -> str:
    import trafilatura
    from lxml import etree

    try:
        document = trafilatura.bare_extraction(tree, fast=fast, include_comments=False, include_tables=True)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return ""  # its own bugs on odd trees; the whole text of the page is used instead
    return (getattr(document, "text", None) or "").strip()


def _other_lines(text: str, known: str) -> list[str]:
    """The lines whose words `known` does not have in a row."""
    words = _words(known)
    return [line for line in text.splitlines() if _words(line) not in words]


def _misses_paragraphs(tree: Any, body: str) -> bool:
    """Are most of the page's paragraphs, those that are no furniture, not in the body?"""
    long = list(_paragraphs(tree))
    if long and len(body) >= 0.9 * sum(len(text) for _, text in long):
        return False  # whatever they are, the body holds about as much
    mine = _words(body)
    wanted = held = 0
    for element, text in long:
        if _is_furniture(element, len(text)):
            continue
        wanted += len(text)
        held += len(text) if _words(text[:_KEY]) in mine else 0
    if not wanted:
        return len(body) < _DOUBTFUL  # a page without paragraphs: text in lists, tables, broken lines
    return held < _COVERED * wanted and wanted - held > _MISSED * len(body)


def _paragraphs(tree: Any) -> Iterator[tuple[Any, str]]:
    """The elements with enough text to be a paragraph, each text once."""
    seen: set[str] = set()
    for element in tree.iter(*_PARAGRAPHS):
        if element.tag in _HOLDERS:
            text = " ".join(filter(None, (element.text, *(child.tail for child in element))))
        else:
            text = str(element.text_content())
        text = " ".join(text.split())
        if len(text) >= _PARAGRAPH and text not in seen:
            seen.add(text)
            yield element, text
        if len(seen) >= _MOST_PARAGRAPHS:
            return


def _is_furniture(element: Any, length: int) -> bool:
    linked = sum(len(str(link.text_content())) for link in element.iter("a"))
    if linked > _MOST_LINKED * length:
        return True
    while element is not None and element.tag != "body":
        if element.tag in _FURNITURE_TAGS:
            return True
        if _FURNITURE.search(f"{element.get('class', '')} {element.get('id', '')}"):
            return True
        element = element.getparent()
    return False


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _whole_text(tree: Any) -> str:
    """All text of the page but its scripts and furniture, a line for each block."""
    from lxml import etree

    pieces: list[str] = []
    for body in tree.xpath("//body")[:1]:
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            border = "\n" if element.tag in BLOCKS else ""
            if event == "start" and element.tag in _REMOVED:
                walk.skip_subtree()
            elif event == "start":
                pieces.append(border + (element.text or ""))
            elif element is not body:
                pieces.append(border + (element.tail or ""))
    return tidy("".join(pieces))


def tidy(text: str) -> str:
    """Lines without space around them, and none that is empty."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
