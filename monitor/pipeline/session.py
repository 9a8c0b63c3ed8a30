"""The one path from a source to an alert, from top to bottom.

    Source -collect-> Document -read-> Article, Mention -read_structures-> Mention
     (I/O)            (pure, `workers`)                  (OPSIN)
    Mention -gather-> Matter -decide-> Record -> Store.record
             (store)        (pure)             one transaction

Fetch outside the transaction; read what a decision takes, decide with values, write once. `run` says what
becomes of errors.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from monitor import __version__
from monitor.errors import SourceError, StoreError
from monitor.model import OF_READ, Document, Gap, Outcome, Source, SourceState
from monitor.pipeline.batches import Batch, Room, batches
from monitor.pipeline.health import GOOD, Rhythm, rhythm, turn
from monitor.pipeline.identity import Identities
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.judge import Judge, LastAlerts, Matter, Notices, precedents_for
from monitor.pipeline.originals import keep_originals
from monitor.pipeline.outcomes import CheckResult, Progress
from monitor.pipeline.reading import Result, Unread, bug_summary, not_covered
from monitor.pipeline.rescan import Rescan, RescanResult, in_turns
from monitor.pipeline.slots import Slots, open_files, slots_within
from monitor.pipeline.timing import next_check

if TYPE_CHECKING:
    from monitor.ingest import Http
    from monitor.ingest.warcs import Warcs
    from monitor.pipeline.run import Monitor
    from monitor.store import Record, Recorded, StoredRevision

Answer = TypeVar("Answer")
OnProgress = Callable[[Progress], None]

STOP_GRACE = 4.0  # seconds that a stop leaves to the work in hand before it is broken off
GAPS_TOLD = 50  # gaps of one check that the summary carries; the database has all of them
ALERTS_TOLD = 200  # new alerts of one check that the summary carries by number


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
    uncovered: Counter[str] = field(default_factory=Counter)  # texts by language without names


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


def _not_covered(check: _Check, arrived: Sequence[MatchedArticle]) -> list[Gap]:
    """One gap a language that the watchlist has no names in, with how many texts of the check are in it."""
    new = Counter(matched.uncovered for matched in arrived if matched.uncovered)
    check.uncovered.update(new)
    return [
        Gap(
            f"language:{language}",
            Outcome.NOT_COVERED.value,
            f"{not_covered(language)}; texts of {check.source.name} in it at this check: "
            f"{check.uncovered[language]}",
        )
        for language in sorted(new)
    ]


def _left_out(matched: MatchedArticle) -> Gap:
    said = f"read in part: {'; '.join(matched.left_out)}"
    return Gap(matched.article.url, Outcome.TOO_LARGE.value, said)


class NotBegunError(Exception):
    """A stop came before the check of a source began: nothing is written of it, and it stays due."""


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
        on_progress: OnProgress,
    ) -> None:
        self.bugs: list[Exception] = []
        self._monitor, self._run, self._http, self._warcs = monitor, run, http, warcs
        self._pool, self._on_progress = pool, on_progress
        self._store = monitor.store
        self._slots, self._room = Slots(*slots_within(open_files())), Room()
        self._stop = asyncio.Event()
        self._broken_off = False
        # read once, kept up to date here, touched by the worker thread only
        self._last_alerts: LastAlerts | None = None
        self._states: dict[str, SourceState] | None = None
        self._rhythms: dict[str, Rhythm | None] = {}
        self._desk = monitor.judge.story_desk(monitor.store)
        self._identities = Identities(monitor.store)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """Record what is in hand and end; what takes longer than a few seconds is left for the next check."""
        if not self._stop.is_set():
            self._stop.set()
            asyncio.get_running_loop().call_later(STOP_GRACE, self._break_off)

    def _break_off(self) -> None:
        self._broken_off = True
        self._monitor.workers.stop()
        self._monitor.judge.structures.stop()

    async def work(self, job: Callable[..., Answer], *arguments: object) -> Answer:
        """Run a blocking job in the session's one worker thread, so that the network is not kept waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, job, *arguments)

    async def check(self, source: Source) -> CheckResult:
        """Read one source, record what it has, and say when to look again.

        Raises StoreError, and NotBegunError when a stop came first.
        """
        async with self._slots.take():
            if self.stopping:
                raise NotBegunError(source.name)
            self._on_progress(Progress(source.name))
            check = await self.work(self._begin, source)
            try:
                outcome, message, error = await self._read(check)
            except StoreError as failure:
                await self.work(self._end_if_possible, check, str(failure))
                raise
            result = await self.work(self._end, check, outcome, message, error)
            self._on_progress(Progress(source.name, result.done.new, result.done.alerts, result))
            return result

    async def rescan(self, budget: float | None) -> RescanResult | None:
        """Match stored articles with what is new for so many seconds, in turns with the checks.

        None when it is switched off or nothing waits. Raises StoreError.
        """
        monitor = self._monitor
        if not monitor.config.rescan.automatic:
            return None
        job = Rescan(self._store, monitor.judge, monitor.clock, workers=monitor.workers)
        result = await in_turns(job, self.work, lambda: self.stopping, budget)
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
                    judge = self._monitor.judge
                    results = await self._results(judge, batch.documents)
                    await self.work(self._take, check, batch, judge, results)
                    self._on_progress(Progress(check.source.name, check.done.new, check.done.alerts))
                    if check.stopped:
                        break
        except SourceError as error:
            return error.outcome, str(error), error
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug: recorded, shown, and raised when the others are done
            self._note_bug(error)
            return Outcome.ERROR.value, bug_summary(error), SourceError(str(error))
        return *self._outcome(check), None

    async def _results(self, judge: Judge, documents: Sequence[Document]) -> list[Result]:
        """What each document holds, read here or by processes."""
        workers = self._monitor.workers
        if not workers.are_wanted(documents):
            return await self.work(self._read_here, judge, documents)
        futures = workers.begin(judge.reader, documents)
        chunks = await asyncio.gather(*map(asyncio.wrap_future, futures))
        return [result for chunk in chunks for result in chunk]

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

    def _read_here(self, judge: Judge, documents: Sequence[Document]) -> list[Result]:
        return [Unread() if self._broken_off else judge.reader.read(document) for document in documents]

    def _take(self, check: _Check, batch: Batch, judge: Judge, results: Sequence[Result]) -> None:
        """Decide, and record the batch with its checkpoint in one transaction.

        Where a stop broke the reading off, the batch is recorded without its checkpoint.
        """
        now = self._monitor.clock()
        broken_off = any(isinstance(each, Unread) and not each.outcome for each in results)
        state = None if broken_off else batch.state
        gaps = [gap for gap in batch.gaps if gap.location != check.source.location]
        check.trouble = next((gap for gap in batch.gaps if gap not in gaps), check.trouble)
        arrived, read, known = self._place(batch.documents, results, judge, gaps)
        gaps += _not_covered(check, [each.matched for each in arrived])
        findings = judge.read_structures([each.matched for each in arrived], self._note_bug)
        gaps += filter(None, map(_unresolved, arrived, findings))
        articles = [each.matched.article for each in arrived]
        notices, unreviewed = judge.read_notices(articles, self._store, self._note_bug)
        records, last_alerts = self._decide(arrived, findings, unreviewed, judge, now, gaps)
        records, unkept, kept = keep_originals(self._warcs, records, now)
        gaps += unkept
        # what a language that is covered by now once left open is closed
        read += [*kept, *(f"language:{code}" for code in judge.reader.covered)]
        done = self._store.record(
            records,
            state,
            check=check.number,
            gaps=gaps,
            unchanged=known,
            read=read,
            found_notices=notices,
            now=now,
        )
        self._last_alerts = last_alerts
        check.state = state or check.state
        check.stopped = batch.stopped or broken_off
        check.done += done
        check.failed += sum(gap.outcome not in OF_READ for gap in gaps)
        check.unresolved = check.unresolved or any(each.trouble for each in findings)
        check.gaps += gaps[: GAPS_TOLD - len(check.gaps)]
        check.alert_ids += done.alert_ids[: ALERTS_TOLD - len(check.alert_ids)]

    def _place(
        self, documents: Sequence[Document], results: Sequence[Result], judge: Judge, gaps: list[Gap]
    ) -> tuple[list[_Matched], list[str], int]:
        """Find which article each document is: those to judge, what was read, and how many are known."""
        arrived: list[_Matched] = []
        read: list[str] = []
        named: list[str] = []  # what was read, as a gap may have named it
        self._identities.begin()
        for document, result in zip(documents, results, strict=True):
            if isinstance(result, Unread):
                gaps += self._unread(document, result)
                continue
            with self._one(document, gaps):
                article, stored, alone = self._identities.place(document, result.article)
                matched = replace(result, article=article)
                read.append(document.url)
                named += [document.known_as] if document.known_as else []
                gaps += [_left_out(matched)] if matched.left_out else []
                # another text of a shared address may have been the newest there
                if not (alone and judge.knows(stored, article)):
                    arrived.append(_Matched(document, stored, matched))
        return arrived, [*read, *named], len(read) - len(arrived)

    def _decide(
        self,
        arrived: Sequence[_Matched],
        findings: Sequence[StructureFindings],
        unreviewed: Notices,
        judge: Judge,
        now: datetime,
        gaps: list[Gap],
    ) -> tuple[list[Record], LastAlerts]:
        """Gather what the decisions about a batch take, then decide one article after the other."""
        matters: list[tuple[Document, Matter]] = []
        for each, found in zip(arrived, findings, strict=True):
            with self._one(each.document, gaps):
                matter = judge.gather(each.matched, found, each.stored, self._desk, now)
                matters.append((each.document, matter))
        precedents = precedents_for((matter for _, matter in matters), self._past(), self._desk, unreviewed)
        records: list[Record] = []
        for document, matter in matters:
            with self._one(document, gaps):
                record, precedents = judge.decide(matter, precedents, now)
                records.append(self._with_original(record, document))
        return records, precedents.last_alerts

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

    def _unread(self, document: Document, unread: Unread) -> list[Gap]:
        """The gap of a document that was not read; none where a stop broke it off."""
        if unread.bug is not None:
            self._note_bug(unread.bug)
        return [Gap(document.url, unread.outcome, unread.message)] if unread.outcome else []

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
                return Outcome.STALE.value, known.in_words(now)
        moved = check.state.cursor.get("moved_to")
        if moved:
            return Outcome.MOVED.value, f"moved for good to {moved}; correct the address in the configuration"
        return outcome, message

    def _end_if_possible(self, check: _Check, message: str) -> None:
        """Close a check that the database failed; when it fails again, the first error says it all."""
        with suppress(StoreError):
            self._end(check, Outcome.ERROR.value, message, SourceError(message))

    def _note_bug(self, error: Exception) -> None:
        """Keep the first bugs; many of one kind would only fill the memory."""
        if len(self.bugs) < 10:
            self.bugs.append(error)
