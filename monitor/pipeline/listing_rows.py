"""A listing and its status at a day as a JSON-able row: what `scan` and `resolve` write."""

from __future__ import annotations

from monitor.model import InForce, ListingStatus, Watchlist

_NOT_CONTROL = {
    "class": "possible member of a class in force",
    "surveillance": "under surveillance",
    "proposed": "proposed",
    "house": "on your own list",
}


def listing_row(status: ListingStatus, watchlist: Watchlist) -> dict[str, str]:
    """One listing as a JSON-able object."""
    entry = status.listing
    info = watchlist.lists.get(entry.list_id)
    return {
        "list": entry.list_id,
        "code": entry.code,
        "since": entry.since,
        "until": entry.until,
        "absent_on": entry.absent_on,
        "present_on": entry.present_on,
        "status": _status(status, watchlist),
        "wording": entry.wording,
        "complete_to": info.complete_to if info else "",
    }


def _status(status: ListingStatus, watchlist: Watchlist) -> str:
    info = watchlist.lists.get(status.listing.list_id)
    if status.status is InForce.YES and info is not None:
        return _NOT_CONTROL.get(info.kind, InForce.YES.value)
    return status.status.value
