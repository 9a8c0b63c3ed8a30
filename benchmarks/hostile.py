"""Texts made to be slow. Each must take at most five times the ordinary time a byte, however long it is."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

import corpus
from peers import Find

MEGABYTE = 1_000_000
ALLOWED = 5.0
_PATIENCE = 0.7  # seconds; a text that takes longer is not made longer any more
_FIRST = 4_000  # bytes


def _noise(count: int) -> str:
    rng = random.Random(3)
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=count))


def _letters(alphabet: str) -> Callable[[int], str]:
    return lambda count: "".join(random.Random(5).choices(alphabet, k=count))


def _times(piece: str) -> Callable[[int], str]:
    return lambda count: piece * (count // len(piece.encode()) + 1)


# Each takes a number of bytes, roughly, and gives a text.
HOSTILE: dict[str, Callable[[int], str]] = {
    "all opening brackets": _times("("),
    "all closing brackets": _times(")"),
    "brackets in pairs": _times("()"),
    "all hyphens": _times("-"),
    "all spaces": _times(" "),
    "all line ends": _times("\n"),
    "all digits": _times("4"),
    "one letter": _times("a"),
    "letters without a space": _noise,
    "letters of names without a space": _letters("aeimnoptyl"),
    "locants and brackets": _times("(2-"),
    "a prefix, a million times": _times("methylmethyl"),
    "a prefix with hyphens": _times("methyl-"),
    "a name without spaces": _times("fentanyl"),
    "a name with spaces": _times("fentanyl "),
    "a name with hyphens": _times("fentanyl-"),
    "a name cut short": _times("fentany "),
    "a misspelt name": _times("fentanil fentanyk "),
    "an ambiguous name": _times("ice "),
    "an ambiguous name beside a plain one": _times("ice heroin "),
    "definitions": _times("benzyl methyl ketone (BMK) "),
    "open definitions": _times("benzyl (b"),
    "a name letter by letter": _times("f e n t a n y l "),
    "a name with dots": _times("f.e.n.t.a.n.y.l."),
    "trigger words": _times("drug seized pills cocaine "),
    "CAS numbers": _times("437-38-7 "),
    "numbers like CAS numbers": _times("437-38-8-"),
    "zero-width spaces": _times("\u200b"),
    "combining marks": _times("e\u0301\u0301\u0301"),
    "a name in zero-width spaces": _times("f\u200be\u200bn\u200bt\u200ba\u200bn\u200by\u200bl\u200b"),
    "character references": _times("&#102;"),
    "ampersands": _times("&"),
    "half references": _times("&#x"),
    "emoji": _times("\U0001f600"),
    "Cyrillic look-alikes": _times("фентанил "),
    "Chinese": _times("芬太尼"),
    "Chinese without a name": _times("的一是了我"),
    "quotes": _times("\"'"),
    "words never seen": _letters("abcdefghijklmnopqrstuvwxyz  "),
}


def show_hostile(run: Find, megabytes: float) -> None:
    """Print each text's time a byte over that of ordinary text, and how it grows when the text doubles."""
    ordinary = _ordinary(run)
    print(f"ordinary text: {1 / ordinary / MEGABYTE:.1f} MB/s; allowed: {ALLOWED:.0f} times its time a byte")
    print(f"  {'':<40}{'KB':>8}{'x ordinary':>12}{'power':>8}")
    for name, make in HOSTILE.items():
        reached, times = _grow(run, make, int(megabytes * MEGABYTE))
        ratio = times[-1] / ordinary
        power = 1 + math.log2(times[-1] / times[-3]) / 2
        verdict = "" if ratio <= ALLOWED else "  <-- too slow"
        print(f"  {name:<40}{reached / 1000:8.0f}{ratio:12.1f}{power:8.1f}{verdict}", flush=True)


def _ordinary(run: Find) -> float:
    """Seconds a byte on ordinary text, none of it seen before."""
    texts = corpus.articles(2)
    for article in texts[:100]:
        run(article.text, article.lang)
    start = time.process_time()
    for article in texts[100:]:
        run(article.text, article.lang)
    return (time.process_time() - start) / corpus.size_of(texts[100:])


def _grow(run: Find, make: Callable[[int], str], wanted: int) -> tuple[int, list[float]]:
    """The bytes reached, and seconds a byte at 4 KB, 8 KB ... as far as patience reaches."""
    times: list[float] = []
    size = _FIRST
    while True:
        text = make(size)
        length = len(text.encode())
        start = time.process_time()
        run(text, "en")
        spent = time.process_time() - start
        times.append(max(spent, 1e-6) / length)
        if len(times) > 2 and (spent > _PATIENCE or size >= wanted):
            return length, times
        size *= 2
