"""The small languages inside config.yaml: durations, sizes, cron lines, hosts, addresses. Pure.

Every function takes the value as written, returns the meaning, and raises ValueError("message; fix").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from monitor.model import Severity

_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?([smhdw])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kKMG]?)i?B")
_BYTES = {"": 1, "k": 1000, "K": 1000, "M": 1000**2, "G": 1000**3}
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

DURATION_PATTERN = r"^\d+(\.\d+)? ?[smhdw]$"
SIZE_PATTERN = r"^\d+(\.\d+)? ?[kKMG]?i?B$"


def suggestion(word: str, known: Iterable[str]) -> str:
    """ "did you mean X?" when one of `known` is near, else the known ones themselves."""
    known = sorted(known)
    near = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    shown = ", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
    return f"possible here: {shown}" if shown else ""


def yaml_number(text: str) -> int | float:
    """A YAML 1.2 number as Python's; "010" is ten, as YAML 1.2 has it."""
    plain = text.replace("_", "").lower()
    try:
        return int(plain, 0) if not plain.lstrip("+-").isdigit() else int(plain)
    except ValueError:
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))


def duration(value: object) -> float:
    """ "90s", "15m", "6h", "7d", "2w" in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write {value}s, {value}m, {value}h or {value}d")
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("this is no length of time; write it like 90s, 15m, 6h, 1d or 2w")
    seconds = float(match.group(1)) * _SECONDS[match.group(2)]
    if seconds > 10 * 366 * 86400:
        raise ValueError("this is longer than ten years; write a shorter time, or leave the key out")
    return seconds


def spell_duration(seconds: float) -> str:
    """The shortest way to write a duration: 3600.0 is "1h"."""
    unit = next((u for u in "dhm" if seconds and seconds % _SECONDS[u] == 0), "s")
    return f"{seconds / _SECONDS[unit]:g}{unit}"


def spell_size(count: int) -> str:
    """The shortest way to write a size: 10000000 is "10MB"."""
    unit = next((u for u in "GMk" if count % _BYTES[u] == 0), "")
    return f"{count // _BYTES[unit]}{unit}B"


def interval(value: object) -> float:
    """A duration between two checks of a source: at least one second."""
    seconds = duration(value)
    if seconds < 1:
        raise ValueError("a source cannot be checked more often than every second; write every: 15m")
    return seconds


def interval_or_off(value: object) -> float | None:
    """A duration between two synchronisations, at least an hour; None for "off"."""
    if value == "off" or value is None:
        return None
    seconds = duration(value)
    if seconds < 3600:
        raise ValueError("what is asked for changes slowly; write every: 7d, at least 1h, or off")
    return seconds


def size(value: object) -> int:
    """ "10MB", "500 kB" in bytes (1 kB = 1000 bytes)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write {value}MB, {value}kB or {value}B")
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("this is no size; write it like 500kB, 10MB or 1GB")
    count = int(float(match.group(1)) * _BYTES[match.group(2)])
    if count < 1:
        raise ValueError("nothing fits into no bytes; write it like 10MB")
    return count


def severity(value: object) -> Severity:
    """One of low, medium, high, critical."""
    names = [level.label for level in Severity]
    if isinstance(value, Severity):
        return value
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"a severity is one of {', '.join(names)}; {suggestion(str(value), names)}")
    return Severity[value.upper()]


def text(value: str) -> str:
    """A text that says something, on one line."""
    cleaned = value.strip()
    if not cleaned:
        raise ValueError("this is empty; write a text, or leave the key out")
    if any(ord(char) < 32 or ord(char) == 127 for char in cleaned):
        raise ValueError("this holds a line break or a control character; write it on one line")
    return cleaned


def variable(value: str) -> str:
    """The name of an environment variable, not its value."""
    value = text(value)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("this is no name of a variable; write the name, never the password itself")
    return value


def slug(value: str) -> str:
    """A name as it stands in an address: lower case, digits and hyphens."""
    value = text(value)
    if not re.fullmatch(r"[a-z0-9-]+", value):
        raise ValueError(
            f"{value} is not as addresses write it; write drug-enforcement-administration or the like"
        )
    return value


def web_address(value: str) -> str:
    """An http or https address with a host, and without a password in it."""
    value = text(value)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"this is no web address ({error}); write https://host/path") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("this is no web address; write https://host/path")
    if parts.username or parts.password:
        raise ValueError("a user name or password in an address ends up in logs; remove it")
    if re.search(r"\s", value):
        raise ValueError("a web address has no spaces; write %20 for each")
    return value


def pattern(value: str) -> str:
    """A regular expression."""
    value = text(value)
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is no regular expression ({error}); write \\ before . ? + ( [") from error
    return value


def host(value: str) -> str:
    """ "host", "host:port", "10.0.0.7:8080" or "[::1]:8080"; in lower case."""
    value = text(value).lower()
    fix = "write host or host:port, as in 127.0.0.1:8080 or [::1]:8080"
    if "/" in value or "@" in value or "*" in value:
        raise ValueError(f"only a host belongs here, no scheme, path or wildcard; {fix}")
    if value.startswith("["):
        name, bracket, port = value[1:].partition("]")
        port = port[1:] if bracket and port.startswith(":") else ("bad" if port or not bracket else "")
        valid = _is_ipv6(name)
    elif value.count(":") > 1:
        name, port, valid = value, "", _is_ipv6(value)
        fix = "write an IPv6 address with a port in brackets, as in [::1]:8080"
    else:
        name, colon, port = value.partition(":")
        port = port or ("bad" if colon else "")
        valid = len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.rstrip(".").split("."))
    if not valid:
        raise ValueError(f"{name or value} is no host name or address; {fix}")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"the port must be a number from 1 to 65535; {fix}")
    return value


