"""The views as docs/sql.md describes them, on every database; its queries are run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.model import Alert, Document, Gap, Severity, Source, SourceState, Suppression
from monitor.notify import Planned
from monitor.store import Member, NewDecision, NovelName, Original, Record, Store, open_store
from monitor.store.views import VIEWS
from tests.store.cases import FILLER, HOUR, NOW, WATCHLIST, alert, article, edited, mentions, record
from tests.store.test_enrichment import Finding
from tests.store.test_notices import NOTICE

DOC = (Path(__file__).parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", DOC, re.DOTALL)


def documented(view: str) -> list[str]:
    section = re.search(rf"^## {view}\n(.*?)(?=^## )", DOC, re.DOTALL | re.MULTILINE)
    assert section is not None, f"docs/sql.md has no section on {view}"
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| \S.* \|$", section[1], re.MULTILINE)
    return [row for row in rows if row != "column"]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        fill(opened)
        yield opened


def fill(store: Store) -> None:
    store.put_watchlist(WATCHLIST, (), NOW)
    store.propose([Finding(), Finding(after="2-phenylethylbromide", reason="", safe="long")], NOW)
    customs = Source("Customs", "feed", "https://customs.example/rss")
    shop = Source("Shop", "page", "https://shop.example/list")
    store.put_sources([Source("Example News", "feed", "https://news.example/rss"), customs, shop], NOW)
    run = store.begin_run("once", NOW)
    check = store.begin_check(run, "Example News", NOW)
    page = article()
    copy = replace(page, url="https://other.example/1", source="Other")
    unruled = article("https://news.example/3", "They spoke of fentanyl again." + FILLER)
    both = article("https://news.example/4", "fentanyl beside (2-bromoethyl)benzene." + FILLER)
    planned = {"fentanyl": (Planned("desk", "all", "alert", NOW),)}
    first = replace(record(page), deliveries=planned)
    store.record(
        [first, record(copy), Record(unruled, mentions(unruled)), Record(both, mentions(both))],
        SourceState("Example News", next_check=NOW + HOUR),
        check=check,
        gaps=[Gap("https://news.example/9", "timeout", "no answer")],
        now=NOW,
    )
    member = Member(page.url, "news.example", NOW, NOW, b"trace", (1, 2))
    store.record([replace(record(page), member=member)], now=NOW)
    again = article("https://other.example/7", "Fentanyl was found, writes another: fentanyl." + FILLER)
    behind = replace(member, outlet="other.example", near=page.url, score=4.5, reasons=("+4.5 all of it",))
    found = mentions(again)
    told = (alert(again, found[0]),)
    store.record([Record(again, found, member=behind, added=told)], now=NOW)
    novel = NovelName("2-zorb-ethane", "2-Zorb-ethane", "a drum of 2-Zorb-ethane", near=("drum",))
    store.record([Record(unruled, mentions(unruled), novel=(novel,))], now=NOW)
    gone = edited(page, "The page says no more than fentanyl." + FILLER)
    store.record([record(gone)], check=check, now=NOW)
    store.end_check(check, "ok", NOW)
    shop = store.begin_check(run, "Shop", NOW)
    listed = article("https://shop.example/list", "On offer: (2-bromoethyl)benzene.", source="Shop")
    document = Document("Shop", listed.url, b"x", "text/html", NOW)
    offered = replace(record(listed), alerts=(), original=Original(document, "1"))
    store.record([offered], check=shop, read=[listed.url], now=NOW)
    store.end_check(shop, "ok", NOW)
    store.record([], found_notices=[NOTICE], now=NOW)
    for _ in range(3):
        store.end_check(store.begin_check(run, "Customs", NOW), "not-a-feed", NOW, message="an HTML page")
    store.decisions.decide([NewDecision(1, "assign", "new", "assigned", assignee="Ben")], by="Ann", now=NOW)
    held = Suppression(Severity.LOW, "2026-12-24", substance="heroin")
    store.decisions.suppress(held, why="noise", by="Ann", now=NOW)


def one(store: Store, query: str) -> dict[str, object]:
    with store.engine_readonly().connect() as connection:
        return dict(connection.execute(text(query)).mappings().one())


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_documented_in_order(store: Store, view: str) -> None:
    with store.engine_readonly().connect() as connection:
        result = connection.execute(text(f"SELECT * FROM {view}"))
        assert list(result.keys()) == documented(view)
        assert result.all(), f"{view} is empty here, so the test shows little"


def test_there_are_ten_queries() -> None:
    assert len(QUERIES) == 10


@pytest.mark.parametrize("number", range(1, 11))
def test_the_documented_queries_run_and_find_something(store: Store, number: int) -> None:
    with store.engine_readonly().connect() as connection:
        assert connection.execute(text(QUERIES[number - 1])).all()


def test_an_alert_says_what_was_listed_at_the_articles_date(store: Store) -> None:
    row = one(store, "SELECT * FROM v_alerts WHERE substance = 'phenethyl-bromide'")
    assert row["lists"] == "dea-sss"
    assert row["listing_text"] == (
        "DEA special surveillance list [surveillance, not legal control] since 2023-10-24: on it"
    )
    assert (row["surfaces"], row["methods"], row["tags"]) == ("(2-bromoethyl)benzene", "name", "seizure")
    assert "(2-bromoethyl)benzene" in str(row["snippet"])
    assert (row["severity"], row["severity_rank"], row["status"]) == ("high", 3, "new")
    assert row["reasons"] == "rule everything fits\nscore 0.90 is at least 0.50"
    fentanyl = one(store, "SELECT * FROM v_alerts WHERE substance = 'fentanyl'")
    assert fentanyl["lists"] == "un-1961-I"
    assert fentanyl["listing_text"] == (
        "UN 1961 Schedule I [schedule] since 1964: in force; "
        "DEA List I [precursor] 8333 since 2017 until 2018: no longer in force"
    )


def test_an_article_counts_its_revisions_and_copies(store: Store) -> None:
    row = one(store, "SELECT * FROM v_articles WHERE url = 'https://news.example/1'")
    assert {name: row[name] for name in ("revision", "revisions", "copies", "mentions", "alerts")} == {
        "revision": 2,
        "revisions": 2,
        "copies": 1,
        "mentions": 1,
        "alerts": 2,
    }
    copy = one(store, "SELECT * FROM v_articles WHERE url = 'https://other.example/1'")
    assert (copy["copy_of"], copy["alerts"]) == (row["article_id"], 0)


def test_the_days_of_a_substance(store: Store) -> None:
    row = one(store, "SELECT * FROM v_substance_daily WHERE substance = 'fentanyl'")
    assert {name: row[name] for name in ("day", "articles", "copies", "sources", "mentions", "alerts")} == {
        "day": "2026-11-19",
        "articles": 5,
        "copies": 1,
        "sources": 2,
        "mentions": 5,
        "alerts": 1,
    }


def test_the_watchlist_tells_surveillance_from_control(store: Store) -> None:
    row = one(store, "SELECT * FROM v_watchlist WHERE substance = 'phenethyl-bromide'")
    assert (row["is_control"], row["list_kind"], row["severity"]) == (0, "surveillance", "high")
    assert row["names"] == "(2-bromoethyl)benzene | phenethyl bromide"


def test_an_alert_has_no_field_for_people_or_prices(store: Store) -> None:
    """Guard rail: the store has no place for vendor contacts, prices, routes or purchase links."""
    fields = " ".join(
        [*Alert.__dataclass_fields__, *(column for view in VIEWS for column in documented(view))]
    )
    assert not re.search(r"price|vendor|phone|email|contact", fields)
