"""Finds the names of watched substances in a text: `compile_lexicon`, `find`."""

from monitor.match.lexicon import Lexicon, compile_lexicon
from monitor.match.mentions import find

__all__ = ["Lexicon", "compile_lexicon", "find"]
