"""Accepted proposals join the watchlist. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from monitor.model import Name, Substance, Watchlist
from monitor.watchlist.checks import fold

ENRICHED = ("synonym", "structure", "cid")
"""The kinds of proposals that enrich a substance."""


class Accepted(Protocol):
    """A proposal that was accepted: a "synonym", a "structure" (InChIKey, SMILES as detail) or a "cid"."""

    @property
    def substance(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def source(self) -> str: ...


def enrich(watchlist: Watchlist, accepted: Iterable[Accepted]) -> Watchlist:
    """The watchlist with what was accepted, in the order of acceptance; each new name keeps its source.

    What belongs to a substance that is no longer watched is left out, and so is a name that the substance has
    by now, or that by now belongs to another one.
    """
    substances = dict(watchlist.substances)
    owners: dict[str, set[str]] = {}
    for name in watchlist.names:
        owners.setdefault(fold(name.text), set()).add(name.substance)
    names: list[Name] = []
    for each in accepted:
        substance = substances.get(each.substance)
        if substance is None:
            continue
        if each.kind != "synonym":
            substances[substance.key] = _changed(substance, each)
        elif fold(each.after) not in owners:
            owners[fold(each.after)] = {substance.key}
            names.append(Name(each.after, substance.key, "mul", _type(each.after), source=each.source))
    if not names and substances == dict(watchlist.substances):
        return watchlist
    return replace(watchlist, substances=substances, names=(*watchlist.names, *names))


def _changed(substance: Substance, accepted: Accepted) -> Substance:
    source = f"{substance.source} | {accepted.kind}={accepted.source}".removeprefix(" | ")
    if accepted.kind == "cid":
        return replace(substance, cid=int(accepted.after), source=source)
    return replace(substance, inchikey=accepted.after, smiles=accepted.detail, source=source)


def _type(name: str) -> str:
    """With digits or brackets a name is a systematic one; capitals and few letters are an acronym."""
    if any(char.isdigit() or char in "()[]" for char in name) and len(name) > 8:
        return "systematic"
    return "acronym" if name.isupper() and len(name) <= 6 else "common"
