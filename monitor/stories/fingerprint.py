"""MinHash fingerprints of texts, by rensa; what makes them comparable over time. Pure."""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Sequence
from importlib import metadata

HASHES, BANDS, ROWS = 64, 8, 4
"""Length of a fingerprint; number and length of the pieces ("bands") by which near ones are found: 8 of 4
find two texts with 60% of their word triples in common in 67 of 100 cases, with 80% in 98."""
SHINGLE = 3  # words
LEAST = 12  # words; a shorter text says too little to be a near copy of another
_SEED = 20_261_122


@functools.cache
def scheme() -> str:
    """Names what fingerprints were made with: those of two schemes must not be compared.

    rensa changed its algorithm with 0.5 and says that older fingerprints have to be made again.
    """
    from rensa import RMinHash

    version = getattr(RMinHash, "ALGORITHM_VERSION", metadata.version("rensa"))
    return f"r{version}-{HASHES}-{SHINGLE}"


def fingerprint(words: Sequence[str]) -> bytes:
    """64 numbers of 4 bytes over the word triples of a text; empty for a text of a few words."""
    if len(words) < LEAST:
        return b""
    from rensa import RMinHash

    shingles = [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]
    maker = RMinHash(num_perm=HASHES, seed=_SEED)
    maker.update(shingles)
    return struct.pack(f"<{HASHES}I", *maker.digest())


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of word triples that two texts have in common (0 to 1, +-0.06)."""
    if not one or not other or len(one) != len(other):
        return 0.0
    a, b = struct.unpack(f"<{HASHES}I", one), struct.unpack(f"<{HASHES}I", other)
    return float(sum(map(operator.eq, a, b))) / HASHES


def bands(made: bytes) -> list[bytes]:
    """The pieces by which near fingerprints find each other."""
    size = ROWS * 4
    return [made[at : at + size] for at in range(0, min(len(made), BANDS * size), size)]
