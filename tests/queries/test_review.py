"""Notices from the source to the list in force: proposals, review, overlay, rescan, and what alerts say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from aiohttp import web

from monitor.chem import missing
from monitor.config import load_config
from monitor.errors import MonitorError
from monitor.queries.explain import explain
from monitor.queries.review import decide, proposal_lines
from tests.servers import Server
from tests.worlds import Clock, article, folder_source, opened, ran, rows, served, write_config

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCHEDULES = "Schedules of Controlled Substances: "
PLACED = {
    "document_number": "2026-23001",
    "title": SCHEDULES + "Temporary Placement of Examplonitazene in Schedule I",
    "abstract": "The Administrator of the Drug Enforcement Administration is issuing this temporary order to "
    "schedule examplonitazene (1-(4-fluorophenyl)-2-(methylamino)octan-1-one) in schedule I.",
    "action": "Temporary amendment; temporary scheduling order.",
    "dates": "This temporary order is effective November 20, 2026, until November 20, 2028.",
    "publication_date": "2026-11-20",
}
PROPOSED = {
    "document_number": "2026-23002",
    "title": "Designation of Sodium Borohydride as a List I Chemical",
    "abstract": "The DEA proposes the control of sodium borohydride as a list I chemical.",
    "action": "Notice of proposed rulemaking.",
    "publication_date": "2026-11-21",
}
REMOVED = {
    "document_number": "2026-23003",
    "title": SCHEDULES + "Removal of Pregabalin From Control",
    "abstract": "With the issuance of this final rule, the DEA removes pregabalin from the schedules.",
    "publication_date": "2026-11-22",
}
CORRECTED = {
    "document_number": "2026-23004",
    "title": "Schedules of Controlled Substances; Correction",
    "abstract": "The DEA is correcting the amendatory text of a rule on schedule II.",
    "publication_date": "2026-11-22",
}
QUOTAS = {
    "document_number": "2026-23005",
    "title": "Proposed Aggregate Production Quotas for Schedule I and II Controlled Substances for 2027",
    "abstract": "The DEA proposes quotas for substances in schedules I and II, fentanyl among them.",
    "publication_date": "2026-11-22",
}


def listed(*documents: dict[str, str]) -> web.Response:
    results = [
        {
            **each,
            "html_url": "https://www.federalregister.gov/documents/"
            f"{each['publication_date'].replace('-', '/')}/{each['document_number']}/a-notice",
        }
        for each in documents
    ]
    return web.Response(body=json.dumps({"results": results}).encode(), content_type="application/json")


@pytest.fixture
def register() -> Iterator[Server]:
    with served({"/documents.json": listed(PLACED, PROPOSED, REMOVED, CORRECTED, QUOTAS)}) as server:
        yield server


def configured(folder: Path, server: Server) -> Path:
    """Two short shipped lists, the Federal Register at `server`, and a folder of articles."""
    sources = f"- name: register\n  kind: federal_register\n  url: {server.url}/documents.json\n"
    sources += "  fetch_pages: false\n" + folder_source("in", folder / "in")
    more = "watchlists:\n  - builtin: [dea-schedule-5, dea-ssl]\n"
    more += f"http:\n  pace: 0s\n  allow_hosts:\n    - {server.place}\n"
    return write_config(folder, sources, more=more)


def run(path: Path) -> None:
    with opened(path, Clock(NOW)) as monitor:
        monitor.run()


def number(folder: Path, substance: str) -> int:
    (row,) = rows(folder, f"SELECT proposal_id FROM v_proposals WHERE substance = '{substance}'")
    return int(str(row[0]))


def accept(path: Path, substance: str, effective: date | None = None) -> None:
    numbers = [number(path.parent, substance)]
    config = load_config(path, {})
    decide(config, NOW, accept=numbers, reject=[], who="Ann", why="read it", effective=effective)


def listings(folder: Path, substance: str) -> list[tuple[object, ...]]:
    query = "SELECT list_id, since, until FROM v_watchlist WHERE withdrawn_at IS NULL AND substance = "
    return rows(folder, f"{query}'{substance}' ORDER BY list_id")


def test_notices_wait_for_review_and_are_in_force_then(tmp_path: Path, register: Server) -> None:
    path = configured(tmp_path, register)
    (tmp_path / "in/a.txt").write_text(article("Seized", "Police found examplonitazene in a flat."))
    run(path)
    columns = "num, published, action, act, list_id, effective, waiting"
    assert rows(tmp_path, f"SELECT {columns} FROM v_notices ORDER BY num") == [
        ("2026-23001", "2026-11-20", "temporary", "temporary", "dea-schedule-1", "2026-11-20", 1),
        ("2026-23002", "2026-11-21", "propose", "designate", "dea-list-1", "", 1),
        ("2026-23003", "2026-11-22", "remove", "remove", "dea-schedule-5", "", 1),
        ("2026-23004", "2026-11-22", "correct", "correct", "dea-schedule-2", "", 1),
    ]
    (told,) = rows(tmp_path, "SELECT reason FROM v_proposals WHERE substance = 'examplonitazene'")
    clause = "a notice of 2026-11-20 places it on dea-schedule-1 by a temporary order from 2026-11-20"
    assert told == (f"{clause} (Federal Register 2026-23001; not reviewed)",)
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts WHERE substance = 'examplonitazene'") == [(0,)]

    accept(path, "examplonitazene")
    run(path)
    query = "SELECT DISTINCT lists FROM v_alerts WHERE substance = 'examplonitazene'"
    assert rows(tmp_path, query) == [("dea-schedule-1",)]  # the rescan of what was stored before
    assert listings(tmp_path, "examplonitazene") == [("dea-schedule-1", "2026-11-20", "")]
    (kept,) = rows(tmp_path, "SELECT smiles, source FROM substance WHERE key = 'examplonitazene'")
    assert bool(kept[0]) != bool(missing())
    assert "Federal Register 2026-23001" in str(kept[1])


def test_a_review_shows_the_sentence_the_names_and_the_structure(tmp_path: Path, register: Server) -> None:
    path = configured(tmp_path, register)
    run(path)
    code, out, _ = ran(tmp_path, "watchlist", "review")
    assert code == 0
    assert "Examplonitazene (examplonitazene)" in out
    assert "“The Administrator of the Drug Enforcement Administration is issuing" in out
    assert "names: Examplonitazene; 1-(4-fluorophenyl)-2-(methylamino)octan-1-one" in out
    assert ("structure: not known" in out) == bool(missing())
    assert "(no substance named)" in out
    lines = {line.proposal.substance: line for line in proposal_lines(load_config(path, {}), NOW)}
    assert lines["sodium-borohydride"].name == "Sodium borohydride"
    assert len(lines["sodium-borohydride"].beside) == 1  # it is known: its names and structure are not news


def test_until_it_is_reviewed_alerts_say_what_a_notice_proposes(tmp_path: Path, register: Server) -> None:
    path = configured(tmp_path, register)
    run(path)
    (tmp_path / "in/b.txt").write_text(article("Seized", "Police found drums of sodium borohydride."))
    run(path)
    said = (
        "a notice of 2026-11-21 proposes to put it on dea-list-1 (Federal Register 2026-23002; not reviewed)"
    )
    alerts = rows(tmp_path, "SELECT alert_id, source FROM v_alerts WHERE substance = 'sodium-borohydride'")
    assert {source for _, source in alerts} == {"register", "in"}
    for alert, _ in alerts:
        shown = " ".join(" ".join(explain(load_config(path, {}), str(alert), NOW)).split())
        assert said in shown
    accept(path, "sodium-borohydride")
    (tmp_path / "in/c.txt").write_text(article("Stolen", "Thieves took sodium borohydride from a yard."))
    run(path)
    (newest,) = rows(tmp_path, "SELECT MAX(alert_id) FROM v_alerts WHERE substance = 'sodium-borohydride'")
    shown = " ".join(explain(load_config(path, {}), str(newest[0]), NOW))
    assert "not reviewed" not in shown
    assert ("dea-proposed", "2026-11-21", "") in listings(tmp_path, "sodium-borohydride")


def test_a_removal_is_accepted_with_its_day_only(tmp_path: Path, register: Server) -> None:
    path = configured(tmp_path, register)
    run(path)
    with pytest.raises(MonitorError, match=r"does not say from which day .* --effective"):
        accept(path, "pregabalin")
    assert rows(tmp_path, "SELECT COUNT(*) FROM proposal_decision") == [(0,)]
    accept(path, "pregabalin", date(2026, 12, 22))
    run(path)
    (stands,) = (each for each in listings(tmp_path, "pregabalin") if each[0] == "dea-schedule-5")
    assert stands[2] == "2026-12-22"
    (decided,) = rows(tmp_path, "SELECT decided_why FROM v_proposals WHERE substance = 'pregabalin'")
    assert decided == ("read it (in force from 2026-12-22)",)
    with pytest.raises(MonitorError, match=r"there is no proposal 99"):
        decide(load_config(path, {}), NOW, accept=[99], reject=[], who="Ann", why="x")


def test_what_is_rejected_or_read_again_changes_nothing(tmp_path: Path, register: Server) -> None:
    path = configured(tmp_path, register)
    run(path)
    query = "SELECT proposal_id, substance, after, status FROM v_proposals ORDER BY proposal_id"
    rejected = number(tmp_path, "examplonitazene")
    decide(load_config(path, {}), NOW, accept=[], reject=[rejected], who="Ann", why="no")
    before = rows(tmp_path, query)
    accept(path, "sodium-borohydride")  # another list in force: everything stored is matched and read again
    run(path)
    after = rows(tmp_path, query)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert listings(tmp_path, "examplonitazene") == []
