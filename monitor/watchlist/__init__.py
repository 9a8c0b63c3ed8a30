"""Watchlists: what is watched, where it comes from, and what changed."""

from monitor.watchlist.builtin import load_builtin
from monitor.watchlist.checks import cas_check, inchikey_check

__all__ = ["cas_check", "inchikey_check", "load_builtin"]
