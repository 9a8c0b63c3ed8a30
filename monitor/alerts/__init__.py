"""The alerts wing: decide what to alert on, and say why. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from monitor.alerts.explain import Silencer, explain, lists_heading, silencers
from monitor.alerts.listings import Difference, brief, differences, not_listed, say, status_at
from monitor.alerts.rules import DEFAULT_RULES, Past, decide
from monitor.alerts.snippets import snippet, snippets

__all__ = [
    "DEFAULT_RULES",
    "Difference",
    "Past",
    "Silencer",
    "brief",
    "decide",
    "differences",
    "explain",
    "lists_heading",
    "not_listed",
    "say",
    "silencers",
    "snippet",
    "snippets",
    "status_at",
]
