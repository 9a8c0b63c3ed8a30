"""How many stored articles a second are matched again after the watchlist has gained a name.

    python benchmarks/rescan.py                                 20,000 articles of made-up news in SQLite
    python benchmarks/rescan.py --articles 100000 --from ~/news
    python benchmarks/rescan.py --database postgresql://monitor@/empty?host=/tmp/socket

The articles are stored with the shipped watchlist, then a list of one own name is added that stands in one
article of fifty, and `rescan` runs to its end in this process, on one core. Wall-clock time and CPU time.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import corpus

from monitor.config import load_config
from monitor.model import Article
from monitor.pipeline.interpret import StructureFindings
from monitor.pipeline.judge import precedents_for
from monitor.pipeline.rescan import Rescan, run_through
from monitor.pipeline.run import Monitor, build
from monitor.store import StoredRevision

NEW = "novelene chloride"
ONE_IN = 50
BASE = "stories:\n  enabled: false\nwatchlists:\n  - builtin: all\n"  # the made-up articles are much alike
COUNT = "SELECT COUNT(*) FROM v_alerts WHERE found_on = 'rescan' AND substance = 'novelene-chloride'"
MORE = f"{BASE}  - name: house list\n    substances:\n      - name: {NEW}\n"


def clock() -> datetime:
    return datetime.now(UTC)


def made(count: int, source: Path | None) -> Iterator[Article]:
    """Articles of news; the new name stands in one of `ONE_IN`."""
    texts: list[corpus.Article] = []
    day = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(count):
        if not texts:
            texts = corpus.articles(10, source, seed=number + 1)
        text = texts.pop()
        body = f"{text.text}\nThe sacks held {NEW}." if number % ONE_IN == 0 else text.text
        yield Article(
            source="news",
            url=f"https://news.example/{number}",
            title=f"Report {number}",
            text=body,
            fetched_at=day + timedelta(minutes=number),
            language=text.lang or None,
        )


def fill(monitor: Monitor, articles: Iterator[Article]) -> float:
    """Store the articles as judged by the shipped lists; megabytes of text."""
    size = 0
    judge, now = monitor.judge, monitor.clock()
    desk = judge.story_desk(monitor.store)
    while batch := list(islice(articles, 500)):
        size += sum(len(article.text.encode()) for article in batch)
        matters = [
            judge.gather(judge.find(each), StructureFindings(), StoredRevision(each.url), desk, now)
            for each in batch
        ]
        precedents, records = precedents_for(matters, {}, desk), []
        for matter in matters:
            record, precedents = judge.decide(matter, precedents, now)
            records.append(record)
        monitor.store.record(records, now=now)
    return size / 1e6


def opened(folder: Path, database: str | None, watchlists: str) -> Monitor:
    path = folder / "config.yaml"
    path.write_text(watchlists + (f"database: {database}\n" if database else ""), encoding="utf-8")
    return build(load_config(path, {}), clock, folder / "cache")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--from", dest="source", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--database", default=None, help="an empty PostgreSQL database; SQLite without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        monitor = opened(folder, given.database, BASE)
        size = fill(monitor, made(given.articles, given.source))
        monitor.close()
        monitor = opened(folder, given.database, MORE)
        began, busy = time.perf_counter(), time.process_time()
        result = run_through(Rescan(monitor.store, monitor.judge, clock), None)
        took, busy = time.perf_counter() - began, time.process_time() - busy
        again = run_through(Rescan(monitor.store, monitor.judge, clock), None)
        with monitor.store.engine_readonly().connect() as connection:
            told = connection.exec_driver_sql(COUNT).scalar_one()
        monitor.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"rescan    {result.articles:,} articles, {size:.0f} MB of text, in {took:.1f} s: "
        f"{result.articles / took:,.0f} articles/s, {size / took:.1f} MB/s (CPU {busy:.1f} s)\n"
        f"          {result.alerts:,} alerts, {result.mentions:,} new mentions; {memory:.0f} MB at most\n"
        f"again     {again.articles} articles"
    )
    wanted = -(-given.articles // ONE_IN)
    if (result.articles, told) != (given.articles, wanted) or again.articles:
        raise SystemExit(
            f"wrong: {wanted} alerts of {NEW} in {given.articles} articles were wanted, not {told}"
        )


if __name__ == "__main__":
    main()
