-- Stories that an article joined or began in the period, those that most outlets tell first.
SELECT story_id, title, articles, outlets, languages, substances, alerts, first_day, last_day,
       CASE severity_rank WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium'
                          WHEN 1 THEN 'low' ELSE '' END AS severity,
       opened_at, last_joined_at, url
  FROM v_stories
 WHERE opened_at < :until AND last_joined_at >= :since
 ORDER BY outlets DESC, articles DESC, story_id
