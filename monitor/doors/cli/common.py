"""What all commands share: arguments, exit codes, and what comes from outside (the clock, the environment).

No other file of the command line reads the clock or the environment.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.config import Config

# 0: done, also when sources could not be read (they are listed as gaps). 1: failed. 2: wrong usage or
# configuration. 70: a bug (EX_SOFTWARE of sysexits.h). 130: stopped by Ctrl-C or SIGTERM (128 + SIGINT).
EXIT_FAILED, EXIT_CONFIG, EXIT_BUG, EXIT_STOPPED = 1, 2, 70, 130

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


def moment_of(written: str, before: datetime, option: str) -> datetime:
    """The moment that `--since` and the like mean: "7d" before, or an ISO date or time (UTC by default)."""
    from monitor.config.values import duration

    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            return before - timedelta(seconds=duration(written))
        except ValueError as error:
            raise typer.BadParameter(
                f"{option} {written}: write 7d, 24h, 2w or a day such as 2026-01-31"
            ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(written: str | None) -> date:
    """The day of `--at`, today without it."""
    try:
        return date.fromisoformat(written) if written else now().date()
    except ValueError as error:
        raise typer.BadParameter(f"--at {written}: write a day such as 2024-01-29") from error


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def complain(message: str, code: int) -> int:
    """Write what went wrong to standard error; returns the exit code."""
    sys.stderr.write(f"substance-monitor: {message}\n")
    return code


def say(*lines: str) -> None:
    """Write lines to standard output; what could drive a terminal in them is replaced."""
    from monitor.doors.terminal import safe

    for part in (part for line in lines for part in line.split("\n")):
        typer.echo(safe(part))
