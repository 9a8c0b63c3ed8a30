"""The reporting views: the one list of them, and how they are dropped and made again.

They are the public interface for SQL (docs/sql.md describes every column) and read the same on SQLite
and PostgreSQL. `{agg}` is the database's string aggregate, `{levels}` the words for severities; the
rest is plain SQL.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, inspect, text

from monitor.model import Severity
from monitor.store.decision_views import DECISION_VIEWS
from monitor.store.notice_views import NOTICE_VIEWS
from monitor.store.outbox_views import OUTBOX_VIEWS
from monitor.store.story_views import STORY_VIEWS

_LEVELS = " ".join(f"WHEN {level.value} THEN '{level.label}'" for level in Severity)

_ALERTS = """
SELECT al.id AS alert_id,
       al.raised_at AS raised_at,
       CASE al.severity {levels} END AS severity,
       al.severity AS severity_rank,
       al.substance AS substance,
       COALESCE(s.name, al.substance) AS substance_name,
       COALESCE(s.kind, '') AS kind,
       COALESCE(NULLIF(s.smiles, ''), (SELECT MIN(n.smiles) FROM alert_mention m
          JOIN novel_name n ON n.inchikey = m.name AND n.smiles <> ''
         WHERE m.alert_id = al.id AND m.method = 'class'), '') AS smiles,
       al.article_id AS article_id,
       al.revision AS revision,
       al.title AS title,
       ar.url AS url,
       ar.source AS source,
       al.language AS language,
       al.published_at AS published_at,
       al.article_day AS article_day,
       al.rule AS rule,
       al.score AS score,
       al.places AS mentions,
       (SELECT {agg}(d.surface, ' | ')
          FROM (SELECT DISTINCT m.surface AS surface FROM alert_mention m
                 WHERE m.alert_id = al.id ORDER BY m.surface) d) AS surfaces,
       (SELECT n.text FROM alert_snippet n WHERE n.alert_id = al.id AND n.best) AS snippet,
       COALESCE((SELECT {agg}(d.list_id, ', ')
          FROM (SELECT DISTINCT l.list_id AS list_id FROM alert_listing l
                 WHERE l.alert_id = al.id AND l.status IN ('in force', 'date not known')
                 ORDER BY l.list_id) d), '') AS lists,
       COALESCE((SELECT {agg}(d.line, '; ')
          FROM (SELECT CASE WHEN l.title = '' THEN l.list_id ELSE l.title END
                       || CASE WHEN l.kind = '' THEN ''
                               WHEN l.kind IN ('schedule', 'precursor') THEN ' [' || l.kind || ']'
                               WHEN l.kind = 'class' THEN ' [class, possible member only]'
                               ELSE ' [' || l.kind || ', not legal control]' END
                       || CASE WHEN l.code = '' THEN '' ELSE ' ' || l.code END
                       || CASE WHEN l.since = '' THEN '' ELSE ' since ' || l.since END
                       || CASE WHEN l.until = '' THEN '' ELSE ' until ' || l.until END
                       || ': '
                       || CASE WHEN l.status = 'date not known' THEN 'listed, date not known'
                               WHEN l.kind IN ('schedule', 'precursor', 'class', '') THEN l.status
                               WHEN l.status = 'in force' THEN 'on it'
                               WHEN l.status = 'not yet in force' THEN 'not yet on it'
                               WHEN l.status = 'no longer in force' THEN 'no longer on it'
                               ELSE l.status END
                       || CASE WHEN l.complete_to = '' THEN ''
                               ELSE ' (list complete to ' || l.complete_to || ')' END AS line
                  FROM alert_listing l WHERE l.alert_id = al.id ORDER BY l.n) d), '') AS listing_text,
       al.not_listed AS not_listed,
       al.dated_by AS dated_by,
       al.reasons AS reasons,
       (SELECT {agg}(d.method, ', ')
          FROM (SELECT DISTINCT m.method AS method FROM alert_mention m
                 WHERE m.alert_id = al.id ORDER BY m.method) d) AS methods,
       al.tags AS tags,
       al.quiet AS quiet,
       al.status AS status,
       al.watchlist AS watchlist_version,
       al.found_on AS found_on,
       al.story_id AS story_id,
       1 + (SELECT COUNT(DISTINCT k.article_id) FROM alert_source k WHERE k.alert_id = al.id) AS articles,
       CASE WHEN al.story_id IS NULL THEN 1
            ELSE (SELECT COUNT(DISTINCT m.outlet) FROM story_member m
                   WHERE m.article_id IN (SELECT al.article_id UNION ALL SELECT k.article_id
                                            FROM alert_source k WHERE k.alert_id = al.id)) END AS outlets,
       al.again AS told_again,
       COALESCE((SELECT p.name FROM person p WHERE p.id = al.assignee), '') AS assignee,
       COALESCE(w.name, '') AS decided_by,
       dc.at AS decided_at,
       COALESCE(NULLIF(dc.why, ''), dc.code, '') AS reason,
       al.suppression_id AS suppression_id
  FROM alert al
  JOIN article ar ON ar.id = al.article_id
  LEFT JOIN substance s ON s.key = al.substance
  LEFT JOIN decision dc ON dc.n = al.decision_n
  LEFT JOIN person w ON w.id = dc.person
