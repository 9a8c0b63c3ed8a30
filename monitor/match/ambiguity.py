"""Is a name with other senses meant as the substance here? Features first, then a score from them.

The features are named facts about one candidate; the score is a logistic regression over them whose
weights stand in `weights.json` (learned by `scripts/train_ambiguity.py`). So every score can be explained
feature by feature.
"""

from __future__ import annotations

import functools
import json
import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

from monitor.match import borders, context, roles
from monitor.match.abbreviations import Definition, short_key
from monitor.match.context import Surroundings
from monitor.match.lexicon import Lexicon
from monitor.match.normalize import Forms, words_key
from monitor.match.words import tables

if TYPE_CHECKING:
    from monitor.match.candidates import Candidate

Features = tuple[tuple[str, float], ...]

# What a plain name is worth by how it is written and where it stands; chosen so that each stays above the
# threshold but below a surer kind.
_SURE = {"free": 0.98, "inflected": 0.96, "compound": 0.85, "glued": 0.8}
_READING = {"raw": 1.0, "normal": 0.99, "skeleton": 0.9}
_METHOD = {"misspelling": 0.7, "abbreviation": 0.95, "dea-code": 0.9, "cid": 0.9}

# What settles it against the substance, whatever else there is.
_VETOES = frozenset(("longer", "defined_otherwise", "ticker", "role", "letter_bare"))
_VETOED = 0.3

# What each feature says to a person; "-" marks one that speaks against.
REASONS = {
    "same_as": "it stands in brackets behind the substance's own name, or before it",
    "same_as_elsewhere": "it stands beside the substance's own name elsewhere in the text",
    "alias": "introduced as another name",
    "quantity": "an amount stands before it",
    "form": "a form or use stands behind it",
    "listed": "named in one list with other substances",
    "near": "another substance stands near",
    "document": "other substances in the text",
    "drug_near": "words of drugs stand near",
    "drug_document": "words of drugs in the text",
    "precursor_near": "words of precursors or chemistry stand near",
    "seizure_near": "words of seizure stand near",
    "use_near": "words of taking or dealing drugs stand near",
    "use_beside": "a word of taking or dealing drugs stands beside it",
    "likely": "in this language it mostly means the drug",
    "quoted": "in quotation marks",
    "-other_sense": "words of another sense stand near",
    "-defined_otherwise": "the text defines it as something else",
    "-proper": "part of a proper name",
    "-short_bare": "one or two letters, and nothing that says what they mean",
    "-longer": "the word beside it makes another name or an idiom of it",
    "-alone": "no other substance in the text",
    "-role": "an office, a place, a key or an element is called so here",
    "-letter_bare": "a letter alone, and no dealer's words with it",
    "-sport": "words of sport stand near",
    "-ticker": "written as the code of a share",
    "-verb": "used as a verb",
    "-case": "not written in capitals as the name is",
    "-case_word": "a word, and not written in capitals as the name is",
    "-hyphen": "joined to another word by a hyphen",
    "-language": "a word of another language than the text's",
}


@dataclass(slots=True)
class Judgement:
    """A score from 0 to 1, the features that it was computed from, and the same in words."""

    score: float
    features: Features
    candidate: Candidate
    pinned: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The score in words; put together when asked for, as most candidates are dropped without."""
        in_words = _reasons if self.candidate.weak else _plain_reasons
        return (*in_words(self.candidate, self.features), *([self.pinned] if self.pinned else ()))


@dataclass(slots=True)
class Document:
    """One text with all that was found in it, as the judge sees it.

    `strong` and `weak` stand in order and apart from each other, so what lies near is found by bisection: a
    text of a million names must not take a million looks at each.
    """

    view: Forms
    around: Surroundings
    strong: list[Candidate]
    weak: list[Candidate]
    definitions: list[Definition]
    language: str | None
    lexicon: Lexicon
    substances: frozenset[str] = field(init=False)
    _strong_starts: list[int] = field(init=False)
    _weak_starts: list[int] = field(init=False)
    _defined: dict[str, set[str]] | None = field(default=None)
    _aliases: set[str] | None = field(default=None)

    def __post_init__(self) -> None:
        self.substances = frozenset(candidate.name.substance for candidate in self.strong)
        self._strong_starts = [candidate.start for candidate in self.strong]
        self._weak_starts = [candidate.start for candidate in self.weak]

    def strong_near(self, start: int, stop: int, reach: int) -> list[Candidate]:
        """Plain names at most `reach` characters from a stretch."""
        return _near(self.strong, self._strong_starts, start - reach, stop + reach)

    def weak_near(self, start: int, stop: int, reach: int) -> list[Candidate]:
        """Ambiguous names at most `reach` characters from a stretch."""
        return _near(self.weak, self._weak_starts, start - reach, stop + reach)

    def defined_as(self, short: str) -> set[str] | None:
        """What substances the text defines a short form as; empty: something else, None: nothing."""
        if self._defined is None:
            self._defined = {}
            for definition in self.definitions:
                known = self._defined.setdefault(short_key(definition.short), set())
                known.update(
                    c.name.substance
                    for c in self.strong_near(definition.start, definition.stop, -1)
                    if c.length * 2 > definition.stop - definition.start or c.stop == definition.stop
                )  # fmt: skip
                if not known and _CHEMICAL.search(definition.long):
                    del self._defined[short_key(definition.short)]  # a name that the lexicon does not know
        return self._defined.get(short_key(short))

    def aliases(self) -> set[str]:
        """Ambiguous names that stand beside their substance's plain name anywhere: "phencyclidine (PCP)"."""
        if self._aliases is None:
            self._aliases = {
                short_key(self.view.text[c.start : c.stop])
                for c in self.weak
                if c.length > 1 and _same_as(self, c, own=True)
            }
        return self._aliases

    def words_span(self, candidate: Candidate) -> tuple[int, int]:
        """Offsets of the candidate in the words form."""
        return self.view.to_words(candidate.start, candidate.stop)

    def tags(self, candidate: Candidate) -> dict[str, str]:
        """What the words around the candidate say of it, by tag, with the word that says so."""
        found = {}
        for tag, begin in context.tags(self.around, *self.words_span(candidate)):
            start, stop = self.view.from_words(begin, self.around.ends[begin])
            found[tag] = borders.whole_word(self.view.text, start, stop).strip()
        return found


