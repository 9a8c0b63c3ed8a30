"""The news desk of a run: which story an article belongs to, and which of its alerts that story has told.

    Article, mentions -trace-> Trace -choose-> story -tell-> alerts to raise, alerts to stand behind
                       (pure)          (pure)         (pure)

What is known is read from the database, and from what was decided in the batch at hand and is not written
yet. Used by the one worker thread only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.model import Alert, Article, Mention, Severity, StoryRules

if TYPE_CHECKING:
    from monitor.store import Member, Store, StoredRevision
    from monitor.stories import Candidate, Told, Trace

TRACES_KEPT = 1000  # in memory, about 10 kB each
MIN_SCORE = 0.5  # a mention below is no ground to take two articles for one story


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article belongs, which alerts are raised, and which only get it as another source."""

    member: Member | None
    raised: tuple[Alert, ...]
    added: tuple[Alert, ...] = ()


@dataclass(slots=True)
class _Pending:
    """What the batch at hand has decided about one story."""

    told: dict[str, Told] = field(default_factory=dict)
    outlets: set[str] = field(default_factory=set)


class Desk:
    """Call `begin` before each batch that is written as one, and `place` for each of its articles."""

    def __init__(self, store: Store, rules: StoryRules) -> None:
        self._store, self._rules = store, rules
        self._candidates: list[tuple[frozenset[int], Candidate]] = []
        self._stories: dict[str, _Pending] = {}
        self._read: dict[bytes, Trace] = {}  # of articles that were compared before

    def begin(self) -> None:
        """Forget what an earlier batch decided: it is written, or it never will be."""
        self._candidates.clear()
        self._stories.clear()

    def place(
        self,
        article: Article,
        mentions: Sequence[Mention],
        alerts: Sequence[Alert],
        stored: StoredRevision,
        now: datetime,
    ) -> Placed:
        """Find the article's story and divide its alerts. Articles that name nothing belong to none."""
        from monitor.store import Member
        from monitor.stories import keys, tell, to_bytes, trace

        if not alerts and not any(mention.score >= MIN_SCORE for mention in mentions):
            return Placed(None, tuple(alerts))
        made = trace(article, mentions, MIN_SCORE)
        member = Member(article.url, made.outlet, made.at, now, to_bytes(made), keys(made))
        member = self._join(member, made, article, stored)
        told, outlets = self._known(member.story, article.url, stored)
        fresh = [alert for alert in alerts if alert.substance not in stored.told]
        telling = tell(fresh, told, outlets, made.outlet, self._rules, now)
        self._note(member, made, article.url, telling.raised)
        return Placed(member, telling.raised, telling.added)

    def _join(self, member: Member, made: Trace, article: Article, stored: StoredRevision) -> Member:
        """The member with its story: the one it is in already, that of its original, or the likeliest."""
        from monitor.stories import choose

        known = self._store.story_of(article.url) if stored.number else ""
        if known:
            return replace(member, story=known)
        original = stored.copy_of and self._store.story_of(stored.copy_of)
        if original:
            return replace(
                member, story=original, near=stored.copy_of, score=10.0, reasons=("+10.0 the same text",)
            )
        choice = choose(made, self._near(made, article.url), self._rules.window)
        if not choice.story:
            return member
        verdict = choice.verdict
        return replace(
            member, story=choice.story, near=choice.url, score=verdict.score, reasons=verdict.reasons
        )

    def _near(self, made: Trace, url: str) -> Iterator[Candidate]:
        """Articles that may tell the same: of the batch at hand, and stored ones."""
        from monitor.stories import Candidate, wanted

        sought = wanted(made)
        keys = frozenset(sought)
        yield from (candidate for filed, candidate in self._candidates if not keys.isdisjoint(filed))
        for row in self._store.near(sought, made.at, self._rules.window):
            if row.url == url:
                continue
            try:
                yield Candidate(row.story, row.url, self._trace(row.trace))
            except ValueError:  # written by another version: it cannot be compared with any more
                continue

    def _trace(self, kept: bytes) -> Trace:
        from monitor.stories import from_bytes

        if kept not in self._read:
            if len(self._read) >= TRACES_KEPT:
                self._read.clear()
            self._read[kept] = from_bytes(kept)
        return self._read[kept]

    def _known(self, story: str, url: str, stored: StoredRevision) -> tuple[dict[str, Told], frozenset[str]]:
        from monitor.stories import Told

        if story == url and not stored.number:
            return {}, frozenset()  # it begins with this article
        kept = self._store.story(story)
        told = {key: Told(Severity(level), at, loud) for key, (level, at, loud) in kept.told.items()}
        pending = self._stories.get(story, _Pending())
        return {**told, **pending.told}, kept.outlets | pending.outlets

    def _note(self, member: Member, made: Trace, url: str, raised: Sequence[Alert]) -> None:
        """Keep what was decided until it is written."""
        from monitor.stories import Candidate, Told

        candidate = Candidate(member.story, url, made)
        self._candidates.append((frozenset(member.keys), candidate))
        pending = self._stories.setdefault(member.story, _Pending())
        pending.outlets.add(made.outlet)
        for alert in raised:
            before = pending.told.get(alert.substance)
            severity = max(alert.severity, before.severity) if before else alert.severity
            loud = not alert.quiet or (before is not None and before.loud)
            pending.told[alert.substance] = Told(severity, alert.raised_at, loud)
