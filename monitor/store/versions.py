"""What is stored at an address, and at others that the same text may have: what a text is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from monitor.store import captures
from monitor.store import schema as t
from monitor.store.columns import unpack
from monitor.store.values import StoredVersion

NEWEST = 12  # articles of one address that are compared, the newest first


def at(connection: Connection, url: str, sha256: str) -> list[StoredVersion]:
    """The articles stored at `url`, the newest first; those that once had the text `sha256` in any case."""
    a, r = t.article.c, t.revision.c
    here = or_(a.url == url, a.place == url)
    had = select(r.article_id).where(r.sha256 == sha256)
    newest = connection.execute(_versions().where(here).order_by(a.id.desc()).limit(NEWEST)).all()
    same = connection.execute(_versions().where(here, a.id.in_(had)).order_by(a.id.desc()).limit(1)).all()
    known = {row.id for row in same}
    rows = [*same, *(row for row in newest if row.id not in known)]
    return [_version(row, _text(row), same=row.id in known) for row in rows]


def elsewhere(connection: Connection, url: str, asked: str, sha256: str) -> StoredVersion | None:
    """The article stored at `url`, with the newest of its texts that was read at the address `asked`.

    An article of a version before 0003 has no captures: its newest text is taken.
    """
    r = t.revision.c
    row = connection.execute(_versions().where(t.article.c.url == url)).one_or_none()
    if row is None:
        return None
    same = select(func.count()).where(r.article_id == row.id, r.sha256 == sha256)
    text = _text_read_at(connection, row, asked)
    return _version(row, text, same=bool(connection.execute(same).scalar_one()))


def item(connection: Connection, file: str, texts: Sequence[str]) -> StoredVersion | None:
    """The item of the file at the address `file` that once had one of the `texts` (SHA-256); the first."""
    a, r = t.article.c, t.revision.c
    had = select(r.article_id).where(r.sha256.in_(texts))
    start = f"{file}/" if "#" in file else f"{file}#"
    query = _versions().where(a.id.in_(had), a.url.startswith(start, autoescape=True)).order_by(a.id)
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _version(row, None, same=True)


def _versions() -> Select[Any]:
    a, r = t.article.c, t.revision.c
    return select(a.id, a.url, a.place, a.title, a.published_at, r.text, r.codec).join(
        t.revision, (r.article_id == a.id) & (r.n == a.revision)
    )


def _text_read_at(connection: Connection, row: Any, asked: str) -> str | None:
    r, c = t.revision.c, t.capture.c
    captured = select(r.text, r.codec).join(t.capture, captures.of(r.article_id, r.n))
    mine = captured.where(r.article_id == row.id, c.url == asked).order_by(r.n.desc()).limit(1)
    read = connection.execute(mine).one_or_none()
    if read is not None:
        return _text(read)
    any_at_all = select(func.count()).where(c.article_id == row.id)
    return None if connection.execute(any_at_all).scalar_one() else _text(row)


def _text(row: Any) -> str | None:
    return None if row.text is None else unpack(row.text, row.codec)


def _version(row: Any, text: str | None, *, same: bool) -> StoredVersion:
    return StoredVersion(row.url, row.place or "", row.title, row.published_at, text, same)
