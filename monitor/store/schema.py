"""The tables, as SQLAlchemy Core metadata; nothing is executed here.

Rows have natural keys, so that writing anything twice adds nothing. Times are UTC to the second.
A change here needs a migration in `migrations/versions/` (a test compares the two).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    true,
)

from monitor.store.columns import ADDRESS, CHEMICAL, LABEL, SUBSTANCE, Key, Lines, Str, Utc, Words
from monitor.store.decision_tables import decision, person
from monitor.store.notice_tables import notice, notice_change, stale_list
from monitor.store.outbox_tables import delivery
from monitor.store.presence_tables import term_presence, watched_page
from monitor.store.story_tables import alert_source, story, story_key, story_member
from monitor.store.tables import count, metadata, words
from monitor.store.watchlist_tables import (
    list_info,
    listing,
    name,
    substance,
    watchlist_change,
    watchlist_version,
)

__all__ = [
    "alert_source",
    "decision",
    "delivery",
    "list_info",
    "listing",
    "metadata",
    "name",
    "notice",
    "notice_change",
    "person",
    "stale_list",
    "story",
    "story_key",
    "story_member",
    "substance",
    "term_presence",
    "watched_page",
    "watchlist_change",
    "watchlist_version",
]

# --- housekeeping ---------------------------------------------------------------------------------

meta = Table(
    "meta",
    metadata,
    Column("key", LABEL, primary_key=True),
    Column("value", Str, nullable=False),
)

# --- what is watched: watchlist_tables.py ----------------------------------------------------------

# What texts are judged by (watchlist, pinned names, rules): one row each time any of it changed, or all was
# to be judged again. An article with a lower `basis` than the newest waits for the rescan.
basis = Table(
    "basis",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Str, nullable=False),
    Column("watchlist", Str, nullable=False),
    Column("at", Utc, nullable=False),
)

# --- where articles come from ---------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    Column("name", LABEL, primary_key=True),
    Column("kind", Str, nullable=False),
    Column("location", ADDRESS, nullable=False),
    Column("every", Float),
    Column("cron", Str),
    Column("language", Str),
    Column("active", Boolean, nullable=False),
    Column("first_seen", Utc, nullable=False),
    Column("bad_after", Integer, nullable=False, server_default="3"),
)

source_state = Table(
    "source_state",
    metadata,
    Column("source", LABEL, primary_key=True),
    words("etag"),
    words("last_modified"),
    Column("cursor", JSON, nullable=False),
    Column("next_check", Utc),
    count("failures"),
)

# --- articles and what they say -------------------------------------------------------------------

# `day` is the day that legal status is looked up at; `copy_of` the article that had this text first.
# `published_offset` ("+08:00") is what `published_at` was written with, NULL where that was not kept: its day
# is then the one in UTC. `stated_on` is the day that a text without a date states itself.
# `place` is the address that an article was read at where an earlier one has that for its own; `declared_url`
# what its page calls itself where that is another address.
article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", ADDRESS, nullable=False, unique=True),
    Column("source", LABEL, nullable=False),
    words("title"),
    Column("language", Str),
    Column("published_at", Utc),
    Column("first_seen", Utc, nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("copy_of", ForeignKey("article.id"), index=True),
    Column("basis", Integer, nullable=False, server_default="0", index=True),
    Column("published_offset", String(6)),
    Column("stated_on", String(10)),
    Column("place", ADDRESS, index=True),
    words("declared_url"),
    Column("forgotten_at", Utc),
    Index("ix_article_source_first_seen", "source", "first_seen"),
)

# `text` is NULL once its retention is over; `length` is in code points.
revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("fetched_at", Utc, nullable=False, index=True),
    Column("text", LargeBinary),
    Column("codec", String(8), nullable=False),
    Column("length", Integer, nullable=False),
    words("watchlist"),
    words("program"),
    UniqueConstraint("article_id", "sha256"),
    UniqueConstraint("article_id", "n"),
)


# How a revision came. `sha256` and `size` are of the bytes that the text was extracted from, whether or not
# they are kept in `body`. `hops` and `headers` are lists of pairs. Revisions of an older program have no row.
capture = Table(
    "capture",
    metadata,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("captured_at", Utc, nullable=False),
    Column("url", Str, nullable=False),
    words("media_type"),
    Column("charset", Str),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("part", Boolean, nullable=False),
    Column("hops", JSON, nullable=False),
    Column("headers", JSON, nullable=False),
    words("extractor"),
    Column("body", LargeBinary),
    Column("codec", String(8), nullable=False),
    Column("warc_file", Str),
    Column("warc_offset", BigInteger),
    Column("warc_length", BigInteger),
    Column("warc_record", Str),
    ForeignKeyConstraint(["article_id", "revision"], ["revision.article_id", "revision.n"]),
)


def _found() -> list[Column[Any]]:
    """The columns of one mention, the same wherever one is kept."""
    return [
        Column("start", Integer, primary_key=True, autoincrement=False),
        Column("stop", Integer, primary_key=True, autoincrement=False),
        Column("surface", Str, nullable=False),
        words("name"),
        words("method"),
        words("form"),
        Column("score", Float, nullable=False),
        Column("features", JSON, nullable=False),
        Column("reasons", Lines, nullable=False),
        Column("tags", Words, nullable=False),
    ]


mention = Table(
    "mention",
    metadata,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("substance", SUBSTANCE, primary_key=True, index=True),
    *_found(),
    ForeignKeyConstraint(["article_id", "revision"], ["revision.article_id", "revision.n"]),
)

# An alert is a snapshot: it and its rows below never change with a later watchlist. `status`, `assignee`,
# `decision_n` and `snoozed_until` follow from its decisions; `suppression_id` is what keeps it back.
# `dated_by` says what `article_day` rests on ("" in older alerts); `not_listed` where the substance stood on
# no list. `places` counts the mentions that it was raised for; no more than the first hundred of each name
# are in `alert_mention`.
alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("substance", SUBSTANCE, nullable=False),
    Column("rule", LABEL, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("reasons", Lines, nullable=False),
    Column("tags", Words, nullable=False),
    Column("watchlist", Str, nullable=False),
    Column("article_day", String(10), nullable=False),
    Column("raised_at", Utc, nullable=False, index=True),
    Column("quiet", Boolean, nullable=False),
    Column("status", LABEL, nullable=False, server_default="new"),
    Column("found_on", Str, nullable=False, server_default="check"),
    Column("story_id", Integer, index=True),
    words("again"),
    count("places"),
    words("dated_by"),
    Column("not_listed", Lines, nullable=False, server_default=""),
    words("title"),
    Column("language", Str),
    Column("published_at", Utc),
    Column("published_offset", String(6)),
    Column("assignee", String(32), nullable=False, server_default=""),
    Column("decision_n", Integer),
    Column("snoozed_until", String(10), nullable=False, server_default=""),
    Column("suppression_id", Integer, index=True),
    UniqueConstraint("article_id", "substance"),
    ForeignKeyConstraint(["article_id", "revision"], ["revision.article_id", "revision.n"]),
    Index("ix_alert_substance_rule_raised_at", "substance", "rule", "raised_at"),
    Index("ix_alert_status_severity_raised_at", "status", "severity", "raised_at"),
)

alert_mention = Table(
    "alert_mention",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    *_found(),
)

alert_snippet = Table(
    "alert_snippet",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("text", Str, nullable=False),
    Column("best", Boolean, nullable=False),
)

LIST_COLUMNS = ("title", "authority", "jurisdiction", "kind", "complete_to", "missing")
"""What an alert keeps of each list, as the list was then."""

alert_listing = Table(
    "alert_listing",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("list_id", LABEL, nullable=False, index=True),
    words("title"),
    words("authority"),
    words("jurisdiction"),
    words("kind"),
    words("code"),
    words("wording"),
    words("since"),
    words("until"),
    words("note"),
    words("source"),
    Column("status", Str, nullable=False),
    words("absent_on"),
    words("present_on"),
    words("complete_to"),
    words("missing"),
    Column("confirmed", Boolean, nullable=False, server_default=true()),
)

# --- the ledger -----------------------------------------------------------------------------------

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Str, nullable=False),
    Column("status", LABEL, nullable=False, index=True),
    Column("started", Utc, nullable=False),
    Column("ended", Utc),
    Column("host", Str, nullable=False),
    Column("process", Str, nullable=False),
    words("message"),
)

source_check = Table(
    "source_check",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False, index=True),
    Column("source", LABEL, nullable=False),
    Column("planned", Utc),
    Column("started", Utc, nullable=False, index=True),
    Column("ended", Utc),
    Column("outcome", Str),
    words("message"),
    count("fetched"),
    count("new"),
    count("revised"),
    count("unchanged"),
    count("copies"),
    count("matched"),
    count("alerted"),
    count("failed"),
    Index("ix_source_check_source_id", "source", "id"),
)

# `scope` is "source" (the whole check failed) or "item". `since` begins the present stretch of failures.
gap = Table(
    "gap",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", LABEL, nullable=False),
    Column("scope", LABEL, nullable=False),
    Column("location", ADDRESS, nullable=False),
    Column("outcome", LABEL, nullable=False),
    words("message"),
    Column("since", Utc, nullable=False),
    Column("last_at", Utc, nullable=False, index=True),
    Column("times", Integer, nullable=False),
    Column("check_id", ForeignKey("source_check.id"), nullable=False),
    Column("closed_at", Utc),
    UniqueConstraint("source", "scope", "location", "outcome"),
    Index("ix_gap_location", "location"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", LABEL, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("pid", Integer, nullable=False),
)

# --- what comes from elsewhere: PubChem's answers, proposals for the watchlist, jobs ----------------

# `question` is "operation namespace identifier"; an answer that found nothing is kept as well.
pubchem_answer = Table(
    "pubchem_answer",
    metadata,
    Column("question", CHEMICAL, primary_key=True),
    Column("found", Boolean, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("fetched_at", Utc, nullable=False, index=True),
)

# A change of the watchlist that a source outside proposes. `status` is what the newest decision says.
proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("substance", SUBSTANCE, nullable=False),
    Column("kind", LABEL, nullable=False),
    words("before"),
    Column("after", Key(1500), nullable=False),
    words("detail"),
    words("reason"),
    Column("source", Str, nullable=False),
    Column("found_at", Utc, nullable=False),
    Column("status", LABEL, nullable=False, index=True),
    UniqueConstraint("substance", "kind", "after"),
)

# Only ever added to.
proposal_decision = Table(
    "proposal_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("proposal_id", ForeignKey("proposal.id"), nullable=False, index=True),
    Column("status", Str, nullable=False),
    Column("who", Str, nullable=False),
    Column("why", Str, nullable=False),
    Column("at", Utc, nullable=False),
)

# What OPSIN said of a name in English letters; a name that it cannot read is kept as well, with its message.
# Of a name on which it ended or hung only the count is kept: that is no verdict on the name.
opsin_answer = Table(
    "opsin_answer",
    metadata,
    Column("name", CHEMICAL, primary_key=True),
    Column("version", LABEL, primary_key=True),
    words("smiles"),
    words("message"),
    Column("ambiguous", Boolean, nullable=False),
    count("failures"),
    Column("asked_at", Utc, nullable=False),
)

# --- names that no list has ------------------------------------------------------------------------

# `key` is the folded name; `status` is what the newest decision says; `reason` why there is no structure.
novel_name = Table(
    "novel_name",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", CHEMICAL, nullable=False, unique=True),
    Column("name", Str, nullable=False),
    words("smiles"),
    words("inchikey"),
    words("via"),
    words("reason"),
    Column("classes", Words, nullable=False, server_default=""),
    Column("status", LABEL, nullable=False, index=True),
)

# One row a name and article: an article that is read again is not counted again.
novel_place = Table(
    "novel_place",
    metadata,
    Column("novel_id", ForeignKey("novel_name.id"), primary_key=True),
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    words("snippet"),
    Column("near", Words, nullable=False, server_default=""),
)

# Only ever added to.
novel_decision = Table(
    "novel_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("novel_id", ForeignKey("novel_name.id"), nullable=False, index=True),
    Column("status", Str, nullable=False),
    Column("who", Str, nullable=False),
    Column("why", Str, nullable=False),
    Column("at", Utc, nullable=False),
)

# --- the scheduler ---------------------------------------------------------------------------------

# What the scheduler does besides the checks of sources; `failures` counts failed times in a row.
job = Table(
    "job",
    metadata,
    Column("name", LABEL, primary_key=True),
    Column("next_at", Utc, nullable=False),
    Column("last_at", Utc),
    words("outcome"),
    words("message"),
    count("failures"),
)
