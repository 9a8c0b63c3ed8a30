"""Enrichment of the watchlist: ask PubChem, propose what is new, keep it for review. Beside the pipeline.

    Substance -PubChem-> Compound, synonyms -findings-> Proposal -store.propose-> (review) -> watchlist
                (I/O)                        (pure)              one transaction

Nothing else waits for it: when PubChem cannot be asked, what was found so far is kept, the rest is postponed,
and the ledger says so. Answers are kept as they come, so the next time asks only for what is missing.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.errors import MonitorError, ResolveError, StoreError
from monitor.model import Substance, Watchlist
from monitor.pipeline.prepare import bring_in_force
from monitor.queries.pubchem_lookup import StoreAnswers, client, limits_of

if TYPE_CHECKING:
    from monitor.chem.findings import Finding, Vocabulary
    from monitor.chem.pubchem import Compound, PubChem
    from monitor.config import Config
    from monitor.store import Store

Clock = Callable[[], datetime]
Wait = Callable[[float], bool]
OnProgress = Callable[[int, int], None]

JOB = "pubchem sync"
FIRST = timedelta(minutes=15)  # after the first start of `watch`: not at every try of a new user
RETRY, LONGEST_RETRY = timedelta(hours=1), timedelta(days=1)
AT_ONCE = 50  # substances of one batch


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How one synchronisation ended. `looked_up` of `wanted` substances, `unknown` to PubChem among them.

    `outcome` is "ok" or "postponed" (`message` says why). `news`: worth a word to people; a failure is, once.
    """

    wanted: int
    looked_up: int
    unknown: int
    proposed: int
    accepted: int
    outcome: str
    message: str
    next_at: datetime | None
    news: bool


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _show_nothing(done: int, wanted: int) -> None:
    """Show no progress."""


def plan(config: Config, store: Store, now: datetime) -> datetime | None:
    """When the next synchronisation is due, remembered over restarts; None when it is switched off."""
    from monitor.store import Job

    if config.sync.every is None:
        return None
    known = store.job(JOB)
    if known is None:
        known = Job(JOB, now + FIRST)
        store.put_job(known)
    return min(known.next_at, (known.last_at or now) + timedelta(seconds=config.sync.every) + FIRST)


def synchronise(
    config: Config,
    clock: Clock,
    store: Store | None = None,
    watchlist: Watchlist | None = None,
    *,
    only: str | None = None,
    limit: int | None = None,
    on_progress: OnProgress = _show_nothing,
    wait: Wait = _sleep,
    chance: Callable[[], float] = random.random,
) -> SyncResult:
    """Look the watched substances up in PubChem and keep what is new as proposals.

    `watchlist`: the one that is matched with, where there is one already; without it that of `config` is put
    in force. `only`: the substances of this name. `limit`: no more than these, the oldest answers first.
    `wait` sleeps that many seconds and says whether to stop; `chance` is the jitter. Trouble with PubChem is
    in the result. Raises MonitorError for a name that is not watched, StoreError when the database failed.
    """
    from monitor.store import open_store

    if store is None:
        with open_store(config.database, now=clock()) as opened:
            return synchronise(
                config,
                clock,
                opened,
                watchlist,
                only=only,
                limit=limit,
                on_progress=on_progress,
                wait=wait,
                chance=chance,
            )
    if watchlist is None:
        watchlist, _ = bring_in_force(config, store, clock())
    substances = _chosen(config, watchlist, store, only, limit)
    pubchem = client(StoreAnswers(store), limits_of(config), wait, chance)
    sync = _Sync(pubchem, watchlist, _vocabulary(watchlist, store), clock)
    trouble, proposed, accepted = _recorded(sync, store, substances, on_progress)
    stopped = sync.pubchem.stopped
    if only is None and limit is None and not stopped:
        due, first = _planned(config, store, trouble, clock())
    else:  # only one of all substances moves the schedule, and one that was broken off goes on at once
        known = store.job(JOB)
        due, first = (known.next_at if known else None), not stopped and trouble is not None
    return SyncResult(
        len(substances),
        sync.looked_up,
        sync.unknown,
        proposed,
        accepted,
        "postponed" if trouble else "ok",
        str(trouble or ""),
        due,
        news=bool(proposed or first),
    )


