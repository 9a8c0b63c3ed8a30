"""`source test` and `source add`: the program whole, against a real server; nothing is recorded."""

from __future__ import annotations

from pathlib import Path

from monitor.config import load_config
from tests.servers import answer, status
from tests.worlds import allowing, feed_source, folder_source, page, ran, rss, served, write_config


def test_a_source_is_tried_step_by_step_and_nothing_is_kept(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/p1": page("Ship searched", "Two drums of examplium chloride.")}
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/feed"] = answer(rss({f"{server.url}/p{n}": f"Story {n}" for n in (1, 2, 3)}), "text/xml")
        sources = feed_source("news", f"{server.url}/feed") + "  enabled: false\n"
        write_config(tmp_path, sources, more=allowing(server))
        code, out, err = ran(tmp_path, "source", "test", "news", "--articles", "2")
    assert (code, err) == (0, "")
    assert f"asking   {server.url}/feed" in out
    assert "answer   200, text/xml" in out
    assert "article  Story 1" in out
    assert "names examplium-chloride (1)" in out
    assert "gap      gone" in out
    assert out.endswith("articles: 2, gaps: 1; nothing was recorded\n")
    assert not (tmp_path / "monitor.db").exists()


def test_a_source_that_cannot_be_read_ends_with_1(tmp_path: Path) -> None:
    with served({"/feed": status(403)}) as server:
        write_config(tmp_path, feed_source("news", f"{server.url}/feed"), more=allowing(server))
        code, out, _ = ran(tmp_path, "source", "test", "news")
        assert code == 1
        assert "failed   blocked" in out
        code, _, err = ran(tmp_path, "source", "test", "paper")
    assert code == 2
    assert "the configured ones are: news" in err


def test_what_a_site_offers_is_printed_as_yaml(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/": "<link rel=alternate type='application/rss+xml' href=/feed><p>Hello"}
    routes["/feed"] = answer(rss({"https://example.org/1": "Story"}), "text/xml")
    with served(routes) as server:  # type: ignore[arg-type]
        config = write_config(tmp_path, feed_source("old", f"{server.url}/feed"), more=allowing(server))
        code, out, err = ran(tmp_path, "source", "add", f"{server.url}/")
    assert (code, err) == (0, "")
    assert "# a feed, entries: 1" in out
    pasted = config.read_text().replace("sources:\n", f"sources:\n{out}")
    config.write_text(pasted)
    first, _ = load_config(config, {}).to_sources()
    assert (first.kind, first.location, first.name) == ("feed", f"{server.url}/feed", "127.0.0.1")


def test_without_a_configuration_the_guard_holds_all_the_same(tmp_path: Path) -> None:
    code, _, err = ran(tmp_path, "source", "add", "http://127.0.0.1:9/")
    assert code == 1
    assert "not a public address" in err


def test_every_gap_that_is_shown_is_counted(tmp_path: Path) -> None:
    """Those of documents that cannot be read as well as those of the source."""
    write_config(tmp_path, folder_source("in", tmp_path / "in"))
    for name, body in {
        "a.txt": b"A drum of examplium chloride.",
        "x.pdf": b"%PDF-1.4",
        "y.pdf": b"%PDF-1.7 y",
    }.items():
        (tmp_path / "in" / name).write_bytes(body)
    code, out, _ = ran(tmp_path, "source", "test", "in")
    assert code == 0
    assert out.count("  gap  ") == 2
    assert out.endswith("articles: 1, gaps: 2; nothing was recorded\n")
