"""Running a source in a test: a check as a value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.errors import SourceError
from monitor.ingest import collect
from monitor.ingest.request import Get, Response
from monitor.ingest.sources import Item
from monitor.model import Document, Gap, Source, SourceState

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Check:
    """What one check of a source gave, in order and sorted by type."""

    items: list[Item]

    @property
    def documents(self) -> list[Document]:
        return [item for item in self.items if isinstance(item, Document)]

    @property
    def gaps(self) -> list[Gap]:
        return [item for item in self.items if isinstance(item, Gap)]

    @property
    def states(self) -> list[SourceState]:
        return [item for item in self.items if isinstance(item, SourceState)]

    @property
    def state(self) -> SourceState:
        last = self.items[-1]
        assert isinstance(last, SourceState)
        return last


@dataclass
class Web:
    """A `Get` over a dictionary; an exception in it is raised. Remembers what it was asked."""

    answers: Mapping[str, Response | SourceError | str]
    asked: list[str] = field(default_factory=list)

    async def __call__(
        self,
        url: str,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int | None = None,
        accept: str | None = None,
        configured: bool = False,
        pace: float = 0.0,
    ) -> Response:
        self.asked.append(url)
        answer = self.answers.get(url, SourceError(f"{url} answered 404", outcome="gone"))
        if isinstance(answer, SourceError):
            raise answer
        if isinstance(answer, str):
            return Response(url=url, body=answer.encode(), media_type="text/html", charset="utf-8")
        if etag and etag == answer.etag:
            return Response(url=url, status=304, headers=answer.headers, not_modified=True)
        return answer


def check(source: Source, get: Get, state: SourceState | None = None, now: datetime = NOW) -> Check:
    """Run one check of `source` to its end."""

    async def main() -> Check:
        start = state or SourceState(source.name)
        return Check([item async for item in collect(source, start, get, now)])

    return asyncio.run(main())
