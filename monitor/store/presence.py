"""Which watched names stand on a watched page, since when, and until when.

A page that could not be read says nothing of its names: they are neither there nor gone, and the same holds
where something else was read in its place (`recognise`). Three things end the
time of a name on a page, and are kept apart: the page was read and the name is not in it, the page is gone
(404, 410), and nobody looks any more. All of it is written in the transaction of the batch or check that it
comes from, and the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from monitor.model import Gap, Outcome, stands_in
from monitor.store import recognise
from monitor.store import schema as t
from monitor.store.columns import ADDRESS, fit, unpack
from monitor.store.engine import upsert
from monitor.store.values import Record

ABSENT, PAGE_GONE = "absent", "page gone"
"""Why a name is gone: the page was read without it, or the page itself is gone."""

CLEAR = 0.5  # score from which a mention counts as the appearance of a name
THIN, IN_ITS_PLACE = "thin", "another page"
_THIN_LENGTH, _THIN_SHARE = (
    500,
    10,
)  # a text of fewer signs than that, and of less than a tenth of the last one
_READ = (Outcome.OK, Outcome.UNCHANGED, Outcome.MOVED, Outcome.STALE, Outcome.EMPTY)
_NO_WORD = ("interrupted",)  # says nothing of the page

Key = tuple[str, str]  # substance and name


@dataclass(frozen=True, slots=True)
class _PageRead:
    """A page as it was read now; `served` is what the server sent, "" where it is not at hand."""

    source: str
    url: str
    article_id: int
    revision: int
    text: str | None
    served: str
    now: datetime


# --- what a batch and a check say of a page ------------------------------------------------------------


def after_batch(
    connection: Connection,
    check: int,
    records: Sequence[Record],
    read: Iterable[str],
    gaps: Iterable[Gap],
    now: datetime,
) -> tuple[int, int]:
    """Bring a watched page's names up to date when the batch held the page itself.

    How many names appeared since the reading before, and how many are gone.
    """
    source = _watched(connection, check)
    if source is None:
        return 0, 0
    url = source["location"]  # as it was stored: a very long one is cut
    failed = next((gap for gap in gaps if _address(gap.location) == url), None)
    if url in set(map(_address, read)):
        made = next((r for r in records if r.original and _address(r.original.document.url) == url), None)
        places = {url, _address(made.article.url)} if made else {url}
        in_part = [g for g in gaps if g.outcome == Outcome.TOO_LARGE and _address(g.location) in places]
        return _sighted(connection, source["name"], url, made, in_part[0].message if in_part else "", now)
    if failed is not None:
        _unread(connection, source["name"], url, failed.outcome, failed.message, "text", now)
    return 0, 0


def after_check(connection: Connection, check: int, outcome: str, message: str, now: datetime) -> None:
    """Bring a watched page's names up to date at the end of a check that read it, or did not."""
    source = _watched(connection, check)
    page = None if source is None else _page(connection, source["name"], source["location"])
    if page is None or outcome in _NO_WORD:
        return
    if outcome not in _READ:
        _unread(connection, page["source"], page["url"], outcome, message, "page", now)
    elif page["unread_scope"] != "text":
        # Not modified, or the same bytes as before: what stood there stands there.
        reading = _PageRead(page["source"], page["url"], page["article_id"], page["revision"], None, "", now)
        _bring_up(connection, page, reading)


def _address(url: str) -> str:
    return fit(url, ADDRESS.most)


def _watched(connection: Connection, check: int) -> RowMapping | None:
    """The source of a check, if it is of the kind that is watched."""
    query = (
        select(t.source.c.name, t.source.c.location)
        .join(t.source_check, t.source_check.c.source == t.source.c.name)
        .where(t.source_check.c.id == check, t.source.c.kind == "page")
    )
    return connection.execute(query).mappings().one_or_none()


def _page(connection: Connection, source: str, url: str) -> RowMapping | None:
    c = t.watched_page.c
    query = select(t.watched_page).where(c.source == source, c.url == url)
    return connection.execute(query).mappings().one_or_none()


# --- a page that was read --------------------------------------------------------------------------------


