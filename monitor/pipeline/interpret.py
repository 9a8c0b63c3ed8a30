"""What the names of one text mean once they are resolved: mentions of substances and classes, or novel names.

A reading of a name is compared with the watchlist by its structure; every step becomes a reason for people.
Pure: all that there is to know comes as arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.model import Article, Mention, Substance, Watchlist

if TYPE_CHECKING:
    from monitor.chem.classes import ClassVerdict
    from monitor.chem.resolver import NameReading, Resolution, StructureIndex
    from monitor.match.nearby import Nearby
    from monitor.match.systematic import SystematicName
    from monitor.store import NovelName

MOST_NOVEL = 200  # names of one article that go into the queue: it is for people
SHORTEST_UNREAD = 16  # a shorter name that OPSIN cannot read is a scrap of one mostly ("3-carboxylate")
LONGEST_KEPT = 500  # characters of a name in the database
REACH = 500  # characters within which a watched substance speaks for a name beside it
NAMES_SHOWN = 3  # in the message of a gap, and beside a novel name

# Scores by how a structure was compared, for a reading that is sure; the others have less.
_COMPARED = {
    "exact": 0.95,
    "without stereo": 0.85,
    "salt-stripped parent": 0.85,
    "salt-stripped parent without stereo": 0.8,
}
_OTHER_FORM = 0.6  # name and list give different stereo marks
_NAMED = 0.9  # a name of the lexicon by the rules of names
_MEMBER, _UNCERTAIN = 0.75, 0.45  # of a class
_TWO_READINGS, _ION = 0.7, 0.4  # what is left of a score where the reading is not sure

_HOW = {
    "exact": "the InChIKeys are equal",
    "without stereo": "the InChIKeys are equal but for stereo and isotopes",
    "salt-stripped parent": "without the salt the InChIKeys are equal",
    "salt-stripped parent without stereo": "without salt, stereo and isotopes the InChIKeys are equal",
}
_NO_STEREO = "UHFFFAOY"  # the second block of an InChIKey without stereo and isotopes

Spotted = tuple["SystematicName", str]  # a stretch of the text, and the name in it on one line
NameInLanguage = tuple[str | None, str]  # language (None: not known) and name


@dataclass(frozen=True, slots=True)
class MatchedArticle:
    """An article with the mentions that the lexicon found in it.

    `spotted`: what looks like a systematic name besides (None: not looked for). `left_out` says what of a
    very long text was not looked at, `uncovered` its language where the lexicon has no names in it.
    """

    article: Article
    mentions: tuple[Mention, ...]
    spotted: tuple[SystematicName, ...] | None = None
    left_out: tuple[str, ...] = ()
    uncovered: str = ""


@dataclass(frozen=True, slots=True)
class StructureFindings:
    """What an article names beyond the lexicon. `trouble`: what could not be resolved for now, and why.

    `partial`: what was left aside for good, as there is too much of it.
    """

    mentions: tuple[Mention, ...] = ()
    novel: tuple[NovelName, ...] = ()
    trouble: str = ""
    partial: str = ""


@dataclass(frozen=True, slots=True)
class _Sense:
    """One thing that a name may mean: the key of a substance or a class, and how that is known."""

    key: str
    method: str
    name: str
    score: float
    features: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Interprets the spotted names of one article. `version` is OPSIN's."""

    matched: MatchedArticle
    watchlist: Watchlist
    index: StructureIndex
    version: str
    meanings: Mapping[NameInLanguage, Resolution]

    def interpret(self, spotted: Sequence[Spotted]) -> StructureFindings:
        """Turn resolved names into mentions and novel names."""
        from monitor.match.nearby import nearby

        article = self.matched.article
        around = nearby(article.text, [(each.start, each.stop) for each, _ in spotted], article.language)
        mentions: list[Mention] = []
        novel: dict[str, NovelName] = {}
        unresolved: dict[str, str] = {}
        for (candidate, name), near in zip(spotted, around, strict=True):
            meaning = self.meanings.get((article.language, name))
            if meaning is None or not meaning.lasting:
                unresolved[name] = _why_unresolved(meaning)
            elif not _is_known(meaning):
                senses = list(self._senses(name, meaning))
                mentions += [
                    _mention(candidate, sense, near) for sense in senses if self._new(candidate, sense)
                ]
                self._queue(novel, candidate, name, meaning, senses, near)
        queued = tuple(novel.values())[:MOST_NOVEL]
        more = f"{len(novel) - MOST_NOVEL:,} unknown names more than {MOST_NOVEL} are not in the queue"
        partial = more if len(novel) > MOST_NOVEL else ""
        return StructureFindings(tuple(mentions), queued, _trouble(unresolved), partial)

    def _new(self, candidate: SystematicName, sense: _Sense) -> bool:
        """False where the lexicon has found the same substance in this very place."""
        return not any(
            each.substance == sense.key and each.start < candidate.stop and candidate.start < each.stop
            for each in self.matched.mentions
        )

    def _senses(self, name: str, meaning: Resolution) -> Iterator[_Sense]:
        """What the name means, each reading for itself."""
        if meaning.substance is not None and not meaning.readings:
            yield _named(meaning, meaning.substance)
        for reading in meaning.readings:
            read_as = tuple(self._how_read(name, reading, len(meaning.readings)))
            same, how = self.index.find(reading.structure)
            if same:
                yield _same(reading, same, how, read_as)
            else:
                yield from self._classes(reading, read_as)

    def _how_read(self, name: str, reading: NameReading, readings: int) -> Iterator[str]:
        """How the name was read, for people."""
        structure = reading.structure
        if reading.text != name:
            yield f"no list has “{name}”; by the rules of names it is “{reading.text}”"
        else:
            yield f"no list has the name “{name}”"
        note = f" ({reading.note})" if reading.note else ""
        yield f"OPSIN {self.version} reads it as {structure.smiles}, InChIKey {structure.inchikey}{note}"
        if readings > 1:
            yield "the name can be read in two ways; neither is sure"
        elif structure.charge:
            yield "it is the name of an ion"

    def _classes(self, reading: NameReading, read_as: tuple[str, ...]) -> Iterator[_Sense]:
        """The classes in force that a structure on no list may belong to."""
        from monitor.chem.class_list import class_key
        from monitor.chem.classes import classify

        for verdict in classify(reading.structure.smiles, self.matched.article.date):
            key = class_key(verdict.id)
            if key in self.watchlist.substances and verdict.membership != "excluded":
                base = _MEMBER if verdict.membership == "possible member" else _UNCERTAIN
                reasons = (*read_as, *_class_reasons(verdict))
                yield _sense(key, "class", reading, base, reasons)

    def _queue(
        self,
        novel: dict[str, NovelName],
        candidate: SystematicName,
        name: str,
        meaning: Resolution,
        senses: Sequence[_Sense],
        near: Nearby,
    ) -> None:
        """Put a name on no list into the queue when something near it, or a class, makes it worth a look."""
        from monitor.store import NovelName
        from monitor.watchlist import name_key

        listed = any(sense.method != "class" for sense in senses)
        words = (*near.words, *self._beside(candidate))
        scrap = not meaning.readings and len(name) < SHORTEST_UNREAD
        if listed or scrap or len(name) > LONGEST_KEPT or not (words or senses):
            return
        key = name_key(name)
        if key in novel:
            novel[key] = replace(novel[key], times=novel[key].times + 1)
            return
        readings = meaning.readings
        novel[key] = NovelName(
            key,
            name,
            self._snippet(candidate),
            near=tuple(word.replace(",", "") for word in words),
            smiles=readings[0].structure.smiles if readings else "",
            inchikey=readings[0].structure.inchikey if readings else "",
            via=meaning.via if readings else "",
            reason="" if readings else _last_said(meaning),
            classes=tuple(dict.fromkeys(sense.key.removeprefix("class:") for sense in senses)),
        )

    def _beside(self, candidate: SystematicName) -> list[str]:
        """Watched substances that are named near a candidate."""
        near = (
            each.substance
            for each in self.matched.mentions
            if each.start < candidate.stop + REACH and candidate.start - REACH < each.stop
        )
        return list(dict.fromkeys(near))[:NAMES_SHOWN]

    def _snippet(self, candidate: SystematicName) -> str:
        from monitor.alerts import snippet

        return snippet(self.matched.article.text, candidate.start, candidate.stop).text


