"""What people ask of the database and the watchlist: reports, explanations, the state of the sources.

Reads only. Together with `pipeline` the only module that knows the wings; the doors come here for answers.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, MonitorError
from monitor.model import Article, Substance, Watchlist
from monitor.pipeline.prepare import load_watchlist
from monitor.pipeline.structures import lacking, told_lacking
from monitor.pipeline.timing import HEARTBEAT, HEARTBEAT_SECONDS

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, RowMapping

    from monitor.config import Config
    from monitor.store import Store, StoredAlert

PICTURE = 190, 130  # pixels of the structures in HTML reports


@contextmanager
def open_database(config: Config, now: datetime) -> Iterator[Store]:
    """Open the configured database for reading; it is created or upgraded where needed. Raises StoreError."""
    from monitor.store import open_store

    with open_store(config.database, now=now) as store:
        yield store


# --- alerts and reports ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert with what a list of alerts shows of it."""

    stored: StoredAlert
    substance: Substance
    lists: tuple[str, ...]


def alert_lines(store: Store, watchlist: Watchlist, numbers: tuple[int, ...]) -> list[AlertLine]:
    """Read alerts by number; those that stand at the article's date tell their lists, control lists first."""
    lines = []
    for number in numbers:
        stored = store.alert(number)
        if stored is not None:
            lines.append(AlertLine(stored, _substance(watchlist, stored), _lists_in_force(stored)))
    return lines


def _lists_in_force(stored: StoredAlert) -> tuple[str, ...]:
    from monitor.alerts import brief

    told = (brief(each, stored.lists.get(each.listing.list_id)) for each in stored.alert.listings)
    return tuple(dict.fromkeys(filter(None, told)))


def explain_any(config: Config, what: str, now: datetime) -> list[str]:
    """Explain an alert, by its number, or an article, by its address or file. Raises MonitorError."""
    if what.isdecimal() and len(what) < 19:
        return explain_alert(config, int(what), now)
    return explain_article(config, what, now)


def explain_alert(config: Config, number: int, now: datetime) -> list[str]:
    """Tell why an alert was raised, and what would have kept it silent. Raises MonitorError for no alert."""
    from monitor.alerts import explain

    with open_database(config, now) as store:
        stored = store.alert(number)
        if stored is None:
            raise MonitorError(
                f"there is no alert {number}; `substance-monitor report alerts` lists those there are"
            )
        watchlist = store.watchlist() or Watchlist({}, ())
        on_page = _on_the_page(store, number)
    article = Article(
        source=stored.source,
        url=stored.alert.article_url,
        title=stored.title,
        text=stored.text or "",
        fetched_at=stored.fetched_at,
        language=stored.language,
        published_at=stored.published_at,
    )
    head = f"Alert {number} ({stored.status})"
    rules = config.to_rules(watchlist.lists)
    told = explain(stored.alert, article, _substance(watchlist, stored), stored.lists, rules)
    return [head, "", *told[:-1], *on_page, *_story_lines(stored), *told[-1:]]


def _on_the_page(store: Store, number: int) -> list[str]:
    """What became of an alert's names on the page that is watched; nothing for any other article."""
    from sqlalchemy import text

    query = (
        "SELECT p.* FROM v_term_presence p JOIN v_alerts a ON a.article_id = p.article_id "
        "AND a.substance = p.substance WHERE a.alert_id = :number ORDER BY p.appeared_at, p.name"
    )
    with store.engine_readonly().connect() as connection:
        rows = connection.execute(text(query), {"number": number}).mappings().all()
    return (
        ["On the watched page", *(_wrapped(f"- {_stretch(dict(row))}") for row in rows), ""] if rows else []
    )


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line,
        96,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _stretch(row: Mapping[str, object]) -> str:
    """One time that a name stood on a page, in words."""
    began, seen = _minute(row["appeared_at"]), _minute(row["last_seen_at"])
    absent = f", not there at {_minute(row['absent_before_at'])}" if row["absent_before_at"] else ""
    told = f"“{row['name']}”: there since {began}{absent}, last seen {seen}"
    if row["state"] == "gone":
        return f"{told}; gone at {_minute(row['gone_at'])} ({row['reason']})"
    if row["state"] == "unknown":
        return f"{told}; not known since {_minute(row['unknown_since_at'])} ({row['reason']})"
    return told


