"""Door: JSON Lines in and out, file by file or over standard input and output, packed or not.

What the commands share that read one object a line and answer with one: `scan`, `watchlist notices`.
"""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from monitor.doors.output import BUFFER, whole_file
from monitor.doors.safe_text import safe_json_bytes
from monitor.errors import MonitorError

STANDARD = "-"
"""As a path: standard input or output."""

MAX_LINE = 256 * 1024 * 1024
"""Bytes of one line; a longer one is an error, so that memory stays bounded whatever comes in."""


@contextmanager
def open_lines(
    source: str, target: str, *, progress: bool = False, title: str = "scan"
) -> Iterator[tuple[Iterator[bytes], Callable[[bytes], object]]]:
    """The lines of the file `source`, and what writes lines into the file `target`.

    Either may be "-"; names that end in .gz are packed. The target appears whole or not at all. Raises
    MonitorError when a file cannot be opened or written.
    """
    try:
        with ExitStack() as stack:
            # The input first: a misspelled name must not leave an empty output behind.
            stream = stack.enter_context(_input(source))
            advance = stack.enter_context(_progress(source, progress, title))
            write = stack.enter_context(_output(target, live=source == STANDARD))
            yield read_lines(stream, advance), write
    except BrokenPipeError:
        raise  # whoever reads our output has seen enough: nothing is wrong
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise MonitorError(f"{source}: this is not a whole gzip file ({error})") from error
    except OSError as error:
        place = source if error.filename == source else target
        shown = "standard output" if place == STANDARD else place
        raise MonitorError(f"{shown}: {error.strerror}") from error


def parse_line(line: bytes) -> dict[str, Any]:
    """The object that a line holds; raises ValueError with a reason for people."""
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE // 1024**2} MiB")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        record = _parse_loosely(line, error)
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record


def _parse_loosely(line: bytes, error: orjson.JSONDecodeError) -> Any:
    """Python's own parser takes what orjson refuses but others write: lone surrogates, NaN, long numbers."""
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError):
        raise ValueError(f"not JSON ({error})") from error


def dump_line(answer: dict[str, Any]) -> bytes:
    """One object as a line of JSON, whatever it holds."""
    try:
        return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate or a number beyond 64 bits, as it came in
        return json.dumps(answer).encode() + b"\n"


# --- files ------------------------------------------------------------------------------------------


def read_lines(stream: BinaryIO, advance: Callable[[int], None]) -> Iterator[bytes]:
    """Lines without a byte order mark; of a line beyond MAX_LINE only its beginning, too long by one byte."""
    first = True
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            _skip_line(stream, line)
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        yield line
        advance(len(line))


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(BUFFER)


@contextmanager
def _input(source: str) -> Iterator[BinaryIO]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    with Path(source).open("rb", buffering=BUFFER) as stream:
        if source.endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as packed:
                yield cast(BinaryIO, packed)
        else:
            yield stream


@contextmanager
def _output(target: str, live: bool) -> Iterator[Callable[[bytes], object]]:
    """What writes a line. `live`: it goes out at once, as whoever reads it may wait before asking more."""
    if target != STANDARD:
        with whole_file(target) as out:
            yield out.write
        return
    standard = sys.stdout.buffer

    def write(line: bytes) -> None:
        standard.write(safe_json_bytes(line))
        if live:
            standard.flush()

    yield write
    standard.flush()


@contextmanager
def _progress(source: str, wanted: bool, title: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error over the bytes read; nothing when it is not wanted."""
    if not wanted:
        yield lambda _: None
        return
    from rich.console import Console  # not worth its import time when nobody looks
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    known = source != STANDARD and not source.endswith(".gz")
    total = Path(source).stat().st_size if known else None
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        unseen = 0

        def advance(count: int) -> None:
            nonlocal unseen
            unseen += count
            if unseen >= BUFFER:  # a redraw for every line would cost more than the scan
                bar.advance(task, unseen)
                unseen = 0

        yield advance
