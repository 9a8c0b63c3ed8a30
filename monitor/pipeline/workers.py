"""Processes that read documents, each of which can be given up and replaced: `Workers`.

    here:   [lexicon] [items, items ...] ->      <- [result] [result] ...
    there:  one process that reads them one after the other (`serve`)

What is small is read here: a process of its own costs more to start than a few pages cost to read. What is
large, or comes after much else, goes to processes, as only those can be ended whatever they do. Results are
the same; the clock only ends a process that hangs, and then the document counts as not read.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

from monitor.model import Article, Document
from monitor.pipeline.logs import is_ours
from monitor.pipeline.reading import Reader, Result, Unread

log = logging.getLogger(__name__)

MOST = 4  # processes, of some 150 MB each
SMALL = 32_768  # bytes of a document that is read here
SMALL_TOGETHER = 262_144  # and of all documents that are read here in one go
AT_HOME = 1_000_000  # bytes that are read here before processes are started
CHUNK = 131_072  # bytes that a process gets in one go, if it is more than one document
COMPUTING = 120  # seconds of computing on one document after which a process has hung
WAITING = 900  # and of any time
RESULTS = 1 << 30  # bytes of one message, at most
_BOMBS = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b")  # small files that may unpack to much

Item = Document | Article


class Workers:
    """Reads documents here or in processes. Close it after use; safe to share between threads.

    `most`: processes at a time, 0 for none. They are started when they are needed, and kept. `computing`:
    seconds after which one has hung. `command` starts one, which answers as `serve` does.
    """

    def __init__(
        self, most: int | None = None, *, computing: int = COMPUTING, command: Sequence[str] = ()
    ) -> None:
        self._most = most_processes() if most is None else most
        self._computing = computing
        self._command = command or python("from monitor.pipeline.workers import serve; serve()")
        self._threads = ThreadPoolExecutor(max(self._most, 1), thread_name_prefix="reader")
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._living: set[_Process] = set()
        self._lock = threading.Lock()
        self._at_home = 0
        self._stopped = False

    def are_wanted(self, items: Sequence[Item]) -> bool:
        """Should processes read these? Ask once for each batch: it keeps count of what is read here."""
        if not self._most:
            return False
        sizes = [_size(item) for item in items]
        self._at_home += sum(sizes)
        large = max(sizes, default=0) > SMALL or sum(sizes) > SMALL_TOGETHER
        return large or self._at_home > AT_HOME or any(map(_may_unpack, items))

    def read(self, reader: Reader, items: Sequence[Item]) -> list[Result]:
        """Read items in processes and wait for the results, which are in the items' order."""
        return [result for future in self.begin(reader, items) for result in future.result()]

    def begin(self, reader: Reader, items: Sequence[Item]) -> list[Future[list[Result]]]:
        """Hand items out to processes; a result for each, chunk by chunk, in order."""
        if self._stopped:
            return [_done([Unread() for _ in items])]
        return [self._threads.submit(self._read, reader, chunk) for chunk in _chunks(items)]

    def stop(self) -> None:
        """End the processes, whatever they do; what they had in hand comes back as broken off."""
        self._stopped = True
        with self._lock:
            for process in self._living:
                process.kill()

    def close(self) -> None:
        """End everything and wait for it."""
        self.stop()
        self._threads.shutdown(cancel_futures=True)
        with self._lock:
            for process in self._living:
                process.end()
            self._living.clear()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What follows runs in the threads, each of which waits for one process at a time.

    def _read(self, reader: Reader, items: Sequence[Item]) -> list[Result]:
        """Read a chunk. A document on which a process hangs, or ends twice, is given up; the others go on."""
        results: list[Result] = []
        ended = 0  # processes that ended on the next document: it need not be its fault
        while len(results) < len(items) and not self._stopped:
            process = self._take(reader)
            if process is None:
                return [*results, *self._read_here(reader, items[len(results) :])]
            fresh, whole = process.ask(items[len(results) :])
            results += fresh
            if whole:
                self._idle.put(process)
                continue
            self._drop(process)
            ended = 1 if fresh else ended + 1
            if (process.hung or ended == 2) and not self._stopped:
                results.append(_given_up(process, self._computing))
                ended = 0
        return [*results, *(Unread() for _ in items[len(results) :])]

    def _read_here(self, reader: Reader, items: Sequence[Item]) -> list[Result]:
        return [Unread() if self._stopped else reader.read(item) for item in items]

    def _take(self, reader: Reader) -> _Process | None:
        """An idle process that reads by this reader, or a new one; None where none can be started."""
        while not self._stopped:
            try:
                process = self._idle.get_nowait()
            except queue.Empty:
                break
            if process.reader is reader and process.lives:
                return process
            self._drop(process)
        try:
            with self._lock:
                if self._stopped:
                    return None
                process = _Process(reader, self._computing, self._command)
                self._living.add(process)
            return process
        except OSError as error:
            if not self._stopped:
                log.warning(
                    "no process for reading can be started (%s): reading goes on here", error.strerror
                )
            return None

    def _drop(self, process: _Process) -> None:
        process.end()
        with self._lock:
            self._living.discard(process)


