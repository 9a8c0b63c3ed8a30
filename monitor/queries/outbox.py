"""The outbox for people: what was sent, what waits, a test of a channel, another try of all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.pipeline.deliver import HELD, Courier, DeliveryResult, SentMark
from monitor.pipeline.prepare import load_watchlist
from monitor.queries.database import open_database

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Store

STATES = ("sent", "waiting", "failed", "given-up", "not-needed")


def status_lines(config: Config, now: datetime) -> list[str]:
    """For each channel, configured or of before, the deliveries by state; then the newest troubles."""
    channels: dict[str, str] = {entry.name: entry.kind for entry in config.notify.channels}
    with open_database(config, now) as store:
        counts, troubles = store.outbox.counts(), store.outbox.troubles()
        mark = SentMark.beside(config)
        held = mark is not None and mark.is_ahead_of(store.outbox.sent())
    for channel, _ in counts:
        channels.setdefault(channel, "no longer configured")
    if not channels:
        return ["No channels are configured: see `notify:` in docs/notify.md."]
    lines = [HELD, ""] if held else []
    for name, kind in channels.items():
        numbers = [f"{counts[name, state]:,} {state}" for state in STATES if counts.get((name, state))]
        lines.append(f"{name} ({kind}): {', '.join(numbers) or 'nothing yet'}")
    for channel, state, attempts, message, due_at in troubles:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        again = f", next at {due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if state == "waiting" else ""
        lines.append(f"  {channel}: {state} after {tries}{again}: {message}")
    return lines


def send_test(config: Config, channel: str, clock: Callable[[], datetime]) -> str:
    """Send a test message; what the channel said. Raises DeliveryError."""
    with open_database(config, clock()) as store:
        return _courier(config, store, clock).test(channel, clock())


def retry_all(config: Config, clock: Callable[[], datetime]) -> tuple[int, DeliveryResult]:
    """Let failed deliveries go again: how many there are, and what became of what is due."""
    with open_database(config, clock()) as store:
        count = store.outbox.retry(clock())
        return count, _courier(config, store, clock).deliver()


def release_held(config: Config, clock: Callable[[], datetime]) -> DeliveryResult:
    """Let a database that is older than what was sent from it send all the same."""
    with open_database(config, clock()) as store:
        courier = _courier(config, store, clock)
        courier.release()
        return courier.deliver()


def _courier(config: Config, store: Store, clock: Callable[[], datetime]) -> Courier:
    return Courier(config, store, clock, lambda: store.watchlist() or load_watchlist(config))
