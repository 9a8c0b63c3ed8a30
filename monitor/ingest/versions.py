"""Names the extractor: the versions of what turns bytes into text, kept beside every text."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("trafilatura", "lxml", "pypdf", "charset-normalizer")


@cache
def extractor_version(program: str) -> str:
    """What extracts in this version of the program, as in "substance-monitor 0.1.0, trafilatura 2.3.0"."""
    return ", ".join((f"substance-monitor {program}", *filter(None, map(_version, _LIBRARIES))))


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""  # put into another program without its metadata
