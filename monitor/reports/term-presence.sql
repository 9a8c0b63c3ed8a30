-- Watched names on watched pages: what appeared, went or stood there in the period; the newest event first.
SELECT state, reason, substance_name, name, source, appeared_at, last_seen_at, gone_at, unknown_since_at,
       absent_before_at, message, url, surface, article_id, appeared_revision, gone_revision, substance
  FROM v_term_presence
 WHERE appeared_at < :until AND (gone_at IS NULL OR gone_at >= :since)
 ORDER BY COALESCE(gone_at, unknown_since_at, appeared_at) DESC, source, substance_name, name, appeared_at
