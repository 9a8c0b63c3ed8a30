"""PubChem for those who ask it: a client over the answers that the database keeps, and one name looked up.

`sync` asks about watched substances, `resolve --online` about one name; both go through `chem/pubchem.py`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import ResolveError

if TYPE_CHECKING:
    from monitor.chem.pubchem import Answers, Kept, Limits, PubChem, Rows
    from monitor.chem.resolver import Online
    from monitor.config import Config
    from monitor.store import Store, StoredAnswer

Wait = Callable[[float], bool]

# Somebody waits for the answer: shorter than for a synchronisation. Seconds; tries of one question.
TIMEOUT, PATIENCE, TRIES = 15.0, 40.0, 2


class StoreAnswers:
    """The database as the place where PubChem's answers are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, questions: Sequence[str]) -> Mapping[str, StoredAnswer]:
        return self._store.answers(questions)

    def put(self, answers: Mapping[str, Rows], now: datetime) -> None:
        from monitor.store import StoredAnswer

        self._store.put_answers(
            [StoredAnswer(question, bool(rows), rows, now) for question, rows in answers.items()]
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    answer: Rows
    fetched_at: datetime


@dataclass
class _MemoryAnswers:
    """Answers for the life of one command, where there is no database."""

    kept: dict[str, Kept] = field(default_factory=dict)

    def get(self, questions: Sequence[str]) -> Mapping[str, Kept]:
        return {question: self.kept[question] for question in questions if question in self.kept}

    def put(self, answers: Mapping[str, Rows], now: datetime) -> None:
        self.kept.update({question: _Answer(rows, now) for question, rows in answers.items()})


def limits_of(config: Config | None) -> Limits:
    """How PubChem is reached, as configured; PubChem itself without a configuration."""
    from monitor.chem.pubchem import PUBCHEM, Limits

    if config is None:
        return Limits(user_agent=f"substance-monitor/{__version__}")
    return Limits(
        base=(config.sync.url or PUBCHEM).rstrip("/"),
        user_agent=config.http.agent(__version__),
        allow_hosts=tuple(config.http.allow_hosts),
    )


def client(answers: Answers, limits: Limits, wait: Wait, chance: Callable[[], float]) -> PubChem:
    """A client of PubChem over kept answers; `wait` sleeps, says whether to stop; `chance` is the jitter."""
    from monitor.chem.pubchem import PubChem

    return PubChem(answers, limits, chance=chance, wait=wait)


@dataclass
class Lookup:
    """Looks names up in PubChem. `missed` counts names without an answer, `trouble` is the last reason."""

    pubchem: PubChem
    now: datetime
    missed: int = 0
    trouble: str = ""

    def __call__(self, name: str) -> Online:
        """What PubChem knows of a name. Raises ResolveError where it could not be asked."""
        from monitor.chem.resolver import Online

        before = self.pubchem.stale
        try:
            found = self.pubchem.find(name, self.now)
        except ResolveError as error:
            if error.permanent:  # PubChem refuses this one name: for it, that is none
                return Online("", str(error))
            self.missed, self.trouble = self.missed + 1, str(error)
            raise
        stale = f"; kept from before: {self.pubchem.trouble}" if self.pubchem.stale > before else ""
        numbers = ", ".join(f"CID {each.cid}" for each in found[:5])
        if not found:
            return Online("", f"PubChem does not know the name{stale}")
        if len({each.inchikey or each.smiles for each in found}) > 1:
            return Online(
                "", f"PubChem has {len(found)} different structures of this name ({numbers}){stale}"
            )
        return Online(found[0].smiles, f"{numbers}: {found[0].smiles or 'without a structure'}{stale}")


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@contextmanager
def open_lookup(
    config: Config | None, now: datetime, wait: Wait = _sleep, chance: Callable[[], float] = random.random
) -> Iterator[Lookup]:
    """A lookup whose answers are kept in the database of `config`, or for this command only without one.

    Raises StoreError when the database cannot be opened.
    """
    from monitor.store import open_store

    with ExitStack() as life:
        answers: Answers = _MemoryAnswers()
        if config is not None:
            answers = StoreAnswers(life.enter_context(open_store(config.database, now=now)))
        limits = replace(limits_of(config), timeout=TIMEOUT, patience=PATIENCE, tries=TRIES)
        yield Lookup(client(answers, limits, wait, chance), now)