"""

_ARTICLES = """
SELECT ar.id AS article_id,
       ar.url AS url,
       ar.title AS title,
       ar.source AS source,
       ar.language AS language,
       ar.published_at AS published_at,
       ar.first_seen AS first_seen_at,
       ar.day AS day,
       ar.revision AS revision,
       (SELECT COUNT(*) FROM revision x WHERE x.article_id = ar.id) AS revisions,
       r.fetched_at AS fetched_at,
       r.sha256 AS sha256,
       r.length AS length,
       CASE WHEN r.text IS NULL THEN 0 ELSE 1 END AS text_kept,
       ar.copy_of AS copy_of,
       (SELECT COUNT(*) FROM article c WHERE c.copy_of = ar.id) AS copies,
       (SELECT COUNT(*) FROM mention m
         WHERE m.article_id = ar.id AND m.revision = ar.revision) AS mentions,
       (SELECT COUNT(DISTINCT m.substance) FROM mention m
         WHERE m.article_id = ar.id AND m.revision = ar.revision) AS substances,
       (SELECT COUNT(*) FROM alert a WHERE a.article_id = ar.id) AS alerts,
       COALESCE(b.watchlist, r.watchlist) AS watchlist_version,
       (SELECT m.story_id FROM story_member m WHERE m.article_id = ar.id) AS story_id,
       ar.declared_url AS declared_url,
       COALESCE(ar.place, ar.url) AS place
  FROM article ar
  JOIN revision r ON r.article_id = ar.id AND r.n = ar.revision
  LEFT JOIN basis b ON b.id = ar.basis
"""

_MENTIONS = """
SELECT m.article_id AS article_id,
       m.revision AS revision,
       CASE WHEN m.revision = ar.revision THEN 1 ELSE 0 END AS is_current,
       ar.url AS url,
       ar.title AS title,
       ar.source AS source,
       ar.language AS language,
       ar.published_at AS published_at,
       ar.first_seen AS first_seen_at,
       ar.day AS day,
       ar.copy_of AS copy_of,
       m.start AS start,
       m.stop AS stop,
       m.surface AS surface,
       m.substance AS substance,
       COALESCE(s.name, m.substance) AS substance_name,
       COALESCE(s.kind, '') AS kind,
       m.name AS name,
       m.method AS method,
       m.form AS form,
       m.score AS score,
       m.reasons AS reasons,
       m.tags AS tags,
       al.id AS alert_id
  FROM mention m
  JOIN article ar ON ar.id = m.article_id
  LEFT JOIN substance s ON s.key = m.substance
  LEFT JOIN alert al ON al.article_id = m.article_id AND al.substance = m.substance
