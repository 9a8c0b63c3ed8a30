"""The reservation of text and data mining (TDMRep): a page's own, and that of the site for its paths. No I/O.

https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import SourceError
from monitor.ingest.decode import decode
from monitor.ingest.origins import Ask, Origins, file_address
from monitor.ingest.request import Response

_MOST_RULES = 1_000
_META = re.compile(r"<meta\b[^>]*\btdm-reservation\b[^>]*>", re.IGNORECASE)
_ON = re.compile(r"""\bcontent\s*=\s*["']?\s*1\b""", re.IGNORECASE)
_WITHIN = 262_144  # bytes of a page that are looked through

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


class Reservations:
    """The tdmrep.json files met so far; each is asked for once and kept for a day.

    One that cannot be read reserves nothing: unlike robots.txt, the protocol does not ask for more.
    """

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        self._files: Origins[Rules] = Origins(ask, read_rules, clock)

    async def check(self, url: str) -> None:
        """Raise SourceError (blocked, permanent) for an address that the site reserves."""
        place = reservation_address(url)
        rules = (await self._files.at(place)).rules
        if rules and is_reserved(url, rules):
            message = f"{url} was not asked: {place} reserves text and data mining of it"
            raise SourceError(message, permanent=True, outcome="blocked")


def reservation_address(url: str) -> str:
    """The address of the tdmrep.json that speaks for `url`."""
    return file_address(url, "/.well-known/tdmrep.json")


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
