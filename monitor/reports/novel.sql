-- Names that no list has, read in the period; open ones first, then those in a class, then the most told.
SELECT novel_id, name, status, articles, count, copies, sources, first_seen_at, last_seen_at, classes, inchikey,
       smiles, via, reason, listed_as, near, contexts, urls, decided_at, decided_by, decided_why
  FROM v_novel_names
 WHERE last_seen_at >= :since AND first_seen_at < :until
 ORDER BY CASE status WHEN 'open' THEN 1 WHEN 'watch' THEN 2 ELSE 3 END, CASE classes WHEN '' THEN 2 ELSE 1 END,
          articles DESC, last_seen_at DESC, name
