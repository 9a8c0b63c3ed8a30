"""Every state of a source that there is, brought about by a real server, and how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model import Outcome
from tests.servers import Handler, answer, endless, status, web
from tests.worlds import (
    Clock,
    allowing,
    feed_source,
    folder_source,
    opened,
    page,
    rows,
    rss,
    served,
    write_config,
)

WAITING = "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>"
BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel/></rss>'
FAILING = {
    "captcha": "blocked",
    "forbidden": "blocked",
    "gone": "gone",
    "html": "not-a-feed",
    "bomb": "parse-error",
    "large": "too-large",
    "slow": "timeout",
    "inside": "refused",
    "nobody": "unreachable",
    "broken": "error",
}


async def unchanged(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"1"':
        return web.Response(status=304)
    body = rss({f"http://{request.host}/story": "A story"})
    return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": '"1"'})


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A configuration with one source for each state, and the server that brings them about."""
    routes: dict[str, Handler | web.Response | bytes | str] = {
        "/unchanged": unchanged,
        "/story": page("A story", "Nothing is in it."),
        "/captcha": answer(WAITING),
        "/forbidden": status(403),
        "/gone": status(410),
        "/html": "<html><body>Welcome</body></html>",
        "/bomb": BOMB,
        "/large": answer("x" * 300_000, "application/rss+xml"),
        "/slow": endless(b" ", media_type="application/rss+xml", pause=0.05),  # each read is in time
        "/broken": status(500),
        "/empty": rss({}),
        "/old": status(301, Location="/new"),
    }
    with served(routes) as server:
        routes["/new"] = rss({f"{server.url}/story": "A story"})
        port = server.place.rpartition(":")[2]
        named = [*FAILING, "empty", "old", "unchanged"]
        sources = "".join(feed_source(name, f"{server.url}/{name}") for name in named)
        sources = sources.replace(f"{server.url}/inside", f"http://localhost:{port}/new")
        sources = sources.replace(f"{server.url}/nobody", "http://127.0.0.1:9/feed")
        sources += folder_source("cuttings", tmp_path / "cuttings")
        tight = "total_timeout: 1s\n  max_size: 200kB\n  allow_hosts:"
        limits = allowing(server).replace("allow_hosts:", tight) + "    - 127.0.0.1:9\n"
        yield write_config(tmp_path, sources, more=limits)


def test_every_state_is_told(world: Path) -> None:
    folder, clock = world.parent, Clock()
    with opened(world, clock) as monitor:
        monitor.run()
        clock.forward(hours=1)
        monitor.run()
    read = {"old": "moved", "unchanged": "unchanged", "cuttings": "unchanged"}
    expected = {**FAILING, "empty": "empty", **read}
    found = rows(folder, "SELECT source, last_outcome, health, failures, open_gaps FROM v_source_health")
    assert {row[0]: row[1] for row in found} == expected
    health = {"empty": "empty", "moved": "moved", "unchanged": "ok"}
    assert {row[0]: row[2] for row in found} == {
        name: health.get(outcome, "failing") for name, outcome in expected.items()
    }
    assert {row[0]: row[3] for row in found} == {name: 2 if name in FAILING else 0 for name in expected}
    unread = {name: outcome for name, outcome in expected.items() if name in FAILING or name == "empty"}
    gaps = rows(folder, "SELECT source, outcome, scope, is_open, times FROM v_coverage_gaps")
    assert {row[0]: row[1] for row in gaps} == unread
    assert {row[2:] for row in gaps} == {("source", 1, 2)}


def test_the_states_of_the_model_are_those_that_are_told() -> None:
    """`stale` and `interrupted` take time and a kill: test_run.py here, and tests/robust/test_kill.py."""
    told = {*FAILING.values(), "empty", "moved", "unchanged", "ok", "stale"}
    told |= {"unresolved", "language-not-covered"}  # of articles, never of a source
    assert told == {outcome.value for outcome in Outcome}


def test_how_many_checks_must_fail_is_configured(tmp_path: Path) -> None:
    routes: dict[str, Handler | web.Response | bytes | str] = {"/a": status(403), "/b": status(403)}
    with served(routes) as server:
        sources = (
            feed_source("a", f"{server.url}/a") + feed_source("b", f"{server.url}/b") + "  bad_after: 1\n"
        )
        more = allowing(server) + "health:\n  bad_after: 2\n"
        clock = Clock()
        with opened(write_config(tmp_path, sources, more=more), clock) as monitor:
            turned = [[check.turned for check in monitor.run().checks] for _ in range(3)]
            routes["/a"] = routes["/b"] = rss({f"{server.url}/x": "A story"})
            clock.forward(days=1)
            turned.append([check.turned for check in monitor.run().checks])
    assert turned == [["", "bad"], ["bad", ""], ["", ""], ["well", "well"]]
    told = rows(tmp_path, "SELECT source, turned FROM v_source_events ORDER BY check_id")
    assert sorted(map(str, told)) == sorted(
        map(str, [("b", "bad"), ("a", "bad"), ("a", "well"), ("b", "well")])
    )


def test_a_source_that_is_read_again_closes_its_gap(tmp_path: Path) -> None:
    routes: dict[str, Handler | web.Response | bytes | str] = {"/feed": status(403)}
    with served(routes) as server:
        path = write_config(tmp_path, feed_source("feed", f"{server.url}/feed"), more=allowing(server))
        clock = Clock()
        with opened(path, clock) as monitor:
            turned = [monitor.run().checks[0].turned for _ in range(4)]
            routes["/feed"] = rss({f"{server.url}/x": "A story"})
            clock.forward(days=1)
            turned.append(monitor.run().checks[0].turned)
    assert turned == ["", "", "bad", "", "well"]
    assert rows(tmp_path, "SELECT scope, times, is_open FROM v_coverage_gaps WHERE scope = 'source'") == [
        ("source", 4, 0)
    ]


def test_a_language_without_names_is_one_gap_a_source_with_a_count(tmp_path: Path) -> None:
    texts = {
        "a.txt": "አዲስ አበባ\n\nፖሊስ በአዲስ አበባ 3 ኪሎ ግራም ሄሮይን እና ኮኬይን ያዘ። ሁለት ሰዎች ታስረዋል።",
        "b.txt": "አዲስ አበባ\n\nፖሊስ ሁለት ሰዎችን አሰረ፤ ምርመራው ቀጥሏል። ጉምሩክ ተጨማሪ አላገኘም።",
        "c.txt": "Leeds\n\nCustoms found heroin at the pier in Leeds.",
    }
    path = write_config(tmp_path, folder_source("cuttings", tmp_path / "cuttings"), more="")
    for name, text in texts.items():
        (tmp_path / "cuttings" / name).write_text(text, encoding="utf-8")
    with opened(path, Clock()) as monitor:
        monitor.run()
    columns = "source, location, outcome, scope, is_open, message"
    gaps = rows(tmp_path, f"SELECT {columns} FROM v_coverage_gaps WHERE scope <> 'list'")
    [(*what, message)] = gaps
    assert what == ["cuttings", "language:am", "language-not-covered", "item", 1]
    assert str(message).endswith("Ethiopic script); texts of cuttings in it at this check: 2")
    assert rows(tmp_path, "SELECT failed FROM source_check") == [(0,)]