def _story_lines(stored: StoredAlert) -> list[str]:
    """Who else tells the story of an alert, and why each is taken to."""
    if stored.story is None:
        return []
    lines = [f"Story {stored.story}"]
    if stored.alert.again:
        lines.append(f"  told again: {stored.alert.again}")
    if stored.articles == 1:
        lines.append("  no other article of it stands behind this alert")
    for each in stored.behind:
        day = f", {each.published_at:%Y-%m-%d}" if each.published_at else ""
        lines += [f"  {each.outlet} ({each.language or 'language not known'}{day}): {each.title}"]
        lines += [f"    {each.url}", f"    the same event, {each.score:.1f} points: {_points(each.reasons)}"]
    if stored.articles - 1 > len(stored.behind):
        lines.append(f"  and {stored.articles - 1 - len(stored.behind)} more: the view v_alert_sources")
    return [*lines, ""]


def _points(reasons: Sequence[str]) -> str:
    return "; ".join(reasons[:5])


def explain_article(config: Config, place: str, now: datetime) -> list[str]:
    """Tell what an article (its address, or the path of its file) names, its story, and which of it was told.

    Raises MonitorError for an article that is not stored.
    """
    from sqlalchemy import text

    from monitor.ingest import canonical_url

    url = canonical_url(place) if "://" in place else Path(place).resolve().as_uri()
    with open_database(config, now) as store, store.engine_readonly().connect() as connection:

        def rows(query: str) -> list[RowMapping]:
            return list(connection.execute(text(query), {"url": url}).mappings())

        known = rows("SELECT * FROM v_articles WHERE url = :url")
        if not known:
            raise MonitorError(
                f"no article is stored under {url}; give its address, or the number of an alert"
            )
        article = known[0]
        story = rows("SELECT * FROM v_story_articles WHERE url = :url")
        named = rows(
            "SELECT substance, substance_name, MAX(score) AS score, COUNT(*) AS times, MAX(alert_id) AS told "
            "FROM v_mentions WHERE url = :url AND is_current = 1 GROUP BY substance, substance_name "
            "ORDER BY MAX(score) DESC, substance"
        )
        behind = rows("SELECT * FROM v_alert_sources WHERE url = :url ORDER BY alert_id")
        first = rows(
            "SELECT s.url AS url, s.title AS title FROM v_stories s "
            "JOIN v_story_articles a ON a.story_id = s.story_id WHERE a.url = :url"
        )
    head = [str(article["title"]) or "(no title)", f"  {url}", f"  source {article['source']}"]
    return [*head, "", *_membership(story, first), "", *_named(article, named, behind)]


def _membership(story: list[RowMapping], first: list[RowMapping]) -> list[str]:
    if not story:
        return [
            "It belongs to no story: it names nothing that is watched, or was read before there were stories"
        ]
    member = story[0]
    if member["is_first"]:
        return [f"It began story {member['story_id']}"]
    return [
        f"It tells story {member['story_id']}, which began with “{first[0]['title']}”",
        f"  {first[0]['url']}",
        f"  the same event, {member['score']:.1f} points (3 are enough, 2.4 for a headline):",
        *(f"    {reason}" for reason in str(member["reasons"]).split("\n") if reason),
    ]


