"""Finds substances of a watchlist by anything that names them. Pure."""

from __future__ import annotations

from monitor.model import Substance, Watchlist
from monitor.watchlist.checks import fold

_PLAIN = str.maketrans("‐‑‒–—−’′", "------''")


def lookup(watchlist: Watchlist, text: str) -> list[Substance]:
    """The substances with this name (folded), CAS RN, InChIKey or key.

    Those named without ambiguity come first, then those for which the text is one sense of several.
    """
    wanted = fold(text.translate(_PLAIN))
    sure = [each.key for each in watchlist.substances.values() if wanted in _marks(each)]
    unsure: list[str] = []
    for name in watchlist.names:
        if fold(name.text.translate(_PLAIN)) == wanted:
            (unsure if name.ambiguous else sure).append(name.substance)
    return [watchlist.substances[key] for key in dict.fromkeys(sure + unsure) if key in watchlist.substances]


def _marks(substance: Substance) -> tuple[str, ...]:
    marks = (fold(substance.key), fold(substance.name), substance.inchikey.casefold(), *substance.cas)
    return tuple(mark for mark in marks if mark)
