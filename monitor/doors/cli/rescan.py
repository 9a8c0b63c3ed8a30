"""The command `rescan`: match stored articles again with what is new."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, cache_folder, load, now, say

if TYPE_CHECKING:
    from monitor.pipeline.rescan import RescanResult
    from monitor.pipeline.run import Monitor

CHANGES_SHOWN = 20  # changes of the law that are shown one by one


def rescan(
    since: Annotated[
        str, typer.Option(help="Only articles of this time (90d, 2w) or day (2026-01-31) on.")
    ] = "",
    budget: Annotated[
        float | None, typer.Option(help="Stop after so many seconds; the next one goes on.", min=0.1)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and write nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Every stored article, also without a change.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Match stored articles again with what was added to the watchlist, the names or the rules.

    `run` and `watch` do it by themselves after a change. Stopped at any moment, the next one goes on.
    """
    from monitor.doors.terminal import make_console, show_news
    from monitor.pipeline.run import build
    from monitor.queries.periods import moment

    if again and dry_run:
        raise typer.BadParameter("--again begins anew and --dry-run writes nothing: leave one out")
    day = moment(since, now(), "--since").date().isoformat() if since else ""
    monitor = build(load(config), now, cache_folder())
    try:
        show_news(make_console(), monitor.news, monitor.matcher.watchlist, monitor.lacking)
        _show(monitor, _rescan(monitor, day, budget, dry_run, again), dry_run)
    finally:
        monitor.close()


def _rescan(monitor: Monitor, since: str, budget: float | None, dry: bool, again: bool) -> RescanResult:
    """Rescan with a line that counts, on a terminal only. A bug is raised once all else is done."""
    from monitor.pipeline.rescan import Rescan, run_through
    from monitor.pipeline.run import BugError

    judge = monitor.judge.anew(monitor.store, monitor.clock()) if again else monitor.judge
    job = Rescan(monitor.store, judge, monitor.clock, since=since, dry=dry, workers=monitor.workers)

    def show(result: RescanResult) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{result.articles:,} articles, {result.alerts:,} alerts ")

    result = run_through(job, budget, show)
    if sys.stderr.isatty() and result.articles:
        sys.stderr.write("\n")
    if job.bugs:
        raise BugError(job.bugs)
    return result


def _show(monitor: Monitor, result: RescanResult, dry: bool) -> None:
    from monitor.doors.terminal import make_console, show_rescan
    from monitor.queries.reports import alert_lines

    lines = alert_lines(monitor.store, monitor.matcher.watchlist, result.alert_ids)
    show_rescan(make_console(), result, lines, dry=dry)
    say(*_law(monitor))


def _law(monitor: Monitor) -> list[str]:
    """What the law as it is known now says otherwise than stored alerts, which keep what they said."""
    from monitor.queries.law import law_changes

    changes = law_changes(monitor.store, monitor.matcher.watchlist)
    if not changes:
        return []
    alerts = {number for change in changes for number in change.alerts}
    head = f"The law as it is known now says otherwise than {len(alerts):,} stored alerts, which stay as is:"
    shown = [f"  {change.sentence}" for change in changes[:CHANGES_SHOWN]]
    more = len(changes) - CHANGES_SHOWN
    return [
        "",
        head,
        *shown,
        *([f"  and {more:,} more changes; `explain` shows those of an alert"] * (more > 0)),
    ]