def _sighted(
    connection: Connection, source: str, url: str, made: Record | None, in_part: str, now: datetime
) -> tuple[int, int]:
    """Bring the names up to date with what was read; `in_part` says what of it was left out."""
    page = _page(connection, source, url)
    article_id = _article(connection, source, url, page, made)
    if article_id is None:
        return 0, 0
    row = _current(connection, article_id)
    text = None if row["text"] is None else unpack(row["text"], row["codec"])
    served = made.original.document.body.decode("utf-8", "replace") if made and made.original else ""
    reading = _PageRead(source, url, article_id, row["revision"], text, served, now)
    if page is not None and _is_thin(page, row):
        why = f"the page says almost nothing: {row['length']:,} characters, {page['length']:,} before"
        _unread(connection, source, url, THIN, why, "text", now)
        return 0, 0
    doubt = _doubt(connection, page, reading)
    if in_part and not doubt and _misses_names(connection, reading):
        _unread(connection, source, url, str(Outcome.TOO_LARGE), in_part, "text", now)
        return 0, 0
    if doubt and _misses_names(connection, reading):
        _unread(connection, source, url, IN_ITS_PLACE, doubt, "text", now)
        return 0, 0
    return _bring_up(connection, page, reading, recognised=not doubt)


def _doubt(connection: Connection, page: RowMapping | None, reading: _PageRead) -> str:
    """Why what was read may not be the page as it was read last; "" where nothing has changed."""
    if page is None or reading.text is None:
        return ""
    if (page["article_id"], page["revision"]) == (reading.article_id, reading.revision):
        return ""
    before = _text(connection, page["article_id"], page["revision"])
    return recognise.doubt(before, reading.text, page["length"])


def _misses_names(connection: Connection, reading: _PageRead) -> bool:
    """Are there names on the page that are not in what was read?"""
    there = _names(connection, reading)
    open_ones = _open(connection, reading.source, reading.url)
    return any(
        key not in there and not stands_in(row["surface"], reading.text or "")
        for key, row in open_ones.items()
    )


def _article(
    connection: Connection, source: str, url: str, page: RowMapping | None, made: Record | None
) -> int | None:
    """The article that the page is, also where its text was known before it was watched."""
    a = t.article.c
    if made is not None:
        return int(connection.execute(select(a.id).where(a.url == made.article.url)).scalar_one())
    if page is not None:
        return int(page["article_id"])
    for known in (a.url == url, a.source == source):
        found = connection.execute(select(a.id).where(known).limit(2)).scalars().all()
        if len(found) == 1:
            return int(found[0])
    return None


def _current(connection: Connection, article_id: int) -> RowMapping:
    a, r = t.article.c, t.revision.c
    query = (
        select(a.revision, r.length, r.text, r.codec)
        .join(t.revision, (r.article_id == a.id) & (r.n == a.revision))
        .where(a.id == article_id)
    )
    return connection.execute(query).mappings().one()


def _is_thin(page: RowMapping, row: RowMapping) -> bool:
    """A text that shrank to a few words is a notice or a captcha more often than the page."""
    shrunk: bool = row["length"] * _THIN_SHARE < page["length"]
    return shrunk and row["length"] < _THIN_LENGTH


def _bring_up(
    connection: Connection, page: RowMapping | None, reading: _PageRead, *, recognised: bool = True
) -> tuple[int, int]:
    """Open, keep and close stretches so that they fit what the page says now; then note the reading.

    How many names appeared since the reading before, and how many are gone.
    """
    appeared = gone = 0
    open_ones = _open(connection, reading.source, reading.url)
    back_since = page["unread_since"] if page and page["unread_outcome"] == Outcome.GONE else None
    if back_since is not None:
        _close(connection, open_ones.values(), back_since, PAGE_GONE)
        open_ones = {}
    there = _names(connection, reading)
    before = _text(connection, page["article_id"], page["revision"]) if page else None
    for key, (surface, score) in there.items():
        if key in open_ones or score < CLEAR:
            continue
        # Whoever looks for a name for the first time does not know since when it is there.
        # The same holds where something else was read before.
        absent = recognised and before is not None and not stands_in(surface, before)
        absent_at = page["read_at"] if page is not None and absent else None
        _add(connection, key, surface, reading, back_since or absent_at)
        appeared += (back_since or absent_at) is not None
    # A page may name another canonical address for itself, and then be another article.
    if page is None or (page["article_id"], page["revision"]) != (reading.article_id, reading.revision):
        gone = _end(connection, reading, [row for key, row in open_ones.items() if key not in there])
    _undoubt(connection, [row for key, row in open_ones.items() if key in there])
    _note(connection, reading)
    return appeared, gone


def _names(connection: Connection, reading: _PageRead) -> dict[Key, tuple[str, float]]:
    """Substance and name -> how the text writes it, and the best score."""
    c = t.mention.c
    query = select(c.substance, c.name, c.surface, c.score).where(
        c.article_id == reading.article_id, c.revision == reading.revision
    )
    found: dict[Key, tuple[str, float]] = {}
    for substance, name, surface, score in connection.execute(query.order_by(c.score.desc(), c.start)):
        found.setdefault((substance, name), (surface, score))
    return found


