"""Which deliveries an alert or a source's turn makes, and when they are due. Pure; times are aware UTC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Severity


@dataclass(frozen=True, slots=True)
class DeliveryRule:
    """What goes to which channels, and when.

    `when` is "at-once", "hourly" or "HH:MM ZONE" (a digest a day); `quiet_hours` is "HH:MM-HH:MM ZONE" or "".
    `undecided_for` makes it an escalation: it goes only when nobody has decided for so long.
    """

    name: str
    channels: tuple[str, ...]
    severity: Severity = Severity.LOW
    substances: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    quiet_alerts: bool = False
    when: str = "at-once"
    quiet_hours: str = ""
    undecided_for: timedelta | None = None
    about_sources: bool = False


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What rules look at; `lists` are the ids of those that the substance stands on at the article's date."""

    substance: str
    severity: Severity
    lists: frozenset[str]
    source: str
    tags: frozenset[str]
    quiet: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One delivery to one channel. `kind` is alert, escalation, retraction or source; deliveries of one rule
    and channel that are for a `digest` go together."""

    channel: str
    rule: str
    kind: str
    due_at: datetime
    digest: bool = False


def plan_alert(alert: AlertFacts, rules: Sequence[DeliveryRule], now: datetime) -> tuple[Planned, ...]:
    """The deliveries of a new alert: one a channel and kind, by the earliest rule that fits."""
    planned: dict[tuple[str, str], Planned] = {}
    for rule in rules:
        if not _fits(rule, alert):
            continue
        for delivery in _deliveries(rule, "escalation" if rule.undecided_for else "alert", now):
            planned.setdefault((delivery.channel, delivery.kind), delivery)
    return tuple(planned.values())


def plan_source(source: str, rules: Sequence[DeliveryRule], now: datetime) -> tuple[Planned, ...]:
    """The deliveries of a source that turned bad, or is well again."""
    planned: dict[str, Planned] = {}
    for rule in rules:
        if rule.about_sources and (not rule.sources or source in rule.sources):
            for delivery in _deliveries(rule, "source", now):
                planned.setdefault(delivery.channel, delivery)
    return tuple(planned.values())


def _fits(rule: DeliveryRule, alert: AlertFacts) -> bool:
    return (
        alert.severity >= rule.severity
        and (rule.quiet_alerts or not alert.quiet)
        and (not rule.substances or alert.substance in rule.substances)
        and (not rule.lists or not alert.lists.isdisjoint(rule.lists))
        and (not rule.sources or alert.source in rule.sources)
        and (not rule.tags or not alert.tags.isdisjoint(rule.tags))
    )


def _deliveries(rule: DeliveryRule, kind: str, now: datetime) -> Iterator[Planned]:
    begin = now + (rule.undecided_for or timedelta())
    due = after_quiet_hours(next_digest(begin, rule.when), rule.quiet_hours)
    for channel in rule.channels:
        yield Planned(channel, rule.name, kind, due, digest=rule.when != "at-once")


def next_digest(now: datetime, when: str) -> datetime:
    """The moment at or after `now` that `when` means: `now` itself, the next full hour, or a time of day.

    A time that the clocks leave out when they go forward comes an hour later that day (PEP 495).
    """
    if when == "at-once":
        return now
    if when == "hourly":
        hour = now.replace(minute=0, second=0, microsecond=0)
        return hour if hour == now else hour + timedelta(hours=1)
    clock, zone_name = when.split(" ")
    return _next_time(now, time.fromisoformat(clock), ZoneInfo(zone_name))


def after_quiet_hours(moment: datetime, hours: str) -> datetime:
    """`moment`, or the end of the quiet hours that it falls into; their beginning belongs to them."""
    if not hours:
        return moment
    span, zone_name = hours.split(" ")
    begin, end = (time.fromisoformat(part) for part in span.split("-"))
    zone = ZoneInfo(zone_name)
    local = moment.astimezone(zone).time()
    inside = begin <= local < end if begin < end else (local >= begin or local < end)
    return _next_time(moment, end, zone) if inside and begin != end else moment


def _next_time(now: datetime, clock: time, zone: ZoneInfo) -> datetime:
    day = now.astimezone(zone).date()
    for ahead in range(3):
        moment = datetime.combine(day + timedelta(days=ahead), clock, zone).astimezone(UTC)
        if moment >= now:
            return moment
    raise AssertionError("a time of day comes within two days")