"""

_SUBSTANCE_DAILY = """
SELECT d.day AS day,
       d.substance AS substance,
       COALESCE(s.name, d.substance) AS substance_name,
       COALESCE(s.kind, '') AS kind,
       COUNT(*) AS articles,
       CAST(SUM(CASE WHEN d.copy_of IS NULL THEN 0 ELSE 1 END) AS INTEGER) AS copies,
       COUNT(DISTINCT d.source) AS sources,
       CAST(SUM(d.mentions) AS INTEGER) AS mentions,
       MAX(d.score) AS best_score,
       COUNT(al.id) AS alerts,
       MAX(al.severity) AS severity_rank
  FROM (SELECT ar.day AS day, ar.source AS source, ar.copy_of AS copy_of, m.article_id AS article_id,
               m.substance AS substance, COUNT(*) AS mentions, MAX(m.score) AS score
          FROM mention m
          JOIN article ar ON ar.id = m.article_id AND ar.revision = m.revision
         GROUP BY ar.day, ar.source, ar.copy_of, m.article_id, m.substance) d
  LEFT JOIN substance s ON s.key = d.substance
  LEFT JOIN alert al ON al.article_id = d.article_id AND al.substance = d.substance
 GROUP BY d.day, d.substance, s.name, s.kind
"""

_SOURCE_HEALTH = """
SELECT s.name AS source,
       s.kind AS kind,
       s.location AS location,
       s.active AS active,
       CASE WHEN NOT s.active THEN 'off'
            WHEN c.id IS NULL THEN 'never checked'
            WHEN c.outcome IN ('empty', 'stale', 'moved') THEN c.outcome
            WHEN c.outcome IN ('ok', 'unchanged') THEN 'ok'
            ELSE 'failing' END AS health,
       c.started AS last_check_at,
       c.outcome AS last_outcome,
       c.message AS last_message,
       (SELECT MAX(k.started) FROM source_check k
         WHERE k.source = s.name AND k.outcome IN ('ok', 'unchanged', 'moved', 'stale')) AS last_ok_at,
       COALESCE(t.failures, 0) AS failures,
       t.next_check AS next_check_at,
       (SELECT COUNT(*) FROM source_check k
         WHERE k.source = s.name AND k.outcome IS NOT NULL) AS checks,
       (SELECT COUNT(*) FROM source_check k
         WHERE k.source = s.name AND k.outcome NOT IN ('ok', 'unchanged', 'moved', 'stale')) AS failed_checks,
       (SELECT COUNT(*) FROM article a WHERE a.source = s.name) AS articles,
       (SELECT MAX(a.first_seen) FROM article a WHERE a.source = s.name) AS last_new_at,
       (SELECT MAX(a.published_at) FROM article a WHERE a.source = s.name) AS last_published_at,
       (SELECT COUNT(*) FROM alert al JOIN article a ON a.id = al.article_id
         WHERE a.source = s.name) AS alerts,
       (SELECT COUNT(*) FROM gap g
         WHERE g.source = s.name AND g.closed_at IS NULL) AS open_gaps
  FROM source s
  LEFT JOIN source_state t ON t.source = s.name
  LEFT JOIN source_check c ON c.id = (SELECT MAX(k.id) FROM source_check k
                                       WHERE k.source = s.name AND k.outcome IS NOT NULL)
"""

# A good check begins a stretch; the bad ones after it are counted.
_SOURCE_EVENTS = """
SELECT e.source AS source,
       CASE WHEN e.good = 1 THEN 'well' ELSE 'bad' END AS turned,
       e.ended AS turned_at,
       e.outcome AS outcome,
       e.message AS message,
       e.id AS check_id
  FROM (SELECT d.*,
               LAG(d.bad) OVER (PARTITION BY d.source ORDER BY d.id) AS bad_before
          FROM (SELECT k.*,
                       SUM(1 - k.good) OVER (PARTITION BY k.source, k.stretch ORDER BY k.id) AS bad
                  FROM (SELECT c.id, c.source, c.ended, c.outcome, c.message, c.good,
                               SUM(c.good) OVER (PARTITION BY c.source ORDER BY c.id) AS stretch
                          FROM (SELECT id, source, ended, outcome, message,
                                       CASE WHEN outcome IN ('ok', 'unchanged', 'moved') THEN 1
                                            ELSE 0 END AS good
                                  FROM source_check
                                 WHERE outcome IS NOT NULL AND outcome <> 'interrupted') c) k) d) e
  JOIN source s ON s.name = e.source
 WHERE (e.good = 0 AND e.bad = s.bad_after) OR (e.good = 1 AND e.bad_before >= s.bad_after)
