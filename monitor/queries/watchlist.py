"""What is watched, on which lists, and what changed: the commands `watchlist show`, `lists`, `changes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.pipeline.lists import ListAge, read_ages
from monitor.pipeline.prepare import load_watchlist
from monitor.queries.database import minute, open_database

if TYPE_CHECKING:
    from monitor.config import Config


def describe_substance(config: Config | None, name: str, at: date) -> list[str]:
    """Describe the substances with this name, CAS RN, InChIKey or key. Raises MonitorError for none."""
    from monitor.alerts import not_listed, status_at
    from monitor.watchlist import describe, lookup, near

    watchlist = load_watchlist(config)
    found = lookup(watchlist, name)
    if not found:
        meant = ", ".join(f"“{each}”" for each in near(watchlist, name))
        fix = f"did you mean {meant}?" if meant else "give another name, a CAS number, an InChIKey or a key"
        raise MonitorError(f"no watched substance has the name “{name}”; {fix}")
    lines: list[str] = []
    for substance in found:
        absent = not_listed(watchlist, status_at(watchlist, substance.key, at))
        lines += [""] * bool(lines) + describe(watchlist, substance, at, absent)
    return lines


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list of the watchlist, with the number of substances on it."""

    id: str
    title: str
    authority: str
    kind: str
    substances: int


def list_lines(config: Config | None) -> list[ListLine]:
    """Every list of the configured watchlists, control lists first."""
    watchlist = load_watchlist(config)
    on_list: dict[str, set[str]] = {}
    for entry in watchlist.listings:
        on_list.setdefault(entry.list_id, set()).add(entry.substance)
    infos = sorted(watchlist.lists.values(), key=lambda info: (not info.is_control, info.id))
    return [
        ListLine(info.id, info.title, info.authority, info.kind, len(on_list.get(info.id, ())))
        for info in infos
    ]


def list_ages(config: Config, now: datetime) -> tuple[list[ListAge], int]:
    """How old each list in force is, the oldest first, and how many proposals wait that name no list.

    Raises StoreError.
    """
    with open_database(config, now) as store:
        ages = read_ages(store.watchlist() or load_watchlist(config), store, now.date())
        unnamed = store.notice_counts().get("")
    ages.sort(key=lambda age: (not age.stale, age.complete_to or "9", age.list_id))
    return ages, unnamed.waiting if unnamed else 0


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One kept change of the watchlist."""

    at: str
    action: str
    kind: str
    key: str
    before: str
    after: str


def change_lines(
    config: Config, now: datetime, *, first_load: bool, limit: int
) -> tuple[list[ChangeLine], int]:
    """The newest kept changes and how many there are in all; the very first load only when asked for."""
    from sqlalchemy import text

    since = "" if first_load else " WHERE v.id > (SELECT MIN(id) FROM watchlist_version)"
    tables = "FROM watchlist_change c JOIN watchlist_version v ON v.id = c.version_id"
    with open_database(config, now) as store, store.engine_readonly().connect() as connection:
        total = connection.execute(text(f"SELECT COUNT(*) {tables}{since}")).scalar_one()
        rows = connection.execute(
            text(
                f"SELECT v.loaded_at, c.action, c.kind, c.key, c.before, c.after {tables}{since} "
                "ORDER BY v.id DESC, c.n LIMIT :limit"
            ),
            {"limit": limit},
        )
        lines = [ChangeLine(minute(row[0]), *(str(each or "") for each in row[1:])) for row in rows]
    return lines, int(total)


def render_changes(lines: list[ChangeLine]) -> list[str]:
    """Changes as lines: when, what happened to what, from what to what."""
    rendered = []
    for line in lines:
        sides = " -> ".join(filter(None, (line.before, line.after)))
        rendered.append(
            f"{line.at}  {line.action:<9} {line.kind:<9} {line.key}" + (f"  {sides}" if sides else "")
        )
    return rendered
