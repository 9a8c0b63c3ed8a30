"""The tables of gazettes: which notices were read, which proposals rest on each, which lists are old."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, Table, UniqueConstraint

from monitor.store.columns import LABEL, Lines, Str, Utc
from monitor.store.tables import metadata, words

# Days are ISO dates, "" where the notice does not state one. `num` is the gazette's own number of a document.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gazette", LABEL, nullable=False),
    Column("num", LABEL, nullable=False),
    words("url"),
    words("title"),
    Column("published", LABEL, nullable=False, server_default="", index=True),
    Column("action", Str, nullable=False),
    words("act"),
    words("list_id"),
    words("from_list"),
    words("effective"),
    words("sentence"),
    Column("reasons", Lines, nullable=False, server_default=""),
    words("source"),
    Column("read_at", Utc, nullable=False),
    UniqueConstraint("gazette", "num"),
)

# What an accepted proposal of a notice does to the watchlist; see `monitor.watchlist.notices.adopt`.
notice_change = Table(
    "notice_change",
    metadata,
    Column("proposal_id", ForeignKey("proposal.id"), primary_key=True),
    Column("notice_id", ForeignKey("notice.id"), nullable=False, index=True),
    Column("change", JSON, nullable=False),
)

# A list that is known to be complete to a day long ago: a gap, as a silent source is one.
stale_list = Table(
    "stale_list",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list_id", LABEL, nullable=False, unique=True),
    words("message"),
    Column("since", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("closed_at", Utc),
)
