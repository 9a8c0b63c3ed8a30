"""The views of stories: each story, its articles, and the articles behind each alert. See `views`."""

from __future__ import annotations

_STORIES = """
SELECT s.id AS story_id,
       f.title AS title,
       f.url AS url,
       s.opened_at AS opened_at,
       (SELECT MAX(m.joined_at) FROM story_member m WHERE m.story_id = s.id) AS last_joined_at,
       (SELECT MIN(a.day) FROM story_member m JOIN article a ON a.id = m.article_id
         WHERE m.story_id = s.id) AS first_day,
       (SELECT MAX(a.day) FROM story_member m JOIN article a ON a.id = m.article_id
         WHERE m.story_id = s.id) AS last_day,
       (SELECT COUNT(*) FROM story_member m WHERE m.story_id = s.id) AS articles,
       (SELECT COUNT(DISTINCT m.outlet) FROM story_member m WHERE m.story_id = s.id) AS outlets,
       (SELECT COUNT(DISTINCT a.source) FROM story_member m JOIN article a ON a.id = m.article_id
         WHERE m.story_id = s.id) AS sources,
       COALESCE((SELECT {agg}(d.language, ', ')
          FROM (SELECT DISTINCT a.language AS language
                  FROM story_member m JOIN article a ON a.id = m.article_id
                 WHERE m.story_id = s.id AND a.language IS NOT NULL ORDER BY a.language) d), '') AS languages,
       COALESCE((SELECT {agg}(d.name, ', ')
          FROM (SELECT DISTINCT COALESCE(x.name, al.substance) AS name
                  FROM alert al LEFT JOIN substance x ON x.key = al.substance
                 WHERE al.story_id = s.id ORDER BY COALESCE(x.name, al.substance)) d), '') AS substances,
       (SELECT COUNT(*) FROM alert al WHERE al.story_id = s.id) AS alerts,
       (SELECT MAX(al.severity) FROM alert al WHERE al.story_id = s.id) AS severity_rank,
       s.article_id AS article_id
  FROM story s
  JOIN article f ON f.id = s.article_id
"""

_STORY_ARTICLES = """
SELECT m.story_id AS story_id,
       m.article_id AS article_id,
       CASE WHEN m.article_id = s.article_id THEN 1 ELSE 0 END AS is_first,
       a.url AS url,
       a.title AS title,
       a.source AS source,
       m.outlet AS outlet,
       a.language AS language,
       a.published_at AS published_at,
       m.joined_at AS joined_at,
       m.near_id AS near_id,
       m.score AS score,
       m.reasons AS reasons,
       (SELECT COUNT(*) FROM alert al WHERE al.article_id = m.article_id) AS alerts
  FROM story_member m
  JOIN story s ON s.id = m.story_id
  JOIN article a ON a.id = m.article_id
"""

_ALERT_SOURCES = """
SELECT k.alert_id AS alert_id,
       al.story_id AS story_id,
       k.substance AS substance,
       COALESCE(x.name, k.substance) AS substance_name,
       k.article_id AS article_id,
       a.url AS url,
       a.title AS title,
       a.source AS source,
       m.outlet AS outlet,
       a.language AS language,
       a.published_at AS published_at,
       k.added_at AS added_at,
       k.rule AS rule,
       k.score AS score,
       CASE k.severity {levels} END AS severity,
       m.score AS likeness,
       m.reasons AS reasons
  FROM alert_source k
  JOIN alert al ON al.id = k.alert_id
  JOIN article a ON a.id = k.article_id
  LEFT JOIN substance x ON x.key = k.substance
  LEFT JOIN story_member m ON m.article_id = k.article_id
"""

STORY_VIEWS = {
    "v_stories": _STORIES,
    "v_story_articles": _STORY_ARTICLES,
    "v_alert_sources": _ALERT_SOURCES,
}
