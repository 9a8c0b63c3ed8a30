"""What is watched: substances, their names, and what lists say of them at a day."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


class Severity(enum.IntEnum):
    """How loud an alert is; ordered. Written in lower case everywhere outside Python."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class InForce(enum.Enum):
    """What a listing's dates say about one day."""

    YES = "in force"
    NOT_YET = "not yet in force"
    ENDED = "no longer in force"
    UNKNOWN = "date not known"


@dataclass(frozen=True, slots=True)
class ListInfo:
    """One authority's list: `dea-list-1`, `un-1961-I` ...

    `kind` is "schedule", "precursor", "class" (a control by structure), "surveillance", "proposed" or "house"
    (a user's own). Only the first two are legal control of what stands there: a surveillance list or a
    proposal must never be called "scheduled", and what falls under a class is for a person to judge.
    `complete_to` is the last day (a partial ISO date) up to which the list is known to be complete but for
    what `missing` names; "" where no such day is known.
    """

    id: str
    title: str
    authority: str
    jurisdiction: str
    kind: str
    source: str = ""
    licence: str = ""
    complete_to: str = ""
    missing: str = ""
    note: str = ""

    @property
    def is_control(self) -> bool:
        return self.kind in ("schedule", "precursor")


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a substance in one authority's list.

    `since` is the first day of force, `until` the first day no longer covered: partial ISO dates ("2005",
    "2023-10", "2023-10-24"), "" when not known. `absent_on` and `present_on` are days on which it is known to
    be off and on the list, where `since` or `until` are not known. `confirmed` is false for what no source at
    hand confirms. `wording` is the list's own; `note` what the source says besides.
    """

    substance: str
    list_id: str
    code: str = ""
    wording: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    source: str = ""
    absent_on: str = ""
    present_on: str = ""
    confirmed: bool = True

    def at(self, day: date) -> InForce:
        """Say whether the entry was in force on `day`, as far as its dates say it.

        A date known to the year leaves that year open, and so do the days between `absent_on` and
        `present_on`, in either order.
        """
        iso = day.isoformat()
        begun, ended = self._begun(iso), self._ended(iso)
        if ended:
            return InForce.ENDED
        if begun is False:
            return InForce.NOT_YET
        return InForce.YES if begun and ended is False else InForce.UNKNOWN

    @property
    def _was_removed(self) -> bool:
        """Whether `absent_on` is a day after the entry stood on the list, not before."""
        known = self.present_on or self.since
        return bool(known) and self.absent_on > known

    def _begun(self, iso: str) -> bool | None:
        """Whether the entry had come into force by a day; None where that is not known."""
        if self.since:
            return _reached(self.since, iso)
        if self.absent_on and not self._was_removed and iso <= self.absent_on:
            return False
        return True if self.present_on and iso >= self.present_on else None

    def _ended(self, iso: str) -> bool | None:
        """Whether the entry had ended by a day; None where that is not known."""
        if self.until:
            return _reached(self.until, iso)
        if not self._was_removed or iso <= (self.present_on or self.since):
            return False
        return True if iso >= self.absent_on else None


def _reached(partial: str, iso: str) -> bool | None:
    """Whether the day `iso` is on or after a partial ISO date; None within the year or month it names."""
    prefix = iso[: len(partial)]
    if prefix == partial and len(partial) < len(iso):
        return None
    return prefix >= partial


@dataclass(frozen=True, slots=True)
class Substance:
    """A watched chemical. `key` is the stable identifier that mentions and alerts carry."""

    key: str
    name: str
    kind: str = "other"  # precursor, narcotic, psychotropic, nps, other
    cas: tuple[str, ...] = ()
    cid: int | None = None
    smiles: str = ""
    inchikey: str = ""
    severity: Severity | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """One literal mapping from a text to a substance.

    `type` is "common", "inn", "trade", "systematic", "acronym", "street", "cas" or "other";
    `language` is an ISO 639-1 code, or "mul". `ambiguous`: the text has other senses (`senses`), so it
    counts only beside other evidence.
    """

    text: str
    substance: str
    language: str = "mul"
    type: str = "common"
    ambiguous: bool = False
    senses: str = ""
    source: str = ""


@dataclass(frozen=True)  # no slots: the digest and the index of listings are worked out once and kept
class Watchlist:
    """Everything watched, as one value. `digest` names this very content."""

    substances: Mapping[str, Substance]
    names: tuple[Name, ...]
    listings: tuple[Listing, ...] = ()
    lists: Mapping[str, ListInfo] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over every row in a fixed order: equal content, equal digest."""
        hasher = hashlib.sha256()
        for row in (
            *sorted(map(repr, self.substances.values())),
            *sorted(map(repr, self.names)),
            *sorted(map(repr, self.listings)),
            *sorted(map(repr, self.lists.values())),
        ):
            hasher.update(row.encode())
            hasher.update(b"\n")
        return hasher.hexdigest()

    def listings_of(self, substance: str) -> tuple[Listing, ...]:
        return self._listings_by_substance.get(substance, ())

    @cached_property
    def _listings_by_substance(self) -> dict[str, tuple[Listing, ...]]:
        found: dict[str, tuple[Listing, ...]] = {}
        for entry in self.listings:
            found[entry.substance] = (*found.get(entry.substance, ()), entry)
        return found
