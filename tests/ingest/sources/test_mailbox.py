"""Mailboxes with messages that cannot be had, and hostile IMAP servers: the others are read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from monitor.errors import SourceError
from monitor.ingest import collect
from monitor.ingest.sources.mail import is_cut
from monitor.model import SourceState
from tests.imaps import Box, imap_in_thread, mail_source, message
from tests.ingest.sources.runs import NOW, Check, Web


@pytest.fixture
def box() -> Iterator[Box]:
    with imap_in_thread(Box({number: message(number) for number in range(1, 6)})) as opened:
        yield opened


def go(box: Box, state: SourceState | None = None, **options: object) -> tuple[Check, SourceError | None]:
    """A check, whether or not it fails, with all that it gave."""

    async def main() -> tuple[Check, SourceError | None]:
        items = []
        try:
            async for item in collect(
                mail_source(box, **options), state or SourceState("desk"), Web({}), NOW
            ):
                items.append(item)
        except SourceError as error:
            return Check(items), error
        return Check(items), None

    return asyncio.run(main())


def through(box: Box, checks: int) -> tuple[list[str], list[list[str]], SourceState]:
    """Titles read and gaps of each of some checks in a row."""
    titles: list[str] = []
    gaps: list[list[str]] = []
    state = SourceState("desk")
    for _ in range(checks):
        found, _ = go(box, state)
        titles += [document.title for document in found.documents]
        gaps.append([gap.message for gap in found.gaps])
        state = found.state
    return titles, gaps, state


@pytest.mark.parametrize("bad", [1, 3, 5])
@pytest.mark.parametrize("kind", ["refused", "empty", "breaks"])
def test_one_bad_message_keeps_none_away_wherever_it_stands(box: Box, bad: int, kind: str) -> None:
    box.refuses = {bad} if kind == "refused" else set()
    box.cuts = {bad: -1} if kind == "empty" else {}
    box.breaks_at = bad if kind == "breaks" else 0
    titles, gaps, state = through(box, 7)
    assert titles == [f"Story {number}" for number in range(1, 6) if number != bad]
    tried = [each for each in gaps if each]
    assert [each[0].rpartition("; ")[2] for each in tried] == [
        *(["it will be asked for again"] * 4),
        "it is left out",
    ]
    assert all(f";UID={bad}:" in each[0] for each in tried)
    assert state.cursor == {"validity": 7, "uid": 5}


def test_one_that_comes_back_is_read(box: Box) -> None:
    box.refuses = {3}
    first, _ = go(box)
    assert first.state.cursor == {"validity": 7, "uid": 5, "again": {"3": 1}}
    box.refuses = set()
    second, _ = go(box, first.state)
    (document,) = second.documents
    assert document.title == "Story 3"
    assert document.known_as == first.gaps[0].location
    assert second.state.cursor == {"validity": 7, "uid": 5}


def test_a_cut_message_is_read_as_far_as_it_came_and_again(box: Box) -> None:
    box.cuts = {3: len(box.messages[3]) - 5}
    first, _ = go(box)
    assert len(first.documents) == 5
    assert "bytes came; these were read; it will be asked for again" in first.gaps[0].message
    box.cuts = {}
    second, _ = go(box, first.state)
    assert [document.url for document in second.documents] == [first.documents[2].url]
    assert second.gaps == []


def test_a_server_that_refuses_everything_loses_nothing(box: Box) -> None:
    box.refuses = set(box.messages)
    state = SourceState("desk")
    for _ in range(7):
        found, error = go(box, state)
        assert error is not None
        assert found.gaps == []
        state = found.state
    box.refuses = set()
    assert len(go(box, state)[0].documents) == 5


def test_a_message_that_was_deleted_meanwhile_is_no_gap(box: Box) -> None:
    box.refuses = {3}
    first, _ = go(box)
    del box.messages[3]
    second, _ = go(box, first.state)
    assert (second.documents, second.gaps) == ([], [])
    assert second.state.cursor == {"validity": 7, "uid": 5}


def test_bodies_in_quotes(box: Box) -> None:
    box.messages, box.quotes = {1: b'Subject: a "b" \\ c'}, True
    found, _ = go(box)
    assert [document.title for document in found.documents] == ['a "b" \\ c']


@pytest.mark.parametrize(
    ("body", "size", "cut"),
    [
        (b"Subject: x\r\n\r\nText", 18, False),
        (b"Subject: x\r\n\r\nText", 19, True),
        (b"", 10, True),
        (b'Content-Type: multipart/mixed;\r\n boundary="B"\r\n\r\n--B\r\n\r\nText\r\n--B--\r\n', 999, False),
        (b"content-type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nText\r\n--B--", 999, False),
        (b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nText\r\n--B", 999, True),
    ],
)
def test_what_is_cut(body: bytes, size: int, cut: bool) -> None:
    assert is_cut(body, size) is cut


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("CAPABILITY", b"+ go on\r\n" * 1000),
        ("EXAMINE", b"* OK [UIDVALIDITY 99999999999999999999999]\r\n"),
        ("SEARCH", b"* SEARCH 99999999999 4294967295 0 -1 x\r\n"),
        ("SEARCH", b"* SEARCH {999999999999}\r\n"),
        ("SEARCH", b"* SEARCH {0}\r\n" * 500 + b"\r\n"),
        ("RFC822.SIZE", b"* 1 FETCH (UID 1 RFC822.SIZE 99999999999999999999)\r\n"),
        ("RFC822.SIZE", b"* 1 FETCH (UID 777 RFC822.SIZE 5)\r\n"),
        ("PEEK", b"* 1 FETCH (UID 1 BODY[] {99999999}\r\n"),
        ("PEEK", b"* 1 FETCH (UID 2 BODY[] {3}\r\nabc)\r\n"),
        ("PEEK", b"* BYE \x1b[2J\x9b\r\n"),
        ("PEEK", b"\xff\xfe\r\n\r\n"),
        ("PEEK", b"m1 OK\r\nm99 NO\r\n"),
    ],
)
def test_a_hostile_server_ends_in_gaps_or_one_error(box: Box, command: str, said: bytes) -> None:
    box.raw = {command: said}
    start = time.monotonic()
    found, error = go(box, timeout=2)
    assert time.monotonic() - start < 30
    box.raw = {}
    again, _ = go(box, found.states[-1] if found.states else SourceState("desk"))
    read = {document.title for document in (*found.documents, *again.documents)}
    left_out = {number for number in range(1, 6) if f"Story {number}" not in read}
    assert not left_out or found.gaps or error
    later, _ = go(box, again.state)
    read |= {document.title for document in later.documents}
    assert {f"Story {number}" for number in (2, 3, 4, 5)} <= read


def test_endless_lines_are_cut_off(box: Box) -> None:
    box.raw = {"SEARCH": b"* SEARCH " + b"1 " * 3_000_000 + b"\r\n"}
    _, error = go(box)
    assert error is not None
    assert error.outcome == "too-large"
