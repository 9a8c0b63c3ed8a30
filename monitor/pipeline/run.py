"""The one path from a source to an alert, from top to bottom.

    Source -collect-> Document -extract-> Article -find, read_structures-> Mention
     (I/O)             (pure)             (pure, OPSIN)
    Mention -gather-> Case -decide-> Record -> Store.record
             (store)        (pure)             one transaction

Fetch outside the transaction; read what a decision takes, decide with values, write once. A source that
cannot be read becomes a row of the ledger with a later next check, and the others go on. A bug (anything but
a MonitorError) is recorded, does not stop the others, and is raised at the end. Wings are imported where they
are used: the matcher alone needs neither the database nor the network.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor import __version__
from monitor.errors import ConfigError, SourceError, StoreError
from monitor.model import Document, Gap, Outcome, Source, SourceState
from monitor.pipeline.batches import Batch, Room, batches
from monitor.pipeline.health import GOOD, Rhythm, rhythm, turn
from monitor.pipeline.identity import Identities
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.judge import Case, Judge, LastAlerts, bug_summary, precedents_for, prepare_judge
from monitor.pipeline.originals import forget, keep_originals, warc_files
from monitor.pipeline.outcomes import BugError, CheckResult, Progress, RunSummary
from monitor.pipeline.prepare import (
    Matcher,
    WatchlistNews,
    build_matcher,
    http_limits,
    watchlist_mark,
    with_terms,
)
from monitor.pipeline.rescan import Rescan, RescanResult, in_turns
from monitor.pipeline.slots import Slots
from monitor.pipeline.structures import open_structures, told_lacking
from monitor.pipeline.timing import next_check

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.ingest import Http
    from monitor.ingest.warcs import Warcs
    from monitor.store import Record, Recorded, Store, StoredRevision

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
Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)

CHECK_SECONDS = 20.0  # for which a SQLite database is looked through for damage at the start
GAPS_TOLD = 50  # gaps of one check that the summary carries; the database has all of them
ALERTS_TOLD = 200  # new alerts of one check that the summary carries by number


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


Tell = Callable[[Progress], None]


Ready = Callable[[Callable[[], object]], None]


def _tell_nobody(progress: Progress) -> None:
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

    def close(self) -> None:
        self.judge.structures.close()
        self.store.close()

    @property
    def lacking(self) -> str:
        """What is done without, in a sentence; "" for nothing."""
        return told_lacking(self.judge.structures.without)

    @property
    def matcher(self) -> Matcher:
        return self.judge.matcher

    @property
    def news(self) -> WatchlistNews:
        return self.judge.news

    def renew(self) -> WatchlistNews | None:
        """Put a watchlist in force that has changed since; None when there is nothing new.

        It may take long: not for the event loop. A refused one leaves all as it is (`refused` says why).
        Raises MonitorError when the rules do not fit the new watchlist; told once, until it changes again.
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
        self, names: Iterable[str] | None = None, tell: Tell = _tell_nobody, ready: Ready | None = None
    ) -> RunSummary:
        """Check the sources once, all of them or those named, and return what happened.

        `ready` is handed a function that asks the run to end early; it may be called from any thread or
        signal handler. Raises StoreError when the database failed, BugError when there was a bug; both only
        after the other sources were finished and recorded.
        """
        return asyncio.run(self._run(self.named(names), tell, ready))

    async def _run(self, sources: Sequence[Source], tell: Tell, ready: Ready | None) -> RunSummary:
        async with self.session("once", tell) as session:
            if ready is not None:
                loop = asyncio.get_running_loop()
                ready(lambda: loop.call_soon_threadsafe(session.stop))
            checks = await _all(session.check(source) for source in sources)
            again = await session.rescan(self.config.rescan.budget)
            forgotten = await session.work(self.expire)
        summary = RunSummary(checks, self.news, self.matcher.watchlist, forgotten, again)
        if session.bugs:
            raise BugError(session.bugs, summary)
        return summary

    @asynccontextmanager
    async def session(self, kind: str, tell: Tell = _tell_nobody) -> AsyncIterator[Session]:
        """Open a run of the ledger with one HTTP client and one worker thread for all its checks."""
        from monitor.ingest import Http

        run = self.store.begin_run(kind, self.clock())
        status, message = "interrupted", "stopped from outside"
        try:
            pool = ThreadPoolExecutor(1, thread_name_prefix="worker")
            with warc_files(self.config) as warcs, pool:
                async with Http(http_limits(self.config), wall=self.clock) as http:
                    session = Session(self, run, http, warcs, pool, tell)
                    yield session
            status, message = ("failed", str(session.bugs[0])) if session.bugs else ("done", "")
        except StoreError as error:
            status, message = "failed", str(error)
            raise
        finally:
            self.store.end_run(run, self.clock(), status=status, message=message)

    def expire(self) -> int:
        """Forget texts older than the configured retention, and what finds stories; the texts' number."""
        if self.judge.stories is not None:
            while self.store.forget_traces(self.clock() - 3 * self.judge.stories.window):
                pass  # a few at a time, so that nobody waits long for the database
        return forget(self.config, self.store, self.clock())


