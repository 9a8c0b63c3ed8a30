"""The stories wing: which articles tell of one event, so that it is told once. Pure: no I/O, no clock.

Trace = trace(article, mentions)       what an article tells of its event
Verdict = same_event(one, other)       points for what two share, points off for what cannot both be
Choice = choose(trace, candidates)     the story to join
Telling = tell(alerts, told ...)       which alerts are raised, and which add a source to an earlier one
"""

from __future__ import annotations

from monitor.stories.choose import Candidate, Choice, Telling, Told, choose, tell
from monitor.stories.keys import keys, wanted
from monitor.stories.same import Verdict, same_event
from monitor.stories.trace import Trace, from_bytes, outlet, to_bytes, trace

__all__ = [
    "Candidate",
    "Choice",
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
