"""The tables of decisions: who decided what about which alert, in a chain; suppressions; people."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from monitor.store.columns import LABEL, SUBSTANCE, TERM, Utc
from monitor.store.tables import metadata, words

# A person is known by a number made by dice. The name can be erased: `name` is NULL then.
person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", LABEL, unique=True),
    Column("added_at", Utc, nullable=False),
    Column("erased_at", Utc),
)

# What is held back: alerts that fit every condition that is not empty, up to `severity`, until a day.
suppression = Table(
    "suppression",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("substance", SUBSTANCE, nullable=False, server_default=""),
    Column("source", LABEL, nullable=False, server_default=""),
    Column("list_id", LABEL, nullable=False, server_default=""),
    Column("tag", LABEL, nullable=False, server_default=""),
    Column("name", TERM, nullable=False, server_default=""),
    Column("severity", Integer, nullable=False),
    Column("until", String(10), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("ended_at", Utc),
)

# Only ever added to, but for `why` and `nonce`, which `forget` can empty. `hash` is over the row and
# `previous`, the hash of the row before; of `why` only `why_mark` goes in, the SHA-256 of `nonce` and `why`.
decision = Table(
    "decision",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("alert_id", ForeignKey("alert.id")),
    Column("suppression_id", ForeignKey("suppression.id")),
    Column("article_id", ForeignKey("article.id")),
    Column("action", String(16), nullable=False),
    Column("person", String(32), nullable=False),
    Column("assignee", String(32), nullable=False, server_default=""),
    Column("until", String(10), nullable=False, server_default=""),
    words("code"),
    words("why"),
    Column("nonce", String(32), nullable=False, server_default=""),
    Column("why_mark", String(64), nullable=False),
    Column("status_before", String(16), nullable=False, server_default=""),
    Column("status_after", String(16), nullable=False, server_default=""),
    Column("at", Utc, nullable=False, index=True),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_decision_alert_id_n", "alert_id", "n"),
)