def _is_known(meaning: Resolution) -> bool:
    """The lexicon has the name as it is written, and the matcher has judged it: what it found counts."""
    return meaning.via == "lexicon" and meaning.match == "name" and meaning.steps[0].step == "lexicon"


def _named(meaning: Resolution, substance: Substance) -> _Sense:
    """A name that the lexicon has after the rules of names rewrote it, or without the word for a salt."""
    said = {step.step: step.said for step in meaning.steps if step.step in ("nomenclature", "lexicon")}
    rewritten = f"by the rules of names it is {said['nomenclature']}" if "nomenclature" in said else ""
    factor = 1.0 if meaning.score == 1.0 else _TWO_READINGS
    reasons = (f"no list has the name “{meaning.name}”", rewritten, f"lexicon, {said['lexicon']}")
    features = (("compared", _NAMED), ("reading", factor))
    return _Sense(
        substance.key,
        "nomenclature",
        substance.name,
        round(_NAMED * factor, 3),
        features,
        tuple(filter(None, reasons)),
    )


def _same(reading: NameReading, same: Sequence[Substance], how: str, read_as: tuple[str, ...]) -> _Sense:
    """A structure that a watched substance has; of several (isomers, mostly) the first, others in reasons."""
    first, base, words = same[0], _COMPARED[how], _HOW[how]
    if "without stereo" in how and _differ(reading, how, first):
        base, words = _OTHER_FORM, f"{words}, and both name and list give such marks: another isomer"
    reasons = [*read_as, f"its structure is that of {first.name}: {words}"]
    if len(same) > 1:
        reasons.append(f"and so it is that of {', '.join(each.name for each in same[1:5])}")
    return _sense(first.key, "structure", reading, base, tuple(reasons))