_CHEMICAL = re.compile(
    r"\d[-,]\S|(?:phen|ethyl|propyl|butyl|benz|fluor|chlor|brom)\w*|(?:amine|idine|idone|one|yl)\b",
    re.IGNORECASE,
)


@functools.cache
def weights() -> dict[str, float]:
    """The shipped weights, by feature."""
    text = resources.files("monitor.match").joinpath("weights.json").read_text(encoding="utf-8")
    return {name: float(value) for name, value in json.loads(text)["weights"].items()}


def judge(known: Document, candidate: Candidate) -> Judgement:
    """Score one candidate: plain names by how they are written, ambiguous ones by their features."""
    if not candidate.weak:
        return _judge_plain(known, candidate)
    features = features_of(known, candidate)
    table = weights()
    total = table["bias"] + sum(table.get(name, 0.0) * value for name, value in features)
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    if any(name in _VETOES for name, _ in features):
        score = min(score, _VETOED)
    return Judgement(round(score, 3), features, candidate)


def _judge_plain(known: Document, candidate: Candidate) -> Judgement:
    score = _METHOD.get(candidate.method, _SURE[candidate.border.kind]) * _READING[candidate.reading.form]
    features: list[tuple[str, float]] = [("name", score)]
    if candidate.length <= 8 and candidate.method == "name":
        meant = known.defined_as(known.view.text[candidate.start : candidate.stop])
        if meant is not None and candidate.name.substance not in meant:
            score *= 0.2
            features.append(("defined_otherwise", 1.0))
        elif meant is None and _other_sense_alone(known, candidate):
            score *= 0.4
            features.append(("other_sense", 1.0))
    return Judgement(round(score, 3), tuple(features), candidate)


def _plain_reasons(candidate: Candidate, features: Features) -> tuple[str, ...]:
    hidden = (f"hidden by {trick}" for trick in candidate.reading.tricks)
    return (_how(candidate), *hidden, *(REASONS["-" + name] for name, _ in features if "-" + name in REASONS))


def _other_sense_alone(known: Document, candidate: Candidate) -> bool:
    """Do words of another sense stand near an acronym, and none of drugs ("LSD" of pounds and pence)?"""
    if not known.view.text[candidate.start : candidate.stop].isupper() or len(known.strong) > 1:
        return False
    left, right = known.words_span(candidate)
    if any(known.around.near(group, left, right, 100) for group in ("drug", "use", "seizure")):
        return False
    return context.other_sense(candidate.name.text, known.view.words, left, right) > 0


def _how(candidate: Candidate) -> str:
    surface = candidate.name.text
    if candidate.method == "cas":
        return f"CAS RN {surface}"
    if candidate.method == "abbreviation":
        return f'the text defines it as "{surface}"'
    if candidate.method == "misspelling":
        return f'one letter away from "{surface}"'
    if candidate.border.kind in ("compound", "glued", "inflected"):
        return f'{candidate.name.type} name "{surface}" in "{candidate.border.word}"'
    return f'{candidate.name.type} name "{surface}"'


