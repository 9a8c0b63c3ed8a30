"""JSON answers to entries: paths, forms of values, and answers that are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest.records import Mapped, at, find_items, read_item, read_json

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://example.org/api"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b.1", "y"),
        ("a.b", ["x", "y"]),
        ("", {"a": {"b": ["x", "y"]}}),
        ("a.c", None),
        ("a.b.7", None),
        ("a.b.x", None),
    ],
)
def test_paths(path: str, found: object) -> None:
    assert at({"a": {"b": ["x", "y"]}}, path) == found


def test_an_item_of_every_form() -> None:
    item = {
        "no": 17,
        "head": {"line": "Gr&ouml;&szlig;ere <b>Menge</b>"},
        "body": ["<p>20 kg</p>", "", None, "PMK"],
        "at": 1_763_726_400,
        "where": "/a",
        "lang": "de-AT",
    }
    mapped = Mapped(("head.line",), "where", ("body", "missing"), "at", "no", "lang")
    entry = read_item(item, mapped, URL, NOW)
    assert entry is not None
    assert (entry.title, entry.link, entry.summary) == (
        "Größere Menge",
        "https://example.org/a",
        "20 kg\nPMK",
    )
    assert (entry.published_at, entry.language) == (datetime(2025, 11, 21, 12, tzinfo=UTC), "de")


@pytest.mark.parametrize(
    "item", [{}, [], "text", None, 7, {"head": None}, {"head": True}, {"where": "ftp://x/y"}]
)
def test_what_is_no_item_is_nothing(item: object) -> None:
    assert read_item(item, Mapped(("head",), "where"), URL, NOW) is None


@pytest.mark.parametrize("answer", [{}, {"count": 0, "text": "none"}, {"results": []}, {"articles": None}])
def test_nothing_found_is_no_error(answer: object) -> None:
    assert find_items(answer, "results", URL) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"errors": ["bad key"]}, "its keys are errors"),
        ({"results": "none", "count": 1}, "its keys are results, count"),
        ("text", "it is a str"),
        (None, "it is a NoneType"),
    ],
)
def test_an_answer_without_the_list_is_told(answer: object, told: str) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        find_items(answer, "results", URL)
    assert caught.value.outcome == "parse-error"


@pytest.mark.parametrize("body", [b"", b"Your query was too short.", b"<html>Log in</html>", b"[" * 100_000])
def test_what_is_no_json_is_quoted(body: bytes) -> None:
    with pytest.raises(SourceError, match="did not answer with JSON") as caught:
        read_json(body, None, URL)
    assert caught.value.outcome == "parse-error"
    assert len(str(caught.value)) < 300
