"""Joins several watchlists into one: the same substance keeps the shipped key. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from monitor.errors import WatchlistError
from monitor.model import ListInfo, Listing, Name, Substance, Watchlist
from monitor.watchlist.checks import fold


def merge(parts: Iterable[Watchlist]) -> Watchlist:
    """Join watchlists; a substance of a user's list that equals a shipped one joins it under its key.

    Equal means the same key, InChIKey, CAS RN or unambiguous name, in this order of weight. Shipped parts
    go first whatever their place; a user's severity wins over none, the higher of two wins. A name that
    is known as ambiguous stays so. Raises WatchlistError when an entry's number says one substance and
    its name another.
    """
    known = list(parts)
    if len(known) == 1:
        return known[0]
    result = _Merger()
    for part in sorted(known, key=_is_house):
        result.add(part)
    return Watchlist(result.substances, tuple(result.names.values()), tuple(result.listings), result.lists)


def _is_house(part: Watchlist) -> bool:
    return any(info.kind == "house" for info in part.lists.values()) and not any(
        info.kind != "house" for info in part.lists.values()
    )


@dataclass(slots=True)
class _Merger:
    substances: dict[str, Substance] = field(default_factory=dict)
    names: dict[tuple[str, str, str], Name] = field(default_factory=dict)
    listings: dict[Listing, None] = field(default_factory=dict)
    lists: dict[str, ListInfo] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)  # InChIKey or CAS RN -> key
    by_name: dict[str, str] = field(default_factory=dict)  # folded unambiguous name -> key
    texts: set[tuple[str, str]] = field(default_factory=set)  # (key, folded name)

    def add(self, part: Watchlist) -> None:
        house = _is_house(part)
        lists = self._lists(part)
        names: dict[str, list[Name]] = {}
        for name in part.names:
            names.setdefault(name.substance, []).append(name)
        keys = {
            key: self._join(substance, names.get(key, []), house)
            for key, substance in part.substances.items()
        }
        self._names(part.names, keys, house)
        for entry in part.listings:
            moved = replace(entry, substance=keys[entry.substance], list_id=lists[entry.list_id])
            self.listings.setdefault(moved)

    def _lists(self, part: Watchlist) -> dict[str, str]:
        """Ids of the part's lists here; a user's list never takes the id of another list."""
        ids = {}
        for info in part.lists.values():
            id, number = info.id, 2
            while self.lists.get(id, replace(info, id=id)) != replace(info, id=id):
                id, number = (
                    (f"house-{info.id}" if number == 2 else f"house-{info.id}-{number - 1}"),
                    number + 1,
                )
            ids[info.id] = id
            self.lists[id] = replace(info, id=id)
        return ids

    def _join(self, substance: Substance, names: list[Name], house: bool) -> str:
        key = self._same(substance, names) if house else substance.key
        if key in self.substances:
            substance = _combined(self.substances[key], substance)
        self.substances[key] = replace(substance, key=key)
        for number in (substance.inchikey, *substance.cas):
            if number:
                self.by_number.setdefault(number, key)
        return key

    def _same(self, substance: Substance, names: list[Name]) -> str:
        """The key of the known substance that this one equals, else a key that is still free."""
        numbers = [self.by_number[n] for n in (substance.inchikey, *substance.cas) if n in self.by_number]
        texts = [self.by_name[fold(name.text)] for name in names if fold(name.text) in self.by_name]
        found = list(dict.fromkeys(numbers[:1] + texts))
        if len(found) > 1:
            one, two = (f"{self.substances[key].name} ({key})" for key in found[:2])
            what = "its InChIKey or CAS RN" if numbers else "one of its names"
            raise WatchlistError(
                f"{substance.name!r}: {what} is that of {one}, and a name is that of {two}; "
                "make two entries of it, or correct the number",
                substance.source,
            )
        if found:
            return found[0]
        key, number = substance.key, 2
        while key in self.substances and _differ(self.substances[key], substance):
            key, number = f"{substance.key}-{number}", number + 1
        return key

    def _names(self, names: Iterable[Name], keys: dict[str, str], house: bool) -> None:
        before = set(self.texts)
        for name in names:
            key, text = keys[name.substance], fold(name.text)
            if house and (key, text) in before:
                continue  # known already, with what is known of its other senses
            self.names.setdefault((key, text, name.language), replace(name, substance=key))
            self.texts.add((key, text))
            if not name.ambiguous and name.type != "cas":
                self.by_name.setdefault(text, key)


def _differ(one: Substance, two: Substance) -> bool:
    """Whether their numbers show that these are two substances."""
    if one.inchikey and two.inchikey:
        return one.inchikey != two.inchikey
    return bool(one.cas and two.cas and not set(one.cas) & set(two.cas))


def _combined(one: Substance, two: Substance) -> Substance:
    """The known substance with what the other one adds."""
    severities = [each.severity for each in (one, two) if each.severity is not None]
    notes = [one.note] + [two.note] * (bool(two.note) and two.note not in one.note)
    return replace(
        one,
        cas=tuple(dict.fromkeys(one.cas + two.cas)),
        cid=one.cid if one.cid is not None else two.cid,
        smiles=one.smiles or two.smiles,
        inchikey=one.inchikey or two.inchikey,
        severity=max(severities, default=None),
        note="; ".join(note for note in notes if note),
    )