def _end(connection: Connection, reading: _PageRead, missing: Iterable[RowMapping]) -> int:
    """Close the stretches of names that are not in the text; doubt those that the server still sends."""
    if reading.text is None:
        return 0
    c, gone = t.term_presence.c, 0
    for row in missing:
        if stands_in(row["surface"], reading.text):
            _undoubt(connection, [row])  # it is there; only what stands around it no longer speaks for it
        elif reading.served and stands_in(row["surface"], reading.served):
            doubt = row["doubt_since"] or reading.now
            connection.execute(update(t.term_presence).where(c.id == row["id"]).values(doubt_since=doubt))
        else:
            _close(connection, [row], reading.now, ABSENT, reading)
            gone += 1
    return gone


def _undoubt(connection: Connection, rows: Iterable[RowMapping]) -> None:
    c = t.term_presence.c
    for row in rows:
        if row["doubt_since"] is not None:
            connection.execute(update(t.term_presence).where(c.id == row["id"]).values(doubt_since=None))


def _text(connection: Connection, article_id: int, revision: int) -> str | None:
    """The text of a revision; None once it is forgotten."""
    r = t.revision.c
    query = select(r.text, r.codec).where(r.article_id == article_id, r.n == revision)
    row = connection.execute(query).one()
    return None if row.text is None else unpack(row.text, row.codec)


def _open(connection: Connection, source: str, url: str) -> dict[Key, RowMapping]:
    c = t.term_presence.c
    query = select(t.term_presence).where(c.source == source, c.url == url, c.gone_at.is_(None))
    return {(row["substance"], row["name"]): row for row in connection.execute(query).mappings()}


def _close(
    connection: Connection,
    rows: Iterable[RowMapping],
    at: datetime,
    reason: str,
    read: _PageRead | None = None,
) -> None:
    """End stretches; `read` is the text that the names are not in."""
    values: dict[str, Any] = {"gone_at": at, "gone_reason": reason, "doubt_since": None}
    if read is not None:
        values |= {"gone_revision": read.revision, "gone_article_id": read.article_id}
    numbers = [row["id"] for row in rows]
    if numbers:
        connection.execute(update(t.term_presence).where(t.term_presence.c.id.in_(numbers)).values(values))


def _add(
    connection: Connection, key: Key, surface: str, reading: _PageRead, absent_at: datetime | None
) -> None:
    c = t.term_presence.c
    named = {"source": reading.source, "url": reading.url, "substance": key[0], "name": key[1]}
    before = connection.execute(
        select(func.max(c.n)).where(*(c[name] == value for name, value in named.items()))
    ).scalar()
    row = {
        **named,
        "n": (before or 0) + 1,
        "surface": surface,
        "article_id": reading.article_id,
        "absent_at": absent_at,
        "appeared_at": reading.now,
        "appeared_revision": reading.revision,
        "last_seen_at": reading.now,
    }
    connection.execute(insert(t.term_presence).values(row))


def _note(connection: Connection, reading: _PageRead) -> None:
    length = _current(connection, reading.article_id)["length"]
    row = {
        "source": reading.source,
        "url": reading.url,
        "article_id": reading.article_id,
        "revision": reading.revision,
        "length": length,
        "read_at": reading.now,
        "unread_since": None,
        "unread_outcome": "",
        "unread_message": "",
        "unread_scope": "",
    }
    upsert(connection, t.watched_page, [row])
    c = t.term_presence.c
    connection.execute(
        update(t.term_presence)
        .where(c.source == reading.source, c.url == reading.url, c.gone_at.is_(None), c.doubt_since.is_(None))
        .values(last_seen_at=reading.now)
    )


# --- a page that was not read ----------------------------------------------------------------------------


def _unread(
    connection: Connection, source: str, url: str, outcome: str, message: str, scope: str, now: datetime
) -> None:
    """Note since when the page is not read. Once it is gone, a later time-out does not bring it back."""
    page = _page(connection, source, url)
    if page is None or (page["unread_outcome"] == Outcome.GONE and outcome != Outcome.GONE):
        return
    known = page["unread_since"]
    gone_now = outcome == Outcome.GONE and page["unread_outcome"] != Outcome.GONE
    values: dict[str, Any] = {
        "unread_since": now if known is None or gone_now else known,
        "unread_outcome": str(outcome),
        "unread_message": message,
        "unread_scope": scope,
    }
    c = t.watched_page.c
    connection.execute(update(t.watched_page).where(c.source == source, c.url == url).values(values))