def _is_ipv6(name: str) -> bool:
    try:
        IPv6Address(name)
    except ValueError:
        return False
    return True


def database_url(value: str) -> str:
    """A SQLAlchemy address of SQLite or PostgreSQL."""
    value = text(value)
    scheme = value.partition(":")[0]
    if scheme in ("postgresql", "postgresql+psycopg"):
        if not re.match(r"postgresql(\+psycopg)?://", value):
            raise ValueError("the address is cut short; write postgresql://user@host/name")
        _check_authority(value.partition("://")[2])
        return value
    if scheme == "postgres":
        raise ValueError("the address must begin with postgresql://; write postgresql://user@host/name")
    if scheme != "sqlite":
        raise ValueError("only SQLite and PostgreSQL are supported; write sqlite:///monitor.db")
    if not re.fullmatch(r"sqlite://(/.+)?", value):
        raise ValueError("a SQLite address has three slashes before the file; write sqlite:///monitor.db")
    return value


def _check_authority(rest: str) -> None:
    """Refuse what would be taken for a part of the host; messages repeat nothing of it (RFC 3986, 3.2)."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if rest.count("@") > 1 or ("@" in rest and "@" not in authority):
        raise ValueError(
            "its user name or password holds a character that ends it; "
            "write %40 for @, %2F for /, %3F for ?, %23 for #, %3A for :, %25 for %"
        )
    place = authority.rpartition("@")[2]
    port = place.rpartition("]")[2].partition(":")[2] if "]" in place else place.partition(":")[2]
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError("the port is no number from 1 to 65535; write postgresql://user@host:5432/name")


# --- cron -------------------------------------------------------------------------------------------


def cron(value: str) -> str:
    """Check a five-field cron line and return it with days of the week as names.

    Names, because the number 0 is Sunday to cron and Monday to APScheduler. A line that can never come
    true (31 February) is refused, and so is one that restricts both kinds of day: crons disagree whether
    that means "and" or "or".
    """
    fields = text(value).lower().split()
    if len(fields) != 5:
        fix = 'write minute hour day month weekday, as in "0 6 * * *"'
        raise ValueError(f"a cron line has five fields, this has {len(fields)}; {fix}")
    minute, hour, day, month, weekday = fields
    _cron_field(minute, "minute", 0, 59)
    _cron_field(hour, "hour", 0, 23)
    days = _cron_field(day, "day of the month", 1, 31)
    months = _cron_field(month, "month", 1, 12, _MONTHS, 1)
    weekdays = {number % 7 for number in _cron_field(weekday, "day of the week", 0, 7, _DAYS, 0)}
    if len(days) < 31 and len(weekdays) < 7:
        raise ValueError("day of the month and day of the week cannot be combined; set one of them to *")
    if min(days) > max(_DAYS_IN_MONTH[number - 1] for number in months):
        raise ValueError(
            f"there is no day {min(days)} in the months given, so this never runs; correct the day"
        )
    names = "*" if len(weekdays) == 7 else ",".join(_DAYS[number] for number in sorted(weekdays))
    try:
        return _accepted((minute, hour, day, month, names))
    except ValueError:  # "50/15" is minute 50 to cron, and nothing to APScheduler
        minute = _plain(_cron_field(minute, "minute", 0, 59), 0, 59)
        hour = _plain(_cron_field(hour, "hour", 0, 23), 0, 23)
        return _accepted((minute, hour, _plain(days, 1, 31), _plain(months, 1, 12), names))


def _plain(numbers: set[int], low: int, high: int) -> str:
    """A field as its numbers."""
    return "*" if len(numbers) > high - low else ",".join(map(str, sorted(numbers)))


def _accepted(fields: tuple[str, ...]) -> str:
    """The line, once APScheduler, which will run it, has named its next three times."""
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = fields
    trigger = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
    before, moment = None, datetime(2024, 1, 1, tzinfo=UTC)  # a leap year: 29 February comes, too
    for _ in range(3):
        before = trigger.get_next_fire_time(before, moment)
        if before is None:
            raise ValueError("this never runs; correct the day or the month")
        moment = before + timedelta(seconds=1)
    return " ".join(fields)


def _cron_field(
    written: str, what: str, low: int, high: int, names: tuple[str, ...] = (), first: int = 0
) -> set[int]:
    """The numbers that one field of a cron line stands for; `names[0]` stands for `first`."""
    numbers: set[int] = set()
    for part in written.split(","):
        span, slash, step_text = part.partition("/")
        step = int(step_text) if step_text.isascii() and step_text.isdigit() else 0
        if slash and not 0 < step <= high:
            raise ValueError(f"the step /{step_text} of the {what} makes no sense; write */15 or the like")
        start_text, dash, stop_text = span.partition("-")
        if span == "*":
            start, stop = low, high
        else:
            start = _cron_number(start_text, what, low, high, names, first)
            stop = _cron_number(stop_text, what, low, high, names, first) if dash else start
            stop = high if slash and not dash else stop
        if stop < start:
            raise ValueError(
                f"the range {span} of the {what} runs backwards; write two ranges, as in 22-23,0-2"
            )
        numbers.update(range(start, stop + 1, step or 1))
    return numbers


def _cron_number(written: str, what: str, low: int, high: int, names: tuple[str, ...], first: int) -> int:
    if written in names:
        return names.index(written) + first
    if not (written.isascii() and written.isdigit()) or not low <= int(written) <= high:
        also = f", or {names[0]} to {names[-1]}" if names else ""
        raise ValueError(f"{written or 'nothing'} is no {what}; write a number from {low} to {high}{also}")
    return int(written)
