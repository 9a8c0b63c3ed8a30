"""The built wheel, installed into an empty environment and run from another directory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from datetime import date
from pathlib import Path

import pytest

from monitor import __version__

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    """Run without this repository on the import path; the answer is what was printed."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, check=False, cwd=cwd, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty environment with the wheel and its dependencies in it."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=True)
    bin_folder = home / ("Scripts" if os.name == "nt" else "bin")
    run(bin_folder / "python", "-m", "pip", "install", "--quiet", wheel, cwd=home)
    return bin_folder


@pytest.mark.slow
def test_the_wheel_carries_all_that_is_needed_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {f"monitor/{path.relative_to(ROOT / 'monitor')}" for path in tracked("monitor")}
    assert code <= names
    migrations = {
        f"monitor/_migrations/{path.relative_to(ROOT / 'migrations')}" for path in tracked("migrations")
    }
    assert migrations <= names
    assert any("versions/" in name for name in migrations)
    assert {name.split("/")[0] for name in names} <= {"monitor"} | {
        n.split("/")[0] for n in names if ".dist-info" in n
    }
    assert any(name.endswith("licenses/NOTICE") for name in names)


def tracked(folder: str) -> list[Path]:
    """The files of a folder that belong to the project (not what running it leaves behind)."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts and not path.name.startswith(".")]


@pytest.mark.slow
def test_the_installed_program_works_from_another_directory(installed: Path, tmp_path: Path) -> None:
    program = installed / "substance-monitor"
    assert "scan" in run(program, "--help", cwd=tmp_path)
    assert "scan" in run(installed / "python", "-m", "monitor", "--help", cwd=tmp_path)

    (tmp_path / "in.jsonl").write_text(
        json.dumps({"id": 1, "text": "They offered (2-bromoethyl)benzene."}) + "\n"
    )
    version = run(program, "--version", cwd=tmp_path).split()[-1]
    shown = run(installed / "python", "-m", "pip", "show", "substance-monitor", cwd=tmp_path)
    assert f"Version: {version}\n" in shown

    run(program, "scan", "in.jsonl", "--out", "out.jsonl", cwd=tmp_path)
    (mention,) = json.loads((tmp_path / "out.jsonl").read_text())["mentions"]
    assert mention["surface"] == "(2-bromoethyl)benzene"
    assert "dea-ssl" in [listing["list"] for listing in mention["listings"]]


@pytest.mark.slow
def test_the_installed_program_makes_its_database(installed: Path, tmp_path: Path) -> None:
    """One whole cycle over a folder: the migrations and the watchlists come out of the wheel."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "one.txt").write_text("Customs seized 20 kg of fentanyl on Monday.\n")
    (tmp_path / "config.yaml").write_text("sources:\n  - name: news\n    kind: folder\n    path: news\n")
    told = run(installed / "substance-monitor", "run", "--config", "config.yaml", cwd=tmp_path)
    assert "fentanyl" in told.lower()
    assert (tmp_path / "monitor.db").exists()
    report = run(installed / "substance-monitor", "report", "alerts", "--format", "json", cwd=tmp_path)
    assert "fentanyl" in report.lower()


def test_dependencies_have_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in project["dependencies"]:
        assert ">=" in requirement, requirement
        assert "<" in requirement, requirement


def test_the_changelog_has_the_version_and_a_place_for_what_comes() -> None:
    """Newest first, each version with its day, and changes grouped as Keep a Changelog has them."""
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", each) for each in headings[1:]]
    assert all(released), headings
    assert next(each[1] for each in released if each) == __version__
    days = [date.fromisoformat(each[2]) for each in released if each]
    assert days == sorted(days, reverse=True)
    groups = re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert set(groups) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_change_stands_once_and_under_a_heading() -> None:
    """Merging changes of several people doubles lines, or puts them under a version that is out already."""
    for part in re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]:
        before, *groups = re.split(r"^### ", part, flags=re.MULTILINE)
        assert "\n- " not in before, before
        entries = [line for group in groups for line in group.splitlines() if line.startswith("- ")]
        assert len(entries) == len(set(entries))
