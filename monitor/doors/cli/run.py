"""The commands `run` and `watch`: check every source once, or each at its time until stopped."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from monitor.doors.cli.common import (
    DEFAULT_CONFIG,
    EXIT_ALERTS,
    EXIT_BUG,
    EXIT_STOPPED,
    ConfigPath,
    cache_folder,
    complain,
    counted,
    load,
    now,
    severity_of,
    suggester,
)
from monitor.doors.safe_text import safe_lines

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Severity
    from monitor.pipeline.run import BugError, Monitor, Progress, RunSummary
    from monitor.queries.reports import AlertLine


def run(
    source: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", help="Check only this source; may be repeated.", metavar="NAME"),
    ] = None,
    exit_code: Annotated[
        str | None,
        typer.Option(
            "--exit-code",
            help="End with 3 when there are new alerts of this severity (low ... critical) or above.",
            metavar="SEVERITY",
        ),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Check every source once, show what is new and send what is due.

    Exit code 0 also when sources could not be reached: they are listed as gaps.
    """
    threshold = severity_of(exit_code)
    from monitor.doors.terminal import make_console, run_progress, show_news

    console = make_console()
    with _monitor(config) as monitor:
        chosen = monitor.named(source or None)
        show_news(
            console, monitor.news, monitor.matcher.watchlist, monitor.lacking, suggest=suggester(config)
        )
        bug: BugError | None = None
        with _stop_on_signals() as stopping:
            with run_progress(console, len(chosen)) as show:
                summary, bug = _run(lambda: monitor.run(source or None, show, stopping.ready))
            lines = _show(monitor, summary, suggester(config))
            if not stopping.asked:
                _deliver(monitor)
    if bug is not None:
        raise typer.Exit(_report_bugs(bug))
    if stopping.asked:
        code = complain("stopped; what was recorded is kept, run again to go on", EXIT_STOPPED)
        _end_at_once(code)
    if threshold is not None and any(_counts(line, threshold) for line in lines):
        raise typer.Exit(EXIT_ALERTS)


def _counts(line: AlertLine, threshold: Severity) -> bool:
    """Quiet alerts do not count: they repeat what was raised a short time ago."""
    return line.stored.alert.severity >= threshold and not line.stored.alert.quiet


def _deliver(monitor: Monitor) -> None:
    """Send the notices that are due, and say so; channels that fail are no failure of the run."""
    from monitor.doors.safe_text import safe

    result = monitor.courier().deliver()
    if result.sent:
        sys.stdout.write(f"{counted(result.sent, 'message')} sent\n")
    for trouble in (*result.troubles, *filter(None, [result.held])):
        sys.stderr.write(f"outbox: {safe(trouble)}\n")


def _end_at_once(code: int) -> NoReturn:
    """End without waiting for threads in which something large is taken apart: all that counts is written."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(job: Callable[[], RunSummary]) -> tuple[RunSummary, BugError | None]:
    """A bug does not hide what the run found: it is shown after it."""
    from monitor.pipeline.run import BugError

    try:
        return job(), None
    except BugError as error:
        if error.summary is None:
            raise
        return error.summary, error


def _show(monitor: Monitor, summary: RunSummary, suggest: Callable[[str], str]) -> list[AlertLine]:
    """Show the run; gives the new alerts, those of a rescan left out."""
    from monitor.doors.terminal import make_console, show_summary
    from monitor.queries.reports import alert_lines

    raised = summary.alert_ids, summary.rescan.alert_ids if summary.rescan else ()
    lines = [alert_lines(monitor.store, monitor.matcher.watchlist, numbers) for numbers in raised]
    show_summary(make_console(), summary, *lines, suggest=suggest)
    return lines[0]


def _report_bugs(error: BugError) -> int:
    for bug in error.bugs:
        sys.stderr.write(safe_lines("".join(traceback.format_exception(bug))))
    return complain(
        f"{error}. This is a bug in the program; everything else was finished and recorded. "
        "Please report the lines above",
        EXIT_BUG,
    )


def watch(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Check every source at its time until stopped.

    Ctrl-C or SIGTERM finish the work in hand; the next start goes on from there.
    """
    from monitor.doors import scheduler as schedule
    from monitor.doors.terminal import make_console, show_news, watch_line

    console = make_console()
    with _monitor(config) as monitor:
        show_news(
            console, monitor.news, monitor.matcher.watchlist, monitor.lacking, suggest=suggester(config)
        )
        watched = counted(len(monitor.sources), "source")
        console.print(f"Watching {watched}; Ctrl-C ends it after the work in hand.")

        def show(progress: Progress) -> None:
            if (line := watch_line(progress, now())) is not None:
                console.print(line, soft_wrap=True)

        signals = (signal.SIGINT, signal.SIGTERM)
        schedule.watch(monitor, show, stop_signals=signals, edited=_Edits(config))
        console.print("Stopped; the next start goes on from here.")
    _end_at_once(0)


class _Edits:
    """Looks whether a configuration file was edited. Raises ConfigError for a broken one, once an edit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._text()

    def __call__(self) -> Config | None:
        text = self._text()
        if text == self._seen:
            return None
        self._seen = text
        return load(self._path)

    def _text(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except OSError:
            return None


@contextmanager
def _monitor(path: Path) -> Iterator[Monitor]:
    from monitor.pipeline.run import build

    monitor = build(load(path), now, cache_folder())
    try:
        yield monitor
    finally:
        monitor.close()


class _Stopping:
    """Whether the user asked to stop; a second time stops at once."""

    def __init__(self) -> None:
        self.asked = False
        self._stop: Callable[[], object] | None = None

    def ready(self, stop: Callable[[], object]) -> None:
        self._stop = stop

    def __call__(self, number: int, frame: object) -> None:
        if self.asked or self._stop is None:
            raise KeyboardInterrupt
        self.asked = True
        sys.stderr.write("\nstopping after the work in hand; again to stop at once\n")
        self._stop()


@contextmanager
def _stop_on_signals() -> Iterator[_Stopping]:
    stopping = _Stopping()
    before = {number: signal.signal(number, stopping) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
