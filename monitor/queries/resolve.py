"""What a name means, asked by a person: the chemistry wing's chain over the watchlist in force.

Needs neither the database nor the network.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.model import Watchlist
from monitor.pipeline.listing_rows import listing_row
from monitor.pipeline.prepare import load_watchlist
from monitor.pipeline.structures import make_resolver

if TYPE_CHECKING:
    from monitor.chem.classes import ClassVerdict
    from monitor.chem.resolver import Online, Resolution, Resolver
    from monitor.config import Config

BATCH = 256  # names that go to OPSIN together; more at once would only cost memory


@dataclass(frozen=True)
class Asking:
    """A resolver over one watchlist; `without` says what it has to do without, "" for nothing."""

    resolver: Resolver
    watchlist: Watchlist
    without: str

    def rows(self, names: Iterable[str], at: date) -> Iterator[dict[str, object]]:
        """Resolve names, in order, and give one JSON-able object for each."""
        for resolution in self.resolve(names, at):
            yield as_row(resolution, self.watchlist)

    def resolve(self, names: Iterable[str], at: date) -> Iterator[Resolution]:
        """Resolve names in batches, in order."""
        left = iter(names)
        while batch := list(itertools.islice(left, BATCH)):
            yield from self.resolver.resolve(batch, at)


@contextmanager
def open_resolver(config: Config | None, online: Callable[[str], Online] | None = None) -> Iterator[Asking]:
    """Make the chain over the watchlists of `config` (None: all shipped lists); Java ends with the context.

    `online` asks a service on the network for a name that nothing else knows. Without the extra `structure`
    names are looked up all the same.
    """
    from monitor.alerts import status_at
    from monitor.chem import missing
    from monitor.chem.opsin import Opsin, OpsinUnavailable, find_tools

    watchlist = load_watchlist(config)
    without, reader = missing(), None
    with ExitStack() as life:
        if not without:
            try:
                reader = life.enter_context(Opsin(find_tools()))
            except OpsinUnavailable as error:
                without = str(error)
        resolver = make_resolver(
            watchlist,
            reader,
            without,
            listings=lambda key, day: status_at(watchlist, key, day),
            online=online,
        )
        yield Asking(resolver, watchlist, without)


def as_row(of: Resolution, watchlist: Watchlist) -> dict[str, object]:
    """One answer as a JSON-able object; its keys are documented in docs/chemistry.md."""
    return {
        "name": of.name,
        "inchikey": of.inchikey or None,
        "smiles": of.smiles or None,
        "via": of.via or None,
        "substance": of.substance.key if of.substance else None,
        "listings": [listing_row(status, watchlist) for status in of.listings],
        "classes": [_class_row(verdict) for verdict in of.classes],
        "steps": [{"step": step.step, "said": step.said} for step in of.steps],
    }


def _class_row(of: ClassVerdict) -> dict[str, object]:
    return {
        "class": of.id,
        "name": of.name,
        "membership": of.membership,
        "status": of.status.value,
        "since": of.since,
        "conditions": [
            {"id": each.id, "text": each.text, "met_by": list(each.met_by)} for each in of.conditions
        ],
        "not_covered": list(of.not_covered),
        "citation": of.citation,
        "note": of.note,
    }


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Which identifiers of the watchlist disagree, in lines: those to judge, those accepted with a reason.

    `without` says what was not looked at; "" for nothing.
    """

    open: tuple[str, ...]
    accepted: tuple[str, ...]
    without: str


def check_identity(config: Config | None, accepted_in: Path | None = None) -> IdentityCheck:
    """Compare the identifiers of each watched substance; `accepted_in` adds a file of accepted disagreements.

    Raises MonitorError without the extra `structure`: there is nothing to compare with.
    """
    from monitor.chem import missing

    if missing():
        raise MonitorError(f"identifiers cannot be checked: {missing()}")
    from monitor.chem.identity import accepted, disagreements

    known = accepted() | (accepted(accepted_in) if accepted_in else {})
    with open_resolver(config) as asking:
        substances, names = asking.watchlist.substances, asking.watchlist.names
        found = list(disagreements(substances, names, asking.resolver.reader))
    lines = {each: f"{each.substance}  {each.kind}  {each.sentence}" for each in found}
    return IdentityCheck(
        tuple(lines[each] for each in found if each not in known),
        tuple(f"{lines[each]}  accepted: {known[each]}" for each in found if each in known),
        f"names were not read: {asking.without}" if asking.without else "",
    )


def read_names(path: Path) -> Iterator[str]:
    """Read one name a line, blank lines left out. Raises MonitorError when the file cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
            for line in lines:
                name = line.strip()
                if name:
                    yield name
    except OSError as error:
        raise MonitorError(f"{path} could not be read: {error.strerror}") from error


def picture_of(of: Resolution) -> str:
    """The structure of an answer as SVG. Raises MonitorError when there is nothing to draw."""
    from monitor.chem import missing

    if not of.smiles or missing():
        raise MonitorError(f"there is no picture of “{of.name}”: {missing() or 'its structure is not known'}")
    from monitor.chem.structure import picture

    return picture(of.smiles)
