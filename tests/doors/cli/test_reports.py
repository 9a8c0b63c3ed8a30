"""The command `report`: its form follows from the name of the file, and files are whole or not there."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from monitor.errors import ConfigError, MonitorError
from monitor.queries.reports import format_of, report_names
from tests.doors.cli.test_main import ran, world

__all__ = ["world"]


@pytest.mark.parametrize(
    ("named", "out", "form"),
    [
        (None, None, "table"),
        (None, "a.txt", "table"),
        (None, "a", "table"),
        (None, "a.CSV", "csv"),
        (None, "a.htm", "html"),
        (None, "a.xlsx", "xlsx"),
        ("csv", "a.csv", "csv"),
        ("csv", "a.dat", "csv"),
        ("md", None, "md"),
    ],
)
def test_the_form_follows_from_the_name(named: str | None, out: str | None, form: str) -> None:
    assert format_of(named, Path(out) if out else None) == form


@pytest.mark.parametrize(
    ("named", "out", "why"),
    [
        ("csv", "a.xlsx", "contradict each other"),
        ("table", "a.html", "contradict each other"),
        (None, "a.pdf", "no report ends in .pdf; name a file with .txt, .csv"),
        (None, "a.xls", "no report ends in .xls"),
    ],
)
def test_contradictions_are_refused(named: str | None, out: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        format_of(named, Path(out))


def test_files_by_their_names(world: Path) -> None:
    ran(world, "run")
    assert ran(world, "report", "alerts", "--out", "a.xlsx")[0] == 0
    page = openpyxl.load_workbook(world / "a.xlsx")["alerts"]
    assert page.max_row == 2
    assert ran(world, "report", "alerts", "--out", "a.csv", "--separator", ";")[0] == 0
    written = (world / "a.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfalert_id;raised_at;")
    _, out, _ = ran(world, "report", "alerts", "--format", "csv")
    assert out.startswith("alert_id,raised_at,")
    _, out, _ = ran(world, "report", "alerts", "--format", "csv", "--bom")
    assert out.startswith("\ufeffalert_id,")
    code, _, err = ran(world, "report", "alerts", "--format", "xlsx")
    assert (code, "name a file with --out" in err) == (2, True)
    code, _, err = ran(world, "report", "alerts", "--format", "csv", "--separator", "x")
    assert (code, "choose , or ; or tab" in err) == (2, True)


def test_today_belongs_to_until_today(world: Path) -> None:
    from datetime import UTC, datetime

    ran(world, "run")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    _, out, _ = ran(world, "report", "alerts", "--since", day, "--until", day, "--format", "csv")
    assert "examplium-chloride" in out


def test_the_help_names_every_report(world: Path) -> None:
    _, out, _ = ran(world, "report", "--help")
    words = out.replace("│", " ").split()
    assert all(any(word.strip(",.") == name for word in words) for name in report_names())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    from monitor.doors.output import write_whole

    target = tmp_path / "a.csv"
    target.write_text("old")
    target.chmod(0o640)
    write_whole(target, b"new", "--out")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)
    with pytest.raises(MonitorError, match="could not be written"):
        write_whole(tmp_path / "no" / "a.csv", b"new", "--out")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