def _named(article: RowMapping, named: list[RowMapping], behind: list[RowMapping]) -> list[str]:
    """What became of each substance that the article names."""
    if not named:
        return ["It names no watched substance"]
    stands = {row["substance"]: row for row in behind}
    lines = ["What it names"]
    for row in named:
        times = "once" if row["times"] == 1 else f"{row['times']} times"
        lines.append(f"  {row['substance_name']}, {times}, score {row['score']:.2f}")
        if row["told"] is not None:
            lines.append(f"    alert {row['told']}: substance-monitor explain {row['told']}")
        elif row["substance"] in stands:
            told = stands[row["substance"]]["alert_id"]
            lines.append(
                f"    no alert of its own: its story was told by alert {told}, and it stands behind that"
            )
        elif article["copy_of"] is not None:
            lines.append("    no alert of its own: another address had the same text first")
        else:
            lines.append("    no alert: no rule of the configuration fits, or one silences it")
    return lines


def _substance(watchlist: Watchlist, stored: StoredAlert) -> Substance:
    """The substance of an alert; one that is no longer watched keeps its key for a name."""
    key = stored.alert.substance
    return watchlist.substances.get(key) or Substance(key, key)


def report(
    config: Config,
    name: str,
    since: datetime,
    until: datetime | None,
    form: str,
    *,
    now: datetime,
    width: int,
) -> str:
    """Run one report and render it as table, csv, md, html or json. Raises ConfigError for unknown words."""
    from monitor.reports import FORMATS, REPORTS, render, run_report

    if name not in REPORTS:
        raise ConfigError(f"there is no report “{name}”; choose one of {', '.join(REPORTS)}")
    if form not in FORMATS:
        raise ConfigError(f"there is no format “{form}”; choose one of {', '.join(FORMATS)}")
    with open_database(config, now) as store:
        frame = run_report(store.engine_readonly(), name, since, until)
        title = f"{name.capitalize()} since {_day(since)}" + (f" until {_day(until)}" if until else "")
        pictures = _pictures(frame) if (name, form) == ("alerts", "html") else {}
        return render(frame, form, title=title, generated_at=now, width=width, pictures=pictures)


def _pictures(frame: pd.DataFrame) -> dict[str, str]:
    """Draw the structures in a report, by their SMILES; none without the extra `structure`."""
    from monitor.chem import missing

    if missing():
        return {}
    from monitor.chem.structure import picture
    from monitor.reports.drawings import MOST

    found = dict.fromkeys(filter(None, map(str, frame["smiles"].dropna())))
    drawn = {smiles: picture(smiles, *PICTURE) for smiles in list(found)[:MOST]}
    return {smiles: svg for smiles, svg in drawn.items() if svg}


def _day(moment: datetime) -> str:
    """The day of a midnight, else the minute, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")


# --- sources -----------------------------------------------------------------------------------------


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
    def told(self) -> str:
        """The health in one word; of a failing source, how it fails."""
        return self.outcome if self.health == "failing" and self.outcome else self.health


def source_lines(config: Config, now: datetime) -> tuple[list[SourceLine], str]:
    """Every configured source with its health, and a line about the scheduler's last sign of life."""
    from sqlalchemy import text

    with open_database(config, now) as store:
        with store.engine_readonly().connect() as connection:
            rows = connection.execute(text("SELECT * FROM v_source_health")).mappings()
            known = {str(row["source"]): dict(row) for row in rows}
            names = _names_on_pages(connection)
        beats = store.heartbeats()
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
                _minute(row.get("last_check_at")),
                _minute(row.get("next_check_at")),
                _count(row.get("articles")),
                _count(row.get("alerts")),
                str(row.get("last_message") or ""),
                _count(row.get("failures")),
                names.get(source.name, ""),
                str(row.get("last_outcome") or ""),
                _minute(row.get("last_ok_at")),
                _count(row.get("open_gaps")),
            )
        )
    return lines, " ".join(filter(None, (_beat_line(beats, now), told_lacking(lacking(config)))))


def _names_on_pages(connection: Connection) -> dict[str, str]:
    """Source -> how many names are on its page, gone from it, or not known, each by its last event."""
    from sqlalchemy import text

    query = "SELECT source, url, substance, name, state FROM v_term_presence ORDER BY appeared_at"
    newest = {tuple(row[:4]): row.state for row in connection.execute(text(query))}
    counts = Counter((key[0], state) for key, state in newest.items())
    words = {"present": "there", "gone": "gone", "unknown": "not known"}
    told: dict[str, list[str]] = {}
    for source in dict.fromkeys(source for source, _ in counts):
        numbers = ((counts[source, state], word) for state, word in words.items())
        told[source] = [f"{number} {word}" for number, word in numbers if number]
    return {source: ", ".join(each) for source, each in told.items()}


