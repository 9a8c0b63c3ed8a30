"""Names that the keepers of the shipped lists took out (words, mistakes, slurs), known by digest only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from monitor.watchlist.builtin import DATA


def withheld() -> Callable[[str], bool]:
    """A function that says whether a name was taken out; case does not matter."""
    digests = frozenset((DATA / "withheld.csv").read_text(encoding="utf-8").split()[1:])
    return lambda name: hashlib.sha256(name.casefold().encode()).hexdigest()[:16] in digests
