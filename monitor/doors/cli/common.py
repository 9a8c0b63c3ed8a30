"""What all commands share: arguments, exit codes, and what comes from outside (the clock, the environment).

No other file of the command line reads the clock or the environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.safe_text import safe_lines

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Severity

# 0: done, also when sources could not be read (they are listed as gaps). 1: failed. 2: wrong usage or
# configuration. 3: `run --exit-code`, and there are new alerts. 70: a bug (EX_SOFTWARE of sysexits.h). 130:
# stopped by Ctrl-C or SIGTERM (128 + SIGINT).
EXIT_FAILED, EXIT_CONFIG, EXIT_ALERTS, EXIT_BUG, EXIT_STOPPED = 1, 2, 3, 70, 130

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="FILE")]
OptionalConfigPath = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Its watchlists; without it all shipped lists.", metavar="FILE"),
]
DEFAULT_CONFIG = Path("config.yaml")


def now() -> datetime:
    return datetime.now(UTC)


def cache_folder() -> Path | None:
    """Where prepared lexicons are kept; None when there is no home to keep them in."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base:
        return Path(base) / "substance-monitor"
    try:
        return Path.home() / ".cache" / "substance-monitor"
    except RuntimeError:
        return None


def suggester(config: Path) -> Callable[[str], str]:
    """What turns "explain 1" into a command that works as it is typed.

    After `make run` the program is in a folder that no PATH names; another configuration goes along.
    """
    import shlex
    import shutil

    program = Path(sys.argv[0])
    words = ["substance-monitor"]
    if program.name == "__main__.py":
        words = [sys.executable, "-m", "monitor"]
    elif program.is_file() and shutil.which(program.name) != str(program.absolute()):
        words = [os.path.relpath(program) if program.absolute().is_relative_to(Path.cwd()) else str(program)]
    more = [] if config == DEFAULT_CONFIG else ["--config", str(config)]
    return lambda command: " ".join(filter(None, (shlex.join(words), command, shlex.join(more))))


def terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((110, 24)).columns if sys.stdout.isatty() else 110


def load(path: Path) -> Config:
    from monitor.config import load_config
    from monitor.pipeline.prepare import shipped_lists

    return load_config(path, os.environ, list_ids=shipped_lists())


def load_or_shipped(path: Path | None) -> Config | None:
    """The configuration named, else config.yaml where there is one, else None for the shipped lists."""
    if path is None and not DEFAULT_CONFIG.exists():
        return None
    return load(path or DEFAULT_CONFIG)


def day_of(written: str | None, option: str = "--at") -> date:
    """The day of an option, today without it."""
    try:
        return date.fromisoformat(written) if written else now().date()
    except ValueError as error:
        raise typer.BadParameter(f"{option} {written}: write a day such as 2024-01-29") from error


def severity_of(written: str | None) -> Severity | None:
    """The severity of an option; None where it is not given."""
    from monitor.model import Severity

    if written is None:
        return None
    try:
        return Severity[written.upper()]
    except KeyError:
        names = ", ".join(level.label for level in Severity)
        raise typer.BadParameter(f"“{written}” is no severity: choose one of {names}") from None


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def complain(message: str, code: int) -> int:
    """Write what went wrong to standard error; returns the exit code."""
    sys.stderr.write(f"substance-monitor: {safe_lines(message)}\n")
    return code


def say_aside(line: str) -> None:
    """Write a line to standard error: standard output is for what was asked for."""
    sys.stderr.write(f"{safe_lines(line)}\n")


def say(*lines: str) -> None:
    """Write lines to standard output; what could drive a terminal in them is replaced."""
    for line in lines:
        typer.echo(safe_lines(line))
