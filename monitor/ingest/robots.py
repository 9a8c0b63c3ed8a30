"""What a site asks of programs in its robots.txt (RFC 9309). No I/O here.

robots.txt rules over pages that are found by a link. An address that a person wrote into the configuration is
asked as that person's request, as a browser or a feed reader would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import SourceError

if TYPE_CHECKING:
    from protego import Protego

ROBOTS_MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are to be parsed; the rest is left out
KEPT = 24 * 3600.0  # seconds; RFC 9309, 2.4: no longer than a day
KEPT_FAILURE = 15 * 60.0  # seconds after which a robots.txt that could not be had is asked for again
LONGEST_DELAY = 30.0  # seconds; a longer Crawl-delay would keep a source of a few pages busy for hours
_IDLE_ORIGINS = 5_000
_HOST_TROUBLE = ("timeout", "unreachable", "refused")

Ask = Callable[[str], Awaitable[str | None]]
"""Fetches a robots.txt: its text, None where there is none (4xx). Raises SourceError."""


@dataclass(slots=True)
class _Origin:
    """What is known of one scheme, host and port."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = float("-inf")
    rules: Protego | None = None
    trouble: SourceError | None = None


class Robots:
    """The robots.txt files met so far; each is asked for once and kept for a day.

    `agent` is the User-Agent header, `clock` gives monotonic seconds.
    """

    def __init__(self, agent: str, ask: Ask, clock: Callable[[], float]) -> None:
        self._agent = agent.partition(" (+")[0]  # the contact's address is no name of ours
        self._ask, self._clock = ask, clock
        self._origins: dict[str, _Origin] = {}

    async def check(self, url: str) -> float:
        """Return the seconds that the site wants between two requests (0 if it says nothing, 30 at most).

        Raises SourceError: blocked (permanent) when robots.txt forbids `url`; passing while robots.txt cannot
        be read, with the outcome of the host's own trouble, else blocked.
        """
        place = robots_address(url)
        origin = self._origin(place)
        async with origin.turn:
            if origin.until <= self._clock():
                await self._load(origin, place)
        if origin.trouble is not None:
            raise _unread(url, place, origin.trouble)
        if origin.rules is None:
            return 0.0
        if not origin.rules.can_fetch(url, self._agent):
            raise SourceError(
                f"{url} was not asked: {place} does not allow it", permanent=True, outcome="blocked"
            )
        delay = origin.rules.crawl_delay(self._agent) or 0.0
        return min(delay, LONGEST_DELAY) if delay > 0 else 0.0

    async def _load(self, origin: _Origin, place: str) -> None:
        from protego import Protego

        origin.rules = origin.trouble = None
        try:
            text = await self._ask(place)
        except SourceError as error:
            origin.trouble = error
            origin.until = self._clock() + max(KEPT_FAILURE, error.retry_after or 0.0)
            return
        origin.rules = None if text is None else Protego.parse(text)
        origin.until = self._clock() + KEPT

    def _origin(self, place: str) -> _Origin:
        if len(self._origins) > _IDLE_ORIGINS:
            now = self._clock()
            self._origins = {
                name: origin
                for name, origin in self._origins.items()
                if origin.turn.locked() or origin.until > now
            }
        return self._origins.setdefault(place, _Origin())


def robots_address(url: str) -> str:
    """The address of the robots.txt that rules over `url`."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.lower(), "/robots.txt", "", ""))


def _unread(url: str, place: str, error: SourceError) -> SourceError:
    outcome = error.outcome if error.outcome in _HOST_TROUBLE else "blocked"
    message = f"{url} was not asked: {place} could not be read ({error})"
    return SourceError(message, outcome=outcome, retry_after=error.retry_after)
