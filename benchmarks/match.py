"""Our matcher beside its automaton library, the obvious stack and other programs, in one run.

    python benchmarks/match.py                                  shipped watchlist, 10 MB made-up text
    python benchmarks/match.py --sizes shipped,1k,10k,100k,1m --megabytes 50 --memory
    python benchmarks/match.py --from ~/news --peers "spacy,flashtext"
    python benchmarks/match.py --hostile

How it measures: pinned to one core; in rounds, each with text of its own that no program has seen before
(a memory of known words gets no false help); in each round all programs take turns, in another order each
time; CPU time, so other work on the machine disturbs less; ratios are taken within a round, and the table
shows the median over the rounds. Slow programs read only the beginning of a round's text. Memory is that of
a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import names as lists
from peers import OURS, PEERS, STACK, Find, ours

from monitor.match import Lexicon, compile_lexicon, find
from monitor.model import Watchlist

MEGABYTE = 1_000_000
BUDGET = 2.0  # seconds of CPU time that one program may take in one round


@dataclass(slots=True)
class Row:
    """What one program showed: bytes a second and hits for each megabyte, by round."""

    name: str
    build: float
    speeds: list[float] = field(default_factory=list)
    hits: list[float] = field(default_factory=list)


def pin() -> None:
    """Stay on one core, the last that we may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def timed(run: Find, texts: list[corpus.Article], budget: float = BUDGET) -> tuple[float, float]:
    """Bytes a second of CPU time, and hits for each megabyte."""
    done = hits = 0
    gc.collect()
    start = time.process_time()
    for begin in range(0, len(texts), 50):
        for article in texts[begin : begin + 50]:
            hits += run(article.text, article.lang or None)
        done = begin + 50
        if time.process_time() - start > budget:
            break
    spent = time.process_time() - start
    size = corpus.size_of(texts[:done])
    return size / spent, hits / size * MEGABYTE


def build_all(watchlist: Watchlist, wanted: Iterable[str]) -> tuple[dict[str, Find], dict[str, Row]]:
    """Build all programs; those that are not installed are told and left out."""
    plain = lists.plain_names(watchlist)
    finds: dict[str, Find] = {}
    rows: dict[str, Row] = {}
    start = time.process_time()
    finds[OURS] = ours(watchlist)
    rows[OURS] = Row(OURS, time.process_time() - start)
    for peer in PEERS:
        if peer.name != STACK and not any(each.lower() in peer.name.lower() for each in wanted):
            continue
        if 0 < peer.largest < len(plain):
            print(f"  skipped: {peer.name}, which takes too long to build with {len(plain):,} names")
            continue
        start = time.process_time()
        try:
            finds[peer.name] = peer.build(plain)
        except ImportError as error:
            print(f"  skipped: {peer.name} ({error}); pip install -r benchmarks/requirements.txt")
            continue
        rows[peer.name] = Row(peer.name, time.process_time() - start)
    return finds, rows


