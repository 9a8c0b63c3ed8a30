-- Every source with its present health, and what it brought in the period; trouble first.
SELECT h.source AS source,
       h.health AS health,
       h.kind AS kind,
       h.last_outcome AS last_outcome,
       h.last_check_at AS last_check_at,
       h.last_ok_at AS last_ok_at,
       h.next_check_at AS next_check_at,
       h.failures AS failures,
       h.open_gaps AS open_gaps,
       (SELECT COUNT(*) FROM v_articles a WHERE a.source = h.source
           AND a.first_seen_at >= :since AND a.first_seen_at < :until) AS new_articles,
       (SELECT COUNT(*) FROM v_alerts a WHERE a.source = h.source
           AND a.raised_at >= :since AND a.raised_at < :until AND a.found_on <> 'rescan') AS new_alerts,
       h.last_new_at AS last_new_at,
       h.last_published_at AS last_published_at,
       h.articles AS articles,
       h.location AS location,
       h.last_message AS last_message
  FROM v_source_health h
 ORDER BY CASE h.health WHEN 'failing' THEN 1 WHEN 'empty' THEN 2 WHEN 'stale' THEN 3
                        WHEN 'moved' THEN 4 WHEN 'never checked' THEN 5 WHEN 'ok' THEN 6 ELSE 7 END, h.source
