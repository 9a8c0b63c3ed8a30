"""The commands `notify`: what waits in the outbox, a message to try a channel, and another try of all."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, counted, load, now, say
from monitor.errors import MonitorError

commands = typer.Typer(help="What the outbox sends to whom, and what waits in it.", no_args_is_help=True)


@commands.command()
def status(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show for each channel what was sent, what waits and what failed."""
    from monitor.queries.outbox import status_lines

    say(*status_lines(load(config), now()))


@commands.command("test")
def try_channel(
    channel: Annotated[str, typer.Argument(help="Name of a configured channel.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Send a message that says it is a test. Exit code 1 when it cannot be sent."""
    from monitor.queries.outbox import send_test

    said = send_test(load(config), channel, now)
    say(f"sent to {channel}" + (f": {said}" if said else ""))


@commands.command()
def retry(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let everything that failed or was given up go again, and send what is due."""
    from monitor.queries.outbox import retry_all

    count, result = retry_all(load(config), now)
    again = "1 delivery" if count == 1 else f"{count:,} deliveries"
    say(f"{again} to try again, {counted(result.sent, 'message')} sent")
    _end(result.held or "; ".join(result.troubles))


@commands.command()
def release(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let a restored database send what waits in it, and send what is due."""
    from monitor.queries.outbox import release_held

    result = release_held(load(config), now)
    say(f"{counted(result.sent, 'message')} sent")
    _end("; ".join(result.troubles))


def _end(trouble: str) -> None:
    if trouble:
        raise MonitorError(trouble)
