"""Names compiled to automata that propose candidates, and the lexicon's serialised form.

Three automata (daachorse), because names differ in what they cost: long names are looked for in the
compact form of every text, short ones at word starts of every text, and names with other senses only in
texts that show some other sign of drugs (see `mentions`).
"""

from __future__ import annotations

import functools
import hashlib
import json
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from monitor.errors import LexiconError
from monitor.match.borders import ARABIC_PREFIXES
from monitor.match.context import EVERY_LANGUAGE, clinic_patterns, gate_patterns
from monitor.match.normalize import compact_key, fold_leet, unspaced, words_key
from monitor.match.patterns import PARTS, Automaton, Builder, Ints, Strings, ints
from monitor.match.variants import variants
from monitor.match.words import tables
from monitor.model import Name, Substance, Watchlist

FORMAT = 8
# What a pattern of the short automaton may be: a word of drugs (the mask of its languages), and these marks.
NAME = 1 << 31  # a short name
ANCHOR = 1 << 30  # the beginning of a word of some long name: a reason to look for long names at all
CLINIC = 1 << 29  # a word of medicine or research: a reason to look for misspelt names
_ANCHOR_LENGTH = 7
# Of a list beyond this many names the anchors are longer: else most texts would hold some anchor, by chance.
_MANY = 100_000
_ANCHOR_LENGTH_OF_MANY = 10
_HEAD = 12  # bytes of a long name that its automaton knows
_SPELT_ABROAD = 100_000  # names; a longer list brings its own spellings in other languages
_COMMON = (b"zwischen", b"intermediate", b"pflanzen")  # ordinary words that some names contain
_TABLES = ("watchlist", "kinds", "tongues", "senses", "longest_weak")
_MAGIC = b"SMLEX\x00"
_LONG = 6  # characters from which on a name is looked for anywhere in the compact form
_DEA_WORDINGS = ("DEA code {}", "DEA number {}", "DEA no. {}", "DEA drug code {}", "DEA Code Number {}",
                 "controlled substances code number {}", "drug code {}", "ACSCN {}")  # fmt: skip


@dataclass(slots=True)
class Lexicon:
    """The compiled names. Entry `e` is the spelling `texts[e]` of the name `names_of[e]`."""

    watchlist: str
    long: Automaton
    short: Automaton
    weak: Automaton
    texts: Strings
    names_of: Ints
    names: Strings
    substances: Strings
    substance_of: Ints
    kinds: list[str]
    kind_of: npt.NDArray[np.uint8]
    ambiguous: npt.NDArray[np.uint8]
    tongues: list[str]
    tongue_of: npt.NDArray[np.uint8]
    senses: dict[int, str] = field(default_factory=dict)
    longest_weak: int = 0  # bytes of the longest pattern of `weak`
    memo: dict[str, object] = field(default_factory=dict)  # what other modules derive from it once

    def name(self, entry: int) -> Name:
        """The name behind an entry, as a value."""
        index = int(self.names_of[entry])
        return Name(
            text=self.names[index],
            substance=self.substances[int(self.substance_of[index])],
            language=self.tongues[int(self.tongue_of[index])],
            type=self.kinds[int(self.kind_of[index])],
            ambiguous=bool(self.ambiguous[index]),
            senses=self.senses.get(index, ""),
        )

    def is_ambiguous(self, entry: int) -> bool:
        return bool(self.ambiguous[int(self.names_of[entry])])

    def to_bytes(self) -> bytes:
        """Serialise; `from_bytes` takes it back. Guarded by a digest, keyed by the versions that made it."""
        tables = {name: getattr(self, name) for name in _TABLES}
        text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
        columns = (self.names_of, self.substance_of, self.kind_of, self.ambiguous, self.tongue_of)
        parts = [text.encode("utf-8", "surrogatepass"), *(column.tobytes() for column in columns)]
        for strings in (self.texts, self.names, self.substances):
            parts += [bytes(strings.data), strings.ends.tobytes()]
        for automaton in (self.long, self.short, self.weak):
            parts += automaton.to_parts()
        body = [piece for part in parts for piece in (struct.pack("<Q", len(part)), part)]
        digest = hashlib.blake2b(digest_size=32)
        for piece in body:
            digest.update(piece)
        key = _versions().encode()
        return b"".join((_MAGIC, struct.pack("<H", len(key)), key, digest.digest(), *body))

    @classmethod
    def from_bytes(cls, data: bytes) -> Lexicon:
        """Load a serialised lexicon; LexiconError when it is damaged or of other versions."""
        parts = _parts(data)
        tables = json.loads(bytes(parts[0]))
        automata = (
            Automaton.from_parts(parts[begin : begin + PARTS]) for begin in range(12, len(parts), PARTS)
        )
        long, short, weak = automata
        return cls(
            watchlist=tables["watchlist"],
            long=long,
            short=short,
            weak=weak,
            texts=_strings(parts[6:8]),
            names_of=ints(parts[1]),
            names=_strings(parts[8:10]),
            substances=_strings(parts[10:12]),
            substance_of=ints(parts[2]),
            kinds=tables["kinds"],
            kind_of=np.frombuffer(parts[3], np.uint8),
            ambiguous=np.frombuffer(parts[4], np.uint8),
            tongues=tables["tongues"],
            tongue_of=np.frombuffer(parts[5], np.uint8),
            senses={int(index): text for index, text in tables["senses"].items()},
            longest_weak=tables["longest_weak"],
        )


