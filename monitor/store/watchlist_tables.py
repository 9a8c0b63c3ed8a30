"""The tables of the watchlist in force and of what changed in it; withdrawn rows are kept."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, true

from monitor.store.columns import LABEL, SUBSTANCE, Str, Utc, Words
from monitor.store.tables import count, metadata, words

# One row each time another watchlist came into force; the newest row is the one in force.
watchlist_version = Table(
    "watchlist_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Str, nullable=False),
    Column("loaded_at", Utc, nullable=False),
    count("substances"),
    count("names"),
    count("listings"),
    count("lists"),
)

watchlist_change = Table(
    "watchlist_change",
    metadata,
    Column("version_id", ForeignKey("watchlist_version.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("action", Str, nullable=False),
    Column("kind", Str, nullable=False),
    Column("key", Str, nullable=False),
    words("before"),
    words("after"),
)

list_info = Table(
    "list_info",
    metadata,
    Column("id", LABEL, primary_key=True),
    words("title"),
    words("authority"),
    words("jurisdiction"),
    words("kind"),
    Column("withdrawn_at", Utc),
    words("source"),
    words("licence"),
    words("complete_to"),
    words("missing"),
    words("note"),
)

substance = Table(
    "substance",
    metadata,
    Column("key", SUBSTANCE, primary_key=True),
    Column("name", Str, nullable=False),
    words("kind"),
    Column("cas", Words, nullable=False, server_default=""),
    Column("cid", Integer),
    words("smiles"),
    words("inchikey"),
    Column("severity", Integer),
    words("note"),
    words("source"),
    Column("withdrawn_at", Utc),
)

# `row` is a digest of the whole row: a changed row is the old one withdrawn and a new one added.
name = Table(
    "name",
    metadata,
    Column("row", String(32), primary_key=True),
    Column("text", Str, nullable=False),
    Column("substance", SUBSTANCE, nullable=False, index=True),
    words("language"),
    words("type"),
    Column("ambiguous", Boolean, nullable=False),
    words("senses"),
    words("source"),
    Column("added_at", Utc, nullable=False),
    Column("withdrawn_at", Utc),
)

listing = Table(
    "listing",
    metadata,
    Column("row", String(32), primary_key=True),
    Column("substance", SUBSTANCE, nullable=False, index=True),
    Column("list_id", LABEL, nullable=False),
    words("code"),
    words("wording"),
    words("since"),
    words("until"),
    words("note"),
    words("source"),
    Column("added_at", Utc, nullable=False),
    Column("withdrawn_at", Utc),
    words("absent_on"),
    words("present_on"),
    Column("confirmed", Boolean, nullable=False, server_default=true()),
)
