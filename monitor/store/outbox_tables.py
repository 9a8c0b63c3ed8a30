"""The table of the outbox: every delivery to every channel, from its planning to its end."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from monitor.store.columns import ADDRESS, LABEL, Str, Utc
from monitor.store.tables import count, metadata, words

# `key` says what the delivery is about and where it goes, so that it is planned once; `uid` names it to those
# who get it. `planned_at` is when it was to go at first, `due_at` when it is tried next.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", ADDRESS, nullable=False, unique=True),
    Column("uid", LABEL, nullable=False),
    Column("alert_id", ForeignKey("alert.id"), index=True),
    Column("check_id", Integer),
    Column("channel", Str, nullable=False),
    words("rule"),
    Column("kind", LABEL, nullable=False),
    count("digest"),
    Column("state", LABEL, nullable=False, server_default="waiting"),
    Column("created_at", Utc, nullable=False),
    Column("planned_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("leased_until", Utc),
    count("attempts"),
    Column("sent_at", Utc),
    words("message"),
    Index("ix_delivery_state_due_at", "state", "due_at"),
)
