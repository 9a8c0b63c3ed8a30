"""Articles, mentions, alerts and a small watchlist for the tests of the store and the reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.model import (
    Alert,
    Article,
    ListInfo,
    Listing,
    ListingStatus,
    Mention,
    Name,
    Severity,
    Snippet,
    Substance,
    Watchlist,
)
from monitor.store import Record

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

LISTS = {
    "dea-sss": ListInfo("dea-sss", "DEA special surveillance list", "DEA", "US", "surveillance"),
    "dea-list-1": ListInfo("dea-list-1", "DEA List I", "DEA", "US", "precursor"),
    "un-1961-I": ListInfo("un-1961-I", "UN 1961 Schedule I", "UN", "INT", "schedule"),
}
PEB = Substance(
    "phenethyl-bromide",
    "(2-bromoethyl)benzene",
    "precursor",
    ("103-63-9",),
    7666,
    "BrCCc1ccccc1",
    "WMPPDTMATNBGJN-UHFFFAOYSA-N",
    Severity.HIGH,
)
FENTANYL = Substance("fentanyl", "fentanyl", "narcotic", ("437-38-7", "990-73-8"))
LISTINGS = (
    Listing("phenethyl-bromide", "dea-sss", "", "phenethyl bromide", "2023-10-24", source="88 FR 73042"),
    Listing("fentanyl", "un-1961-I", "", "Fentanyl", "1964"),
    Listing("fentanyl", "dea-list-1", "8333", "old entry", "2017", "2018", source="example"),
)
NAMES = (
    Name("(2-bromoethyl)benzene", "phenethyl-bromide", "en", "systematic"),
    Name("phenethyl bromide", "phenethyl-bromide", "en"),
    Name("fentanyl", "fentanyl", "mul", "inn"),
    Name("china white", "fentanyl", "en", "street", ambiguous=True, senses="porcelain"),
)
WATCHLIST = Watchlist({s.key: s for s in (PEB, FENTANYL)}, NAMES, LISTINGS, LISTS)


@dataclass(frozen=True)
class Change:
    """A row of a watchlist diff, shaped like the watchlist wing's."""

    action: str
    kind: str
    key: str
    before: object = None
    after: object = None


FILLER = " The officers spoke of a long inquiry that began in spring and is not over yet." * 4


def article(
    url: str = "https://news.example/1",
    text: str = "Police found fentanyl and (2-bromoethyl)benzene." + FILLER,
    *,
    source: str = "Example News",
    fetched_at: datetime = NOW,
    title: str = "Seizure at the port",
) -> Article:
    return Article(source, url, title, text, fetched_at, "en", NOW - 24 * HOUR)


def mention(text: str, surface: str, substance: str, score: float = 0.9) -> Mention:
    start = text.index(surface)
    return Mention(
        start,
        start + len(surface),
        surface,
        substance,
        surface,
        "name",
        score,
        "raw",
        (("clear", 1.0),),
        ("an unambiguous name",),
        ("seizure",),
    )


def mentions(article: Article) -> tuple[Mention, ...]:
    found = [("fentanyl", "fentanyl"), ("(2-bromoethyl)benzene", "phenethyl-bromide")]
    return tuple(mention(article.text, s, key) for s, key in found if s in article.text)


def alert(article: Article, found: Mention, *, now: datetime = NOW, quiet: bool = False) -> Alert:
    start, stop = max(0, found.start - 20), found.stop + 20
    snippet = article.text[start:stop]
    listings = [entry for entry in LISTINGS if entry.substance == found.substance]
    return Alert(
        substance=found.substance,
        article_url=article.url,
        rule="everything",
        severity=Severity.HIGH,
        score=found.score,
        mentions=(found,),
        snippets=(Snippet(start, start + len(snippet), snippet),),
        listings=tuple(ListingStatus(entry, entry.at(article.date)) for entry in listings),
        reasons=("rule everything fits", "score 0.90 is at least 0.50"),
        watchlist=WATCHLIST.digest,
        raised_at=now,
        quiet=quiet,
    )


def record(article: Article, *, now: datetime = NOW) -> Record:
    """The record of an article in which every mention leads to an alert."""
    found = mentions(article)
    alerts = tuple(alert(article, m, now=now) for m in found)
    return Record(article, found, alerts, WATCHLIST.digest, "1")


def edited(original: Article, text: str) -> Article:
    return replace(original, text=text, fetched_at=original.fetched_at + HOUR)
