"""OPSIN on pipes: names in, structures out, whatever happens to Java."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from monitor.chem.opsin import (
    GIVE_UP,
    LONGEST_NAME,
    Answer,
    MemoryCache,
    Opsin,
    OpsinUnavailable,
    Tools,
    find_tools,
    sanitise,
)


def pids_of(java: Path) -> set[int]:
    """Processes of ours that run this program (Linux)."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (entry / "cmdline").read_bytes().split(b"\0")[0].decode()
        except OSError:
            continue
        if parent == os.getpid() and command == str(java):
            found.add(int(entry.name))
    return found


def test_names_come_back_as_structures_in_order(opsin: Opsin) -> None:
    read = opsin.read(["1-bromo-2-phenylethane", "gibberish", "ethane", "1-bromo-2-phenylethane"])
    assert [each.smiles for each in read] == ["BrCCC1=CC=CC=C1", "", "CC", "BrCCC1=CC=CC=C1"]
    assert "unparsable" in read[1].message


def test_a_name_that_opsin_calls_ambiguous_says_so_and_its_neighbours_do_not(opsin: Opsin) -> None:
    read = opsin.read(["ethane", "fluorophenylpiperazine", "gibberish", "propane"])
    assert [each.ambiguous for each in read] == [False, True, False, False]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0"])
def test_line_separators_in_a_name_do_not_shift_the_answers(opsin: Opsin, separator: str) -> None:
    read = opsin.read([f"eth{separator}ane", f"ethane{separator}", "propane"])
    assert [each.smiles for each in read][1:] == ["CC", "CCC"]


def test_hostile_names_are_answered_and_the_next_ones_are_read(opsin: Opsin) -> None:
    hostile = [
        "a" * 100_000,
        "(" * LONGEST_NAME,
        "\ud800",
        "",
        "-" * 900,
        "di" * 400 + "ethane",
        "ethyl" * 200,
    ]
    read = opsin.read([*hostile, "ethane"])
    assert len(read) == len(hostile) + 1
    assert read[-1].smiles == "CC"
    assert read[0].message == "too long for a name"


def test_a_killed_java_is_started_again_and_no_name_is_lost(opsin: Opsin) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("processes are found in /proc")
    tools = find_tools()
    with Opsin(tools) as own:
        before = pids_of(tools.java)
        own.read(["ethane"])
        (pid,) = pids_of(tools.java) - before
        os.kill(pid, signal.SIGKILL)
        assert [each.smiles for each in own.read(["propane", "butane"])] == ["CCC", "CCCC"]
        assert own.starts == 2
    assert pids_of(tools.java) == before


def test_answers_and_failures_are_kept_by_name_and_version(opsin: Opsin) -> None:
    cache = MemoryCache()
    with Opsin(find_tools(), cache) as own:
        own.read(["ethane", "gibberish"])
        kept = cache.get(["ethane", "gibberish", "propane"], own.version)
        assert kept["ethane"] == Answer("CC")
        assert kept["gibberish"].smiles == ""
        assert "propane" not in kept
    with Opsin(find_tools(), cache) as again:
        assert again.read(["ethane"])[0].smiles == "CC"
        assert again.starts == 0
    assert cache.get(["ethane"], "0") == {}


def test_the_cache_is_bounded() -> None:
    cache = MemoryCache(size=2)
    for name in ("a", "b", "c"):
        cache.put({name: Answer(name)}, "1")
    assert list(cache.get(["a", "b", "c"], "1")) == ["b", "c"]


# --- a Java that misbehaves: a hand-written program on the same pipes ---------------------------------

FAKE = """#!{python}
import sys, time
for line in sys.stdin:
    name = line.rstrip("\\n")
    if not name:
        print("Input chemical name was blank!", file=sys.stderr, flush=True)
        print("", flush=True)
    elif name == "hang":
        time.sleep(60)
    elif name == "crash":
        sys.exit(3)
    else:
        print("C" if name == "methane" else "CC", flush=True)
"""


@pytest.fixture
def fake(tmp_path: Path) -> Tools:
    if os.name != "posix":
        pytest.skip("the stand-in is a script with a first line that names its interpreter")
    java = tmp_path / "java"
    java.write_text(FAKE.format(python=sys.executable))
    java.chmod(0o755)
    return Tools(java, tmp_path / "opsin.jar", "1")


def test_a_name_on_which_java_hangs_costs_its_deadline_and_no_other_name(fake: Tools) -> None:
    cache = MemoryCache()
    with Opsin(fake, cache, deadline=3.0) as own:
        read = own.read(["one", "hang", "two"])
        assert [each.smiles for each in read] == ["CC", "", "CC"]
        assert read[1] == Answer(message="no answer within 3 s", lasting=False)
        assert own.starts == 3
    assert list(cache.get(["one", "hang", "two"], "1")) == ["one", "two"]


def test_names_beyond_the_time_of_one_read_are_not_asked(fake: Tools) -> None:
    cache = MemoryCache()
    with Opsin(fake, cache, deadline=1.0, patience=1.5) as own:
        read = own.read(["one", "hang", "two"])
        assert (read[0].smiles, read[1].lasting) == ("CC", False)
        assert read[2] == Answer(message="not asked: 1.5 s were over", lasting=False, asked=False)
        assert own.read(["two"])[0].smiles == "CC"  # the next read has a time of its own


