-- What could not be read: gaps that are open, or were met in the period.
SELECT CASE WHEN is_open = 1 THEN 'open' ELSE 'closed' END AS gap,
       source, scope, outcome, location, message, began_at, last_at, times, closed_at, gap_id
  FROM v_coverage_gaps
 WHERE began_at < :until AND (last_at >= :since OR is_open = 1)
 ORDER BY is_open DESC, last_at DESC, source, location
