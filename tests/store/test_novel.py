"""Names that no list has: counted once an article, decided about for good; what OPSIN said is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from monitor.model import Article
from monitor.store import IGNORE, OPEN, WATCH, NovelName, Record, Store, StoredReading, open_store
from tests.store.cases import HOUR, NOW, WATCHLIST, article

UNREAD = NovelName(
    "2-zorb-ethane", "2-Zorb-ethane", "a drum of 2-Zorb-ethane", 2, ("drum", "lab"), reason="?"
)
READ = replace(UNREAD, smiles="CC", inchikey="AAAAAAAAAAAAAA-BBBBBBBBSA-N", via="opsin", reason="")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with open_store(database_url, now=NOW) as opened:
        yield opened


def queue(store: Store) -> list[dict[str, object]]:
    with store.engine_readonly().connect() as connection:
        rows = connection.execute(text("SELECT * FROM v_novel_names ORDER BY name")).mappings()
        return [dict(row) for row in rows]


def put(store: Store, page: Article, *names: NovelName) -> None:
    store.record([Record(page, novel=names)], now=NOW)


def test_a_name_is_counted_once_an_article(store: Store) -> None:
    first = article("https://news.example/1", "One. " * 60)
    for _ in range(3):
        put(store, first, UNREAD)
    (row,) = queue(store)
    assert (row["name"], row["count"], row["articles"], row["sources"]) == ("2-Zorb-ethane", 2, 1, 1)
    assert (row["status"], row["contexts"], row["near"]) == (OPEN, "a drum of 2-Zorb-ethane", "drum, lab")
    put(store, replace(first, text="An edited text. " * 20), replace(UNREAD, times=1))
    assert [(row["count"], row["articles"]) for row in queue(store)] == [(1, 1)]
    put(store, article("https://news.example/2", "Two. " * 60), replace(UNREAD, name="2-zorb-ethane"))
    (row,) = queue(store)
    assert (row["name"], row["count"], row["articles"], row["reason"]) == ("2-Zorb-ethane", 3, 2, "?")
    assert row["urls"] == "https://news.example/2 | https://news.example/1"


def test_a_copy_is_told_apart(store: Store) -> None:
    first = article("https://news.example/1", "One. " * 60)
    put(store, first, UNREAD)
    put(store, replace(first, url="https://other.example/1", source="Other"), UNREAD)
    (row,) = queue(store)
    assert (row["count"], row["articles"], row["copies"], row["sources"]) == (2, 1, 1, 2)


def test_a_structure_once_known_stays_known(store: Store) -> None:
    pages = [article(f"https://news.example/{n}", f"Text {n}. " * 40) for n in range(3)]
    put(store, pages[0], UNREAD)
    put(store, pages[1], replace(READ, classes=("us-frs",)))
    put(store, pages[2], UNREAD)
    (row,) = queue(store)
    assert (row["smiles"], row["via"], row["reason"], row["classes"]) == ("CC", "opsin", "", "us-frs")


def test_decisions_are_kept_and_the_newest_counts(store: Store) -> None:
    put(store, article("https://news.example/1", "One. " * 60), READ)
    number = store.novel_number("2-zorb-ethane")
    assert number is not None
    assert store.decide_novel(99, WATCH, who="Ann", why="new", now=NOW) is None
    assert store.watched_names() == []
    assert store.decide_novel(number, WATCH, who="Ann", why="new", now=NOW) == "2-Zorb-ethane"
    (watched,) = store.watched_names()
    assert (watched.name, watched.inchikey, watched.who, watched.why, watched.at) == (
        "2-Zorb-ethane",
        READ.inchikey,
        "Ann",
        "new",
        NOW,
    )
    store.decide_novel(number, IGNORE, who="Bob", why="a solvent", now=NOW + HOUR)
    assert store.watched_names() == []
    (row,) = queue(store)
    assert (row["status"], row["decided_by"], row["decided_why"], row["decisions"]) == (
        IGNORE,
        "Bob",
        "a solvent",
        2,
    )
    put(store, article("https://news.example/2", "Two. " * 60), READ)  # read again, it stays decided
    assert [row["status"] for row in queue(store)] == [IGNORE]


def test_what_is_listed_by_now_is_told(store: Store) -> None:
    store.put_watchlist(WATCHLIST, (), NOW)
    by_structure = replace(READ, inchikey="WMPPDTMATNBGJN-UHFFFAOYSA-N")
    by_name = replace(UNREAD, key="phenethyl bromide", name="Phenethyl Bromide")
    neither = replace(READ, key="x-1", name="x-1")
    put(store, article("https://news.example/1", "One. " * 60), by_structure, by_name, neither)
    assert {row["name"]: row["listed_as"] for row in queue(store)} == {
        "2-Zorb-ethane": "phenethyl-bromide",
        "Phenethyl Bromide": "phenethyl-bromide",
        "x-1": "",
    }


def test_what_opsin_said_is_kept_by_name_and_version(store: Store) -> None:
    said = {"ethane": StoredReading("CC"), "quux": StoredReading(message="unparsable", ambiguous=True)}
    store.put_readings(said, "2.9.0", NOW)
    store.put_readings({}, "2.9.0", NOW)
    assert store.readings(["ethane", "quux", "methane"], "2.9.0") == said
    assert store.readings(["ethane"], "3.0") == {}
    store.put_readings({"quux": StoredReading("C")}, "2.9.0", NOW + HOUR)
    assert store.readings(["quux"], "2.9.0") == {"quux": StoredReading("C")}
    for count in (1, 2, 3):
        store.put_readings({"hang": StoredReading(message="no answer", failures=1)}, "2.9.0", NOW)
        assert store.readings(["hang"], "2.9.0")["hang"] == StoredReading("", "no answer", False, count)
    store.put_readings({"hang": StoredReading("CC")}, "2.9.0", NOW)
    assert store.readings(["hang"], "2.9.0") == {"hang": StoredReading("CC")}
    many = {f"name {n}": StoredReading("C") for n in range(1200)}
    store.put_readings(many, "2.9.0", NOW)
    assert len(store.readings(list(many), "2.9.0")) == 1200
