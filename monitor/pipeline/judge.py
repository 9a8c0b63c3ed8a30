"""What texts are judged by: watchlist, matcher, pinned names and rules, as one value that is swapped whole.

The middle of the path, the same for what comes in and for what is stored (`run`, `rescan`):

    Article -find-> Mention -read_structures-> Mention, NovelName -gather-> Matter -decide-> Record
             (pure)         (OPSIN)                               (store)         (pure)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import StoreError
from monitor.model import Alert, Article, Mention, Pin, Rule, StoryRules, Watchlist
from monitor.pipeline.deliver import delivery_rules, plan_deliveries
from monitor.pipeline.interpret import MatchedArticle, StructureFindings
from monitor.pipeline.notices import NoticeReader, stored_notices, unreviewed
from monitor.pipeline.prepare import Matcher, WatchlistNews, bring_in_force, prepare_lexicon
from monitor.pipeline.reading import Reader, bug_summary
from monitor.pipeline.story_desk import (
    MIN_SCORE,
    StoryDesk,
    StoryFacts,
    StoryPlacement,
    StoryPrecedents,
    place,
)
from monitor.pipeline.structures import Structures

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.notify import DeliveryRule
    from monitor.store import ReadNotice, Record, Store, StoredRevision

LastAlerts = Mapping[tuple[str, str], datetime]
Notices = Mapping[str, tuple[str, ...]]
NO_NOTICES: Notices = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Matter:
    """One article with all that it takes to decide about it; `story` is None when it can be in none."""

    matched: MatchedArticle
    findings: StructureFindings
    stored: StoredRevision
    story: StoryFacts | None = None

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return (*self.matched.mentions, *self.findings.mentions)


@dataclass(frozen=True, slots=True)
class Precedents:
    """What was decided before an article, by the store and in the batch at hand, which is not written yet.

    `last_alerts`: (rule, substance) -> when the rule last raised an alert for it that was not quiet.
    `notices`: substance -> what notices of gazettes say of it that nobody has reviewed yet.
    """

    last_alerts: LastAlerts = field(default_factory=dict)
    stories: StoryPrecedents = field(default_factory=StoryPrecedents)
    notices: Notices = field(default_factory=dict)

    def after(self, facts: StoryFacts | None, placement: StoryPlacement, now: datetime) -> Precedents:
        """The same with one more decision."""
        loud = {(each.rule, each.substance): now for each in placement.raised if not each.quiet}
        return Precedents(
            {**self.last_alerts, **loud} if loud else self.last_alerts,
            self.stories.after(facts, placement) if facts else self.stories,
            self.notices,
        )


def precedents_for(
    matters: Iterable[Matter], last_alerts: LastAlerts, desk: StoryDesk | None, notices: Notices = NO_NOTICES
) -> Precedents:
    """Read what the stories that a batch may join have raised so far. Raises StoreError."""
    stories = [matter.story for matter in matters if matter.story is not None]
    return Precedents(last_alerts, desk.recall(stories) if desk else StoryPrecedents(), notices)


@dataclass(frozen=True)
class Judge:
    """Everything that decides what becomes of a text. `basis` is the number that the store knows it by."""

    matcher: Matcher
    rules: tuple[Rule, ...]
    basis: int
    news: WatchlistNews  # what became of the configured watchlist when this was prepared
    structures: Structures
    stories: StoryRules | None = None  # None: stories are switched off
    deliveries: tuple[DeliveryRule, ...] = ()  # who hears of new alerts

    @property
    def watchlist(self) -> Watchlist:
        return self.matcher.watchlist

    @property
    def digest(self) -> str:
        """Names all that decides: equal digests judge every text alike."""
        return _digest(self.watchlist, self.matcher.pins, self.rules, self.structures.mark)

    def anew(self, store: Store, now: datetime) -> Judge:
        """The same under a new number, by which every stored article waits for a rescan."""
        return replace(self, basis=store.basis(self.digest, self.watchlist.digest, now, again=True))

    def knows(self, stored: StoredRevision, article: Article) -> bool:
        """True when this very text was judged by this very judge before."""
        known = (stored.sha256, stored.basis, stored.program)
        return known == (article.sha256, self.basis, __version__)

    def story_desk(self, store: Store) -> StoryDesk | None:
        """What reads the stories that the articles of a run may join; None when stories are switched off."""
        return None if self.stories is None else StoryDesk(store, self.stories)

    @cached_property
    def reader(self) -> Reader:
        """What reads documents by this judge, here or in other processes."""
        return Reader(self.matcher, self.structures.on)

    def find(self, article: Article) -> MatchedArticle:
        """The article with every mention of a watched substance that the lexicon finds in it."""
        return self.reader.find(article)

    def read_structures(
        self, matched: Sequence[MatchedArticle], note: Callable[[Exception], None]
    ) -> list[StructureFindings]:
        """What the structure part finds in a batch of articles, article by article.

        A bug there must not lose what the lexicon found: it goes to `note`, and is trouble of every article.
        Raises StoreError.
        """
        try:
            return self.structures.read(self.watchlist, matched)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            note(error)
            return [StructureFindings(trouble=bug_summary(error)) for _ in matched]

    def read_notices(
        self, articles: Sequence[Article], store: Store, note: Callable[[Exception], None]
    ) -> tuple[list[ReadNotice], Notices]:
        """What the gazettes' notices among some articles do, and all that is not reviewed, those included.

        A bug there goes to `note`. Raises StoreError.
        """
        from monitor.match.lexicon import ordinary_words
        from monitor.match.normalize import words_key

        reader = NoticeReader(self.watchlist, lambda names: self.structures.names(self.watchlist, names))
        found = stored_notices(articles, reader, lambda name: words_key(name) in ordinary_words(), note)
        return found, unreviewed(store.pending_notices(), found, store.reviewed_notices() if found else set())

    def gather(
        self,
        matched: MatchedArticle,
        findings: StructureFindings,
        stored: StoredRevision,
        desk: StoryDesk | None,
        now: datetime,
    ) -> Matter:
        """Read all that a decision about one article takes. Raises StoreError.

        An article without a mention that a rule or a story could count is in no story.
        """
        matter = Matter(matched, findings, stored)
        lowest = min((rule.min_score for rule in self.rules), default=MIN_SCORE)
        if desk is None or not any(each.score >= min(lowest, MIN_SCORE) for each in matter.mentions):
            return matter
        return replace(matter, story=desk.gather(matched.article, matter.mentions, stored, now))

    def decide(
        self, matter: Matter, precedents: Precedents, now: datetime, *, again: bool = False
    ) -> tuple[Record, Precedents]:
        """Decide which mentions are alerts: those of substances that no alert of this article is about yet.

        Pure: what was decided before comes in as `precedents`, and with this decision added it comes back.
        `again`: it is a stored article that is matched again, and its alerts say so. Where stories are
        switched off a copy has mentions and no alerts. An article with names that could not be resolved for
        now waits for a rescan.
        """
        from monitor.alerts import Past, decide
        from monitor.store import RESCAN, Record

        article, mentions, stored = matter.matched.article, matter.mentions, matter.stored
        already = stored.alerted if self.stories is None else stored.told
        past = Past(already=already, last_alert=precedents.last_alerts)
        alerts = decide(article, mentions, self.watchlist, self.rules, past, now)
        if stored.copy_of and self.stories is None:
            alerts = []
        if again:
            reason = f"found on rescan, article of {article.date.isoformat()}"
            alerts = [replace(each, found_on=RESCAN, reasons=(reason, *each.reasons)) for each in alerts]
        unreviewed = precedents.notices
        alerts = [
            replace(each, reasons=(*each.reasons, *unreviewed.get(each.substance, ()))) for each in alerts
        ]
        placement = self._place(matter, alerts, precedents, now)
        record = Record(
            article,
            mentions,
            placement.raised,
            self.watchlist.digest,
            __version__,
            basis=0 if matter.findings.trouble else self.basis,
            novel=matter.findings.novel,
            member=placement.member,
            added=placement.added,
            deliveries=plan_deliveries(placement.raised, article, self.deliveries, now),
        )
        return record, precedents.after(matter.story, placement, now)

    def _place(
        self, matter: Matter, alerts: Sequence[Alert], precedents: Precedents, now: datetime
    ) -> StoryPlacement:
        counts = alerts or any(mention.score >= MIN_SCORE for mention in matter.mentions)
        if self.stories is None or matter.story is None or not counts:
            return StoryPlacement(None, tuple(alerts))
        return place(matter.story, alerts, matter.stored, precedents.stories, self.stories, now)


def prepare_judge(
    config: Config, store: Store, now: datetime, structures: Structures, cache: Path | None = None
) -> Judge:
    """Put the watchlist in force and prepare everything that texts are judged by.

    A refused watchlist leaves the last good one in force (`news.refused` says why); without one,
    WatchlistError is raised. StoreError when the database cannot be used.
    """
    watchlist, news = bring_in_force(config, store, now)
    pins, rules = config.to_pins(), config.to_rules(watchlist.lists)
    matcher = Matcher(watchlist, prepare_lexicon(watchlist, cache), pins)
    basis = store.basis(_digest(watchlist, pins, rules, structures.mark), watchlist.digest, now)
    stories, deliveries = config.to_story_rules(), delivery_rules(config)
    return Judge(matcher, rules, basis, news, structures, stories, deliveries)


def _digest(watchlist: Watchlist, pins: Sequence[Pin], rules: Sequence[Rule], mark: str) -> str:
    """With another mark (the structure part installed by now) stored texts may hold more."""
    parts = (watchlist.digest, repr(pins), repr(rules), mark)
    return hashlib.sha256("\n".join(filter(None, parts)).encode()).hexdigest()
