"""From any name to a substance: lexicon, rules of names, OPSIN, structure, parent, classes, listings.

Nothing is looked up behind the caller's back: lexicon, listings, reader and service are arguments. Every step
says what it tried and what came of it, so that a person can follow the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from monitor.chem.nomenclature import candidates, readings
from monitor.chem.opsin import Answer, OpsinUnavailable
from monitor.errors import ResolveError
from monitor.model import ListingStatus, Substance

if TYPE_CHECKING:
    from monitor.chem.classes import ClassVerdict
    from monitor.chem.structure import Structure

SURE, UNSURE, ION = 1.0, 0.5, 0.3  # scores: one reading; two, or called ambiguous; only an ion came out

# "Ketaminhydrochlorid" is "Ketamin hydrochloride" by the rules of names: the base may be in the lexicon.
_SALT = re.compile(
    r"(?P<base>.{3,}?)[- ](?:mono|di|hemi)?"
    r"(?:hydrochloride|hydrobromide|hydriodide|sulfate|sulphate|phosphate|tartrate|citrate|maleate|fumarate)",
    re.IGNORECASE,
)
# OPSIN drops the dots of umlauts and reads "Amphetaminöl" as an alcohol, and so it does "Nitrostyrol": such a
# text is no English name.
_NOT_ENGLISH = re.compile(r"[äöüß]|(?:styr|xyl|cum|cym)ol(?![a-z])", re.IGNORECASE)
# Which of two equal bonds the methylenedioxy bridge takes is no ambiguity.
_HARMLESS = re.compile(r"APPEARS_AMBIGUOUS: Connection of methylenedioxy to [a-z]+")

Known = Callable[[str], Sequence[Substance]]
ListingsOf = Callable[[str, date], Sequence[ListingStatus]]


class NameReader(Protocol):
    """Reads systematic English names; `Opsin` does."""

    version: str

    def read(self, names: Sequence[str]) -> list[Answer]: ...


@dataclass(frozen=True, slots=True)
class Online:
    """What a service on the network knew of a name: SMILES or "", and how to say so."""

    smiles: str
    said: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was tried, and what it said."""

    step: str
    said: str