"""

_WATCHLIST = """
SELECT s.key AS substance,
       s.name AS substance_name,
       s.kind AS kind,
       s.cas AS cas,
       s.cid AS pubchem_cid,
       s.inchikey AS inchikey,
       CASE s.severity {levels} END AS severity,
       COALESCE((SELECT {agg}(d.text, ' | ')
          FROM (SELECT DISTINCT n.text AS text FROM name n
                 WHERE n.substance = s.key AND n.withdrawn_at IS NULL ORDER BY n.text) d), '') AS names,
       l.list_id AS list_id,
       i.title AS list_title,
       i.authority AS authority,
       i.jurisdiction AS jurisdiction,
       i.kind AS list_kind,
       CASE WHEN i.kind IN ('schedule', 'precursor') THEN 1 ELSE 0 END AS is_control,
       l.code AS code,
       l.wording AS wording,
       l.since AS since,
       l.until AS until,
       l.note AS listing_note,
       l.source AS listing_source,
       s.note AS note,
       s.source AS substance_source,
       COALESCE(l.withdrawn_at, s.withdrawn_at) AS withdrawn_at
  FROM substance s
  LEFT JOIN listing l ON l.substance = s.key
  LEFT JOIN list_info i ON i.id = l.list_id
"""

_COVERAGE_GAPS = """
SELECT g.id AS gap_id,
       g.source AS source,
       g.scope AS scope,
       g.location AS location,
       g.outcome AS outcome,
       g.message AS message,
       g.since AS began_at,
       g.last_at AS last_at,
       g.times AS times,
       g.closed_at AS closed_at,
       CASE WHEN g.closed_at IS NULL THEN 1 ELSE 0 END AS is_open,
       g.check_id AS check_id
  FROM gap g
UNION ALL
SELECT -w.id, 'watchlist', 'list', w.list_id, 'stale', w.message, w.since, w.last_at, 1, w.closed_at,
       CASE WHEN w.closed_at IS NULL THEN 1 ELSE 0 END, NULL
  FROM stale_list w
"""

_PROPOSALS = """
SELECT p.id AS proposal_id,
       p.found_at AS found_at,
       p.substance AS substance,
       COALESCE(s.name, p.substance) AS substance_name,
       p.kind AS kind,
       p.before AS before,
       p.after AS after,
       p.detail AS detail,
       p.reason AS reason,
       p.source AS source,
       p.status AS status,
       d.at AS decided_at,
       d.who AS decided_by,
       d.why AS decided_why,
       (SELECT COUNT(*) FROM proposal_decision k WHERE k.proposal_id = p.id) AS decisions
  FROM proposal p
  LEFT JOIN substance s ON s.key = p.substance
  LEFT JOIN proposal_decision d ON d.id = (SELECT MAX(k.id) FROM proposal_decision k
                                            WHERE k.proposal_id = p.id)
