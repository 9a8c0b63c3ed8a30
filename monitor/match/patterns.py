"""Automata over millions of patterns, and the tables beside them; all can be written and read as bytes.

An automaton (daachorse) costs memory for every byte of its patterns, while it is built most of all. So of
long patterns it gets the first bytes only; where these stand, the text is compared with what goes on so.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import daachorse
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.uint32]
Ints64 = npt.NDArray[np.uint64]
Hit = tuple[int, int, int]  # start and stop in the form that was searched, and the pattern
PARTS = 7  # stretches of bytes that an automaton is written as

_NOTHING = 0xFFFFFFFF  # the entry of a pattern that is no name


class Keys(Sequence[bytes]):
    """Many byte strings as one stretch: a million of them load in no time and take only their bytes."""

    def __init__(self, data: bytes | memoryview, ends: Ints64) -> None:
        self.data = data
        self.ends = ends

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> Keys:
        data, ends = _packed(keys)
        return cls(data, ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, index: int) -> bytes:  # type: ignore[override]
        return bytes(self.data[int(self.ends[index]) : int(self.ends[index + 1])])

    @property
    def longest(self) -> int:
        """Bytes of the longest one."""
        return int(np.diff(self.ends).max()) if len(self) else 0


class Strings(Sequence[str]):
    """Many strings as one stretch of UTF-8."""

    def __init__(self, data: bytes | memoryview, ends: Ints64) -> None:
        self.data = data
        self.ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        data, ends = _packed(text.encode("utf-8", "surrogatepass") for text in texts)
        return cls(data, ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        return str(self.data[int(self.ends[index]) : int(self.ends[index + 1])], "utf-8", "surrogatepass")


def _packed(pieces: Iterable[bytes]) -> tuple[bytes, Ints64]:
    data, ends = bytearray(), array("Q", [0])
    for piece in pieces:
        data += piece
        ends.append(len(data))
    return bytes(data), np.frombuffer(ends, np.uint64)


@dataclass(slots=True)
class Automaton:
    """Patterns in order and, for each, its entries: `entries[starts[p]:starts[p + 1]]`.

    With `keys`, all the patterns, the engine knows only their first bytes: head `h` begins the patterns
    `firsts[h]` up to `firsts[h + 1]`.
    """

    engine: daachorse.DoubleArrayAhoCorasick | None
    starts: Ints
    entries: Ints
    masks: array[int] | None = None  # what each pattern is, where patterns are marked
    keys: Keys | None = None
    firsts: Ints = field(default_factory=lambda: np.zeros(1, np.uint32))
    asked: dict[int, list[int]] = field(default_factory=dict)
    _longest: int = 0

    def find(self, haystack: bytes) -> list[Hit]:
        """All (start, stop, pattern), overlapping ones too."""
        hits: list[Hit] = self.engine.find_overlapping(haystack) if self.engine is not None else []
        return self._to_the_end(haystack, hits) if hits and self.keys is not None else hits

    def of(self, pattern: int) -> list[int]:
        """The entries of a pattern; the same patterns are asked for again and again."""
        found = self.asked.get(pattern)
        if found is None:
            found = self.asked[pattern] = self.entries[
                self.starts[pattern] : self.starts[pattern + 1]
            ].tolist()
        return found

    def _to_the_end(self, haystack: bytes, heads: list[Hit]) -> list[Hit]:
        """The patterns that stand in full where heads stand."""
        assert self.keys is not None
        self._longest = self._longest or self.keys.longest
        hits: list[Hit] = []
        for begin, _, head in heads:
            low, high = int(self.firsts[head]), int(self.firsts[head + 1])
            rest = haystack[begin : begin + self._longest]
            hits += [
                (begin, begin + size, pattern) for pattern, size in _beginning(self.keys, rest, low, high)
            ]
        return hits

    def to_parts(self) -> list[bytes]:
        """Serialise to `PARTS` stretches of bytes."""
        keys = self.keys or Keys.of(())
        return [
            self.engine.serialize() if self.engine is not None else b"",
            self.starts.tobytes(),
            self.entries.tobytes(),
            self.masks.tobytes() if self.masks is not None else b"",
            bytes(keys.data),
            keys.ends.tobytes() if self.keys is not None else b"",
            self.firsts.tobytes(),
        ]

    @classmethod
    def from_parts(cls, parts: Sequence[memoryview]) -> Automaton:
        """Take back what `to_parts` wrote."""
        engine = daachorse.DoubleArrayAhoCorasick.deserialize(bytes(parts[0])) if len(parts[0]) else None
        starts, entries, firsts = (ints(parts[index]) for index in (1, 2, 6))
        masks = array("I", bytes(parts[3])) if len(parts[3]) else None
        keys = Keys(parts[4], np.frombuffer(parts[5], np.uint64)) if len(parts[5]) else None
        return cls(engine, starts, entries, masks, keys, firsts)


def ints(data: bytes | memoryview) -> Ints:
    """Read 32-bit numbers."""
    return np.frombuffer(data, np.uint32)


def _beginning(keys: Keys, rest: bytes, low: int, high: int) -> list[tuple[int, int]]:
    """Which of `keys[low:high]`, in order, `rest` begins with, as (number, bytes); the longest first."""
    found: list[tuple[int, int]] = []
    while low < high:
        place = bisect_right(keys, rest, low, high) - 1
        if place < low:
            break
        key = keys[place]
        if rest.startswith(key):
            found.append((place, len(key)))
        else:
            # what else `rest` begins with is shorter than what it shares with this one
            rest = rest[: _shared(rest, key)]
        high = place
    return found


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


class Builder:
    """Collects patterns with their entries, then builds the automaton."""

    def __init__(self) -> None:
        self._patterns: list[bytes] = []
        self._entries = array("I")

    def add(self, pattern: bytes, entry: int = _NOTHING) -> None:
        """Add a pattern of one entry, or of none."""
        self._patterns.append(pattern)
        self._entries.append(entry)

    @property
    def longest(self) -> int:
        """Bytes of the longest pattern."""
        return max(map(len, self._patterns), default=0)

    def build(self, marks: Mapping[bytes, int] | None = None, *, name: int = 0, head: int = 0) -> Automaton:
        """Build the automaton; the builder is empty afterwards, for the memory.

        `marks`: masks of patterns, added as patterns where they are none; a pattern with entries has `name`
        in its mask too. `head`: bytes of a pattern that the engine is given, 0 for all.
        """
        for pattern in marks or ():
            self.add(pattern)
        patterns, starts, entries = self._sorted()
        masks = None
        if marks:
            full = zip(patterns, (starts[1:] > starts[:-1]).tolist(), strict=True)
            masks = array("I", (marks.get(pattern, 0) | name * is_name for pattern, is_name in full))
        if not head:
            return Automaton(_engine(patterns), starts, entries, masks)
        keys = Keys.of(patterns)
        heads, firsts = _heads(patterns, head)
        del patterns
        return Automaton(_engine(heads), starts, entries, masks, keys, firsts)

    def _sorted(self) -> tuple[list[bytes], Ints, Ints]:
        """The patterns in order, each once, and their entries, each once."""
        patterns: list[bytes] = []
        starts, entries = array("I"), array("I")
        for index in sorted(range(len(self._patterns)), key=self._patterns.__getitem__):
            pattern, entry = self._patterns[index], self._entries[index]
            if not patterns or pattern != patterns[-1]:
                patterns.append(pattern)
                starts.append(len(entries))
            if entry != _NOTHING and (len(entries) == starts[-1] or entries[-1] != entry):
                entries.append(entry)
        starts.append(len(entries))
        self._patterns, self._entries = [], array("I")
        return patterns, ints(starts.tobytes()), ints(entries.tobytes())


def _heads(patterns: Sequence[bytes], length: int) -> tuple[list[bytes], Ints]:
    """The different beginnings of patterns in order, and where the patterns of each begin."""
    heads: list[bytes] = []
    firsts = array("I")
    for index, pattern in enumerate(patterns):
        if not heads or pattern[:length] != heads[-1]:
            heads.append(pattern[:length])
            firsts.append(index)
    firsts.append(len(patterns))
    return heads, ints(firsts.tobytes())


def _engine(patterns: list[bytes]) -> daachorse.DoubleArrayAhoCorasick | None:
    return daachorse.DoubleArrayAhoCorasick(patterns) if patterns else None
