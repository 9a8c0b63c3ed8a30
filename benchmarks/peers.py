"""What stands beside our matcher in the benchmarks, each as a function from a text to its number of hits.

Every peer gets the names without other senses, as they are written, and does with them what its manual's
first page does. `PEERS` is the table; a peer whose library is not installed is skipped by `build`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.model import Watchlist  # noqa: E402

Find = Callable[[str, "str | None"], int]

STACK = "NFKC+casefold+translate, pyahocorasick, borders"
OURS = "substance-monitor"
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_PRIMES = dict.fromkeys(map(ord, "\u2032\u2019\u2018\u02b9\u00b4`\u02bc\uff07"), "'")
_FOLDS = {**_DASHES, **_PRIMES, 0xAD: None, 0x200B: None}
WORD = re.compile(r"\w+(?:[-',]\w+)*")


@dataclass(frozen=True, slots=True)
class Peer:
    """`largest`: names that it can be built with in bearable time; 0 where it brings its own list."""

    name: str
    build: Callable[[list[str]], Find]
    largest: int = 10_000_000


def ours(names: Watchlist) -> Find:
    from monitor.match import compile_lexicon, find

    lexicon = compile_lexicon(names)
    return lambda text, language: len(find(lexicon, text, language))


def fold(text: str) -> str:
    """Fold as is usual: compatibility forms, case, dashes and primes."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDS)


def _stack(names: list[str]) -> Find:
    automaton = _pyahocorasick_of({fold(name) for name in names})

    def find(text: str, language: str | None) -> int:
        folded = fold(text)
        return sum(at_borders(folded, stop + 1 - length, stop + 1) for stop, length in automaton.iter(folded))

    return find


def at_borders(text: str, start: int, stop: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not (stop < len(text) and text[stop].isalnum())


def naive(names: list[str]) -> Find:
    """An automaton over the names in lower case, with word borders and no other folding."""
    automaton = _pyahocorasick_of({name.lower() for name in names})

    def find(text: str, language: str | None) -> int:
        lower = text.lower()
        return sum(at_borders(lower, stop + 1 - length, stop + 1) for stop, length in automaton.iter(lower))

    return find


def _pyahocorasick_of(names: set[str]) -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    for name in sorted(names):
        automaton.add_word(name)
    automaton.make_automaton()
    return automaton


def _pyahocorasick(names: list[str]) -> Find:
    automaton = _pyahocorasick_of(set(names))
    return lambda text, language: sum(1 for _ in automaton.iter(text))


def _daachorse(names: list[str]) -> Find:
    import daachorse

    engine = daachorse.DoubleArrayAhoCorasick([name.encode() for name in names])
    return lambda text, language: len(engine.find_overlapping(text.encode("utf-8", "surrogatepass")))


def drug_ner(names: list[str]) -> Find:
    from drug_named_entity_recognition import find_drugs

    return lambda text, language: len(find_drugs(WORD.findall(text), is_ignore_case=True))


def _flashtext(names: list[str]) -> Find:
    from flashtext2 import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(names)
    return lambda text, language: len(processor.extract_keywords_with_span(text))


def _spacy(names: list[str]) -> Find:
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("en")
    nlp.max_length = 1 << 30
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("SUBSTANCE", list(nlp.tokenizer.pipe(names)))
    return lambda text, language: len(matcher(nlp.make_doc(text)))


PEERS = (
    Peer(STACK, _stack),
    Peer("daachorse, bare", _daachorse),
    Peer("pyahocorasick, bare", _pyahocorasick),
    Peer("flashtext2", _flashtext),
    Peer("drug-named-entity-recognition", drug_ner, 0),
    Peer("spaCy PhraseMatcher", _spacy, 100_000),
)
