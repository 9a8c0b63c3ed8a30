"""A reader for processes under test: documents say in their text how it is to fail."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from monitor.model import Article, Document
from monitor.pipeline import workers
from monitor.pipeline.reading import Reader, Result


@dataclass(frozen=True, slots=True)
class NaughtyReader(Reader):
    """Reads as others do, but for documents that begin with an order."""

    def read(self, item: Document | Article) -> Result:
        if isinstance(item, Document):
            order, _, more = item.body.decode().partition(" ")
            if order == "COMPUTE":
                while True:
                    pass
            if order == "SLEEP":
                time.sleep(3600)
            if order == "PRINT":
                print("this must not come between", flush=True)
            if order == "DIE" or (order == "DIE-ONCE" and not Path(more).exists()):
                Path(more or os.devnull).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return Reader.read(self, item)


def serve() -> None:
    workers.serve(lambda reader: NaughtyReader(reader.matcher, reader.systematic))


@dataclass(frozen=True, slots=True)
class SleepyReader(Reader):
    """Reads one text, then sleeps."""

    read_before: list[int] = field(default_factory=list)

    def read(self, item: Document | Article) -> Result:
        if self.read_before:
            time.sleep(3600)
        self.read_before.append(1)
        return Reader.read(self, item)


def serve_one() -> None:
    workers.serve(lambda reader: SleepyReader(reader.matcher, reader.systematic))
