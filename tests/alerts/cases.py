"""A small watchlist, and makers of articles and mentions for the tests of the alerts wing."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import Article, ListInfo, Listing, Mention, Name, Severity, Substance, Watchlist

NOW = datetime(2024, 11, 19, 8, 0, tzinfo=UTC)

LISTS = {
    "sched": ListInfo("sched", "Schedule II", "DEA", "US", "schedule"),
    "prec": ListInfo("prec", "Category 1", "EU", "EU", "precursor"),
    "ssl": ListInfo("ssl", "Special surveillance list", "DEA", "US", "surveillance"),
    "prop": ListInfo("prop", "Proposed rules", "DEA", "US", "proposed"),
    "house": ListInfo("house", "house list", "you", "", "house"),
}
SUBSTANCES = {
    "fentanyl": Substance("fentanyl", "Fentanyl", "narcotic", cas=("437-38-7",)),
    "bmk": Substance("bmk", "Phenylacetone", "precursor"),
    "bromide": Substance("bromide", "(2-Bromoethyl)benzene", "precursor"),
    "mine": Substance("mine", "Examplium", "other", severity=Severity.CRITICAL),
    "free": Substance("free", "Freeline", "other"),
    "future": Substance("future", "Futurine", "precursor"),
    "past": Substance("past", "Pastine", "precursor"),
    "undated": Substance("undated", "Undatedine", "narcotic"),
    "year": Substance("year", "Yearine", "precursor"),
}
WATCHLIST = Watchlist(
    substances=SUBSTANCES,
    names=tuple(Name(each.name, key) for key, each in SUBSTANCES.items()),
    listings=(
        Listing("fentanyl", "sched", code="9801", since="1971-04-01", source="21 CFR 1308.12"),
        Listing("bmk", "prec", since="2005"),
        Listing("bromide", "prop", since="2024-10-28"),
        Listing("bromide", "ssl", since="2023-10-24"),
        Listing("mine", "house"),
        Listing("future", "prec", since="2026-03-10"),
        Listing("past", "sched", since="1990", until="2020-01-01"),
        Listing("undated", "sched"),
        Listing("year", "prec", since="2024"),
    ),
    lists=LISTS,
)
FILLER = "A spokeswoman said on Tuesday that nothing else had been found in the warehouse near the harbour. "


def article(text: str, *, source: str = "wire", published: datetime | None = NOW) -> Article:
    return Article(source, "https://example.org/a", "A title", text, NOW, "en", published)


def mention(text: str, surface: str, substance: str, *, nth: int = 0, **more: object) -> Mention:
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    values: dict[str, object] = {"name": surface, "method": "name", "score": 0.9, **more}
    return Mention(start, start + len(surface), surface, substance, **values)  # type: ignore[arg-type]