@dataclass(frozen=True, slots=True)
class NameReading:
    """One structure that a name may mean, and how sure that is (0 to 1)."""

    text: str
    structure: Structure
    score: float
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of one name. `via` says where the structure (or substance) comes from, "" for nowhere.

    `match` says how the substance was found: "name", "exact" (InChIKey), "without stereo" and so on.
    `lasting` is false when OPSIN had to be asked and gave no answer: that says nothing about the name.
    """

    name: str
    via: str = ""
    smiles: str = ""
    inchikey: str = ""
    score: float = 0.0
    substance: Substance | None = None
    match: str = ""
    listings: tuple[ListingStatus, ...] = ()
    classes: tuple[ClassVerdict, ...] = ()
    readings: tuple[NameReading, ...] = ()
    steps: tuple[Step, ...] = ()
    lasting: bool = True


class StructureIndex:
    """Substances by InChIKey, and by InChIKey without stereo and isotopes (its first block and charge)."""

    def __init__(self, substances: Iterable[Substance]) -> None:
        self._exact: dict[str, list[Substance]] = {}
        self._flat: dict[str, list[Substance]] = {}
        for each in substances:
            if len(each.inchikey) == 27:
                self._exact.setdefault(each.inchikey, []).append(each)
                self._flat.setdefault(_skeleton(each.inchikey), []).append(each)

    def find(self, structure: Structure) -> tuple[list[Substance], str]:
        """Give the substances with this structure and how it was compared: as strictly as finds any."""
        for key, how in structure.keys:
            if "parent" in how and not structure.organic:
                continue  # table salt is no salt of hydrochloric acid
            table = self._flat if "without stereo" in how else self._exact
            found = table.get(_skeleton(key) if table is self._flat else key)
            if found:
                return found, how
        return [], ""


def _skeleton(inchikey: str) -> str:
    return inchikey[:14] + inchikey[-1]


@dataclass(frozen=True)
class Resolver:
    """The chain with its parts.

    `reader` and `online` may be None. `without` says why structures cannot be read here at all, `no_reader`
    why names cannot; both are "" where they can.
    """

    known: Known
    index: StructureIndex
    listings: ListingsOf
    reader: NameReader | None = None
    online: Callable[[str], Online] | None = None
    without: str = ""
    no_reader: str = ""

    def resolve(self, names: Sequence[str], at: date, language: str | None = None) -> list[Resolution]:
        """Resolve names, in order; all that need OPSIN go to it together."""
        drafts = [self._lexicon(name, language) for name in names]
        self._read([draft for draft in drafts if not draft.smiles or draft.has_two_readings()])
        for draft in drafts:
            if not draft.via:
                self._salt(draft)
            if not draft.via:
                self._ask_online(draft)
        return [self._finish(draft, at) for draft in drafts]

    def _lexicon(self, name: str, language: str | None) -> _Draft:
        """Look the name up as written, then as the rules rewrite it."""
        draft = _Draft(name, [(name.strip(), ())])
        if draft.take(self.known(name.strip()), name.strip(), ()):
            return draft
        draft.candidates = candidates(name.strip(), language)
        for text, rules in draft.candidates[1:]:
            if draft.take(self.known(text), text, rules):
                return draft
        draft.say("lexicon", "no watched substance has this name")
        return draft

    def _salt(self, draft: _Draft) -> None:
        """Look up a trivial name that OPSIN cannot read without the word for a salt behind it."""
        for text, rules in draft.candidates:
            base = _SALT.fullmatch(text)
            if base and draft.take(self.known(base["base"]), text, rules, f"salt of “{base['base']}”"):
                return

    def _read(self, drafts: list[_Draft]) -> None:
        if self.reader is None:
            for draft in drafts:
                draft.say("opsin", f"not asked: {self.no_reader or 'there is no reader'}")
            return
        for draft in drafts:
            draft.split()
        texts = list(dict.fromkeys(text for draft in drafts for text, _ in draft.readable))
        try:
            answers = dict(zip(texts, self.reader.read(texts), strict=True))
        except OpsinUnavailable as error:
            for draft in drafts:
                draft.lasting = False
                draft.say("opsin", f"not asked: {error}")
            return
        for draft in drafts:
            draft.choose(answers, self.reader.version)

    def _ask_online(self, draft: _Draft) -> None:
        if self.online is None:
            return
        try:
            found = self.online(draft.name)
        except ResolveError as error:
            draft.say("pubchem", f"no answer: {error}")
            return
        draft.say("pubchem", found.said)
        structure = _structure(found.smiles) if not self.without else None
        if structure is not None:
            draft.via, draft.score = "pubchem", SURE
            draft.readings = [NameReading(draft.name, structure, SURE)]
        elif found.smiles:
            draft.via, draft.smiles = "pubchem", found.smiles

    def _finish(self, draft: _Draft, at: date) -> Resolution:
        """Compare the structure with the watchlist, and ask classes and listings."""
        self._compare(draft)
        structure = draft.structure(not self.without)
        if structure is not None:
            draft.describe(structure)
        key = draft.substance.key if draft.substance else ""
        listings = tuple(self.listings(key, at)) if key else ()
        verdicts: tuple[ClassVerdict, ...] = ()
        if structure is not None:
            from monitor.chem.classes import classify

            verdicts = classify(structure.smiles, at, [each.listing.list_id for each in listings])
            draft.say("classes", _classes_in_words(verdicts))
        if draft.substance is not None:
            draft.say("listings", f"{len(listings)} entries as of {at}" if listings else "on no list")
        if draft.score:
            draft.say("score", f"{draft.score:g}")
        return Resolution(
            draft.name,
            draft.via,
            structure.smiles if structure else draft.smiles,
            structure.inchikey if structure else draft.inchikey,
            draft.score,
            draft.substance,
            draft.match,
            listings,
            verdicts,
            tuple(draft.readings),
            tuple(draft.steps),
            draft.lasting or bool(draft.via),
        )

    def _compare(self, draft: _Draft) -> None:
        """Find the substance that a reading is; with two readings either may be one."""
        for reading in draft.readings:
            found, how = self.index.find(reading.structure)
            said = f"{how}: {_in_words(found)}" if found else "on no watchlist, neither exact nor as a salt"
            draft.say("structure", f"{reading.structure.inchikey} {said}")
            if found and draft.substance is None:
                draft.substance, draft.match = found[0], how


class _Draft:
    """One name on its way through the chain."""

    def __init__(self, name: str, tries: list[tuple[str, tuple[str, ...]]]) -> None:
        self.name, self.candidates = name, tries
        self.via = self.smiles = self.inchikey = self.match = ""
        self.score = 0.0
        self.lasting = True
        self.substance: Substance | None = None
        self.readings: list[NameReading] = []
        self.readable: list[tuple[str, tuple[str, ...]]] = []
        self.steps: list[Step] = []

    def say(self, step: str, said: str) -> None:
        self.steps.append(Step(step, said))

    def take(self, found: Sequence[Substance], text: str, rules: tuple[str, ...], how: str = "name") -> bool:
        """Take what the lexicon has; the structure is then the watchlist's own."""
        if not found:
            return False
        first = found[0]
        if rules:
            self.say("nomenclature", f"{text} ({', '.join(rules)})")
        self.say("lexicon", f"{how}: {_in_words(found)}")
        self.via, self.substance, self.match = "lexicon", first, how
        self.smiles, self.inchikey = first.smiles, first.inchikey
        self.score = SURE if len(found) == 1 else UNSURE
        return True

    def split(self) -> None:
        """Set down what OPSIN is asked: candidates in English letters, and both readings of any of them."""
        for text, rules in self.candidates:
            if not _NOT_ENGLISH.search(text):
                self.readable.append((text, rules))
        for text, rules in tuple(self.readable):
            self.readable += [(reading, (*rules, *how)) for reading, how in readings(text)]

    def has_two_readings(self) -> bool:
        return any(readings(text) for text, _ in self.candidates)

    def choose(self, answers: Mapping[str, Answer], version: str) -> None:
        """Accept the first candidate that is sure and neutral, then one called ambiguous, then an ion."""
        parsed = [
            NameReading(text, structure, score, rules, answers[text].message)
            for text, rules in self.readable
            if not (rules and rules[-1].startswith("reading:"))
            for structure in [_structure(answers[text].smiles)]
            if structure is not None
            for score in [_score(structure, answers[text])]
        ]
        if not parsed:
            self.lasting = all(answers[text].lasting for text, _ in self.readable)
            failed = answers[self.readable[-1][0]].message if self.readable else "no English form"
            self.say("opsin", f"{version}: no reading ({failed or 'no answer'})")
            return
        best = max(parsed, key=lambda reading: reading.score)
        both = self._both(best, answers)
        if self.smiles and not both:
            return  # the lexicon has said all
        self.readings = both or [best]
        self.score = self.readings[0].score
        if not self.via:
            self.via = "nomenclature" if best.rules else "opsin"
        if best.rules:
            self.say("nomenclature", f"{best.text} ({', '.join(best.rules)})")
        for reading in self.readings:
            note = f" [{reading.note}]" if reading.note else ""
            self.say("opsin", f"{version}: {reading.text} is {reading.structure.smiles}{note}")
        if len(self.readings) > 1:
            self.say("opsin", "the name can be read in two ways; neither is sure")

    def _both(self, best: NameReading, answers: Mapping[str, Answer]) -> list[NameReading]:
        """Both readings of a name without brackets, OPSIN's own first; empty for a name with only one."""
        for text, rules in ((best.text, best.rules), *self.candidates):
            found = []
            for sense, how in readings(text):
                structure = _structure(answers[sense].smiles) if sense in answers else None
                if structure is not None:
                    found.append(NameReading(sense, structure, UNSURE, (*rules, *how)))
            if len({each.structure.inchikey for each in found}) > 1:
                return sorted(found, key=lambda each: each.structure.inchikey != best.structure.inchikey)
        return []

    def structure(self, can_parse: bool) -> Structure | None:
        """The structure that goes into the answer: the first reading's, or the watchlist's own."""
        if self.readings:
            return self.readings[0].structure
        return _structure(self.smiles) if can_parse and self.smiles else None

    def describe(self, structure: Structure) -> None:
        charge = f", charge {structure.charge:+d}" if structure.charge else ""
        self.say("formula", f"{structure.formula}, {structure.mass:.2f} g/mol{charge}")
        if structure.parent != structure.inchikey:
            self.say("parent", f"{structure.parent_smiles} {structure.parent}")


def _structure(smiles: str) -> Structure | None:
    from monitor.chem.structure import parse

    return parse(smiles) if smiles else None


def _score(structure: Structure, answer: Answer) -> float:
    if structure.charge:
        return ION
    warnings = [part for part in answer.message.split("; ") if "AMBIGUOUS" in part]
    harmless = all(_HARMLESS.fullmatch(part) for part in warnings)
    return UNSURE if answer.ambiguous and not harmless else SURE


def _in_words(found: Sequence[Substance]) -> str:
    names = ", ".join(f"{each.name} ({each.key})" for each in found[:4])
    return names + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def _classes_in_words(verdicts: Sequence[ClassVerdict]) -> str:
    if not verdicts:
        return "in no class"
    said = []
    for each in verdicts:
        met = ", ".join(condition.id for condition in each.conditions if condition.met_by)
        said.append(f"{each.membership} of {each.name} by {met}")
    return "; ".join(said)
