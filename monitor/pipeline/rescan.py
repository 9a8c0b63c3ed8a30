"""Stored articles matched again after the watchlist, the pinned names or the rules have changed.

    StoredText -find-> Mention -decide-> Alert "found on rescan" -> store.record_rescan
                (pure)          (pure)                               one transaction a batch

Every text is judged by the whole matcher: on ordinary news it is faster than reading the texts from the
database, so that a small matcher of the new names alone would save nothing. Only what is new is written;
a substance that an article has an alert for raises no other, and nothing that was found before is taken away.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from monitor.errors import StoreError
from monitor.model import Mention
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.judge import Judge, LastAlerts, Matter, precedents_for
from monitor.pipeline.reading import Unread, bug_summary

if TYPE_CHECKING:
    from monitor.pipeline.workers import Workers
    from monitor.store import ReadNotice, Record, Store, StoredText

Result = TypeVar("Result")
Clock = Callable[[], datetime]
Timer = Callable[[], float]  # seconds, from any moment on
OnProgress = Callable[["RescanResult"], None]
Work = Callable[[Callable[[], bool]], Awaitable[bool]]

BATCH = 400  # articles of one transaction at most
FIRST_BATCH = 4
"""Articles of the first transaction: a rescan that is killed within seconds, again and again, must still have
written something each time. The next ones grow and shrink so that each takes about `A_STEP` seconds."""
A_STEP = 1.0
ALERTS_TOLD = 200  # alerts that a result carries by number
BUGS_KEPT = 10


@dataclass(frozen=True, slots=True)
class RescanResult:
    """What a rescan did. `articles` were passed, `forgotten` of them without a text to match.

    `waiting` articles are left, for lack of time or as they are older than asked for. `mentions` and
    `alerts` are new; `alert_ids` are the first ones. `failed` articles met a bug and were passed over.
    `unresolved` articles have names that could not be resolved for now; they go on waiting.
    """

    articles: int = 0
    mentions: int = 0
    alerts: int = 0
    forgotten: int = 0
    failed: int = 0
    unresolved: int = 0
    waiting: int = 0
    alert_ids: tuple[int, ...] = ()

    def __add__(self, other: RescanResult) -> RescanResult:
        return RescanResult(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def sentence(self) -> str:
        """One sentence for people and the ledger."""
        parts = [
            f"{self.articles:,} stored {'article' if self.articles == 1 else 'articles'} matched again: "
            f"{_number(self.mentions, 'new mention')}, {_number(self.alerts, 'alert')}",
            f"{self.forgotten:,} could not be, as their texts were forgotten" if self.forgotten else "",
            f"{self.failed:,} met an error and were passed over" if self.failed else "",
            f"{self.unresolved:,} with names that could not be resolved for now" if self.unresolved else "",
            f"{self.waiting:,} wait" if self.waiting else "",
        ]
        return "; ".join(filter(None, parts))


class Rescan:
    """One rescan under way: call `step` until it is False, or for as long as there is time, then `end`.

    `since` (an ISO day or ""): only articles of that day or later. `dry`: find, and write nothing. `workers`
    read what is large, or much.
    """

    def __init__(
        self,
        store: Store,
        judge: Judge,
        clock: Clock,
        *,
        since: str = "",
        dry: bool = False,
        timer: Timer = time.monotonic,
        workers: Workers | None = None,
    ) -> None:
        self.bugs: list[Exception] = []
        self.result = RescanResult()
        self._store, self._judge, self._clock, self._since, self._dry = store, judge, clock, since, dry
        self._timer, self._limit, self._workers = timer, FIRST_BATCH, workers
        self._after = 0
        self._run: int | None = None
        self._last_alerts: LastAlerts | None = None
        self._desk = judge.story_desk(store)

    def step(self) -> bool:
        """Match one batch and record it; False when no article waits any more. Raises StoreError."""
        began = self._timer()
        texts = self._store.waiting_texts(
            self._judge.basis, since=self._since, after=self._after, limit=self._limit
        )
        if not texts:
            return False
        self._match(texts)
        self._limit = next_limit(self._limit, self._timer() - began)
        return True

    def _match(self, texts: Sequence[StoredText]) -> None:
        """Match a batch and record what is new."""
        if self._run is None and not self._dry:
            self._run = self._store.begin_run("rescan", self._clock())
        now = self._clock()
        last = texts[-1].id
        matched, broken_off = self._read(texts)
        texts = [text for text in texts if text.id not in broken_off]
        findings = self._judge.read_structures([each for _, each in matched], self._note)
        matters = [
            (text, matter)
            for (text, each), beyond in zip(matched, findings, strict=True)
            for matter in self._guarded(self._gather, text, each, beyond, now)
        ]
        articles = [text.article for text in texts if text.article is not None]
        notices, unreviewed = self._judge.read_notices(articles, self._store, self._note)
        precedents = precedents_for((matter for _, matter in matters), self._past(), self._desk, unreviewed)
        found: list[tuple[StoredText, Record]] = []
        for text, matter in matters:
            for record, after in self._guarded(self._judge.decide, matter, precedents, now, again=True):
                precedents = after
                if record.alerts or record.added or record.novel or not _is_known(text, record.mentions):
                    found.append((text, record))
        unresolved = {text.id for (text, _), beyond in zip(matched, findings, strict=True) if beyond.trouble}
        self.result += RescanResult(
            articles=len(texts),
            forgotten=sum(text.article is None for text in texts),
            unresolved=len(unresolved),
        )
        self._record(found, [text for text in texts if text.id not in unresolved], notices)
        self._last_alerts = precedents.last_alerts
        self._after = last

    def end(self, error: BaseException | None = None) -> RescanResult:
        """Close the rescan in the ledger and say what it did. Raises StoreError."""
        waiting = self._store.count_waiting(self._judge.basis)
        waiting -= self.result.articles if self._dry else self.result.unresolved
        self.result += RescanResult(waiting=waiting)
        if self._run is not None:
            bug = self.bugs[0] if self.bugs else error
            status = "failed" if bug else "done"
            message = "; ".join(filter(None, (self.result.sentence, bug_summary(bug) if bug else "")))
            self._store.end_run(self._run, self._clock(), status=status, message=message)
            self._run = None
        return self.result

    def _past(self) -> LastAlerts:
        if self._last_alerts is None:
            self._last_alerts = self._store.last_alerts(rescan=True)
        return self._last_alerts

    def _guarded(self, job: Callable[..., Result | None], *arguments: object, **more: object) -> list[Result]:
        """What a job about one text gives, if anything; a bug does not stop the others."""
        try:
            found = job(*arguments, **more)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one text must not hold up all that come after it
            self._note(error)
            self.result += RescanResult(failed=1)
            return []
        return [] if found is None else [found]

    def _note(self, error: Exception) -> None:
        if len(self.bugs) < BUGS_KEPT:
            self.bugs.append(error)

    def _read(self, texts: Sequence[StoredText]) -> tuple[list[tuple[StoredText, MatchedArticle]], set[int]]:
        """What each text holds, read here or by processes; and the texts at which a stop broke that off."""
        kept = [(text, text.article) for text in texts if text.article is not None]
        articles = [article for _, article in kept]
        if self._workers is not None and self._workers.are_wanted(articles):
            results = self._workers.read(self._judge.reader, articles)
        else:
            results = self._judge.reader.read_all(articles)
        matched: list[tuple[StoredText, MatchedArticle]] = []
        broken_off: set[int] = set()
        for (text, _), result in zip(kept, results, strict=True):
            if not isinstance(result, Unread):
                matched.append((text, result))
            elif result.outcome:  # one text must not hold up all that come after it
                self.result += RescanResult(failed=1)
                if result.bug is not None:
                    self._note(result.bug)
            else:
                broken_off.add(text.id)
        return matched, broken_off

    def _gather(
        self, text: StoredText, matched: MatchedArticle, findings: StructureFindings, now: datetime
    ) -> Matter | None:
        """All that a decision about one text takes; None when nothing in it is new."""
        mentions = (*matched.mentions, *findings.mentions)
        if not mentions and not findings.novel:
            return None
        stored = self._store.revision(matched.article.url, text.sha256)
        if (
            _is_known(text, mentions)
            and not findings.novel
            and {m.substance for m in mentions} <= stored.told
        ):
            return None  # there is an alert for all of it: its story need not be looked for
        return self._judge.gather(matched, findings, stored, self._desk, now)

    def _record(
        self,
        found: list[tuple[StoredText, Record]],
        texts: list[StoredText],
        notices: Sequence[ReadNotice],
    ) -> None:
        if self._dry:
            known = {text.id: {mention[:3] for mention in text.mentions} for text, _ in found}
            self.result += RescanResult(
                mentions=sum(
                    (m.start, m.stop, m.substance) not in known[text.id]
                    for text, record in found
                    for m in record.mentions
                ),
                alerts=sum(len(record.alerts) for _, record in found),
            )
            return
        done = self._store.record_rescan(found, texts, self._judge.basis, self._clock(), notices)
        self.result += RescanResult(
            mentions=done.mentions,
            alerts=done.alerts,
            alert_ids=done.alert_ids[: ALERTS_TOLD - len(self.result.alert_ids)],
        )


def _is_known(text: StoredText, mentions: Sequence[Mention]) -> bool:
    """Does the store have these very mentions of the text, with these scores?"""
    return {(m.start, m.stop, m.substance, m.score) for m in mentions} <= text.mentions


def next_limit(limit: int, seconds: float) -> int:
    """How many articles the next batch has, after one of `limit` took `seconds`."""
    wanted = limit * A_STEP / max(seconds, A_STEP / 4)  # four times as many at most
    return max(1, min(BATCH, round(wanted)))


def run_through(
    job: Rescan, budget: float | None, on_progress: OnProgress | None = None, timer: Timer = time.monotonic
) -> RescanResult:
    """Go on with a rescan for `budget` seconds, or to its end. Raises StoreError."""
    end = None if budget is None else timer() + budget
    try:
        while (end is None or timer() < end) and job.step():
            if on_progress is not None:
                on_progress(job.result)
    except BaseException as error:
        with suppress(StoreError):  # when the database fails again, the first error says it all
            job.end(error)
        raise
    return job.end()


async def in_turns(
    job: Rescan,
    work: Work,
    stopping: Callable[[], bool],
    budget: float | None,
    timer: Timer = time.monotonic,
) -> RescanResult:
    """The same, batch by batch through `work`, so that other work gets its turn between two batches."""
    end = None if budget is None else timer() + budget
    try:
        while not stopping() and (end is None or timer() < end):
            if not await work(job.step):
                break
    except BaseException as error:
        with suppress(StoreError):  # when the database fails again, the first error says it all
            job.end(error)
        raise
    await work(lambda: job.end().articles > 0)
    return job.result


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
