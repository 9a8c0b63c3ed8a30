"""The keys under which an article's story can be found again: a bounded number, each telling enough. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import blake2b

from monitor.stories.fingerprint import bands
from monitor.stories.numbers import Quantity, weight
from monitor.stories.same import AMOUNTS, EVERYDAY, MONEY, PLAIN
from monitor.stories.trace import Trace

MOST = 56
STEP = math.log(1.1)  # amounts are told in steps of ten per cent; `wanted` looks at the steps beside as well


def keys(made: Trace) -> tuple[int, ...]:
    """What the article is filed under (at most `MOST`); numbers of 63 bits."""
    return _numbers(_filed(made, ()), MOST)


def wanted(made: Trace) -> tuple[int, ...]:
    """What to look under for articles of the same event; holds `keys`, and amounts rounded otherwise."""
    return _numbers(_filed(made, (-1, 1)), 2 * MOST)


def _numbers(named: Iterator[str], most: int) -> tuple[int, ...]:
    return tuple(_number(name) for name in list(dict.fromkeys(named))[:most])


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def _filed(made: Trace, beside: tuple[int, ...]) -> Iterator[str]:
    yield f"text {made.sha256}"
    for number, band in enumerate(bands(made.print)):
        yield f"band {made.scheme} {number} {band.hex()}"
    few = made.substances[:3]
    yield from (f"substance {each}" for each in few if each.partition("-")[0] not in EVERYDAY)
    roots = list(dict.fromkeys(map(_root, few))) or [""]
    for root in roots:
        yield from (f"place {root} {place}" for place in made.cities[:3])
        yield from (f"amount {root} {step}" for step in _steps(made, beside))
    named = (*made.spots[:2], *made.names[:5], *made.maybe[:4])
    names = [word[:5] for name in named for word in name.split()[-2:] if len(word) >= 4]
    for root in roots[:2]:
        yield from (f"name {root} {name}" for name in dict.fromkeys(names))
        yield from (f"thing {root} {thing}" for thing in made.things if thing not in PLAIN)


def _root(substance: str) -> str:
    """What forms of one substance share: "cannabis" of cannabis-resin."""
    first = substance.partition("-")[0]
    return first if len(first) >= 3 else substance


def _steps(made: Trace, beside: tuple[int, ...]) -> Iterator[str]:
    telling = [each for each in made.quantities if each.kind in AMOUNTS + MONEY and weight(each) >= 0.5]
    for quantity in telling[:3]:
        step = _step(quantity)
        yield from (f"{quantity.kind} {step + aside}" for aside in (0, *beside))


def _step(quantity: Quantity) -> int:
    return round(math.log(max(quantity.value, 1e-6)) / STEP)
