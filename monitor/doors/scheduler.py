"""Door: the scheduler. It only ticks; what is due when is in the database, so a restart loses nothing.

One job a source, in a memory job store: APScheduler's own SQLite store stops for good at one "database is
locked". A job is paused while it runs and planned anew when it ends, from the source's next check, which
knows the back-off after failures.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.errors import MonitorError, StoreError
from monitor.model import Outcome, Source
from monitor.pipeline.deliver import Courier, call_heartbeat
from monitor.pipeline.reading import bug_summary
from monitor.pipeline.run import Monitor
from monitor.pipeline.session import NotBegunError, OnProgress, Session
from monitor.pipeline.timing import HEARTBEAT, HEARTBEAT_SECONDS, STOPPED, every, first_check, trigger
from monitor.queries.pubchem_sync import JOB, SyncResult, plan, synchronise

if TYPE_CHECKING:
    from apscheduler.events import JobEvent, JobExecutionEvent
    from apscheduler.schedulers.background import BackgroundScheduler

    from monitor.config import Config
    from monitor.pipeline.prepare import WatchlistNews

log = logging.getLogger(__name__)

DELIVERY_SECONDS = 10  # how soon a message goes at the latest
HOUSEKEEPING_SECONDS = 24 * 3600
RETRY_AFTER_STORE_ERROR = timedelta(minutes=1)
RETRY_UNRESOLVED = timedelta(minutes=15)  # of articles whose names could not be resolved
RETRY_AFTER_SYNC_ERROR = timedelta(hours=1)
THREADS = 10  # of the scheduler: checks only begin in them, the other jobs run there
CLOCK_SECONDS = 10  # how often to look whether the clock was set
CLOCK_STEP = 5.0  # seconds; less is a clock that is kept right
WATCHLIST_SECONDS = 60  # how often to look whether the watchlist has changed
CONFIG_SECONDS = 10  # how often to look whether the configuration has changed
STOP_PATIENCE = 8.0  # seconds that a stop waits for jobs such as the renewal of a long watchlist
RESCAN, RENEWAL, EDITS = "rescan", "watchlist", "configuration"

Edited = Callable[[], "Config | None"]


def watch(
    monitor: Monitor,
    on_progress: OnProgress,
    *,
    stop_signals: tuple[signal.Signals, ...] = (),
    edited: Edited = lambda: None,
) -> None:
    """Check every source at its time until one of `stop_signals` comes; then finish the work in hand.

    `edited` is asked every few seconds for a configuration that was changed since it was asked last. What
    does not end within some seconds of a stop is left at work. Raises MonitorError when another instance is
    watching with the same database.
    """
    with monitor.store.alone() as still_alone:
        asyncio.run(_watch(monitor, on_progress, stop_signals, still_alone, edited))


async def _watch(
    monitor: Monitor,
    on_progress: OnProgress,
    stop_signals: tuple[signal.Signals, ...],
    still_alone: Callable[[], bool],
    edited: Edited,
) -> None:
    """Watch with one configuration after the other."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in stop_signals:
        loop.add_signal_handler(number, stopped.set)
    looking = asyncio.create_task(_end_when_another_watches(still_alone, stopped))
    try:
        next_one: Monitor | None = monitor
        while next_one is not None and not stopped.is_set():
            next_one = await _watch_with(next_one, on_progress, stopped, edited)
            if next_one is not None:
                await _take_over(next_one, stopped)
        if next_one is not None:
            next_one.retire()
    finally:
        looking.cancel()