def _reasons(candidate: Candidate, features: Features) -> tuple[str, ...]:
    table = weights()
    reasons = [f'{candidate.name.type} name "{candidate.name.text}", which has other senses']
    for name, value in sorted(features, key=lambda pair: -abs(table.get(pair[0], 0) * pair[1])):
        effect = table.get(name, 0.0) * value
        against = REASONS.get("-" + name)
        text = REASONS.get(name) if effect > 0 else against and f"against it: {against}"
        if text and abs(effect) > 0.2:
            reasons.append(text)
    return tuple(reasons)


# --- features --------------------------------------------------------------------------------------


def features_of(known: Document, candidate: Candidate) -> Features:
    """The named facts about one ambiguous candidate, in a fixed order; only those that are not zero."""
    found: dict[str, float] = {}
    _of_the_name(known, candidate, found)
    _of_the_writing(known, candidate, found)
    _of_the_neighbourhood(known, candidate, found)
    _of_the_document(known, candidate, found)
    return tuple((name, value) for name, value in found.items() if value)


def _of_the_name(known: Document, candidate: Candidate, found: dict[str, float]) -> None:
    name = candidate.name
    found["street"] = float(name.type == "street")
    found["acronym"] = float(name.type == "acronym" or (name.text.isupper() and len(name.text) > 1))
    found["short"] = float(len(name.text) <= 2)
    found["word"] = float(not found["street"] and not found["acronym"])
    found["phrase"] = float(" " in name.text)
    found["sense_listed"] = float(name.text.lower() in tables().other_senses)
    other = known.language is not None and name.language not in ("mul", known.language)
    found["likely"] = float((name.text.lower(), known.language) in tables().likely)
    found["language"] = float(other and not found["acronym"])


def _of_the_writing(known: Document, candidate: Candidate, found: dict[str, float]) -> None:
    text, start, stop = known.view.text, candidate.start, candidate.stop
    surface, name = text[start:stop], candidate.name.text
    before, after = context.neighbours(text, start, stop)
    capital = surface[:1].isupper() and not surface.isupper()
    sentence_start = start == 0 or bool(
        re.search(r"[.!?:\n\"“„]\s*[\"“„']?$", text[max(0, start - 4) : start])
    )
    lower = bool(found["acronym"]) and not surface.isupper() and surface != name
    found["case"] = float(lower)
    found["case_word"] = float(lower and surface.lower() in tables().acronym_words)
    found["capital"] = float(
        capital and not sentence_start and not found.get("acronym") and known.language != "de"
    )
    found["shouted"] = float(
        surface.isupper() and surface.isalpha() and not name.isupper() and len(surface) > 1
    )
    beside_capital = (after[:1].isupper() and text[stop : stop + 1] in " -") or (
        before[:1].isupper() and not sentence_start and text[start - 1 : start] in " -"
    )
    found["proper"] = float(capital and beside_capital and known.language != "de")
    found["quoted"] = float(context.quoted(text, start, stop))
    verb = after.lower() in tables().particles or before.lower() in tables().before_verb
    found["verb"] = float(verb and not found["acronym"])
    found["longer"] = float(
        _fits(tables().longer_before.get(name.lower()), before)
        or _fits(tables().longer_after.get(name.lower()), after)
    )
    found["ticker"] = float(context.ticker(text, start, stop))
    initialism = bool(found["acronym"]) or surface.isupper()
    found["role"] = float(initialism and roles.role(text, start, stop))
    found["hyphen"] = float(
        text[start - 1 : start] == "-"
        or (text[stop : stop + 1] == "-" and not context.form_after(text, stop))
    )


def _fits(pattern: str | None, word: str) -> bool:
    return pattern is not None and bool(word) and re.search(pattern, word.lower()) is not None