def _recorded(
    sync: _Sync, store: Store, substances: Sequence[Substance], on_progress: OnProgress
) -> tuple[ResolveError | None, int, int]:
    """Look up and keep the proposals, as a run of the ledger: trouble, new proposals, accepted ones."""
    run = store.begin_run("sync", sync.clock())
    status, message = "interrupted", "stopped from outside"
    try:
        trouble = sync.look_up(substances, on_progress)
        proposed, accepted = store.propose(sync.proposals(), sync.clock())
        status, message = ("failed", str(trouble)) if trouble else ("done", "")
    except StoreError as error:
        status, message = "failed", str(error)
        raise
    finally:
        store.end_run(run, sync.clock(), status=status, message=message)
    return trouble, proposed, accepted


def _planned(
    config: Config, store: Store, trouble: ResolveError | None, now: datetime
) -> tuple[datetime | None, bool]:
    """When the next one is due, and whether trouble is new."""
    from monitor.store import Job

    known = store.job(JOB)
    every = config.sync.every
    if every is None:
        return None, trouble is not None
    if trouble is None:
        store.put_job(Job(JOB, now + timedelta(seconds=every), now, "ok"))
        return now + timedelta(seconds=every), False
    failures = (known.failures if known else 0) + 1
    pause = min(RETRY * 2.0 ** min(failures - 1, 10), LONGEST_RETRY)
    asked = timedelta(seconds=min(trouble.retry_after or 0.0, 7 * 86400.0))
    due = now + max(pause, asked)
    store.put_job(Job(JOB, due, now, "postponed", str(trouble), failures))
    return due, failures == 1


# --- which substances ----------------------------------------------------------------------------------


def _chosen(
    config: Config, watchlist: Watchlist, store: Store, only: str | None, limit: int | None
) -> list[Substance]:
    """The substances to look up: those named, or all that PubChem may know of; the oldest answer first."""
    from monitor.watchlist import lookup

    if only is not None:
        found = lookup(watchlist, only)
        if not found:
            raise MonitorError(
                f"no watched substance has the name “{only}”; see `substance-monitor watchlist show`"
            )
        return found
    substances = [
        each
        for each in watchlist.substances.values()
        if not _is_class(watchlist, each.key)
        if config.sync.own_lists or not _is_own(watchlist, each.key)
    ]
    kept = store.answers([_question(each) for each in substances])
    never = datetime.min.replace(tzinfo=UTC)

    def age(substance: Substance) -> datetime:
        answer = kept.get(_question(substance))
        return answer.fetched_at if answer else never

    return sorted(substances, key=age)[:limit]


def _is_own(watchlist: Watchlist, key: str) -> bool:
    """Whether only the user's own lists know it: then its name is nobody else's business."""
    return _kinds(watchlist, key) == {"house"}


def _is_class(watchlist: Watchlist, key: str) -> bool:
    """Whether it is a structure class, which is no substance to look up."""
    return _kinds(watchlist, key) == {"class"}


def _kinds(watchlist: Watchlist, key: str) -> set[str]:
    return {watchlist.lists[entry.list_id].kind for entry in watchlist.listings_of(key)}


def _question(substance: Substance) -> str:
    """What is asked first about a substance, in the words of the cache."""
    if substance.cid is not None:
        return f"property cid {substance.cid}"
    if substance.inchikey:
        return f"property inchikey {substance.inchikey}"
    return f"property name {(*substance.cas, substance.name)[0]}"


# --- asking --------------------------------------------------------------------------------------------