def test_what_was_answered_before_java_went_away_is_kept(fake: Tools) -> None:
    cache = MemoryCache()
    with Opsin(fake, cache) as own:
        own.read(["one"])
        fake.java.unlink()
        with pytest.raises(OpsinUnavailable):
            own.read(["two", "crash", "three"])
    assert list(cache.get(["one", "two", "three"], "1")) == ["one", "two"]


def test_a_name_on_which_java_ends_is_given_up_after_a_second_try(fake: Tools) -> None:
    with Opsin(fake) as own:
        read = own.read(["crash", "one"])
        assert read == [Answer(message="Java ended", lasting=False), Answer("CC")]


def test_java_that_does_not_start_is_told(tmp_path: Path, fake: Tools) -> None:
    fake.java.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('Could not reserve enough space')\n")
    with Opsin(fake) as own, pytest.raises(OpsinUnavailable, match="Could not reserve enough space"):
        own.read(["ethane"])
    with (
        Opsin(Tools(tmp_path / "none", fake.jar, "1")) as own,
        pytest.raises(OpsinUnavailable, match="cannot be run"),
    ):
        own.read(["ethane"])


def test_a_java_that_fails_on_every_name_is_given_up_and_no_answer_is_kept(fake: Tools) -> None:
    cache = MemoryCache()
    names = [f"crash {number}" for number in range(20)]
    fake.java.write_text(fake.java.read_text().replace('name == "crash"', 'name.startswith("crash")'))
    with Opsin(fake, cache) as own:
        read = own.read([*names, "one"])
        assert own.starts == 2 * GIVE_UP
        assert [each.lasting for each in read] == [False] * 21
        assert read[-1].message == f"not asked: Java failed on {GIVE_UP} names"
        assert own.read(["one"]) == [Answer("CC")]
    assert cache.get(["crash 0"], "1") == {}


# --- the real Java, in trouble --------------------------------------------------------------------------


def test_java_killed_in_the_middle_of_a_batch_loses_no_name(opsin: Opsin) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("processes are found in /proc")
    tools = find_tools()
    chains = ["methyl", "ethyl", "propyl", "butyl", "pentyl", "hexyl", "heptyl", "octyl", "nonyl", "decyl"]
    names = [f"N-{a}-N-{b}-{c}amine" for a in chains for b in chains for c in chains]
    killed: list[int] = []
    with Opsin(tools) as own:
        before = pids_of(tools.java)
        own.read(["ethane"])

        def kill() -> None:
            for pid in pids_of(tools.java) - before:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        timer = threading.Timer(0.15, kill)
        timer.start()
        read = own.read(names)
        timer.join()
        assert (len(killed), own.starts) == (1, 2)
    assert all(each.smiles.count("N") == 1 and each.lasting for each in read)
    assert [len(each.smiles) for each in read[:3]] == [
        len("CN(C)C"),
        len("C" * 2 + "N(C)C"),
        len("C" * 3 + "N(C)C"),
    ]


@pytest.mark.parametrize("content", [None, b"", b"no jar at all"])
def test_a_jar_that_is_missing_or_damaged_is_told(
    opsin: Opsin, tmp_path: Path, content: bytes | None
) -> None:
    jar = tmp_path / "opsin.jar"
    if content is not None:
        jar.write_bytes(content)
    with (
        Opsin(Tools(find_tools().java, jar, "1")) as own,
        pytest.raises(OpsinUnavailable, match=r"Java does not start: .*(?:access|nvalid)"),
    ):
        own.read(["ethane"])


@pytest.mark.parametrize(
    "line",
    ["ulimit -v 300000; exec '{java}' \"$@\"", "shift; exec '{java}' -Xmx9m \"$@\""],
    ids=["start", "heap"],
)
def test_too_little_memory_is_told(opsin: Opsin, tmp_path: Path, line: str) -> None:
    if os.name != "posix":
        pytest.skip("memory is limited by a shell")
    tools = find_tools()
    poor = tmp_path / "java"
    poor.write_text("#!/bin/sh\n" + line.format(java=tools.java) + "\n")
    poor.chmod(0o755)
    with (
        Opsin(Tools(poor, tools.jar, tools.version), deadline=20) as own,
        pytest.raises(OpsinUnavailable, match=r"Java does not start: .*(?:memory|Memory|enough space)"),
    ):
        own.read(["ethane"])


def test_java_ends_with_a_program_that_is_killed(opsin: Opsin) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("processes are found in /proc")
    code = (
        "import sys, time; from monitor.chem.opsin import Opsin, find_tools; own = Opsin(find_tools());"
        "own.read(['ethane']); print(own._java._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.kill()
    end = time.monotonic() + 20
    while _is_running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_names_become_one_line() -> None:
    assert sanitise(" 2-bromo\n\tethyl\u2028benzene \0") == "2-bromo ethyl benzene"
