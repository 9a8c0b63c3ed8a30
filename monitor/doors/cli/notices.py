"""The command `watchlist notices`: what notices of gazettes do to the lists, JSON Lines in and out."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from monitor.doors.cli.common import OptionalConfigPath, counted, load, say_aside


def watchlist_notices(
    source: Annotated[
        str, typer.Argument(metavar="[INPUT]", help="JSON Lines, also .gz; - is standard input.")
    ] = "-",
    target: Annotated[
        str,
        typer.Option(
            "--out", "-o", help="Write to this file, also .gz; - is standard output.", metavar="FILE"
        ),
    ] = "-",
    config: OptionalConfigPath = None,
) -> None:
    """Read notices of the Federal Register: which list is changed, how, for which substances, from when.

    One JSON object a line with num, pub, title, summary and url in, one with the action out. Needs neither
    database nor network. Exit code 1 when a line could not be read; its answer has an "error".
    """
    from monitor.doors.notices import read_files
    from monitor.queries.notices import open_notice_reader

    if source == "-" and sys.stdin.isatty():
        raise typer.BadParameter("name a file of JSON Lines, or pipe one in: watchlist notices FILE")
    with open_notice_reader(load(config) if config else None) as (reader, without):
        if without:
            say_aside(f"only names that the watchlist knows are resolved: {without}")
        done = read_files(source, target, reader)
    errors = f", {counted(done.errors, 'line')} could not be read (see “error”)" if done.errors else ""
    say_aside(f"{counted(done.lines, 'notice')}, {done.changes:,} of them about a change of law{errors}")
    if done.errors:
        raise typer.Exit(1)