def _beat_line(beats: dict[str, tuple[datetime, int]], now: datetime) -> str:
    beat = beats.get(HEARTBEAT)
    if beat is None:
        return "The scheduler has never run; `substance-monitor watch` starts it."
    age = (now - beat[0]).total_seconds()
    if age <= 3 * HEARTBEAT_SECONDS:
        return f"The scheduler is running (process {beat[1]})."
    return f"The scheduler is not running: its last sign of life was {_span(age)} ago."


def _minute(value: object) -> str:
    """SQLite hands views' times back as text, PostgreSQL as datetimes."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return str(value)[:16] if value else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _span(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


# --- watchlist ---------------------------------------------------------------------------------------


def describe_substance(config: Config | None, name: str, at: date) -> list[str]:
    """Tell all that is known of the substances with this name, CAS RN, InChIKey or key, or MonitorError."""
    from monitor.watchlist import describe, lookup, near

    watchlist = load_watchlist(config)
    found = lookup(watchlist, name)
    if not found:
        meant = ", ".join(f"“{each}”" for each in near(watchlist, name))
        fix = f"did you mean {meant}?" if meant else "give another name, a CAS number, an InChIKey or a key"
        raise MonitorError(f"no watched substance has the name “{name}”; {fix}")
    lines: list[str] = []
    for substance in found:
        lines += ["", *describe(watchlist, substance, at)] if lines else describe(watchlist, substance, at)
    return lines


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list of the watchlist, with the number of substances on it."""

    id: str
    title: str
    authority: str
    kind: str
    substances: int


def list_lines(config: Config | None) -> list[ListLine]:
    """Every list of the configured watchlists, control lists first."""
    watchlist = load_watchlist(config)
    on_list: dict[str, set[str]] = {}
    for entry in watchlist.listings:
        on_list.setdefault(entry.list_id, set()).add(entry.substance)
    infos = sorted(watchlist.lists.values(), key=lambda info: (not info.is_control, info.id))
    return [
        ListLine(info.id, info.title, info.authority, info.kind, len(on_list.get(info.id, ())))
        for info in infos
    ]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One kept change of the watchlist."""

    at: str
    action: str
    kind: str
    key: str
    before: str
    after: str


def change_lines(
    config: Config, now: datetime, *, first_load: bool, limit: int
) -> tuple[list[ChangeLine], int]:
    """The newest kept changes and how many there are in all; the very first load only when asked for."""
    from sqlalchemy import text

    since = "" if first_load else " WHERE v.id > (SELECT MIN(id) FROM watchlist_version)"
    tables = "FROM watchlist_change c JOIN watchlist_version v ON v.id = c.version_id"
    with open_database(config, now) as store, store.engine_readonly().connect() as connection:
        total = connection.execute(text(f"SELECT COUNT(*) {tables}{since}")).scalar_one()
        rows = connection.execute(
            text(
                f"SELECT v.loaded_at, c.action, c.kind, c.key, c.before, c.after {tables}{since} "
                "ORDER BY v.id DESC, c.n LIMIT :limit"
            ),
            {"limit": limit},
        )
        lines = [ChangeLine(_minute(row[0]), *(str(each or "") for each in row[1:])) for row in rows]
    return lines, int(total)


def told_changes(lines: list[ChangeLine]) -> list[str]:
    """Changes as lines: when, what happened to what, from what to what."""
    told = []
    for line in lines:
        sides = " -> ".join(filter(None, (line.before, line.after)))
        told.append(
            f"{line.at}  {line.action:<9} {line.kind:<9} {line.key}" + (f"  {sides}" if sides else "")
        )
    return told
