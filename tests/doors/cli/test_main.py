"""The command line as a user meets it: output, exit codes, what is imported when."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config import config_schema
from tests.servers import answer, endless
from tests.worlds import (
    HOUSE,
    ROOT,
    alerts,
    allowing,
    article,
    feed_source,
    folder_source,
    page,
    program,
    ran,
    rss,
    served,
    wait_for,
    write_config,
)

NEWS = "Officers found two drums of examplium chloride on board."
COMMANDS = ["run", "watch", "scan", "report", "explain", "sources", "config check", "config schema"]
COMMANDS += ["watchlist show", "watchlist lists", "watchlist changes", "watchlist sync", "watchlist review"]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder source with two articles, one of them with a hostile title, and a feed that nobody serves."""
    sources = folder_source("samples", tmp_path / "in") + feed_source("dead feed", "http://127.0.0.1:9/feed")
    write_config(tmp_path, sources, more=f"{HOUSE}http:\n  allow_hosts:\n    - 127.0.0.1:9\n")
    (tmp_path / "in" / "a.txt").write_text(article("Ship \x1b[31msearched [bold] \u202eevil", NEWS))
    (tmp_path / "in" / "b.txt").write_text(article("Weather", "It rained."))
    return tmp_path


def test_run_shows_alerts_gaps_and_counts(world: Path) -> None:
    code, out, err = ran(world, "run")
    assert (code, err) == (0, "")
    assert "Watchlist  3 substances, 4 names, 1 list" in out
    assert re.search(r"✓ samples +2 new articles, 1 alert", out)
    assert re.search(
        r"✗ dead feed +unreachable, again at [\d-]+ [\d:]+ UTC: Cannot connect to host 127.0.0.1:9 \[", out
    )
    assert "1 new alert\n" in out
    assert "HIGH      examplium chloride  “examplium chloride”  #1" in out
    assert "house-list" in out
    assert "two drums of examplium chloride on board." in out
    assert "Gaps" in out
    assert "dead feed: the whole source, unreachable" in out
    assert "1 of 2 sources read, 2 new articles, 1 new alert\n" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]" in out
    code, out, _ = ran(world, "run", "--source", "samples")
    assert code == 0
    assert "nothing new" in out
    assert "1 of 1 source read, 0 new articles, 0 new alerts" in out


def test_explain_report_and_sources_after_a_run(world: Path) -> None:
    ran(world, "run")
    code, out, _ = ran(world, "explain", "1")
    assert code == 0
    assert "“examplium chloride” at " in out
    assert "What would have kept it silent" in out
    assert "\x1b" not in out
    code, out, _ = ran(world, "report", "alerts", "--format", "csv")
    assert (code, out.count("examplium-chloride") >= 1) == (0, True)
    code, out, err = ran(
        world, "report", "coverage", "--since", "2020-01-01", "--format", "json", "--out", "c.json"
    )
    assert (code, out, err) == (0, "", "written to c.json\n")
    assert "unreachable" in (world / "c.json").read_text()
    code, out, _ = ran(world, "sources")
    assert code == 0
    assert re.search(r"dead feed +unreachable", out)
    assert re.search(r"samples +ok", out)
    assert "substance-monitor watch" in out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (
            ["explain", "99"],
            1,
            "there is no alert 99; `substance-monitor report alerts` lists those there are",
        ),
        (
            ["report", "alarms"],
            2,
            "there is no report “alarms”; choose one of alerts, stories, substances, sources, coverage",
        ),
        (["report", "alerts", "--format", "xls"], 2, "there is no format “xls”; choose one of table, csv"),
        (
            ["report", "alerts", "--since", "soon"],
            2,
            "--since soon: write 7d, 24h, 2w, 1mo or a day such as 2026-01-31",
        ),
        (
            ["report", "alerts", "--since", "2026-12-01", "--until", "2026-01-01"],
            2,
            "--until 2026-01-01 is not after --since 2026-12-01: exchange them",
        ),
        (
            ["report", "alerts", "--out", "no/such/folder"],
            1,
            "could not be written: No such file or directory",
        ),
        (
            ["run", "--source", "sample"],
            2,
            "no source has the name “sample”; the configured ones are: samples",
        ),
        (["run", "--config", "other.yaml"], 2, "other.yaml: there is no such file; name one with --config"),
        (["watchlist", "show", "unobtainium"], 1, "no watched substance has the name “unobtainium”"),
        (["watchlist", "show", "exampliun chloride"], 1, "did you mean “examplium chloride”?"),
        (["watchlist", "show", "testosin", "--at", "May"], 2, "--at May: write a day such as 2024-01-29"),
        (["scan", "missing.jsonl"], 1, "missing.jsonl"),
        (["rnu"], 2, "No such command 'rnu'"),
    ],
)
def test_what_went_wrong_is_one_line_that_says_what_to_do(
    world: Path, arguments: list[str], code: int, told: str
) -> None:
    found, _, err = ran(world, *arguments)
    assert told in err
    assert found == code
    assert "Traceback" not in err


