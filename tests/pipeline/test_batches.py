"""What a source yields, in batches: bounded, closed by checkpoints, early when memory is short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from monitor.errors import SourceError
from monitor.model import Document, Gap, SourceState
from monitor.pipeline.batches import BATCH, BATCH_BYTES, Room, batches
from tests.worlds import (
    Clock,
)

NEWS = "Officers found two drums of examplium chloride on board."
OTHER = "A chemist named testosin as well."


Item = Document | Gap | SourceState
STATE = SourceState("s", cursor={"n": 1})


def document(body: bytes = b"text") -> Document:
    return Document("s", "https://example.org/", body, "text/plain", Clock().now)


def batched(
    items: list[Item | Exception], stop_after: int | None = None
) -> list[tuple[int, int, bool, bool]]:
    """(documents, gaps, closed by a checkpoint, stopped) of every batch; then the error's name, if any."""
    found: list[tuple[int, int, bool, bool]] = []

    async def run() -> None:
        stop = asyncio.Event()

        async def source() -> AsyncIterator[Item]:
            for number, item in enumerate(items):
                if number == stop_after:
                    stop.set()
                if isinstance(item, Exception):
                    raise item
                yield item

        async for batch in batches(source(), stop):
            found.append((len(batch.documents), len(batch.gaps), batch.state is not None, batch.stopped))

    asyncio.run(run())
    return found


def test_a_checkpoint_closes_a_batch() -> None:
    gap = Gap("x", "gone", "gone")
    assert batched([document(), gap, STATE, document(), STATE, STATE]) == [
        (1, 1, True, False),
        (1, 0, True, False),
        (0, 0, True, False),
    ]


def test_batches_are_bounded_by_number_and_by_bytes() -> None:
    assert batched([document()] * (BATCH + 1)) == [(BATCH, 0, False, False), (1, 0, False, False)]
    large = document(b"x" * (BATCH_BYTES // 2))
    assert batched([large] * 5) == [(2, 0, False, False), (2, 0, False, False), (1, 0, False, False)]


def test_what_all_sources_hold_together_has_a_limit() -> None:
    """Beyond it a batch is written early, and what a broken-off source held is given back."""
    room = Room(limit=250)
    sizes: list[int] = []

    async def source() -> AsyncIterator[Item]:
        for _ in range(5):
            yield document(b"x" * 100)

    async def run() -> None:
        waiting = batches(source(), asyncio.Event(), room)
        async for batch in waiting:
            sizes.append(len(batch.documents))
            break
        await waiting.aclose()

    asyncio.run(run())
    assert (sizes, room.held) == ([3], 0)


def test_what_came_before_an_error_is_kept() -> None:
    kept: list[tuple[int, int, bool, bool]] = []

    async def run() -> None:
        async def source() -> AsyncIterator[Item]:
            yield document()
            raise SourceError("gone")

        async for batch in batches(source(), asyncio.Event()):
            kept.append((len(batch.documents), len(batch.gaps), batch.state is not None, batch.stopped))

    with pytest.raises(SourceError):
        asyncio.run(run())
    assert kept == [(1, 0, False, False)]


def test_stop_ends_with_what_is_in_hand() -> None:
    assert batched([document()] * 9, stop_after=3) in ([(4, 0, False, True)], [(3, 0, False, True)])
    assert batched([STATE], stop_after=0) in (
        [(0, 0, True, False), (0, 0, False, True)],
        [(0, 0, False, True)],
    )