"""

# `listed_as`: the watched substance that has this structure, or this very name, by now.
_NOVEL_NAMES = """
SELECT n.id AS novel_id,
       n.name AS name,
       n.status AS status,
       CAST(COALESCE((SELECT SUM(p.times) FROM novel_place p
                        JOIN article a ON a.id = p.article_id
                       WHERE p.novel_id = n.id AND a.copy_of IS NULL), 0) AS INTEGER) AS count,
       (SELECT COUNT(*) FROM novel_place p
          JOIN article a ON a.id = p.article_id
         WHERE p.novel_id = n.id AND a.copy_of IS NULL) AS articles,
       (SELECT COUNT(*) FROM novel_place p
          JOIN article a ON a.id = p.article_id
         WHERE p.novel_id = n.id AND a.copy_of IS NOT NULL) AS copies,
       (SELECT COUNT(DISTINCT a.source) FROM novel_place p
          JOIN article a ON a.id = p.article_id WHERE p.novel_id = n.id) AS sources,
       (SELECT MIN(a.first_seen) FROM novel_place p
          JOIN article a ON a.id = p.article_id WHERE p.novel_id = n.id) AS first_seen_at,
       (SELECT MAX(a.first_seen) FROM novel_place p
          JOIN article a ON a.id = p.article_id WHERE p.novel_id = n.id) AS last_seen_at,
       n.smiles AS smiles,
       n.inchikey AS inchikey,
       n.via AS via,
       n.reason AS reason,
       n.classes AS classes,
       COALESCE((SELECT MIN(s.key) FROM substance s
                  WHERE n.inchikey <> '' AND s.inchikey = n.inchikey AND s.withdrawn_at IS NULL),
                (SELECT MIN(m.substance) FROM name m
                  WHERE LOWER(m.text) = LOWER(n.name) AND m.withdrawn_at IS NULL), '') AS listed_as,
       COALESCE((SELECT {agg}(d.near, ' | ')
          FROM (SELECT DISTINCT p.near AS near FROM novel_place p
                 WHERE p.novel_id = n.id AND p.near <> '' ORDER BY p.near LIMIT 3) d), '') AS near,
       COALESCE((SELECT {agg}(d.snippet, ' | ')
          FROM (SELECT p.snippet AS snippet FROM novel_place p
                  JOIN article a ON a.id = p.article_id
                 WHERE p.novel_id = n.id AND a.copy_of IS NULL
                 ORDER BY a.first_seen DESC, a.id DESC LIMIT 3) d), '') AS contexts,
       COALESCE((SELECT {agg}(d.url, ' | ')
          FROM (SELECT a.url AS url FROM novel_place p
                  JOIN article a ON a.id = p.article_id
                 WHERE p.novel_id = n.id AND a.copy_of IS NULL
                 ORDER BY a.first_seen DESC, a.id DESC LIMIT 3) d), '') AS urls,
       d.at AS decided_at,
       d.who AS decided_by,
       d.why AS decided_why,
       (SELECT COUNT(*) FROM novel_decision k WHERE k.novel_id = n.id) AS decisions
  FROM novel_name n
  LEFT JOIN novel_decision d ON d.id = (SELECT MAX(k.id) FROM novel_decision k WHERE k.novel_id = n.id)
"""

_CAPTURES = """
SELECT c.article_id AS article_id,
       c.revision AS revision,
       a.url AS article_url,
       a.title AS title,
       a.source AS source,
       c.captured_at AS captured_at,
       c.url AS url,
       c.media_type AS media_type,
       c.charset AS charset,
       c.sha256 AS body_sha256,
       c.size AS body_size,
       CASE WHEN c.body IS NULL THEN 0 ELSE 1 END AS body_kept,
       CASE WHEN c.part THEN 1 ELSE 0 END AS is_part,
       CAST(c.hops AS TEXT) AS hops,
       CAST(c.headers AS TEXT) AS headers,
       c.extractor AS extractor,
       r.sha256 AS text_sha256,
       c.warc_file AS warc_file,
       c.warc_offset AS warc_offset,
       c.warc_record AS warc_record
  FROM capture c
  JOIN article a ON a.id = c.article_id
  JOIN revision r ON r.article_id = c.article_id AND r.n = c.revision
