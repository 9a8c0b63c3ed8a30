"""Decompression: every way to cut a stream gives the same bytes, and no stream costs more than its length."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.inflate import WINDOW, Zlib, check_complete, decoders, inflate

EMPTY = gzip.compress(b"", mtime=0)


def plain(packed: bytes, *cuts: int, coding: str = "gzip") -> bytes:
    """What a body decodes to that comes in pieces cut at these offsets."""
    stages = decoders(coding)
    borders = [0, *sorted(cuts), len(packed)]
    pieces = [packed[start:stop] for start, stop in pairwise(borders)]
    found = b"".join(part for piece in pieces for part in inflate(stages, piece))
    check_complete(stages)
    return found


@pytest.mark.parametrize("size", [0, 1, 2, 17, 100])
def test_members_are_joined_wherever_the_pieces_are_cut(size: int) -> None:
    """A member that ends where a piece ends is not the last one."""
    packed = gzip.compress(b"x" * size, mtime=0) + EMPTY + gzip.compress(b"end", mtime=0) + b"\0\0padding"
    for cut in range(len(packed)):
        assert plain(packed, cut) == b"x" * size + b"end"
        assert plain(packed, cut, cut + 1) == b"x" * size + b"end"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.binary(max_size=6000), max_size=8), st.integers(1, 5000), st.sampled_from(["gzip", "deflate"])
)
def test_any_body_comes_out_whole(parts: list[bytes], step: int, coding: str) -> None:
    whole = b"".join(parts)
    packed = b"".join(map(gzip.compress, parts)) if coding == "gzip" else zlib.compress(whole)
    assert plain(packed, *range(step, len(packed), step), coding=coding) == whole


@pytest.mark.parametrize("garbage", [b"\x1f", b"\x1f\x00", b"\x00\x1f\x8b", b"text"])
def test_what_follows_the_last_member_is_padding(garbage: bytes) -> None:
    assert plain(gzip.compress(b"hello", mtime=0) + garbage) == b"hello"


@pytest.mark.parametrize("members", [2_000, 20_000])
@pytest.mark.parametrize("between", [b"", b"x"], ids=["empty", "tiny"])
def test_the_work_on_many_members_is_linear(members: int, between: bytes) -> None:
    packed = gzip.compress(between, mtime=0) * members
    stage = Zlib(gzip=True)
    assert b"".join(stage.push(packed)) == between * members
    assert stage.complete()
    assert stage.shown <= len(packed) * WINDOW // len(EMPTY)


def test_the_work_on_a_bomb_is_linear() -> None:
    """Of what is packed a thousandfold, zlib is not shown the rest again with each piece that it gives."""
    packed = zlib.compress(bytes(50_000_000), 9)
    stage = Zlib(gzip=False)
    assert sum(map(len, stage.push(packed))) == 50_000_000
    assert stage.shown <= len(packed) * WINDOW // len(EMPTY)
