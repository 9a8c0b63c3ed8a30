"""What a site asks of programs in its robots.txt (RFC 9309). No I/O here.

robots.txt rules over pages that are found by a link. An address that a person wrote into the configuration is
asked as that person's request, as a browser or a feed reader would.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.errors import SourceError
from monitor.ingest.origins import Ask, Origins, file_address

if TYPE_CHECKING:
    from protego import Protego

ROBOTS_MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are to be parsed; the rest is left out
LONGEST_DELAY = 30.0  # seconds; a longer Crawl-delay would keep a source of a few pages busy for hours
_HOST_TROUBLE = ("timeout", "unreachable", "refused")


class Robots:
    """The robots.txt files met so far; each is asked for once and kept for a day.

    `agent` is the User-Agent header, `clock` gives monotonic seconds.
    """

    def __init__(self, agent: str, ask: Ask, clock: Callable[[], float]) -> None:
        self._agent = agent.partition(" (+")[0]  # the contact's address is no name of ours
        self._files: Origins[Protego] = Origins(ask, _read, clock)

    async def check(self, url: str) -> float:
        """Return the seconds that the site wants between two requests (0 if it says nothing, 30 at most).

        Raises SourceError: blocked (permanent) when robots.txt forbids `url`; passing while robots.txt cannot
        be read, with the outcome of the host's own trouble, else blocked.
        """
        place = robots_address(url)
        origin = await self._files.at(place)
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


def robots_address(url: str) -> str:
    """The address of the robots.txt that rules over `url`."""
    return file_address(url, "/robots.txt")


def _read(text: str) -> Protego:
    from protego import Protego

    return Protego.parse(text)


def _unread(url: str, place: str, error: SourceError) -> SourceError:
    outcome = error.outcome if error.outcome in _HOST_TROUBLE else "blocked"
    message = f"{url} was not asked: {place} could not be read ({error})"
    return SourceError(message, outcome=outcome, retry_after=error.retry_after)
