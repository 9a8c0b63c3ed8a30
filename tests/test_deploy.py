"""What deploy/ ships runs, and the documented way to back up and restore keeps everything."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer

from monitor.doors.cli import main as cli
from tests.worlds import HOUSE, NO_STORIES, ROOT, article, folder_source, ran, rows, write_config

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
OPERATIONS = (ROOT / "docs/operations.md").read_text()


def unit(path: Path) -> ConfigParser:
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(path)
    return parsed


def options_of(command: str) -> set[str]:
    known = typer.main.get_command(cli.app).commands[command]  # type: ignore[attr-defined]
    return {option for parameter in known.params for option in parameter.opts}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_the_units_start_a_command_that_there_is(path: Path) -> None:
    program, command, *options = shlex.split(unit(path)["Service"]["ExecStart"])
    assert program.endswith("/bin/substance-monitor")
    assert {option for option in options if option.startswith("-")} <= options_of(command)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("path", [*UNITS, *DEPLOY.glob("*.timer")], ids=lambda path: path.name)
def test_systemd_takes_the_units(path: Path, tmp_path: Path) -> None:
    """On a machine without the program, with another one in its place."""
    for each in (*UNITS, *DEPLOY.glob("*.timer")):
        text = each.read_text().replace("/opt/substance-monitor/venv/bin/substance-monitor", "/bin/true")
        (tmp_path / each.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        check=False,
        capture_output=True,
        text=True,
    )
    told = [line for line in done.stderr.splitlines() if "substance-monitor" in line]
    assert (done.returncode, told) == (0, [])


def test_the_image_starts_a_command_that_there_is() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert re.search(r'^ENTRYPOINT \["substance-monitor"\]$', text, re.MULTILINE)
    (command,) = re.findall(r'^CMD \["(\w+)", "(--config)", "/data/config.yaml"\]$', text, re.MULTILINE)
    assert command[1] in options_of(command[0])
    assert (
        "scheduler is running" in (ROOT / "monitor/queries/sources.py").read_text()
    )  # what the health check looks for
    for copied in re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE):
        assert (ROOT / copied).exists()


def test_every_file_is_documented() -> None:
    for path in DEPLOY.iterdir():
        assert f"`{path.name}`" in OPERATIONS


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="there is no sqlite3 here")
def test_back_up_while_it_is_open_and_restore(tmp_path: Path) -> None:
    config = write_config(tmp_path, folder_source("cuttings", tmp_path / "cuttings"), more=HOUSE + NO_STORIES)
    first = article("A seizure", "Officers found examplium chloride.")
    (tmp_path / "cuttings/a.txt").write_text(first)
    assert ran(tmp_path, "run", "--config", config.name)[0] == 0
    backup, restore = re.findall(r"```sh\n(.*?)```", OPERATIONS, re.DOTALL)[:2]
    held = sqlite3.connect(tmp_path / "monitor.db")  # open, as by the program
    held.execute("SELECT COUNT(*) FROM article").fetchone()
    done = subprocess.run(["sh", "-ec", backup], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "ok"
    held.close()
    (tmp_path / "cuttings/b.txt").write_text(first.replace("A seizure", "Another one"))
    assert ran(tmp_path, "run", "--config", config.name)[0] == 0
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts") == [(2,)]
    assert "systemctl" in restore
    copied = "\n".join(line for line in restore.splitlines() if "systemctl" not in line)
    subprocess.run(["sh", "-ec", copied], cwd=tmp_path, check=True)
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts") == [(1,)]
    assert ran(tmp_path, "run", "--config", config.name)[0] == 0
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_alerts") == [(2,)]
