"""Notices of gazettes, read: what they do to which list, and which substances their names mean.

    Notice -read_notice-> Reading -names-> structure -> substance
              (pure)               (OPSIN)

A name that no list has is read as a structure where the extra `structure` is installed; without it such a
substance has its names alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.model import Substance, Watchlist

if TYPE_CHECKING:
    from monitor.chem.resolver import Resolution
    from monitor.watchlist import Named, Notice, Reading

Resolve = Callable[[Sequence[str]], Sequence["Resolution"]]

MOST_NAMES = 200  # of one notice that are read as structures


@dataclass(frozen=True, slots=True)
class Meant:
    """A substance of a notice: how it is named, and the structure that one of its names describes, or ""."""

    named: Named
    smiles: str = ""
    inchikey: str = ""


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A notice with what it does. `substances` are those of the reading, in order, with their structures."""

    notice: Notice
    reading: Reading
    substances: tuple[Meant, ...] = ()


@dataclass(frozen=True)
class NoticeReader:
    """Reads notices against one watchlist; `resolve` reads names as structures (None: that is missing)."""

    watchlist: Watchlist
    resolve: Resolve | None = None

    @cached_property
    def _find(self) -> Callable[[str], list[Substance]]:
        from monitor.watchlist import index

        return index(self.watchlist)

    def read(self, notice: Notice) -> ReadNotice:
        """Read one notice; raises StoreError where answers about names are kept in a database."""
        from monitor.watchlist import read_notice

        reading = read_notice(notice, self._find)
        if not reading.changes_law:
            return ReadNotice(notice, reading)
        meant = tuple(map(self._structured, reading.substances))
        found = [
            f"“{each.named.name}” is {each.named.substance} by the structure that the notice gives"
            for each, before in zip(meant, reading.substances, strict=True)
            if each.named.substance and not before.substance
        ]
        unknown = {f"no watched substance is called “{each.name}”" for each in reading.substances}
        known = {
            f"no watched substance is called “{each.named.name}”" for each in meant if each.named.substance
        }
        reasons = [each for each in reading.reasons if each not in unknown & known]
        named = tuple(each.named for each in meant)
        listed = reading.list_id or self._listed(reading, named)
        if listed != reading.list_id:
            reasons = [f"list {listed}, where it stands" if each == _NO_LIST else each for each in reasons]
        reading = replace(reading, substances=named, list_id=listed, reasons=(*reasons, *found))
        return ReadNotice(notice, reading, meant)

    def _structured(self, named: Named) -> Meant:
        """Read the names as structures, the longest first: a systematic name says what is meant exactly."""
        if named.substance:
            known = self.watchlist.substances[named.substance]
            return Meant(named, known.smiles, known.inchikey)
        if self.resolve is None:
            return Meant(named)
        names = sorted(named.names, key=len, reverse=True)[:MOST_NAMES]
        for found in self.resolve(names):
            if found.smiles and found.via:
                key = found.substance.key if found.substance else ""
                return Meant(replace(named, substance=key), found.smiles, found.inchikey)
        return Meant(named)

    def _listed(self, reading: Reading, named: Sequence[Named]) -> str:
        """The list that a removal leaves unsaid: the one list of the agency that the substances stand on."""
        if reading.act != "remove":
            return ""
        lists = {
            entry.list_id
            for each in named
            for entry in self.watchlist.listings_of(each.substance)
            if entry.list_id.startswith("dea-") and self.watchlist.lists[entry.list_id].is_control
        }
        return lists.pop() if len(lists) == 1 else ""


_NO_LIST = "no list is named"
