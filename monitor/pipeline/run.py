"""What a run needs, built once (`build`), and the run: sources all at once, each on its own (`session`).

A source that cannot be read becomes a row of the ledger with a later next check, and the others go on. A bug
(anything but a MonitorError) is recorded, does not stop the others, and is raised at the end. Wings are
imported where they are used: the matcher alone needs neither the database nor the network.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, StoreError
from monitor.model import Source
from monitor.pipeline.deliver import Courier
from monitor.pipeline.judge import Judge, prepare_judge
from monitor.pipeline.lists import check as check_lists
from monitor.pipeline.originals import forget, warc_files
from monitor.pipeline.outcomes import BugError, CheckResult, Progress, RunSummary
from monitor.pipeline.prepare import (
    Matcher,
    WatchlistNews,
    build_matcher,
    http_limits,
    watchlist_mark,
    with_terms,
)
from monitor.pipeline.session import NotBegunError, OnProgress, Session
from monitor.pipeline.slots import ACTIVE, ASIDE, open_files, slots_within
from monitor.pipeline.structures import lacking_in_words, open_structures
from monitor.pipeline.workers import Workers

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Store

__all__ = [
    "BugError",
    "CheckResult",
    "Matcher",
    "Monitor",
    "Progress",
    "RunSummary",
    "build",
    "build_matcher",
]

Clock = Callable[[], datetime]

_LOG = logging.getLogger(__name__)

CHECK_SECONDS = 20.0  # for which a SQLite database is looked through for damage at the start


# --- build: everything that a run needs --------------------------------------------------------------


def build(config: Config, clock: Clock, cache: Path | None = None) -> Monitor:
    """Open the database, put the watchlist in force and prepare what texts are judged by.

    A refused watchlist leaves the last good one in force (`Monitor.news.refused` says why); without one,
    WatchlistError is raised. StoreError when the database cannot be used.
    """
    from monitor.store import open_store

    warc = config.evidence.warc
    archives = [warc] if warc else []
    store = open_store(config.database, now=clock(), check_seconds=CHECK_SECONDS, archives=archives)
    if not store.looked_through:
        _LOG.warning("the database was looked through for damage for %g s, and not to its end", CHECK_SECONDS)
    try:
        seen = watchlist_mark(config, store)
        judge = prepare_judge(config, store, clock(), open_structures(config, store, clock), cache)
        store.put_sources(config.to_sources(), clock())
    except BaseException:
        store.close()
        raise
    return Monitor(config, store, judge, clock, cache, seen)


# --- run: sources, all at once, each on its own ------------------------------------------------------


Ready = Callable[[Callable[[], object]], None]


def _show_nothing(progress: Progress) -> None:
    """Show no progress."""


@dataclass
class Monitor:
    """Everything built: configuration, database, clock, and what texts are judged by. Close it after use.

    `judge` is replaced as a whole when the watchlist changes (`renew`); who uses it takes it once a batch.
    """

    config: Config
    store: Store
    judge: Judge
    clock: Clock
    cache: Path | None = None
    seen: object = None  # the watchlist's files and decisions when `judge` was prepared
    workers: Workers = field(default_factory=Workers)

    def close(self) -> None:
        self.retire()
        self.store.close()

    def retire(self) -> None:
        """End everything but the store, which a successor goes on with."""
        self.workers.close()
        self.judge.structures.close()

    def reconfigured(self, config: Config) -> Monitor:
        """One for a changed configuration, over the same store; it begins with `put_sources`.

        Raises MonitorError when the configuration cannot be taken over.
        """
        if config.database != self.config.database:
            raise ConfigError("another `database` counts from the next start of the program on")
        seen = watchlist_mark(config, self.store)
        structures = open_structures(config, self.store, self.clock)
        judge = prepare_judge(config, self.store, self.clock(), structures, self.cache)
        return Monitor(config, self.store, judge, self.clock, self.cache, seen)

    def put_sources(self) -> None:
        """Write the configured sources. Raises StoreError."""
        self.store.put_sources(self.config.to_sources(), self.clock())

    @property
    def lacking(self) -> str:
        """What is done without, in a sentence; "" for nothing."""
        return lacking_in_words(self.judge.structures.without)

    @property
    def matcher(self) -> Matcher:
        return self.judge.matcher

    @property
    def news(self) -> WatchlistNews:
        return self.judge.news

    def renew(self) -> WatchlistNews | None:
        """Put a watchlist in force that has changed since; None when there is nothing new.

        It may take long: not for the event loop. A refused one leaves all as it is (`refused` says why).
        Raises MonitorError when the rules do not fit the new watchlist; raised once, until it changes again.
        """
        seen = watchlist_mark(self.config, self.store)
        if seen == self.seen:
            return None
        self.seen = seen
        judge = prepare_judge(self.config, self.store, self.clock(), self.judge.structures, self.cache)
        if judge.news.refused is None and judge.digest == self.judge.digest:
            return None
        if judge.news.refused is None:
            self.judge = judge
        return judge.news

    @property
    def sources(self) -> tuple[Source, ...]:
        return with_terms(self.config.to_sources(), self.matcher.watchlist)

    def named(self, names: Iterable[str] | None) -> tuple[Source, ...]:
        """The sources of these names, all for None. Raises ConfigError for a name that is not configured."""
        known = {source.name: source for source in self.sources}
        if names is None:
            return self.sources
        wanted = tuple(names)
        for name in wanted:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise ConfigError(f"no source has the name “{name}”; the configured ones are: {listed}")
        return tuple(known[name] for name in wanted)

    def run(
        self,
        names: Iterable[str] | None = None,
        on_progress: OnProgress = _show_nothing,
        ready: Ready | None = None,
    ) -> RunSummary:
        """Check the sources once, all of them or those named, and return what happened.

        `ready` is handed a function that asks the run to end early; it may be called from any thread or
        signal handler. Raises StoreError when the database failed, BugError when there was a bug; both only
        after the other sources were finished and recorded.
        """
        return asyncio.run(self._run(self.named(names), on_progress, ready))

    async def _run(
        self, sources: Sequence[Source], on_progress: OnProgress, ready: Ready | None
    ) -> RunSummary:
        async with self.session("once", on_progress) as session:
            if ready is not None:
                loop = asyncio.get_running_loop()
                ready(lambda: loop.call_soon_threadsafe(session.stop))
            checks = await _all(session.check(source) for source in sources)
            again = await session.rescan(self.config.rescan.budget)
            forgotten = 0 if session.stopping else await session.work(self.expire)
        summary = RunSummary(checks, self.news, self.matcher.watchlist, forgotten, again)
        if session.bugs:
            raise BugError(session.bugs, summary)
        return summary

    def courier(self) -> Courier:
        """What sends the deliveries that wait in the outbox."""
        return Courier(self.config, self.store, self.clock, lambda: self.judge.watchlist)

    @asynccontextmanager
    async def session(self, kind: str, on_progress: OnProgress = _show_nothing) -> AsyncIterator[Session]:
        """Open a run of the ledger with one HTTP client and one worker thread for all its checks."""
        from monitor.ingest import Http

        asyncio.get_running_loop().set_default_executor(_LeftBehind(thread_name_prefix="collector"))
        run = self.store.begin_run(kind, self.clock())
        status, message = "interrupted", "stopped from outside"
        try:
            pool = ThreadPoolExecutor(1, thread_name_prefix="worker")
            with warc_files(self.config) as warcs, pool:
                few = sum(slots_within(open_files())) < ACTIVE + ASIDE
                limits = replace(http_limits(self.config), keep_alive=not few)
                async with Http(limits, wall=self.clock) as http:
                    session = Session(self, run, http, warcs, pool, on_progress)
                    yield session
            status, message = ("failed", str(session.bugs[0])) if session.bugs else ("done", "")
        except StoreError as error:
            status, message = "failed", str(error)
            raise
        finally:
            self.store.end_run(run, self.clock(), status=status, message=message)

    def expire(self) -> int:
        """Forget texts older than the configured retention, and what finds stories; the texts' number.

        Lists that have grown old are kept as gaps.
        """
        check_lists(self.judge.watchlist, self.store, self.clock())
        if self.judge.stories is not None:
            while self.store.forget_traces(self.clock() - 3 * self.judge.stories.window):
                pass  # a few at a time, so that nobody waits long for the database
        return forget(self.config, self.store, self.clock())


class _LeftBehind(ThreadPoolExecutor):
    """Threads that nobody waits for at the end: what one is at after a stop is given up."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


async def _all(checks: Iterable[Awaitable[CheckResult]]) -> tuple[CheckResult, ...]:
    """Wait for every check; only then raise what the first failing one raised. Gives those that began."""
    results = await asyncio.gather(*checks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, NotBegunError):
            raise result
    return tuple(result for result in results if not isinstance(result, BaseException))
