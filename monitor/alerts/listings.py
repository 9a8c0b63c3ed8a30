"""Legal status at one day: which lists a substance is on, and the exact words for it. Pure.

Every authority's list is kept apart. Only a schedule or a precursor list is control; a surveillance list,
a proposal and a user's own list have words of their own, and never the word "scheduled". What the dates of an
entry leave open is said to be not known, and no list is taken for complete beyond the day it is known to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.model import InForce, ListInfo, Listing, ListingStatus, Watchlist

# kind of list -> the words for an entry that is in force, and what must be said beside it
WORDS = {
    "schedule": ("in force", ""),
    "precursor": ("in force", ""),
    "class": ("class in force", " (a possible member: a person has to judge)"),
    "surveillance": ("under surveillance", " (not a schedule)"),
    "proposed": ("proposed", " (not adopted)"),
    "house": ("on your own list", ""),
}
KIND_ORDER = ("schedule", "precursor", "class", "surveillance", "proposed", "house")
ARTICLES_DATE = "at the article's date"


def status_at(watchlist: Watchlist, substance: str, day: date) -> tuple[ListingStatus, ...]:
    """Give every listing of `substance` with what its dates say on `day`: control lists first, then by id."""
    found = [ListingStatus(entry, entry.at(day)) for entry in watchlist.listings_of(substance)]
    return tuple(sorted(found, key=lambda status: _order(status, watchlist)))


def stands(status: ListingStatus) -> bool:
    """Say whether the entry counts at that day: in force, or of a date that is not known."""
    return status.status in (InForce.YES, InForce.UNKNOWN)


def may_stand_only(status: ListingStatus) -> bool:
    """Say whether the entry is known for another day only: whether it stood at this one is open."""
    listing = status.listing
    return status.status is InForce.UNKNOWN and bool(listing.present_on or listing.absent_on)


def say(status: ListingStatus, info: ListInfo | None, day: date | None = None, *, dated: bool = True) -> str:
    """Phrase one listing in a line: list, code, status and since when, and how far the list is complete.

    Without `info` (a list that the watchlist no longer knows) nothing is said about its nature. `day` is the
    one that the status is of; it is named where the article has no date of its own (`dated` is false).
    """
    listing = status.listing
    name = info.title if info else listing.list_id
    code = f", code {listing.code}" if listing.code else ""
    at = ARTICLES_DATE if dated or day is None else f"on {day.isoformat()}"
    return f"{name}{code}: {_state(status, info, at)}{_confirmed(listing)}{_reach(status, info, day)}"


def brief(status: ListingStatus, info: ListInfo | None) -> str:
    """Phrase a listing that stands at the article's date in a few words, "" for one that does not."""
    if not stands(status):
        return ""
    beside = info.kind if info and not info.is_control else ""
    kind = "" if beside in ("", "house") else f" ({beside})"
    since = f" since {status.listing.since}" if status.listing.since else ""
    return f"{status.listing.list_id}{kind}{since}"


def not_listed(watchlist: Watchlist, listed: Sequence[ListingStatus]) -> tuple[str, ...]:
    """Say for each jurisdiction without a control that stands that there is none, and how far that is known.

    As in "on no US list known here, complete to 2026-05-04". A structure class that may cover the substance
    counts as control here: nothing is denied that a person has to judge.
    """
    standing = [watchlist.lists.get(each.listing.list_id) for each in listed if stands(each)]
    controlled = {
        info.jurisdiction for info in standing if info and (info.is_control or info.kind == "class")
    }
    noted = {info.jurisdiction for info in standing if info}
    groups: dict[str, list[ListInfo]] = {}
    for info in watchlist.lists.values():
        if info.is_control and info.jurisdiction:
            groups.setdefault(info.jurisdiction, []).append(info)
    return tuple(
        f"on no {place} {'control ' if place in noted else ''}list known here{_completeness(groups[place])}"
        for place in sorted(groups, key=lambda place: (place != "international", place))
        if place not in controlled
    )


