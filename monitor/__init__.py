"""Finds mentions of controlled substances and drug precursors in articles, and tells people."""

__version__ = "0.1.0"
