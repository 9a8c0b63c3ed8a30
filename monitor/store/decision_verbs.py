"""What can be done with decisions, suppressions and articles to be forgotten: `Store.decisions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.model import Severity, Suppression
from monitor.store import decisions, forgetting
from monitor.store.decision_values import Decided, DecisionState, Forgotten, NewDecision

Write = Callable[[str], AbstractContextManager[Connection]]
Read = Callable[[str, Callable[[Connection], Any]], Any]


class Decisions:
    """Verbs over the store's transactions; every one may raise StoreError."""

    def __init__(self, write: Write, read: Read) -> None:
        self._write, self._read = write, read

    def states(self, alerts: Sequence[int]) -> dict[int, DecisionState]:
        """Alert -> its status, with the newest decision; numbers that do not exist are missing."""
        found: dict[int, DecisionState] = self._read(
            "could not read the decisions", lambda c: decisions.states(c, alerts)
        )
        return found

    def decide(self, steps: Sequence[NewDecision], *, by: str, now: datetime) -> list[Decided]:
        """Write decisions, each only if the alert still has the status that was seen; all come back."""
        with self._write("could not write the decision") as connection:
            return decisions.decide(connection, steps, by, now)

    def wake(self, now: datetime) -> int:
        """Open snoozed alerts again whose day has come; how many."""
        with self._write("could not open snoozed alerts") as connection:
            return decisions.wake(connection, now)

    def dismissals(self, alerts: Sequence[int], since: datetime) -> list[tuple[str, str, str]]:
        """Substance, source and status of what was decided since then, of the kinds of these alerts."""
        found: list[tuple[str, str, str]] = self._read(
            "could not read the decisions", lambda c: decisions.dismissals(c, alerts, since)
        )
        return found

    def suppress(self, wanted: Suppression, *, why: str, by: str, now: datetime) -> int:
        """Hold alerts back from now on; the number of the suppression."""
        with self._write("could not write the suppression") as connection:
            return decisions.add_suppression(connection, wanted, why, by, now)

    def end_suppression(self, number: int, *, why: str, by: str, now: datetime) -> bool:
        """End a suppression; False when there is none by that number that is not over."""
        with self._write("could not end the suppression") as connection:
            return decisions.end_suppression(connection, number, why, by, now)

    def in_force(self, day: date) -> list[Suppression]:
        """The suppressions of that day, the oldest first."""
        found: list[Suppression] = self._read(
            "could not read the suppressions", lambda c: decisions.in_force(c, day)
        )
        return found

    def gravest(self, wanted: Suppression) -> Severity | None:
        """The gravest severity among the alerts so far of its substance and source; None for no alert."""
        found: Severity | None = self._read(
            "could not read the alerts", lambda c: decisions.gravest(c, wanted)
        )
        return found

    def verify(self, head: str = "") -> tuple[int, str, list[str]]:
        """Number of decisions, the newest hash, and what is wrong with the chain, in words.

        `head`: a hash that is known from outside, which the chain must hold.
        """
        found: tuple[int, str, list[str]] = self._read(
            "could not read the decisions", lambda c: decisions.verify(c, head)
        )
        return found

    def erase_person(self, name: str, *, why: str, by: str, now: datetime) -> bool:
        """Erase a person's name; their decisions stay, under a number. False when nobody has that name."""
        with self._write("could not erase the name") as connection:
            if not decisions.erase_person(connection, name, now):
                return False
            decisions.append(connection, now, by, "erase person", why=why)
            return True

    def forget(
        self, what: str, *, why: str, by: str, now: datetime, comments: bool = False
    ) -> Forgotten | None:
        """Erase what an article (its address or number) says; None when there is no such article.

        With `comments` the reasons in words that were given for its alerts are erased as well.
        """
        with self._write("could not erase the article") as connection:
            article = forgetting.find(connection, what)
            if article is None:
                return None
            return forgetting.forget(connection, article, why, by, now, comments=comments)
