"""When to look at a source again: its rhythm, and the back-off after failures. Pure; times are aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model import Source, SourceState

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

FIRST_RETRY = 15 * 60.0  # seconds; a source with a shorter rhythm is tried again at its own rhythm
LONGEST_WAIT = 24 * 3600.0  # seconds; a failing source is never given up, only asked once a day
LONGEST_RETRY_AFTER = 7 * 24 * 3600.0  # seconds; what a server may ask for
HEARTBEAT = "watch"  # name of the scheduler's heartbeat
HEARTBEAT_SECONDS = 60
STOPPED = 0  # in place of a process: the scheduler was stopped, and ended


def next_check(
    source: Source, now: datetime, *, failures: int = 0, retry_after: float | None = None
) -> datetime:
    """Say when `source` is due after a check that ended at `now` with `failures` failed ones in a row.

    The wait after a failure doubles, from a quarter of an hour (or the source's own interval, if shorter) up
    to a day (or its own interval, if longer), and is never shorter than a server asked for (`retry_after`,
    seconds).
    """
    regular = _regular(source, now)
    if not failures:
        return regular
    every = (regular - now).total_seconds() if source.cron else source.every or FIRST_RETRY
    wait = min(every, FIRST_RETRY) * 2.0 ** min(failures - 1, 32)
    longest = max(every, LONGEST_WAIT) if not source.cron else min(every, LONGEST_WAIT)
    asked = min(retry_after or 0.0, LONGEST_RETRY_AFTER)
    return now + timedelta(seconds=max(min(wait, longest), asked))


def first_check(source: Source, now: datetime, state: SourceState | None) -> datetime:
    """Say when a source is due for a scheduler that starts at `now`: as planned, or at once.

    Never later than its rhythm (after failures: than the longest wait) allows from now on: the rhythm may
    have become shorter since, or the clock may have been wrong.
    """
    if state is None or state.next_check is None:
        return now
    latest = _regular(source, now)
    if state.failures:
        latest = max(latest, now + timedelta(seconds=LONGEST_RETRY_AFTER))
    return min(max(state.next_check, now), latest)


def trigger(source: Source) -> BaseTrigger:
    """Give APScheduler's trigger for the source's rhythm; a cron line is read in UTC.

    Weekdays come as names from the configuration: APScheduler 3 counts them from Monday, cron from Sunday.
    https://github.com/agronholm/apscheduler/issues/286
    """
    from apscheduler.triggers.cron import CronTrigger

    if source.cron is None:
        return every(max(1, round(source.every or 3600)))
    minute, hour, day, month, weekday = source.cron.split()
    cron = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
    return _without_missed(cron)


def every(seconds: float) -> BaseTrigger:
    """APScheduler's trigger for a job that runs every so many seconds."""
    from apscheduler.triggers.interval import IntervalTrigger

    return _without_missed(IntervalTrigger(seconds=round(seconds), timezone=UTC))


def _without_missed(inner: BaseTrigger) -> BaseTrigger:
    """A trigger whose next time after one that was missed is in the future.

    APScheduler asks for every missed time one by one, and keeps them all before it takes the last: after a
    year that the clock jumped, or the machine slept, it would be at it for ever with a growing memory.
    """
    from apscheduler.triggers.base import BaseTrigger

    class WithoutMissed(BaseTrigger):  # type: ignore[misc]
        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
            last = None if previous is None else max(previous, now)
            found: datetime | None = inner.get_next_fire_time(last, now)
            return found

        def __str__(self) -> str:
            return str(inner)

    return WithoutMissed()


def _regular(source: Source, now: datetime) -> datetime:
    if source.cron is None:
        return now + timedelta(seconds=source.every or 3600.0)
    fires = trigger(source).get_next_fire_time(None, now + timedelta(seconds=1))
    # a line such as "0 0 30 2 *" never fires: look again in a day, so that the schedule shows it
    return fires.astimezone(UTC) if fires else now + timedelta(seconds=LONGEST_WAIT)
