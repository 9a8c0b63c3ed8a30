"""What PubChem's data would change in the watchlist, and which of it is safe without a person's look. Pure.

PubChem's synonyms come from whoever deposited them: beside names stand catalogue numbers, goods with their
purity, slang, codes of three letters, and words such as "good" or "chief". What is no name at all is left
out; of the rest only long names that speak chemistry and can mean nothing else come in by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.chem.pubchem import Compound
from monitor.model import Substance

LONG = 9  # letters of a name that may come in by itself
LONGEST = 200  # characters; a longer one is a description
LOOKED_AT, BEST = 60, 15
"""How many synonyms are looked at, and how many of them count as well known: PubChem puts those first, and
behind them come mistakes and the numbers of catalogues."""

SAFE_NAME = f"a rule: at least {LONG} letters, chemical, means no other substance, no ordinary word"
SAFE_CID = "a rule: the same InChIKey"

_CATALOGUES = (
    "InChI SMILES UNII DTXSID DTXCID CHEMBL SCHEMBL CHEBI BDBM MFCD NSC AKOS ZINC BRN CCRIS HSDB EINECS WLN "
    "Caswell AIDS LMST GTPL NCGC SMR MLS HMS Tox21 CAS RefChem FEMA RCRA ENT AI3 SBI STK STL HY BCP EN300 "
    r"CID SID GLXC CCG KBio\w* Spectrum\w* BSPBio SPBio DivK\w* Prestwick\w* Lopac\w* BPBio\w* SMP\d BRD "
    "Epitope Opera HSCI BIDD AMBAP MSK"
).split()
# Short prefixes count with five digits and more: AM-2201 and CP-47497 are drugs.
_NUMBER = re.compile(
    r"\d{2,7}-\d{2}-\d|\d{3}-\d{3}-\d|[A-Z]{14}-[A-Z]{6,10}-[A-Z]?|Q\d{3,}|EC \d.*"
    r"|[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}|(?=\w*\d)[A-Z\d]{10}"
    r"|(?:AB|AM|AS|CS|DA|DB|FT|LS|NS|PD|SR|SY|UN|[CDJ])[- ]?\d{5,}[-\w]*"
    rf"|(?:{'|'.join(_CATALOGUES)})(?:[-_:= #]?[-_:=/A-Z\d]*\d[-\w.:=/]*|[=:].*)",
    re.IGNORECASE,
)
_GOODS = re.compile(
    r"\d\s*%|[<>≥]=?\s*\d|\bmg\b|\bml\b|\bug/|standard|certified|reference|analytical|reagent|\bgrade\b"
    r"|\bpurum\b|\bpuriss|solution|vetec|\bfor synthesis|usan|\bextra pure|tablet|capsule|injection|mixt\b"
    r"|impurity|component of",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\s*(?:\[[a-z][\w :.,/&-]*\]|\((?:tn|van|8ci|9ci|who-ip|(?:usp|inn|ban|jan|usan|jp\d*|nf|ep|mart\.?)"
    r"(?:[/:](?:usp|inn|ban|jan|usan|jp\d*|nf|ep))*)\))\s*$",
    re.IGNORECASE,
)
_CHEMICAL = re.compile(
    r"phen|meth[yoa]|eth[yo]|prop[yio]|but[yi]l|butan|benz|amphet|amfet|amin|amid|imid|brom|chlor|fluor|iod[oi]"
    r"|nitr|hydr|acet|acid|pyr|piper|thio|sulf|sulph|phos|cyclo|barbit|azep|azol|morph|code[ií]n|fent|caine?"
    r"|anil|anhydr|ketone|aldehyd|ester|ether|oxid|oxy|ox[oa]|carb|indol|trypt|ergot|cannab|quin|naphth|tolu|xyl"
    r"|styr|silan|sulfat|perman|potass|natri|sodi|ammoni|lith|stero|andro|estr|pregn",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r";|/|\+ |\b(?:and|with|plus|und|mit|et|con|mixture)\b", re.IGNORECASE)
_MANGLED = re.compile(
    r"[.|](?:alpha|beta|gamma|delta|[ab])\b|, |[{}|_]|\.$|\s\([^()]*\)$|\d{2,7}-\d{2}-\d", re.IGNORECASE
)
_LABELLED = re.compile(r"\bd\d+\b|\b(?:1[345]C|3H|2H|15N|125I|131I)\b|-ul-|\bar-", re.IGNORECASE)
_LOOSE = re.compile(  # "bromoethylbenzene", "2-bromoethylbenzene": which position is not said
    r"(?:\d+(?:,\d+)*-)?[a-z]+(?:yl|o|oxy)(?:benzene|toluene|phenol|aniline|pyridine|naphthalene|indole)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One proposed change of a substance.

    `kind`: "synonym" (`after` a name, `detail` how PubChem writes it), "cid", or "structure" (`after` an
    InChIKey, `detail` its SMILES). `safe` says by which rule it may come in by itself; where it is empty,
    `reason` says why a person has to look.
    """

    substance: str
    kind: str
    before: str
    after: str
    source: str
    detail: str = ""
    reason: str = ""
    safe: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """What a new name must not collide with.

    `fold` gives the form in which two spellings are one name; `owners` the substances that have a name in
    that form; `kin` those with the same skeleton (first block of the InChIKey). `ordinary` and `withheld`
    say whether a name is an ordinary word, or was taken out by the keepers of the shipped lists.
    """

    fold: Callable[[str], str]
    owners: Mapping[str, Collection[str]]
    ordinary: Callable[[str], bool]
    withheld: Callable[[str], bool]
    kin: Mapping[str, Collection[str]] = field(default_factory=dict)

    def owned(self, name: str) -> Collection[str]:
        """The substances that this is a name of already."""
        return self.owners.get(self.fold(name), ())


