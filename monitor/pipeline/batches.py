"""What a source yields, grouped into batches that are written in one transaction each. No I/O of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Literal

from monitor.errors import SourceError
from monitor.model import Document, Gap, SourceState

BATCH = 32  # documents written in one transaction, at most
BATCH_BYTES = 4_000_000  # and no more than this many bytes of them in memory


ROOM = 100_000_000  # bytes of documents that all sources together hold before they are written early


@dataclass
class Room:
    """How many bytes of documents all sources together hold in memory."""

    limit: int = ROOM
    held: int = 0

    @property
    def is_full(self) -> bool:
        return self.held >= self.limit


@dataclass
class Batch:
    """Documents and gaps since the last transaction, and the checkpoint that closes them, if there is one."""

    documents: list[Document] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    state: SourceState | None = None
    size: int = 0
    stopped: bool = False

    def add(self, item: Document | Gap | SourceState) -> bool:
        """Take an item in; true when the batch should be written now."""
        if isinstance(item, SourceState):
            self.state = item
            return True
        if isinstance(item, Gap):
            self.gaps.append(item)
        else:
            self.documents.append(item)
            self.size += len(item.body)
        return len(self.documents) + len(self.gaps) >= BATCH or self.size >= BATCH_BYTES


async def batches(
    items: AsyncIterator[Document | Gap | SourceState], stop: asyncio.Event, room: Room | None = None
) -> AsyncGenerator[Batch, None]:
    """Group what a source yields into batches. Once `stop` is set, the batch in hand is the last one.

    Documents may be written before their checkpoint comes: read again, they add nothing. When all sources
    together fill the `room`, what is in hand is written at once.
    """
    room = room or Room()
    batch = Batch()
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while (item := await _next(items, stopping)) is not None:
            before = batch.size
            full = batch.add(item)
            room.held += batch.size - before
            if full or room.is_full:
                yield batch
                room.held -= batch.size
                batch = Batch()
        batch.stopped = stop.is_set()
        if batch.stopped or batch.documents or batch.gaps:
            yield batch
    except SourceError:
        if batch.documents or batch.gaps:
            yield batch  # what came before the error is kept
        raise
    finally:
        room.held -= batch.size
        stopping.cancel()


async def _next(
    items: AsyncIterator[Document | Gap | SourceState], stopping: asyncio.Future[Literal[True]]
) -> Document | Gap | SourceState | None:
    """The next item; None at the end, or as soon as `stopping` is done."""
    if stopping.done():
        return None
    item: Awaitable[Document | Gap | SourceState] = anext(items)
    task = asyncio.ensure_future(item)
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
        return None
    try:
        return task.result()
    except StopAsyncIteration:
        return None