def _completeness(lists: Iterable[ListInfo]) -> str:
    """To which day lists are known to be complete: one day for all, else the lists of each day."""
    days: dict[str, list[ListInfo]] = {}
    for info in lists:
        days.setdefault(info.complete_to, []).append(info)
    if len(days) == 1:
        (day, all_of_them), *_ = days.items()
        if not day:
            return "; to which day the lists are complete is not known"
        return f", complete to {day}{_but(all_of_them)}"
    told = [
        f"{', '.join(info.id for info in days[day])} complete to {day or 'a day that is not known'}"
        f"{_but(days[day]) if day else ''}"
        for day in sorted(days, reverse=True)
    ]
    return f": {'; '.join(told)}"


def _but(lists: Iterable[ListInfo]) -> str:
    return " but for known gaps" if any(info.missing for info in lists) else ""


def _state(status: ListingStatus, info: ListInfo | None, at: str) -> str:
    listing = status.listing
    words, beside = WORDS.get(info.kind, ("listed", "")) if info else ("listed", "")
    if status.status is InForce.ENDED:
        end = f"until {listing.until}" if listing.until else f"off the list by {listing.absent_on}"
        return f"no longer {at} ({end})"
    if status.status is InForce.NOT_YET:
        begin = f"from {listing.since}" if listing.since else f"not on the list on {listing.absent_on}"
        return f"not yet {at} ({begin})"
    if status.status is InForce.UNKNOWN:
        return f"{_open(listing, words.replace('in force', 'listed'))}{beside}"  # no more than the dates say
    if not listing.since:
        return f"{words}, since when is not known: on the list by {listing.present_on}{beside}"
    until = f" until {listing.until}" if listing.until else ""
    return f"{words} since {listing.since}{until}{beside}"


def _open(listing: Listing, words: str) -> str:
    """What the dates of an entry leave open."""
    if listing.since and not listing.absent_on:
        return f"{words} since {listing.since}, the day is not known"
    known = [f"off the list on {listing.absent_on}"] * bool(listing.absent_on)
    known += [f"on it on {listing.present_on}"] * bool(listing.present_on)
    known += [f"listed since {listing.since}"] * bool(listing.since)
    if listing.until:
        known.append(f"ended in {listing.until}" if len(listing.until) < 10 else f"until {listing.until}")
    return f"{words}, since when is not known{': ' if known else ''}{', '.join(known)}"


def _confirmed(listing: Listing) -> str:
    return "" if listing.confirmed else "; confirmed by no source at hand"


def _reach(status: ListingStatus, info: ListInfo | None, day: date | None) -> str:
    """What must be said beside a status of a day up to which the list is not known to be complete."""
    if info is None or day is None or not stands(status) or status.listing.until:
        return ""
    if info.complete_to and day.isoformat()[: len(info.complete_to)] > info.complete_to:
        return f"; an end after {info.complete_to} would not be known here"
    if not info.complete_to and info.missing:
        return "; to which day this list is complete is not known"
    return ""


def _order(status: ListingStatus, watchlist: Watchlist) -> tuple[int, str, str]:
    info = watchlist.lists.get(status.listing.list_id)
    kind = info.kind if info else ""
    rank = KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)
    return rank, status.listing.list_id, status.listing.code


@dataclass(frozen=True, slots=True)
class Difference:
    """What a list says of a substance at a day, before and after; "" where it has no entry."""

    list_id: str
    before: str
    after: str

    @property
    def words(self) -> str:
        return f"{self.list_id}: {self.before or 'no entry'} -> {self.after or 'no entry'}"


def differences(
    before: Iterable[tuple[str, InForce]], after: Iterable[tuple[str, InForce]]
) -> tuple[Difference, ...]:
    """What differs between two statuses of one substance at one day, given as (list, status); by list."""
    old, new = _by_list(before), _by_list(after)
    found = (
        Difference(each, old.get(each, ""), new.get(each, "")) for each in sorted(old.keys() | new.keys())
    )
    return tuple(each for each in found if each.before != each.after)


def _by_list(statuses: Iterable[tuple[str, InForce]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for list_id, status in statuses:
        found.setdefault(list_id, set()).add(status.value)
    return {list_id: " and ".join(sorted(values)) for list_id, values in found.items()}
