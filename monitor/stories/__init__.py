"""The stories wing: which articles tell of one event, so that it is told once. Pure: no I/O, no clock.

Trace = trace(article, mentions)       what an article tells of its event
Verdict = same_event(one, other)       points for what two share, points off for what cannot both be
Choice = choose(trace, candidates)     the story to join
Telling = tell(alerts, told ...)       which alerts are raised, and which add a source to an earlier one
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.stories.choose import Candidate, Choice, StoryRules, Telling, Told, choose, tell
    from monitor.stories.keys import keys, wanted
    from monitor.stories.same import Verdict, same_event
    from monitor.stories.trace import Trace, from_bytes, outlet, to_bytes, trace

_PLACES = {
    "choose": ("Candidate", "Choice", "StoryRules", "Telling", "Told", "choose", "tell"),
    "keys": ("keys", "wanted"),
    "same": ("Verdict", "same_event"),
    "trace": ("Trace", "from_bytes", "outlet", "to_bytes", "trace"),
}

__all__ = [
    "Candidate",
    "Choice",
    "StoryRules",
    "Telling",
    "Told",
    "Trace",
    "Verdict",
    "choose",
    "from_bytes",
    "keys",
    "outlet",
    "same_event",
    "tell",
    "to_bytes",
    "trace",
    "wanted",
]


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"monitor.stories.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
