"""The view of notices: what gazettes said of the lists, and how far their review is. See `views`."""

from __future__ import annotations

_NOTICES = """
SELECT n.id AS notice_id,
       n.gazette AS gazette,
       n.num AS num,
       n.published AS published,
       n.action AS action,
       n.act AS act,
       n.list_id AS list_id,
       n.from_list AS from_list,
       n.effective AS effective,
       n.title AS title,
       n.sentence AS sentence,
       n.reasons AS reasons,
       n.url AS url,
       n.source AS source,
       n.read_at AS read_at,
       (SELECT COUNT(*) FROM notice_change c WHERE c.notice_id = n.id) AS proposals,
       (SELECT COUNT(*) FROM notice_change c JOIN proposal p ON p.id = c.proposal_id
         WHERE c.notice_id = n.id AND p.status = 'open') AS waiting
  FROM notice n
"""

NOTICE_VIEWS = {"v_notices": _NOTICES}
"""View name -> its SELECT."""
