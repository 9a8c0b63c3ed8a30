"""The commands `report` and `explain`: what was found, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, load, moment_of, now, say, terminal_width
from monitor.errors import MonitorError


def report(
    name: Annotated[str, typer.Argument(help="alerts, substances, sources, coverage, novel, term-presence.")],
    since: Annotated[str, typer.Option(help="How far back (7d, 24h, 2w) or a day (2026-01-31).")] = "7d",
    until: Annotated[str | None, typer.Option(help="Up to this moment; like --since.")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv, md, html or json.")] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write to this file.", metavar="FILE")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Print a report from the database."""
    from monitor.queries.reports import render_report

    moment = now()
    start, stop = moment_of(since, moment, "--since"), moment_of(until, moment, "--until") if until else None
    if stop is not None and stop <= start:
        raise typer.BadParameter(f"--until {until} is not after --since {since}: exchange them")
    width = terminal_width()
    text = render_report(load(config), name, start, stop, form, now=moment, width=width)
    if out is None:
        typer.echo(text.rstrip("\n"))
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise MonitorError(f"{out} could not be written: {error.strerror}; choose another --out") from error
    sys.stderr.write(f"written to {out}\n")


def explain(
    alert: Annotated[str, typer.Argument(help="Number of an alert, or address or file of an article.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Say why an alert was raised, what would have kept it silent, and who else tells its story.

    For an article: its story, and why it raised no alert of its own.
    """
    from monitor.queries import explain as query

    say(*query.explain(load(config), alert, now()))