def measure(finds: dict[str, Find], rows: dict[str, Row], texts: list[corpus.Article], rounds: int) -> None:
    """Let all programs take turns; the first articles are for warming up only."""
    for run in finds.values():
        timed(run, texts[:50], 0.2)
    texts = texts[50:]
    share = max(1, len(texts) // rounds)
    order = list(finds)
    for number in range(rounds):
        part = texts[number * share : (number + 1) * share]
        for name in order[number % len(order) :] + order[: number % len(order)]:
            speed, hits = timed(finds[name], part)
            rows[name].speeds.append(speed)
            rows[name].hits.append(hits)


def show(rows: dict[str, Row]) -> None:
    """Print the table, the fastest first."""
    base = rows[STACK].speeds if STACK in rows else None
    print(f"  {'':<50}{'MB/s':>8}{'best':>8}{'x stack':>9}{'hits/MB':>9}{'build s':>9}")
    for row in sorted(rows.values(), key=lambda row: -statistics.median(row.speeds)):
        ratio = statistics.median(a / b for a, b in zip(row.speeds, base, strict=True)) if base else 0
        median, best = statistics.median(row.speeds) / MEGABYTE, max(row.speeds) / MEGABYTE
        print(
            f"  {row.name:<50}{median:8.1f}{best:8.1f}"
            f"{ratio:9.2f}{statistics.median(row.hits):9.1f}{row.build:9.2f}"
        )


def show_prepared(watchlist: Watchlist) -> None:
    """Print what the serialised lexicon costs."""
    lexicon = compile_lexicon(watchlist)
    start = time.process_time()
    data = lexicon.to_bytes()
    written = time.process_time() - start
    start = time.process_time()
    loaded = Lexicon.from_bytes(data)
    load = time.process_time() - start
    start = time.process_time()
    find(loaded, "A first text.", "en")
    first = time.process_time() - start
    print(
        f"  prepared lexicon: {len(data) / MEGABYTE:.1f} MB, {len(lexicon.texts):,} spellings; "
        f"serialise {written:.2f} s, load {load:.3f} s, first text after it {first:.3f} s"
    )


# --- memory, in processes of their own --------------------------------------------------------------


def show_memory(size: str, programs: Iterable[str]) -> None:
    """Print the peak memory of each program, built and run over a little text in a process of its own."""
    for name in programs:
        command = [sys.executable, __file__, "--sizes", size, "--one", name]
        start = time.perf_counter()
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        told = result.stdout.strip() or (result.stderr.strip().splitlines() or ["died without a word"])[-1]
        print(f"  memory: {name:<50} {told}  ({time.perf_counter() - start:.0f} s)", flush=True)


def peak() -> float:
    """The most memory that this process ever held, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss keeps the size of the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def one(name: str, size: str) -> None:
    """What `show_memory` runs: one program alone."""
    if name == f"{OURS}, prepared":
        _one_prepared(size)
        return
    texts = corpus.articles(0.3)
    watchlist = lists.watchlist(size)
    plain = lists.plain_names(watchlist)
    before = peak()
    builder = next((peer.build for peer in PEERS if peer.name == name), None)
    run = builder(plain) if builder else ours(watchlist)
    timed(run, texts)
    print(f"{peak():6.0f} MB at most, {before:.0f} MB of it before (Python, names and text)")


def _one_prepared(size: str) -> None:
    """Load a serialised lexicon, as every process but the first does."""
    path = Path(f"/tmp/benchmark-lexicon-{os.getpid()}.bin")
    child = os.fork()
    if child == 0:
        path.write_bytes(compile_lexicon(lists.watchlist(size)).to_bytes())
        os._exit(0)
    os.waitpid(child, 0)
    try:
        lexicon = Lexicon.from_bytes(path.read_bytes())
    finally:
        path.unlink()
    for article in corpus.articles(0.3):
        find(lexicon, article.text, article.lang or None)
    print(f"{peak():6.0f} MB at most")


# --- the run ----------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", default="shipped", help="watchlists: shipped, 1k, 10k, 100k, 1m; several with commas"
    )
    parser.add_argument("--megabytes", type=float, default=10, help="of text, for all rounds together")
    parser.add_argument("--from", dest="source", type=Path, help="folder with .txt, .jsonl or .jsonl.gz")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=",", help="parts of names, with commas; the stack is always there")
    parser.add_argument("--memory", action="store_true", help="peak memory too (slow)")
    parser.add_argument("--hostile", action="store_true", help="texts made to be slow, instead of the others")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.sizes)
        return
    pin()
    if options.hostile:
        from hostile import show_hostile

        show_hostile(ours(lists.watchlist(options.sizes.split(",")[0])), options.megabytes)
        return
    texts = corpus.articles(options.megabytes, options.source)
    print(
        f"text: {corpus.size_of(texts) / MEGABYTE:.1f} MB in {len(texts):,} articles, {options.rounds} rounds"
    )
    for size in options.sizes.split(","):
        watchlist = lists.watchlist(size)
        print(
            f"\n{size}: {len(watchlist.names):,} names of {len(watchlist.substances):,} substances",
            flush=True,
        )
        finds, rows = build_all(watchlist, options.peers.split(","))
        measure(finds, rows, texts, options.rounds)
        show(rows)
        programs = list(finds)
        finds.clear()
        show_prepared(watchlist)
        if options.memory:
            show_memory(size, [f"{OURS}, prepared", *programs])


if __name__ == "__main__":
    main()
