"""The view of the outbox: what was sent to whom, what waits, what failed. See `views`."""

from __future__ import annotations

_DELIVERIES = """
SELECT d.id AS delivery_id,
       d.alert_id AS alert_id,
       d.kind AS kind,
       d.channel AS channel,
       d.rule AS rule,
       CASE WHEN d.digest = 1 THEN 'yes' ELSE 'no' END AS digest,
       d.state AS state,
       d.created_at AS created_at,
       d.planned_at AS planned_at,
       d.due_at AS next_at,
       d.attempts AS attempts,
       d.sent_at AS sent_at,
       d.message AS message,
       d.check_id AS check_id,
       d.uid AS uid
  FROM delivery d
"""

OUTBOX_VIEWS = {"v_deliveries": _DELIVERIES}