def _of_the_neighbourhood(known: Document, candidate: Candidate, found: dict[str, float]) -> None:
    text, start, stop = known.view.text, candidate.start, candidate.stop
    meant = known.defined_as(text[start:stop])
    found["defined_otherwise"] = float(meant is not None and not meant)
    found["same_as"] = float(_same_as(known, candidate))
    found["same_as_elsewhere"] = float(
        not found["same_as"] and short_key(text[start:stop]) in known.aliases()
    )
    found["alias"] = float(context.alias_before(text, start))
    found["quantity"] = float(context.quantity_before(text, start))
    found["form"] = float(context.form_after(text, stop))
    found["listed"] = float(
        _listed_with(known, candidate, known.strong_near(candidate.start, candidate.stop, 40))
    )
    explained = ("same_as", "same_as_elsewhere", "alias", "quantity", "listed")
    bare = not any(found[name] for name in explained)
    found["short_bare"] = float(bool(found["short"]) and bare)
    distance = min((_gap(candidate, other) for other in known.strong_near(start, stop, 200)), default=10_000)
    found["near"] = 1.0 if distance <= 60 else 0.5 if distance <= 200 else 0.0
    left, right = known.words_span(candidate)
    found["drug_near"] = min(2.0, known.around.near("drug", left, right, 100)) / 2
    found["precursor_near"] = min(2.0, known.around.near("precursor", left, right, 100)) / 2
    found["use_near"] = min(2.0, known.around.near("use", left, right, 60)) / 2
    found["use_beside"] = float(bool(known.around.near("use", left, right, 20)))
    letter = stop - start == 1 and text[start] < "\u2e80"
    found["letter_bare"] = float(letter and bare and not found["form"] and not found["use_beside"])
    found["sport"] = float(bool(found["street"] or found["word"]) and _is_sport(known, left, right))
    found["seizure_near"] = min(2.0, known.around.near("seizure", left, right, 100)) / 2
    found["offer_near"] = min(2.0, known.around.near("offer for sale", left, right, 60)) / 2
    found["other_sense"] = (
        min(2.0, context.other_sense(candidate.name.text, known.view.words, left, right)) / 2
    )


def _of_the_document(known: Document, candidate: Candidate, found: dict[str, float]) -> None:
    substances = known.substances
    found["document"] = min(3, len(substances)) / 3
    found["same_in_document"] = float(candidate.name.substance in substances)
    found["alone"] = float(not substances)
    found["street_alone"] = float(not substances and bool(found["street"]))
    size = max(1.0, len(known.view.words) / 1500)
    found["drug_document"] = min(1.0, known.around.count("drug") / 4 / size)
    found["precursor_document"] = min(1.0, known.around.count("precursor") / 4 / size)
    # two names with other senses vouch for each other only beside a word of trade, police or chemistry
    left, right = known.words_span(candidate)
    vouched = any(known.around.near(group, left, right, 150) for group in _VOUCHING)
    found["weak_beside"] = float(
        vouched and _listed_with(known, candidate, known.weak_near(candidate.start, candidate.stop, 40))
    )


_VOUCHING = ("drug", "precursor", "use", "seizure", "offer for sale")


def _is_sport(known: Document, left: int, right: int) -> bool:
    """Do two words of sport stand near a stretch of the words form?"""
    nearby = known.view.words[max(0, left - 120) : right + 120].split()
    return len(_sport().intersection(nearby)) > 1


@functools.cache
def _sport() -> frozenset[bytes]:
    return frozenset(map(words_key, tables().sport))


def _near(candidates: list[Candidate], starts: list[int], start: int, stop: int) -> list[Candidate]:
    """Those of candidates in order that meet or touch `[start, stop)`; `starts` are theirs."""
    first = max(0, bisect_left(starts, start) - 1)
    found = candidates[first : bisect_right(starts, stop)]
    return found[1:] if found and found[0].stop < start else found


def _gap(one: Candidate, other: Candidate) -> int:
    return max(other.start - one.stop, one.start - other.stop, 0)


def _same_as(known: Document, candidate: Candidate, *, own: bool = False) -> bool:
    """ "Amphetamine (Ice)", "PCP (phencyclidine)", "MDMA or ecstasy", "speed/amphetamine" """
    text = known.view.text
    for other in known.strong_near(candidate.start, candidate.stop, 6):
        if own and other.name.substance != candidate.name.substance:
            continue
        if other.stop <= candidate.start <= other.stop + 6:
            between = text[other.stop : candidate.start]
        elif candidate.stop <= other.start <= candidate.stop + 6:
            between = text[candidate.stop : other.start]
        else:
            continue
        if re.fullmatch(r"\s?[(（\[/,]\s?[\"'“„‘]?|\s(?:or|oder|o|ou|lub|или)\s", between):
            return True
    return False


_LIST_GAP = re.compile(
    r"[\"'”’)]?\s*(?:[,;/、，]|and|or|und|oder|sowie|y|o|e|et|ou|en|of|i|oraz|lub|и|или|和|与|及|plus|&|\+|with)?\s*"
    r"(?:and|und|y|et|or)?\s*"
    r"(?:\d[\d.,]*\s?[^\W\d]{0,10}\s?(?:of|de|di|von)?\s*)?[\"'“‘(]?"
)


def _listed_with(known: Document, candidate: Candidate, others: list[Candidate]) -> bool:
    """Does the candidate stand in one list with the name of another substance: "heroin, ice and speed"?"""
    text = known.view.text
    for other in others:
        if other is candidate or other.name.substance == candidate.name.substance:
            continue
        left, right = (other, candidate) if other.start < candidate.start else (candidate, other)
        between = text[left.stop : right.start]
        if _LIST_GAP.fullmatch(between):
            return True
    return False