def _strings(parts: list[memoryview]) -> Strings:
    return Strings(parts[0], np.frombuffer(parts[1], np.uint64))


def _versions() -> str:
    return f"{FORMAT} daachorse {version('daachorse')} numpy {np.dtype(np.uint32).byteorder}"


def _parts(data: bytes) -> list[memoryview]:
    head = len(_MAGIC) + 2
    if data[: len(_MAGIC)] != _MAGIC or len(data) < head:
        raise LexiconError("This is no serialised lexicon; delete the cache file and it is built again.")
    (length,) = struct.unpack("<H", data[len(_MAGIC) : head])
    if data[head : head + length].decode("utf-8", "replace") != _versions():
        raise LexiconError("The serialised lexicon was made by another version; it is built again.")
    body = memoryview(data)[head + length + 32 :]
    if hashlib.blake2b(body, digest_size=32).digest() != data[head + length : head + length + 32]:
        raise LexiconError("The serialised lexicon is damaged; it is built again.")
    parts: list[memoryview] = []
    position = 0
    while position < len(body):
        (size,) = struct.unpack_from("<Q", body, position)
        parts.append(body[position + 8 : position + 8 + size])
        position += 8 + size
    return parts


# --- compiling -------------------------------------------------------------------------------------


def identifier_names(watchlist: Watchlist) -> Iterator[Name]:
    """Names made from identifiers: InChIKey, "CID 3345", "DEA code 9801"; the CAS RNs are names already."""
    cas_seen = {(name.substance, name.text) for name in watchlist.names if name.type == "cas"}
    for substance in watchlist.substances.values():
        yield from _identifiers(substance, cas_seen)
    for listing in watchlist.listings:
        if listing.list_id.startswith("dea-") and listing.code.isdigit():
            for wording in _DEA_WORDINGS:
                yield Name(
                    wording.format(listing.code), listing.substance, "mul", "dea-code", source=listing.source
                )


def _identifiers(substance: Substance, cas_seen: set[tuple[str, str]]) -> Iterator[Name]:
    for cas in substance.cas:
        if (substance.key, cas) not in cas_seen:
            yield Name(cas, substance.key, "mul", "cas")
    if substance.inchikey:
        yield Name(substance.inchikey, substance.key, "mul", "inchikey")
    if substance.cid:
        yield Name(f"CID {substance.cid}", substance.key, "mul", "cid")
        yield Name(f"PubChem {substance.cid}", substance.key, "mul", "cid")


def _anchors(words: bytes, length: int, *, phrase: bool) -> Iterator[bytes]:
    """Where to notice a long name cheaply: where its longest word begins, also with letters spaced out.

    `length`: how many letters make a beginning. The words of a phrase are often ordinary ones; there the
    beginning of the whole phrase serves.
    """
    parts = words.split()
    longest = max((part for part in parts if not part.startswith(_COMMON)), key=len, default=words)
    if (phrase or len(longest) < length) and len(parts) > 1:
        yield b" " + words[: 2 * length]
        return
    yield b" " + longest[:length]
    yield b" " + b" ".join(longest[i : i + 1] for i in range(min(len(longest), _ANCHOR_LENGTH)))


def _as_unsure(text: str, unsure: set[bytes]) -> bool:
    key = compact_key(text)
    return len(key) < _LONG and key in unsure and not any("α" <= char <= "ω" for char in text)


def _marks(names: Iterable[Name], anchors: Iterable[bytes]) -> dict[bytes, int]:
    """The patterns of the short automaton that are no names, with their marks."""
    marks = {fold_leet(pattern): mask for pattern, mask in _signs(names).items()}
    marked = [(anchor, ANCHOR) for anchor in anchors] + [(word, CLINIC) for word in clinic_patterns()]
    for pattern, mark in marked:
        folded = fold_leet(pattern)
        marks[folded] = marks.get(folded, 0) | mark
    return marks


def _signs(names: Iterable[Name]) -> dict[bytes, int]:
    """Patterns that open the second look: words of drugs, and ambiguous acronyms that are no word."""
    words = tables().acronym_words
    signs = {
        b" " + words_key(name.text) + b" ": EVERY_LANGUAGE
        for name in names
        if name.ambiguous and name.type == "acronym" and len(name.text) > 2 and name.text.lower() not in words
    }
    return signs | gate_patterns()


@functools.cache
def ordinary_words() -> frozenset[bytes]:
    """Words (words form) that look like a name or a variant of one and mean something else."""
    text = resources.files("monitor.match").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return frozenset(words_key(line) for line in text.splitlines() if not line.startswith("#"))


