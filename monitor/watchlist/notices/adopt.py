"""Accepted changes of notices join the watchlist, until a release of the shipped lists brings them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from monitor.model import ListInfo, Listing, Name, Substance, Watchlist
from monitor.watchlist.checks import fold
from monitor.watchlist.notices.names import is_class

PROPOSED = "dea-proposed"
"""The list of what is proposed and not in force."""

_PLACING = ("place", "temporary", "designate", "surveil", "specific-listing", "move")
_AIMING = ("propose", "hearing")


class Accepted(Protocol):
    """An accepted proposal of a notice.

    `change` holds texts: "action", "act", "list", "from_list", "effective" (ISO days or ""), "name", "kind",
    "smiles", "inchikey", "citation", "complete_to" (that of the list when it was proposed), and "names", a
    list of {"text", "type", "ambiguous"}.
    """

    @property
    def substance(self) -> str: ...
    @property
    def published(self) -> str: ...
    @property
    def change(self) -> Mapping[str, object]: ...


def adopt(watchlist: Watchlist, accepted: Iterable[Accepted], infos: Mapping[str, ListInfo]) -> Watchlist:
    """The watchlist with what was accepted, in the order of publication.

    `infos`: what is known of the shipped lists. A change that a later release of the shipped list has taken
    over is left out; a substance that a release brings under another key by now keeps that key.
    """
    overlay = _Overlay(watchlist, infos)
    for each in accepted:
        overlay.take(each)
    return overlay.result()


@dataclass
class _Overlay:
    watchlist: Watchlist
    infos: Mapping[str, ListInfo]
    substances: dict[str, Substance] = field(init=False)
    listings: list[Listing] = field(init=False)
    lists: dict[str, ListInfo] = field(init=False)
    names: list[Name] = field(init=False)
    owners: dict[str, str] = field(init=False)
    structures: dict[str, str] = field(init=False)
    changed: bool = False

    def __post_init__(self) -> None:
        known = self.watchlist
        self.substances, self.lists = dict(known.substances), dict(known.lists)
        self.listings, self.names = list(known.listings), list(known.names)
        self.owners = {fold(name.text): name.substance for name in known.names}
        self.structures = {each.inchikey: key for key, each in known.substances.items() if each.inchikey}

    def result(self) -> Watchlist:
        if not self.changed:
            return self.watchlist
        return replace(
            self.watchlist,
            substances=self.substances,
            names=tuple(self.names),
            listings=tuple(self.listings),
            lists=self.lists,
        )

    def take(self, accepted: Accepted) -> None:
        change = _Change(accepted)
        info = self.lists.get(change.list_id) or self.infos.get(change.list_id)
        if info is None or change.is_in_release(info):
            return
        key = self._key(change)
        if change.action == "remove":
            self._end(key, change.list_id, change)
        elif change.action == "withdraw":
            self._end(key, PROPOSED, change)
        elif change.action == "extend":
            self._note(key, change)
        elif change.action in _AIMING:
            self._place(key, PROPOSED, change)
        elif change.action in _PLACING:
            if change.from_list:
                self._end(key, change.from_list, change)
            self._end(key, PROPOSED, change)
            self._place(key, change.list_id, change)

    def _key(self, change: _Change) -> str:
        """The key by which the watchlist knows the substance by now, else that of the proposal."""
        if change.substance in self.substances:
            return change.substance
        owner = self.owners.get(fold(change.text("name")), "")
        owner = "" if is_class(owner) else owner
        return self.structures.get(change.text("inchikey")) or owner or change.substance

    def _place(self, key: str, list_id: str, change: _Change) -> None:
        """Add the entry, unless the list has it with a day; of a proposal the day is that of the notice."""
        info = self.lists.get(list_id) or self.infos.get(list_id)
        if info is None:
            return
        since = change.published if list_id == PROPOSED else change.text("effective")
        for entry in self._entries(key, list_id):
            if not entry.until and (entry.since or not since):
                return
        self._know(key, change)
        self.lists.setdefault(list_id, info)
        self.listings = [each for each in self.listings if not _is_open(each, key, list_id)]
        aim = f"proposed for {change.list_id}: " if list_id == PROPOSED else ""
        self.listings.append(
            Listing(
                key,
                list_id,
                wording=f"{aim}{change.text('name')}",
                since=since,
                note=change.note,
                source=change.text("citation"),
            )
        )
        self.changed = True

    def _know(self, key: str, change: _Change) -> None:
        """Add the substance, and the names that no other one has."""
        source = change.text("citation")
        if key not in self.substances:
            self.substances[key] = Substance(
                key,
                change.text("name"),
                change.text("kind") or "other",
                smiles=change.text("smiles"),
                inchikey=change.text("inchikey"),
                source=source,
            )
        for text, type, ambiguous in change.names():
            if fold(text) not in self.owners:
                self.owners[fold(text)] = key
                self.names.append(Name(text, key, "en", type, ambiguous, source=source))

    def _end(self, key: str, list_id: str, change: _Change) -> None:
        """End the open entries of a list, on the day of force; without one they say that it is not known."""
        day = change.text("effective") or (change.published if list_id == PROPOSED else "")
        for at, entry in enumerate(self.listings):
            if not _is_open(entry, key, list_id):
                continue
            self.listings[at] = replace(entry, until=day, note=_joined(entry.note, change.note))
            self.changed = True

    def _note(self, key: str, change: _Change) -> None:
        for at, entry in enumerate(self.listings):
            if _is_open(entry, key, change.list_id) and change.note not in entry.note:
                self.listings[at] = replace(entry, note=_joined(entry.note, change.note))
                self.changed = True

    def _entries(self, key: str, list_id: str) -> Iterator[Listing]:
        return (each for each in self.listings if each.substance == key and each.list_id == list_id)


def _is_open(entry: Listing, key: str, list_id: str) -> bool:
    return entry.substance == key and entry.list_id == list_id and not entry.until


def _joined(one: str, other: str) -> str:
    return "; ".join(filter(None, (one, other)))


@dataclass(frozen=True)
class _Change:
    """One accepted change, its texts at hand."""

    of: Accepted

    def text(self, key: str) -> str:
        value = self.of.change.get(key)
        return value if isinstance(value, str) else ""

    @property
    def substance(self) -> str:
        return self.of.substance

    @property
    def published(self) -> str:
        return self.of.published

    @property
    def action(self) -> str:
        return self.text("action")

    @property
    def list_id(self) -> str:
        return self.text("list")

    @property
    def from_list(self) -> str:
        return self.text("from_list")

    @property
    def note(self) -> str:
        """What the entry says of its day: a notice without a day of force says so."""
        day = self.text("effective")
        words = {
            "extend": f"temporary, extended to {day}"
            if day
            else "temporary, extended; the last day is not known",
            "temporary": "by a temporary order",
            "remove": "removed" if day else "removed; from which day is not known",
            "withdraw": "the proposal was withdrawn",
            "hearing": "a hearing was announced",
        }
        said = words.get(self.action, "")
        late = (
            "" if day or self.action in words or self.action in _AIMING else "the day of force is not known"
        )
        return _joined(_joined(said, late), f"notice of {self.published}, accepted in review")

    def names(self) -> Iterator[tuple[str, str, bool]]:
        """(text, type, whether it is ambiguous) of the names that come with the change."""
        found = self.of.change.get("names")
        for each in found if isinstance(found, list) else ():
            if isinstance(each, Mapping) and isinstance(each.get("text"), str):
                yield each["text"], str(each.get("type") or "common"), bool(each.get("ambiguous"))

    def is_in_release(self, info: ListInfo) -> bool:
        """Whether the shipped list has become complete past the day of the notice since it was proposed."""
        then, now = self.text("complete_to"), info.complete_to
        return now > then and now >= self.published
