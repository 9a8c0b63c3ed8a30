"""Stories from sources to reports: raised once, nothing lost, whatever the order, the batch or the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds import NO_STORIES, Clock, alerts, folder_source, opened, ran, rows, write_config

HOUSE = """
watchlists:
  - name: house list
    severity: medium
    substances:
      - name: examplium
        aliases:
          - Vexilan
      - name: testosin
        severity: high
"""
TOLD = {
    "en.txt": "Examplium found in Riga\n\nCustoms officers in Riga found 48 kilograms of examplium in a "
    "shipment of glass beads from India, the revenue service said. Two men from Jelgava were arrested.\n",
    "de.txt": "Vexilan in Glasperlen\n\nDer Zoll hat in Riga 48 Kilogramm Vexilan in einer "
    "Sendung Glasperlen aus Indien entdeckt. Zwei Männer aus Jelgava wurden festgenommen.\n",
    "fr.txt": "Riga : 48 kilos d'examplium\n\nLa douane a saisi à Riga 48 kilos d'examplium dans un envoi de "
    "perles de verre venu d'Inde. Deux hommes de Jelgava ont été arrêtés.\n",
}
OTHER = (
    "Examplium found in Porto\n\nPolice in Porto found 9 kilograms of examplium in a flat on Sunday. "
    "A woman of 31 was arrested, and a car was towed away.\n"
)


def drop(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / "in" / name.replace("_", ".")).write_text(text, encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE)


def behind(folder: Path) -> set[str]:
    return {str(url).rpartition("/")[2] for (url,) in rows(folder, "SELECT url FROM v_alert_sources")}


@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "one run each"])
def test_one_event_in_three_languages_is_told_once(tmp_path: Path, config: Path, at_once: bool) -> None:
    clock = Clock()
    joined = 0
    for name, text in TOLD.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
        if not at_once or name == "fr.txt":
            clock.forward(hours=2)
            with opened(config, clock) as monitor:
                joined += monitor.run().checks[0].done.joined
    drop(tmp_path, other_txt=OTHER)
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        assert monitor.run().alerts == 1
    assert joined == 2
    told = [name for name, _ in alerts(tmp_path)]
    assert "other.txt" in told
    assert len(told) == 2
    assert behind(tmp_path) == TOLD.keys() - set(told)
    assert rows(tmp_path, "SELECT articles FROM v_stories ORDER BY story_id") == [(3,), (1,)]
    assert rows(tmp_path, "SELECT COUNT(DISTINCT article_id) FROM v_mentions") == [(4,)]


def test_read_again_nothing_is_added(tmp_path: Path, config: Path) -> None:
    drop(tmp_path, en_txt=TOLD["en.txt"], de_txt=TOLD["de.txt"])
    clock = Clock()
    tables = ("story", "story_member", "story_key", "alert_source", "alert")
    counts = []
    for _ in range(2):
        clock.forward(hours=2)
        for file in (tmp_path / "in").iterdir():
            file.touch()
        with opened(config, clock) as monitor:
            monitor.store.basis(
                str(len(counts)), "", clock()
            )  # as if the rules had changed: all is judged again
            monitor.run()
        counts.append([rows(tmp_path, f"SELECT COUNT(*) FROM {table}") for table in tables])
    assert counts[0] == counts[1]


def test_a_new_substance_and_a_higher_severity_tell_a_story_again(tmp_path: Path, config: Path) -> None:
    clock = Clock()
    drop(tmp_path, a_txt=TOLD["en.txt"])
    with opened(config, clock) as monitor:
        monitor.run()
    drop(tmp_path, b_txt=TOLD["de.txt"].replace("entdeckt.", "und Testosin entdeckt."))
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        monitor.run()
    assert alerts(tmp_path) == [("a.txt", "examplium"), ("b.txt", "testosin")]
    told = rows(tmp_path, "SELECT told_again, story_id FROM v_alerts ORDER BY alert_id")
    assert told == [("", 1), ("the story names another substance now", 1)]
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + SEVERE)
    drop(tmp_path, c_txt=TOLD["fr.txt"])
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        monitor.run()
    ((again, severity),) = rows(
        tmp_path, "SELECT told_again, severity FROM v_alerts WHERE url LIKE '%/c.txt'"
    )
    assert (again, severity) == ("the severity is critical now, medium before", "critical")


SEVERE = "rules:\n  - name: grave\n    severity: critical\nrescan:\n  automatic: false\n"


PORTO = (
    "Testosin found in Porto\n\nPolice in Porto found 9 kilograms of testosin in a flat in Foz on Sunday. "
    "Inspector Marta Quental said that a woman of 31 was arrested.\n"
)


def test_a_file_that_holds_another_event_by_now_joins_its_story(tmp_path: Path, config: Path) -> None:
    """A text that has almost nothing in common with the one before is another article of the same name."""
    clock = Clock()
    drop(tmp_path, a_txt=TOLD["en.txt"], b_txt=PORTO)
    with opened(config, clock) as monitor:
        assert monitor.run().alerts == 2
    drop(tmp_path, a_txt=PORTO.replace("31 was", "32 was"))
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        assert monitor.run().alerts == 0  # the story has its alert already
    assert len(behind(tmp_path)) == 1
    assert rows(tmp_path, "SELECT articles FROM v_stories ORDER BY story_id") == [(1,), (2,)]


def test_short_copies_are_told_once_as_well(tmp_path: Path, config: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text("Warning: examplium in the city\n")
    with opened(config, Clock()) as monitor:
        monitor.run()
    assert alerts(tmp_path) == [("a.txt", "examplium")]
    assert behind(tmp_path) == {"b.txt"}


def test_long_copies_stand_behind_their_original_however_late(tmp_path: Path, config: Path) -> None:
    text = (
        TOLD["en.txt"].rstrip()
        + " The parcels had been sent to a company that nobody at its address knows.\n"
    )
    drop(tmp_path, a_txt=text)
    clock = Clock()
    with opened(config, clock) as monitor:
        monitor.run()
    drop(tmp_path, b_txt=text)
    clock.forward(days=20)
    with opened(config, clock) as monitor:
        monitor.run()
    assert alerts(tmp_path) == [("a.txt", "examplium")]
    assert behind(tmp_path) == {"b.txt"}


def test_switched_off_every_article_is_told(tmp_path: Path, config: Path) -> None:
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE + NO_STORIES)
    for name, text in TOLD.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    with opened(config, Clock()) as monitor:
        assert monitor.run().alerts == 3
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_stories") == [(0,)]


def test_a_rescan_puts_old_articles_behind_what_was_told(tmp_path: Path, config: Path) -> None:
    unnamed = HOUSE.replace("        aliases:\n          - Vexilan\n", "")
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=unnamed)
    drop(tmp_path, en_txt=TOLD["en.txt"], de_txt=TOLD["de.txt"])
    clock = Clock()
    with opened(config, clock) as monitor:
        monitor.run()
    assert alerts(tmp_path) == [("en.txt", "examplium")]
    write_config(tmp_path, folder_source("in", tmp_path / "in"), more=HOUSE)
    clock.forward(hours=2)
    with opened(config, clock) as monitor:
        summary = monitor.run()
        assert summary.rescan is not None
        assert summary.rescan.alerts == 0
    assert alerts(tmp_path) == [("en.txt", "examplium")]
    assert behind(tmp_path) == {"de.txt"}


def test_the_program_tells_how_many_and_explains_why(tmp_path: Path, config: Path) -> None:
    for name, text in TOLD.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    code, out, _ = ran(tmp_path, "run")
    assert code == 0
    assert "and 2 more articles of this story: in" in out
    assert "3 new articles, 2 of them of known stories, 1 new alert" in out
    _, out, _ = ran(tmp_path, "explain", "1")
    assert "Story 1" in out
    assert "the same event" in out
    _, out, _ = ran(tmp_path, "explain", "in/fr.txt")
    assert "It belongs to story 1" in out
    assert "no alert of its own: alert 1 is about its story" in out
    code, _, err = ran(tmp_path, "explain", "in/nothing.txt")
    assert code == 1
    assert "no article is stored under" in err
    code, out, _ = ran(tmp_path, "report", "stories", "--since", "1d", "--format", "csv")
    assert code == 0
    assert "Vexilan in Glasperlen,3,1," in out
