"""What the law as it is known now says otherwise than stored alerts did: alerts are snapshots and stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from monitor.model import InForce, Watchlist

if TYPE_CHECKING:
    from monitor.store import Store
    from monitor.store.values import StoredAlert

_ALERTS_NAMED = 5  # alerts of one change that are named by number


@dataclass(frozen=True, slots=True)
class LawChange:
    """One change of what a list says of a substance, with the alerts that said it as it was."""

    substance: str
    words: str
    alerts: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """As in "fenfluramine, dea-schedule-4: in force -> no longer in force (alert 12)"."""
        numbers = ", ".join(map(str, self.alerts[:_ALERTS_NAMED]))
        more = len(self.alerts) - _ALERTS_NAMED
        alerts = f"alert{'s' * (len(self.alerts) > 1)} {numbers}" + (
            f" and {more:,} more" if more > 0 else ""
        )
        return f"{self.substance}, {self.words} ({alerts})"


def law_changes(store: Store, watchlist: Watchlist) -> list[LawChange]:
    """What the law as known now says otherwise than stored alerts do of their substance at their day."""
    from monitor.alerts import differences, status_at

    found: dict[tuple[str, str], list[int]] = {}
    known: dict[tuple[str, str], list[tuple[str, InForce]]] = {}
    for number, substance, day, before in _stored(store):
        if substance not in watchlist.substances:
            continue
        if (substance, day) not in known:
            statuses = status_at(watchlist, substance, date.fromisoformat(day))
            known[substance, day] = [(each.listing.list_id, each.status) for each in statuses]
        for each in differences(before, known[substance, day]):
            found.setdefault((substance, each.words), []).append(number)
    return [LawChange(*key, tuple(alerts)) for key, alerts in sorted(found.items())]


def _stored(store: Store) -> Iterator[tuple[int, str, str, Sequence[tuple[str, InForce]]]]:
    """Each alert's number, substance, day, and what it says of each list."""
    from sqlalchemy import text

    listings: dict[int, list[tuple[str, InForce]]] = {}
    with store.engine_readonly().connect() as connection:
        rows = connection.execute(text("SELECT alert_id, list_id, status FROM alert_listing"))
        for number, list_id, status in rows:
            listings.setdefault(number, []).append((list_id, InForce(status)))
        alerts = connection.execute(text("SELECT id, substance, article_day FROM alert ORDER BY id"))
        for number, substance, day in alerts:
            yield number, substance, day, listings.get(number, ())


def lines_of_now(stored: StoredAlert, watchlist: Watchlist) -> list[str]:
    """What the law as known now says otherwise than this alert, in lines; none where it says the same."""
    from monitor.alerts import differences, say, status_at

    if stored.alert.substance not in watchlist.substances:
        return []
    now = status_at(watchlist, stored.alert.substance, stored.article_day)
    before = [(each.listing.list_id, each.status) for each in stored.alert.listings]
    changed = differences(before, [(each.listing.list_id, each.status) for each in now])
    if not changed:
        return []
    words: Mapping[str, list[str]] = {each.list_id: [] for each in changed}
    for each in now:
        if each.listing.list_id in words:
            info = watchlist.lists.get(each.listing.list_id)
            said = say(each, info, stored.article_day, dated=stored.dated_by.own)
            words[each.listing.list_id].append(said)
    lines = [
        f"- {said}" for list_id, all_said in words.items() for said in all_said or [f"{list_id}: no entry"]
    ]
    return ["The law as it is known now says otherwise", *lines, ""]
