"""Slots for checks that run at the same time, so that slow sources never hold up the others.

A check takes an active slot. One that is not done after a few seconds (its server hangs, or wants long
pauses) steps aside and lets the next one begin: aside there is room for more, as waiting costs little.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

ACTIVE = 64  # checks that are at work
ASIDE = 192  # checks that have been at it for longer
PATIENCE = 3.0  # seconds


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