def _differ(reading: NameReading, how: str, substance: Substance) -> bool:
    """Whether name and list both give stereo or isotopes (that differ, or the keys would be equal)."""
    key = reading.structure.parent if "parent" in how else reading.structure.inchikey
    return key[15:23] != _NO_STEREO and substance.inchikey[15:23] != _NO_STEREO


def _sense(key: str, method: str, reading: NameReading, base: float, reasons: tuple[str, ...]) -> _Sense:
    factor = 1.0 if reading.score == 1.0 else _ION if reading.structure.charge else _TWO_READINGS
    features = (("compared", base), ("reading", factor))
    return _Sense(key, method, reading.structure.inchikey, round(base * factor, 3), features, reasons)


def _class_reasons(of: ClassVerdict) -> Iterator[str]:
    """Every condition of the class, met or not, its citation and its date."""
    yield f"on no list by name or structure; {of.membership} of {of.name}"
    for each in of.conditions:
        if each.met_by:
            since = f" (since {each.since})" if each.since else ""
            yield f"condition {each.id} is met by {'; '.join(each.met_by)}: {each.text}{since}"
    unmet = [each.id for each in of.conditions if not each.met_by]
    if unmet:
        yield f"condition{'s' if len(unmet) > 1 else ''} not met: {', '.join(unmet)}"
    for part in of.not_covered:
        yield f"no condition covers {part}"
    yield f"citation: {of.citation}"
    if of.note:
        yield f"note: {of.note}"


def _mention(candidate: SystematicName, sense: _Sense, near: Nearby) -> Mention:
    return Mention(
        start=candidate.start,
        stop=candidate.stop,
        surface=candidate.surface,
        substance=sense.key,
        name=sense.name,
        method=sense.method,
        score=sense.score,
        features=sense.features,
        reasons=(*sense.reasons, *(f'{tag}: "{word}"' for tag, word in near.tags)),
        tags=tuple(tag for tag, _ in near.tags),
    )


def _why_unresolved(meaning: Resolution | None) -> str:
    return _last_said(meaning) if meaning is not None else "there was no time left"


def _last_said(meaning: Resolution) -> str:
    """What OPSIN, or the lack of it, said last."""
    said = next((step.said for step in reversed(meaning.steps) if step.step == "opsin"), "")
    return f"OPSIN {said}" if said[:1].isdigit() else said


def _trouble(unresolved: Mapping[str, str]) -> str:
    if not unresolved:
        return ""
    names = ", ".join(f"“{name[:80]}”" for name in list(unresolved)[:NAMES_SHOWN])
    more = f" and {len(unresolved) - NAMES_SHOWN:,} more" if len(unresolved) > NAMES_SHOWN else ""
    why = next(iter(unresolved.values()))
    return f"names not resolved: {names}{more} ({why})"
