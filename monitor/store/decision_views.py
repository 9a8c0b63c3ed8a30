"""The views of decisions and suppressions. See `views`."""

from __future__ import annotations

_DECISIONS = """
SELECT d.n AS decision_id,
       d.at AS decided_at,
       d.action AS action,
       d.alert_id AS alert_id,
       d.suppression_id AS suppression_id,
       d.article_id AS article_id,
       COALESCE(p.name, '') AS decided_by,
       d.person AS person,
       COALESCE(s.name, '') AS assignee,
       d.status_before AS status_before,
       d.status_after AS status_after,
       d.until AS until,
       d.code AS code,
       d.why AS why,
       d.previous AS previous_hash,
       d.hash AS hash
  FROM decision d
  LEFT JOIN person p ON p.id = d.person
  LEFT JOIN person s ON s.id = d.assignee
"""

_SUPPRESSIONS = """
SELECT s.id AS suppression_id,
       s.substance AS substance,
       s.source AS source,
       s.list_id AS list_id,
       s.tag AS tag,
       s.name AS name,
       CASE s.severity {levels} END AS up_to_severity,
       s.until AS until,
       CASE WHEN s.ended_at IS NOT NULL THEN 'ended'
            WHEN s.until < {today} THEN 'over' ELSE 'in force' END AS state,
       d.why AS why,
       COALESCE(p.name, '') AS added_by,
       s.added_at AS added_at,
       s.ended_at AS ended_at,
       (SELECT COUNT(*) FROM alert al WHERE al.suppression_id = s.id) AS held_back,
       (SELECT MAX(al.raised_at) FROM alert al WHERE al.suppression_id = s.id) AS last_held_back_at
  FROM suppression s
  LEFT JOIN decision d ON d.n = (SELECT MIN(k.n) FROM decision k WHERE k.suppression_id = s.id)
  LEFT JOIN person p ON p.id = d.person
"""

DECISION_VIEWS = {"v_decisions": _DECISIONS, "v_suppressions": _SUPPRESSIONS}