def test_a_wrong_configuration_is_exit_code_2_with_file_and_line(world: Path) -> None:
    path = world / "config.yaml"
    path.write_text(path.read_text().replace("kind: folder", "kind: folderr"))
    for arguments in (["run"], ["config", "check"], ["sources"]):
        code, out, err = ran(world, *arguments)
        assert (code, out) == (2, "")
        assert "config.yaml:3" in err
        assert "folder" in err


def test_a_newer_database_is_refused(world: Path) -> None:
    ran(world, "run")
    with sqlite3.connect(world / "monitor.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    code, _, err = ran(world, "run")
    assert code == 1
    assert "newer version" in err


@pytest.mark.parametrize("command", ["config check", "run"])
@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            "substances:\n      - Examplium Chloride",
            "no watched substance has the key Examplium Chloride; did",
        ),
        ("substances:\n      - testosn", "no watched substance has the key testosn; did you mean testosin?"),
        ("tags:\n      - sezure", "there is no tag sezure; it is one of historical, "),
    ],
)
def test_a_rule_that_could_never_fit_is_refused(world: Path, command: str, condition: str, told: str) -> None:
    path = world / "config.yaml"
    path.write_text(f"{path.read_text()}rules:\n  - name: r\n    {condition}\n")
    code, _, err = ran(world, *command.split())
    assert code == 2
    assert re.match(rf"substance-monitor: config.yaml:\d+: {re.escape(told)}", err)


def test_config_check_and_schema(world: Path) -> None:
    code, out, _ = ran(world, "config", "check")
    assert (code, out) == (0, "config.yaml is right: 2 sources, 1 rule, 3 substances under 4 names\n")
    code, out, _ = ran(world, "config", "schema")
    assert (code, json.loads(out)) == (0, config_schema())


def test_watchlist_show_lists_and_changes(world: Path) -> None:
    code, out, _ = ran(world, "watchlist", "show", "103-63-9")
    assert code == 0
    assert "examplium chloride" in out
    code, out, _ = ran(world, "watchlist", "lists")
    assert (code, "house-list" in out) == (0, True)
    ran(world, "run")
    code, out, _ = ran(world, "watchlist", "changes")
    assert (code, out) == (0, "No changes since the first load (--all shows that too).\n")
    path = world / "config.yaml"
    path.write_text(path.read_text().replace("      - name: testosin\n", ""))
    _, out, _ = ran(world, "run")
    assert "changed: 1 substance withdrawn" in out
    assert "withdrawn substance testosin" in out
    code, out, _ = ran(world, "watchlist", "changes")
    assert code == 0
    assert "withdrawn substance testosin" in " ".join(out.split())


def test_watchlist_show_without_any_configuration_tells_of_the_shipped_lists(tmp_path: Path) -> None:
    code, out, _ = ran(tmp_path, "watchlist", "show", "phenethyl", "bromide", "--at", "2024-01-30")
    assert code == 0
    assert "dea-ssl" in out
    assert "2023-10-24" in out
    assert list(tmp_path.glob("*.db")) == []