async def _watch_with(
    monitor: Monitor, on_progress: OnProgress, stopped: asyncio.Event, edited: Edited
) -> Monitor | None:
    """Watch until a stop, or until a configuration was changed: then gives the monitor to go on with."""
    async with monitor.session("watch", on_progress) as session:
        watcher = Watcher(monitor, session, asyncio.get_running_loop(), edited=edited)
        watcher.start()
        minding = asyncio.create_task(watcher.mind_the_clock())
        ends = [asyncio.create_task(stopped.wait()), asyncio.create_task(watcher.replaced.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (minding, *ends):
            task.cancel()
        if stopped.is_set():
            log.info("stopping: finishing the work in hand")
        session.stop()
        patience = STOP_PATIENCE if stopped.is_set() else None
        await asyncio.to_thread(watcher.shutdown, patience)
    await asyncio.to_thread(monitor.retire)
    return watcher.successor


async def _take_over(monitor: Monitor, stopped: asyncio.Event) -> None:
    """Write the sources of a changed configuration, as soon as the database allows it."""
    while not stopped.is_set():
        try:
            return await asyncio.to_thread(monitor.put_sources)
        except StoreError as error:
            log.error("the changed configuration waits for the database: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), RETRY_AFTER_STORE_ERROR.total_seconds())


async def _end_when_another_watches(still_alone: Callable[[], bool], stopped: asyncio.Event) -> None:
    """A database server that was started anew has forgotten our lock."""
    while await asyncio.to_thread(still_alone):
        await asyncio.sleep(HEARTBEAT_SECONDS)
    log.error("another `substance-monitor watch` has taken over this database: this one ends")
    stopped.set()


class Watcher:
    """The jobs of one watch. Jobs run in threads of the scheduler; their checks in the session's loop."""

    def __init__(
        self,
        monitor: Monitor,
        session: Session,
        loop: asyncio.AbstractEventLoop,
        look_every: float = WATCHLIST_SECONDS,
        retry_after: timedelta = RETRY_UNRESOLVED,
        edited: Edited = lambda: None,
    ) -> None:
        self._monitor, self._session, self._loop, self._look_every = monitor, session, loop, look_every
        self._retry_after, self._edited = retry_after, edited
        self.replaced = asyncio.Event()  # set when a changed configuration asks for another watcher
        self.successor: Monitor | None = None
        self._scheduler = _scheduler()
        self._idle = threading.Condition()
        self._running = 0
        self._stopping = False
        self._stopped = threading.Event()
        self._courier: Courier | None = None
        self._trouble = ""
        self._listen()

    def start(self) -> None:
        """Plan every source and the housekeeping, and start to tick."""
        states = self._monitor.store.states()
        now = self._monitor.clock()
        for source in self._monitor.sources:
            self._add(source, first_check(source, now, states.get(source.name)))
        self._scheduler.add_job(self._beat, every(HEARTBEAT_SECONDS), id="heartbeat", next_run_time=now)
        self._scheduler.add_job(
            self._keep_house,
            every(HOUSEKEEPING_SECONDS),
            id="housekeeping",
            next_run_time=now,
        )
        self._plan_deliveries(now)
        self._plan_sync(now)
        self._scheduler.add_job(
            self._renew,
            every(max(1, self._look_every)),
            id=RENEWAL,
            next_run_time=now + timedelta(seconds=self._look_every),
        )
        self._scheduler.add_job(self._rescan, every(HOUSEKEEPING_SECONDS), id=RESCAN, next_run_time=now)
        self._scheduler.add_job(self._look_for_edits, every(CONFIG_SECONDS), id=EDITS)
        self._scheduler.start()

    def _plan_deliveries(self, now: datetime) -> None:
        """Plan the sending of what the outbox holds and the sign of life, where they are configured."""
        notify = self._monitor.config.notify
        if notify.channels:
            self._courier = self._monitor.courier()
            self._scheduler.add_job(self._deliver, every(DELIVERY_SECONDS), id="outbox", next_run_time=now)
        if notify.heartbeat is not None:
            self._scheduler.add_job(
                self._call_heartbeat,
                every(notify.heartbeat.every),
                id="sign of life",
                next_run_time=now,
            )

    def _deliver(self) -> None:
        """Send what is due; trouble is logged when it changes, not at every try."""
        with self._at_work() as go:
            if not go or self._courier is None:
                return
            result = self._courier.deliver(self._stopped.is_set)
            said = result.held or "; ".join(result.troubles)
            if said and said != self._trouble:
                log.error("outbox: %s", said)
            if result.sent or result.troubles or result.held:
                self._trouble = said

    def _call_heartbeat(self) -> None:
        with self._at_work() as go:
            if go and (said := call_heartbeat(self._monitor.config)):
                log.warning("sign of life: %s", said)

    def _plan_sync(self, now: datetime) -> None:
        """Plan the enrichment from PubChem, when it is wanted; the database knows since when it is due."""
        due = plan(self._monitor.config, self._monitor.store, now)
        if due is not None:
            self._scheduler.add_job(
                self._sync, every(HOUSEKEEPING_SECONDS), id=JOB, next_run_time=max(due, now)
            )

    def shutdown(self, patience: float | None = None) -> None:
        """Start nothing more and wait for what runs, for `patience` seconds.

        APScheduler's own waiting holds a lock that a job needs to plan its next run: it would wait for ever.
        """
        with self._idle:
            self._stopping = True
        self._stopped.set()
        self._scheduler.shutdown(wait=False)
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, patience)
        with suppress(StoreError):  # `sources` would only believe a while longer that we run
            self._monitor.store.heartbeat(HEARTBEAT, self._monitor.clock(), STOPPED)

    def _enter(self) -> bool:
        """Count a job as running, so that `shutdown` waits for it; false when it must not begin any more."""
        with self._idle:
            self._running += not self._stopping
            return not self._stopping

    def _leave(self) -> None:
        with self._idle:
            self._running -= 1
            self._idle.notify_all()

    @contextmanager
    def _at_work(self) -> Iterator[bool]:
        """The same around a whole job."""
        go = self._enter()
        try:
            yield go
        finally:
            if go:
                self._leave()

    def planned(self) -> dict[str, datetime | None]:
        """Source name -> its next check; None while one is under way."""
        jobs = {job.id: job.next_run_time for job in self._scheduler.get_jobs()}
        return {source.name: jobs.get(_job_id(source)) for source in self._monitor.sources}

    def _add(self, source: Source, due: datetime) -> None:
        self._scheduler.add_job(
            self._check,
            trigger(source),
            args=(source,),
            id=_job_id(source),
            name=source.name,
            next_run_time=due,
        )

    def _check(self, source: Source) -> None:
        """Begin a check in the session's loop. Runs in a thread of the scheduler, and does not wait there:
        the number of its threads would bound the checks under way.
        """
        if self._enter():
            self._plan(source, None)
            asyncio.run_coroutine_threadsafe(self._checked(source), self._loop)

    async def _checked(self, source: Source) -> None:
        """Run one check, then plan the next one."""
        due = self._monitor.clock() + RETRY_AFTER_STORE_ERROR
        try:
            result = await self._session.check(source)
            due = result.next_check
            if result.unresolved:
                self._move(RESCAN, self._monitor.clock() + self._retry_after)
        except NotBegunError:
            due = self._monitor.clock()
        except StoreError as error:  # recorded by the check itself, if the database could
            log.error("job %s: %s", _job_id(source), error)
        except Exception as error:  # noqa: BLE001 - a bug: recorded, and the source is tried again
            await self._record(source, bug_summary(error))
        finally:
            self._plan(source, due)
            self._leave()

    async def mind_the_clock(self, every: float = CLOCK_SECONDS) -> None:
        """Plan everything anew when the system's clock was set, or the machine has slept.

        A thread that waits for a time of day would go on waiting: after a step back for as long as the step.
        """
        before, ticks = self._monitor.clock(), time.monotonic()
        while True:
            await asyncio.sleep(every)
            now, later = self._monitor.clock(), time.monotonic()
            step = (now - before).total_seconds() - (later - ticks)
            before, ticks = now, later
            if abs(step) >= CLOCK_STEP:
                log.warning("the clock was set by %+.0f s; all checks are planned anew", step)
                await asyncio.to_thread(self._plan_anew, now)

    def _plan_anew(self, now: datetime) -> None:
        """Plan every job that is not at work, the sources from the database."""
        states = self._monitor.store.states()
        sources = {_job_id(source): source for source in self._monitor.sources}
        for job in self._scheduler.get_jobs():
            if job.next_run_time is None:
                continue
            source = sources.get(job.id)
            if source is not None:
                self._move(job.id, first_check(source, now, states.get(source.name)))
            elif job.id == JOB:
                self._move(JOB, plan(self._monitor.config, self._monitor.store, now))
            else:
                self._move(job.id, now)

    def _plan(self, source: Source, due: datetime | None) -> None:
        """Set the next time of a source's job; None holds it."""
        self._move(_job_id(source), due)

    def _move(self, job: str, due: datetime | None) -> None:
        """Set the next time of a job; None holds it. When the scheduler stops, jobs are gone."""
        from apscheduler.jobstores.base import JobLookupError

        with suppress(JobLookupError):
            self._scheduler.modify_job(job, next_run_time=due)

    def _beat(self) -> None:
        with self._at_work() as go:
            if go:
                self._monitor.store.heartbeat(HEARTBEAT, self._monitor.clock())

    def _keep_house(self) -> None:
        with self._at_work() as go:
            if go:
                self._monitor.expire()

    def _sync(self) -> None:
        """Ask PubChem, then plan the next time. Nothing waits for it; the end of the watch breaks it off."""
        with self._at_work() as go:
            if not go:
                return
            due: datetime | None = self._monitor.clock() + RETRY_AFTER_SYNC_ERROR
            self._move(JOB, None)
            try:
                monitor = self._monitor
                result = synchronise(
                    monitor.config,
                    monitor.clock,
                    monitor.store,
                    monitor.matcher.watchlist,
                    wait=self._stopped.wait,
                )
                due = result.next_at
                _log_sync(result)
            finally:
                self._move(JOB, due)

    def _renew(self) -> None:
        """Put a changed watchlist in force, then match the stored articles with it.

        Runs in a thread of the scheduler: the checks go on with the old one until the new one is ready.
        """
        with self._at_work() as go:
            if not go:
                return
            self._move(RENEWAL, None)  # a long watchlist takes longer than the time to the next look
            try:
                self._log_news(self._monitor.renew())
            finally:
                self._move(RENEWAL, self._monitor.clock() + timedelta(seconds=self._look_every))

    def _look_for_edits(self) -> None:
        """Prepare for a changed configuration, and ask to be replaced; a broken one changes nothing."""
        with self._at_work() as go:
            if not go or self.successor is not None:
                return
            try:
                config = self._edited()
                if config is None:
                    return
                self.successor = self._monitor.reconfigured(config)
            except MonitorError as error:
                log.error("the changed configuration is refused, the last good one stays: %s", error)
                return
            changes = source_changes(self._monitor.sources, self.successor.sources)
            log.warning("the changed configuration is in force: %s", changes)
            self._loop.call_soon_threadsafe(self.replaced.set)

    def _log_news(self, news: WatchlistNews | None) -> None:
        """Say what has changed, and plan the rescan."""
        if news is None:
            return
        if news.refused is not None:
            log.error("the changed watchlist is refused, the last good one stays: %s", news.refused)
            return
        log.warning("%s", "\n".join(news.lines) or "watchlist: changed")
        self._move(RESCAN, self._monitor.clock())

    def _rescan(self) -> None:
        """Match stored articles for the time of the budget; then leave as much time to the checks."""
        with self._at_work() as go:
            if not go:
                return
            began = self._monitor.clock()
            due: datetime | None = began + RETRY_AFTER_STORE_ERROR
            self._move(RESCAN, None)
            try:
                job = self._session.rescan(self._monitor.config.rescan.budget)
                result = asyncio.run_coroutine_threadsafe(job, self._loop).result()
                now = self._monitor.clock()
                due = None
                if result is not None and result.unresolved:
                    due = now + self._retry_after
                if result is not None and result.waiting:
                    due = now + (now - began)
                if result is not None:
                    log.warning("rescan: %s", result.sentence)
            finally:
                self._move(RESCAN, due)

    def _listen(self) -> None:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED

        self._scheduler.add_listener(self._on_error, EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._on_skip, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def _on_error(self, event: JobExecutionEvent) -> None:
        """What one of the other jobs raised; those of sources record their own."""
        known = isinstance(event.exception, MonitorError)
        log.error("job %s: %s", event.job_id, event.exception if known else bug_summary(event.exception))

    def _on_skip(self, event: JobEvent) -> None:
        """A job that was due did not begin: the one before is at work, or there was no thread for it."""
        log.error("job %s: skipped, as the one before is still running", event.job_id)

    async def _record(self, source: Source, message: str) -> None:
        log.error("job %s: %s", _job_id(source), message)
        try:
            await self._session.work(self._session.record_failure, source, Outcome.ERROR.value, message)
        except MonitorError as error:
            log.error("job %s: this could not be recorded either: %s", _job_id(source), error)


def source_changes(before: Sequence[Source], after: Sequence[Source]) -> str:
    """What a changed configuration changes, in words."""
    old, new = ({source.name: source for source in each} for each in (before, after))
    found = {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and new[name] != old[name]],
    }
    changed = "; ".join(f"{what}: {', '.join(names)}" for what, names in found.items() if names)
    return f"sources {changed}" if changed else "the same sources, other settings"


def _log_sync(result: SyncResult) -> None:
    """One line when there is something new; trouble with PubChem is shown once, not at every try."""
    if not result.news:
        return
    if result.outcome == "ok":
        log.warning(
            "PubChem: %d new proposals, %d of them accepted by rule; the others: "
            "substance-monitor watchlist review. Accepted names count within a minute",
            result.proposed,
            result.accepted,
        )
    else:
        log.warning("enrichment from PubChem is postponed, all else goes on: %s", result.message)


def _scheduler() -> BackgroundScheduler:
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    return BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(THREADS)},
        # in job_defaults: the constructor takes and ignores them. APScheduler would drop a job 1 s late.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )


def _job_id(source: Source) -> str:
    return f"source {source.name}"
