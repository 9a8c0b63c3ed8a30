"""What is found in articles and alerted: mentions, rules, alerts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.watched import InForce, Listing, Severity


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text that names a watched substance; always `text[start:stop] == surface`.

    `name` is the lexicon's name that matched, `method` how ("name", "cas", "inchikey" ...), `form` the
    form of the text it matched in ("raw", "normal", "skeleton"). `features` are (name, value) pairs that
    `score` (0 to 1) was computed from; `reasons` say the same to a person. `tags` say what the text
    says about the substance ("seizure", "legislation" ...).
    """

    start: int
    stop: int
    surface: str
    substance: str
    name: str
    method: str
    score: float
    form: str = "raw"
    features: tuple[tuple[str, float], ...] = ()
    reasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def stands_in(surface: str, text: str) -> bool:
    """Whether `text` holds `surface` as words of its own, whatever the case, spacing and line breaks.

    "norvex" does not stand in "norvexamide". One rule for all that says whether a name is still on a page.
    """
    wanted = rf"(?<!\w){re.escape(' '.join(surface.split()))}(?!\w)"
    return re.search(wanted, " ".join(text.split()), re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Pin:
    """A user's word on one name: it counts `always` (alone), or never. Empty tuples mean "any".

    The name is compared without regard to case."""

    text: str
    always: bool
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def speaks_of(self, language: str | None, source: str | None) -> bool:
        """Does the pin hold in texts of this language and source?"""
        return (not self.languages or language in self.languages) and (
            not self.sources or source in self.sources
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """When to raise an alert. An empty tuple means "any"; the first rule that fits decides.

    `quiet` (seconds): after an alert for a substance, further ones are recorded as quiet for so long.
    """

    name: str
    lists: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    min_score: float = 0.5
    severity: Severity | None = None
    quiet: float = 0.0
    raise_alert: bool = True  # false: the rule silences what it fits


@dataclass(frozen=True, slots=True)
class StoryRules:
    """When articles are one story, and when a story raises an alert again.

    `window`: how far two articles of one event may lie apart. `quiet`: after an alert for a story and
    substance, articles of the story raise no other for so long. In spite of it another alert is raised for a
    substance that it had not named (`new_substance`), for a severity above all before (`higher_severity`),
    and when its outlets reach one of the numbers in `more_outlets`.
    """

    window: timedelta = timedelta(days=7)
    quiet: timedelta = timedelta(days=30)
    new_substance: bool = True
    higher_severity: bool = True
    more_outlets: tuple[int, ...] = (10,)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A quotable stretch of the article around one mention; offsets of the stretch in the article."""

    start: int
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class ListingStatus:
    """A listing and what its dates say at the article's date."""

    listing: Listing
    status: InForce


@dataclass(frozen=True, slots=True)
class Alert:
    """One substance in one article, raised once. A mention is not an accusation."""

    substance: str
    article_url: str
    rule: str
    severity: Severity
    score: float
    mentions: tuple[Mention, ...]
    snippets: tuple[Snippet, ...]
    listings: tuple[ListingStatus, ...]
    reasons: tuple[str, ...]
    watchlist: str  # Watchlist.digest
    raised_at: datetime
    quiet: bool = False
    found_on: str = "check"  # or "rescan": in a stored article, with what was added to the watchlist since
    again: str = ""  # why it is raised although its story has an alert for this substance already
    places: int = 0  # mentions that it was raised for, where `mentions` holds only the first of each name
    not_listed: tuple[str, ...] = ()  # where it is on no list that is known, and how far those are complete


@dataclass(frozen=True, slots=True)
class Suppression:
    """Alerts that are kept and not shown until a day: those that fit every condition that is not empty.

    `until` is an ISO day, which belongs to it. Alerts graver than `severity` are raised all the same.
    """

    severity: Severity
    until: str
    substance: str = ""
    source: str = ""
    list_id: str = ""
    tag: str = ""
    name: str = ""
    id: int = 0

    def holds(self, alert: Alert, source: str) -> bool:
        """Whether it keeps `alert` back, which is of an article of `source`; its day is not asked."""
        fits = (
            (self.substance, {alert.substance}),
            (self.source, {source}),
            (self.list_id, {entry.listing.list_id for entry in alert.listings}),
            (self.tag, {tag for mention in alert.mentions for tag in mention.tags}),
        )
        alone = not self.name or {mention.name for mention in alert.mentions} == {self.name}
        return alert.severity <= self.severity and alone and all(not w or w in has for w, has in fits)
