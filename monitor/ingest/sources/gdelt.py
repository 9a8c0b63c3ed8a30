"""The `gdelt` kind: news of the world that hold one of some terms, by the DOC 2.0 API of the GDELT Project.

Several terms are asked for at once, joined by OR. The API wants no more than one question in five seconds,
gives 250 articles at most, goes back three months, and writes its errors as plain text, with the status 200
(https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/). Options besides those of `entries`: `terms`,
`languages` (ISO 639), `lookback` (seconds before the first check), `max_requests` (a check).

The cursor holds until when each group of terms was asked for; the one asked for longest ago comes first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from monitor.errors import SourceError
from monitor.ingest.dates import parse_date
from monitor.ingest.entry import digest
from monitor.ingest.records import Mapped, find_items, read_item, read_json
from monitor.ingest.request import Get
from monitor.ingest.sources.api import ACCEPT_JSON
from monitor.ingest.sources.entries import Chunks, ListCheck, read_entries
from monitor.ingest.sources.options import integer_option
from monitor.model import Document, Gap, Source, SourceState

PACE = 6.0  # seconds; five are asked for
MOST_RECORDS = 250
_LONGEST_QUERY = 240  # characters; a longer one is refused as "too long"
_SHORTEST_TERM = 3
_OVERLAP = timedelta(hours=2)  # what is indexed late is still found
_SHORTEST_SPAN = timedelta(minutes=30)
_OLDEST = timedelta(days=89)
_REMEMBERED = 5000  # entries; the windows of two checks overlap by hours only
_MAPPED = Mapped(title=("title",), url="url", date="seendate")
_LANGUAGES = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "he": "hebrew",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ja": "japanese",
    "ko": "korean",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "uk": "ukrainian",
    "vi": "vietnamese",
    "zh": "chinese",
}


async def collect_gdelt(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Ask for what is new of each group of terms; see `sources.Collector`.

    A question that is refused is a gap, and so is what remains when the API stops to answer. Raises
    SourceError when it answers nothing, and without any term (refused, permanent).
    """
    terms = [term for term in _texts(source.options.get("terms")) if len(term) >= _SHORTEST_TERM]
    if not terms:
        message = f"{source.name}: nothing is searched for; write `terms:`, or watch substances with names"
        raise SourceError(message, permanent=True, outcome="refused")
    check = ListCheck.begin(source, state, get, now, source.location)
    check.partial = True  # each check sees other entries: what is not seen is not gone
    search = _Search.of(source, state, check, terms)
    async for item in read_entries(check, search.chunks(), state):
        yield item
    newest = list(check.memory.prints.items())[-_REMEMBERED:]
    check.memory.prints = dict(newest)
    final = check.state(state)
    yield replace(final, cursor={**final.cursor, "asked": search.asked})


def grouped(terms: Sequence[str], longest: int) -> Iterator[list[str]]:
    """Join terms to groups whose question is not too long; each is asked for as a phrase."""
    group: list[str] = []
    for term in sorted(set(terms)):
        if group and len(_question([*group, term])) > longest:
            yield group
            group = []
        group.append(term)
    if group:
        yield group


def _question(terms: Sequence[str]) -> str:
    phrases = [f'"{term}"' for term in terms]
    return phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})"


