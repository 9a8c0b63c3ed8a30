"""Reports: one .sql file each, over the views described in docs/sql.md, and the forms they are shown in.

Its verbs are handed on when first asked for, as pandas takes long to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.reports.excel import Sheet, workbook
    from monitor.reports.formats import render
    from monitor.reports.query import run_report, select_alerts, select_rows

REPORTS = ("alerts", "stories", "substances", "sources", "coverage", "novel", "term-presence")
"""The reports there are; each is the file `<name>.sql` here."""

TEXT_FORMATS = ("table", "csv", "md", "html", "json")
FORMATS = (*TEXT_FORMATS, "xlsx")
"""The forms of a report; xlsx is a workbook, the others are text."""

__all__ = [
    "FORMATS",
    "REPORTS",
    "TEXT_FORMATS",
    "Sheet",
    "render",
    "run_report",
    "select_alerts",
    "select_rows",
    "workbook",
]


def __getattr__(name: str) -> Any:
    if name in ("run_report", "select_alerts", "select_rows"):
        from monitor.reports import query

        return getattr(query, name)
    if name == "render":
        from monitor.reports.formats import render

        return render
    if name in ("Sheet", "workbook"):
        from monitor.reports import excel

        return getattr(excel, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
