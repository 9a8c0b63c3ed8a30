"""What the store does with notices of the gazettes and the age of lists: part of `Store`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from monitor.store import notices

Result = TypeVar("Result")


class NoticeVerbs:
    """Verbs over the store's transactions; every one may raise StoreError."""

    def _write(self, what: str) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def _read(self, what: str, query: Callable[[Connection], Result]) -> Result:
        raise NotImplementedError

    def pending_notices(self) -> dict[str, tuple[str, ...]]:
        """Substance -> what notices say of it that nobody has reviewed yet, in words."""
        return self._read("could not read the notices", notices.pending)

    def reviewed_notices(self) -> set[str]:
        """The numbers of the notices that nothing of waits for a person any more."""
        return self._read("could not read the notices", notices.reviewed)

    def accepted_changes(self) -> list[notices.AcceptedChange]:
        """What was accepted of notices, in the order of their publication."""
        return self._read("could not read the notices", notices.accepted)

    def notice_changes(self) -> dict[int, dict[str, object]]:
        """Number of a notice's proposal -> what it does to the watchlist; {} where a person has to look."""
        return self._read("could not read the notices", notices.changes)

    def notice_counts(self) -> dict[str, notices.NoticeCount]:
        """List -> its newest notice, and how many proposals wait; "" stands for notices that name no list."""
        return self._read("could not read the notices", notices.counts)

    def notice_days(self) -> list[tuple[str, str]]:
        """(list, day of publication) of every notice that was read."""
        return self._read("could not read the notices", notices.published)

    def put_stale_lists(self, stale: Mapping[str, str], now: datetime) -> None:
        """Keep which lists are old (list -> in words) as gaps; those that are old no more are closed."""
        with self._write("could not write the gaps of the lists") as connection:
            notices.put_stale_lists(connection, stale, now)

    def put_effective(self, ids: Iterable[int], day: str) -> list[int]:
        """Set the day of force of proposals of notices; the numbers of those that have none come back."""
        with self._write("could not write the day") as connection:
            return notices.put_effective(connection, ids, day)
