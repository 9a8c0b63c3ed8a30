"""What all commands share: arguments, exit codes, and what comes from outside (the clock, the environment).

No other file of the command line reads the clock or the environment.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.errors import MonitorError

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


def write_beside(out: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then put there. Raises MonitorError."""
    import tempfile

    beside = None
    try:
        if out.exists() and not out.is_file():  # /dev/stdout, a pipe
            out.write_bytes(content)
            return
        with tempfile.NamedTemporaryFile(
            dir=out.parent, prefix=f".{out.name}.", suffix=".part", delete=False
        ) as file:
            beside = Path(file.name)
            file.write(content)
        mode = out.stat().st_mode & 0o777 if out.exists() else 0o666 & ~_umask()
        beside.chmod(mode)
        beside.replace(out)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise MonitorError(f"{out} could not be written: {error.strerror}; choose another --out") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
