"""The path from sources to alerts, over a real database, real files and a real server."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigError, LexiconError, StoreError, WatchlistError
from monitor.match import Lexicon, Search
from monitor.model import Source
from monitor.pipeline.prepare import prepare_lexicon
from monitor.pipeline.run import BugError, Matcher, build_matcher
from tests.servers import answer, endless, status
from tests.worlds import (
    HOUSE,
    NO_STORIES,
    Clock,
    alerts,
    allowing,
    article,
    feed_source,
    folder_source,
    opened,
    page,
    rows,
    rss,
    served,
    write_config,
)

NEWS = "Officers found two drums of examplium chloride on board."
OTHER = "A chemist named testosin as well."


def test_the_same_article_again_adds_nothing_and_an_edit_only_what_is_new(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    (tmp_path / "in" / "b.txt").write_text(article("Weather", "It rained."))
    clock = Clock()
    with opened(config, clock) as monitor:
        first = monitor.run()
    assert (first.checks[0].done.new, first.alerts, first.checks[0].outcome) == (2, 1, "ok")
    assert alerts(tmp_path) == [("a.txt", "examplium-chloride")]
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        assert monitor.news.changes == ()
        again = monitor.run()
    assert (again.checks[0].done.new, again.alerts, again.checks[0].outcome) == (0, 0, "unchanged")
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS, OTHER))
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        edited = monitor.run()
    assert (edited.checks[0].done.revised, edited.alerts) == (1, 1)
    assert alerts(tmp_path) == [("a.txt", "examplium-chloride"), ("a.txt", "testosin")]


def test_a_file_touched_but_not_changed_adds_nothing(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    path = tmp_path / "in" / "a.txt"
    path.write_text(article("Ship searched", NEWS))
    clock = Clock()
    with opened(config, clock) as monitor:
        monitor.run()
        path.write_text(article("Ship searched", NEWS) + "")
        (check,) = monitor.run().checks
    assert (check.done.unchanged + check.done.new + check.done.alerts) <= 1
    assert rows(tmp_path, "SELECT COUNT(*) FROM revision") == [(1,)]


def test_feeds_beside_a_failing_and_an_empty_one(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/p1": page("Ship searched", NEWS), "/p2": page("Weather", "It rained.")}
    routes |= {
        "/gone": status(410),
        "/html": page("No feed", "Nothing."),
        "/empty": answer(rss({}), "text/xml"),
    }
    with served(routes) as server:  # type: ignore[arg-type]
        items = {
            f"{server.url}/p1": "Ship searched",
            f"{server.url}/p2": "Weather",
            f"{server.url}/p3": "Lost page",
        }
        routes["/feed"] = answer(rss(items), "application/rss+xml", ETag='"1"')
        sources = "".join(
            feed_source(name, f"{server.url}/{name}") for name in ("gone", "html", "empty", "feed")
        )
        config = write_config(tmp_path, sources, more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            summary = monitor.run()
    checks = {check.source: check for check in summary.checks}
    assert list(checks) == ["gone", "html", "empty", "feed"]
    assert {name: check.outcome for name, check in checks.items()} == {
        "gone": "gone",
        "html": "not-a-feed",
        "empty": "empty",
        "feed": "ok",
    }
    assert checks["feed"].done.new == 3
    assert [gap.outcome for gap in checks["feed"].gaps] == ["gone"]
    assert alerts(tmp_path) == [("p1", "examplium-chloride")]
    assert checks["empty"].next_check == clock.now + timedelta(minutes=15)
    assert rows(tmp_path, "SELECT source, scope FROM gap ORDER BY source, scope") == [
        ("empty", "source"),
        ("feed", "item"),
        ("gone", "source"),
        ("html", "source"),
    ]


def test_back_off_grows_heeds_the_server_and_ends_with_success(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/feed": status(503)}
    with served(routes) as server:  # type: ignore[arg-type]
        config = write_config(tmp_path, feed_source("feed", f"{server.url}/feed"), more=allowing(server))
        clock = Clock()
        waits = []
        for answering in (
            status(503),
            status(503),
            status(503, Retry_After="7200"),
            answer(rss({"x:y": "A"})),
        ):
            routes["/feed"] = answering
            with opened(config, clock) as monitor:
                (check,) = monitor.run().checks
            waits.append((check.next_check - clock.now) / timedelta(minutes=1))
            clock.now = check.next_check
    assert waits == [15, 30, 120, 15]
    assert rows(tmp_path, "SELECT failures FROM source_state") == [(0,)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM gap WHERE scope = 'source' AND closed_at IS NULL") == [(0,)]


def test_a_document_that_cannot_be_read_is_a_gap_and_the_others_go_on(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    (tmp_path / "in" / "a.html").write_bytes(b"%PDF-1.7 not a page")
    (tmp_path / "in" / "b.txt").write_text(article("Ship searched", NEWS))
    with opened(config, Clock()) as monitor:
        (check,) = monitor.run().checks
    assert (check.outcome, check.done.new, check.failed) == ("ok", 1, 1)
    assert check.gaps[0].outcome == "parse-error"
    assert check.gaps[0].location.endswith("a.html")


class FaultyMatcher(Matcher):
    """A matcher with a bug: it fails at one word."""

    def search(self, text: str, language: str | None = None, source: str | None = None) -> Search:
        if "poison" in text:
            raise ZeroDivisionError("a bug of ours")
        return super().search(text, language, source)


def test_a_bug_at_one_document_is_recorded_and_raised_at_the_end(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, folder_source("in", tmp_path / "in") + folder_source("more", tmp_path / "more")
    )
    (tmp_path / "in" / "a.txt").write_text(article("Poison", "This is poison.", NEWS))
    (tmp_path / "in" / "b.txt").write_text(article("Ship searched", NEWS))
    (tmp_path / "more" / "c.txt").write_text(article("Another ship", OTHER))
    with opened(config, Clock()) as monitor:
        matcher = FaultyMatcher(monitor.matcher.watchlist, monitor.matcher.lexicon)
        with pytest.raises(BugError, match="a bug of ours") as caught:
            replace(monitor, judge=replace(monitor.judge, matcher=matcher)).run()
    assert alerts(tmp_path) == [("b.txt", "examplium-chloride"), ("c.txt", "testosin")]
    assert caught.value.summary is not None
    assert caught.value.summary.alerts == 2
    ((location, outcome, message),) = rows(tmp_path, "SELECT location, outcome, message FROM gap")
    assert str(location).endswith("a.txt")
    assert (outcome, "ZeroDivisionError" in str(message)) == ("error", True)
    assert rows(tmp_path, "SELECT status FROM run") == [("failed",)]


def test_a_bug_at_one_source_does_not_stop_the_others(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    (tmp_path / "in" / "b.txt").write_text(article("Ship searched", NEWS))
    with opened(config, Clock()) as monitor:
        broken = Source("broken", "folder", location=None)  # type: ignore[arg-type]

        async def run() -> list[str]:
            async with monitor.session("once") as session:
                results = await asyncio.gather(session.check(broken), session.check(monitor.sources[0]))
                assert len(session.bugs) == 1
            return [result.outcome for result in results]

        assert asyncio.run(run()) == ["error", "ok"]
    assert rows(tmp_path, "SELECT failures FROM source_state WHERE source = 'broken'") == [(1,)]


def test_a_refused_watchlist_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    clock = Clock()
    with opened(config, clock) as monitor:
        assert monitor.news.first
        assert len(monitor.news.changes) > 3
        digest = monitor.matcher.watchlist.digest
    broken = HOUSE.replace("103-63-9", "103-63-8")
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=broken)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    with opened(config, clock) as monitor:
        assert "103-63-9" in str(monitor.news.refused)
        assert "config.yaml:" in str(monitor.news.refused)
        assert monitor.matcher.watchlist.digest == digest
        assert monitor.run().alerts == 1


def test_a_refused_watchlist_without_a_last_good_one_is_an_error(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE.replace("103-63-9", "103-63-8")
    )
    with pytest.raises(WatchlistError, match="103-63-9"), opened(config, Clock()):
        pass


def test_a_withdrawn_substance_is_a_change_and_alerts_no_more(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"))
    clock = Clock()
    with opened(config, clock):
        pass
    more = HOUSE.replace("      - name: testosin\n", "")
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=more)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS, OTHER))
    with opened(config, clock) as monitor:
        assert {change.action for change in monitor.news.changes} == {"withdrawn"}
        assert {change.key for change in monitor.news.changes} == {"testosin"}
        monitor.run()
    assert alerts(tmp_path) == [("a.txt", "examplium-chloride")]


def test_quiet_period_holds_within_one_batch_and_over_runs(tmp_path: Path) -> None:
    rules = f"rules:\n  - name: r\n    quiet: 1d\n{NO_STORIES}"
    config = write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + rules)
    clock = Clock()
    for hours, name in ((0, "a"), (0, "b"), (23, "c"), (2, "d")):
        clock.forward(hours=hours)
        (tmp_path / "in" / f"{name}.txt").write_text(article(f"Ship {name} searched", NEWS))
        if name != "a":
            with opened(config, clock) as monitor:
                monitor.run()
    found = rows(tmp_path, "SELECT url, quiet FROM v_alerts ORDER BY url")
    assert [(str(url)[-5], bool(quiet)) for url, quiet in found] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
    ]


def test_a_name_pinned_never_for_one_source_is_silent_there_only(tmp_path: Path) -> None:
    pins = f"names:\n  - text: testosin\n    use: never\n    sources:\n      - in\n{NO_STORIES}"
    sources = folder_source("in", tmp_path / "in") + folder_source("more", tmp_path / "more")
    config = write_config(tmp_path, sources, more=HOUSE + pins)
    for name in ("in", "more"):
        (tmp_path / name / f"{name}.txt").write_text(article(f"News {name}", NEWS, OTHER))
    with opened(config, Clock()) as monitor:
        monitor.run()
    assert alerts(tmp_path) == [
        ("in.txt", "examplium-chloride"),
        ("more.txt", "examplium-chloride"),
        ("more.txt", "testosin"),
    ]


def test_a_failing_database_ends_the_run_after_the_other_sources(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, folder_source("in", tmp_path / "in") + folder_source("more", tmp_path / "more")
    )
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    (tmp_path / "more" / "b.txt").write_text(article("Another ship", OTHER))
    with opened(config, Clock()) as monitor:
        with contextlib.closing(sqlite3.connect(tmp_path / "monitor.db")) as connection:
            connection.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON article WHEN NEW.source = 'in' "
                "BEGIN SELECT json('torn'); END"
            )
            connection.commit()
        with pytest.raises(StoreError, match="malformed JSON"):
            monitor.run()
    assert alerts(tmp_path) == [("b.txt", "testosin")]
    assert rows(tmp_path, "SELECT status FROM run") == [("failed",)]
    assert rows(tmp_path, "SELECT source, outcome FROM source_check ORDER BY source") == [
        ("in", "error"),
        ("more", "ok"),
    ]


def test_stopping_keeps_what_is_in_hand_and_the_next_run_goes_on(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/p1": page("Ship searched", NEWS), "/p2": endless(b"<p>x", pause=0.05)}
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/feed"] = answer(rss({f"{server.url}/p1": "Ship searched", f"{server.url}/p2": "Endless"}))
        config = write_config(tmp_path, feed_source("feed", f"{server.url}/feed"), more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            stops = []

            async def stop_at_second_page() -> None:
                while "/p2" not in server.paths:
                    await asyncio.sleep(0.01)
                stops[0]()

            async def run() -> object:
                async with monitor.session("once") as session:
                    stops.append(session.stop)
                    stopper = asyncio.create_task(stop_at_second_page())
                    result = await session.check(monitor.sources[0])
                    await stopper
                    return result

            check = asyncio.run(run())
        assert check.done.new == 1  # type: ignore[attr-defined]
        assert check.next_check == clock.now  # type: ignore[attr-defined]
        routes["/p2"] = page("The other ship", OTHER)
        with opened(config, clock) as monitor:
            monitor.run()
    assert alerts(tmp_path) == [("p1", "examplium-chloride"), ("p2", "testosin")]


def test_only_the_named_sources_are_checked(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, folder_source("in", tmp_path / "in") + folder_source("more", tmp_path / "more")
    )
    with opened(config, Clock()) as monitor:
        assert [check.source for check in monitor.run(["more"]).checks] == ["more"]
        with pytest.raises(
            ConfigError, match="no source has the name “mroe”; the configured ones are: in, more"
        ):
            monitor.run(["mroe"])


def test_texts_past_their_retention_are_forgotten_and_alerts_stay(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + "retention:\n  text_days: 30\n"
    )
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    clock = Clock()
    for days in (0, 29, 2):
        clock.forward(days=days)
        with opened(config, clock) as monitor:
            forgotten = monitor.run().forgotten_texts
    assert forgotten == 1
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts WHERE snippet LIKE '%examplium%'") == [(1,)]


# --- the matcher alone ---------------------------------------------------------------------------------


def test_a_damaged_lexicon_in_the_cache_is_made_again(tmp_path: Path) -> None:
    watchlist = build_matcher(None).watchlist
    small = replace(watchlist, names=watchlist.names[:50])
    prepare_lexicon(small, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    with pytest.raises(LexiconError):
        Lexicon.from_bytes(kept.read_bytes())
    prepare_lexicon(small, tmp_path / "cache")
    Lexicon.from_bytes(kept.read_bytes())


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    watchlist = build_matcher(None).watchlist
    (tmp_path / "file").write_text("in the way")
    prepare_lexicon(replace(watchlist, names=watchlist.names[:50]), tmp_path / "file" / "cache")


# --- how a text came ---------------------------------------------------------------------------------


def test_each_text_is_kept_with_how_it_came(tmp_path: Path) -> None:
    routes: dict[str, object] = {}
    with served(routes) as server:  # type: ignore[arg-type]
        entries = {f"{server.url}/go": "Ship searched", f"{server.url}/gone": f"{NEWS} Twice."}
        routes |= {"/feed": rss(entries), "/go": status(301, Location="/a"), "/a": page("Ship", NEWS, OTHER)}
        more = f"{allowing(server)}evidence:\n  keep_pages: true\n{NO_STORIES}"
        config = write_config(tmp_path, feed_source("f", f"{server.url}/feed"), more=more)
        clock = Clock()
        with opened(config, clock) as monitor:
            summary = monitor.run()
            found = [monitor.store.exhibit(number) for number in summary.alert_ids]
    by_page = {each.stored.alert.article_url.rpartition("/")[2]: each.capture for each in found if each}
    assert by_page.keys() == {"a", "gone"}
    linked, entry = by_page["a"], by_page["gone"]
    assert linked is not None
    assert entry is not None
    assert [(hop.url.rpartition("/")[2], hop.status) for hop in linked.capture.hops] == [
        ("go", 301),
        ("a", 200),
    ]
    assert linked.body == page("Ship", NEWS, OTHER).encode()
    assert (linked.capture.at, linked.capture.part) == (clock.now, False)
    assert "trafilatura" in linked.extractor
    # The page of the other entry could not be had: its text is the feed's own.
    assert [(hop.url.rpartition("/")[2], hop.status) for hop in entry.capture.hops] == [("feed", 200)]
    assert (entry.capture.part, entry.body) == (True, f"{NEWS} Twice.".encode())
