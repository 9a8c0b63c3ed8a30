"""The alerts wing: decide what to alert on, and say why. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from monitor.alerts.explain import Silencer, explain, lists_heading, silencers
from monitor.alerts.listings import Difference, brief, differences, not_listed, say, status_at
from monitor.alerts.rules import DEFAULT_RULES, Past, decide
from monitor.alerts.snippets import snippet, snippets
from monitor.alerts.triage import Action, Status, check_step, proposals, status_after

__all__ = [
    "DEFAULT_RULES",
    "Action",
    "Difference",
    "Past",
    "Silencer",
    "Status",
    "brief",
    "check_step",
    "decide",
    "differences",
    "explain",
    "lists_heading",
    "not_listed",
    "proposals",
    "say",
    "silencers",
    "snippet",
    "snippets",
    "status_after",
    "status_at",
]
