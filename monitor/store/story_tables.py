"""The tables of stories: which articles tell of one event, and which stand behind one alert."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table

from monitor.store.columns import SUBSTANCE, Lines, Str, Utc
from monitor.store.tables import metadata, words

# A story is known by the article that it began with.
story = Table(
    "story",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False, unique=True),
    Column("opened_at", Utc, nullable=False),
)

# `near_id`: the article of the story that it is most alike; NULL for the one that it began with. `trace` and
# `filed` are what later articles are compared with; they are forgotten once none can join any more.
story_member = Table(
    "story_member",
    metadata,
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("story_id", ForeignKey("story.id"), nullable=False, index=True),
    Column("near_id", ForeignKey("article.id")),
    Column("score", Float, nullable=False),
    Column("reasons", Lines, nullable=False),
    Column("outlet", Str, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("joined_at", Utc, nullable=False),
    Column("trace", LargeBinary),
    Column("filed", LargeBinary),
    Index("ix_story_member_joined_at_kept", "joined_at", "article_id"),
)

# Where an article is filed: `at` (seconds since 1970) lets the nearest in time be read first.
story_key = Table(
    "story_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# An article that raised no alert of its own for a substance, as its story had told of it.
alert_source = Table(
    "alert_source",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    Column("article_id", ForeignKey("article.id"), primary_key=True, index=True),
    Column("substance", SUBSTANCE, primary_key=True),
    words("rule"),
    Column("severity", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("added_at", Utc, nullable=False),
)
