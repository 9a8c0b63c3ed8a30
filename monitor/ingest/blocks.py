"""The text of an HTML page as a reader meets it: block after block, in one walk over its tree. Pure.

Each element is entered and left once, so the work is linear in the page, however deep it is nested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dialog"),
        *("dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p"),
        *("pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_REMOVED = frozenset(
    {
        *("script", "style", "nav", "footer", "noscript", "template", "svg", "iframe", "select", "button"),
        "head",
    }
)
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "form", "button", "noscript", "select", "template"})
_FURNITURE = re.compile(
    r"comment|kommentar|disqus|sidebar|related|teaser|newsletter|promo|cookie|consent|share|social|footer|nav"
    r"|menu|advert|sponsor|recommend|widget|popular|trending|subscribe|paywall|login|modal|banner|breadcrumb"
    r"|copyright|legal|read-?more",
    re.IGNORECASE,
)
_LISTED = frozenset({"li", "dd", "dt", "td", "th", "caption", "pre", "summary"})
_ARTICLES = frozenset({"article", "main"})
_MOST_LINKED = 0.4  # of a block's characters; with more it is a list of other articles


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text between two borders of blocks; a line break in it is a newline.

    `linked` counts its characters that are inside of links. `furniture`: it stands in what surrounds an
    article (by element, class or id). `listed`: in a list, a table cell or the like; `inside`: in `article`
    or `main`; `caption`: under a picture.
    """

    text: str
    linked: int = 0
    furniture: bool = False
    listed: bool = False
    inside: bool = False
    caption: bool = False

    @property
    def leads_elsewhere(self) -> bool:
        """Is it mostly links?"""
        return self.linked > _MOST_LINKED * len(self.text)


@dataclass(slots=True)
class Blocks:
    """All blocks of a page in order, how many elements it has, and how deep they are nested."""

    found: list[Block] = field(default_factory=list)
    elements: int = 0
    depth: int = 0

    @property
    def text(self) -> str:
        """A line for each block, furniture included."""
        return "\n".join(block.text for block in self.found)


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds for the text at one place of the tree."""

    furniture: bool = False
    listed: bool = False
    inside: bool = False
    caption: bool = False
    linked: bool = False


def read_blocks(tree: Any) -> Blocks:
    """The blocks of a parsed page, without its scripts, navigation, footers and controls."""
    from lxml import etree

    page, run = Blocks(), _Run()
    for body in tree.xpath("//body")[:1]:
        walk = etree.iterwalk(body, events=("start", "end"))
        stack = [_Where()]
        for event, element in walk:
            is_block = element.tag in BLOCKS
            if event == "start" and element.tag in _REMOVED:
                page.elements += 1
                walk.skip_subtree()
                stack.append(stack[-1])  # its end comes all the same
            elif event == "start":
                page.elements += 1
                if is_block:
                    run.close(page.found, stack[-1], line_break=element.tag == "br")
                stack.append(_entered(element, stack[-1], page.elements == 1))
                page.depth = max(page.depth, len(stack))
                run.add(element.text, stack[-1])
            else:
                left = stack.pop()
                if is_block and element.tag != "br":
                    run.close(page.found, left)
                if element is not body:
                    run.add(element.tail, stack[-1])
        run.close(page.found, stack[-1])
    return page


def _entered(element: Any, outer: _Where, is_body: bool) -> _Where:
    tag = element.tag
    named = "" if is_body else f"{element.get('class', '')} {element.get('id', '')}"
    furniture = outer.furniture or tag in _FURNITURE_TAGS or bool(named.strip() and _FURNITURE.search(named))
    listed, inside, caption, linked = tag in _LISTED, tag in _ARTICLES, tag == "figcaption", tag == "a"
    if furniture == outer.furniture and not (listed or inside or caption or linked):
        return outer
    return _Where(
        furniture,
        outer.listed or listed,
        outer.inside or inside,
        outer.caption or caption,
        outer.linked or linked,
    )


class _Run:
    """The text since the last border."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._linked = 0

    def add(self, text: str | None, where: _Where) -> None:
        if text:
            self._pieces.append(text)
            self._linked += len(text) if where.linked else 0

    def close(self, found: list[Block], where: _Where, *, line_break: bool = False) -> None:
        """End the block in hand, or only its line."""
        if line_break:
            self._pieces.append("\n")
            return
        text = tidy("".join(self._pieces))
        if text:
            found.append(
                Block(text, self._linked, where.furniture, where.listed, where.inside, where.caption)
            )
        self._pieces.clear()
        self._linked = 0


def tidy(text: str) -> str:
    """Lines without space around them, and none that is empty."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
