"""When a delivery that could not be sent is tried again. Pure."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)


def next_attempt(now: datetime, attempts: int, key: str) -> datetime:
    """The time of the next attempt after so many failed ones: 30 s, doubled up to an hour, and up to a fifth
    more, so that many deliveries to one server that was down do not come back at the same moment.

    The jitter follows from `key` and the number: the same input gives the same answer.
    """
    doubled: timedelta = FIRST * 2 ** min(max(attempts, 1) - 1, 20)
    jitter = random.Random(f"{key} {attempts}").random() / 5
    return now + min(doubled, LONGEST) * (1 + jitter)