@dataclass(slots=True)
class _Search:
    """The questions of one check."""

    check: ListCheck
    groups: list[list[str]]
    languages: str
    asked: dict[str, str]  # digest of a group -> until when it was asked for
    first: datetime
    requests: int
    answered: bool = False

    @classmethod
    def of(cls, source: Source, state: SourceState, check: ListCheck, terms: Sequence[str]) -> _Search:
        kept = state.cursor.get("asked")
        asked = dict(kept) if isinstance(kept, dict) else {}
        languages = [
            _LANGUAGES[code] for code in _texts(source.options.get("languages")) if code in _LANGUAGES
        ]
        clause = [f"sourcelang:{name}" for name in languages]
        joined = f"({' OR '.join(clause)})" if len(clause) > 1 else "".join(clause)
        clean = [" ".join(term.replace('"', " ").split()) for term in terms]
        groups = list(grouped(clean, _LONGEST_QUERY - len(joined)))
        keys = {digest(*group) for group in groups}
        return cls(
            check=check,
            groups=sorted(groups, key=lambda group: asked.get(digest(*group), "")),
            languages=joined,
            asked={key: until for key, until in asked.items() if key in keys},
            first=check.now - timedelta(seconds=integer_option(source, "lookback", 86_400)),
            requests=integer_option(source, "max_requests", 40),
        )

    async def chunks(self) -> Chunks:
        """Ask for group after group, the one asked for longest ago first, as far as the check may go."""
        for group in self.groups:
            if self.requests <= 0:
                return
            key = digest(*group)
            last = parse_date(self.asked.get(key), self.check.now)
            start = max(last - _OVERLAP if last else self.first, self.check.now - _OLDEST)
            whole = True
            async for chunk in self._found(group, start, self.check.now):
                whole = whole and not isinstance(chunk, Gap)
                yield chunk
            if whole:  # reached only when the entries of the group were read
                self.asked[key] = self.check.now.isoformat()

    async def _found(self, group: list[str], start: datetime, stop: datetime) -> Chunks:
        """What a group is found in; a question that is refused, or that has more answers, is parted."""
        if self.requests <= 0:
            yield self._gap(group, "too-large", "there is more than max_requests questions can find")
            return
        self.requests -= 1
        try:
            items = await self._ask(group, start, stop)
        except SourceError as error:
            if error.outcome != "parse-error" and not self.answered:
                raise
            if error.outcome == "parse-error" and len(group) > 1:
                items = None
            else:
                if error.outcome != "parse-error":
                    self.requests = 0  # it sheds load: what was answered is kept, the rest is asked next time
                yield self._gap(group, error.outcome, str(error))
                return
        self.answered = True
        parts = _parts(group, start, stop, items)
        for part in parts:
            async for chunk in self._found(*part):
                yield chunk
        if not parts:
            entries = (read_item(item, _MAPPED, self.check.origin, self.check.now) for item in items or ())
            yield [entry for entry in entries if entry is not None]

    async def _ask(self, group: list[str], start: datetime, stop: datetime) -> list[object]:
        query = {
            "query": " ".join(filter(None, (_question(group), self.languages))),
            "mode": "artlist",
            "format": "json",
            "maxrecords": MOST_RECORDS,
            "sort": "datedesc",
            "startdatetime": f"{start:%Y%m%d%H%M%S}",
            "enddatetime": f"{stop:%Y%m%d%H%M%S}",
        }
        url = f"{self.check.source.location}?{urlencode(query)}"
        response = await self.check.get(url, accept=ACCEPT_JSON, configured=True, pace=PACE)
        if b"limit requests" in response.body[:500].lower():
            message = "says that it is asked too often; all programs at this address count together"
            raise SourceError(f"{self.check.origin} {message}", outcome="blocked", retry_after=60.0)
        answer = await asyncio.to_thread(read_json, response.body, response.charset, response.url)
        return find_items(answer, "articles", response.url)

    def _gap(self, group: list[str], outcome: str, message: str) -> Gap:
        named = f"{', '.join(group)[:200]}"
        return Gap(f"{self.check.origin}#{digest(*group)}", outcome, f"asked for {named}: {message}")


_Question = tuple[list[str], datetime, datetime]


def _parts(group: list[str], start: datetime, stop: datetime, items: list[object] | None) -> list[_Question]:
    """The questions to ask instead of one that was refused (None) or whose answer is full; else none."""
    if items is not None and len(items) < MOST_RECORDS:
        return []
    if len(group) > 1:
        half = len(group) // 2
        return [(group[:half], start, stop), (group[half:], start, stop)]
    if items is None or stop - start <= _SHORTEST_SPAN:
        return []
    middle = start + (stop - start) / 2
    return [(group, start, middle), (group, middle, stop)]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
