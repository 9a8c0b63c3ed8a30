"""Watching a page as a user does: what the commands say of names that come, go, or are not known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from aiohttp import web

from tests.servers import status
from tests.worlds import Clock, Monitor, allowing, opened, page, ran, served, write_config

OFFER = "The vendor offers examplium chloride and testosin by the drum, at once."
FEWER = "The vendor offers testosin by the drum, at once."


def watch(monitor: Monitor, clock: Clock) -> str:
    """Check the page an hour later; what the source's outcome was."""
    clock.forward(hours=1)
    (check,) = monitor.run().checks
    return check.outcome


def report(folder: Path) -> list[list[str]]:
    code, out, _ = ran(folder, "report", "term-presence", "--since", "2026-01-01", "--format", "csv")
    assert code == 0
    rows = list(csv.reader(out.strip().splitlines()))
    return [
        [dict(zip(rows[0], row, strict=True))[name] for name in ("name", "state", "reason")]
        for row in rows[1:]
    ]


def test_the_life_of_a_name_on_a_page(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/list": page("Price list", OFFER)}
    with served(routes) as server:  # type: ignore[arg-type]
        source = f"- name: vendor\n  kind: page\n  url: {server.url}/list\n  every: 1h\n"
        config = write_config(tmp_path, source, more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            assert watch(monitor, clock) == "ok"
            assert watch(monitor, clock) == "unchanged"
            routes["/list"] = status(503)
            watch(monitor, clock)
            assert {tuple(row[1:]) for row in report(tmp_path)} == {("unknown", "error")}
            routes["/list"] = page("Price list", FEWER)
            clock.forward(hours=1)
            (check,) = monitor.run().checks
            assert (check.outcome, check.done.gone, check.done.appeared) == ("ok", 1, 0)
            assert report(tmp_path) == [
                ["examplium chloride", "gone", "absent"],
                ["testosin", "present", ""],
            ]
            routes["/list"] = status(404)
            assert watch(monitor, clock) == "gone"
            assert ["testosin", "gone", "page gone"] in report(tmp_path)
            routes["/list"] = page("Price list", OFFER)
            clock.forward(hours=1)
            (check,) = monitor.run().checks
            assert check.done.appeared == 2
    assert len(report(tmp_path)) == 4
    assert ran(tmp_path, "evidence", "1", "--out", "kept")[0] == 0
    (alert,) = json.loads((tmp_path / "kept/manifest.json").read_text())["alerts"]
    (gone,) = alert["disappeared"]
    assert (gone["name"], gone["reason"], gone["file"]) == (
        "examplium chloride",
        "absent",
        "alert-1/gone-2.txt",
    )
    assert "examplium chloride" in (tmp_path / "kept/alert-1/text.txt").read_text()
    assert "examplium chloride" not in (tmp_path / "kept/alert-1/gone-2.txt").read_text()
    assert ran(tmp_path, "evidence", "verify", "kept")[0] == 0
    text = (tmp_path / "kept/alert-1/gone-2.txt").read_text()
    (tmp_path / "kept/alert-1/gone-2.txt").write_text(f"{text} examplium chloride")
    code, out, _ = ran(tmp_path, "evidence", "verify", "kept")
    assert code == 1
    assert "disappeared from" in out
    code, out, _ = ran(tmp_path, "sources")
    assert (code, "vendor: watched names on the page: 2 there (report term-presence)" in out) == (0, True)
    code, out, _ = ran(tmp_path, "explain", "1")
    assert code == 0
    assert "On the watched page" in out
    assert "“examplium chloride”: there since 2026-03-02 09:00, last seen 2026-03-02 10:00; gone at" in out
    assert out.strip().endswith("Nothing here is legal advice.")


def test_a_page_whose_text_is_replaced_is_another_article_and_the_same_page(tmp_path: Path) -> None:
    """And its alerts keep their title, and their evidence the text that the name is not in."""
    other = "Our kitchens are planned by hand. Come and see us in the old mill, on any day but Sunday."
    routes: dict[str, object] = {"/list": page("Price list", OFFER)}
    with served(routes) as server:  # type: ignore[arg-type]
        source = f"- name: vendor\n  kind: page\n  url: {server.url}/list\n  every: 1h\n"
        config = write_config(tmp_path, source, more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            watch(monitor, clock)
            for text, gone, appeared in ((other, 2, 0), (OFFER, 0, 2), (other, 2, 0)):
                routes["/list"] = page("Kitchens" if text == other else "Price list", text)
                clock.forward(hours=1)
                (check,) = monitor.run().checks
                assert (check.done.gone, check.done.appeared, check.done.alerts) == (gone, appeared, 0)
    assert {tuple(row[1:]) for row in report(tmp_path)} == {("gone", "absent")}
    assert ran(tmp_path, "evidence", "1", "--out", "kept")[0] == 0
    (alert,) = json.loads((tmp_path / "kept/manifest.json").read_text())["alerts"]
    assert alert["article"]["title"] == "Price list"
    texts = {(tmp_path / "kept" / gone["file"]).read_text() for gone in alert["disappeared"]}
    assert all("kitchens are planned" in text for text in texts)


def test_a_page_that_leads_to_the_front_page_proves_nothing(tmp_path: Path) -> None:
    routes: dict[str, object] = {"/list": page("Price list", OFFER), "/": page("Welcome", "All our goods.")}
    with served(routes) as server:  # type: ignore[arg-type]
        source = f"- name: vendor\n  kind: page\n  url: {server.url}/list\n"
        config = write_config(tmp_path, source, more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            watch(monitor, clock)
            routes["/list"] = status(302, Location="/")
            assert watch(monitor, clock) == "error"
    assert {tuple(row[1:]) for row in report(tmp_path)} == {("unknown", "error")}


def test_not_modified_is_a_reading_too(tmp_path: Path) -> None:
    async def careful(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text=page("List", OFFER), content_type="text/html", headers={"ETag": '"1"'})

    routes: dict[str, object] = {"/list": careful}
    with served(routes) as server:  # type: ignore[arg-type]
        source = f"- name: vendor\n  kind: page\n  url: {server.url}/list\n"
        config = write_config(tmp_path, source, more=allowing(server))
        clock = Clock()
        with opened(config, clock) as monitor:
            watch(monitor, clock)
            watch(monitor, clock)
    _, out, _ = ran(tmp_path, "explain", "1")
    assert "there since 2026-03-02 09:00, last seen 2026-03-02 10:00\n" in out
