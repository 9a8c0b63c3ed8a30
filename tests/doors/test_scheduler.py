"""The scheduler: first runs from the database, re-planning, one instance, an end in good order."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from monitor.doors.scheduler import Watcher
from monitor.errors import MonitorError
from monitor.model import SourceState
from monitor.pipeline.run import CheckResult, Monitor, Progress
from monitor.store import open_store
from tests.databases import new_postgres_database
from tests.servers import answer, endless, status
from tests.worlds import (
    HOUSE,
    alerts,
    allowing,
    article,
    feed_source,
    folder_source,
    opened,
    page,
    program,
    ran,
    rows,
    rss,
    served,
    wait_for,
    wait_until,
    write_config,
)

NEWS = "Officers found two drums of examplium chloride on board."


def real_clock() -> datetime:
    return datetime.now(UTC)


def watch_until(monitor: Monitor, wanted: int) -> tuple[list[CheckResult], dict[str, datetime | None]]:
    """Watch until `wanted` checks have ended; their results, and the planned time of every job then."""

    async def run() -> tuple[list[CheckResult], dict[str, datetime | None]]:
        results: list[CheckResult] = []
        enough = asyncio.Event()

        def tell(progress: Progress) -> None:
            if progress.result is not None:
                results.append(progress.result)
            if len(results) >= wanted:
                enough.set()

        async with monitor.session("watch", tell) as session:
            watcher = Watcher(monitor, session, asyncio.get_running_loop())
            watcher.start()
            await asyncio.wait_for(enough.wait(), 30)
            names = {result.source for result in results}
            planned = watcher.planned()
            while any(planned[name] is None for name in names):  # a check ends just before it is planned anew
                await asyncio.sleep(0.01)
                planned = watcher.planned()
            session.stop()
            await asyncio.to_thread(watcher.shutdown)
        return results, planned

    return asyncio.run(run())


def test_first_runs_come_from_the_database(tmp_path: Path) -> None:
    sources = "".join(folder_source(name, tmp_path / name) for name in ("new", "overdue", "later"))
    config = write_config(tmp_path, sources)
    now = real_clock().replace(microsecond=0)
    with opened(config, real_clock) as monitor:  # type: ignore[arg-type]
        for name, due in (("overdue", now - timedelta(days=3)), ("later", now + timedelta(minutes=50))):
            monitor.store.record([], SourceState(name, next_check=due), now=now)
        results, planned = watch_until(monitor, 2)
    assert sorted(result.source for result in results) == ["new", "overdue"]
    assert planned["later"] == now + timedelta(minutes=50)
    for result in results:  # once, not once for every time missed, and then at its rhythm
        assert planned[result.source] == result.next_check
        assert result.next_check - result.ended == timedelta(hours=1)


def test_a_failing_source_is_planned_later_and_the_others_go_on(tmp_path: Path) -> None:
    with served({"/feed": status(503, Retry_After="3600")}) as server:
        sources = feed_source("bad", f"{server.url}/feed", "1m") + folder_source("good", tmp_path / "good")
        config = write_config(tmp_path, sources, more=allowing(server))
        with opened(config, real_clock) as monitor:  # type: ignore[arg-type]
            results, planned = watch_until(monitor, 2)
    outcomes = {result.source: result.outcome for result in results}
    assert outcomes == {"bad": "blocked", "good": "unchanged"} or outcomes["bad"] == "error"
    due = planned["bad"]
    assert due is not None
    assert due - results[0].ended > timedelta(minutes=59)


def test_articles_that_appear_while_it_runs_are_found(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("in", tmp_path / "in") + "  every: 1s\n")
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    with opened(config, real_clock) as monitor:  # type: ignore[arg-type]
        results, _ = watch_until(monitor, 3)
    assert [result.done.alerts for result in results[:3]] == [1, 0, 0]
    assert rows(tmp_path, "SELECT COUNT(*) FROM heartbeat WHERE name = 'watch'") == [(1,)]
    assert rows(tmp_path, "SELECT kind, status FROM run") == [("watch", "done")]
    assert rows(tmp_path, "SELECT COUNT(*) FROM source_check WHERE ended IS NULL") == [(0,)]


def test_only_one_instance_watches(database_url: str) -> None:
    now = real_clock()
    with open_store(database_url, now=now) as one, open_store(database_url, now=now) as other:
        with (
            one.alone(),
            pytest.raises(MonitorError, match=r"another .* is running .* stop it first"),
            other.alone(),
        ):
            pass
        with other.alone():
            other.heartbeat("watch", now)  # the lock stands in nobody's way


def test_a_second_watch_is_refused_on_postgresql(tmp_path: Path, postgres_server: str) -> None:
    url = new_postgres_database(postgres_server)
    database = f"{HOUSE}database: {url}\n"
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=database)
    (tmp_path / "in" / "a.txt").write_text(article("Ship searched", NEWS))
    with open_store(url, now=real_clock()) as store, program(tmp_path, "watch") as process:
        asyncio.run(wait_until(lambda: store.alert(1) is not None))
        code, _, err = ran(tmp_path, "watch")
        assert (code, "another `substance-monitor watch` is running" in err) == (1, True)
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0
        with store.alone():
            pass


def test_a_lock_that_the_server_forgot_is_taken_again(postgres_server: str) -> None:
    url = new_postgres_database(postgres_server)
    end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with (
        open_store(url, now=real_clock()) as one,
        open_store(url, now=real_clock()) as other,
        one.alone() as held,
        admin.connect() as server,
    ):
        assert held()
        server.exec_driver_sql(end)  # as when the server is started anew
        assert held()
        with pytest.raises(MonitorError), other.alone():
            pass
        server.exec_driver_sql(end)
        with other.alone() as theirs:
            assert (held(), theirs()) == (False, True)
    admin.dispose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_work_in_hand(tmp_path: Path, number: signal.Signals) -> None:
    routes: dict[str, object] = {"/p1": page("Ship searched", NEWS), "/p2": endless(b"<p>x", pause=0.05)}
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/feed"] = answer(rss({f"{server.url}/p1": "Ship searched", f"{server.url}/p2": "Endless"}))
        write_config(tmp_path, feed_source("feed", f"{server.url}/feed"), more=allowing(server))
        with program(tmp_path, "watch") as process:
            wait_for(server, "/p2")
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Watching 1 source;" in out
    assert "Stopped; the next start goes on from here." in out
    assert err == ""
    assert alerts(tmp_path) == [("p1", "examplium-chloride")]
    assert rows(tmp_path, "SELECT kind, status FROM run") == [("watch", "done")]
    ((outcome, message),) = rows(tmp_path, "SELECT outcome, message FROM source_check")
    assert (outcome, message) == ("ok", "stopped before the end; the next check goes on from here")
