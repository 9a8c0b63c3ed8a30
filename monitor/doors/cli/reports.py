"""The commands `report` and `explain`: what was found, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.doors.cli.common import (
    DEFAULT_CONFIG,
    ConfigPath,
    load,
    now,
    say,
    say_aside,
    terminal_width,
)
from monitor.doors.cli.filters import (
    Assignees,
    Contained,
    Grave,
    Languages,
    Lists,
    Sources,
    Statuses,
    Substances,
    Tags,
    filter_of,
)
from monitor.doors.output import write_whole
from monitor.queries.reports import report_names

_SEPARATORS = {",": ",", ";": ";", "tab": "\t", "\t": "\t", "\\t": "\t"}


def report(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(report_names())}.")],
    since: Annotated[str, typer.Option(help="How far back (7d, 24h, 2w, 1mo) or a day (2026-01-31).")] = "7d",
    until: Annotated[
        str | None, typer.Option(help="Up to this moment, like --since; a day belongs to it.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", "-f", help="table, csv, md, html, json or xlsx; else by the name of --out."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write to this file.", metavar="FILE")
    ] = None,
    separator: Annotated[str, typer.Option(help="Between the cells of csv: , or ; or tab.")] = ",",
    bom: Annotated[
        bool | None,
        typer.Option(
            "--bom/--no-bom",
            help="A byte order mark, by which Excel knows UTF-8, before csv; in files by default.",
            show_default=False,
        ),
    ] = None,
    severity: Grave = "",
    substance: Substances = None,
    list_: Lists = None,
    source: Sources = None,
    language: Languages = None,
    tag: Tags = None,
    status: Statuses = None,
    assignee: Assignees = None,
    containing: Contained = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Print a report from the database, or write it to a file.

    --severity and what follows it choose alerts, for the report of alerts.
    """
    from monitor.queries.periods import period
    from monitor.queries.reports import Form, format_of, make_report

    if separator not in _SEPARATORS:
        raise typer.BadParameter(f"--separator {separator}: choose , or ; or tab")
    moment = now()
    start, stop = period(since, until, moment)
    marked = out is not None if bom is None else bom
    chosen = Form(format_of(form, out), terminal_width(), _SEPARATORS[separator], marked)
    if out is None and chosen.name == "xlsx":
        raise typer.BadParameter("a workbook is no text for the terminal: name a file with --out")
    alerts = filter_of(severity, substance, list_, source, language, tag, status, assignee, containing)
    made = make_report(load(config), name, start, stop, chosen, moment, alerts)
    if out is None:
        typer.echo(made.decode().rstrip("\n"))
        return
    write_whole(out, made, "--out")
    say_aside(f"written to {out}")


def explain(
    alert: Annotated[str, typer.Argument(help="Number of an alert, or address or file of an article.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Say why an alert was raised, what would have kept it silent, and which other articles its story has.

    For an article: its story, and why it raised no alert of its own.
    """
    from monitor.queries import explain as query

    say(*query.explain(load(config), alert, now()))
