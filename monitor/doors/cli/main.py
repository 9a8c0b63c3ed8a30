"""Door: the command line. The commands are in the files beside; here are the app and its exit codes.

Nothing heavy is imported before a command runs: `--help` answers at once.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
from typing import Annotated

import typer

from monitor import __version__
from monitor.doors.cli import (
    alerts,
    config,
    evidence,
    notices,
    notify,
    novel,
    reports,
    rescan,
    resolve,
    run,
    scan,
    source,
    watchlist,
)
from monitor.doors.cli.common import EXIT_BUG, EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED, complain
from monitor.doors.safe_text import SafeFormatter, safe_lines
from monitor.errors import ConfigError, MonitorError
from monitor.pipeline.logs import is_ours

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


def main() -> None:
    """Run the command line and leave the process with the exit code of the outcome."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except UsageError as error:
        code = _usage(error)
    except (typer.Abort, KeyboardInterrupt):
        code = complain("stopped; what was recorded is kept, run again to go on", EXIT_STOPPED)
    except (BrokenPipeError, SystemExit):  # typer makes the second of the first, and nothing else of it
        code = _quiet_pipe()
    except ConfigError as error:
        code = complain(str(error), EXIT_CONFIG)
    except MonitorError as error:
        code = complain(str(error), EXIT_FAILED)
    except OSError as error:  # a full disk behind standard output, a folder that went away
        code = complain(f"{error.filename or 'output'}: {error.strerror}", EXIT_FAILED)
    except Exception as error:  # noqa: BLE001 - the last door: a bug is reported as one
        sys.stderr.write(safe_lines(traceback.format_exc()))
        code = complain(f"{error!r}. This is a bug in the program; please report the lines above", EXIT_BUG)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Exception) -> int:
    """Show what was wrong with the arguments, as typer itself would."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", EXIT_CONFIG)
    if show is None:
        raise error
    text = io.StringIO()
    show(text)
    sys.stderr.write(safe_lines(text.getvalue()))
    return int(code)


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    if not verbose:
        handler.addFilter(is_ours)
    logging.basicConfig(level=level, handlers=[handler])


app.command()(run.run)
app.command()(run.watch)
app.command()(reports.report)
app.command()(reports.explain)
app.command()(alerts.alerts)
app.add_typer(alerts.commands, name="alert")
app.add_typer(alerts.suppress_commands, name="suppress")
app.command()(alerts.forget)
app.add_typer(alerts.audit_commands, name="audit")
app.command()(source.sources)
app.add_typer(source.commands, name="source")
app.add_typer(config.commands, name="config")
watchlist.commands.command("notices")(notices.watchlist_notices)
app.add_typer(watchlist.commands, name="watchlist")
app.add_typer(novel.commands, name="novel")
app.command()(resolve.resolve)
app.command()(scan.scan)
app.command()(rescan.rescan)
app.add_typer(evidence.commands, name="evidence")
app.add_typer(notify.commands, name="notify")
