"""Finds the names of watched substances in a text: `compile_lexicon`, `find`, `search`."""

from monitor.match.lexicon import Lexicon, compile_lexicon
from monitor.match.mentions import Search, find, search

__all__ = ["Lexicon", "Search", "compile_lexicon", "find", "search"]
