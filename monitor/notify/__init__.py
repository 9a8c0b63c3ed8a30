"""The notify wing: what is sent to whom and when (pure), how it reads (pure), and the ways that it goes."""

from __future__ import annotations

from monitor.notify.letters import AlertItem, Item, Letter, SourceItem, compose
from monitor.notify.plan import AlertFacts, DeliveryRule, Planned, plan_alert, plan_source
from monitor.notify.retry import next_attempt

__all__ = [
    "AlertFacts",
    "AlertItem",
    "DeliveryRule",
    "Item",
    "Letter",
    "Planned",
    "SourceItem",
    "compose",
    "next_attempt",
    "plan_alert",
    "plan_source",
]
