"""The command `scan`: match a corpus, JSON Lines in and out."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import OptionalConfigPath, cache_folder, counted, load, now
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.doors.scan import ScanSummary
    from monitor.pipeline.structures import Structures


def scan(
    source: Annotated[
        str, typer.Argument(metavar="[INPUT]", help="JSON Lines, also .gz; - is standard input.")
    ] = "-",
    target: Annotated[
        str,
        typer.Option(
            "--out", "-o", help="Write to this file, also .gz; - is standard output.", metavar="FILE"
        ),
    ] = "-",
    structures: Annotated[
        bool,
        typer.Option("--structures/--no-structures", help="Read names that no list has as structures, too."),
    ] = False,
    config: OptionalConfigPath = None,
) -> None:
    """Match a corpus, JSON Lines in and out.

    One JSON object a line with id and text in, one with its mentions out; needs no database.
    Offsets are code points into the text. Memory does not grow with the input. Exit code 1 when a line
    could not be read; its answer has an "error".
    """
    from monitor.doors.scan import scan_files
    from monitor.pipeline.prepare import stated_day
    from monitor.pipeline.run import build_matcher

    if source == "-" and sys.stdin.isatty():
        raise typer.BadParameter("name a file of JSON Lines, or pipe one in: substance-monitor scan FILE")
    loaded = load(config) if config else None
    with ExitStack() as life:
        reading = life.enter_context(_reading(loaded)) if structures else None
        matcher = build_matcher(loaded, cache_folder())
        progress = sys.stderr.isatty() and not (target == "-" and sys.stdout.isatty())
        today = now().date()
        done = scan_files(
            source, target, matcher, today=today, progress=progress, structures=reading, stated=stated_day
        )
    sys.stderr.write(f"{_counts(done)}\n")
    if done.errors:
        raise typer.Exit(1)


def _reading(config: Config | None) -> Structures:
    """The structure part, which is asked for by name here: it has to be there. Raises MonitorError."""
    from monitor.pipeline.structures import lacking, open_structures

    if lacking(None):
        raise MonitorError(f"names cannot be read as structures: {lacking(None)}")
    return open_structures(config.model_copy(update={"structures": "auto"}) if config else None)


def _counts(done: ScanSummary) -> str:
    parts = (
        f"{counted(done.lines, 'line')}, {counted(done.mentions, 'mention')}",
        f"{counted(done.errors, 'line')} could not be read (see “error”)" if done.errors else "",
        f"{counted(done.notes, 'date')} could not be read (see “note”)" if done.notes else "",
        f"{counted(done.unresolved, 'line')} with names that were not resolved (see “unresolved”)"
        if done.unresolved
        else "",
    )
    return ", ".join(filter(None, parts))
