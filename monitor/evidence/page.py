"""The bundle for people: one page that loads nothing, runs nothing and links to nothing outside. Pure.

Every word from outside is escaped; signs that cannot be seen or turn the writing round are shown by number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from monitor.evidence.case import NOTICE, Case
from monitor.model import Mention, Snippet

_WHOLE_TEXT = 200_000  # code points; of a longer text the page quotes the passages only
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
Row = tuple[str, str]  # what it is, and the HTML of what is said of it


def page(told: Sequence[dict[str, Any]], cases: Sequence[Case]) -> str:
    """The index.html of a bundle; `told` are the facts of the manifest, in the order of `cases`."""
    sections = "\n".join(_section(facts, case) for facts, case in zip(told, cases, strict=True))
    numbers = ", ".join(str(case.number) for case in cases)
    title = f"Evidence for alert {numbers}" if len(cases) == 1 else f"Evidence for alerts {numbers}"
    parts = {
        "title": shown(title),
        "contents": _contents(cases),
        "sections": sections,
        "notice": shown(NOTICE),
    }
    template = files("monitor.evidence").joinpath("page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def shown(value: object) -> str:
    """Text as HTML: escaped, and what would hide in it made visible."""
    return html.escape(_HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", str(value)))


def _contents(cases: Sequence[Case]) -> str:
    if len(cases) == 1:
        return ""
    lines = (
        f'<li><a href="#{case.folder}">Alert {case.number}</a>: {shown(case.substance.name)}, '
        f"{shown(case.title or case.alert.article_url)}</li>"
        for case in cases
    )
    return f"<ul>{''.join(lines)}</ul>"


def _section(facts: dict[str, Any], case: Case) -> str:
    alert = case.alert
    level = alert.severity.label
    head = (
        f'<h2 id="{case.folder}">Alert {case.number}: {shown(case.substance.name)} '
        f'<span class="level {level}">{level}</span></h2>'
    )
    blocks = (
        ("What was told", _table(_alert_rows(facts, case))),
        ("Where the text names it", _places(case)),
        (shown(case.listings_heading), _items(_listing(entry) for entry in facts["listings"])),
        ("On no list", _items(map(shown, facts["not_listed"]))),
        ("How the text came", _table(_capture_rows(facts))),
        ("Told as well by", _items(map(_other, facts["also_told_by"]))),
        ("What disappeared from the watched page", _items(map(_disappeared, facts["disappeared"]))),
        ("What it was judged with", _table(_version_rows(facts))),
        ("The text as it was", _text(case, facts["text"])),
    )
    return head + "".join(f"\n<h3>{name}</h3>\n{body}" for name, body in blocks if body)


def _alert_rows(facts: dict[str, Any], case: Case) -> Iterable[Row]:
    article, substance = facts["article"], facts["substance"]
    source = article["source"]
    known = ", ".join([f"CAS {cas}" for cas in substance["cas"]] + [substance["inchikey"]]).strip(", ")
    yield "Article", f"<strong>{shown(article['title'] or '(no title)')}</strong>"
    yield "Address", f'<span class="far">{shown(article["url"])}</span>'
    yield "Published", _or_unknown(article["published_at"], "the article does not say")
    yield "First seen", shown(article["first_seen_at"])
    yield "Source", shown(f"{source.get('name', '')} ({source.get('kind', 'kind not known')})")
    yield "Substance", shown(f"{substance['name']} [{substance['key']}] {known}")
    yield "Rule", shown(facts["rule"])
    yield "Why", _items(map(shown, facts["reasons"]))
    beside = ["within a quiet period"] if facts["quiet"] else []
    beside += ["found on rescan, in a stored article"] if facts["found_on"] == "rescan" else []
    yield "Raised", shown(f"{facts['raised_at']} {'; '.join(beside)}")
    yield "Status", shown(facts["status"])


def _capture_rows(facts: dict[str, Any]) -> Iterable[Row]:
    capture, body, warc = facts["capture"], facts["body"], facts["warc"]
    yield "Captured", _or_unknown(capture["captured_at"], capture.get("missing", ""))
    if capture["captured_at"]:
        hops = (f"{shown(hop['status'])} {shown(hop['url'])}" for hop in capture["addresses_asked"])
        yield "Addresses asked", f'<span class="far">{"<br>".join(hops)}</span>'
        yield "What it is", shown(capture["meaning"])
        yield "Headers", "<br>".join(shown(f"{k}: {v}") for k, v in capture["headers"].items())
    yield "SHA-256 of the bytes", _hash(body["sha256"], body)
    yield "SHA-256 of the text", _hash(facts["text"]["sha256"], facts["text"])
    place = f"{warc['record']} in {warc['warc_file']} at {warc['offset']}" if warc["record"] else ""
    yield "WARC record", f'<span class="far">{shown(place)}</span> {_where(warc)}'


def _hash(value: str | None, about: dict[str, Any]) -> str:
    return f"<code>{shown(value)}</code> {_where(about)}" if value else _where(about)


def _where(about: dict[str, Any]) -> str:
    told = f"file {about['file']}" if about["file"] else about.get("missing", "")
    return f"<small>{shown(told.replace('`', ''))}</small>"


def _other(article: dict[str, Any]) -> str:
    told = f"{shown(article['title'] or '(no title)')}<br>{shown(article['url'])}"
    return (
        f"{told}<br><small>{shown(article['source'])}, first seen {shown(article['first_seen_at'])}</small>"
    )


def _disappeared(gone: dict[str, Any]) -> str:
    absent = f", not there at {gone['absent_before_at']}" if gone["absent_before_at"] else ""
    told = f"“{gone['name']}”: there since {gone['appeared_at']}{absent}, last seen {gone['last_seen_at']}, "
    told += f"gone at {gone['gone_at']} ({gone['reason']})"
    digest = f"<br><code>{shown(gone['sha256'])}</code>" if gone["sha256"] else ""
    return f"{shown(told)}{digest} {_where(gone)}"


def _version_rows(facts: dict[str, Any]) -> Iterable[Row]:
    versions = facts["versions"]
    watchlist = versions["watchlist"]
    since = watchlist.get("in_force_since")
    yield "Extractor", _or_unknown(versions["extractor"], "not recorded")
    yield "Watchlist", f"<code>{shown(watchlist['digest'])}</code>"
    if since:
        counts = ", ".join(
            f"{watchlist[n]} {n}" for n in ("substances", "names", "listings") if n in watchlist
        )
        yield "In force since", shown(f"{since} ({counts})")
    if versions.get("last_matched_by"):
        yield "Text last matched by", shown(versions["last_matched_by"])


def _places(case: Case) -> str:
    blocks = []
    for mention in case.alert.mentions:
        about = [f"at {mention.start}–{mention.stop}, score {mention.score:.2f}"]
        about += [f"found by {mention.method} “{mention.name}”", *mention.reasons]
        quote = _quoted(mention, case)
        blocks.append(f"{quote}<p><small>{shown('; '.join(about))}</small></p>")
    return "".join(blocks)


def _quoted(mention: Mention, case: Case) -> str:
    for snippet in case.alert.snippets:
        if snippet.start <= mention.start and mention.stop <= snippet.stop:
            return f"<blockquote>{_marked(snippet, [mention])}</blockquote>"
    return f"<blockquote><mark>{shown(mention.surface)}</mark></blockquote>"


def _marked(stretch: Snippet, mentions: Iterable[Mention]) -> str:
    """A stretch of the text with the mentions in it marked; of two that overlap the first."""
    pieces, at = [], stretch.start
    for mention in sorted(mentions, key=lambda m: (m.start, -m.stop)):
        if at <= mention.start and mention.stop <= stretch.stop:
            pieces.append(shown(stretch.text[at - stretch.start : mention.start - stretch.start]))
            inside = stretch.text[mention.start - stretch.start : mention.stop - stretch.start]
            pieces.append(f"<mark>{shown(inside)}</mark>")
            at = mention.stop
    pieces.append(shown(stretch.text[at - stretch.start :]))
    return "".join(pieces)


def _text(case: Case, about: dict[str, Any]) -> str:
    text = case.told.text
    if text is None:
        return f"<p>{shown(about['missing'])}</p>"
    if len(text) > _WHOLE_TEXT:
        return f"<p>{len(text):,} signs; they are in {about['file']}, and the passages above.</p>"
    return f'<div class="text">{_marked(Snippet(0, len(text), text), case.alert.mentions)}</div>'


def _listing(entry: dict[str, Any]) -> str:
    more = [f"“{entry['wording']}”" if entry["wording"] else "", entry["note"], entry["source"]]
    details = "; ".join(filter(None, more))
    return shown(entry["told"]) + (f"<br><small>{shown(details)}</small>" if details else "")


def _items(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else ""


def _table(rows: Iterable[Row]) -> str:
    lines = "".join(f"<tr><th>{name}</th><td>{told}</td></tr>\n" for name, told in rows)
    return f"<table>\n{lines}</table>"


def _or_unknown(value: object, otherwise: str) -> str:
    return shown(value) if value else f"<em>{shown(otherwise)}</em>"
