"""The watchlist in force: written as a difference, read back as the same value, withdrawn rows kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, select, update

from monitor.model import ListInfo, Listing, Name, Severity, Substance, Watchlist
from monitor.store import schema as t
from monitor.store.engine import insert, upsert
from monitor.store.values import ChangeLike

Row = TypeVar("Row", Name, Listing)


def digest_in_force(connection: Connection) -> str:
    """The digest of the watchlist in force, "" before the first one."""
    newest = select(t.watchlist_version.c.digest).order_by(t.watchlist_version.c.id.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def write(connection: Connection, watchlist: Watchlist, changes: Iterable[ChangeLike], now: datetime) -> bool:
    """Bring the tables to `watchlist` and keep `changes`; False when this very one is in force already."""
    digest = watchlist.digest
    if digest == digest_in_force(connection):
        return False
    version = _add_version(connection, watchlist, digest, now)
    _write_changes(connection, version, changes)
    _write_keyed(connection, t.list_info, {i.id: asdict(i) for i in watchlist.lists.values()}, now)
    _write_keyed(connection, t.substance, {k: _columns(s) for k, s in watchlist.substances.items()}, now)
    _write_rows(connection, t.name, watchlist.names, now)
    _write_rows(connection, t.listing, watchlist.listings, now)
    return True


def read(connection: Connection) -> Watchlist | None:
    """The watchlist in force; None before the first one. Its digest equals that of the one written."""
    if not digest_in_force(connection):
        return None
    substances = {row["key"]: _substance(row) for row in _in_force(connection, t.substance)}
    lists = {row["id"]: ListInfo(**_only(row, ListInfo)) for row in _in_force(connection, t.list_info)}
    names = tuple(Name(**_only(row, Name)) for row in _in_force(connection, t.name))
    listings = tuple(Listing(**_only(row, Listing)) for row in _in_force(connection, t.listing))
    return Watchlist(substances=substances, names=names, listings=listings, lists=lists)


def _add_version(connection: Connection, watchlist: Watchlist, digest: str, now: datetime) -> int:
    row = {
        "digest": digest,
        "loaded_at": now,
        "substances": len(watchlist.substances),
        "names": len(watchlist.names),
        "listings": len(watchlist.listings),
        "lists": len(watchlist.lists),
    }
    table = t.watchlist_version
    return int(connection.execute(table.insert().values(row).returning(table.c.id)).scalar_one())


def _write_changes(connection: Connection, version: int, changes: Iterable[ChangeLike]) -> None:
    rows = [
        {
            "version_id": version,
            "n": n,
            "action": change.action,
            "kind": change.kind,
            "key": _shown(change.key),
            "before": _shown(change.before),
            "after": _shown(change.after),
        }
        for n, change in enumerate(changes)
    ]
    if rows:
        connection.execute(t.watchlist_change.insert(), rows)


def _shown(value: object) -> str:
    """A side of a change as text: nothing for an added or withdrawn one."""
    return "" if value is None else str(value)


def _columns(substance: Substance) -> dict[str, Any]:
    row = asdict(substance)
    row["severity"] = None if substance.severity is None else int(substance.severity)
    return row


def _substance(row: RowMapping) -> Substance:
    values = _only(row, Substance)
    if values["severity"] is not None:
        values["severity"] = Severity(values["severity"])
    return Substance(**values)


def _write_keyed(
    connection: Connection, table: Table, wanted: Mapping[str, dict[str, Any]], now: datetime
) -> None:
    """Rows with a key of their own change in place; those no longer wanted are marked as withdrawn."""
    key = next(iter(table.primary_key))
    upsert(connection, table, [{**row, "withdrawn_at": None} for row in wanted.values()])
    stored = connection.execute(select(key).where(table.c.withdrawn_at.is_(None))).scalars()
    _withdraw(connection, table, set(stored) - set(wanted), now)


def _write_rows(connection: Connection, table: Table, rows: Iterable[Row], now: datetime) -> None:
    """Rows known by their whole content: new ones come in, missing ones are marked as withdrawn."""
    wanted = _by_content(rows)
    stored = connection.execute(select(table.c.row, table.c.withdrawn_at))
    known = {entry.row: entry.withdrawn_at for entry in stored}
    fresh = [row for row in wanted if row not in known]
    if fresh:
        columns = [{**asdict(wanted[row]), "row": row, "added_at": now} for row in fresh]
        connection.execute(insert(connection, table), columns)
    back = [row for row in wanted if known.get(row) is not None]
    for part in _parts(back):
        connection.execute(update(table).where(table.c.row.in_(part)).values(withdrawn_at=None, added_at=now))
    _withdraw(connection, table, {row for row, gone in known.items() if gone is None} - set(wanted), now)


def _by_content(rows: Iterable[Row]) -> dict[str, Row]:
    """Rows by the digest of their content; an exact repetition gets a digest of its own."""
    seen: Counter[str] = Counter()
    found: dict[str, Row] = {}
    for row in rows:
        content = repr(row)
        seen[content] += 1
        found[hashlib.sha256(f"{seen[content]} {content}".encode()).hexdigest()[:32]] = row
    return found


def _withdraw(connection: Connection, table: Table, keys: set[str], now: datetime) -> None:
    key = next(iter(table.primary_key))
    for part in _parts(sorted(keys)):
        connection.execute(update(table).where(key.in_(part)).values(withdrawn_at=now))


def _parts(keys: list[str], size: int = 500) -> Iterable[list[str]]:
    """Pieces that fit into one statement: databases limit its parameters."""
    return (keys[i : i + size] for i in range(0, len(keys), size))


def _in_force(connection: Connection, table: Table) -> Iterable[RowMapping]:
    return connection.execute(select(table).where(table.c.withdrawn_at.is_(None))).mappings()


def _only(row: RowMapping, kind: type) -> dict[str, Any]:
    return {name: row[name] for name in kind.__dataclass_fields__}  # type: ignore[attr-defined]
