"""Triage on the command line: decided, refused, held back, forgotten, checked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.worlds import Clock, article, folder_source, opened, ran, rows, write_config

FOUND = "Officers found two drums of examplium chloride on board."
HOUSE = """
stories:
  enabled: false
watchlists:
  - name: house list
    severity: medium
    substances:
      - name: examplium chloride
triage:
  reasons:
    fiction: a novel or a film
"""


def world(folder: Path, texts: int = 3) -> Path:
    config = write_config(folder, folder_source("in", folder / "in"), more=HOUSE)
    for number in range(texts):
        (folder / "in" / f"{number}.txt").write_text(article(f"Report {number}", f"{FOUND} No {number}."))
    with opened(config, Clock()) as monitor:
        assert monitor.run().alerts == texts
    return config


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world(tmp_path)
    return tmp_path


def listed(folder: Path, *options: str) -> list[tuple[str, str]]:
    code, out, err = ran(folder, "alerts", *options, "--format", "csv")
    assert code == 0, err
    return [(row["alert_id"], row["status"]) for row in csv.DictReader(io.StringIO(out.lstrip("\ufeff")))]


def test_a_monday(folder: Path) -> None:
    assert sorted(listed(folder)) == [("1", "new"), ("2", "new"), ("3", "new")]
    assert ran(folder, "alert", "dismiss", "1", "--code", "fiction", "--by", "Ann")[0] == 0
    code, out, _ = ran(folder, "alert", "confirm", "2", "--why", "file 77", "--by", "Ann")
    assert (code, out) == (0, "alert 2: new -> confirmed\n")
    assert ran(folder, "alert", "assign", "3", "--to", "Ben")[0] == 0
    assert listed(folder) == [("3", "assigned")]
    assert listed(folder, "--assignee", "Ben") == [("3", "assigned")]
    assert len(listed(folder, "--all")) == 3
    shown = ran(folder, "alert", "show", "1")[1]
    assert "Alert 1 (dismissed)" in shown
    assert "Ann: dismiss (fiction)" in shown
    since = ("--since", "2000-01-01", "--format", "json")
    _, report, _ = ran(folder, "report", "alerts", "--status", "confirmed", *since)
    assert '"reason": "file 77"' in report
    code, _, err = ran(folder, "report", "sources", "--status", "new")
    assert (code, "is not of alerts" in err) == (2, True)


def test_what_is_refused_is_told_and_the_others_are_written(folder: Path) -> None:
    assert ran(folder, "alert", "confirm", "1", "--by", "Ann", "--why", "sure")[0] == 0
    code, out, err = ran(folder, "alert", "dismiss", "1", "2", "99", "--why", "a novel", "--by", "Ben")
    assert code == 1
    assert out == "alert 2: new -> dismissed\n"
    assert "alert 1: it is confirmed, and cannot be dismissed: reopen it first (Ann, " in err
    assert "there is no alert 99" in err
    code, _, err = ran(folder, "alert", "reopen", "1", "--seen", "dismissed")
    assert (code, "it is confirmed, not dismissed: look at it again" in err) == (1, True)
    assert ran(folder, "alert", "dismiss", "3")[0] == 1
    assert rows(folder, "SELECT COUNT(*) FROM v_decisions") == [(2,)]


def test_held_back_is_kept_counted_and_shown(folder: Path) -> None:
    code, _, err = ran(folder, "suppress", "add", "--until", "2030-01-01", "--why", "x")
    assert (code, "say what to hold back" in err) == (1, True)
    until = ("--until", "2999-01-01", "--why", "noise")
    code, out, _ = ran(folder, "suppress", "add", "--substance", "examplium-chloride", *until)
    assert (code, "graver than medium" in out) == (0, True)
    (folder / "in" / "more.txt").write_text(article("Another", f"{FOUND} Again."))
    _, out, _ = ran(folder, "run")
    assert "0 new alerts, 1 held back by suppressions" in " ".join(out.split())
    assert len(listed(folder)) == 3
    assert listed(folder, "--suppressed") == [("4", "new")]
    assert "held back when it was raised, by suppression 1" in ran(folder, "alert", "show", "4")[1]
    assert ran(folder, "suppress", "end", "1", "--why", "wanted")[0] == 0
    assert "ended" in ran(folder, "suppress", "list")[1]


def test_many_dismissals_propose_a_suppression(tmp_path: Path) -> None:
    world(tmp_path, 5)
    _, _, err = ran(tmp_path, "alert", "dismiss", "1", "2", "3", "4", "--why", "noise")
    assert err == ""
    _, _, err = ran(tmp_path, "alert", "dismiss", "5", "--why", "noise")
    assert "suppress add --substance 'examplium-chloride' --source 'in'" in err


def test_an_article_is_forgotten_and_not_read_again(folder: Path) -> None:
    code, out, _ = ran(folder, "forget", "1", "--why", "a request")
    assert code == 0
    assert "alert-1" in out
    (folder / "in" / "0.txt").write_text(article("Report 0", f"{FOUND} Mr Smith was named."))
    assert ran(folder, "run")[0] == 0
    kept = "SELECT COUNT(*) FROM revision WHERE article_id = 1 AND text IS NOT NULL"
    assert rows(folder, kept) == [(0,)]
    assert ran(folder, "forget", "https://none.example", "--why", "x")[0] == 1


def test_the_chain_is_checked(folder: Path) -> None:
    assert ran(folder, "alert", "confirm", "1", "2", "--by", "Ann")[0] == 0
    code, out, _ = ran(folder, "audit", "verify")
    assert (code, out.splitlines()[0]) == (0, "2 decisions, unbroken")
    head = out.split()[-1]
    assert ran(folder, "forget", "Ann", "--person", "--why", "left")[0] == 0
    assert ran(folder, "audit", "verify", "--head", head)[0] == 0
    code, out, _ = ran(folder, "audit", "verify", "--head", "f" * 64)
    assert (code, "no decision has the hash" in out) == (1, True)
