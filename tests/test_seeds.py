"""The two articles that the project began with, dropped into a folder; skipped where they are not at hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor.pipeline.run import Monitor
from tests.worlds import ROOT, Clock, folder_source, opened, rows, write_config

SEEDS = ROOT.parent / "shared" / "seeds"
ENGLISH, GERMAN = "000_c7058580ab120668.txt", "004_bc99619905c2a6e3.txt"
SURFACES = {
    ENGLISH: {
        "phenethyl-bromide": {"(2-bromoethyl)benzene"},
        "phenylacetone": {"BMK"},
        "pmk": {"PMK"},
        "fentanyl": {"fentanyl"},
        "amfetamine": {"amphetamine"},
        "mdma": {"ecstasy"},
    },
    GERMAN: {
        "phenethyl-bromide": {"(2-Bromethyl)benzol"},
        "phenylacetone": {"BMK"},
        "pmk": {"PMK"},
        "fentanyl": {"Fentanyl"},
        "amfetamine": {"Amphetamin"},
        "mdma": {"Ecstasy"},
    },
}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles are not at hand")


def run_over_seeds(folder: Path) -> Path:
    config = write_config(folder, folder_source("seeds", folder / "in"), more="")
    for name in SURFACES:
        shutil.copy(SEEDS / name, folder / "in" / name)
    monitor: Monitor
    with opened(config, Clock()) as monitor:
        monitor.run()
    return folder


def test_the_seeds_give_their_six_substances_and_nothing_else(tmp_path: Path) -> None:
    folder = run_over_seeds(tmp_path)
    found: dict[str, dict[str, set[str]]] = {ENGLISH: {}, GERMAN: {}}
    query = "SELECT url, substance, start, stop, surface FROM v_mentions WHERE score >= 0.5"
    for url, substance, start, stop, surface in rows(folder, query):
        name = str(url).rpartition("/")[2]
        text = (SEEDS / name).read_text(encoding="utf-8")
        assert text[start:stop] == surface  # type: ignore[misc]
        found[name].setdefault(str(substance), set()).add(str(surface))
    assert found == SURFACES


def test_the_seeds_are_one_story_that_is_told_once(tmp_path: Path) -> None:
    folder = run_over_seeds(tmp_path)
    assert rows(folder, "SELECT COUNT(*) FROM v_stories") == [(1,)]
    told = rows(folder, "SELECT substance, articles, url FROM v_alerts ORDER BY substance")
    assert [(substance, articles) for substance, articles, _ in told] == [
        (substance, 2) for substance in sorted(SURFACES[ENGLISH])
    ]
    assert len({url for _, _, url in told}) == 1
    behind = rows(folder, "SELECT DISTINCT url FROM v_alert_sources")
    assert {str(url).rpartition("/")[2] for (url,) in [*behind, (told[0][2],)]} == {ENGLISH, GERMAN}


def test_every_snippet_holds_its_mention(tmp_path: Path) -> None:
    folder = run_over_seeds(tmp_path)
    query = """SELECT a.url, n.start, n.stop, n.text, m.surface
               FROM v_alerts a JOIN alert_snippet n ON n.alert_id = a.alert_id AND n.best
               JOIN alert_mention m ON m.alert_id = a.alert_id"""
    for url, start, stop, snippet, surface in rows(folder, query):
        text = (SEEDS / str(url).rpartition("/")[2]).read_text(encoding="utf-8")
        assert text[start:stop] == snippet  # type: ignore[misc]
        assert str(surface).casefold() in str(snippet).casefold()


def test_legal_status_of_phenethyl_bromide_is_exact(tmp_path: Path) -> None:
    """The English article states its day, 18 November 2024: Canada's entry is known for later days only."""
    folder = run_over_seeds(tmp_path)
    query = """SELECT DISTINCT l.list_id, l.kind, l.since, l.until, l.status, a.severity
               FROM v_alerts a JOIN alert_listing l ON l.alert_id = a.alert_id
               WHERE a.substance = 'phenethyl-bromide' ORDER BY l.since"""
    assert rows(folder, query) == [
        ("ca-cdsa-VI-A", "precursor", "", "", "date not known", "medium"),
        ("dea-ssl", "surveillance", "2023-10-24", "", "in force", "medium"),
        ("dea-proposed", "proposed", "2024-10-28", "", "in force", "medium"),
    ]
    assert rows(folder, "SELECT DISTINCT article_day, dated_by FROM v_alerts") == [
        ("2024-11-18", "stated in the text")
    ]
    told = rows(folder, "SELECT listing_text, reasons FROM v_alerts WHERE substance = 'phenethyl-bromide'")
    assert "scheduled" not in str(told).casefold()
