"""The door of notices: a line out for each line in, errors as values, structures where names are unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.chem import missing
from monitor.doors.notices import NoticeSummary, read_lines
from monitor.pipeline.notices import NoticeReader
from monitor.watchlist import load_builtin
from tests.worlds import ran

SCHEDULES = "Schedules of Controlled Substances: "
READER = NoticeReader(load_builtin())


def answered(*lines: bytes | dict[str, Any]) -> tuple[list[dict[str, Any]], NoticeSummary]:
    raw = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines]
    out: list[bytes] = []
    summary = read_lines([line + b"\n" for line in raw], out.append, READER)
    return [json.loads(line) for line in out], summary


def test_every_line_has_its_answer_in_order() -> None:
    found, summary = answered(
        {
            "num": "2026-1",
            "pub": "2026-11-28",
            "title": SCHEDULES + "Placement of Bromazolam and Novazolam (NVZ) in Schedule I",
            "summary": "This rule is effective January 4, 2027.",
            "url": "https://www.federalregister.gov/d/2026-1",
        },
        b"",
        {"num": 7, "title": "Importer of Controlled Substances Application: Example LLC"},
    )
    assert found[0]["reasons"]
    assert {key: value for key, value in found[0].items() if key != "reasons"} == {
        "num": "2026-1",
        "action": "place",
        "list": "dea-schedule-1",
        "substances": [
            {"name": "Bromazolam", "substance": "bromazolam"},
            {"name": "Novazolam (NVZ)", "substance": None},
        ],
        "effective": "2027-01-04",
    }
    assert (found[1]["num"], found[1]["action"], found[1]["list"], found[1]["effective"]) == (
        "7",
        "none",
        None,
        None,
    )
    assert summary == NoticeSummary(lines=2, changes=1, errors=0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "line 1: not JSON"),
        (b"[]", "line 1: not a JSON object"),
        (b"\xff", "line 1: not UTF-8"),
        ({"title": "x"}, '"num" is missing'),
        ({"num": "1"}, '"title" is missing'),
        ({"num": "1", "title": 3}, '"title" is not a string'),
        ({"num": "1", "title": "x", "summary": []}, '"summary" is not a string'),
        ({"num": "1", "title": "x", "pub": "soon"}, '"pub" is no day'),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_its_reason(
    line: bytes | dict[str, Any], said: str
) -> None:
    (found,), summary = answered(line)
    assert said in found["error"]
    assert (found["action"], found["list"], found["substances"], found["effective"]) == (
        "none",
        None,
        [],
        None,
    )
    assert summary.errors == 1


def test_a_removal_that_names_no_list_leaves_the_one_where_the_substance_stands() -> None:
    (found,), _ = answered({"num": "1", "title": SCHEDULES + "Removal of Suvorexant From Control"})
    assert (found["action"], found["list"]) == ("remove", "dea-schedule-4")
    (unknown,), _ = answered({"num": "1", "title": SCHEDULES + "Removal of Examplomine From Control"})
    assert (unknown["action"], unknown["list"]) == ("remove", None)


def test_the_command_reads_files_and_names_as_structures(tmp_path: Path) -> None:
    title = SCHEDULES + "Placement of Examplone in Schedule I"
    summary = "DEA places examplone (2-(methylamino)-1-phenylpropan-1-one) in schedule I."
    lines = [json.dumps({"num": "1", "title": title, "summary": summary}), '{"num": "2"}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    code, _, err = ran(tmp_path, "watchlist", "notices", "in.jsonl", "--out", "out.jsonl")
    assert code == 1
    assert "2 notices, 1 of them about a change of law, 1 line could not be read" in err
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert first["substances"] == [{"name": "Examplone", "substance": None if missing() else "methcathinone"}]
    assert '"title" is missing' in second["error"]