def has_cjk(text: str) -> bool:
    """Does the text hold a character of a script without spaces between words?"""
    return any(map(unspaced, text))


def _short_forms(words: bytes, *, phrase: bool) -> Iterable[bytes]:
    """Short names are written with and without separators: p2p, p 2 p, 4anpp, and "4- AP" at line ends."""
    forms = [words]
    if any(48 <= byte < 58 for byte in words):
        joined = words.replace(b" ", b"")
        spaced = bytearray()
        for byte in joined:
            if spaced and (48 <= spaced[-1] < 58) != (48 <= byte < 58):
                spaced += b" "
            spaced.append(byte)
        forms += [joined, bytes(spaced)]
    elif b" " in words and not phrase:
        forms.append(words.replace(b" ", b""))
    yield from forms
    yield from (form.replace(b" ", b"  ") for form in forms if b" " in form)


class _Routes:
    """Puts each spelling where it is looked for."""

    def __init__(self, anchor_length: int) -> None:
        self.anchor_length = anchor_length
        self.anchors: set[bytes] = set()
        self.long, self.short, self.weak = Builder(), Builder(), Builder()

    def route(self, entry: int, text: str, kind: str, ambiguous: bool) -> bool:
        """Put one spelling where it is looked for; False when nothing of it can be matched."""
        key, words = compact_key(text), words_key(text)
        if not key:
            return False
        cjk = has_cjk(text)
        if ambiguous:
            for form in _short_forms(words, phrase=" " in text):
                self.weak.add(form if cjk else b" " + form + b" ", entry)
            if not cjk and kind != "street":
                self.weak.add(b" " + words + b"s ", entry)
            if kind in ("inn", "common") and len(key) >= _LONG and text.isalpha():
                self.long.add(key, entry)  # found there only in disguise
        elif (
            len(key) >= _LONG
            or (len(key) == 5 and kind in ("inn", "common") and text.isalpha())
            or (kind == "cas" and len(key) >= 5)
            or (cjk and len(key) >= 2)
        ):
            self.long.add(key, entry)
            self.anchors.update(_anchors(words, self.anchor_length, phrase=" " in text))
            if "\u0620" <= text[0] <= "\u06ff":  # Arabic writes article, "and" and prepositions on
                for prefix in ARABIC_PREFIXES:
                    self.anchors.add(b" " + words_key(prefix + text)[: self.anchor_length])
        else:
            for form in _short_forms(words, phrase=" " in text):
                self.short.add(fold_leet(b" " + form + (b" " if len(form) < 4 else b"")), entry)
        return True


def compile_lexicon(watchlist: Watchlist) -> Lexicon:
    """Compile all names of a watchlist, their spelling variants and identifiers."""
    names = [*watchlist.names, *identifier_names(watchlist)]
    # "(+-)-DOM" is no surer a name than "DOM"; a Greek letter makes it surer
    unsure = {compact_key(name.text) for name in names if name.ambiguous}
    names = [replace(name, ambiguous=True) if _as_unsure(name.text, unsure) else name for name in names]
    substances = sorted({name.substance for name in names})
    number = {key: index for index, key in enumerate(substances)}
    kinds = sorted({name.type for name in names})
    tongues = sorted({name.language for name in names})
    routes = _Routes(_ANCHOR_LENGTH if len(names) <= _MANY else _ANCHOR_LENGTH_OF_MANY)
    names_of = array("I")
    texts = Strings.of(_spellings(names, routes, names_of))
    longest_weak = routes.weak.longest
    return Lexicon(
        watchlist=watchlist.digest,
        long=routes.long.build(head=_HEAD),
        short=routes.short.build(_marks(names, routes.anchors), name=NAME),
        weak=routes.weak.build(),
        texts=texts,
        names_of=ints(names_of.tobytes()),
        names=Strings.of(name.text for name in names),
        substances=Strings.of(substances),
        substance_of=np.array([number[name.substance] for name in names], np.uint32),
        kinds=kinds,
        kind_of=np.array([kinds.index(name.type) for name in names], np.uint8),
        ambiguous=np.array([name.ambiguous for name in names], np.uint8),
        tongues=tongues,
        tongue_of=np.array([tongues.index(name.language) for name in names], np.uint8),
        senses={index: name.senses for index, name in enumerate(names) if name.senses},
        longest_weak=longest_weak,
    )


def _spellings(names: Sequence[Name], routes: _Routes, names_of: array[int]) -> Iterator[str]:
    """Route all spellings of names; give those that can be matched, and note in `names_of` whose they are."""
    literal = {name.text.casefold() for name in names}
    ordinary = ordinary_words()
    foreign = len(names) <= _SPELT_ABROAD
    for index, name in enumerate(names):
        seen: set[str] = set()
        for text, rule in variants(name.text, name.language, name.type, foreign=foreign):
            folded = text.casefold()
            # a variant never takes over what is a name in its own right
            if folded in seen or (rule and (folded in literal or words_key(text) in ordinary)):
                continue
            seen.add(folded)
            if routes.route(len(names_of), text, name.type, name.ambiguous):
                names_of.append(index)
                yield text
