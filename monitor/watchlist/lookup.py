"""Finds substances of a watchlist by anything that names them. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from monitor.model import Substance, Watchlist
from monitor.watchlist.checks import cas_digit, fold

_PLAIN = str.maketrans("‐‑‒–—−’′", "------''")


def name_key(text: str) -> str:
    """What a text is looked up by: dashes and primes plain, one blank between words, case folded."""
    return fold(text.translate(_PLAIN))


def lookup(watchlist: Watchlist, text: str) -> list[Substance]:
    """The substances with this name (folded), CAS RN, InChIKey or key.

    Those named without ambiguity come first, then those for which the text is one sense of several.
    """
    return index(watchlist)(text)


def index(watchlist: Watchlist) -> Callable[[str], list[Substance]]:
    """Make `lookup` for many texts: what it hands back is `lookup` in this watchlist."""
    sure: dict[str, dict[str, None]] = {}
    unsure: dict[str, dict[str, None]] = {}
    for substance in watchlist.substances.values():
        for mark in _marks(substance):
            sure.setdefault(mark, {})[substance.key] = None
    for name in watchlist.names:
        table = unsure if name.ambiguous else sure
        table.setdefault(name_key(name.text), {})[name.substance] = None

    def find(text: str) -> list[Substance]:
        wanted = name_key(text)
        keys = {**sure.get(wanted, {}), **unsure.get(wanted, {})}
        return [watchlist.substances[key] for key in keys if key in watchlist.substances]

    return find


def _marks(substance: Substance) -> tuple[str, ...]:
    marks = (fold(substance.key), fold(substance.name), substance.inchikey.casefold(), *substance.cas)
    return tuple(mark for mark in marks if mark)


def near(watchlist: Watchlist, text: str) -> list[str]:
    """What may have been meant by a text that names nothing: the right CAS RN, or the nearest names."""
    wanted = name_key(text)
    digit = cas_digit(wanted)
    if digit is not None:
        right = f"{wanted[:-1]}{digit}"
        return [right] if right != wanted and lookup(watchlist, right) else []
    names = {fold(name.text): name.text for name in reversed(watchlist.names) if name.type != "cas"}
    return [names[found] for found in difflib.get_close_matches(wanted, names, n=3, cutoff=0.75)]