def python(code: str) -> tuple[str, ...]:
    """The command that runs a line of Python which finds the same modules as this process."""
    return sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"


def most_processes() -> int:
    """As many as there are processors for us, and two at least: one that hangs must not stop the others."""
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        processors = os.cpu_count() or 1
    return max(2, min(processors, MOST))


def _size(item: Item) -> int:
    return len(item.body) if isinstance(item, Document) else len(item.text)


def _may_unpack(item: Item) -> bool:
    return isinstance(item, Document) and item.body.startswith(_BOMBS)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    begin, size = 0, 0
    for number, item in enumerate(items):
        if size and size + _size(item) > CHUNK:
            yield items[begin:number]
            begin, size = number, 0
        size += _size(item)
    if begin < len(items):
        yield items[begin:]


def _done(results: list[Result]) -> Future[list[Result]]:
    future: Future[list[Result]] = Future()
    future.set_result(results)
    return future


def _given_up(process: _Process, seconds: int) -> Unread:
    if process.hung:
        return Unread("timeout", f"not read: the work on it was given up after {seconds} s of computing")
    return Unread("error", f"not read: the process that read it ended twice ({process.code})")


# --- one process, seen from here ---------------------------------------------------------------------


class _Process:
    """One process with its pipes. Raises OSError when it cannot be started."""

    def __init__(self, reader: Reader, computing: int, command: Sequence[str]) -> None:
        self.reader = reader
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C on a terminal is for us, who finish the work in hand with it
        )
        self._set_up: bytes | None = pickle.dumps(
            (
                reader.matcher.lexicon.to_bytes(),
                reader.matcher.pins,
                reader.systematic,
                computing,
                logging.root.level,
            )
        )

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    @property
    def code(self) -> int:
        return self._process.wait()

    @property
    def hung(self) -> bool:
        """Was it ended by its own clock?"""
        return self.code in (-signal.SIGPROF, -signal.SIGALRM) if hasattr(signal, "SIGPROF") else False

    def ask(self, items: Sequence[Item]) -> tuple[list[Result], bool]:
        """The results of the first ones, and whether these are all; if not, the process has ended."""
        results: list[Result] = []
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if self._set_up is not None:
                _send(self._process.stdin, self._set_up)
                self._set_up = None
            _send(self._process.stdin, pickle.dumps(list(items)))
            while len(results) < len(items):
                results.append(pickle.loads(_received(self._process.stdout)))  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError, ValueError):
            self.kill()
            return results, False
        return results, True

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError at the end."""
    size = int.from_bytes(_exactly(pipe, 8), "big")
    if size > RESULTS:
        raise ValueError(f"a message of {size:,} bytes")
    return _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


# --- one process, from within ------------------------------------------------------------------------


def serve(change: Callable[[Reader], Reader] = lambda reader: reader) -> None:
    """Read what comes on standard input until it ends, or until whoever started this is gone.

    `change` puts another reader in the place of the one that was asked for.
    """
    commands, answers = _own_pipes()
    _start_clock(0)
    _watch_parent()
    try:
        reader, computing = _reader(pickle.loads(_received(commands)))  # noqa: S301 - from our own process
        reader = change(reader)
        while True:
            _start_clock(0)
            items: list[Item] = pickle.loads(_received(commands))  # noqa: S301
            for item in items:
                _start_clock(computing)
                result = reader.read(item)
                _send(answers, _packed(result))
    except (EOFError, OSError):
        os._exit(0)  # nobody is there any more who could be told


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for ourselves: what a library prints must not come between."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it is for whoever started this to end it
    commands, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return commands, answers


def _start_clock(computing: int) -> None:
    """Let the system end this process, whatever it does, after so many seconds of computing; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, computing)
        signal.alarm(WAITING if computing else 0)


def _watch_parent(every: float = 2.0) -> None:
    """End when the process that started this is gone: a document in hand is of no use to anybody then."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _reader(set_up: Any) -> tuple[Reader, int]:
    from monitor.match import Lexicon
    from monitor.model import Watchlist
    from monitor.pipeline.prepare import Matcher

    lexicon, pins, systematic, computing, level = set_up
    logging.basicConfig(level=level)
    if level >= logging.WARNING:
        for handler in logging.getLogger().handlers:
            handler.addFilter(is_ours)
    nothing = Watchlist({}, (), (), {})  # what substances are is known to whoever started this
    return Reader(Matcher(nothing, Lexicon.from_bytes(lexicon), pins), systematic), computing


def _packed(result: Result) -> bytes:
    """A result as bytes; a bug with where it was, as a traceback does not travel."""
    if not isinstance(result, Unread) or result.bug is None:
        return pickle.dumps(result)
    import traceback

    lines = "".join(traceback.format_exception(result.bug))
    with contextlib.suppress(Exception):
        result.bug.add_note(lines)
        data = pickle.dumps(result)
        pickle.loads(data)  # noqa: S301 - not every exception can be made again
        return data
    return pickle.dumps(Unread(result.outcome, result.message, RuntimeError(lines)))
