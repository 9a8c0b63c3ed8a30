"""The documents say what is true: every key and command is in them, every example in them runs."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from monitor.chem import missing
from monitor.config import Config, load_config
from monitor.doors.cli import main as cli

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# --- configuration ----------------------------------------------------------------------------------


def models(of: object) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, through tuples, unions and annotations, with their own parts."""
    if isinstance(of, type) and issubclass(of, BaseModel):
        yield of
        for field in of.model_fields.values():
            yield from models(field.annotation)
    else:
        for part in get_args(of):
            yield from models(part)


@pytest.mark.parametrize("model", list(dict.fromkeys(models(Config))), ids=lambda model: model.__name__)
def test_every_configuration_key_is_documented(model: type[BaseModel]) -> None:
    for key in model.model_fields:
        heading = f"## {key}\n" if model is Config else f"| `{key}` |"
        assert heading in CONFIGURATION, f"{model.__name__}.{key} is not in docs/configuration.md"


def test_the_examples_of_the_configuration_are_one_valid_configuration(tmp_path: Path) -> None:
    (tmp_path / "cuttings").mkdir()
    (tmp_path / "my-watchlist.csv").touch()
    path = tmp_path / "config.yaml"
    path.write_text("\n".join(blocks(CONFIGURATION, "yaml")))
    config = load_config(path, {"MONITOR_DB_PASSWORD": "secret"})
    assert [source.kind for source in config.to_sources()] == [
        "feed",
        "folder",
        "page",
        "sitemap",
        "api",
        "api",  # the Federal Register's
        "gdelt",
        "mail",
    ]
    assert len(config.rules) == 3
    assert len(config.watchlists) == 3


def test_the_example_in_the_readme_is_a_valid_configuration(tmp_path: Path) -> None:
    (example,) = blocks((ROOT / "README.md").read_text(), "yaml")
    (tmp_path / "config.yaml").write_text(example)
    assert load_config(tmp_path / "config.yaml", {}).to_sources()[0].every == 900


# --- commands ---------------------------------------------------------------------------------------


def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
    else:
        for child in children.values():
            yield from walk(f"{name} {child.name}", child)


COMMANDS = dict(walk("substance-monitor", typer.main.get_command(cli.app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"`{name}" in OPERATIONS
    for parameter in COMMANDS[name].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("--") and option != "--help":
                assert f"`{option}" in OPERATIONS, f"{option} of {name} is not in docs/operations.md"


def test_no_command_is_documented_that_does_not_exist() -> None:
    for document in DOCS:
        for told in re.findall(r"`(substance-monitor [a-z][a-z ]*)", document.read_text()):
            assert any(
                f"{name} ".startswith(told.strip() + " ") or told.startswith(name) for name in COMMANDS
            ), told


# --- examples and links -----------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_the_console_examples_run_as_shown(document: Path, tmp_path: Path) -> None:
    """All `console` blocks of a page run one after the other in one new folder.

    A line that begins with "$ " is a command, with its continuation in lines that begin with "> "; the lines
    below are what it prints; "..." stands for anything.
    """
    if document.name == "chemistry.md" and missing():
        pytest.skip(missing())
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for block in blocks(document.read_text(), "console"):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, expected = split_example(example)
            shown = shell(command, tmp_path)
            assert like(expected, shown), f"{document.name}: $ {command}\nshows\n{shown}\nnot\n{expected}"


def split_example(example: str) -> tuple[str, str]:
    first, *rest = example.splitlines()
    more = list(itertools.takewhile(lambda line: line.startswith("> "), rest))
    return "\n".join((first, *(line[2:] for line in more))), "\n".join(rest[len(more) :])


def shell(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def like(expected: str, shown: str) -> bool:
    """Equal up to spaces at the ends; "..." stands for anything, counts of the watchlist for any counts."""
    tidy = "\n".join(line.rstrip() for line in expected.strip().splitlines())
    pattern = re.escape(tidy).replace(re.escape("..."), ".*")
    pattern = re.sub(r"[\d,]+(?=\\ (substances|names|lists)\b)", r"[\\d,]+", pattern)
    return (
        re.fullmatch(pattern, "\n".join(ln.rstrip() for ln in shown.strip().splitlines()), re.DOTALL)
        is not None
    )


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_between_the_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (document.parent / target).exists(), target


PATH = re.compile(
    r"(?<![\w./-])(?:monitor|tests|docs|scripts|migrations|benchmarks|deploy|samples)/[\w./-]*\w/?"
)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_the_files_that_the_documents_name_are_there(document: Path) -> None:
    """Words in capitals stand for a name of one's own. What a program writes is not below these folders."""
    for path in PATH.findall(document.read_text()):
        assert (ROOT / path).exists() or re.search(r"[A-Z]{3}", path), path


@pytest.mark.parametrize(
    "document", [*DOCS, *sorted((ROOT / "deploy").iterdir())], ids=lambda path: path.name
)
def test_nothing_is_installed_from_where_it_is_not(document: Path) -> None:
    """The program is on no package index: into an empty environment it comes from a checkout."""
    for line in document.read_text().splitlines():
        if "pip install" in line and "'.[" not in line:
            assert not re.search(r"install (--\S+ )*'?substance-monitor(?!\[)", line), line


def test_every_part_of_the_program_is_in_the_architecture() -> None:
    """Packages by their name in the tree; what people look for most, by file, is up to the author."""
    page = (ROOT / "docs/architecture.md").read_text()
    for package in (ROOT / "monitor").iterdir():
        if (package / "__init__.py").exists():
            assert f"{package.name}/" in page, package.name


def test_the_readme_is_short() -> None:
    assert 50 <= len((ROOT / "README.md").read_text().splitlines()) <= 150
