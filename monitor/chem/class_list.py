"""The structure classes as a watchlist: one list a class, with the one entry `class:<id>`. Needs no RDKit.

So a class has what a substance has: a key for rules and reports, a date, a citation, a row in the views. Its
entry has no name that could be found in a text; only a structure leads to it (`classes.py`).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from monitor.model import ListInfo, Listing, Severity, Substance, Watchlist

LIST_KIND = "class"
"""The kind of such a list: a structure may fall under it; whether it does is for a person to judge."""


def class_key(id: str) -> str:
    """The key of the class in the watchlist, as in "class:us-frs"."""
    return f"class:{id}"


def class_ids() -> tuple[str, ...]:
    """The ids of all classes, in the order of the data file."""
    return tuple(row["id"] for row in _rows())


def class_watchlist(ids: Iterable[str]) -> Watchlist:
    """The classes of these ids ("all": every one) as a watchlist; other ids are left aside."""
    wanted = set(ids)
    rows = [row for row in _rows() if "all" in wanted or row["id"] in wanted]
    return Watchlist(
        {class_key(row["id"]): _substance(row) for row in rows},
        (),
        tuple(_listing(row) for row in rows),
        {row["id"]: _info(row) for row in rows},
    )


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    with (Path(__file__).parent / "classes.toml").open("rb") as file:
        return tuple(tomllib.load(file)["classes"])


def _substance(row: dict[str, Any]) -> Substance:
    """The entry; a changed rule changes its `source`, so that the watchlist shows the change."""
    rules = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()[:8]
    return Substance(
        class_key(row["id"]),
        f"possible member of {row['name']}",
        row["kind"],
        severity=Severity[row["severity"].upper()] if "severity" in row else None,
        note=row["note"],
        source=f"structure rules {rules}",
    )


def _listing(row: dict[str, Any]) -> Listing:
    wording = "; ".join(f"{each['id']}: {each['text']}" for each in row["conditions"])
    return Listing(
        class_key(row["id"]),
        row["id"],
        code=row.get("code", ""),
        wording=wording,
        since=row["since"],
        source=row["citation"],
    )


def _info(row: dict[str, Any]) -> ListInfo:
    return ListInfo(row["id"], row["name"], row["authority"], row["jurisdiction"], LIST_KIND)
