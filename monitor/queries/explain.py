"""Why an alert was raised, and what became of an article: the command `explain`."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.model import Article, Watchlist
from monitor.queries.database import minute, open_database
from monitor.queries.law import lines_of_now
from monitor.queries.reports import substance_of

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from monitor.config import Config
    from monitor.store import Store, StoredAlert


def explain(config: Config, what: str, now: datetime) -> list[str]:
    """Explain an alert, by its number, or an article, by its address or file. Raises MonitorError."""
    if what.isdecimal() and len(what) < 19:
        return explain_alert(config, int(what), now)
    return explain_article(config, what, now)


def explain_alert(config: Config, number: int, now: datetime) -> list[str]:
    """Say why an alert was raised, and what would have kept it silent. Raises MonitorError for no alert."""
    from monitor.alerts import explain as explain_in_words

    with open_database(config, now) as store:
        stored = store.alert(number)
        if stored is None:
            raise MonitorError(
                f"there is no alert {number}; `substance-monitor report alerts` lists those there are"
            )
        watchlist = store.watchlist() or Watchlist({}, ())
        on_page = _on_the_page(store, number)
        notices = store.pending_notices().get(stored.alert.substance, ())
        decided = _decided(store, number)
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
    lines = explain_in_words(
        stored.alert,
        article,
        substance_of(watchlist, stored),
        stored.lists,
        rules,
        stored.article_day,
        stored.dated_by,
    )
    pending = _pending(notices, stored.alert.reasons)
    head_of_now, *law_now = lines_of_now(stored, watchlist) or [""]
    as_known_now = [head_of_now, *map(_wrapped, law_now[:-1]), ""] if law_now else []
    return [
        head,
        "",
        *lines[:-1],
        *as_known_now,
        *on_page,
        *pending,
        *_story_lines(stored),
        *decided,
        *lines[-1:],
    ]


def _pending(notices: Sequence[str], reasons: Sequence[str]) -> list[str]:
    """What notices have said of the substance since the alert, until somebody has reviewed it."""
    since = [each for each in notices if each not in reasons]
    return ["Since then", *(_wrapped(f"- {each}") for each in since), ""] if since else []


def _decided(store: Store, number: int) -> list[str]:
    """What was decided about an alert so far, and what holds it back."""
    from sqlalchemy import text

    query = (
        "SELECT decided_at, decided_by, action, assignee, until, code, why FROM v_decisions "
        "WHERE alert_id = :number ORDER BY decision_id"
    )
    held = "SELECT suppression_id FROM v_alerts WHERE alert_id = :number AND suppression_id IS NOT NULL"
    with store.engine_readonly().connect() as connection:
        rows = connection.execute(text(query), {"number": number}).mappings().all()
        suppression = connection.execute(text(held), {"number": number}).scalar()
    lines = [_wrapped(f"- {_decision(dict(row))}") for row in rows]
    if suppression is not None:
        lines.insert(0, _wrapped(f"- held back when it was raised, by suppression {suppression}"))
    return ["Decisions", *lines, ""] if lines else []


def _decision(row: Mapping[str, object]) -> str:
    to = f" to {row['assignee']}" if row["assignee"] else ""
    until = f" until {row['until']}" if row["until"] else ""
    why = ": ".join(str(part) for part in (row["code"], row["why"]) if part)
    who = row["decided_by"] or "somebody whose name was erased"
    return f"{minute(row['decided_at'])} {who}: {row['action']}{to}{until}" + (f" ({why})" if why else "")


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
    began, seen = minute(row["appeared_at"]), minute(row["last_seen_at"])
    absent = f", not there at {minute(row['absent_before_at'])}" if row["absent_before_at"] else ""
    said = f"“{row['name']}”: there since {began}{absent}, last seen {seen}"
    if row["state"] == "gone":
        return f"{said}; gone at {minute(row['gone_at'])} ({row['reason']})"
    if row["state"] == "unknown":
        return f"{said}; not known since {minute(row['unknown_since_at'])} ({row['reason']})"
    return said


def _story_lines(stored: StoredAlert) -> list[str]:
    """The other articles of an alert's story, and why each is taken for one of it."""
    if stored.story is None:
        return []
    lines = [f"Story {stored.story}"]
    if stored.alert.again:
        lines.append(f"  raised again: {stored.alert.again}")
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
    """Say what an article (its address, or the path of its file) names, its story, and its alerts.

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
        later = rows(
            "SELECT url, title FROM v_articles WHERE place = :url AND url <> :url ORDER BY article_id"
        )
        story = rows("SELECT * FROM v_story_articles WHERE url = :url")
        named = rows(
            "SELECT substance, substance_name, MAX(score) AS score, COUNT(*) AS times, "
            "MAX(alert_id) AS alert "
            "FROM v_mentions WHERE url = :url AND is_current = 1 GROUP BY substance, substance_name "
            "ORDER BY MAX(score) DESC, substance"
        )
        behind = rows("SELECT * FROM v_alert_sources WHERE url = :url ORDER BY alert_id")
        first = rows(
            "SELECT s.url AS url, s.title AS title FROM v_stories s "
            "JOIN v_story_articles a ON a.story_id = s.story_id WHERE a.url = :url"
        )
    head = [
        str(article["title"]) or "(no title)",
        f"  {url}",
        f"  source {article['source']}",
        *_names(article),
        *(f"  read there later: {each['title'] or '(no title)'}, {each['url']}" for each in later[-5:]),
    ]
    return [*head, "", *_membership(story, first), "", *_named(article, named, behind)]


def _names(article: RowMapping) -> list[str]:
    """Where an article was read, and what it calls itself, where its address does not say so."""
    lines: list[str] = []
    if article["place"] != article["url"]:
        lines.append(f"  read at {article['place']}, where another text stood before")
    if article["declared_url"]:
        lines.append(
            f"  its page calls itself {article['declared_url']}; not known to be the same text there"
        )
    return lines


def _membership(story: list[RowMapping], first: list[RowMapping]) -> list[str]:
    if not story:
        return [
            "It belongs to no story: it names nothing that is watched, or was read before there were stories"
        ]
    member = story[0]
    if member["is_first"]:
        return [f"It began story {member['story_id']}"]
    return [
        f"It belongs to story {member['story_id']}, which began with “{first[0]['title']}”",
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
        if row["alert"] is not None:
            lines.append(f"    alert {row['alert']}: substance-monitor explain {row['alert']}")
        elif row["substance"] in stands:
            number = stands[row["substance"]]["alert_id"]
            lines.append(
                f"    no alert of its own: alert {number} is about its story, and it stands behind that"
            )
        elif article["copy_of"] is not None:
            lines.append("    no alert of its own: another address had the same text first")
        else:
            lines.append("    no alert: no rule of the configuration fits, or one silences it")
    return lines
