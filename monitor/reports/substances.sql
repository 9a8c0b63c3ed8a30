-- Substances named in articles that were first seen in the period, the most told first.
SELECT m.substance_name AS substance_name,
       m.kind AS kind,
       COUNT(DISTINCT m.alert_id) AS alerts,
       COUNT(DISTINCT m.article_id) AS articles,
       COUNT(DISTINCT CASE WHEN m.copy_of IS NULL THEN NULL ELSE m.article_id END) AS copies,
       COUNT(DISTINCT m.source) AS sources,
       COUNT(*) AS mentions,
       MAX(m.score) AS best_score,
       MIN(m.day) AS first_day,
       MAX(m.day) AS last_day,
       m.substance AS substance
  FROM v_mentions m
 WHERE m.is_current = 1 AND m.first_seen_at >= :since AND m.first_seen_at < :until
 GROUP BY m.substance, m.substance_name, m.kind
 ORDER BY alerts DESC, articles DESC, substance_name
