"""The queue of novel names: names that no list has, shown to people and decided about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    import pandas as pd

    from monitor.config import Config

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
FORMS = ("csv", "json", "md", "html")


@dataclass(frozen=True, slots=True)
class NovelLine:
    """One name of the queue; times are UTC days. `contexts` and `urls`: of the newest articles first."""

    id: int
    name: str
    status: str
    articles: int
    count: int
    first: str
    last: str
    inchikey: str
    smiles: str
    reason: str
    classes: str
    listed_as: str
    near: str
    context: str
    url: str
    decided: str


def novel_lines(config: Config, now: datetime, *, all_: bool = False) -> list[NovelLine]:
    """The queue: what is open and on no list by now; with `all_` all that ever was. Raises StoreError."""
    frame = _frame(config, now, all_)
    return [_line(row) for row in frame.astype(object).where(frame.notna(), None).to_dict("records")]


def novel_text(config: Config, form: str, now: datetime, *, all_: bool = False) -> str:
    """The same in one of `FORMS`, with every column of the view. Raises ConfigError for another form."""
    from monitor.reports import render

    if form not in FORMS:
        raise ConfigError(f"there is no format “{form}”; choose one of table, {', '.join(FORMS)}")
    title = "Names that no list has"
    return render(_frame(config, now, all_), form, title=title, generated_at=now)


def _frame(config: Config, now: datetime, all_: bool) -> pd.DataFrame:
    from monitor.reports import run_report
    from monitor.store import OPEN, open_store

    with open_store(config.database, now=now) as store:
        frame = run_report(store.engine_readonly(), "novel", _BEGINNING)
    return frame if all_ else frame[(frame["status"] == OPEN) & (frame["listed_as"] == "")]


def _line(row: dict[Any, Any]) -> NovelLine:
    who = (
        f"decided: {row['status']}, by {row['decided_by']}: {row['decided_why']}" if row["decided_by"] else ""
    )
    return NovelLine(
        id=int(row["novel_id"]),
        name=row["name"],
        status=row["status"],
        articles=int(row["articles"]),
        count=int(row["count"]),
        first=f"{row['first_seen_at']:%Y-%m-%d}",
        last=f"{row['last_seen_at']:%Y-%m-%d}",
        inchikey=row["inchikey"],
        smiles=row["smiles"],
        reason=row["reason"],
        classes=row["classes"],
        listed_as=row["listed_as"],
        near=row["near"].split(" | ")[0],
        context=row["contexts"].split(" | ")[0],
        url=row["urls"].split(" | ")[0],
        decided=who,
    )


def decide(config: Config, name: str, status: str, *, who: str, why: str, now: datetime) -> str:
    """Keep a person's decision about a name of the queue, given by name or number; the name as it was read.

    `status` is "watch", "ignore" or "open". Raises MonitorError for a name that is not there, StoreError.
    """
    from monitor.store import open_store
    from monitor.watchlist import name_key

    with open_store(config.database, now=now) as store:
        number = store.novel_number(name_key(name))
        if number is None and name.isascii() and name.isdigit() and len(name) < 10:
            number = int(name)
        found = store.decide_novel(number, status, who=who, why=why, now=now) if number is not None else None
    if found is None:
        raise MonitorError(
            f"there is no name “{name}” in the queue; `substance-monitor novel --all` lists those there are"
        )
    return found
