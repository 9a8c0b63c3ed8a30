"""Run one report over the views: a period in, a pandas data frame out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.reports import REPORTS

_NO_END = datetime(9999, 12, 31, tzinfo=UTC)


_FILTER = "/* filter */"  # where alerts.sql takes a further condition


def run_report(
    engine: Engine,
    name: str,
    since: datetime,
    until: datetime | None = None,
    where: str = "1 = 1",
    values: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """The report `name` over `since <= time < until` (aware; None: no end), as the views have it.

    `where` is a condition of ours over the columns of v_alerts, with its parameters in `values`, for the
    report of alerts.
    Columns that end in `_at` are UTC timestamps. `frame.attrs["report"]` is the name. ValueError for an
    unknown name or a time without a zone; StoreError when the database cannot be read.
    """
    if name not in REPORTS:
        raise ValueError(f"no report {name!r}; there are {', '.join(REPORTS)}")
    written = Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
    query = text(written.replace(_FILTER, f"AND {where}"))
    dialect = engine.dialect.name
    period = {"since": _moment(since, dialect), "until": _moment(until or _NO_END, dialect)}
    used = {key: value for key, value in period.items() if f":{key}" in query.text}
    try:
        with engine.connect() as connection:
            result = connection.execute(query, {**used, **(values or {})})
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    except DBAPIError as error:
        raise StoreError(f"could not run the report {name}: {error.orig}", permanent=False) from error
    frame = _typed(frame)
    frame.attrs["report"] = name
    return frame


def select_alerts(
    engine: Engine,
    columns: str,
    where: str,
    values: Mapping[str, object],
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> pd.DataFrame:
    """Rows of v_alerts under a condition over its columns, the gravest and newest first.

    `columns`, `where` are SQL of ours, `values` its parameters. Raises StoreError.
    """
    dialect = engine.dialect.name
    period = {
        "since": _moment(since or datetime(1, 1, 1, tzinfo=UTC), dialect),
        "until": _moment(until or _NO_END, dialect),
    }
    query = (  # both are SQL of ours, what people write comes in as parameters
        f"SELECT {columns} FROM v_alerts "  # noqa: S608
        f"WHERE raised_at >= :since AND raised_at < :until AND {where} "
        "ORDER BY severity_rank DESC, raised_at DESC, alert_id LIMIT :limit"
    )
    return select_rows(engine, query, {**values, **period, "limit": limit})


def select_rows(engine: Engine, query: str, values: Mapping[str, object] | None = None) -> pd.DataFrame:
    """The rows of a query of ours over the views. Raises StoreError."""
    try:
        with engine.connect() as connection:
            result = connection.execute(text(query), dict(values or {}))
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    except DBAPIError as error:
        raise StoreError(f"could not read the views: {error.orig}", permanent=False) from error
    return _typed(frame)


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
