"""One HTML page, taken apart: title, body text, captions, and what it says about itself. Pure.

trafilatura finds the body. What it drops although a reader sees it (captions, a headline outside the body, a
page it makes nothing of) is added here: a mention must not be lost to an extractor.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.ingest.blocks import BLOCKS, read_blocks, tidy
from monitor.ingest.body import main_text
from monitor.ingest.markup import clarify

MOST_TAGS = 200_000  # of a page, closing ones included; the longest articles of Wikipedia have half of that
MOST_MARKUP = 8_000_000  # characters of a page
_FURNITURE = frozenset({"nav", "footer", "aside"})
_PLACES = frozenset({"figure", "article", "main"})
_MOST_CAPTIONS = 300
_PUBLISHED_META = frozenset(
    {
        *("article:published_time", "og:published_time", "datepublished", "dc.date", "dc.date.issued"),
        *("dcterms.issued", "dcterms.created", "dcterms.date", "date", "pubdate", "publishdate"),
        *("publish-date", "publication_date", "parsely-pub-date", "sailthru.date"),
        "citation_publication_date",
    }
)
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_MOST_SCRIPTS = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_TITLE_BORDER = re.compile(r"\s+[|–—·»:-]+\s+")
_HIDDEN = re.compile(
    r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.I
)
# A tag with thousands of attributes, and these: libxml2 takes the square of their number.
_ATTRIBUTE_BOMB = re.compile(
    r"""<([a-zA-Z][^\s>/]*+)"""
    r"""(?:[\s/]++[^\s=>"'/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++))?+){2000,}+"""
)
_CONTROLS = bytes({*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F})
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>|<[!?/][^<>]*>")
# Tags as texts have them when they were escaped twice; words like "<b>" in prose do not come with their ends.
_KNOWN_TAGS = "a|b|blockquote|br|div|em|figure|font|h[1-6]|i|img|li|ol|p|span|strong|sub|sup|table|td|tr|u|ul"
_ESCAPED_END = re.compile(rf"&(?:lt|#60|#x3c);(?:/(?:{_KNOWN_TAGS})|[bh]r\s?/?)\s*&(?:gt|#62|#x3e);", re.I)
_KNOWN_END = re.compile(rf"</(?:{_KNOWN_TAGS})\s*>|<[bh]r\s?/?>", re.I)
_ESCAPED_CHARACTER = re.compile(r"&amp;([a-zA-Z]{2,10}\d{0,2}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")
_MOST_ESCAPED = 3  # times
# What only a parser reads rightly: powers, deleted words, boxes without a blank between them.
_MARKED = re.compile(
    r"<(?:sup|del|s|strike|rt)\b|line-through|</(?:span|a|b|i|em|strong|time|label)><\w|<a\b[^>]{0,200}#",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds; every text is plain. `published` are its dates as the page writes them.

    `left_out` says what of a very large page was not read.
    """

    title: str = ""
    headline: str = ""
    body: str = ""
    captions: tuple[str, ...] = ()
    description: str = ""
    language: str | None = None
    published: tuple[str, ...] = ()
    canonical: str = ""
    left_out: tuple[str, ...] = ()


def read_page(source: str) -> Page:
    """Take an HTML page (or a fragment of one) apart. Never raises; without any text the Page is empty.

    The work is bounded: of a page with more than MOST_TAGS tags, or MOST_MARKUP characters, the beginning is
    read.
    """
    source, left_out = _beginning(unescaped(source))
    tree, whole = _parse(source)
    if tree is None:
        return Page(body=_without_tags(source), left_out=left_out)
    metas = _metas(tree)
    headline = _first_text(tree, ("//article//h1", "//main//h1", "//h1"))
    body = (main_text(tree) if whole else "") or _without_tags(source)
    return Page(
        title=_title(tree, metas, headline),
        headline=headline,
        body=body,
        captions=tuple(_captions(tree)),
        description=metas.get("og:description") or metas.get("description", ""),
        language=_language(tree, metas),
        published=tuple(_published(tree, metas)),
        canonical=str(next(iter(tree.xpath("//link[@rel='canonical']/@href")), "")),
        left_out=left_out,
    )


def _beginning(source: str) -> tuple[str, tuple[str, ...]]:
    """What of a page is read, and what is left out, in words."""
    end, size = len(source), len(source)
    if source.count("<") > MOST_TAGS:
        for number, tag in enumerate(re.finditer("<", source)):
            if number == MOST_TAGS:
                end = tag.start()
                break
    end = min(end, MOST_MARKUP)
    if end == size:
        return source, ()
    why = f"{MOST_TAGS:,} tags" if end < MOST_MARKUP else f"{MOST_MARKUP:,} characters"
    return source[:end], (f"what follows the first {why} of the page ({end:,} of {size:,} characters)",)


def unescaped(source: str) -> str:
    """Markup that somebody escaped once too often, as it was meant; anything else as it is."""
    for _ in range(_MOST_ESCAPED):
        source = _ESCAPED_CHARACTER.sub(_character, source) if "&amp;" in source else source
        escaped = len(_ESCAPED_END.findall(source))
        if not escaped or escaped <= len(_KNOWN_END.findall(source)):
            break
        source = html.unescape(source)
    return source


def _character(match: re.Match[str]) -> str:
    """A reference to a character that was escaped itself ("&amp;nbsp;"); what only looks like one stays."""
    known = match[1].startswith("#") or f"{match[1]};" in html.entities.html5
    return f"&{match[1]};" if known else match[0]


def parse_tree(source: str) -> Any | None:
    """Parse a page to an lxml tree; None for what lxml gives up on."""
    return _parse(source)[0]


def strip_tags(source: str) -> str:
    """Return the whole text of a piece of HTML, as of a summary: a line for each block, nothing left out."""
    source, _ = _beginning(unescaped(source))
    tree = _parse(source)[0] if _MARKED.search(source) else None
    return (read_blocks(tree).text if tree is not None else "") or _without_tags(source)


def _without_tags(source: str) -> str:
    """The text of HTML by pattern alone: of simple pieces, and of pages that no parser takes."""
    visible = _TAG.sub(_border, _HIDDEN.sub("\n", source))
    return tidy(html.unescape(visible))


def _border(tag: re.Match[str]) -> str:
    return "\n" if tag[1] and tag[1].lower() in BLOCKS else ""


def one_line(text: str) -> str:
    return " ".join(text.split())


def plain_title(markup: str) -> str:
    """Make one line of plain text of a title that may hold markup; its scripts go, its words stay."""
    markup = unescaped(markup)
    if "<" in markup and _MARKED.search(markup):
        return one_line(strip_tags(markup))
    if "<" in markup:
        markup = _TAG.sub(_border, _HIDDEN.sub("", markup))
    return one_line(html.unescape(markup) if "&" in markup else markup)


def language_code(value: str | None) -> str | None:
    """Return the ISO 639 part of a language tag ("de-AT" -> "de"), or None."""
    primary = re.split(r"[-_]", (value or "").strip())[0].lower()
    return primary if _LANGUAGE.fullmatch(primary) and primary not in ("und", "mul", "zxx") else None


def _parse(source: str) -> tuple[Any | None, bool]:
    """Parse to an lxml tree, None for what lxml gives up on; then whether all of the page is in it."""
    import lxml.html
    from lxml import etree

    # Control characters get into lxml's tree but not out of it again.
    source = _ATTRIBUTE_BOMB.sub(r"<\1", source)
    markup = source.encode("utf-8", "ignore").translate(None, _CONTROLS)
    markup = markup.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")  # U+FFFE, U+FFFF
    # Comments go: trafilatura loses a paragraph's words behind one, and frameworks write many (`<!-- -->`).
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(markup, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None, False
    clarify(tree)
    # Of a page that is nested too deep for it, libxml2 silently keeps no more than the beginning.
    return tree, not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _metas(tree: Any) -> dict[str, str]:
    metas: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        if name:
            metas.setdefault(name.strip().lower(), one_line(element.get("content")))
    return metas


def _first_text(tree: Any, paths: tuple[str, ...]) -> str:
    for path in paths:
        for element in tree.xpath(path):
            text = one_line(str(element.text_content()))
            if text:
                return text
    return ""


def _title(tree: Any, metas: dict[str, str], headline: str) -> str:
    if metas.get("og:title"):
        return metas["og:title"]
    title = _first_text(tree, ("//head/title", "//title"))
    if not title:
        return headline
    return _without_site(title, headline, metas.get("og:site_name", ""))


def _without_site(title: str, headline: str, site: str) -> str:
    """Take the site's name off a title, where the page itself shows which part that is."""
    borders = list(_TITLE_BORDER.finditer(title))
    if not borders:
        return title
    head, tail = title[: borders[-1].start()], title[borders[-1].end() :]
    if (site and tail.casefold() == site.casefold()) or head.casefold() == headline.casefold():
        return head
    return title


def _captions(tree: Any) -> Iterator[str]:
    # Ancestors are looked at here and not in XPath, where nested elements cost quadratic time.
    for element in tree.xpath("//figcaption")[:_MOST_CAPTIONS]:
        if not _ancestors(element) & _FURNITURE:
            yield one_line(str(element.text_content()))
    # The alternative text of a picture counts inside the article; a linked picture leads to another one.
    for element in tree.xpath("//img[string-length(@alt) > 1]")[:_MOST_CAPTIONS]:
        around = _ancestors(element)
        if around & _PLACES and not around & _FURNITURE and "a" not in around:
            yield one_line(element.get("alt"))


def _ancestors(element: Any) -> set[str]:
    return {ancestor.tag for ancestor in element.iterancestors()}


def _language(tree: Any, metas: dict[str, str]) -> str | None:
    declared = (
        tree.get("lang"),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        tree.get("xml:lang"),
    )
    for value in (*declared, metas.get("content-language"), metas.get("og:locale")):
        code = language_code(value)
        if code:
            return code
    return None


def _published(tree: Any, metas: dict[str, str]) -> Iterator[str]:
    """What a page calls the date of its publication, the surest place first."""
    yield from (value for name, value in metas.items() if name in _PUBLISHED_META and value)
    for script in tree.xpath("//script[@type='application/ld+json']/text()")[:_MOST_SCRIPTS]:
        yield from _JSON_LD_DATE.findall(script)[:1]
    marked = tree.xpath("//*[@itemprop='datePublished']/@datetime | //time[@pubdate]/@datetime")
    yield from map(str, marked[:1])
