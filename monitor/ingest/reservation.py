"""The reservation of text and data mining (TDMRep): a page's own, and that of the site for its paths. No I/O.

https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import SourceError
from monitor.ingest.decode import decode
from monitor.ingest.request import Response

KEPT = 24 * 3600.0  # seconds, as for robots.txt
KEPT_FAILURE = 15 * 60.0
_IDLE_ORIGINS = 5_000
_MOST_RULES = 1_000
_META = re.compile(r"<meta\b[^>]*\btdm-reservation\b[^>]*>", re.IGNORECASE)
_ON = re.compile(r"""\bcontent\s*=\s*["']?\s*1\b""", re.IGNORECASE)
_WITHIN = 262_144  # bytes of a page that are looked through

Ask = Callable[[str], Awaitable[str | None]]
"""Fetches a tdmrep.json: its text, None where there is none (4xx). Raises SourceError."""

Rules = tuple[tuple[str, bool], ...]
"""Patterns of paths, each with whether it is reserved."""


def check_reservation(response: Response) -> None:
    """Raise SourceError (blocked, permanent) for a page whose publisher reserves text and data mining.

    Read are the header and the meta element.
    """
    reserved = response.headers.get("tdm-reservation", "").strip() == "1"
    if not reserved and b"tdm-reservation" in response.body[:_WITHIN].lower():
        metas = _META.findall(decode(response.body[:_WITHIN], [response.charset]))
        reserved = any(map(_ON.search, metas))
    if reserved:
        message = f"{response.url} reserves text and data mining (tdm-reservation); its text was not used"
        raise SourceError(message, permanent=True, outcome="blocked")


@dataclass(slots=True)
class _Origin:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = float("-inf")
    rules: Rules = ()


class Reservations:
    """The tdmrep.json files met so far; each is asked for once and kept for a day.

    One that cannot be read reserves nothing: unlike robots.txt, the protocol does not ask for more.
    """

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        self._ask, self._clock = ask, clock
        self._origins: dict[str, _Origin] = {}

    async def check(self, url: str) -> None:
        """Raise SourceError (blocked, permanent) for an address that the site reserves."""
        place = reservation_address(url)
        origin = self._origin(place)
        async with origin.turn:
            if origin.until <= self._clock():
                try:
                    origin.rules = read_rules(await self._ask(place) or "")
                    origin.until = self._clock() + KEPT
                except SourceError:
                    origin.rules, origin.until = (), self._clock() + KEPT_FAILURE
        if is_reserved(url, origin.rules):
            message = f"{url} was not asked: {place} reserves text and data mining of it"
            raise SourceError(message, permanent=True, outcome="blocked")

    def _origin(self, place: str) -> _Origin:
        if len(self._origins) > _IDLE_ORIGINS:
            now = self._clock()
            self._origins = {
                name: origin
                for name, origin in self._origins.items()
                if origin.turn.locked() or origin.until > now
            }
        return self._origins.setdefault(place, _Origin())


def reservation_address(url: str) -> str:
    """The address of the tdmrep.json that speaks for `url`."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.lower(), "/.well-known/tdmrep.json", "", ""))


def read_rules(text: str) -> Rules:
    """The rules of a tdmrep.json; none of what is something else (many sites answer with a page)."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(written, list):
        return ()
    rules = []
    for rule in written[:_MOST_RULES]:
        location = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(location, str) and location:
            rules.append((location, rule.get("tdm-reservation") in (1, "1")))
    return tuple(rules)


def is_reserved(url: str, rules: Rules) -> bool:
    """Does the first rule that fits, or the most specific one, reserve the address?

    Readers disagree which of several rules counts; where these two differ, the reservation does.
    """
    parts = urlsplit(url)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    fitting = [(location, reserved) for location, reserved in rules if fits(location, path)]
    return bool(fitting) and (fitting[0][1] or max(fitting, key=lambda rule: len(rule[0]))[1])


def fits(pattern: str, path: str) -> bool:
    """Match a path as robots.txt does (RFC 9309, 2.2.3): a beginning, `*` for anything, `$` for the end."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    for number, part in enumerate(rest, 1):
        if anchored and number == len(rest):
            return path.endswith(part) and len(path) - len(part) >= place
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return not anchored or place == len(path)
