"""Reports over the SQL views, and alerts as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigError
from monitor.model import Substance, Watchlist
from monitor.queries.database import open_database
from monitor.queries.filters import AlertFilter

if TYPE_CHECKING:
    import pandas as pd

    from monitor.config import Config
    from monitor.store import Store, StoredAlert

PICTURE = 190, 130  # pixels of the structures in HTML reports


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert with what a list of alerts shows of it."""

    stored: StoredAlert
    substance: Substance
    lists: tuple[str, ...]


def alert_lines(store: Store, watchlist: Watchlist, numbers: tuple[int, ...]) -> list[AlertLine]:
    """Read alerts by number; with the lists in force at the article's date, control lists first."""
    lines = []
    for number in numbers:
        stored = store.alert(number)
        if stored is not None:
            lines.append(AlertLine(stored, substance_of(watchlist, stored), _lists_in_force(stored)))
    return lines


def _lists_in_force(stored: StoredAlert) -> tuple[str, ...]:
    from monitor.alerts import brief

    briefs = (brief(each, stored.lists.get(each.listing.list_id)) for each in stored.alert.listings)
    return tuple(dict.fromkeys(filter(None, briefs)))


def substance_of(watchlist: Watchlist, stored: StoredAlert) -> Substance:
    """The substance of an alert; one that is no longer watched keeps its key for a name."""
    key = stored.alert.substance
    return watchlist.substances.get(key) or Substance(key, key)


@dataclass(frozen=True, slots=True)
class Form:
    """How a report is written: a format of `FORMATS`, and what belongs to one of them alone."""

    name: str = "table"
    width: int = 110  # columns of the terminal, for table
    separator: str = ","  # for csv
    bom: bool = False  # csv begins with a byte order mark, by which spreadsheets know UTF-8


def make_report(
    config: Config,
    name: str,
    since: datetime,
    until: datetime | None,
    form: Form,
    now: datetime,
    alerts: AlertFilter | None = None,
) -> bytes:
    """Run one report and write it in a form, text as UTF-8. Raises ConfigError for unknown words.

    `alerts` chooses among the alerts of the report of alerts; other reports take none.
    """
    from monitor.reports import FORMATS, REPORTS, Sheet, render, run_report, workbook

    if name not in REPORTS:
        raise ConfigError(f"there is no report “{name}”; choose one of {', '.join(REPORTS)}")
    if form.name not in FORMATS:
        raise ConfigError(f"there is no format “{form.name}”; choose one of {', '.join(FORMATS)}")
    where, values = (alerts or AlertFilter()).where()
    if values and name != "alerts":
        raise ConfigError(f"the report “{name}” is not of alerts: only `report alerts` can choose among them")
    with open_database(config, now) as store:
        frame = run_report(store.engine_readonly(), name, since, until, where, values)
    title = f"{name.capitalize()} since {_day(since)}" + (f" until {_day(until)}" if until else "")
    if form.name == "xlsx":
        return workbook([Sheet(name, frame)], title=title, generated_at=now)
    pictures = _pictures(frame) if (name, form.name) == ("alerts", "html") else {}
    text = render(
        frame,
        form.name,
        title=title,
        generated_at=now,
        width=form.width,
        separator=form.separator,
        pictures=pictures,
    )
    return text.encode("utf-8-sig" if form.name == "csv" and form.bom else "utf-8", "replace")


def report_names() -> tuple[str, ...]:
    from monitor.reports import REPORTS

    return REPORTS


def format_of(named: str | None, out: Path | None) -> str:
    """The format that `--format` or the name of the file asks for; a table when neither does.

    Raises ConfigError when they contradict each other, or when the file's ending is no format.
    """
    from monitor.reports import FORMATS

    ending = out.suffix.lower() if out is not None else ""
    meant = _ENDINGS.get(ending)
    if named is None and ending and meant is None:
        known = ", ".join(_ENDINGS)
        raise ConfigError(f"{out}: no report ends in {ending}; name a file with {known}, or say --format")
    if named is None:
        return meant or "table"
    if meant is not None and meant != named and named in FORMATS:
        raise ConfigError(f"--format {named} and a file named {out} contradict each other; change one")
    return named


_ENDINGS = {
    ".txt": "table",
    ".csv": "csv",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".xlsx": "xlsx",
}


def _pictures(frame: pd.DataFrame) -> dict[str, str]:
    """Draw the structures in a report, by their SMILES; none without the extra `structure`."""
    from monitor.chem import missing

    if missing():
        return {}
    from monitor.chem.structure import picture
    from monitor.reports.drawings import MOST

    found = dict.fromkeys(filter(None, map(str, frame["smiles"].dropna())))
    drawn = {smiles: picture(smiles, *PICTURE) for smiles in list(found)[:MOST]}
    return {smiles: svg for smiles, svg in drawn.items() if svg}


def _day(moment: datetime) -> str:
    """The day of a midnight, else the minute, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
