"""Slots: so many checks at once, and slow ones step aside."""

from __future__ import annotations

import asyncio

import pytest

from monitor.pipeline.slots import Slots, open_files, slots_within


@pytest.mark.parametrize(
    ("files", "slots"),
    [
        (1 << 20, (64, 192)),
        (1024, (64, 192)),
        (552, (64, 192)),
        (550, (63, 192)),
        (256, (27, 81)),
        (64, (3, 9)),
        (48, (1, 3)),
        (20, (1, 1)),  # less than the program needs for itself: it may fail elsewhere, but tries
    ],
)
def test_the_limit_of_open_files_bounds_the_slots(files: int, slots: tuple[int, int]) -> None:
    assert slots_within(files) == slots
    assert open_files() > 0


def begun(slow: int, quick: int, *, active: int, aside: int) -> int:
    """How many of the quick checks end while the slow ones, which began first, are still under way."""

    async def run() -> int:
        places, go, done = Slots(active, aside, patience=0.05), asyncio.Event(), 0

        async def one(wait: bool) -> None:
            nonlocal done
            async with places.take():
                if wait:
                    await go.wait()
                else:
                    done += 1

        tasks = [asyncio.create_task(one(n < slow)) for n in range(slow + quick)]
        await asyncio.sleep(0.3)
        ended = done
        go.set()
        await asyncio.gather(*tasks)
        assert done == quick
        # every place was given back: as many as there are can be taken at once again
        async with asyncio.timeout(1):
            await asyncio.gather(*(one(False) for _ in range(active + aside)))
        return ended

    return asyncio.run(run())


def test_slow_checks_step_aside() -> None:
    assert begun(4, 50, active=2, aside=4) == 50


def test_there_is_an_end_to_the_places_aside() -> None:
    assert begun(6, 50, active=2, aside=4) == 0  # two hold the active places, four the others


def test_a_check_that_is_broken_off_gives_its_place_back() -> None:
    async def run() -> None:
        places = Slots(1, 1, patience=0.01)

        async def hang() -> None:
            async with places.take():
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(hang()) for _ in range(3)]
        await asyncio.sleep(0.1)  # one aside, one active, one waiting
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(1), places.take():
            pass

    asyncio.run(run())
