"""Review of what PubChem and notices of gazettes propose for the watchlist: `watchlist review`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.model import Watchlist

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Proposal, Store

DATED = ("remove", "move")
"""Actions of notices that are accepted with their day of force only: without it nothing could be ended."""


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal with the name of its substance; `beside` is what a person needs besides, a line each."""

    proposal: Proposal
    name: str
    beside: tuple[str, ...] = ()


def proposal_lines(config: Config, now: datetime, status: str | None = "open") -> list[ProposalLine]:
    """Proposals with this status (None: all), substance by substance. Raises StoreError."""
    from monitor.store import open_store

    with open_store(config.database, now=now) as store:
        known = (store.watchlist() or Watchlist({}, ())).substances
        changes = store.notice_changes()
        found = store.proposals(status)
    lines = []
    for each in found:
        change = changes.get(each.id, {})
        unlisted = each.substance not in known
        name = str(change.get("name") or each.substance) if unlisted else known[each.substance].name
        beside = _beside(each, change, unlisted) if each.id in changes else ()
        lines.append(ProposalLine(each, name or "(no substance named)", beside))
    return sorted(lines, key=lambda line: (line.name.casefold(), line.proposal.substance, line.proposal.id))


def _beside(proposal: Proposal, change: Mapping[str, object], unlisted: bool) -> tuple[str, ...]:
    """The sentence that the proposal rests on; of a substance that no list has its names and structure."""
    lines = [f"“{proposal.detail}”"] if proposal.detail else []
    if unlisted and change:
        names = change.get("names")
        texts = (
            [str(each["text"]) for each in names if isinstance(each, Mapping)]
            if isinstance(names, list)
            else []
        )
        lines.append(f"on no list so far; names: {'; '.join(texts)}")
        structure = " ".join(
            filter(None, (str(change.get("smiles") or ""), str(change.get("inchikey") or "")))
        )
        lines.append(f"structure: {structure or 'not known'}")
    return tuple(lines)


def decide(
    config: Config,
    now: datetime,
    *,
    accept: Sequence[int],
    reject: Sequence[int],
    who: str,
    why: str,
    effective: date | None = None,
) -> None:
    """Keep a person's decision about proposals; `effective` is the day of force, looked up by that person.

    Raises MonitorError for a number that does not exist, and for a removal or move that is accepted without
    its day; then nothing is decided.
    """
    from monitor.store import ACCEPTED, REJECTED, open_store

    both = sorted(set(accept) & set(reject))
    if both:
        raise MonitorError(f"{_numbers(both)} cannot be accepted and rejected at once; leave it out of one")
    with open_store(config.database, now=now) as store:
        known = {each.id for each in store.proposals()}
        unknown = sorted({*accept, *reject} - known)
        if unknown:
            raise MonitorError(
                f"there is no proposal {_numbers(unknown)}; `substance-monitor watchlist review` lists those "
                "there are. Nothing was decided"
            )
        _check_days(store, accept, effective)
        if effective is not None:
            store.put_effective(accept, effective.isoformat())
            why = f"{why} (in force from {effective.isoformat()})"
        for ids, status in ((accept, ACCEPTED), (reject, REJECTED)):
            if ids:
                store.decide_proposals(ids, status, who=who, why=why, now=now)


def _check_days(store: Store, accept: Sequence[int], effective: date | None) -> None:
    changes = store.notice_changes()
    if effective is not None:
        other = sorted(set(accept) - {number for number, change in changes.items() if change})
        if other:
            raise MonitorError(
                f"--effective is for proposals of notices, and {_numbers(other)} is none. Nothing was decided"
            )
        return
    undated = [
        number
        for number in accept
        if changes.get(number, {}).get("action") in DATED and not changes[number].get("effective")
    ]
    if undated:
        raise MonitorError(
            f"the notice of proposal {_numbers(undated)} does not say from which day it is in force; look it "
            "up and add --effective 2026-11-28. Nothing was decided"
        )


def _numbers(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))
