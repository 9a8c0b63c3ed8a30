"""`resolve` as a user meets it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.chem import missing
from monitor.chem.identity import accepted
from tests.worlds import ROOT

KEYS = ["name", "inchikey", "smiles", "via", "substance", "listings", "classes", "steps"]


def ask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "resolve", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_one_name_gives_one_object_with_the_keys_in_order(tmp_path: Path) -> None:
    done = ask(tmp_path, "Phenethylbromid", "--at", "2024-01-29")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == KEYS
    assert (found["inchikey"], found["via"], found["substance"]) == (
        "WMPPDTMATNBGJN-UHFFFAOYSA-N",
        "lexicon",
        "phenethyl-bromide",
    )
    assert {each["list"]: each["status"] for each in found["listings"]} == {
        "ca-cdsa-VI-A": "date not known",  # known to be there on 2026-04-12
        "dea-ssl": "under surveillance",
        "dea-proposed": "not yet in force",
    }


def test_a_file_of_names_gives_a_line_each_in_order(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("PMK\n\nno such thing\n  GBL \n", encoding="utf-8")
    done = ask(tmp_path, "--input", "names.txt")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["name"] for each in found] == ["PMK", "no such thing", "GBL"]
    assert [each["inchikey"] is None for each in found] == [False, True, False]
    assert found[1]["smiles"] is None


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_name_that_no_list_has_is_read_and_drawn(tmp_path: Path) -> None:
    done = ask(tmp_path, "(2-Bromethyl)benzol", "--image", "out.svg")
    assert json.loads(done.stdout)["smiles"] == "BrCCc1ccccc1"
    assert "<svg" in (tmp_path / "out.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("PMK", "--input", "names.txt"),
        ("--input", "names.txt", "--image", "out.svg"),
        ("PMK", "--at", "soon"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = ask(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_file_that_is_not_there_and_a_picture_of_nothing_are_told(tmp_path: Path) -> None:
    assert "names.txt could not be read" in ask(tmp_path, "--input", "names.txt").stderr
    done = ask(tmp_path, "no such thing", "--image", "out.svg")
    assert done.returncode == 1
    assert "no picture of “no such thing”" in done.stderr


def check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "watchlist", "check", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_of_the_shipped_lists_no_identifiers_disagree_but_those_accepted(tmp_path: Path) -> None:
    done = check(tmp_path, "--all")
    assert (done.returncode, done.stderr.splitlines()[-1][:28]) == (0, "0 disagreements to judge, 56")
    lines = done.stdout.splitlines()
    assert all("  accepted: " in line for line in lines)
    assert len(lines) == len(accepted()) == 56  # what no longer disagrees is to be taken out of the file


def test_each_accepted_disagreement_has_its_reason() -> None:
    assert all(len(reason) > 20 for reason in accepted().values())


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_what_nobody_accepted_ends_with_1(tmp_path: Path) -> None:
    """The program with a file of accepted ones that is short of one."""
    package = tmp_path / "monitor"
    shutil.copytree(ROOT / "monitor", package, ignore=shutil.ignore_patterns("__pycache__"))
    file = package / "chem" / "accepted.csv"
    first, gone, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join((first, *rest)), encoding="utf-8")
    done = check(tmp_path)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    assert done.stdout.split("  ")[0] == gone.split(",")[0]
    (tmp_path / "mine.csv").write_text(first + gone, encoding="utf-8")
    assert check(tmp_path, "--accepted", "mine.csv").returncode == 0
    assert "is no table of accepted disagreements" in check(tmp_path, "--accepted", "none.csv").stderr
