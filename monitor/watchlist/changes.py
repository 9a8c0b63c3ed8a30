"""What changed between two watchlists, as values and in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from monitor.model import Listing, Name, Substance, Watchlist

Action = Literal["added", "changed", "withdrawn"]
Kind = Literal["substance", "name", "listing"]
Row = TypeVar("Row", Substance, Name, Listing)

SHOWN = 20  # changes that are listed one by one


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that came, changed or went. `key` is the substance's; the sides are texts, "" for none."""

    action: Action
    kind: Kind
    key: str
    before: str
    after: str


def diff(old: Watchlist | None, new: Watchlist) -> tuple[Change, ...]:
    """List what `new` adds to, changes in and withdraws from `old` (None: everything is added).

    Ordered by kind (substances, listings, names), then by substance. Empty exactly when both say the same of
    substances, names and listings.
    """
    old = old or Watchlist({}, ())
    return (
        *_compare("substance", old.substances, new.substances, _say_substance),
        *_compare("listing", _by(old.listings, _listing_id), _by(new.listings, _listing_id), _say_listing),
        *_compare("name", _by(old.names, _name_id), _by(new.names, _name_id), _say_name),
    )


def _compare(
    kind: Kind,
    old: Mapping[Hashable, Row] | Mapping[str, Row],
    new: Mapping[Hashable, Row] | Mapping[str, Row],
    say: Callable[[Row, Row | None], str],
) -> Iterator[Change]:
    before: dict[Hashable, Row] = dict(old.items())
    after: dict[Hashable, Row] = dict(new.items())
    found: list[tuple[str, Change]] = []
    for id in before.keys() | after.keys():
        was, now = before.get(id), after.get(id)
        if was == now:
            continue
        key = _key_of(was if was is not None else now)
        action: Action
        action = "added" if was is None else "withdrawn" if now is None else "changed"
        sides = (say(was, now) if was is not None else "", say(now, was) if now is not None else "")
        found.append((repr(id), Change(action, kind, key, *sides)))
    return (change for _, change in sorted(found, key=lambda pair: (pair[1].key, pair[0])))


def _key_of(row: Substance | Name | Listing | None) -> str:
    assert row is not None
    return row.key if isinstance(row, Substance) else row.substance


def _by(rows: Iterable[Row], id: Callable[[Row], Hashable]) -> dict[Hashable, Row]:
    """Rows by their identity; equal identities are distinguished by a number."""
    counts: Counter[Hashable] = Counter()
    result: dict[Hashable, Row] = {}
    for row in rows:
        base = id(row)
        result[base, counts[base]] = row
        counts[base] += 1
    return result


def _name_id(row: Name) -> Hashable:
    return row.substance, row.text, row.language


def _listing_id(row: Listing) -> Hashable:
    return row.substance, row.list_id, row.code, row.wording


# --- in words ----------------------------------------------------------------------------------------


def _say_substance(row: Substance, other: Substance | None) -> str:
    parts = {
        "": row.name,
        "kind": row.kind,
        "CAS": ", ".join(row.cas),
        "CID": "" if row.cid is None else str(row.cid),
        "InChIKey": row.inchikey,
        "SMILES": row.smiles,
        "severity": row.severity.label if row.severity is not None else "",
        "note": row.note,
        "source": row.source,
    }
    if other is None:
        return _joined({key: parts[key] for key in ("", "CAS", "InChIKey", "severity")})
    fields = ("name", "kind", "cas", "cid", "inchikey", "smiles", "severity", "note", "source")
    same = [getattr(row, field) == getattr(other, field) for field in fields]
    return _joined(
        {key: value for (key, value), equal in zip(parts.items(), same, strict=True) if not equal}, True
    )


def _say_name(row: Name, other: Name | None) -> str:
    parts = [f"“{row.text}”", row.language, row.type] + ["ambiguous"] * row.ambiguous
    if other is not None and (row.senses, row.source) != (other.senses, other.source):
        parts += [f"senses {row.senses or 'none'}", f"source {row.source or 'none'}"]
    return ", ".join(parts)


def _say_listing(row: Listing, other: Listing | None) -> str:
    parts = [row.list_id, row.code, f"since {row.since}" if row.since else "date not known"]
    parts += [
        f"until {row.until}" if row.until else "",
        f"off it on {row.absent_on}" if row.absent_on else "",
    ]
    parts += [
        f"on it on {row.present_on}" if row.present_on else "",
        "" if row.confirmed else "not confirmed",
    ]
    parts.append(row.note)
    if other is not None and row.source != other.source:
        parts.append(f"source {row.source or 'none'}")
    return ", ".join(part for part in parts if part)


def _joined(parts: Mapping[str, str], even_empty: bool = False) -> str:
    shown = ((key, value or "none") for key, value in parts.items() if value or even_empty)
    return ", ".join(f"{key} {value}" if key else value for key, value in shown)


def render_changes(changes: Iterable[Change]) -> list[str]:
    """Phrase changes in lines for people; more than 20 are counted, only substances named."""
    known = tuple(changes)
    if not known:
        return ["watchlist: no change"]
    counts = Counter((change.action, change.kind) for change in known)
    order = [(action, kind) for action in get_args(Action) for kind in get_args(Kind)]
    summary = "watchlist: " + ", ".join(
        f"{counts[pair]} {pair[1]}{'s' * (counts[pair] != 1)} {pair[0]}" for pair in order if pair in counts
    )
    if len(known) <= SHOWN:
        return [summary, *(f"  {_line(change)}" for change in known)]
    substances = [each for each in known if each.kind == "substance" and each.action != "changed"]
    if len(substances) > SHOWN:
        return [summary]
    return [summary, *(f"  {_line(change)}" for change in substances)]


def _line(change: Change) -> str:
    sides = [side for side in (change.before, change.after) if side]
    return f"{change.action} {change.kind} {change.key}: {' -> '.join(sides)}"