def test_scan_from_file_to_file_and_through_pipes(world: Path) -> None:
    (world / "in.jsonl").write_text(json.dumps({"id": 7, "text": "Some testosin here."}) + "\n")
    code, out, err = ran(world, "scan", "in.jsonl", "--config", "config.yaml")
    (mention,) = json.loads(out)["mentions"]
    assert (code, mention["surface"], mention["start"], mention["stop"]) == (0, "testosin", 5, 13)
    assert err == "1 line, 1 mention\n"
    code, out, _ = ran(world, "scan", "in.jsonl", "--out", "out.jsonl", "-c", "config.yaml")
    assert (code, out) == (0, "")
    assert json.loads((world / "out.jsonl").read_text())["id"] == 7


def test_every_command_has_help_and_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code, out, _ = ran(tmp_path, "--help")
    assert code == 0
    for command in COMMANDS:
        found, text, _ = ran(tmp_path, *command.split(), "--help")
        assert found == 0
        assert "Usage:" in text
        assert re.search(rf"^  {command.split()[0]} ", out, re.M)


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that the program has loaded when it ends."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})),"
        " file=open('loaded', 'w')))\n"
        f"sys.argv = ['substance-monitor', *{list(arguments)!r}]\n"
        "from monitor.doors.cli.main import main\nmain()\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(folder)}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)
    return set((folder / "loaded").read_text().split())


HEAVY = {
    "sqlalchemy",
    "alembic",
    "aiohttp",
    "pandas",
    "numpy",
    "trafilatura",
    "pydantic",
    "rich",
    "apscheduler",
}


def test_imports_are_lazy(tmp_path: Path) -> None:
    assert loaded_by(tmp_path, "--help") & HEAVY == set()
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": 7, "text": "Some fentanyl here."}) + "\n")
    # typer itself looks for pydantic before it runs a command
    for_scan = {"sqlalchemy", "alembic", "aiohttp", "pandas", "trafilatura", "apscheduler", "rich"}
    assert loaded_by(tmp_path, "scan", "in.jsonl", "--out", "out.jsonl") & for_scan == set()


def test_a_closed_pipe_is_quiet(world: Path) -> None:
    ran(world, "run")
    for command in ("config schema", "sources", "run"):
        with program(world, *command.split()) as process:
            assert process.stdout is not None
            process.stdout.close()
            _, err = process.communicate(timeout=60)
        assert (command, process.returncode, err) == (command, 0, "")


def test_run_stopped_by_ctrl_c_keeps_what_is_in_hand(world: Path) -> None:
    routes: dict[str, object] = {"/p1": page("Ship searched", NEWS), "/p2": endless(b"<p>x", pause=0.05)}
    with served(routes) as server:  # type: ignore[arg-type]
        routes["/feed"] = answer(rss({f"{server.url}/p1": "Ship searched", f"{server.url}/p2": "Endless"}))
        write_config(world, feed_source("feed", f"{server.url}/feed"), more=allowing(server))
        with program(world, "run") as process:
            wait_for(server, "/p2")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "1 new article, 1 alert; stopped before the end" in out
    assert "stopping after the work in hand; again to stop at once" in err
    assert "Traceback" not in err
    assert alerts(world) == [("p1", "examplium-chloride")]


def test_version_and_module_door(tmp_path: Path) -> None:
    code, out, _ = ran(tmp_path, "--version")
    assert code == 0
    assert re.fullmatch(r"substance-monitor \d+\.\d+\.\d+\n", out)


def test_the_command_that_a_run_ends_with_works_as_it_is_typed(tmp_path: Path) -> None:
    """The program may be on no PATH, as after `make run`, and the configuration another one."""
    write_config(tmp_path, folder_source("in", tmp_path / "in")).rename(tmp_path / "my config.yaml")
    (tmp_path / "in" / "a.txt").write_text(article("Harbour", NEWS))
    code, out, _ = ran(tmp_path, "run", "-c", "my config.yaml")
    assert code == 0
    (command,) = re.findall(r"^Why: (.+)$", out, re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        shlex.split(command), check=False, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Alert 1")


def test_nothing_in_an_argument_acts_on_the_terminal(tmp_path: Path) -> None:
    for arguments in (
        ("explain", "9\x1b[31m"),
        ("run", "--n\u202eo"),
        ("report", "a\x9bb"),
        ("run", "-c", "\x1bc"),
    ):
        code, out, err = ran(tmp_path, *arguments)
        assert code in (1, 2)
        assert not re.search("[\x1b\x9b\u202e]", out + err), arguments
