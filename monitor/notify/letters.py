"""How messages read: subject, plain text, HTML for mail, and an object for machines. Pure.

Everything quoted comes from the web: control characters and those that turn the writing round go, HTML is
escaped, and what a chat service would take for a call to everybody is taken apart.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NOTE = (
    "A mention is not an accusation: an article names a substance, and nothing is said here about any "
    "person, firm or place in it. Legal status is as listed at the article's date; this is not legal advice."
)
LEVELS = {"critical": "#8e1b1b", "high": "#b3441e", "medium": "#8a6100", "low": "#47606f"}
MOST_IN_DIGEST = 50  # alerts that a digest shows in full; the others are counted
_LONGEST = 600  # code points of one quoted passage
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ud800-\udfff]"
)
_CALLS = re.compile(r"@(?=\w)|<(?=[!@#])")


@dataclass(frozen=True, slots=True)
class AlertItem:
    """An alert as a message shows it. `quoted` is a passage of the article in pieces: every second one, from
    the second on, is a mention. `lists` are sentences on the legal status at the article's date."""

    number: int
    kind: str  # alert, escalation or retraction
    substance: str
    severity: str
    title: str
    url: str
    source: str
    published: str
    quoted: tuple[str, ...]
    lists: tuple[str, ...]
    why: tuple[str, ...]
    raised_at: datetime
    articles: int = 1


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A source that turned bad or is well again."""

    source: str
    turned: str  # bad or well
    message: str
    at: datetime


Item = AlertItem | SourceItem


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: for people in two forms, for machines as an object that JSON takes."""

    subject: str
    text: str
    html: str
    data: Mapping[str, Any]


def compose(items: Sequence[Item], *, rule: str, link: str = "") -> Letter:
    """One message of one or more items. `link`: the address of an inbox, where there is one."""
    shown = items[:MOST_IN_DIGEST]
    rest = len(items) - len(shown)
    more = f"... and {rest:,} more; `substance-monitor report alerts` lists them all." if rest else ""
    texts = [_text(item) for item in shown] + ([more] if more else [])
    parts = [_html(item, link) for item in shown] + ([f"<p>{html.escape(more)}</p>"] if more else [])
    foot = f"Sent by the rule “{plain(rule)}”. {NOTE}"
    return Letter(
        _subject(items),
        "\n\n".join([*texts, f"-- \n{foot}"]) + "\n",
        _page("".join(parts), foot),
        {"rule": rule, "items": [_data(item) for item in items], "note": NOTE},
    )


