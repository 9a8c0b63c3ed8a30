"""Watchlists to measure with: the shipped one, and any number of made-up names that sound like chemistry."""

from __future__ import annotations

import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.model import Name, Substance, Watchlist  # noqa: E402
from monitor.watchlist import load_builtin  # noqa: E402

SHIPPED = "shipped"
NAMES_OF_ONE = 4
_ONSETS = "b br c ch cl cr d dr f fl g gl h k l m n p ph pl pr qu r s sp st t th tr v x z".split()
_VOWELS = "a e i o u y a e i o".split()
_CODAS = ["", "", "", "l", "m", "n", "r", "x"]
_ENDS = "ine one ol ate ide ane ene azole idine oxin amide idone itane azepam orphan azine".split()
_PREFIXES = (
    "methyl ethyl propyl butyl phenyl benzyl fluoro chloro bromo iodo nitro amino hydroxy methoxy ethoxy "
    "acetyl cyclopropyl cyclohexyl dimethyl diethyl thio oxo"
).split()
_PARENTS = (
    "piperidine piperazine indole indazole benzene propanone butanone fentanil amphetamine tryptamine "
    "carboxamide benzimidazole pyrrolidine pyridine thiophene benzodioxole morphinan cathinone"
).split()


def watchlist(size: str) -> Watchlist:
    """`size` is "shipped" or a number of names ("1k", "100k", "1m")."""
    return load_builtin() if size == SHIPPED else synthetic(count_of(size))


def count_of(size: str) -> int:
    """Read "10k" or "1m"."""
    factor = {"k": 1_000, "m": 1_000_000}.get(size[-1:].lower())
    return int(size[:-1]) * factor if factor else int(size)


def synthetic(count: int, seed: int = 7) -> Watchlist:
    """`count` different names, four to a substance: a third single words, the others systematic."""
    rng = random.Random(seed)
    texts: dict[str, None] = {}
    while len(texts) < count:
        texts[_word(rng) if rng.random() < 0.33 else _systematic(rng)] = None
    substances: dict[str, Substance] = {}
    names: list[Name] = []
    key = ""
    for index, text in enumerate(texts):
        if index % NAMES_OF_ONE == 0:
            key = f"made-up-{index // NAMES_OF_ONE}"
            substances[key] = Substance(key, text)
        kind = "common" if text.isalpha() else "systematic"
        names.append(Name(text, key, "en", kind, source="made up"))
    return Watchlist(substances, tuple(names))


def plain_names(names: Watchlist) -> list[str]:
    """The names without other senses, as other programs are given them; identifiers too."""
    return sorted({name.text for name in names.names if not name.ambiguous})


def _word(rng: random.Random) -> str:
    syllables = "".join(
        rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(rng.randint(2, 4))
    )
    return syllables + rng.choice(_ENDS)


def _systematic(rng: random.Random) -> str:
    locants = ",".join(str(number) for number in sorted(rng.sample(range(1, 10), rng.randint(1, 2))))
    prefix = rng.choice(_PREFIXES) + (rng.choice(_PREFIXES) if rng.random() < 0.5 else "")
    stem = rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
    text = f"{locants}-{prefix}-{stem}{rng.choice(_PARENTS)}"
    if rng.random() < 0.4:
        text = f"N-({text})-{rng.randint(1, 9)}-{rng.choice(_PARENTS)}"
    return text
