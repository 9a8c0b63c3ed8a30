"""Rewrites systematic names of other languages into English ones that OPSIN may read. Pure, no RDKit.

The rules are data (`nomenclature.toml`): ordered, each with an example and a near miss that the tests run.
Nothing here says that a name is right: what comes out are candidates, and only what parses is accepted.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("de", "es", "fr", "nl", "it", "pt")  # in this order where the language is not known
LONGEST = 500  # characters: longer texts are no names, and are handed back as they came

Step = str  # the id of a rule
Candidate = tuple[str, tuple[Step, ...]]
Tried = dict[tuple[Step, str], str]


@dataclass(frozen=True, slots=True)
class RewriteRule:
    """One rewriting: where `find` matches, `put` stands in its place; `{word}` in it is looked up in `words`.

    `languages` are ISO 639-1 codes, "mul" for rules of writing that hold for every language. The rule turns
    `example[0]` into `example[1]` and leaves `near_miss` alone.
    """

    id: str
    languages: tuple[str, ...]
    find: re.Pattern[str]
    put: str
    example: tuple[str, str]
    near_miss: str
    words: tuple[tuple[str, str], ...] = ()

    def apply(self, text: str) -> str:
        """Rewrite every place where the rule matches."""
        if not self.words:
            return self.find.sub(self.put, text)
        table = dict(self.words)

        def put(match: re.Match[str]) -> str:
            word = table[match["word"].casefold()]
            return match.expand(self.put.replace("{word}", word))

        return self.find.sub(put, text)


_RULES = Path(__file__).parent / "nomenclature.toml"


@cache
def version() -> str:
    """Names this very set of rules: other rules may read names that these do not."""
    return hashlib.sha256(_RULES.read_bytes()).hexdigest()[:8]


@cache
def rules() -> tuple[RewriteRule, ...]:
    """Load the rules, in their order."""
    with _RULES.open("rb") as file:
        data = tomllib.load(file)
    return tuple(_rule(row, data["words"]) for row in data["rules"])


def _rule(row: dict[str, str], tables: dict[str, dict[str, str]]) -> RewriteRule:
    words = tables[row["words"]] if "words" in row else {}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    find = row["find"].replace("{words}", f"(?P<word>{'|'.join(map(re.escape, longest_first))})")
    return RewriteRule(
        id=row["id"],
        languages=tuple(row["in"].split()),
        find=re.compile(find, re.IGNORECASE),
        put=row["put"],
        example=(row["from"], row["to"]),
        near_miss=row["not"],
        words=tuple((word.casefold(), english) for word, english in words.items()),
    )


def candidates(name: str, language: str | None = None) -> list[Candidate]:
    """Give the texts worth a try, best first, each with the ids of the rules that led to it.

    The first is the name as written: what OPSIN reads already is never rewritten. `language` is an ISO
    639-1 code; without it the name is tried in every language that there are rules for.
    """
    if len(name) > LONGEST:
        return [(name, ())]
    tried: Tried = {}
    tidy = _chain((name, ()), ("mul",), tried)
    found = [(name, ()), tidy]
    chosen = LANGUAGES if language is None or language == "mul" else (language, "en")
    for each in chosen:
        found.append(_chain(tidy, (each, "en"), tried))
    found += [_chain(candidate, ("join",), tried) for candidate in found]
    distinct: dict[str, tuple[Step, ...]] = {}
    for text, steps in found:
        distinct.setdefault(text, steps)
    return list(distinct.items())


def _chain(start: Candidate, languages: tuple[str, ...], tried: Tried) -> Candidate:
    """Apply every rule of these languages in order, and say which changed something.

    `tried` holds what rules made of texts: languages share many, and most leave most names alone.
    """
    text, steps = start
    for rule in _rules_for(languages):
        rewritten = tried.get((rule.id, text))
        if rewritten is None:
            rewritten = tried[rule.id, text] = rule.apply(text)
        if rewritten != text:
            text, steps = rewritten, (*steps, rule.id)
    return text, steps


@cache
def _rules_for(languages: tuple[str, ...]) -> tuple[RewriteRule, ...]:
    return tuple(rule for rule in rules() if not set(languages).isdisjoint(rule.languages))


# --- names with two readings -------------------------------------------------------------------------

_SUBSTITUENT = r"(?:bromo|chloro|fluoro|iodo|hydroxy|methoxy|ethoxy|amino|nitro|cyano)"
_TWO_READINGS = re.compile(
    rf"(?P<locant>\d)-(?P<group>{_SUBSTITUENT})(?P<chain>methyl|ethyl|propyl|butyl)"
    r"(?P<ring>benzene|pyridine|piperidine|cyclohexane|naphthalene|thiophene|furan)",
    re.IGNORECASE,
)
_CHAIN_LENGTH = {"methyl": 1, "ethyl": 2, "propyl": 3, "butyl": 4}


def readings(name: str) -> list[Candidate]:
    """Give both readings of a name without brackets: `2-bromoethylbenzene` has its bromine on either part.

    Empty for names that can be read in one way only (`(2-bromoethyl)benzene`, `4-bromoethylbenzene`).
    """
    match = _TWO_READINGS.fullmatch(name)
    if match is None:
        return []
    locant, group, chain, ring = match.group("locant", "group", "chain", "ring")
    if ring.casefold() != "benzene" or not 2 <= int(locant) <= _CHAIN_LENGTH[chain.casefold()]:
        return []
    return [
        (f"({locant}-{group}{chain}){ring}", ("reading: on the chain",)),
        (f"{locant}-{group}-1-{chain}{ring}", ("reading: on the ring",)),
    ]