async def _all(checks: Iterable[Awaitable[CheckResult]]) -> tuple[CheckResult, ...]:
    """Wait for every check; only then raise what the first failing one raised."""
    results = await asyncio.gather(*checks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return tuple(result for result in results if not isinstance(result, BaseException))


# --- one check: collect, then batch by batch extract, find, decide, record ---------------------------


@dataclass
class _Check:
    """What one check has done so far."""

    source: Source
    number: int
    started: datetime
    state: SourceState
    done: Recorded
    failed: int = 0
    gaps: list[Gap] = field(default_factory=list)
    alert_ids: list[int] = field(default_factory=list)
    trouble: Gap | None = None  # a gap of the source itself, such as a feed without entries
    unresolved: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Matched:
    """A document on its way to a record: what is stored of it, and its article with mentions."""

    document: Document
    stored: StoredRevision
    matched: MatchedArticle


def _unresolved(of: _Matched, findings: StructureFindings) -> Gap | None:
    """What the structure part could not read in an article, as a gap."""
    if not (findings.trouble or findings.partial):
        return None
    said = f"{findings.trouble}; a rescan tries again" if findings.trouble else findings.partial
    return Gap(of.matched.article.url, Outcome.UNRESOLVED.value, said)


class Session:
    """A run under way. `check` may run for many sources at once; what it records goes through one thread.

    After `stop` every check records what it has in hand and ends.
    """

    def __init__(
        self,
        monitor: Monitor,
        run: int,
        http: Http,
        warcs: Warcs | None,
        pool: ThreadPoolExecutor,
        tell: Tell,
    ) -> None:
        self.bugs: list[Exception] = []
        self._monitor, self._run, self._http, self._warcs = monitor, run, http, warcs
        self._pool, self._tell = pool, tell
        self._store = monitor.store
        self._slots, self._room = Slots(), Room()
        self._stop = asyncio.Event()
        # read once, kept up to date here, touched by the worker thread only
        self._last_alerts: LastAlerts | None = None
        self._states: dict[str, SourceState] | None = None
        self._rhythms: dict[str, Rhythm | None] = {}
        self._desk = monitor.judge.story_desk(monitor.store)
        self._identities = Identities(monitor.store)

    def stop(self) -> None:
        self._stop.set()

    async def work(self, job: Callable[..., Result], *arguments: object) -> Result:
        """Run a blocking job in the session's one worker thread, so that the network is not kept waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, job, *arguments)

    async def check(self, source: Source) -> CheckResult:
        """Read one source, record what it has, and say when to look again. Raises StoreError only."""
        async with self._slots.take():
            self._tell(Progress(source.name))
            check = await self.work(self._begin, source)
            try:
                outcome, message, error = await self._read(check)
            except StoreError as failure:
                await self.work(self._end_if_possible, check, str(failure))
                raise
            result = await self.work(self._end, check, outcome, message, error)
            self._tell(Progress(source.name, result.done.new, result.done.alerts, result))
            return result

    async def rescan(self, budget: float | None) -> RescanResult | None:
        """Match stored articles with what is new for so many seconds, in turns with the checks.

        None when it is switched off or nothing waits. Raises StoreError.
        """
        if not self._monitor.config.rescan.automatic:
            return None
        job = Rescan(self._store, self._monitor.judge, self._monitor.clock)
        result = await in_turns(job, self.work, self._stop.is_set, budget)
        for bug in job.bugs:
            self._note_bug(bug)
        return result if result.articles else None

    def record_failure(self, source: Source, outcome: str, message: str) -> None:
        """Write a failed check that never came to run, with its back-off. Raises StoreError."""
        check = self._begin(source)
        self._end(check, outcome, message, SourceError(message, outcome=outcome))

    async def _read(self, check: _Check) -> tuple[str, str, SourceError | None]:
        """Collect and record everything; give the outcome, its message, and the error if there was one."""
        from monitor.ingest import collect

        items = collect(check.source, check.state, self._http.get, self._monitor.clock())
        try:
            async with aclosing(batches(items, self._stop, self._room)) as grouped:
                async for batch in grouped:
                    await self.work(self._take, check, batch)
                    self._tell(Progress(check.source.name, check.done.new, check.done.alerts))
        except SourceError as error:
            return error.outcome, str(error), error
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug: recorded, shown, and raised when the others are done
            self._note_bug(error)
            return Outcome.ERROR.value, bug_summary(error), SourceError(str(error))
        return *self._outcome(check), None

    def _outcome(self, check: _Check) -> tuple[str, str]:
        """A source that gave no article and named no trouble of its own ("empty") is unchanged."""
        if check.trouble is not None:
            return check.trouble.outcome, check.trouble.message
        fetched = check.done.new + check.done.revised + check.done.unchanged
        return (Outcome.OK if fetched or check.failed else Outcome.UNCHANGED).value, ""

    # What follows runs in the worker thread.

    def _begin(self, source: Source) -> _Check:
        from monitor.store import Recorded

        now = self._monitor.clock()
        if self._states is None:
            self._states = self._store.states()
        state = self._states.get(source.name) or SourceState(source.name)
        number = self._store.begin_check(self._run, source.name, now, planned=state.next_check)
        return _Check(source, number, now, state, Recorded())

    def _take(self, check: _Check, batch: Batch) -> None:
        """Extract, find, decide, and record the batch with its checkpoint in one transaction."""
        now, judge = self._monitor.clock(), self._monitor.judge
        gaps = [gap for gap in batch.gaps if gap.location != check.source.location]
        check.trouble = next((gap for gap in batch.gaps if gap not in gaps), check.trouble)
        read: list[str] = []
        arrived: list[_Matched] = []
        self._identities.begin()
        for document in batch.documents:
            with self._one(document, gaps):
                found = self._find(document, judge)
                read.append(document.url)
                arrived += [found] if found else []
        known = len(read) - len(arrived)
        findings = judge.read_structures([each.matched for each in arrived], self._note_bug)
        gaps += filter(None, map(_unresolved, arrived, findings))
        cases: list[tuple[Document, Case]] = []
        for each, found_in in zip(arrived, findings, strict=True):
            with self._one(each.document, gaps):
                case = judge.gather(each.matched, found_in, each.stored, self._desk, now)
                cases.append((each.document, case))
        precedents = precedents_for((case for _, case in cases), self._past(), self._desk)
        records: list[Record] = []
        for document, case in cases:
            with self._one(document, gaps):
                record, precedents = judge.decide(case, precedents, now)
                records.append(self._with_original(record, document))
        records, unkept, kept = keep_originals(self._warcs, records, now)
        gaps, read = gaps + unkept, read + kept
        done = self._store.record(
            records, batch.state, check=check.number, gaps=gaps, unchanged=known, read=read, now=now
        )
        self._last_alerts = precedents.last_alerts
        check.state = batch.state or check.state
        check.stopped = batch.stopped
        check.done += done
        check.failed += sum(gap.outcome != Outcome.UNRESOLVED for gap in gaps)
        check.unresolved = check.unresolved or any(each.trouble for each in findings)
        check.gaps += gaps[: GAPS_TOLD - len(check.gaps)]
        check.alert_ids += done.alert_ids[: ALERTS_TOLD - len(check.alert_ids)]

    @contextmanager
    def _one(self, document: Document, gaps: list[Gap]) -> Iterator[None]:
        """One document must not block its source for ever: what befalls it becomes a gap."""
        try:
            yield
        except SourceError as error:
            gaps.append(Gap(document.url, error.outcome, str(error)))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            self._note_bug(error)
            gaps.append(Gap(document.url, Outcome.ERROR.value, bug_summary(error)))

    def _find(self, document: Document, judge: Judge) -> _Matched | None:
        """Turn a document into an article with its mentions; None when this text was judged before."""
        from monitor.ingest import extract

        article, stored, alone = self._identities.place(document, extract(document))
        if alone and judge.knows(stored, article):
            return None  # another text of a shared address may have been the newest there
        return _Matched(document, stored, judge.find(article))

    def _with_original(self, record: Record, document: Document) -> Record:
        """The record with how its article came."""
        from monitor.ingest import extractor_version
        from monitor.store import Original

        keep = self._monitor.config.evidence.keep_pages and bool(record.alerts)
        return replace(record, original=Original(document, extractor_version(__version__), keep))

    def _past(self) -> LastAlerts:
        if self._last_alerts is None:
            self._last_alerts = self._store.last_alerts()
        return self._last_alerts

    def _end(self, check: _Check, outcome: str, message: str, error: SourceError | None) -> CheckResult:
        """Close the check: when to look again, with a back-off after a failure."""
        now = self._monitor.clock()
        name = check.source.name
        if error is None and not check.stopped:
            outcome, message = self._weigh(check, outcome, message, now)
        failures = check.state.failures + 1 if error else 0
        retry_after = error.retry_after if error else None
        due = next_check(check.source, now, failures=failures, retry_after=retry_after)
        if check.stopped:
            due, message = now, "stopped before the end; the next check goes on from here"
        state = replace(check.state, failures=failures, next_check=due)
        self._store.end_check(
            check.number, outcome, now, message=message, state=state, whole=not check.stopped
        )
        if self._states is not None:
            self._states[name] = state
        after = check.source.bad_after
        turned = turn(self._store.last_outcomes(name, after + 1), after)
        ended = (name, outcome, message, check.started, now, due)
        self._monitor.judge.structures.rest()
        gaps, alerts = tuple(check.gaps), tuple(check.alert_ids)
        return CheckResult(*ended, check.done, check.failed, gaps, alerts, turned, check.unresolved, after)

    def _weigh(self, check: _Check, outcome: str, message: str, now: datetime) -> tuple[str, str]:
        """A source that was read can still be stale, or have moved. Files have no rhythm of their own."""
        if outcome not in GOOD:
            return outcome, message
        name = check.source.name
        if check.done.new:
            self._rhythms.pop(name, None)
        elif check.source.kind not in ("folder", "warc"):
            if name not in self._rhythms:
                self._rhythms[name] = rhythm(self._store.item_times(name))
            known = self._rhythms[name]
            if known is not None and known.is_stale(now):
                return Outcome.STALE.value, known.told(now)
        moved = check.state.cursor.get("moved_to")
        if moved:
            return Outcome.MOVED.value, f"moved for good to {moved}; correct the address in the configuration"
        return outcome, message

    def _end_if_possible(self, check: _Check, message: str) -> None:
        """Close a check that the database failed; when it fails again, the first error tells it all."""
        with suppress(StoreError):
            self._end(check, Outcome.ERROR.value, message, SourceError(message))

    def _note_bug(self, error: Exception) -> None:
        """Keep the first bugs; many of one kind would only fill the memory."""
        if len(self.bugs) < 10:
            self.bugs.append(error)
