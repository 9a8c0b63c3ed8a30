"""Text from outside on a terminal: nothing in it acts, and JSON stays the same JSON."""

from __future__ import annotations

import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.doors.safe_text import SafeFormatter, clean, safe, safe_json, safe_json_bytes, safe_lines

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("a\x1b]0;title\x07b", "a\ufffd]0;title\ufffdb"),
        ("two\nlines\tand\u00a0more", "two lines and more"),
        ("\u202egnp.exe", "\ufffdgnp.exe"),
        ("a\u2067b\u2069", "a\ufffdb\ufffd"),
        ("a\x9bb", "a\ufffdb"),
        ("a\u2028b\x85c", "a b c"),
        ("\u200fשלום\u200e", "שלום"),
        ("β-芬太尼 é ‍ا", "β-芬太尼 é ‍ا"),
    ],
)
def test_one_line(dirty: str, shown: str) -> None:
    assert clean(dirty) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_acts_is_left(text: str) -> None:
    assert not ACTING.search(safe(text))
    assert not ACTING.search(safe_lines(text).replace("\n", ""))
    assert safe_lines(text).count("\n") == text.count("\n")
    assert not ACTING.search(safe_json(json.dumps(text, ensure_ascii=False)))


@given(st.text())
def test_json_says_the_same(text: str) -> None:
    written = json.dumps({"title": text}, ensure_ascii=False)
    assert json.loads(safe_json(written)) == {"title": text}
    assert json.loads(safe_json_bytes(written.encode())) == {"title": text}
    assert not ACTING.search(safe_json_bytes(written.encode()).decode())


def test_lines_of_the_log_are_safe() -> None:
    record = logging.LogRecord(
        "a", logging.WARNING, "", 0, "moved to %s\nsecond", ("http://h/\x1b[31m",), None
    )
    assert SafeFormatter("%(message)s").format(record) == "moved to http://h/\ufffd[31m\nsecond"
