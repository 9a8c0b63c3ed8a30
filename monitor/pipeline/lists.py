"""How old the lists are: the day that each is known to be complete to, and what came after it.

A list that nobody has looked through for half a year is a gap, as a source that has fallen silent is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model import Watchlist

if TYPE_CHECKING:
    from monitor.store import Store

PATIENCE = timedelta(days=183)
_AGED = ("schedule", "precursor", "surveillance", "proposed")  # kinds of lists that an authority changes


@dataclass(frozen=True, slots=True)
class ListAge:
    """One list of an authority.

    `complete_to` is a partial ISO date, "" when not known; `notices` how many were read that are younger than
    that, `newest` the day of the newest of all; `waiting` counts proposals that are to be reviewed.
    """

    list_id: str
    title: str
    complete_to: str
    notices: int
    newest: str
    waiting: int
    stale: bool

    @property
    def state(self) -> str:
        """The age in a word."""
        return "old" if self.stale else "current" if self.complete_to else "not known"


def list_ages(
    watchlist: Watchlist,
    published: Sequence[tuple[str, str]],
    waiting: Mapping[str, int],
    today: date,
) -> list[ListAge]:
    """How old each list is. `published`: (list, day) of notices; `waiting`: list -> proposals that wait."""
    ages = []
    for info in watchlist.lists.values():
        if info.kind not in _AGED:
            continue
        days = [day for list_id, day in published if list_id == info.id]
        ages.append(
            ListAge(
                info.id,
                info.title,
                info.complete_to,
                sum(day > info.complete_to for day in days),
                max(days, default=""),
                waiting.get(info.id, 0),
                _is_old(info.complete_to, today),
            )
        )
    return ages


def _is_old(complete_to: str, today: date) -> bool:
    """A day that is not known is no old one: nothing can be said of it. A month or year lasts to its end."""
    return bool(complete_to) and complete_to < (today - PATIENCE).isoformat()[: len(complete_to)]


def stale_words(ages: Sequence[ListAge]) -> dict[str, str]:
    """Old list -> in words what is the matter, for the gaps."""
    return {age.list_id: _words(age) for age in ages if age.stale}


def _words(age: ListAge) -> str:
    since = "1 notice" if age.notices == 1 else f"{age.notices:,} notices"
    wait = f", {age.waiting:,} to be reviewed" if age.waiting else ""
    return f"known to be complete to {age.complete_to} only; {since} since{wait}"


def read_ages(watchlist: Watchlist, store: Store, today: date) -> list[ListAge]:
    """How old each list is, with what the database has of notices. Raises StoreError."""
    waiting = {key: count.waiting for key, count in store.notice_counts().items()}
    return list_ages(watchlist, store.notice_days(), waiting, today)


def check(watchlist: Watchlist, store: Store, now: datetime) -> None:
    """Keep the old lists as gaps, and close those of lists that are old no more. Raises StoreError."""
    store.put_stale_lists(stale_words(read_ages(watchlist, store, now.date())), now)
