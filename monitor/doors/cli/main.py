"""Door: the command line; the only file that reads arguments, the environment and the clock.

Nothing heavy is imported before a command runs: `--help` answers at once. Exit codes: 0 done (also when
sources could not be read: gaps are told, not errors), 1 failed, 2 wrong configuration or usage, 70 a bug.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import __version__
from monitor.doors.cli import evidence, novel, rescan, resolve, scan, source, sync
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.pipeline.run import BugError, Monitor, Progress, RunSummary

EXIT_FAILED, EXIT_CONFIG, EXIT_BUG, EXIT_STOPPED = 1, 2, 70, 130

# Every wrong use of the command line. Newer versions of typer carry their own copy of click, which has no
# public name for it.
UsageError: type[Exception] = typer.BadParameter.__mro__[2]

# Plain help: the rich one costs more time than everything else in `--help`.
SETTINGS = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    help="Finds mentions of controlled substances and drug precursors in news, and says where, when and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings=SETTINGS,
)
config_app = typer.Typer(help="Check the configuration, or print its schema.", no_args_is_help=True)
watchlist_app = typer.Typer(help="What is watched, on which lists, and what changed.", no_args_is_help=True)
app.add_typer(config_app, name="config")
app.add_typer(watchlist_app, name="watchlist")

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="FILE")]
OptionalConfigPath = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Its watchlists; without it all shipped lists.", metavar="FILE"),
]
DEFAULT_CONFIG = Path("config.yaml")


def main() -> None:
    """Run the command line and leave the process with the exit code of the outcome."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except UsageError as error:
        code = _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        code = _complain("stopped; what was recorded is kept, run again to go on", EXIT_STOPPED)
    except (BrokenPipeError, SystemExit):  # typer makes the second of the first, and nothing else of it
        code = _quiet_pipe()
    except ConfigError as error:
        code = _complain(str(error), EXIT_CONFIG)
    except MonitorError as error:
        code = _complain(str(error), EXIT_FAILED)
    except OSError as error:  # a full disk behind standard output, a folder that went away
        code = _complain(f"{error.filename or 'output'}: {error.strerror}", EXIT_FAILED)
    except Exception as error:  # noqa: BLE001 - the last door: a bug is told as one
        traceback.print_exc()
        code = _complain(f"{error!r}. This is a bug in the program; please report the lines above", EXIT_BUG)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Exception) -> int:
    """Show what was wrong with the arguments, as typer itself would."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", EXIT_CONFIG)
    if show is None:
        raise error
    show()
    return int(code)


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"substance-monitor: {message}\n")
    return code


def _quiet_pipe() -> int:
    """Whoever read our output has seen enough: end without a word, and keep Python from flushing again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"substance-monitor {__version__}")
        raise typer.Exit


@app.callback()
def settings(
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="Log more; -vv logs all.", show_default=False),
    ] = 0,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Set up logging; what all commands share."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    if not verbose:
        # their tracebacks come on top of what the ledger and our own lines say
        for library in ("apscheduler", "trafilatura", "pypdf"):
            logging.getLogger(library).setLevel(logging.CRITICAL)


# --- run and watch -----------------------------------------------------------------------------------


