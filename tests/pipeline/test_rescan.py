"""Stored articles matched again: what is new only, within a budget, resumable, and never shown as news."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.doors.scheduler import Watcher
from monitor.match import Search
from monitor.pipeline.rescan import FIRST_BATCH, Rescan, RescanResult, next_limit, run_through
from monitor.pipeline.run import Matcher, Monitor, Progress
from tests.databases import new_postgres_database
from tests.worlds import (
    NO_STORIES,
    Clock,
    alerts,
    article,
    folder_source,
    opened,
    ran,
    rows,
    wait_until,
    write_config,
)

OLD = "Officers found two drums of examplium chloride on board, and a sack of novelene."
HOUSE = """
watchlists:
  - file: house.csv
"""
FIRST, MORE = ("examplium chloride",), ("examplium chloride", "novelene")


def write_watchlist(folder: Path, *names: str) -> None:
    (folder / "house.csv").write_text("".join(f"{line}\n" for line in ("name", *names)))


def world(folder: Path, *texts: str, more: str = HOUSE) -> Path:
    """A folder source with these texts, and a watchlist of one substance."""
    write_watchlist(folder, *FIRST)
    config = write_config(folder, folder_source("in", folder / "in"), more=more)
    for number, text in enumerate(texts):
        (folder / "in" / f"{number}.txt").write_text(article(f"Report {number}", text))
    return config


def rescanned(
    monitor: Monitor, *, budget: float | None = None, since: str = "", dry: bool = False
) -> RescanResult:
    ticks = itertools.count()
    job = Rescan(monitor.store, monitor.judge, monitor.clock, since=since, dry=dry, timer=lambda: 0.0)
    return run_through(job, budget, timer=lambda: float(next(ticks)))


@contextmanager
def changed(folder: Path, config: Path, *names: str) -> Iterator[Monitor]:
    """The first watchlist has read everything; then this one comes into force."""
    with opened(config, Clock()) as monitor:
        monitor.run()
    write_watchlist(folder, *names)
    with opened(config, Clock()) as monitor:
        yield monitor


def test_a_new_name_is_found_in_what_is_stored(tmp_path: Path) -> None:
    with changed(tmp_path, world(tmp_path, OLD, "Nothing."), *MORE) as monitor:
        result = rescanned(monitor)
        assert (result.articles, result.mentions, result.alerts, result.waiting) == (2, 1, 1, 0)
        assert result.sentence == "2 stored articles matched again: 1 new mention, 1 alert"
        assert rescanned(monitor).articles == 0
    assert alerts(tmp_path) == [("0.txt", "examplium-chloride"), ("0.txt", "novelene")]
    told = rows(tmp_path, "SELECT substance, found_on, reasons, article_day FROM v_alerts ORDER BY alert_id")
    assert [(substance, found_on) for substance, found_on, _, _ in told] == [
        ("examplium-chloride", "check"),
        ("novelene", "rescan"),
    ]
    assert str(told[1][2]).startswith(f"found on rescan, article of {told[1][3]}\n")
    assert rows(tmp_path, "SELECT COUNT(DISTINCT watchlist_version) FROM v_articles") == [(1,)]
    assert rows(tmp_path, "SELECT kind, status, message FROM run ORDER BY id DESC LIMIT 1") == [
        ("rescan", "done", result.sentence)
    ]


def test_a_run_does_it_by_itself_and_tells_it_apart(tmp_path: Path) -> None:
    config = world(tmp_path, OLD)
    assert ran(tmp_path, "run")[0] == 0
    write_watchlist(tmp_path, *MORE)
    (tmp_path / "in" / "new.txt").write_text(article("Today", "A sack of novelene was found this morning."))
    code, out, err = ran(tmp_path, "run")
    assert (code, err) == (0, ""), out
    assert "Rescan: 1 stored article matched again: 1 new mention, 1 alert" in out
    assert "1 new article, 1 new alert" in out
    assert out.index("new.txt") < out.index("Rescan:") < out.index("/0.txt")
    code, out, _ = ran(tmp_path, "report", "alerts")
    assert (code, "rescan" in out, "found on" in out) == (0, True, True)
    assert ran(tmp_path, "run")[1].count("Rescan") == 0
    assert config.exists()


def test_switched_off_only_the_command_does_it(tmp_path: Path) -> None:
    world(tmp_path, OLD, more=f"{HOUSE}rescan:\n  automatic: false\n")
    ran(tmp_path, "run")
    write_watchlist(tmp_path, *MORE)
    assert "Rescan" not in ran(tmp_path, "run")[1]
    dry = ran(tmp_path, "rescan", "--dry-run")[1]
    assert "Rescan, nothing written: 1 stored article matched again: 1 new mention, 1 alert" in dry
    assert alerts(tmp_path) == [("0.txt", "examplium-chloride")]
    assert "older articles wait" in ran(tmp_path, "rescan", "--since", "2999-01-01")[1]
    code, out, _ = ran(tmp_path, "rescan", "--budget", "60")
    assert code == 0
    assert "Rescan: 1 stored article matched again: 1 new mention, 1 alert\n" in out
    assert "novelene" in out
    assert "no stored article waits" in ran(tmp_path, "rescan")[1]
    again = ran(tmp_path, "rescan", "--again")[1]
    assert "Rescan: 1 stored article matched again: 0 new mentions, 0 alerts" in again
    assert len(alerts(tmp_path)) == 2


def test_a_withdrawn_name_deletes_no_evidence(tmp_path: Path) -> None:
    with changed(tmp_path, world(tmp_path, OLD), "novelene") as monitor:
        assert rescanned(monitor).alerts == 1
    assert len(alerts(tmp_path)) == 2
    mentions = rows(tmp_path, "SELECT substance FROM v_mentions ORDER BY start")
    assert mentions == [("examplium-chloride",), ("novelene",)]


def test_copies_get_their_mentions_and_no_alert(tmp_path: Path) -> None:
    config = world(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(article("Report", OLD))
    with changed(tmp_path, config, *MORE) as monitor:
        result = rescanned(monitor)
    assert (result.articles, result.mentions, result.alerts) == (2, 2, 1)
    assert alerts(tmp_path) == [("a.txt", "examplium-chloride"), ("a.txt", "novelene")]


def test_forgotten_texts_are_counted(tmp_path: Path) -> None:
    with changed(tmp_path, world(tmp_path, OLD), *MORE) as monitor:
        monitor.store.expire_texts(datetime(2999, 1, 1, tzinfo=UTC))
        result = rescanned(monitor)
    assert (result.articles, result.forgotten, result.alerts, result.waiting) == (1, 1, 0, 0)
    assert result.sentence.endswith("1 could not be, as their texts were forgotten")


def test_a_budget_ends_it_and_the_next_one_goes_on(tmp_path: Path) -> None:
    texts = [f"{OLD} Number {number}." for number in range(90)]
    with changed(tmp_path, world(tmp_path, *texts), *MORE) as monitor:
        first = rescanned(monitor, budget=2.5)  # two batches
        done, left = FIRST_BATCH + 4 * FIRST_BATCH, 90 - 5 * FIRST_BATCH
        assert (first.articles, first.alerts, first.waiting) == (done, done, left)
        assert f"{left} wait" in first.sentence
        dry = rescanned(monitor, dry=True)
        assert (dry.articles, dry.alerts, dry.waiting) == (left, left, 0)
        rest = rescanned(monitor)
        assert (rest.articles, rest.alerts, rest.waiting) == (left, left, 0)
    assert len(alerts(tmp_path)) == 2 * 90


def test_killed_after_every_first_batch_it_comes_to_its_end(tmp_path: Path) -> None:
    """Each life of the rescan writes one batch and is gone, as with `kill -9`: nothing is closed."""
    with changed(tmp_path, world(tmp_path, *[f"{OLD} No {n}." for n in range(10)]), *MORE) as monitor:
        lives = 0
        while Rescan(monitor.store, monitor.judge, monitor.clock).step():
            lives += 1
        assert lives == -(-10 // FIRST_BATCH)
    assert len(alerts(tmp_path)) == 2 * 10


@pytest.mark.parametrize(
    ("limit", "seconds", "wanted"),
    [
        (4, 0.0, 16),
        (4, 0.25, 16),
        (4, 0.5, 8),
        (100, 1.0, 100),
        (100, 4.0, 25),
        (2, 60.0, 1),
        (300, 0.1, 400),
    ],
)
def test_a_batch_takes_about_a_second(limit: int, seconds: float, wanted: int) -> None:
    assert next_limit(limit, seconds) == wanted


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (
            f"{HOUSE}names:\n  - text: examplium chloride\n    use: never\n",
            HOUSE,
            [("0.txt", "examplium-chloride")],
        ),
        (
            f"{HOUSE}rules:\n  - name: quiet\n    action: silence\n",
            f"{HOUSE}rules:\n  - name: all\n",
            [("0.txt", "examplium-chloride")],
        ),
        (HOUSE, f"{HOUSE}rules:\n  - name: other\n    quiet: 1h\n", [("0.txt", "examplium-chloride")]),
    ],
    ids=["a pin is gone", "a rule tells more", "nothing new by it"],
)
def test_pins_and_rules_count_as_well(
    tmp_path: Path, before: str, after: str, wanted: list[tuple[str, str]]
) -> None:
    config = world(tmp_path, OLD, more=before)
    with opened(config, Clock()) as monitor:
        monitor.run()
    config.write_text(config.read_text().replace(before, after))
    with opened(config, Clock()) as monitor:
        assert rescanned(monitor).articles == 1
    assert alerts(tmp_path) == wanted


def test_old_articles_quieten_each_other_and_never_the_news(tmp_path: Path) -> None:
    rule = f"{HOUSE}rules:\n  - name: calm\n    quiet: 1d\n{NO_STORIES}"
    config = world(tmp_path, OLD, f"{OLD} Once more.", more=rule)
    with changed(tmp_path, config, *MORE) as monitor:
        rescanned(monitor)
        (tmp_path / "in" / "new.txt").write_text(article("Today", "A sack of novelene was found."))
        monitor.run()
    told = rows(
        tmp_path, "SELECT found_on, quiet FROM v_alerts WHERE substance = 'novelene' ORDER BY alert_id"
    )
    assert told == [("rescan", 0), ("rescan", 1), ("check", 0)]


class FaultyMatcher(Matcher):
    """A matcher with a bug: it fails at one word."""

    def search(self, text: str, language: str | None = None, source: str | None = None) -> Search:
        if "poison" in text:
            raise ZeroDivisionError("a bug of ours")
        return super().search(text, language, source)


def test_a_bug_at_one_text_holds_up_no_other(tmp_path: Path) -> None:
    with changed(tmp_path, world(tmp_path, "This is poison.", OLD), *MORE) as monitor:
        faulty = FaultyMatcher(monitor.matcher.watchlist, monitor.matcher.lexicon)
        job = Rescan(monitor.store, replace(monitor.judge, matcher=faulty), monitor.clock)
        result = run_through(job, None)
        assert (result.articles, result.failed, result.alerts) == (2, 1, 1)
        assert [type(bug) for bug in job.bugs] == [ZeroDivisionError]
        assert rescanned(monitor).articles == 0  # and it is not tried for ever
    status, message = rows(tmp_path, "SELECT status, message FROM run ORDER BY id DESC LIMIT 1")[0]
    assert (status, "ZeroDivisionError" in str(message)) == ("failed", True)


def test_a_postgresql_database_as_well(tmp_path: Path, postgres_server: str) -> None:
    url = new_postgres_database(postgres_server)
    with changed(tmp_path, world(tmp_path, OLD, more=f"{HOUSE}database: {url}\n"), *MORE) as monitor:
        assert (rescanned(monitor).alerts, rescanned(monitor).alerts) == (1, 0)
        with monitor.store.engine_readonly().connect() as connection:
            query = "SELECT found_on FROM v_alerts ORDER BY alert_id"
            assert list(connection.exec_driver_sql(query).scalars()) == ["check", "rescan"]


# --- watch: a changed watchlist comes into force between two checks -----------------------------------


def test_watch_puts_a_changed_watchlist_in_force_and_rescans(tmp_path: Path) -> None:
    config = world(tmp_path, OLD, more=f"{HOUSE}{NO_STORIES}")
    config.write_text(config.read_text().replace("path: in\n", "path: in\n    every: 1s\n"))

    async def watched(monitor: Monitor) -> None:
        def tell(progress: Progress) -> None:
            """Show nothing."""

        async with monitor.session("watch", tell) as session:
            watcher = Watcher(monitor, session, asyncio.get_running_loop(), look_every=0.1)
            watcher.start()
            await wait_until(lambda: len(alerts(tmp_path)) == 1)
            write_watchlist(tmp_path, "examplium chloride", "")  # refused: the last good one stays
            await asyncio.sleep(0.5)
            write_watchlist(tmp_path, *MORE)
            await wait_until(lambda: len(alerts(tmp_path)) == 2)
            (tmp_path / "in" / "new.txt").write_text(article("Today", "A sack of novelene was found."))
            await wait_until(lambda: len(alerts(tmp_path)) == 3)
            session.stop()
            await asyncio.to_thread(watcher.shutdown)
        assert session.bugs == []

    with opened(config, lambda: datetime.now(UTC)) as monitor:  # type: ignore[arg-type]
        asyncio.run(watched(monitor))
    found = rows(tmp_path, "SELECT substance, found_on FROM v_alerts ORDER BY alert_id")
    assert found == [("examplium-chloride", "check"), ("novelene", "rescan"), ("novelene", "check")]
    versions = rows(tmp_path, "SELECT COUNT(*) FROM watchlist_version")
    assert versions == [(2,)]
    changes = rows(tmp_path, "SELECT action, key FROM watchlist_change WHERE version_id = 2")
    assert ("added", "novelene") in changes


def test_nothing_is_renewed_without_a_change(tmp_path: Path) -> None:
    config = world(tmp_path, OLD)
    with opened(config, Clock()) as monitor:
        judge = monitor.judge
        assert monitor.renew() is None
        (tmp_path / "house.csv").touch()
        assert monitor.renew() is None  # another stamp, the same content
        assert monitor.judge is judge
        write_watchlist(tmp_path, *MORE)
        news = monitor.renew()
        assert news is not None
        assert {change.key for change in news.changes} == {"novelene"}
        assert monitor.judge is not judge
        (tmp_path / "house.csv").unlink()
        news = monitor.renew()
        assert news is not None
        assert news.refused is not None
        assert "novelene" in monitor.matcher.watchlist.substances
