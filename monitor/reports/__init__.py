"""Reports: one .sql file each, over the views described in docs/sql.md, and the forms they are shown in.

Its verbs are handed on when first asked for, as pandas takes long to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.reports.formats import render
    from monitor.reports.query import run_report

REPORTS = ("alerts", "stories", "substances", "sources", "coverage", "novel", "term-presence")
"""The reports there are; each is the file `<name>.sql` here."""

FORMATS = ("table", "csv", "md", "html", "json")
"""The forms a report can be rendered in."""

__all__ = ["FORMATS", "REPORTS", "render", "run_report"]


def __getattr__(name: str) -> Any:
    if name == "run_report":
        from monitor.reports.query import run_report

        return run_report
    if name == "render":
        from monitor.reports.formats import render

        return render
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