def plain(text: str, limit: int = _LONGEST) -> str:
    """Text from the web on one line, without what is not seen, cut at `limit` code points."""
    text = " ".join(_UNSEEN.sub(" ", text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def defanged(text: str) -> str:
    """Text for a chat service: @everyone and <!channel> call nobody."""
    return _CALLS.sub(lambda match: f"{match[0]}\u200b", text)


def _subject(items: Sequence[Item]) -> str:
    first = items[0]
    if len(items) > 1:
        alerts = [item for item in items if isinstance(item, AlertItem)]
        names = list(dict.fromkeys(item.substance for item in alerts))
        what = f"{len(alerts)} alerts" if len(alerts) == len(items) else f"{len(items)} items"
        shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        return plain(f"{what}: {shown}" if shown else what, 150)
    if isinstance(first, SourceItem):
        state = "cannot be read" if first.turned == "bad" else "is read again"
        return plain(f"Source {first.source} {state}", 150)
    begin = {"escalation": "Undecided: ", "retraction": "Retracted: "}.get(first.kind, "")
    return plain(f"{begin}[{first.severity.upper()}] {first.substance}: {first.title or first.url}", 150)


def _text(item: Item) -> str:
    if isinstance(item, SourceItem):
        return f"{_state(item)}\n{_minute(item.at)}: {plain(item.message)}"
    marked = "".join(f"[{plain(p)}]" if n % 2 else _piece(p) for n, p in enumerate(item.quoted))
    lines = [
        f"{item.severity.upper()}  {plain(item.substance)}  (alert {item.number})",
        _lead(item),
        plain(item.title or "untitled"),
        " · ".join(filter(None, (plain(item.source), plain(item.published), _others(item)))),
        plain(item.url, 2000),
        "",
        f"  {marked.strip()}",
        "",
        *(f"  {plain(line)}" for line in item.lists),
        *(f"  why: {plain(line)}" for line in item.why),
        f"  substance-monitor explain {item.number}",
    ]
    return "\n".join(line for number, line in enumerate(lines) if line or number > 1)


def _lead(item: AlertItem) -> str:
    return {
        "escalation": f"Nobody has decided about it since {_minute(item.raised_at)}.",
        "retraction": "This alert was retracted: it should not have been raised.",
    }.get(item.kind, "")


def _others(item: AlertItem) -> str:
    return f"{item.articles} articles" if item.articles > 1 else ""


def _piece(text: str) -> str:
    """A passage between two mentions, with the spaces at its ends."""
    shown = plain(text)
    return f"{' ' if text[:1].isspace() else ''}{shown}{' ' if shown and text[-1:].isspace() else ''}"


def _html(item: Item, link: str) -> str:
    if isinstance(item, SourceItem):
        return (
            f'<div class="n"><h2>{html.escape(_state(item))}</h2>'
            f"<p>{_minute(item.at)}: {html.escape(plain(item.message))}</p></div>"
        )
    colour = LEVELS.get(item.severity, LEVELS["low"])
    pieces = (
        f'<mark style="background:#ffe08a;color:#111">{html.escape(plain(piece))}</mark>'
        if number % 2
        else html.escape(_piece(piece))
        for number, piece in enumerate(item.quoted)
    )
    title = html.escape(plain(item.title or "untitled"))
    if item.url.lower().startswith(("http://", "https://")):
        title = f'<a href="{html.escape(item.url)}" rel="noopener noreferrer">{title}</a>'
    small = " · ".join(filter(None, (plain(item.source), plain(item.published), _others(item))))
    lead = f"<p><strong>{html.escape(_lead(item))}</strong></p>" if _lead(item) else ""
    inbox = ""
    if link:
        address = html.escape(f"{link.rstrip('/')}/alerts/{item.number}")
        inbox = f' · <a href="{address}">open in the inbox</a>'
    lists = "".join(f"<li>{html.escape(plain(line))}</li>" for line in item.lists)
    why = "".join(f"<li>{html.escape(plain(line))}</li>" for line in item.why)
    return (
        f'<div class="n"><h2><span class="l" style="background:{colour}">'
        f"{html.escape(item.severity)}</span> "
        f"{html.escape(plain(item.substance))}</h2>{lead}<p>{title}<br><small>{html.escape(small)}</small></p>"
        f"<blockquote>{''.join(pieces)}</blockquote>"
        f"<p><small>At the article's date</small></p><ul>{lists or '<li>on no list known here</li>'}</ul>"
        f"<p><small>Why</small></p><ul>{why}</ul><p><small>alert {item.number}{inbox}</small></p></div>"
    )


_STYLE = (
    "body{margin:0;padding:12px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,sans-serif;color:#1c2429;"
    "background:#fff;max-width:640px}.n{border-top:1px solid #cfd8dd;padding:8px 0}"
    "h2{font-size:18px;margin:6px 0}"
    ".l{color:#fff;border-radius:3px;padding:1px 7px;font-size:14px}blockquote{margin:8px 0;padding:4px 12px;"
    "border-left:3px solid #cfd8dd;overflow-wrap:anywhere}ul{margin:2px 0 8px;padding-left:20px}"
    "p{margin:6px 0;overflow-wrap:anywhere}small{color:#55636b}"
)


def _page(body: str, foot: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{body}"
        f'<p style="border-top:1px solid #cfd8dd;padding-top:8px"><small>{html.escape(foot)}</small></p>'
        "</body></html>"
    )


def _data(item: Item) -> dict[str, Any]:
    if isinstance(item, SourceItem):
        return {"kind": "source", "source": item.source, "turned": item.turned, "message": item.message}
    return {
        "kind": item.kind,
        "alert": item.number,
        "substance": item.substance,
        "severity": item.severity,
        "title": item.title,
        "url": item.url,
        "source": item.source,
        "published": item.published,
        "quoted": "".join(item.quoted),
        "lists": list(item.lists),
        "reasons": list(item.why),
        "raised_at": item.raised_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "articles": item.articles,
    }


def _state(item: SourceItem) -> str:
    state = "can no longer be read: a gap is open" if item.turned == "bad" else "is read again"
    return f"Source {plain(item.source)} {state}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