def findings(
    substance: Substance,
    compound: Compound,
    synonyms: Sequence[str],
    vocabulary: Vocabulary,
    *,
    by: str,
    day: date,
) -> list[Finding]:
    """Compare a substance with its record in PubChem; `by` says how that was found: cid, inchikey or name."""
    source = f"PubChem CID {compound.cid}, {day.isoformat()}"
    same = bool(substance.inchikey) and substance.inchikey == compound.inchikey
    found = _identity(substance, compound, source, same=same, by=by)
    certain = same or (by == "cid" and not substance.inchikey)
    doubt = "" if certain else "the structure is not known to be the same"
    kin = set(vocabulary.kin.get(substance.inchikey[:14], ())) - {substance.key}
    if kin and not doubt:
        doubt = f"{', '.join(sorted(kin))} has the same skeleton; a name may not tell the two apart"
    for rank, written, name in _names(substance, synonyms, vocabulary):
        reason = unsafe(name, substance.key, vocabulary) or doubt
        if not reason and rank >= BEST and not any(char.isdigit() for char in name):
            reason = "few sources use it, and it says no positions"
        detail = "" if written == name else written
        safe = "" if reason else SAFE_NAME
        found.append(Finding(substance.key, "synonym", "", name, source, detail, reason, safe))
    return found


def _names(
    substance: Substance, synonyms: Sequence[str], vocabulary: Vocabulary
) -> Iterator[tuple[int, str, str]]:
    """What is a name and new, each once: its rank, as PubChem writes it, and cleaned."""
    seen: set[str] = set()
    for rank, written in enumerate(synonyms[:LOOKED_AT]):
        name = clean(written)
        form = vocabulary.fold(name)
        if not form or form in seen or not is_name(name) or (rank >= BEST and _is_code(name)):
            continue
        seen.add(form)
        # "fentanyl buccal": what is found by a word of it needs no name of its own
        words = (word for word in (name, *name.split()) if len(word) > 4 or word == name)
        if not any(substance.key in vocabulary.owned(word) for word in words):
            yield rank, written, name


def _is_code(name: str) -> bool:
    return any(char.isdigit() for char in name) and not _CHEMICAL.search(name)


def _identity(substance: Substance, compound: Compound, source: str, *, same: bool, by: str) -> list[Finding]:
    """What the record says of CID and structure, where the watchlist says otherwise or nothing."""
    found = []
    if compound.cid != substance.cid:
        before = "" if substance.cid is None else str(substance.cid)
        reason = f"found by {by}; compare the structures" if not before else "another CID than before"
        if before and same:
            reason = f"CID {before} no longer has this structure: it was merged or corrected"
        safe = SAFE_CID if same and not before else ""
        found.append(
            Finding(substance.key, "cid", before, str(compound.cid), source, "", "" if safe else reason, safe)
        )
    if compound.inchikey and not same:
        reason = "another structure than the watchlist has" if substance.inchikey else f"found by {by}"
        found.append(
            Finding(
                substance.key,
                "structure",
                substance.inchikey,
                compound.inchikey,
                source,
                compound.smiles,
                reason,
            )
        )
    return found


def clean(written: str) -> str:
    """A synonym without the tags that depositors hang on it: "Fentanyl [INN:BAN]", "Ovestin (TN)"."""
    name = " ".join(written.split())
    while (shorter := _TAG.sub("", name)) != name:
        name = shorter
    return name


def is_name(name: str) -> bool:
    """False for numbers of catalogues, goods with their purity, index names turned round, mangled ones."""
    if not 2 <= len(name) <= LONGEST or not any(char.isalpha() for char in name):
        return False
    if _NUMBER.fullmatch(name) or _GOODS.search(name) or _MANGLED.search(name):
        return False
    return name.isprintable() and not name.endswith("-") and _balanced(name)


def _balanced(name: str) -> bool:
    """Whether every bracket is closed: a name cut at a comma is no name."""
    depth = 0
    for char in name:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return depth == 0


def unsafe(name: str, substance: str, vocabulary: Vocabulary) -> str:
    """Why a name must wait for a person; "" when it may come in by itself."""
    others = set(vocabulary.owned(name)) - {substance}
    letters = sum(char.isalpha() for char in name)
    checks = (
        (bool(others), f"it is a name of {', '.join(sorted(others))} as well"),
        (vocabulary.withheld(name), "the keepers of the shipped lists have taken this name out"),
        (letters < LONG, f"it has fewer than {LONG} letters"),
        (vocabulary.ordinary(name), "it is an ordinary word"),
        (_TOGETHER.search(name) is not None, "it names a mixture"),
        (not _CHEMICAL.search(name), "it does not look like a chemical name"),
        (_LOOSE.fullmatch(name) is not None, "it does not say which position is meant"),
        ("poly" in name.casefold(), "it may name a polymer"),
        (_LABELLED.search(name) is not None, "it may name a labelled compound"),
    )
    for applies, reason in checks:
        if applies:
            return reason
    return _holds_another(name, substance, vocabulary)


def _holds_another(name: str, substance: str, vocabulary: Vocabulary) -> str:
    """Whether one of its words is the name of another watched substance: "ephedrine pseudoephedrine"."""
    for word in name.split():
        owners = vocabulary.owned(word) if len(word) > 4 else ()
        if owners and substance not in owners:
            return f"it holds “{word}”, a name of {', '.join(sorted(owners))}"
    return ""
