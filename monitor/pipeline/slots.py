"""Slots for checks that run at the same time, so that slow sources never hold up the others.

A check takes an active slot. One that is not done after a few seconds (its server hangs, or wants long
pauses) steps aside and lets the next one begin: aside there is room for more, as waiting costs little. Where
the system allows few open files there are fewer of both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

ACTIVE = 64  # checks that are at work
ASIDE = 192  # checks that have been at it for longer
PATIENCE = 3.0  # seconds
FILES_OF_A_CHECK = 2  # a connection, and a name being looked up or a file being read
OTHER_FILES = 40  # the database, the pipes of processes, archives, what Python itself has open


def slots_within(files: int) -> tuple[int, int]:
    """How many checks may be at work and aside where a process may have so many files open; one at least."""
    both = max(2, min(ACTIVE + ASIDE, (files - OTHER_FILES) // FILES_OF_A_CHECK))
    active = max(1, both * ACTIVE // (ACTIVE + ASIDE))
    return active, both - active


def open_files() -> int:
    """How many files this process may have open, as far as the system says so."""
    try:
        import resource
    except ImportError:  # not on this system
        return 512
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft


class Slots:
    """Use `async with slots.take():` around a check. Belongs to one event loop."""

    def __init__(self, active: int = ACTIVE, aside: int = ASIDE, patience: float = PATIENCE) -> None:
        self._active, self._aside = asyncio.Semaphore(active), asyncio.Semaphore(aside)
        self._patience = patience

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it."""
        await self._active.acquire()
        held = [self._active]
        moving = asyncio.create_task(self._step_aside(held))
        try:
            yield
        finally:
            moving.cancel()
            with suppress(asyncio.CancelledError):
                await moving
            held[0].release()

    async def _step_aside(self, held: list[asyncio.Semaphore]) -> None:
        await asyncio.sleep(self._patience)
        await self._aside.acquire()
        held[0] = self._aside
        self._active.release()
