"""What it costs to find the story of one article when very many are stored; `python benchmarks/stories.py`.

A database is filled with synthetic articles, each filed under the keys of a real trace (`--stored`, a million
by default, within `--days`, so that many share a key). Then new articles are placed and written, one a
transaction, as the pipeline does; the time from text to committed row is told, and what of it is the story.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np

from monitor.model import Alert, Article, Mention, Severity, StoryRules
from monitor.pipeline.story_desk import StoryDesk, place
from monitor.store import Record, open_store
from monitor.stories import keys, to_bytes, trace
from monitor.stories.places import tables

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DISTINCT = 5000  # texts; each is stored many times over, so that every key is a crowded one
LOADS = (
    "bananas coffee cocoa flowers timber toys paint machine rice marble furniture fish melons tiles".split()
)
SUBSTANCES = (
    "cocaine heroin cannabis ketamine mdma amfetamine fentanyl metamfetamine pmk gbl tramadol".split()
)
NAMES = "Vogt Kalnina Olmedo Balfour Reid Pruitt Millar Whitcombe Qingbo Dascal Moreau Janssen Novak".split()
FILLER = (
    "officers said that the inquiry goes on and the load had been declared as something else by its owner"
)


def text(dice: random.Random, cities: list[str]) -> tuple[str, str]:
    """One article, and the substance that it names."""
    substance, load = dice.choice(SUBSTANCES), dice.choice(LOADS)
    here, there = dice.choice(cities), dice.choice(cities)
    amount = dice.randint(2, 2000)
    words = " ".join(dice.choices(FILLER.split(), k=60))
    name = f"{dice.choice('ABCDEFG')}. {dice.choice(NAMES)}"
    title = f"{amount} kilos of {substance} in {load}"
    body = (
        f"Customs officers in {here} found {amount:,} kilograms of {substance} among {load} "
        f"bound for {there}, prosecutor {name} said. It is worth {amount * 50_000:,} euros. The {words}."
    )
    return f"{title}\n\n{body}", substance


def article(number: int, dice: random.Random, cities: list[str], at: datetime) -> tuple[Article, Mention]:
    body, substance = text(dice, cities)
    page = Article("bench", f"https://n{number % 997}.example/{number}", body[:40], body, at, "en", at)
    start = body.index(substance)
    found = Mention(start, start + len(substance), substance, substance, substance, "name", 0.9)
    return page, found


def fill(path: Path, stored: int, days: int, cities: list[str]) -> None:
    """A million articles with their stories and keys, in the order that SQLite likes best."""
    dice = random.Random(1)
    made = [trace(page, [m]) for page, m in (article(n, dice, cities, NOW) for n in range(DISTINCT))]
    filed = [np.array(keys(each), dtype=np.int64) for each in made]
    blobs = [(to_bytes(each), array("q", keys(each)).tobytes()) for each in made]
    numbers = np.arange(stored)
    at = int(NOW.timestamp()) - np.random.default_rng(2).integers(0, days * 86_400, stored)
    rows = [filed[n] for n in numbers % DISTINCT]
    lengths = np.array([len(row) for row in rows])
    key, article_id, when = np.concatenate(rows), np.repeat(numbers + 1, lengths), np.repeat(at, lengths)
    order = np.lexsort((article_id, when, key))
    with sqlite3.connect(path) as db:
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")
        shown = NOW.strftime("%Y-%m-%d %H:%M:%S")
        db.executemany(
            "INSERT INTO article (id, url, source, title, first_seen, day, revision, basis) "
            "VALUES (?, ?, 'bench', '', ?, '2026-11-20', 1, 0)",
            ((n + 1, f"https://old.example/{n}", shown) for n in range(stored)),
        )
        db.executemany(
            "INSERT INTO story (id, article_id, opened_at) VALUES (?, ?, ?)",
            ((n + 1, n + 1, shown) for n in range(stored)),
        )
        db.executemany(
            "INSERT INTO story_member "
            "(article_id, story_id, score, reasons, outlet, at, joined_at, trace, filed) "
            "VALUES (?, ?, 0, '', 'old.example', ?, ?, ?, ?)",
            ((n + 1, n + 1, int(at[n]), shown, *blobs[n % DISTINCT]) for n in range(stored)),
        )
        for chunk in chunks(order):
            columns = (key[chunk].tolist(), when[chunk].tolist(), article_id[chunk].tolist())
            db.executemany(
                "INSERT INTO story_key (key, at, article_id) VALUES (?, ?, ?)", zip(*columns, strict=True)
            )
    print(f"{stored:,} articles under {len(key):,} keys; {path.stat().st_size / 1e9:.1f} GB")


def chunks(order: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(order), 1_000_000):
        yield order[start : start + 1_000_000]


def measure(path: Path, new: int, cities: list[str]) -> None:
    dice = random.Random(3)
    placed, whole, plain, worked = [], [], [], []
    joined = 0
    with open_store(f"sqlite:///{path}", now=NOW) as store:
        desk = StoryDesk(store, StoryRules())
        for n in range(new):
            page, found = article(40_000_000 + n, dice, cities, NOW - timedelta(hours=n % 24))
            told = Alert(
                found.substance, page.url, "r", Severity.HIGH, 0.9, (found,), (), (), ("why",), "digest", NOW
            )
            begin, work = time.perf_counter(), time.process_time()
            stored = store.revision(page.url, page.sha256)
            before = time.perf_counter()
            facts = desk.gather(page, [found], stored, NOW)
            placed_in = place(facts, [told], stored, desk.recall([facts]), StoryRules(), NOW)
            after = time.perf_counter()
            joined += bool(placed_in.member and placed_in.member.near)
            record = Record(page, (found,), placed_in.raised, member=placed_in.member, added=placed_in.added)
            store.record([record], now=NOW)
            end = time.perf_counter()
            placed.append(after - before)
            whole.append(end - begin)
            worked.append(time.process_time() - work)
        for n in range(new):
            page, found = article(50_000_000 + n, dice, cities, NOW - timedelta(hours=n % 24))
            begin = time.perf_counter()
            stored = store.revision(page.url, page.sha256)
            store.record([Record(page, (found,))], now=NOW)
            plain.append(time.perf_counter() - begin)
    print(f"{new} new articles, {joined} of them of a known story; milliseconds each:")
    for name, times in (
        ("find its story", placed),
        ("all, written", whole),
        ("of it processor", worked),
        ("written without", plain),
    ):
        ordered = sorted(1000 * each for each in times)
        high = ordered[int(0.99 * len(ordered))]
        print(f"  {name:<16} median {median(ordered):6.1f}   99% {high:6.1f}   most {ordered[-1]:6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=21, help="how far back they reach")
    parser.add_argument("--new", type=int, default=500)
    parser.add_argument("--keep", type=Path, help="a database to make once and use again")
    asked = parser.parse_args()
    cities = sorted(
        {place.name for place in tables().values() if not place.is_country and place.name.isascii()}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = asked.keep or Path(folder) / "stories.db"
        if not path.exists():
            open_store(f"sqlite:///{path}", now=NOW).close()
            begin = time.perf_counter()
            fill(path, asked.stored, asked.days, cities)
            print(f"filled in {time.perf_counter() - begin:.0f} s")
        measure(path, asked.new, cities)


if __name__ == "__main__":
    main()
