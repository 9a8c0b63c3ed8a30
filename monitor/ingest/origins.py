"""What sites declare about themselves in one file, each asked for once and kept for a day. No I/O here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import SourceError

KEPT = 24 * 3600.0  # seconds; RFC 9309, 2.4: no longer than a day
KEPT_FAILURE = 15 * 60.0  # seconds after which a file that could not be had is asked for again
_IDLE_ORIGINS = 5_000

Rules = TypeVar("Rules")
Ask = Callable[[str], Awaitable[str | None]]
"""Fetches such a file: its text, None where there is none (4xx). Raises SourceError."""


@dataclass(slots=True)
class Origin(Generic[Rules]):
    """What is known of one scheme, host and port: what its file declares, or why it could not be read."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = float("-inf")
    rules: Rules | None = None
    trouble: SourceError | None = None


class Origins(Generic[Rules]):
    """The files of one kind met so far. `read` makes rules of a text; `clock`: monotonic seconds."""

    def __init__(self, ask: Ask, read: Callable[[str], Rules], clock: Callable[[], float]) -> None:
        self._ask, self._read, self._clock = ask, read, clock
        self._known: dict[str, Origin[Rules]] = {}

    async def at(self, place: str) -> Origin[Rules]:
        """What the file at the address `place` declares, asked for when that is not known or too old."""
        origin = self._origin(place)
        async with origin.turn:
            if origin.until <= self._clock():
                await self._load(origin, place)
        return origin

    async def _load(self, origin: Origin[Rules], place: str) -> None:
        origin.rules = origin.trouble = None
        try:
            text = await self._ask(place)
        except SourceError as error:
            origin.trouble = error
            origin.until = (
                self._clock() + KEPT_FAILURE
            )  # whatever it asked for: one file must not close a site
            return
        origin.rules = None if text is None else self._read(text)
        origin.until = self._clock() + KEPT

    def _origin(self, place: str) -> Origin[Rules]:
        if len(self._known) > _IDLE_ORIGINS:
            now = self._clock()
            self._known = {
                name: origin
                for name, origin in self._known.items()
                if origin.turn.locked() or origin.until > now
            }
        return self._known.setdefault(place, Origin())


def file_address(url: str, path: str) -> str:
    """The address of the file `path` of the site of `url`."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))