"""

# What is still open is told by the page: gone with it, unknown while it is not read, else there.
_TERM_PRESENCE = """
SELECT d.source AS source,
       d.url AS url,
       d.substance AS substance,
       COALESCE(s.name, d.substance) AS substance_name,
       d.name AS name,
       d.surface AS surface,
       CASE WHEN d.reason = '' THEN 'present'
            WHEN d.reason IN ('absent', 'page gone') THEN 'gone'
            ELSE 'unknown' END AS state,
       d.reason AS reason,
       d.absent_at AS absent_before_at,
       d.appeared_at AS appeared_at,
       d.last_seen_at AS last_seen_at,
       CASE WHEN d.gone_at IS NOT NULL THEN d.gone_at
            WHEN d.reason = 'page gone' THEN d.unread_since END AS gone_at,
       CASE WHEN d.reason IN ('', 'absent', 'page gone') THEN NULL
            WHEN d.reason = 'not watched' THEN d.last_seen_at
            WHEN d.reason = 'only in its source' THEN d.doubt_since
            ELSE d.unread_since END AS unknown_since_at,
       CASE WHEN d.gone_at IS NULL THEN COALESCE(d.unread_message, '') ELSE '' END AS message,
       d.article_id AS article_id,
       d.appeared_revision AS appeared_revision,
       d.gone_revision AS gone_revision,
       CASE WHEN d.gone_revision IS NOT NULL THEN COALESCE(d.gone_article_id, d.article_id) END
           AS gone_article_id
  FROM (SELECT p.*,
               w.unread_since AS unread_since,
               w.unread_message AS unread_message,
               CASE WHEN p.gone_at IS NOT NULL THEN p.gone_reason
                    WHEN w.unread_outcome = 'gone' THEN 'page gone'
                    WHEN o.name IS NULL THEN 'not watched'
                    WHEN w.unread_since IS NOT NULL THEN w.unread_outcome
                    WHEN p.doubt_since IS NOT NULL THEN 'only in its source'
                    ELSE '' END AS reason
          FROM term_presence p
          LEFT JOIN watched_page w ON w.source = p.source AND w.url = p.url
          LEFT JOIN source o ON o.name = p.source AND o.location = p.url AND o.kind = 'page' AND o.active) d
  LEFT JOIN substance s ON s.key = d.substance
"""

VIEWS = {
    "v_alerts": _ALERTS,
    "v_articles": _ARTICLES,
    "v_mentions": _MENTIONS,
    "v_substance_daily": _SUBSTANCE_DAILY,
    "v_source_health": _SOURCE_HEALTH,
    "v_source_events": _SOURCE_EVENTS,
    "v_watchlist": _WATCHLIST,
    "v_coverage_gaps": _COVERAGE_GAPS,
    "v_proposals": _PROPOSALS,
    "v_captures": _CAPTURES,
    "v_term_presence": _TERM_PRESENCE,
    "v_novel_names": _NOVEL_NAMES,
    **STORY_VIEWS,
    **DECISION_VIEWS,
    **NOTICE_VIEWS,
    **OUTBOX_VIEWS,
}
"""View name -> its SELECT, in the order of creation."""

_MARK = "views"


def digest() -> str:
    """Names this very set of views; kept in `meta`, so that another set is noticed at the next start."""
    return hashlib.sha256(repr(VIEWS).encode()).hexdigest()


def drop_views(connection: Connection) -> None:
    """Drop every view of ours; Alembic cannot rebuild a table under a view (alembic#1207).

    The note of which set is there goes in the same transaction: killed after this, the next start makes
    the views again.
    """
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    if inspect(connection).has_table("meta"):
        connection.execute(text("DELETE FROM meta WHERE key = :key"), {"key": _MARK})


def create_views(connection: Connection) -> None:
    """Make every view anew and note which set it is, all in the caller's transaction."""
    drop_views(connection)
    lite = connection.dialect.name == "sqlite"
    agg = "group_concat" if lite else "string_agg"
    today = "date('now')" if lite else "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    for name, select in VIEWS.items():
        made = select.format(agg=agg, levels=_LEVELS, today=today)
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {made}")
    connection.execute(
        text("INSERT INTO meta (key, value) VALUES (:key, :digest)"), {"key": _MARK, "digest": digest()}
    )


def views_are_current(connection: Connection) -> bool:
    """True when the database holds exactly this set of views."""
    row = connection.execute(text("SELECT value FROM meta WHERE key = :key"), {"key": _MARK}).scalar()
    return row == digest()
