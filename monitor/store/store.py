"""The store: every write of the program goes through here, each verb in one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from monitor.model import Article, Gap, ListInfo, Outcome, Source, SourceState, Watchlist
from monitor.store import (
    alerts,
    articles,
    captures,
    decisions,
    enrichment,
    ledger,
    notices,
    novel,
    presence,
    rescans,
    stories,
    versions,
    watchlists,
)
from monitor.store import schema as t
from monitor.store.condition import check_whole, refuse_emptied
from monitor.store.decision_verbs import Decisions
from monitor.store.engine import (
    BUSY_SECONDS,
    may_be_written,
    open_engine,
    open_readonly,
    parse_url,
    refuse_encoding,
    shown,
    sqlite_path,
    store_errors,
)
from monitor.store.migrate import bring_up_to_date, refuse_outdated
from monitor.store.notice_verbs import NoticeVerbs
from monitor.store.outbox import Outbox
from monitor.store.single import single_instance
from monitor.store.values import (
    ChangeLike,
    Exhibit,
    FindingLike,
    Job,
    Proposal,
    ReadNotice,
    Record,
    Recorded,
    StoredAlert,
    StoredAnswer,
    StoredMember,
    StoredReading,
    StoredRevision,
    StoredStory,
    StoredText,
    StoredVersion,
    WatchedName,
)

Result = TypeVar("Result")

_WRITERS = 0x5375624D  # any number, the same for every writer


CHECK_SECONDS = 0.5
"""How long a SQLite file is looked through for damage when it is opened to be read."""


def open_store(
    url: str,
    *,
    now: datetime,
    busy_seconds: float = BUSY_SECONDS,
    check_seconds: float = CHECK_SECONDS,
    archives: Sequence[Path] = (),
) -> Store:
    """Open (and where needed create or upgrade) the database at `url`.

    An older SQLite file is copied to `<file>.before-<revision>-<time>.bak` before it is upgraded. A file is
    looked through for damage first, for `check_seconds` at most (`Store.looked_through` says whether that
    was enough). WARC files in the folders `archives` say that an empty file is no first start. Where the
    file or its folder may not be written, the store reads, and every write raises.
    StoreError: not a usable URL, cannot be opened, locked, damaged, emptied, not in UTF-8, or written by a
    newer version.
    """
    place = parse_url(url)
    path = sqlite_path(place)
    with store_errors(f"could not open the database {shown(place)}"), ExitStack() as on_failure:
        whole = True
        if path is not None:
            refuse_emptied(path, archives)
            whole = check_whole(path, check_seconds)
        if path is not None and not may_be_written(path):
            reader = writer = open_readonly(place)
            on_failure.callback(reader.dispose)
            refuse_outdated(reader)
        else:
            writer = open_engine(place, busy_seconds=busy_seconds)
            on_failure.callback(writer.dispose)
            refuse_encoding(writer)
            bring_up_to_date(writer, now)
            reader = open_readonly(place)
        on_failure.pop_all()
        return Store(writer, reader, whole)


class Store(NoticeVerbs):
    """The database behind its verbs. Safe to share between threads; every method may raise StoreError."""

    def __init__(self, writer: Engine, reader: Engine, looked_through: bool = True) -> None:
        self._writer = writer
        self._reader = reader
        self.looked_through = looked_through  # for damage, to its end; always true for a server

    def engine_readonly(self) -> Engine:
        """An engine for reports; the database refuses any write through it."""
        return self._reader

    def close(self) -> None:
        """Give all connections back; the store must not be used any more."""
        self._reader.dispose()
        self._writer.dispose()

    @property
    def outbox(self) -> Outbox:
        """Notices that go to people."""
        return Outbox(self._write, self._read)

    def alone(self) -> AbstractContextManager[Callable[[], bool]]:
        """Hold the lock of the one `watch` that may run with this database.

        What it hands out says whether the lock is still held: a database server may have been started anew,
        and another `watch` have taken over. Raises MonitorError at its start when another one holds it.
        """
        return single_instance(self._writer)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- watchlist ---------------------------------------------------------------------------------

    def put_watchlist(self, watchlist: Watchlist, changes: Iterable[ChangeLike], now: datetime) -> bool:
        """Put `watchlist` in force and keep `changes`; False (nothing written) when it is in force already.

        Rows that are no longer part of it stay, marked with the time of their withdrawal.
        """
        if self.watchlist_digest() == watchlist.digest:
            return False
        with self._write("could not write the watchlist") as connection:
            return watchlists.write(connection, watchlist, changes, now)

    def watchlist(self) -> Watchlist | None:
        """The last good watchlist; None before the first."""
        return self._read("could not read the watchlist", watchlists.read)

    def watchlist_digest(self) -> str:
        """`watchlist().digest` without loading it; "" before the first."""
        return self._read("could not read the watchlist", watchlists.digest_in_force)

    # --- sources -----------------------------------------------------------------------------------

    def put_sources(self, sources: Sequence[Source], now: datetime) -> None:
        """Write the configured sources. One that is gone is marked inactive; one whose kind or location
        changed loses its state, as ETag and cursor belong to the old place."""
        with self._write("could not write the sources") as connection:
            ledger.put_sources(connection, sources, now)

    def states(self) -> dict[str, SourceState]:
        """Source name -> state, for every source that has one."""
        return self._read("could not read the sources", ledger.states)

    def last_outcomes(self, source: str, limit: int) -> list[str]:
        """Outcomes of the source's last finished checks, the newest first, without interrupted ones."""
        return self._read("could not read the checks", lambda c: ledger.last_outcomes(c, source, limit))

    def item_times(self, source: str, limit: int = 1000) -> list[datetime]:
        """When the newest articles of a source were published (else first seen)."""
        return self._read("could not read the articles", lambda c: ledger.item_times(c, source, limit))

    def waiting(self, now: datetime) -> list[str]:
        """Names of the active sources that are due at `now`, the longest waiting first."""
        return self._read("could not read the sources", lambda c: ledger.waiting(c, now))

    # --- articles ----------------------------------------------------------------------------------

    def revision(self, url: str, sha256: str = "") -> StoredRevision:
        """What is known of the article at `url`, and whether text `sha256` was first met at another URL."""
        return self._read("could not read an article", lambda c: articles.known(c, url, sha256))

    def versions_at(self, url: str, sha256: str) -> list[StoredVersion]:
        """The articles stored at `url`, the newest first (bounded); first one that had `sha256`."""
        return self._read("could not read an article", lambda c: versions.at(c, url, sha256))

    def version_elsewhere(self, url: str, asked: str, sha256: str) -> StoredVersion | None:
        """The article stored at `url`, another address than the one `asked`, with what was read there."""
        return self._read("could not read an article", lambda c: versions.elsewhere(c, url, asked, sha256))

    def item_of(self, file: str, texts: Sequence[str]) -> StoredVersion | None:
        """The item of a file that once had one of the `texts` (SHA-256), whatever names it."""
        return self._read("could not read an article", lambda c: versions.item(c, file, texts))

    def last_alerts(self, *, rescan: bool = False) -> dict[tuple[str, str], datetime]:
        """(rule, substance) -> time of the last alert that was not quiet; those of a `rescan` as well."""
        return self._read("could not read the alerts", lambda c: articles.last_alerts(c, rescan=rescan))

    def articles(self) -> Iterator[Article]:
        """The current revision of every article whose text is still kept, oldest first; streams."""
        with store_errors("could not read the articles"), self._reader.connect() as connection:
            yield from articles.articles(connection)

    def record(
        self,
        batch: Sequence[Record],
        state: SourceState | None = None,
        *,
        check: int | None = None,
        gaps: Sequence[Gap] = (),
        unchanged: int = 0,
        read: Sequence[str] = (),
        found_notices: Sequence[ReadNotice] = (),
        now: datetime,
    ) -> Recorded:
        """Write a batch, the state that says how far it went, gaps and counts in ONE transaction.

        Idempotent: the same batch again adds nothing. A text that another URL had first is kept as a copy
        and its alerts are left out; an alert that its article has already is left out. `unchanged` counts
        articles that the caller knew and left out of the batch. Gaps need a `check`. `read`: addresses that
        were read, whatever came of it; open gaps there, and at the articles' own addresses, are closed.
        """
        with self._write("could not write the articles") as connection:
            lists = _lists(connection) if any(record.alerts for record in batch) else {}
            done = Recorded(unchanged=unchanged)
            for record in batch:
                done += articles.write(connection, record, lists)
            notices.put(connection, found_notices, now)
            ledger.close_gaps(connection, {*read, *(record.article.url for record in batch)}, now)
            if state is not None:
                ledger.put_state(connection, state)
            if check is not None:
                ledger.count(connection, check, done)
                ledger.put_gaps(connection, check, gaps, now)
                appeared, gone = presence.after_batch(connection, check, batch, read, gaps, now)
                done += Recorded(appeared=appeared, gone=gone)
            elif gaps:
                raise ValueError("gaps belong to a check")
            return done

    def alert(self, alert_id: int) -> StoredAlert | None:
        """One alert with its evidence and its article's text; None when there is none by that number."""
        return self._read("could not read the alert", lambda c: alerts.read(c, alert_id))

    def exhibit(self, alert_id: int) -> Exhibit | None:
        """One alert with how its article came, for a bundle of evidence; None when there is none."""
        return self._read("could not read the alert", lambda c: captures.exhibit(c, alert_id))

    def expire_texts(self, before: datetime) -> int:
        """Forget texts fetched before that moment and return how many; snippets, hashes, offsets stay."""
        with self._write("could not expire texts") as connection:
            return articles.expire_texts(connection, before)

    # --- rescan ------------------------------------------------------------------------------------

    def basis(self, digest: str, watchlist: str, now: datetime, *, again: bool = False) -> int:
        """The number under which what texts are judged by (`digest` of it all) is known, for `Record.basis`.

        Another digest than the last one, or `again`, makes a new number: every stored article that was judged
        by a lower one waits for the rescan. `watchlist`: the digest of the watchlist in it.
        """
        found = self._read("could not read what texts are judged by", rescans.newest)
        if found[1] == digest and not again:
            return found[0]
        with self._write("could not write what texts are judged by") as connection:
            number, known = rescans.newest(connection)
            if known == digest and not again:
                return number
            return rescans.put(connection, digest, watchlist, now)

    def count_waiting(self, basis: int, since: str = "") -> int:
        """How many articles (of the day `since` or later) were judged by less than `basis`."""
        return self._read("could not read the articles", lambda c: rescans.count(c, basis, since))

    def waiting_texts(
        self, basis: int, *, since: str = "", after: int = 0, limit: int = 200, size: int = 2_000_000
    ) -> list[StoredText]:
        """The next of these articles, numbered higher than `after`; `size` bounds the texts' packed bytes."""
        return self._read(
            "could not read the articles",
            lambda c: rescans.waiting(c, basis, since=since, after=after, limit=limit, size=size),
        )

    def record_rescan(
        self,
        found: Iterable[tuple[StoredText, Record]],
        passed: Iterable[StoredText],
        basis: int,
        now: datetime,
        found_notices: Sequence[ReadNotice] = (),
    ) -> Recorded:
        """Add new mentions and alerts of stored articles, mark `passed` as judged, in ONE transaction.

        Nothing is taken away, and an alert that is there already is left out: the same again adds nothing.
        Open gaps of passed articles whose names could not be resolved are closed.
        """
        found, passed = list(found), list(passed)
        with self._write("could not write what the rescan found") as connection:
            lists = _lists(connection) if any(record.alerts for _, record in found) else {}
            read = [each.article.url for each in passed if each.article is not None]
            ledger.close_gaps(connection, read, now, Outcome.UNRESOLVED.value)
            notices.put(connection, found_notices, now)
            return rescans.write(connection, found, passed, basis, lists)

    # --- stories -----------------------------------------------------------------------------------

    def story_of(self, url: str) -> str:
        """The address of the first article of the story of the article at `url`; "" for none."""
        return self._read("could not read the stories", lambda c: stories.story_of(c, url))

    def near(self, keys: Sequence[int], at: datetime, window: timedelta) -> list[StoredMember]:
        """Articles that may tell the same: those that share the most of `keys`, at most `window` away.

        Bounded: neither the time it takes nor their number grows with what is stored.
        """
        return self._read("could not read the stories", lambda c: stories.near(c, keys, at, window))

    def stories(self, firsts: Collection[str]) -> dict[str, StoredStory]:
        """What stories have raised, by the address of their first article; unknown ones are left out."""
        return self._read("could not read the stories", lambda c: stories.read(c, firsts))

    def forget_traces(self, before: datetime, limit: int = 2_000) -> int:
        """Forget by what articles that joined a story before that moment are found, a `limit` at a time."""
        with self._write("could not forget what stories are found by") as connection:
            return stories.forget(connection, before, limit)

    # --- ledger ------------------------------------------------------------------------------------

    def begin_run(self, kind: str, now: datetime, pid: int | None = None) -> int:
        """Open a run ("once", "watch") of process `pid` (this one) and return its id.

        Runs that a dead process of this machine left open are closed as "interrupted".
        """
        with self._write("could not begin a run") as connection:
            return ledger.begin_run(connection, kind, os.getpid() if pid is None else pid, now)

    def end_run(self, run: int, now: datetime, *, status: str = "done", message: str = "") -> None:
        """Close a run as "done", "failed" or "interrupted"."""
        with self._write("could not end the run") as connection:
            ledger.end_run(connection, run, status, message, now)

    def begin_check(self, run: int, source: str, now: datetime, planned: datetime | None = None) -> int:
        """Open the check of one source within a run and return its id."""
        with self._write("could not begin a check") as connection:
            decisions.wake(connection, now)
            return ledger.begin_check(connection, run, source, planned, now)

    def end_check(
        self,
        check: int,
        outcome: str,
        now: datetime,
        *,
        message: str = "",
        state: SourceState | None = None,
        location: str = "",
        whole: bool = True,
    ) -> None:
        """Close a check, with the state to go on from. Not `whole`: it was stopped before its end.

        Any outcome but "ok", "unchanged" and "moved" is a gap of the whole source, at `location` (default:
        the source's own), until a later check reads it.
        """
        with self._write("could not end the check") as connection:
            ledger.end_check(connection, check, str(outcome), message, location, now)
            if whole:
                presence.after_check(connection, check, str(outcome), message, now)
            if state is not None:
                ledger.put_state(connection, state)

    def heartbeat(self, name: str, now: datetime, pid: int | None = None) -> None:
        """Say that `name` was alive at `now`."""
        with self._write("could not write the heartbeat") as connection:
            ledger.beat(connection, name, os.getpid() if pid is None else pid, now)

    def heartbeats(self) -> dict[str, tuple[datetime, int]]:
        """Name -> (time of its last beat, process id)."""
        return self._read("could not read the heartbeat", ledger.heartbeats)

    # --- what comes from elsewhere -----------------------------------------------------------------

    def answers(self, questions: Sequence[str]) -> dict[str, StoredAnswer]:
        """Question -> PubChem's last answer, however old; questions never asked are missing."""
        return self._read("could not read PubChem's answers", lambda c: enrichment.answers(c, questions))

    def put_answers(self, rows: Iterable[StoredAnswer]) -> None:
        """Keep answers of PubChem; a newer one takes the place of the one before."""
        with self._write("could not keep PubChem's answers") as connection:
            enrichment.put_answers(connection, rows)

    def propose(self, findings: Iterable[FindingLike], now: datetime) -> tuple[int, int]:
        """Keep new proposals and accept the safe ones: how many are new, how many of them accepted."""
        with self._write("could not write the proposals") as connection:
            return enrichment.propose(connection, findings, now)

    def proposals(self, status: str | None = None) -> list[Proposal]:
        """Proposals for the watchlist with this status (None: all), the oldest first."""
        return self._read("could not read the proposals", lambda c: enrichment.proposals(c, status))

    def decide_proposals(
        self, ids: Iterable[int], status: str, *, who: str, why: str, now: datetime
    ) -> list[int]:
        """Add one decision for each proposal. Numbers that do not exist come back; then none is written."""
        with self._write("could not write the decision") as connection:
            return enrichment.decide(connection, ids, status, who, why, now)

    def newest_decisions(self) -> tuple[int, int]:
        """The numbers of the last decisions about a proposal and about a novel name; 0 before the first."""
        return self._read("could not read the decisions", enrichment.newest_decisions)

    def job(self, name: str) -> Job | None:
        """When a job of the scheduler is due and how it ended last; None before it was ever planned."""
        return self._read("could not read the jobs", lambda c: enrichment.job(c, name))

    def put_job(self, state: Job) -> None:
        """Plan a job, with how it ended last."""
        with self._write("could not write the job") as connection:
            enrichment.put_job(connection, state)

    # --- names that no list has --------------------------------------------------------------------

    def readings(self, names: Sequence[str], version: str) -> dict[str, StoredReading]:
        """Name -> what this version of OPSIN said of it; names never asked are missing."""
        return self._read("could not read the readings", lambda c: novel.readings(c, names, version))

    def put_readings(self, answers: Mapping[str, StoredReading], version: str, now: datetime) -> None:
        """Keep what this version of OPSIN said of names, failures included."""
        if answers:
            with self._write("could not keep the readings") as connection:
                novel.put_readings(connection, answers, version, now)

    def novel_number(self, key: str) -> int | None:
        """The number of the name with this key in the novelty queue; None when it is not there."""
        return self._read("could not read the novelty queue", lambda c: novel.find(c, key))

    def decide_novel(self, number: int, status: str, *, who: str, why: str, now: datetime) -> str | None:
        """Add a decision about a name of the novelty queue and return the name; None: no such number."""
        with self._write("could not write the decision") as connection:
            return novel.decide(connection, number, status, who, why, now)

    def watched_names(self) -> list[WatchedName]:
        """The names of the novelty queue that somebody decided to watch, in the order of the decisions."""
        return self._read("could not read the novelty queue", novel.watched)

    @property
    def decisions(self) -> Decisions:
        """What people decide about alerts, and what they hold back or have erased."""
        return Decisions(self._write, self._read)

    # --- inside ------------------------------------------------------------------------------------

    @contextmanager
    def _write(self, what: str) -> Iterator[Connection]:
        with store_errors(what), self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Writers one after another, as on SQLite: two must not both be first with a text.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
            yield connection

    def _read(self, what: str, query: Callable[[Connection], Result]) -> Result:
        with store_errors(what), self._reader.connect() as connection:
            return query(connection)


def _lists(connection: Connection) -> dict[str, ListInfo]:
    columns = [t.list_info.c[name] for name in ListInfo.__dataclass_fields__]
    rows = connection.execute(select(*columns)).mappings()
    return {row["id"]: ListInfo(**row) for row in rows}
