"""Every source with its health, and whether the scheduler lives: the command `sources`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.pipeline.lists import ListAge, read_ages
from monitor.pipeline.structures import lacking, lacking_in_words
from monitor.pipeline.timing import HEARTBEAT, HEARTBEAT_SECONDS, STOPPED
from monitor.queries.database import minute, open_database

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.config import Config


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source at a glance; times are UTC texts to the minute, or ""."""

    name: str
    kind: str
    rhythm: str
    health: str
    last: str
    next: str
    articles: int
    alerts: int
    message: str
    failures: int = 0
    names: str = ""  # of a watched page: how many names are there, gone, not known
    outcome: str = ""  # of the last check
    last_ok: str = ""
    gaps: int = 0  # what of it could not be read so far

    @property
    def health_shown(self) -> str:
        """The health in one word; of a failing source, how it fails."""
        return self.outcome if self.health == "failing" and self.outcome else self.health


def not_read_since(lines: Iterable[SourceLine], moment: datetime) -> list[str]:
    """Names of the sources that were not read since that moment, or never."""
    written = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return [line.name for line in lines if line.last_ok < written]


def source_lines(config: Config, now: datetime) -> tuple[list[SourceLine], str]:
    """Every configured source with its health, and a line about the scheduler's last sign of life."""
    from sqlalchemy import text

    with open_database(config, now) as store:
        with store.engine_readonly().connect() as connection:
            rows = connection.execute(text("SELECT * FROM v_source_health")).mappings()
            known = {str(row["source"]): dict(row) for row in rows}
            names = _names_on_pages(connection)
        beats = store.heartbeats()
        watchlist = store.watchlist()
        ages = read_ages(watchlist, store, now.date()) if watchlist else []
    lines = []
    for source in config.to_sources():
        row = known.get(source.name, {})
        rhythm = f"cron {source.cron}" if source.cron else f"every {_span(source.every or 0)}"
        lines.append(
            SourceLine(
                source.name,
                source.kind,
                rhythm,
                str(row.get("health") or "never checked"),
                minute(row.get("last_check_at")),
                minute(row.get("next_check_at")),
                _count(row.get("articles")),
                _count(row.get("alerts")),
                str(row.get("last_message") or ""),
                _count(row.get("failures")),
                names.get(source.name, ""),
                str(row.get("last_outcome") or ""),
                minute(row.get("last_ok_at")),
                _count(row.get("open_gaps")),
            )
        )
    beside = (_beat_line(beats, now), lacking_in_words(lacking(config)), _old_lists(ages))
    return lines, " ".join(filter(None, beside))


def _old_lists(ages: Sequence[ListAge]) -> str:
    """Say how many lists are old: what has changed since then is not known."""
    old = [age for age in ages if age.stale]
    if not old:
        return ""
    oldest = min(old, key=lambda age: age.complete_to)
    many = "1 list is old" if len(old) == 1 else f"{len(old)} lists are old"
    oldest_one = f"{oldest.list_id} is known to be complete to {oldest.complete_to}"
    return f"{many} ({oldest_one}); `substance-monitor watchlist status` shows them."


def _names_on_pages(connection: Connection) -> dict[str, str]:
    """Source -> how many names are on its page, gone from it, or not known, each by its last event."""
    from sqlalchemy import text

    query = "SELECT source, url, substance, name, state FROM v_term_presence ORDER BY appeared_at"
    newest = {tuple(row[:4]): row.state for row in connection.execute(text(query))}
    counts = Counter((key[0], state) for key, state in newest.items())
    words = {"present": "there", "gone": "gone", "unknown": "not known"}
    shown: dict[str, list[str]] = {}
    for source in dict.fromkeys(source for source, _ in counts):
        numbers = ((counts[source, state], word) for state, word in words.items())
        shown[source] = [f"{number} {word}" for number, word in numbers if number]
    return {source: ", ".join(each) for source, each in shown.items()}


def _beat_line(beats: dict[str, tuple[datetime, int]], now: datetime) -> str:
    beat = beats.get(HEARTBEAT)
    if beat is None:
        return "The scheduler has never run; `substance-monitor watch` starts it."
    age = (now - beat[0]).total_seconds()
    if beat[1] == STOPPED:
        return f"The scheduler was stopped {_span(age)} ago; `substance-monitor watch` starts it."
    if age <= 3 * HEARTBEAT_SECONDS:
        return f"The scheduler is running (process {beat[1]})."
    return f"The scheduler is not running: its last sign of life was {_span(age)} ago."


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _span(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
