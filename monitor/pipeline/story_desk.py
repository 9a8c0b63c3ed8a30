"""Which story an article belongs to, and which of its alerts that story has raised before.

StoryDesk.gather   reads what the store knows: where the article is filed, whose copy it is, what is like it
StoryDesk.recall   reads what the stories that a batch may join have raised so far
place              decides with these values alone: the story, alerts to raise, alerts to stand behind
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.model import Alert, Article, Mention, Severity, StoryRules

if TYPE_CHECKING:
    from monitor.store import Member, Store, StoredRevision, StoredStory
    from monitor.stories import Candidate, Told, Trace

TRACES_KEPT = 1000  # in memory, about 10 kB each
MIN_SCORE = 0.5  # a mention below is no ground to take two articles for one story


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What is known of an article's story before it is decided about.

    `member` files the article under a story of its own. `joined` is the story that it is in already,
    `original` the story of the article whose text it copies ("" for none). `candidates` are stored articles
    that may be of the same event.
    """

    member: Member
    trace: Trace
    joined: str = ""
    original: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def url(self) -> str:
        """The article's own address, which is that of a story that begins with it."""
        return self.member.story

    @property
    def stories(self) -> frozenset[str]:
        """Every stored story that the article may be put into."""
        found = (candidate.story for candidate in self.candidates)
        return frozenset((self.member.story, self.joined, self.original, *found)) - {""}


@dataclass(frozen=True, slots=True)
class StoryHistory:
    """What a story has raised so far, by substance, and the outlets that report it."""

    raised: Mapping[str, Told] = field(default_factory=dict)
    outlets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoryPrecedents:
    """What was decided about stories before: `stored`, and in the batch at hand, which is not written yet.

    Stories go by the address of their first article. `filed`: the articles of the batch, each with the keys
    that it is found by.
    """

    stored: Mapping[str, StoryHistory] = field(default_factory=dict)
    batch: Mapping[str, StoryHistory] = field(default_factory=dict)
    filed: tuple[tuple[frozenset[int], Candidate], ...] = ()

    def of(self, story: str) -> StoryHistory:
        """Everything known of one story."""
        before, now = self.stored.get(story, StoryHistory()), self.batch.get(story, StoryHistory())
        return StoryHistory({**before.raised, **now.raised}, before.outlets | now.outlets)

    def after(self, facts: StoryFacts, placement: StoryPlacement) -> StoryPrecedents:
        """The same once an article was placed: what the next one of the batch is decided with."""
        from monitor.stories import Candidate, Told

        member = placement.member
        if member is None:
            return self
        known = self.batch.get(member.story, StoryHistory())
        raised = dict(known.raised)
        for alert in placement.raised:
            before = raised.get(alert.substance)
            severity = max(alert.severity, before.severity) if before else alert.severity
            loud = not alert.quiet or (before is not None and before.loud)
            raised[alert.substance] = Told(severity, alert.raised_at, loud)
        history = StoryHistory(raised, known.outlets | {facts.trace.outlet})
        candidate = Candidate(member.story, facts.url, facts.trace)
        filed = (*self.filed, (frozenset(member.keys), candidate))
        return replace(self, batch={**self.batch, member.story: history}, filed=filed)


@dataclass(frozen=True, slots=True)
class StoryPlacement:
    """Where an article belongs, which alerts are raised, and which only get it as another source."""

    member: Member | None
    raised: tuple[Alert, ...]
    added: tuple[Alert, ...] = ()


class StoryDesk:
    """Reads what the store knows of stories; decides nothing. For one thread at a time."""

    def __init__(self, store: Store, rules: StoryRules) -> None:
        self._store, self._rules = store, rules
        self._traces: dict[bytes, Trace] = {}  # of articles that were compared before

    def gather(
        self, article: Article, mentions: Sequence[Mention], stored: StoredRevision, now: datetime
    ) -> StoryFacts:
        """What the store knows of the article's story. Raises StoreError."""
        from monitor.store import Member
        from monitor.stories import keys, to_bytes, trace

        made = trace(article, mentions, MIN_SCORE)
        member = Member(article.url, made.outlet, made.at, now, to_bytes(made), keys(made))
        if stored.number and (joined := self._store.story_of(article.url)):
            return StoryFacts(member, made, joined=joined)
        if stored.copy_of and (original := self._store.story_of(stored.copy_of)):
            return StoryFacts(member, made, original=original)
        return StoryFacts(member, made, candidates=tuple(self._candidates(made, article.url)))

    def recall(self, facts: Iterable[StoryFacts]) -> StoryPrecedents:
        """What the stories that these articles may join have raised so far. Raises StoreError."""
        wanted = frozenset(story for each in facts for story in each.stories)
        found = self._store.stories(wanted) if wanted else {}
        return StoryPrecedents({story: _history(stored) for story, stored in found.items()})

    def _candidates(self, made: Trace, url: str) -> Iterator[Candidate]:
        """Stored articles that may be of the same event."""
        from monitor.stories import Candidate, wanted

        for row in self._store.near(wanted(made), made.at, self._rules.window):
            if row.url == url:
                continue
            try:
                yield Candidate(row.story, row.url, self._trace(row.trace))
            except ValueError:  # written by another version: it cannot be compared with any more
                continue

    def _trace(self, kept: bytes) -> Trace:
        from monitor.stories import from_bytes

        if kept not in self._traces:
            if len(self._traces) >= TRACES_KEPT:
                self._traces.clear()
            self._traces[kept] = from_bytes(kept)
        return self._traces[kept]


def _history(stored: StoredStory) -> StoryHistory:
    from monitor.stories import Told

    raised = {key: Told(Severity(level), at, loud) for key, (level, at, loud) in stored.told.items()}
    return StoryHistory(raised, stored.outlets)


def place(
    facts: StoryFacts,
    alerts: Sequence[Alert],
    stored: StoredRevision,
    precedents: StoryPrecedents,
    rules: StoryRules,
    now: datetime,
) -> StoryPlacement:
    """Choose the article's story and divide its alerts into those raised and those that stand behind."""
    from monitor.stories import tell

    member = _join(facts, stored, precedents, rules)
    begins = member.story == facts.url and not stored.number
    history = StoryHistory() if begins else precedents.of(member.story)
    fresh = [alert for alert in alerts if alert.substance not in stored.told]
    divided = tell(fresh, history.raised, history.outlets, facts.trace.outlet, rules, now)
    return StoryPlacement(member, divided.raised, divided.added)


def _join(
    facts: StoryFacts, stored: StoredRevision, precedents: StoryPrecedents, rules: StoryRules
) -> Member:
    """The member with its story: the one it is in already, that of its original, or the likeliest."""
    from monitor.stories import choose, wanted

    member = facts.member
    if facts.joined:
        return replace(member, story=facts.joined)
    if facts.original:
        reasons = ("+10.0 the same text",)
        return replace(member, story=facts.original, near=stored.copy_of, score=10.0, reasons=reasons)
    sought = frozenset(wanted(facts.trace))
    in_batch = [candidate for filed, candidate in precedents.filed if not sought.isdisjoint(filed)]
    choice = choose(facts.trace, (*in_batch, *facts.candidates), rules.window)
    if not choice.story:
        return member
    verdict = choice.verdict
    return replace(member, story=choice.story, near=choice.url, score=verdict.score, reasons=verdict.reasons)
