"""Time zones as dates name them: an offset, an abbreviation, or a place of the tz database. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MOST = timedelta(hours=14)  # Kiribati, the farthest from UTC
_OFFSET = re.compile(r"(?:GMT|UTC?)?\s?([+\u2212-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
# Minutes east of UTC. Those of North America as in RFC 5322, 4.3. What stands for several zones is not here
# (IST: India, Israel, Ireland; AST: Atlantic, Arabia).
_MINUTES = {
    name: minutes
    for minutes, names in {
        -600: "HST",
        -540: "AKST",
        -480: "PST AKDT",
        -420: "MST PDT",
        -360: "CST MDT",
        -300: "EST CDT COT PET",
        -240: "EDT VET CLT",
        -180: "BRT ART CLST UYT",
        0: "Z UT UTC GMT WET",
        60: "CET MEZ MET WEST BST WAT",
        120: "CEST MESZ MEST EET CAT SAST",
        180: "EEST MSK TRT EAT",
        240: "MSD",
        300: "PKT",
        345: "NPT",
        420: "ICT WIB",
        480: "SGT HKT MYT PHT WITA AWST",
        540: "JST KST WIT",
        570: "ACST",
        600: "AEST",
        630: "ACDT",
        660: "AEDT",
        720: "NZST",
        780: "NZDT",
    }.items()
    for name in names.split()
}
_PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_PLACE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+){1,2}")
ZONE = re.compile(
    r"[(\[]?(?:(?:(?:GMT|UTC?|gmt|utc)\s?)?[+\u2212-]\d{1,2}(?::?\d{2})?(?!\d)"
    r"|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+){1,2}|(?:[A-Z]{1,5}|[a-z]{3,4}(?<=t|z)|z)\b)[)\]]?"
)
"""What may name a zone, after a time of day: to be read with `zone_at`."""


def zone_at(word: str, wall: datetime) -> tzinfo | None:
    """The fixed offset that `word` names at the time `wall` (naive, as written); None if it is not sure."""
    name = word.strip("()[] ")
    name = name.upper() if name.islower() else name
    match = _OFFSET.fullmatch(name)
    if match:
        return _offset(match[1], int(match[2]), int(match[3] or 0))
    if name in _MINUTES:
        return timezone(timedelta(minutes=_MINUTES[name]))
    place = _PLACES.get(name, name)
    if not _PLACE.fullmatch(place):
        return None
    try:
        offset = ZoneInfo(place).utcoffset(wall)
    except (OSError, ValueError, LookupError):
        return None
    return None if offset is None else timezone(offset)


def _offset(sign: str, hours: int, minutes: int) -> tzinfo | None:
    ahead = timedelta(hours=hours, minutes=minutes)
    if ahead > _MOST or minutes > 59:
        return None
    return timezone(ahead if sign == "+" else -ahead)
