"""The shipped watchlist: reads `data/*.csv`; keeps nothing between two calls."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from monitor.errors import WatchlistError
from monitor.model import ListInfo, Listing, Name, Substance, Watchlist

DATA = Path(__file__).resolve().parent / "data"


def load_builtin(ids: Iterable[str] = ("all",)) -> Watchlist:
    """Load the shipped lists: everything for "all", else the substances that stand on one of the lists `ids`.

    A substance brings all its names and all its listings, also those on lists not asked for: what is
    known of its legal status stays whole. Raises WatchlistError for an id that is not shipped.
    """
    lists = list_infos()
    wanted = tuple(ids)
    for id in wanted:
        if id != "all" and id not in lists:
            raise WatchlistError(_unknown(id, lists))
    listings = tuple(map(_listing, _rows("listings.csv")))
    substances = {row[0]: _substance(row) for row in _rows("substances.csv")}
    names = tuple(_name(row) for row in _rows("names.csv"))
    if "all" in wanted:
        return Watchlist(substances, names, listings, lists)
    keys = {entry.substance for entry in listings if entry.list_id in wanted}
    kept = tuple(entry for entry in listings if entry.substance in keys)
    used = {entry.list_id for entry in kept}.union(wanted)
    return Watchlist(
        {key: value for key, value in substances.items() if key in keys},
        tuple(name for name in names if name.substance in keys),
        kept,
        {id: info for id, info in lists.items() if id in used},
    )


def list_infos() -> dict[str, ListInfo]:
    """Id -> what is known of each shipped list."""
    return {row[0]: ListInfo(*row) for row in _rows("lists.csv")}


def _rows(file: str) -> Iterator[list[str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        yield from reader


def _substance(row: list[str]) -> Substance:
    key, name, kind, cas, cid, smiles, inchikey, note, source = row
    numbers = tuple(cas.split(";")) if cas else ()
    return Substance(
        key, name, kind, numbers, int(cid) if cid else None, smiles, inchikey, None, note, source
    )


def _listing(row: list[str]) -> Listing:
    key, list_id, code, wording, since, until, note, source, absent_on, present_on, confirmed = row
    known = confirmed != "no"
    return Listing(key, list_id, code, wording, since, until, note, source, absent_on, present_on, known)


def _name(row: list[str]) -> Name:
    key, text, language, type, ambiguous, senses, source = row
    return Name(text, key, language, type, ambiguous == "1", senses, source)


def _unknown(id: str, lists: Iterable[str]) -> str:
    near = difflib.get_close_matches(id, ["all", *lists], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "see docs/watchlists.md for the ids"
    return f"no shipped watchlist has the id {id!r}; {hint}"
