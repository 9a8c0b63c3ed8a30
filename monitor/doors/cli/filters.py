"""The options that say which alerts are meant, the same for `alerts` and `report alerts`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.queries.filters import AlertFilter

Many = list[str] | None
Grave = Annotated[str, typer.Option("--severity", help="Alerts this grave or graver.", metavar="LEVEL")]
Substances = Annotated[Many, typer.Option("--substance", help="Its key or name.", metavar="NAME")]
Lists = Annotated[Many, typer.Option("--list", help="On this list at the article's date.", metavar="ID")]
Sources = Annotated[Many, typer.Option("--source", help="Of this source.", metavar="NAME")]
Languages = Annotated[Many, typer.Option("--language", help="In this language.", metavar="CODE")]
Tags = Annotated[Many, typer.Option("--tag", help="With this tag.", metavar="TAG")]
Statuses = Annotated[Many, typer.Option("--status", help="With this status.", metavar="STATUS")]
Assignees = Annotated[Many, typer.Option("--assignee", help="Given to this person.", metavar="NAME")]
Contained = Annotated[
    str, typer.Option("--text", help="In title, quotation, address or substance.", metavar="TEXT")
]


def filter_of(
    severity: str,
    substances: Many,
    lists: Many,
    sources: Many,
    languages: Many,
    tags: Many,
    statuses: Many,
    assignees: Many,
    text: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    suppressed: bool | None = None,
) -> AlertFilter:
    """The filter that the options ask for. Raises MonitorError for words that there are not."""
    from monitor.queries.filters import AlertFilter, severity_of

    return AlertFilter(
        severity=severity_of(severity) if severity else None,
        substances=tuple(substances or ()),
        lists=tuple(lists or ()),
        sources=tuple(sources or ()),
        languages=tuple(languages or ()),
        tags=tuple(tags or ()),
        statuses=tuple(statuses or ()),
        assignees=tuple(assignees or ()),
        text=text,
        since=since,
        until=until,
        suppressed=suppressed,
    )
