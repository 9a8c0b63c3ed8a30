"""Controls by structure: is a structure in a class, and by which of the law's conditions. Pure; needs RDKit.

The classes are data (`classes.toml`), reviewed by people; what the words there mean stands at its top. The
answer is never more than "possible member": salts are judged by their parent, stereo and isotopes are left
aside. Nothing here proposes a structure.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rdkit import Chem

from monitor.chem.structure import flat, molecule, parent
from monitor.model import InForce, Listing

MOST_PLACEMENTS = 64  # ways to lay a core over one structure that are looked at

Fragment = frozenset[int]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a class in the law's words; `met_by` are the parts of the structure that it covers."""

    id: str
    text: str
    met_by: tuple[str, ...] = ()
    since: str = ""


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """What one class says of one structure that has its core.

    `membership` is "possible member" (every difference from the reference is covered), "uncertain" (some are,
    some are not; the law is silent), or "excluded" (as one of these, but on a list that the class leaves to
    itself). `not_covered` are the differences that no condition covers. `status` is of the day asked about.
    """

    id: str
    name: str
    jurisdiction: str
    membership: str
    conditions: tuple[Condition, ...]
    not_covered: tuple[str, ...]
    citation: str
    since: str
    status: InForce
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of substituent: the atom it begins with, what all its atoms are, and what it must hold."""

    start: Chem.Mol
    atoms: Chem.Mol
    holds: Chem.Mol | None = None
    once: Chem.Mol | None = None
    at_most: int = 1_000


@dataclass(frozen=True, slots=True)
class Modification:
    """What a condition lets stand in a slot."""

    to: str
    groups: tuple[Group, ...] = ()
    ring: str = ""
    of: Chem.Mol | None = None
    any: bool = False
    none_too: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the reference compound where the class allows changes."""

    name: str
    at: tuple[int, ...]
    changes: tuple[Modification, ...]
    start: Chem.Mol | None = None
    same: Mapping[int, Counter[str]] = field(default_factory=dict)
    needed: bool = False


@dataclass(frozen=True, slots=True)
class StructureClass:
    """One class of the data file, its SMARTS compiled."""

    id: str
    name: str
    jurisdiction: str
    citation: str
    since: str
    note: str
    core: tuple[tuple[Chem.Mol, str], ...]
    conditions: tuple[Condition, ...]
    slots: tuple[Slot, ...]
    partial: bool
    excluded_by: tuple[str, ...]
    exclusion: str


