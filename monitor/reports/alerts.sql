-- Alerts raised in the period, the gravest first; those of old articles (found on rescan) after the others.
SELECT alert_id, raised_at, severity, substance_name, kind, surfaces, mentions, score, lists, listing_text,
       title, source, language, published_at, url, snippet, reasons, tags, methods, rule, status,
       CASE WHEN quiet THEN 'yes' ELSE 'no' END AS quiet, article_day, substance, watchlist_version, found_on, smiles,
       articles, outlets, story_id, told_again, assignee, decided_by, decided_at, reason, suppression_id
  FROM v_alerts
 WHERE raised_at >= :since AND raised_at < :until /* filter */
 ORDER BY CASE found_on WHEN 'rescan' THEN 1 ELSE 0 END, severity_rank DESC, score DESC, alert_id
