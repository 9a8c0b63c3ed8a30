"""Do the identifiers of a watched substance agree: SMILES with InChIKey, names with structure, numbers alone.

Pure but for the reader that is handed in. What disagrees is reported, never corrected: a person decides.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.chem.resolver import SURE, NameReader, Resolver, StructureIndex
from monitor.chem.structure import parse
from monitor.errors import MonitorError
from monitor.model import Name, Substance

_ANY_DAY = date(2000, 1, 1)  # listings are not asked for
ACCEPTED = Path(__file__).parent / "accepted.csv"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two identifiers of one substance that do not belong together; `kind` is structure, name, cas or cid."""

    substance: str
    kind: str
    sentence: str


def accepted(file: Path = ACCEPTED) -> dict[Disagreement, str]:
    """The disagreements that were looked at and accepted, each with the reason; those of the shipped lists.

    `file` is CSV with the columns substance, kind, words, reason. Raises MonitorError where it is not.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        return {Disagreement(row["substance"], row["kind"], row["words"]): row["reason"] for row in rows}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise MonitorError(
            f"{file} is no table of accepted disagreements ({error}); "
            "its columns are substance, kind, words, reason"
        ) from error


def disagreements(
    substances: Mapping[str, Substance], names: Iterable[Name], reader: NameReader | None
) -> Iterator[Disagreement]:
    """Yield what disagrees: structures, then numbers that two substances have, then systematic names."""
    for substance in substances.values():
        yield from _structure(substance)
    yield from _shared("cas", ((number, each.key) for each in substances.values() for number in each.cas))
    yield from _shared("cid", ((str(each.cid), each.key) for each in substances.values() if each.cid))
    if reader is not None:
        yield from _names(substances, names, reader)


def _structure(of: Substance) -> Iterator[Disagreement]:
    if not of.smiles:
        return
    found = parse(of.smiles)
    if found is None:
        yield Disagreement(of.key, "structure", f"the SMILES {of.smiles} cannot be read")
    elif of.inchikey and found.inchikey != of.inchikey:
        how = _layer(of.inchikey, found.inchikey)
        sentence = f"InChIKey {of.inchikey}, but the SMILES has {found.inchikey} ({how})"
        yield Disagreement(of.key, "structure", sentence)


def _shared(kind: str, pairs: Iterable[tuple[str, str]]) -> Iterator[Disagreement]:
    holders: dict[str, list[str]] = {}
    for number, key in pairs:
        holders.setdefault(number, []).append(key)
    for number, keys in holders.items():
        if len(keys) > 1:
            yield Disagreement(keys[0], kind, f"{kind.upper()} {number} is also of {', '.join(keys[1:])}")


def _names(
    substances: Mapping[str, Substance], names: Iterable[Name], reader: NameReader
) -> Iterator[Disagreement]:
    """Systematic names that are surely read as something else than their substance."""
    chain = Resolver(lambda text: (), StructureIndex(()), lambda key, day: (), reader)
    by_language: dict[str, list[Name]] = {}
    for name in names:
        if name.type == "systematic" and name.substance in substances and substances[name.substance].inchikey:
            by_language.setdefault(name.language, []).append(name)
    for language, group in by_language.items():
        yield from _misread(chain, language, group, substances)


def _misread(
    chain: Resolver, language: str, names: Sequence[Name], substances: Mapping[str, Substance]
) -> Iterator[Disagreement]:
    read = chain.resolve([name.text for name in names], _ANY_DAY, language)
    for name, found in zip(names, read, strict=True):
        key = substances[name.substance].inchikey
        if found.score == SURE and found.inchikey != key:
            how = _layer(key, found.inchikey)
            sentence = f"“{name.text}” ({language}) is read as {found.inchikey}, not {key} ({how})"
            yield Disagreement(name.substance, "name", sentence)


def _layer(one: str, other: str) -> str:
    return "stereo, isotopes or charge" if one[:14] == other[:14] else "another connectivity"
