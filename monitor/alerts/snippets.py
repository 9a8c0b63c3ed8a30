"""Quotable stretches of an article around its mentions. Pure; offsets are code points into the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from monitor.model import Mention, Snippet

AROUND = 160  # code points on either side of a mention
SLACK = 24  # how far an edge may move inwards to reach a word border; text without spaces is cut where it is
MARGIN = 30  # a mention this far inside an earlier snippet needs none of its own
MOST = 5  # snippets kept for one alert; its mentions and their offsets are kept all the same


def snippet(text: str, start: int, stop: int) -> Snippet:
    """Cut the stretch around `[start, stop)`: whole words, no more than a paragraph break away.

    The result's `text` is exactly `text[result.start:result.stop]`: evidence is not rewritten.
    """
    left = _left_edge(text, start)
    right = _right_edge(text, stop)
    return Snippet(left, right, text[left:right])


def snippets(text: str, mentions: Iterable[Mention]) -> tuple[Snippet, ...]:
    """Cut a snippet for each mention that no earlier snippet shows already, `MOST` at the most."""
    cut: list[Snippet] = []
    for mention in sorted(mentions, key=lambda each: (each.start, each.stop)):
        if any(_shows(each, mention, text) for each in cut):
            continue
        cut.append(snippet(text, mention.start, mention.stop))
        if len(cut) == MOST:
            break
    return tuple(cut)


def _shows(shown: Snippet, mention: Mention, text: str) -> bool:
    if not shown.start <= mention.start <= mention.stop <= shown.stop:
        return False
    return mention.stop + MARGIN <= shown.stop or shown.stop == _right_edge(text, mention.stop)


def _left_edge(text: str, start: int) -> int:
    edge = max(0, start - AROUND)
    blank = text.rfind("\n\n", edge, start)
    if blank >= 0:
        return _skip_space(text, blank, start)
    if edge == 0:
        return _skip_space(text, 0, start)
    for at in range(edge, min(edge + SLACK, start)):
        if text[at - 1].isspace() and not text[at].isspace():
            return at
    return _off_a_mark(text, edge, start)


def _right_edge(text: str, stop: int) -> int:
    edge = min(len(text), stop + AROUND)
    blank = text.find("\n\n", stop, edge)
    if blank >= 0:
        return blank
    if edge < len(text):
        for at in range(edge, max(edge - SLACK, stop), -1):
            if text[at].isspace() and not text[at - 1].isspace():
                return at
    while edge > stop and text[edge - 1].isspace():
        edge -= 1
    return edge


def _skip_space(text: str, at: int, start: int) -> int:
    while at < start and text[at].isspace():
        at += 1
    return at


def _off_a_mark(text: str, edge: int, start: int) -> int:
    """Begin no snippet with a combining mark torn from its letter."""
    while edge < start and unicodedata.combining(text[edge]):
        edge += 1
    return edge