@dataclass(frozen=True, slots=True)
class Part:
    """What hangs on the core: its atoms, the first of them, and the number of the core's atom (0: none)."""

    atoms: Fragment
    first: int
    at: int
    holders: Fragment  # atoms of the core that it is bound to
    smiles: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference from the reference compound and the condition that covers it, or ""."""

    slot: str
    part: str
    condition: str


# --- the data ----------------------------------------------------------------------------------------


@cache
def classes() -> tuple[StructureClass, ...]:
    """Load the classes, in their order."""
    with (Path(__file__).parent / "classes.toml").open("rb") as file:
        data = tomllib.load(file)
    groups = {name: _group(row) for name, row in data["groups"].items()}
    return tuple(_class(row, groups) for row in data["classes"])


def _smarts(text: str) -> Chem.Mol:
    found = Chem.MolFromSmarts(text)
    if found is None:
        raise ValueError(f"not SMARTS: {text}")
    return found


def _group(row: dict[str, Any]) -> Group:
    patterns = {key: _smarts(row[key]) for key in ("start", "atoms", "holds", "once") if key in row}
    return Group(**patterns, at_most=row.get("at_most", 1_000))


def _class(row: dict[str, Any], groups: Mapping[str, Group]) -> StructureClass:
    return StructureClass(
        id=row["id"],
        name=row["name"],
        jurisdiction=row["jurisdiction"],
        citation=row["citation"],
        since=row["since"],
        note=row["note"],
        core=tuple((_smarts(core["smarts"]), core.get("change", "")) for core in row["core"]),
        conditions=tuple(Condition(c["id"], c["text"], since=c.get("since", "")) for c in row["conditions"]),
        slots=tuple(_slot(slot, groups) for slot in row["slots"]),
        partial=row.get("partial", False),
        excluded_by=tuple(row.get("excluded_by", ())),
        exclusion=row.get("exclusion", ""),
    )


def _slot(row: dict[str, Any], groups: Mapping[str, Group]) -> Slot:
    same = {int(at): Counter(map(_reference, parts.split())) for at, parts in row.get("same", {}).items()}
    changes = tuple(
        Modification(
            to=change["to"],
            groups=tuple(groups[name] for name in change.get("groups", ())),
            ring=change.get("ring", ""),
            of=_smarts(change["of"]) if "of" in change else None,
            any=change.get("any", False),
            none_too=change.get("none_too", False),
        )
        for change in row["changes"]
    )
    start = _smarts(row["start"]) if "start" in row else None
    return Slot(row["name"], tuple(row["at"]), changes, start, same, row.get("needed", False))


def _reference(smiles: str) -> str:
    """SMILES of a part that begins with its first atom -> canonical, with a star for what it hangs on."""
    return _canonical(f"*{smiles}")


def _canonical(smiles: str) -> str:
    read = Chem.MolFromSmiles(smiles)
    return smiles if read is None else str(Chem.MolToSmiles(read))


# SMILES with parts, ions, stereo or isotopes: only these have a parent or a flat form of their own
_MARKED = re.compile(r"[.+@/\\]|-\d*\]|\[\d")


# --- the judgement -----------------------------------------------------------------------------------


def classify(smiles: str, at: date, on_lists: Iterable[str] = ()) -> tuple[ClassVerdict, ...]:
    """Say of every class that the structure may belong to by which conditions it does.

    `on_lists` are ids of the lists that the substance is on by name, for classes that leave such to their
    lists. Empty for what is no structure or in no class; the reference compound of a class is no member.
    """
    lists = frozenset(on_lists)
    found = []
    for of, differences in _differences(smiles):
        verdict = _verdict(of, differences, at, lists)
        if verdict is not None:
            found.append(verdict)
    return tuple(found)


@lru_cache(maxsize=4096)
def _differences(smiles: str) -> tuple[tuple[StructureClass, tuple[Difference, ...]], ...]:
    """For every class whose core is in the structure: the differences from its reference, best placed."""
    read = molecule(smiles)
    if read is None:
        return ()
    plain: Chem.Mol | None = read
    if _MARKED.search(smiles):
        # flat twice over: through SMILES, so that ring and aromaticity marks are fresh
        plain = molecule(Chem.MolToSmiles(flat(parent(read)), isomericSmiles=False))
    if plain is None:
        return ()
    found = []
    for each in classes():
        placed = list(_placements(each, plain))
        if placed and () not in placed:  # without any difference it is the reference compound itself
            found.append((each, min(placed, key=_uncovered_first)))
    return tuple(found)


def _uncovered_first(differences: tuple[Difference, ...]) -> tuple[int, int]:
    return sum(not each.condition for each in differences), len(differences)


def _verdict(
    of: StructureClass, differences: tuple[Difference, ...], at: date, lists: frozenset[str]
) -> ClassVerdict | None:
    covered = [each for each in differences if each.condition]
    open_ = tuple(f"{each.slot}: {each.part}" for each in differences if not each.condition)
    if not covered or (open_ and not of.partial):
        return None
    excluding = sorted(lists.intersection(of.excluded_by))
    membership = "excluded" if excluding else "uncertain" if open_ else "possible member"
    met = tuple(
        Condition(
            each.id,
            each.text,
            tuple(f"{found.slot}: {found.part}" for found in covered if found.condition == each.id),
            each.since,
        )
        for each in of.conditions
    )
    # a condition that came later than the class counts from its own day
    since = max([of.since, *(each.since for each in met if each.met_by)])
    status = Listing(substance="", list_id=of.id, since=since).at(at)
    notes = [f"{of.exclusion} ({', '.join(excluding)})"] if excluding else []
    note = "; ".join(filter(None, [*notes, of.note]))
    return ClassVerdict(
        of.id, of.name, of.jurisdiction, membership, met, open_, of.citation, since, status, note
    )


def _placements(of: StructureClass, mol: Chem.Mol) -> Iterator[tuple[Difference, ...]]:
    """Lay the core over the structure in every way and yield the differences of each."""
    for core, change in of.core:
        matches = mol.GetSubstructMatches(core, uniquify=False, maxMatches=MOST_PLACEMENTS)
        numbers = [atom.GetAtomMapNum() for atom in core.GetAtoms()] if matches else []
        for match in matches:
            found = _compare(of, mol, dict(zip(match, numbers, strict=True)))
            if found is not None:
                first = [Difference("core", "another core", change)] if change else []
                yield (*first, *found)


def _compare(of: StructureClass, mol: Chem.Mol, core: Mapping[int, int]) -> tuple[Difference, ...] | None:
    """Compare what hangs on the core, slot by slot; None where a part that has to be there is missing."""
    parts = list(_parts(mol, core))
    differences: list[Difference] = []
    for slot in of.slots:
        starts = _firsts(mol, slot.start) if slot.start is not None else None
        mine = [part for part in parts if part.at in slot.at and (starts is None or part.first in starts)]
        if slot.start is not None:
            mine = mine[:1]  # a second ring is a substituent beside the first
        parts = [part for part in parts if part not in mine]
        if slot.needed and not mine:
            return None
        differences += _changes(mol, slot, mine, core)
    differences += [Difference("elsewhere", part.smiles, "") for part in parts]
    return tuple(differences)


def _changes(mol: Chem.Mol, slot: Slot, mine: list[Part], core: Mapping[int, int]) -> list[Difference]:
    """Yield what in one slot is not as in the reference compound."""
    missing = {at: Counter(kinds) for at, kinds in slot.same.items() if at in core.values()}
    other = []
    for part in mine:
        left = missing.get(part.at, Counter())
        if left[part.smiles] > 0:
            left[part.smiles] -= 1
        else:
            other.append(part)
    found = [Difference(slot.name, part.smiles, _covering(mol, slot, part)) for part in other]
    lost = sum(left.total() for left in missing.values())
    if lost > len(other) and not _only_one_of(slot, mine):
        covering = next((change.to for change in slot.changes if change.none_too), "")
        found.append(Difference(slot.name, "nothing", covering))
    return found


def _only_one_of(slot: Slot, mine: list[Part]) -> bool:
    """A slot that names one part at either of two places has it once."""
    return slot.needed and len(mine) >= 1


def _covering(mol: Chem.Mol, slot: Slot, part: Part) -> str:
    return next((change.to for change in slot.changes if _covers(mol, change, part)), "")


def _covers(mol: Chem.Mol, change: Modification, part: Part) -> bool:
    if change.any:
        return True
    if len(part.holders) > 1 or part.smiles.count("*") != 1:
        return False
    if change.ring:
        return _is_ring(mol, change, part)
    return _in_groups(mol, change.groups, part.atoms, part.first, part.holders)


def _is_ring(mol: Chem.Mol, change: Modification, part: Part) -> bool:
    """The part begins with a ring of its own kind, and what hangs on that ring is allowed."""
    rings = [ring for ring in mol.GetRingInfo().AtomRings() if part.first in ring]
    if len(rings) != 1 or any(mol.GetRingInfo().NumAtomRings(atom) != 1 for atom in rings[0]):
        return False
    ring = frozenset(rings[0])
    if change.ring == "aromatic monocycle" and not all(mol.GetAtomWithIdx(a).GetIsAromatic() for a in ring):
        return False
    if change.of is not None and not any(frozenset(m) == ring for m in mol.GetSubstructMatches(change.of)):
        return False
    if not change.groups:
        return True
    hanging = list(_pieces(mol, part.atoms - ring))
    return all(
        len(held := _bound(mol, piece, ring)) == 1
        and _in_groups(mol, change.groups, piece, held[0][0], frozenset({held[0][1]}))
        for piece in hanging
    )


def _in_groups(
    mol: Chem.Mol, groups: Iterable[Group], atoms: Fragment, first: int, holders: Fragment
) -> bool:
    return any(_in_group(mol, group, atoms, first, holders) for group in groups)


def _in_group(mol: Chem.Mol, group: Group, atoms: Fragment, first: int, holders: Fragment) -> bool:
    if len(atoms) > group.at_most or first not in _firsts(mol, group.start):
        return False
    if not atoms <= _firsts(mol, group.atoms):
        return False
    if group.once is not None and len(atoms & _firsts(mol, group.once)) != 1:
        return False
    inside = atoms | holders
    return group.holds is None or any(
        inside.issuperset(match) for match in mol.GetSubstructMatches(group.holds, uniquify=False)
    )


@lru_cache(maxsize=1024)  # of one structure mostly, whose placements ask for the same again and again
def _firsts(mol: Chem.Mol, pattern: Chem.Mol) -> Fragment:
    """Every atom that can stand for the first atom of the pattern."""
    return frozenset(match[0] for match in mol.GetSubstructMatches(pattern, uniquify=False))


# --- what hangs on the core --------------------------------------------------------------------------


def _parts(mol: Chem.Mol, core: Mapping[int, int]) -> Iterator[Part]:
    """Everything beside the core, in connected parts, each with the place it hangs on."""
    rest = frozenset(range(mol.GetNumAtoms())) - core.keys()
    for piece in _pieces(mol, rest):
        bonds = _bound(mol, piece, frozenset(core))
        holders = frozenset(holder for _, holder in bonds)
        first, holder = bonds[0]
        yield Part(piece, first, core[holder], holders, _star(mol, piece))


def _pieces(mol: Chem.Mol, atoms: Fragment) -> Iterator[Fragment]:
    left = set(atoms)
    while left:
        todo, piece = [min(left)], set[int]()
        while todo:
            atom = todo.pop()
            if atom in left:
                left.remove(atom)
                piece.add(atom)
                todo += [each.GetIdx() for each in mol.GetAtomWithIdx(atom).GetNeighbors()]
        yield frozenset(piece)


def _bound(mol: Chem.Mol, piece: Fragment, to: Fragment) -> list[tuple[int, int]]:
    """Bonds from the piece to the other atoms, as (atom in the piece, other atom)."""
    return [
        (atom, each.GetIdx())
        for atom in sorted(piece)
        for each in mol.GetAtomWithIdx(atom).GetNeighbors()
        if each.GetIdx() in to
    ]


@lru_cache(maxsize=256)
def _star(mol: Chem.Mol, piece: Fragment) -> str:
    """Canonical SMILES of a part, a star for each bond to the core."""
    cut = [
        bond.GetIdx()
        for atom in piece
        for bond in mol.GetAtomWithIdx(atom).GetBonds()
        if bond.GetOtherAtomIdx(atom) not in piece
    ]
    broken = Chem.FragmentOnBonds(mol, cut, addDummies=True, dummyLabels=[(0, 0)] * len(cut))
    for atoms in Chem.GetMolFrags(broken):
        if piece.intersection(atoms):
            return _canonical(Chem.MolFragmentToSmiles(broken, atoms))
    return ""
