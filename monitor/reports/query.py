"""Run one report over the views: a period in, a pandas data frame out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.reports import REPORTS

_NO_END = datetime(9999, 12, 31, tzinfo=UTC)


def run_report(engine: Engine, name: str, since: datetime, until: datetime | None = None) -> pd.DataFrame:
    """The report `name` over `since <= time < until` (aware; None: no end), as the views have it.

    Columns that end in `_at` are UTC timestamps. `frame.attrs["report"]` is the name. ValueError for an
    unknown name or a time without a zone; StoreError when the database cannot be read.
    """
    if name not in REPORTS:
        raise ValueError(f"no report {name!r}; there are {', '.join(REPORTS)}")
    query = text(Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8"))
    dialect = engine.dialect.name
    period = {"since": _moment(since, dialect), "until": _moment(until or _NO_END, dialect)}
    used = {key: value for key, value in period.items() if f":{key}" in query.text}
    try:
        with engine.connect() as connection:
            result = connection.execute(query, used)
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    except DBAPIError as error:
        raise StoreError(f"could not run the report {name}: {error.orig}", permanent=False) from error
    frame = _typed(frame)
    frame.attrs["report"] = name
    return frame


def _moment(moment: datetime, dialect: str) -> datetime | str:
    """A time as the database compares it: SQLite keeps UTC as text (see docs/sql.md)."""
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment!r} has no time zone; hand in aware datetimes")
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if dialect == "sqlite" else moment


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Times as UTC timestamps, whole numbers whole in spite of gaps."""
    for column in frame.columns:
        if column.endswith("_at"):
            frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame.convert_dtypes()
