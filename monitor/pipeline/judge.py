"""What texts are judged by: watchlist, matcher, pinned names and rules, as one value that is swapped whole.

The middle of the path, the same for what comes in and for what is stored (`pipeline`, `rescan`):

    Article -find-> Mention -look-> Mention, NovelName -decide-> Alert -> story (`desk`) -> Record
             (pure)         (OPSIN)                     (pure)
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import StoreError
from monitor.model import Article, Pin, Rule, StoryRules, Watchlist
from monitor.pipeline.interpret import Found, Page
from monitor.pipeline.prepare import Matcher, WatchlistNews, bring_in_force, prepare_lexicon
from monitor.pipeline.story_desk import Desk, Placed
from monitor.pipeline.structures import Structures

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Record, Store, StoredRevision

LastAlerts = dict[tuple[str, str], datetime]


@dataclass(frozen=True)
class Judge:
    """Everything that decides what becomes of a text. `basis` is the number that the store knows it by."""

    matcher: Matcher
    rules: tuple[Rule, ...]
    basis: int
    news: WatchlistNews  # what became of the configured watchlist when this was prepared
    structures: Structures
    stories: StoryRules | None = None  # None: stories are switched off

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

    def desk(self, store: Store) -> Desk | None:
        """A desk for the articles of a run; None when stories are switched off."""
        return None if self.stories is None else Desk(store, self.stories)

    def find(self, article: Article) -> Page:
        """The article with every mention of a watched substance that the lexicon finds in it."""
        return Page(article, tuple(self.matcher.find(article.text, article.language, article.source)))

    def look(self, pages: Sequence[Page], note: Callable[[Exception], None]) -> list[Found]:
        """What a batch of articles names beyond the lexicon, page by page.

        A bug there must not lose what the lexicon found: it goes to `note`, and is trouble of every page.
        Raises StoreError.
        """
        try:
            return self.structures.look(self.watchlist, pages)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            note(error)
            return [Found(trouble=bug_summary(error)) for _ in pages]

    def decide(
        self,
        page: Page,
        found: Found,
        stored: StoredRevision,
        last_alerts: LastAlerts,
        now: datetime,
        *,
        desk: Desk | None = None,
        again: bool = False,
    ) -> Record:
        """Decide which mentions are alerts: those of substances that were not told of this article before.

        `found`: what it names beyond the lexicon; with trouble there the article waits for a rescan.
        `stored`: what is known of the article. `last_alerts` is brought up to date. `again`: it is a stored
        article that is matched again, and its alerts say so. `desk` finds the article's story, and keeps
        back what that has told; without one, a copy has mentions and no alerts.
        """
        from monitor.alerts import Past, decide
        from monitor.store import RESCAN, Record

        article, mentions = page.article, (*page.mentions, *found.mentions)
        past = Past(already=stored.told if desk else stored.alerted, last_alert=last_alerts)
        alerts = decide(article, mentions, self.watchlist, self.rules, past, now)
        if stored.copy_of and desk is None:
            alerts = []
        if again:
            reason = f"found on rescan, article of {article.date.isoformat()}"
            alerts = [replace(each, found_on=RESCAN, reasons=(reason, *each.reasons)) for each in alerts]
        placed = desk.place(article, mentions, alerts, stored, now) if desk else Placed(None, tuple(alerts))
        last_alerts.update({(each.rule, each.substance): now for each in placed.raised if not each.quiet})
        return Record(
            article,
            mentions,
            placed.raised,
            self.watchlist.digest,
            __version__,
            basis=0 if found.trouble else self.basis,
            novel=found.novel,
            member=placed.member,
            added=placed.added,
        )


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
    return Judge(matcher, rules, basis, news, structures, config.to_story_rules())


def _digest(watchlist: Watchlist, pins: Sequence[Pin], rules: Sequence[Rule], mark: str) -> str:
    """With another mark (the structure part installed by now) stored texts may hold more."""
    parts = (watchlist.digest, repr(pins), repr(rules), mark)
    return hashlib.sha256("\n".join(filter(None, parts)).encode()).hexdigest()


def bug_summary(error: BaseException) -> str:
    """One line for the ledger: what was raised, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{place}: {error}"[:500]
