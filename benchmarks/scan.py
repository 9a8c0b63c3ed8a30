"""The whole `substance-monitor scan` process beside other programs that read and write the same JSON Lines.

    python benchmarks/scan.py --megabytes 50
    python benchmarks/scan.py --from ~/news

Each program runs as a process of its own, pinned to one core, from a file to a file, in rounds and in turn.
Start-up (Python, imports, names) is measured with an empty input and taken off; both figures are shown. Time
is CPU time of the process. The naive automaton is pyahocorasick over the shipped names without other senses,
in lower case, with word borders and no other folding. With `--structures` the
first name that no list has starts Java, once, for most of a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import names as lists
import orjson
import peers
from match import MEGABYTE, pin

NAIVE = "naive automaton"
DRUG_NER = "drug-named-entity-recognition"
ROUNDS = 3


@dataclass(slots=True)
class Row:
    """Seconds of CPU time by round, and the most memory of any."""

    name: str
    command: Callable[[Path, Path], list[str]]
    start: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    peak: float = 0.0
    mentions: int = 0


def _structures(source: Path, target: Path) -> list[str]:
    return [*_ours(source, target), "--structures"]


def _ours(source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "monitor", "scan", str(source), "--out", str(target)]


def _peer(name: str) -> Callable[[Path, Path], list[str]]:
    return lambda source, target: [sys.executable, __file__, "--worker", name, str(source), str(target)]


def worker(name: str, source: Path, target: Path) -> None:
    """What the other programs' processes run."""
    spans = _naive_spans() if name == NAIVE else _drug_spans()
    with source.open("rb") as lines, target.open("wb") as out:
        for line in lines:
            record = orjson.loads(line)
            out.write(orjson.dumps({"id": record["id"], "mentions": spans(record["text"])}) + b"\n")


def _naive_spans() -> Callable[[str], list[dict[str, object]]]:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name in lists.plain_names(lists.watchlist(lists.SHIPPED)):
        automaton.add_word(name.lower(), (len(name), name))
    automaton.make_automaton()

    def spans(text: str) -> list[dict[str, object]]:
        lower = text.lower()
        found = []
        for last, (length, name) in automaton.iter(lower):
            start, stop = last + 1 - length, last + 1
            if peers.at_borders(lower, start, stop):
                found.append({"start": start, "stop": stop, "surface": text[start:stop], "name": name})
        return found

    return spans


def _drug_spans() -> Callable[[str], list[dict[str, object]]]:
    from drug_named_entity_recognition import find_drugs

    return lambda text: [
        {"start": start, "stop": stop, "name": drug.get("name")}
        for drug, start, stop in find_drugs(peers.WORD.findall(text), is_ignore_case=True)
    ]


def run(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one process; raises when it fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=corpus.ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    said = process.stderr.read().decode() if process.stderr else ""
    if process.stderr:
        process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError((said.strip().splitlines() or [f"exit code {process.returncode}"])[-1])
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEGABYTE


def measure(rows: list[Row], text: Path, folder: Path) -> list[Row]:
    """Let the programs take turns; those that cannot run are told and left out."""
    empty = folder / "empty.jsonl"
    empty.write_bytes(b"")
    out = folder / "out.jsonl"
    able = []
    for row in rows:
        try:
            run(row.command(empty, out))  # fills caches
            able.append(row)
        except RuntimeError as error:
            print(f"  skipped: {row.name} ({error})")
    for number in range(ROUNDS):
        for row in able[number % len(able) :] + able[: number % len(able)]:
            row.start.append(run(row.command(empty, out))[0])
            spent, peak = run(row.command(text, out))
            row.whole.append(spent)
            row.peak = max(row.peak, peak)
            with out.open("rb") as lines:
                row.mentions = sum(len(orjson.loads(line)["mentions"]) for line in lines)
    return able


def _written(path: Path, megabytes: float, source: Path | None) -> int:
    """Write the text; gives its bytes. In another process: our own memory counts into our children's."""
    command = [sys.executable, corpus.__file__, "--megabytes", str(megabytes), "--out", str(path)]
    subprocess.run(
        [*command, *(["--from", str(source)] if source else [])], check=True, stdout=subprocess.DEVNULL
    )
    with path.open("rb") as lines:
        return sum(len(orjson.loads(line)["text"].encode("utf-8", "surrogatepass")) for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--from", dest="source", type=Path, help="folder with .txt, .jsonl or .jsonl.gz")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        name, source, target = options.worker
        worker(name, Path(source), Path(target))
        return
    pin()  # the processes that we start stay on the same core
    rows = [
        Row("scan --structures", _structures),
        Row("substance-monitor scan", _ours),
        Row(NAIVE, _peer(NAIVE)),
        Row(DRUG_NER, _peer(DRUG_NER)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.jsonl"
        size = _written(text, options.megabytes, options.source)
        print(f"text: {size / MEGABYTE:.1f} MB, {ROUNDS} rounds")
        print(f"  {'':<34}{'MB/s':>8}{'with start':>12}{'start s':>9}{'peak MB':>9}{'mentions':>10}")
        for row in measure(rows, text, Path(folder)):
            net = statistics.median(w - s for w, s in zip(row.whole, row.start, strict=True))
            whole = statistics.median(row.whole)
            print(
                f"  {row.name:<34}{size / net / MEGABYTE:8.1f}{size / whole / MEGABYTE:12.1f}"
                f"{statistics.median(row.start):9.2f}{row.peak:9.0f}{row.mentions:10,}"
            )


if __name__ == "__main__":
    main()