@app.command()
def run(
    source: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", help="Check only this source; may be repeated.", metavar="NAME"),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Check every source once and show what is new.

    Exit code 0 also when sources could not be reached: they are listed as gaps.
    """
    from monitor.doors.terminal import make_console, run_progress, show_news

    console = make_console()
    with _monitor(config) as monitor:
        chosen = monitor.named(source or None)
        show_news(console, monitor.news, monitor.matcher.watchlist, monitor.lacking)
        bug: BugError | None = None
        with _stop_on_signals() as stopping:
            with run_progress(console, len(chosen)) as tell:
                summary, bug = _run(lambda: monitor.run(source or None, tell, stopping.ready))
            _show(monitor, summary)
    if bug is not None:
        raise typer.Exit(_tell_bug(bug))
    if stopping.asked:
        raise KeyboardInterrupt


def _run(job: Callable[[], RunSummary]) -> tuple[RunSummary, BugError | None]:
    """A bug does not hide what the run found: it is told after it."""
    from monitor.pipeline.run import BugError

    try:
        return job(), None
    except BugError as error:
        if error.summary is None:
            raise
        return error.summary, error


def _show(monitor: Monitor, summary: RunSummary) -> None:
    from monitor.doors.terminal import make_console, show_summary
    from monitor.queries.ask import alert_lines

    told = summary.alert_ids, summary.rescan.alert_ids if summary.rescan else ()
    lines = [alert_lines(monitor.store, monitor.matcher.watchlist, numbers) for numbers in told]
    show_summary(make_console(), summary, *lines)


def _tell_bug(error: BugError) -> int:
    for bug in error.bugs:
        sys.stderr.write("".join(traceback.format_exception(bug)))
    return _complain(
        f"{error}. This is a bug in the program; everything else was finished and recorded. "
        "Please report the lines above",
        EXIT_BUG,
    )


@app.command()
def watch(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Check every source at its time until stopped.

    Ctrl-C or SIGTERM finish the work in hand; the next start goes on from there.
    """
    from monitor.doors import scheduler as schedule
    from monitor.doors.terminal import make_console, show_news, watch_line

    console = make_console()
    with _monitor(config) as monitor:
        show_news(console, monitor.news, monitor.matcher.watchlist, monitor.lacking)
        watched = _counted(len(monitor.sources), "source")
        console.print(f"Watching {watched}; Ctrl-C ends it after the work in hand.")

        def tell(progress: Progress) -> None:
            if (line := watch_line(progress, _now())) is not None:
                console.print(line, soft_wrap=True)

        schedule.watch(monitor, tell, stop_signals=(signal.SIGINT, signal.SIGTERM))
        console.print("Stopped; the next start goes on from here.")


@contextmanager
def _monitor(path: Path) -> Iterator[Monitor]:
    from monitor.pipeline.run import build

    monitor = build(_load(path), _now, _cache())
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


# --- questions ---------------------------------------------------------------------------------------


@app.command()
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
    from monitor.queries import ask

    now = _now()
    start, stop = _moment(since, now, "--since"), _moment(until, now, "--until") if until else None
    if stop is not None and stop <= start:
        raise typer.BadParameter(f"--until {until} is not after --since {since}: exchange them")
    width = _width()
    text = ask.report(_load(config), name, start, stop, form, now=now, width=width)
    if out is None:
        typer.echo(text.rstrip("\n"))
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise MonitorError(f"{out} could not be written: {error.strerror}; choose another --out") from error
    sys.stderr.write(f"written to {out}\n")


@app.command()
def explain(
    alert: Annotated[str, typer.Argument(help="Number of an alert, or address or file of an article.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Say why an alert was raised, what would have kept it silent, and who else tells its story.

    For an article: its story, and why it raised no alert of its own.
    """
    from monitor.queries import ask

    _echo_lines(ask.explain_any(_load(config), alert, _now()))


@app.command()
def sources(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show every source and its health.

    When it was checked, when it will be, what it brought, and why it fails.
    """
    from monitor.doors.terminal import make_console, show_sources
    from monitor.queries import ask

    lines, beat = ask.source_lines(_load(config), _now())
    show_sources(make_console(), lines, beat)


@config_app.command("check")
def config_check(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Check config.yaml and the watchlists that it names; tell file, line, key and the likely fix."""
    from monitor.pipeline.originals import check_extras
    from monitor.pipeline.prepare import check_rules, load_watchlist

    loaded = _load(config)
    check_extras(loaded)
    watchlist = load_watchlist(loaded)
    check_rules(loaded, watchlist)
    typer.echo(
        f"{config} is right: {_counted(len(loaded.to_sources()), 'source')}, "
        f"{_counted(len(loaded.rules), 'rule')}, {_counted(len(watchlist.substances), 'substance')} "
        f"under {_counted(len(watchlist.names), 'name')}"
    )
    if not loaded.to_sources():
        sys.stderr.write("substance-monitor: there is no source yet; add one under `sources:`\n")


@config_app.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of config.yaml, for editors."""
    import json

    from monitor.config import config_schema as schema

    typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@watchlist_app.command("show")
def watchlist_show(
    name: Annotated[list[str], typer.Argument(help="A name, CAS number, InChIKey or key.")],
    at: Annotated[
        str | None, typer.Option(help="Legal status at this day (2024-01-29); today without it.")
    ] = None,
    config: OptionalConfigPath = None,
) -> None:
    """Tell everything known of a substance: names, identifiers, lists with their dates."""
    from monitor.queries import ask

    _echo_lines(ask.describe_substance(_config_or_shipped(config), " ".join(name), _day(at)))


@watchlist_app.command("lists")
def watchlist_lists(config: OptionalConfigPath = None) -> None:
    """Show every list: what kind it is, whose, and how many substances are on it."""
    from monitor.doors.terminal import make_console, show_lists
    from monitor.queries import ask

    show_lists(make_console(), ask.list_lines(_config_or_shipped(config)))


@watchlist_app.command("changes")
def watchlist_changes(
    all_: Annotated[bool, typer.Option("--all", help="With the very first load.")] = False,
    limit: Annotated[int, typer.Option(help="Show no more than these.", min=1)] = 200,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show what was added, changed and withdrawn since the first load, the newest first."""
    from monitor.queries import ask

    lines, total = ask.change_lines(_load(config), _now(), first_load=all_, limit=limit)
    if not lines:
        typer.echo("No changes since the first load (--all shows that too).")
    _echo_lines(ask.told_changes(lines))
    if total > len(lines):
        typer.echo(f"and {total - len(lines):,} more: --limit {total}")


# --- what comes from outside -------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _cache() -> Path | None:
    """Where prepared lexicons are kept; None when there is no home to keep them in."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base:
        return Path(base) / "substance-monitor"
    try:
        return Path.home() / ".cache" / "substance-monitor"
    except RuntimeError:
        return None


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((110, 24)).columns if sys.stdout.isatty() else 110


def _load(path: Path) -> Config:
    from monitor.config import load_config
    from monitor.pipeline.prepare import shipped_lists

    return load_config(path, os.environ, list_ids=shipped_lists())


def _config_or_shipped(path: Path | None) -> Config | None:
    """The configuration named, else config.yaml where there is one, else None for the shipped lists."""
    if path is None and not DEFAULT_CONFIG.exists():
        return None
    return _load(path or DEFAULT_CONFIG)


def _moment(written: str, now: datetime, option: str) -> datetime:
    """A moment as "7d" before now, or as an ISO date or time (UTC where it has no zone)."""
    from monitor.config.values import duration

    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            return now - timedelta(seconds=duration(written))
        except ValueError as error:
            raise typer.BadParameter(
                f"{option} {written}: write 7d, 24h, 2w or a day such as 2026-01-31"
            ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(written: str | None) -> date:
    """The day of `--at`, today without it."""
    try:
        return date.fromisoformat(written) if written else _now().date()
    except ValueError as error:
        raise typer.BadParameter(f"--at {written}: write a day such as 2024-01-29") from error


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _echo_lines(lines: list[str]) -> None:
    from monitor.doors.terminal import safe

    for part in (part for line in lines for part in line.split("\n")):
        typer.echo(safe(part))


sync.add_commands(watchlist_app, _load, _now)
novel.add_commands(app, _load, _now)
resolve.add_commands(app, watchlist_app, _config_or_shipped, _day, _now)
scan.add_commands(app, _load, _now, _cache)
source.add_commands(app, _load, _now, _cache)
evidence.add_commands(app, _load, _now)
rescan.add_commands(app, _load, _now, _cache, _moment)