@dataclass
class _Sync:
    """One synchronisation under way."""

    pubchem: PubChem
    watchlist: Watchlist
    vocabulary: Vocabulary
    clock: Clock
    looked_up: int = 0
    unknown: int = 0
    found: list[Finding] = field(default_factory=list)

    def look_up(self, substances: Sequence[Substance], on_progress: OnProgress) -> ResolveError | None:
        """Ask about all of them; what stopped it, or kept it from new answers, if anything did."""
        try:
            for first in range(0, len(substances), AT_ONCE):
                self._batch(substances[first : first + AT_ONCE])
                on_progress(self.looked_up, len(substances))
        except ResolveError as error:
            return error
        return self.pubchem.trouble if self.pubchem.stale else None

    def _batch(self, substances: Sequence[Substance]) -> None:
        from monitor.chem.findings import findings

        now = self.clock()
        by_cid = self.pubchem.compounds([each.cid for each in substances if each.cid is not None], now)
        records = [(each, *self._record(each, by_cid, now)) for each in substances]
        names = self.pubchem.synonyms([record.cid for _, record, _ in records if record is not None], now)
        for substance, record, by in records:
            self.looked_up += 1
            if record is None:
                self.unknown += 1
                continue
            synonyms = names.get(record.cid, ())
            self.found += findings(substance, record, synonyms, self.vocabulary, by=by, day=now.date())

    def _record(
        self, substance: Substance, by_cid: Mapping[int, Compound], now: datetime
    ) -> tuple[Compound | None, str]:
        """The record of a substance and how it was found: by CID, else InChIKey, else CAS RN or name.

        A CAS RN is looked up as a name: the register of numbers gives several records for most.
        """
        known = by_cid.get(substance.cid) if substance.cid is not None else None
        if known is not None and substance.inchikey in ("", known.inchikey):
            return known, "cid"
        if substance.inchikey:
            same = self._find(substance.inchikey, now, "inchikey")
            if same:
                return same[0], "inchikey"
        if known is not None:
            return known, "cid"
        for text in () if substance.inchikey else (*substance.cas[:1], substance.name):
            found = self._find(text, now, "name")
            if len(found) == 1:
                return found[0], "name"
        return None, ""

    def _find(self, text: str, now: datetime, kind: str) -> tuple[Compound, ...]:
        try:
            return self.pubchem.find(text, now, "inchikey" if kind == "inchikey" else "name")
        except ResolveError as error:
            if not error.permanent:
                raise
            return ()  # this one question is refused: for PubChem it is no name

    def proposals(self) -> list[Finding]:
        """What was found; a name that was found for two substances is safe for neither."""
        fold = self.vocabulary.fold
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for each in self.found:
            if each.kind == "synonym":
                owners[fold(each.after)].add(each.substance)
        return [_doubted(each, owners[fold(each.after)]) if each.safe else each for each in self.found]


def _doubted(finding: Finding, owners: Iterable[str]) -> Finding:
    others = sorted(set(owners) - {finding.substance})
    if finding.kind != "synonym" or not others:
        return finding
    return replace(finding, safe="", reason=f"PubChem gives it to {', '.join(others)} as well")


def _vocabulary(watchlist: Watchlist, store: Store) -> Vocabulary:
    """What a new name must not collide with: every name watched, and every one that was proposed before."""
    from monitor.chem.findings import Vocabulary
    from monitor.match.lexicon import ordinary_words
    from monitor.match.normalize import compact_key, words_key
    from monitor.watchlist import withheld

    def fold(text: str) -> str:
        return compact_key(text).decode("utf-8", "surrogateescape")

    owners: defaultdict[str, set[str]] = defaultdict(set)
    for name in watchlist.names:
        owners[fold(name.text)].add(name.substance)
    for substance in watchlist.substances.values():
        owners[fold(substance.name)].add(substance.key)
    for proposal in store.proposals():
        if proposal.kind == "synonym":
            owners[fold(proposal.after)].add(proposal.substance)
    kin: defaultdict[str, set[str]] = defaultdict(set)
    for substance in watchlist.substances.values():
        if substance.inchikey:
            kin[substance.inchikey[:14]].add(substance.key)
    ordinary = ordinary_words()
    return Vocabulary(fold, owners, lambda name: words_key(name) in ordinary, withheld(), kin)
