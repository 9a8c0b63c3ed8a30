"""Processes that read: the same results in order, whatever befalls one, and an end when it is asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.match import Search
from monitor.model import Document, Watchlist
from monitor.pipeline.interpret import MatchedArticle
from monitor.pipeline.prepare import Matcher
from monitor.pipeline.reading import Reader, Unread
from monitor.pipeline.workers import AT_HOME, SMALL, SMALL_TOGETHER, Workers, python
from tests.match.lexicons import lexicon_of

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NEWS = "The police seized ketamine in the harbour, as a spokesman told reporters. "
MATCHER = Matcher(Watchlist({}, (), (), {}), lexicon_of(["ketamine", "fentanyl"]))
READER = Reader(MATCHER)
NAUGHTY = python("from tests.pipeline.naughty import serve; serve()")


def document(text: str | bytes, media_type: str = "text/plain") -> Document:
    body = text if isinstance(text, bytes) else text.encode()
    return Document("in", "file:///a", body, media_type, NOW)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2, computing=1, command=NAUGHTY) as made:
        yield made


def outcomes(results: list[MatchedArticle | Unread]) -> list[str]:
    """For each document the surfaces that were found in it, or why it was not read."""
    return [
        " ".join(mention.surface for mention in each.mentions)
        if isinstance(each, MatchedArticle)
        else f"({each.outcome})"
        for each in results
    ]


def test_processes_give_what_reading_here_gives_in_order() -> None:
    name = "4-chloro-N-methyl-2-phenylpropan-1-amine"
    page = f"<html><head><title>Ship</title></head><body><p>{NEWS * 5}</p><p>{name}</p></body></html>"
    documents = [
        document(page, "text/html"),
        document(b"\x89PNG nothing", "image/png"),  # a gap
        document(""),
        *(document(f"Report {n}\n\n{NEWS * n}") for n in range(1, 30)),
        document("fentanyl " * 60_000),  # beyond a bound
    ]
    here = READER.read_all(documents)
    with Workers(2) as workers:
        assert workers.read(READER, documents) == here
    assert [type(each) for each in here[:4]] == [MatchedArticle, Unread, Unread, MatchedArticle]
    assert isinstance(here[0], MatchedArticle)
    assert len(here[0].spotted or ()) == 1
    assert isinstance(here[-1], MatchedArticle)
    assert here[-1].left_out


def test_one_that_hangs_is_given_up_and_the_others_are_read(workers: Workers) -> None:
    documents = [document(NEWS), document("COMPUTE for ever"), document(NEWS * 2), document("PRINT ketamine")]
    assert outcomes(workers.read(READER, documents)) == [
        "ketamine",
        "(timeout)",
        "ketamine ketamine",
        "ketamine",
    ]


def test_one_that_ends_its_process_is_tried_once_more(workers: Workers, tmp_path: Path) -> None:
    once = f"DIE-ONCE {tmp_path}/ketamine"
    documents = [document("DIE"), document(NEWS), document(once), document("DIE"), document(NEWS)]
    told = outcomes(workers.read(READER, documents))
    assert told == ["(error)", "ketamine", "ketamine", "(error)", "ketamine"]
    first = workers.read(READER, documents)[0]
    assert isinstance(first, Unread)
    assert first.message == "not read: the process that read it ended twice (-9)"


@pytest.mark.parametrize("order", ["COMPUTE", "SLEEP"])
def test_a_stop_breaks_off_whatever_is_at_work(order: str) -> None:
    with Workers(2, command=NAUGHTY) as workers:
        assert outcomes(workers.read(READER, [document(NEWS)])) == ["ketamine"]
        began = time.monotonic()
        threading.Timer(0.5, workers.stop).start()
        results = workers.read(READER, [document(NEWS), document(order), document(NEWS)])
        assert time.monotonic() - began < 5
        assert outcomes(results) == ["ketamine", "()", "()"]
        assert outcomes(workers.read(READER, [document(NEWS)])) == ["()"]  # nothing begins any more


def test_where_no_process_can_be_started_it_is_read_here() -> None:
    with Workers(2, command=("/nonexistent/python",)) as workers:
        assert workers.read(READER, [document(NEWS), document("")]) == READER.read_all(
            [document(NEWS), document("")]
        )


class FaultyMatcher(Matcher):
    """A matcher with a bug."""

    def search(self, text: str, language: str | None = None, source: str | None = None) -> Search:
        raise ZeroDivisionError("a bug of ours")


def test_a_bug_is_a_gap_and_comes_back_with_its_place() -> None:
    result = Reader(FaultyMatcher(MATCHER.watchlist, MATCHER.lexicon)).read(document(NEWS))
    assert isinstance(result, Unread)
    assert result.message.startswith("unexpected ZeroDivisionError at test_workers.py:")
    assert isinstance(result.bug, ZeroDivisionError)


def test_another_lexicon_is_another_process(workers: Workers) -> None:
    """After a change of the watchlist no process goes on with the old one."""
    other = Reader(Matcher(MATCHER.watchlist, lexicon_of(["harbour"])))
    for reader, surface in ((READER, "ketamine"), (other, "harbour"), (READER, "ketamine")):
        assert outcomes(workers.read(reader, [document(NEWS)])) == [surface]


@pytest.mark.parametrize(
    ("bodies", "wanted"),
    [
        ([b"x" * SMALL], False),
        ([b"x" * (SMALL + 1)], True),
        ([b"x" * SMALL] * (SMALL_TOGETHER // SMALL), False),
        ([b"x" * SMALL] * (SMALL_TOGETHER // SMALL + 1), True),
        ([b"%PDF-1.7 small"], True),
        ([], False),
    ],
)
def test_what_is_large_or_may_unpack_goes_to_processes(bodies: list[bytes], wanted: bool) -> None:
    documents = [document(body) for body in bodies]
    with Workers(2) as workers, Workers(0) as none:
        assert (workers.are_wanted(documents), none.are_wanted(documents)) == (wanted, False)


def test_after_so_much_was_read_here_processes_go_on() -> None:
    with Workers(2) as workers:
        asked = [workers.are_wanted([document(b"x" * SMALL)]) for _ in range(AT_HOME // SMALL + 2)]
    assert asked == [False] * (AT_HOME // SMALL) + [True] * 2


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_processes_end_with_whoever_started_them(tmp_path: Path) -> None:
    code = (
        "import threading, time, tests.pipeline.test_workers as t\n"
        "workers = t.Workers(1, command=t.NAUGHTY)\n"
        "work = t.READER, [t.document('COMPUTE')]\n"
        "threading.Thread(target=workers.read, args=work, daemon=True).start()\n"
        "while not workers._living: time.sleep(0.01)\n"
        "print(next(iter(workers._living))._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(2)
        parent.kill()
    end = time.monotonic() + 20
    while _runs(child):
        assert time.monotonic() < end
        time.sleep(0.1)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_the_signals_of_a_stop_are_for_us_to_heed(workers: Workers) -> None:
    """systemd sends SIGTERM to every process of a service: the one that reads goes on until it is ended."""
    workers.read(READER, [document(NEWS)])
    (process,) = workers._living
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(process._process.pid, number)
    time.sleep(0.3)
    assert outcomes(workers.read(READER, [document(NEWS)])) == ["ketamine"]
    assert set(workers._living) == {process}
