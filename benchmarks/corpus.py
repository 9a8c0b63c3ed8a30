"""Text to measure on: articles of 1.5 to 6 KB in several languages, from a folder of yours or made up.

    python benchmarks/corpus.py --megabytes 50 --out out/corpus.jsonl
    python benchmarks/corpus.py --megabytes 50 --from ~/news --out out/corpus.jsonl

Made-up articles have the word lengths, the word frequencies (Zipf), the punctuation and the share of other
alphabets of news, and name a drug as rarely; they make no sense. Their words come from the project's own
samples and labelled corpus, and, for the long tail of rare words, from a letter model of these. The same
seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.match.context import gate_patterns  # noqa: E402
from monitor.match.normalize import words_key  # noqa: E402
from monitor.watchlist import load_builtin  # noqa: E402
from tests.corpus.corpus import Item, load  # noqa: E402

MEGABYTE = 1_000_000
SHARES = {"en": 74, "de": 13, "es": 3, "fr": 3, "it": 2, "nl": 1, "pl": 1, "pt": 1, "ru": 1, "zh": 1}
RANKS = {"en": 40_000, "de": 20_000}  # words of one language, made-up ones included
OTHER_RANKS = 8_000
SIGNS = 0.02  # how many sentences hold one, measured on news: one in 6 KB
DRUG_ARTICLES = 0.008  # how many articles name a watched substance; general news has about so many
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_LETTERS_OF_MODEL = 3
_BEGINNING = 5
_FUNCTION_WORDS = 80


@dataclass(frozen=True, slots=True)
class Article:
    """One text and its language ("" when not known)."""

    text: str
    lang: str


@dataclass(slots=True)
class Vocabulary:
    """The words of one language by rank, with their summed-up frequencies, and sentences that name drugs."""

    words: list[str]
    sums: list[float]
    drug_sentences: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)  # words at which the matcher looks twice


def articles(megabytes: float, source: Path | None = None, seed: int = 1) -> list[Article]:
    """So many megabytes (of UTF-8) of articles, from the folder `source` or made up."""
    found: list[Article] = []
    wanted = int(megabytes * MEGABYTE)
    for article in _from_folder(source, seed) if source else _made_up(seed):
        found.append(article)
        wanted -= len(article.text.encode("utf-8", "surrogatepass"))
        if wanted <= 0:
            break
    return found


def size_of(texts: list[Article]) -> int:
    """Bytes of UTF-8."""
    return sum(len(article.text.encode("utf-8", "surrogatepass")) for article in texts)


# --- made-up articles -------------------------------------------------------------------------------


def _made_up(seed: int) -> Iterator[Article]:
    rng = random.Random(seed)
    names = _beginnings()
    vocabularies = {
        lang: _vocabulary(lang, items, names)
        for lang, items in _items_by_language().items()
        if lang in SHARES
    }
    langs = list(vocabularies)
    shares = [SHARES[lang] for lang in langs]
    while True:
        lang = rng.choices(langs, shares)[0]
        yield Article(_article(rng, vocabularies[lang], lang), lang)


def _items_by_language() -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in load():
        found[item.lang].append(item)
    return found


def _vocabulary(lang: str, items: list[Item], names: frozenset[str]) -> Vocabulary:
    """Words of texts that name no substance, most frequent first, then invented ones.

    The corpus is about drugs, general news is not: words that stand mostly beside a substance, that begin as
    a name does, that have a sense as a name (ice, speed) or that make the matcher look twice (seized, doses)
    are left out here; the last come in again as often as in news (`SIGNS`).
    """
    drugs = [item.text for item in items if item.of("substance")]
    pattern = re.compile(r"[\u4e00-\u9fff]") if lang == "zh" else _WORD
    plain = Counter(word for item in items if not item.of("substance") for word in pattern.findall(item.text))
    beside = Counter(word.lower() for text in drugs for word in pattern.findall(text))
    share = plain.total() / max(1, beside.total())
    marked = {
        word.lower() for item in items for label in item.labels for word in pattern.findall(label.surface)
    }
    words = [
        word
        for word, count in sorted(plain.items(), key=lambda pair: (-pair[1], pair[0]))
        if word.lower() not in marked
        and (count > 2 * share * beside[word.lower()] or len(word) < 4)
        and word[:_BEGINNING].lower() not in names
        and (lang != "en" or word.isascii())
        and not _is_sign(word)
    ]
    if lang != "zh":
        known = {word.lower() for word in words if len(word) > 3}
        words += _invented(known, names, RANKS.get(lang, OTHER_RANKS) - len(words))
    # what the corpus likes to tell of (bumps, pupils) is no more frequent than the rest
    rest = words[_FUNCTION_WORDS:]
    random.Random(len(words)).shuffle(rest)
    words[_FUNCTION_WORDS:] = rest
    sums = list(accumulate(1 / (rank + 4) for rank in range(len(words))))
    sentences = [item.text for item in items if item.kind == "clear" and item.of("substance")]
    return Vocabulary(words, sums, sentences, sorted(word for word in plain if _is_sign(word)))


@functools.cache
def _signs() -> frozenset[bytes]:
    return frozenset(gate_patterns())


def _is_sign(word: str) -> bool:
    """Is this a word at which the matcher looks twice?"""
    padded = b" " + words_key(word) + b" "
    return any(padded[:length] in _signs() for length in range(2, len(padded) + 1))


def _beginnings() -> frozenset[str]:
    """How the words of the shipped names begin."""
    words = (word for name in load_builtin().names for word in _WORD.findall(name.text))
    return frozenset(word[:_BEGINNING].lower() for word in words if len(word) >= _BEGINNING)


def _invented(known: set[str], names: frozenset[str], count: int) -> list[str]:
    """New words by a letter model of the known ones, none that begins as a name does."""
    rng = random.Random(len(known))
    follow: dict[str, list[str]] = defaultdict(list)
    for word in sorted(known):
        padded = " " * _LETTERS_OF_MODEL + word + " "
        for index in range(_LETTERS_OF_MODEL, len(padded)):
            follow[padded[index - _LETTERS_OF_MODEL : index]].append(padded[index])
    found: dict[str, None] = {}
    for _ in range(count * 20):
        word = " " * _LETTERS_OF_MODEL
        while len(word) < 24 and (letter := rng.choice(follow[word[-_LETTERS_OF_MODEL:]])) != " ":
            word += letter
        word = word.strip()
        if len(word) > 4 and word not in known and word[:_BEGINNING] not in names and not _is_sign(word):
            found[word.title() if rng.random() < 0.2 else word] = None
        if len(found) == count:
            break
    return list(found)


def _article(rng: random.Random, vocabulary: Vocabulary, lang: str) -> str:
    length = int(1500 * (4 ** rng.random()))
    if lang == "zh":
        length //= 3
    curly = rng.random() < 0.25
    sentences = [
        _sentence(rng, vocabulary, lang, curly=curly)
        for _ in range(length // (40 if lang == "zh" else 110) + 1)
    ]
    if rng.random() < DRUG_ARTICLES and vocabulary.drug_sentences:
        for _ in range(rng.randint(1, 3)):
            sentences.insert(rng.randrange(len(sentences)), rng.choice(vocabulary.drug_sentences))
    parts = [sentences[0].rstrip(".。"), "\n\n"]
    for sentence in sentences[1:]:
        parts.append(sentence)
        parts.append("\n\n" if rng.random() < 0.2 else "" if lang == "zh" else " ")
    return "".join(parts).rstrip()


def _sentence(rng: random.Random, vocabulary: Vocabulary, lang: str, *, curly: bool) -> str:
    count = rng.randint(7, 28)
    words = rng.choices(vocabulary.words, cum_weights=vocabulary.sums, k=count)
    if lang == "zh":
        words.insert(count // 2, "，")
        return "".join(words) + "。"
    if rng.random() < 0.3:
        words[rng.randrange(count)] = _number(rng)
    if vocabulary.signs and rng.random() < SIGNS:
        words[rng.randrange(count)] = rng.choice(vocabulary.signs)
    if count > 12:
        words[count // 2] += ","
    words[0] = words[0][:1].upper() + words[0][1:]
    text = " ".join(words)
    if rng.random() < 0.12:
        text = f"“{text}”" if curly else f'"{text}"'
    if rng.random() < 0.05:
        text = text.replace(" ", " – " if curly else " - ", 1)
    return text + "."


def _number(rng: random.Random) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        return str(rng.randint(1990, 2026))
    if kind == 1:
        return f"{rng.randint(1, 99)},{rng.randint(0, 999):03}"
    return str(rng.randint(1, 400)) if kind == 2 else f"{rng.uniform(0, 100):.1f}"


# --- a folder of yours ------------------------------------------------------------------------------


def _from_folder(folder: Path, seed: int) -> Iterator[Article]:
    """All texts of a folder; when they run out, again with their sentences shuffled."""
    originals = [
        article for path in sorted(folder.rglob("*")) for article in _read(path) if article.text.strip()
    ]
    if not originals:
        raise SystemExit(f"{folder}: no .txt, .jsonl or .jsonl.gz with a text in it")
    yield from originals
    rng = random.Random(seed)
    while True:
        for article in originals:
            sentences = _SENTENCE.split(article.text)
            rng.shuffle(sentences)
            yield Article(" ".join(sentences), article.lang)


def _read(path: Path) -> Iterator[Article]:
    if path.name.endswith(".txt"):
        yield Article(path.read_text("utf-8", "replace"), "")
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        data = path.read_bytes()
        for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
            record: dict[str, Any] = json.loads(line)
            if isinstance(record.get("text"), str):
                yield Article(record["text"], str(record.get("lang") or ""))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--from", dest="source", type=Path, help="folder with .txt, .jsonl or .jsonl.gz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help='JSON Lines: {"id", "text", "lang"}')
    options = parser.parse_args()
    texts = articles(options.megabytes, options.source, options.seed)
    write(texts, options.out)
    print(f"{options.out}: {len(texts):,} articles, {size_of(texts) / MEGABYTE:.1f} MB of text")


def write(texts: list[Article], path: Path) -> None:
    """Write articles in the form that `substance-monitor scan` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for number, article in enumerate(texts):
            record: dict[str, object] = {"id": number, "text": article.text}
            if article.lang:
                record["lang"] = article.lang
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
