"""Legal status at one day: which lists a substance is on, and the exact words for it. Pure.

Every authority's list is kept apart. Only a schedule or a precursor list is control; a surveillance list,
a proposal and a user's own list have words of their own, and never the word "scheduled".
"""

from __future__ import annotations

from datetime import date

from monitor.model import InForce, ListInfo, ListingStatus, Watchlist

# kind of list -> how an entry that is in force is told, and what must be said beside it
WORDS = {
    "schedule": ("in force", ""),
    "precursor": ("in force", ""),
    "class": ("class in force", " (a possible member: a person has to judge)"),
    "surveillance": ("under surveillance", " (not a schedule)"),
    "proposed": ("proposed", " (not adopted)"),
    "house": ("on your own list", ""),
}
KIND_ORDER = ("schedule", "precursor", "class", "surveillance", "proposed", "house")


def status_at(watchlist: Watchlist, substance: str, day: date) -> tuple[ListingStatus, ...]:
    """Give every listing of `substance` with what its dates say on `day`: control lists first, then by id."""
    found = [ListingStatus(entry, entry.at(day)) for entry in watchlist.listings_of(substance)]
    return tuple(sorted(found, key=lambda status: _order(status, watchlist)))


def stands(status: ListingStatus) -> bool:
    """Say whether the entry counts at that day: in force, or of a date that nobody told."""
    return status.status in (InForce.YES, InForce.UNKNOWN)


def say(status: ListingStatus, info: ListInfo | None) -> str:
    """Tell one listing in a line: list, code, status at the article's date and since when.

    Without `info` (a list that the watchlist no longer knows) nothing is said about its nature.
    """
    listing = status.listing
    name = info.title if info else listing.list_id
    code = f", code {listing.code}" if listing.code else ""
    return f"{name}{code}: {_state(status, info)}"


def brief(status: ListingStatus, info: ListInfo | None) -> str:
    """Tell a listing that stands at the article's date in a few words, "" for one that does not."""
    if not stands(status):
        return ""
    beside = info.kind if info and not info.is_control else ""
    kind = "" if beside in ("", "house") else f" ({beside})"
    since = f" since {status.listing.since}" if status.listing.since else ""
    return f"{status.listing.list_id}{kind}{since}"


def _state(status: ListingStatus, info: ListInfo | None) -> str:
    listing = status.listing
    words, beside = WORDS.get(info.kind, ("listed", "")) if info else ("listed", "")
    if status.status is InForce.ENDED:
        return f"no longer at the article's date (until {listing.until})"
    if status.status is InForce.NOT_YET:
        return f"not yet at the article's date (from {listing.since})"
    if status.status is InForce.UNKNOWN:
        words = words.replace("in force", "listed")  # no more than the dates say
    if not listing.since:
        return f"{words}, since when is not known{beside}"
    if status.status is InForce.UNKNOWN:
        return f"{words} since {listing.since}, the day is not known{beside}"
    until = f" until {listing.until}" if listing.until else ""
    return f"{words} since {listing.since}{until}{beside}"


def _order(status: ListingStatus, watchlist: Watchlist) -> tuple[int, str, str]:
    info = watchlist.lists.get(status.listing.list_id)
    kind = info.kind if info else ""
    rank = KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)
    return rank, status.listing.list_id, status.listing.code
