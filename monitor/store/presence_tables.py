"""The tables of watched pages and of the terms that stand on them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from monitor.store.columns import ADDRESS, LABEL, SUBSTANCE, TERM, Str, Utc
from monitor.store.tables import metadata, words

# One row a page that a source of the kind `page` reads itself. `read_at` is the last time that its text was
# had, or the page was said not to have changed. `unread_*` say since when it is not: the outcome of the
# check, or "thin". `unread_scope` is "page" when the page could not be had, "text" when its text was no use.
watched_page = Table(
    "watched_page",
    metadata,
    Column("source", LABEL, primary_key=True),
    Column("url", ADDRESS, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("read_at", Utc, nullable=False),
    Column("unread_since", Utc),
    words("unread_outcome"),
    words("unread_message"),
    Column("unread_scope", String(4), nullable=False, server_default=""),
)

# One row a stretch of time in which a name stood on a page; the stretch is open while `gone_at` is NULL.
# `absent_at` is the reading before, when it was not there yet. `doubt_since`: it is not in the text any more,
# and still in what the server sends. Closed rows are never changed.
# `gone_revision` is one of `gone_article_id`: another article where the page's text was replaced.
term_presence = Table(
    "term_presence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", LABEL, nullable=False),
    Column("url", ADDRESS, nullable=False),
    Column("substance", SUBSTANCE, nullable=False, index=True),
    Column("name", TERM, nullable=False),
    Column("n", Integer, nullable=False),
    Column("surface", Str, nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    Column("absent_at", Utc),
    Column("appeared_at", Utc, nullable=False, index=True),
    Column("appeared_revision", Integer, nullable=False),
    Column("last_seen_at", Utc, nullable=False),
    Column("doubt_since", Utc),
    Column("gone_at", Utc),
    words("gone_reason"),
    Column("gone_revision", Integer),
    Column("gone_article_id", Integer),
    UniqueConstraint("source", "url", "substance", "name", "n"),
)
