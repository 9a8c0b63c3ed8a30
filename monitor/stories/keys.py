"""The keys under which an article's story can be found again: a bounded number, each telling enough. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import blake2b

from monitor.stories.fingerprint import bands
from monitor.stories.numbers import Quantity, weight
from monitor.stories.same import AMOUNTS, EVERYDAY, MONEY, PLAIN
from monitor.stories.trace import Trace

MOST = 48
STEP = math.log(1.1)  # amounts are told in steps of ten per cent; `wanted` looks at the steps beside as well


def keys(made: Trace) -> tuple[int, ...]:
    """What the article is filed under (at most `MOST`); numbers of 63 bits."""
    return _numbers(_filed(made, ()))


def wanted(made: Trace) -> tuple[int, ...]:
    """What to look under for articles of the same event; holds `keys`, and amounts rounded otherwise."""
    return _numbers(_filed(made, (-1, 1)))


def _numbers(named: Iterator[str]) -> tuple[int, ...]:
    return tuple(_number(name) for name in list(dict.fromkeys(named))[: 2 * MOST])[:MOST]


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def _filed(made: Trace, beside: tuple[int, ...]) -> Iterator[str]:
    yield f"text {made.sha256}"
    for number, band in enumerate(bands(made.print)):
        yield f"band {made.scheme} {number} {band.hex()}"
    few = made.substances[:3]
    for substance in few:
        if substance not in EVERYDAY:
            yield f"substance {substance}"
    for substance in few[:2] or ("",):
        yield from (f"place {substance} {place}" for place in made.cities[:3])
        yield from (f"amount {substance} {step}" for step in _steps(made, beside))
        names = [name.split()[-1][:5] for name in (*made.names[:6], *made.maybe[:4])]
        yield from (f"name {substance} {name}" for name in dict.fromkeys(names))
        yield from (f"thing {substance} {thing}" for thing in made.things if thing not in PLAIN)


def _steps(made: Trace, beside: tuple[int, ...]) -> Iterator[str]:
    telling = [each for each in made.quantities if each.kind in AMOUNTS + MONEY and weight(each) >= 0.5]
    for quantity in telling[:3]:
        step = _step(quantity)
        yield from (f"{quantity.kind} {step + aside}" for aside in (0, *beside))


def _step(quantity: Quantity) -> int:
    return round(math.log(max(quantity.value, 1e-6)) / STEP)
