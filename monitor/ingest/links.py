"""The links of an HTML page, with the words that they stand under. Pure."""

from __future__ import annotations

from urllib.parse import urldefrag

from monitor.ingest.entry import absolute
from monitor.ingest.page import one_line, parse_tree

_MOST_LINKS = 20_000


def find_links(source: str, url: str) -> dict[str, str]:
    """Return absolute http(s) address -> the longest text that links to it, in the order of the page.

    `url` is where the page came from; its own base element goes before it. Fragments are dropped, and links
    to the page itself. Never raises.
    """
    tree = parse_tree(source)
    if tree is None:
        return {}
    base = absolute(str(next(iter(tree.xpath("//base/@href")), "")), url) or url
    own = {urldefrag(url).url, ""}
    found: dict[str, str] = {}
    for element in tree.xpath("//a[@href] | //area[@href]")[:_MOST_LINKS]:
        link = urldefrag(absolute(element.get("href"), base)).url
        if link not in own:
            text = one_line(str(element.text_content()))
            found[link] = max(found.get(link, ""), text, key=len)
    return found
