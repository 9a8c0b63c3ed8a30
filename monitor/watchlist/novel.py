"""Names of the novelty queue that somebody decided to watch join the watchlist. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from monitor.model import ListInfo, Listing, Name, Substance, Watchlist
from monitor.watchlist.checks import slug
from monitor.watchlist.lookup import name_key

LIST = ListInfo("watched-names", "Names watched from the novelty queue", "house list", "", "house")


class Watched(Protocol):
    """A name that somebody decided to watch; `smiles` and `inchikey` are "" where they are not known."""

    @property
    def name(self) -> str: ...
    @property
    def smiles(self) -> str: ...
    @property
    def inchikey(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def watch_names(watchlist: Watchlist, watched: Iterable[Watched]) -> Watchlist:
    """The watchlist with these names, in the order of the decisions, on a list of kind "house".

    A name becomes one of the substance that has its structure, else a substance of its own. What the
    watchlist knows by now is left out.
    """
    substances = dict(watchlist.substances)
    known = {name_key(name.text) for name in watchlist.names}
    known |= {name_key(each.name) for each in substances.values()}
    structures = {each.inchikey: key for key, each in substances.items() if each.inchikey}
    names: list[Name] = []
    listings: list[Listing] = []
    for each in watched:
        if name_key(each.name) in known:
            continue
        known.add(name_key(each.name))
        source = f"novelty queue, watched by {each.who} on {each.at.date()}"
        key = structures.get(each.inchikey)
        if key is None:
            key = _free(f"novel:{slug(each.name)}", substances)
            structures |= {each.inchikey: key} if each.inchikey else {}
            substances[key] = _substance(key, each, source)
            listings.append(Listing(key, LIST.id, wording=each.name, note=each.why, source=source))
        names.append(Name(each.name, key, "mul", "systematic", source=source))
    if not names:
        return watchlist
    return replace(
        watchlist,
        substances=substances,
        names=(*watchlist.names, *names),
        listings=(*watchlist.listings, *listings),
        lists={**watchlist.lists, LIST.id: LIST} if listings else watchlist.lists,
    )


def _substance(key: str, of: Watched, source: str) -> Substance:
    return Substance(key, of.name, smiles=of.smiles, inchikey=of.inchikey, note=of.why, source=source)


def _free(key: str, taken: Iterable[str]) -> str:
    """The key, or with a number: names that differ in their brackets only have one slug."""
    found, number = key, 2
    while found in taken:
        found, number = f"{key}-{number}", number + 1
    return found
