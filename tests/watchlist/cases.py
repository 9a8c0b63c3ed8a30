"""Small hand-made watchlists that several tests of this wing share."""

from __future__ import annotations

from monitor.model import ListInfo, Listing, Name, Severity, Substance, Watchlist

LIST_1 = ListInfo("dea-list-1", "DEA List I chemicals", "DEA", "US", "precursor")
SSL = ListInfo("dea-ssl", "DEA special surveillance list", "DEA", "US", "surveillance")
PROPOSED = ListInfo("dea-proposed", "DEA - proposed for control", "DEA", "US", "proposed")
SCHEDULE = ListInfo("dea-schedule-1", "Schedule I", "DEA", "US", "schedule")

PHENETHYL = Substance(
    "phenethyl-bromide",
    "(2-Bromoethyl)benzene",
    "precursor",
    ("103-63-9",),
    7666,
    "BrCCC1=CC=CC=C1",
    "WMPPDTMATNBGJN-UHFFFAOYSA-N",
    None,
    "a note",
    "a source",
)
BMK = Substance("phenylacetone", "1-Phenyl-2-propanone", "precursor", ("103-79-7",), source="facts")
EMPTY = Watchlist({}, ())


def shipped() -> Watchlist:
    """Two substances on three lists, as if shipped."""
    return Watchlist(
        {each.key: each for each in (PHENETHYL, BMK)},
        (
            Name("(2-bromoethyl)benzene", "phenethyl-bromide", "en", "systematic", source="facts"),
            Name("phenethyl bromide", "phenethyl-bromide", "en", "common", source="facts"),
            Name("Phenethylbromid", "phenethyl-bromide", "de", "common", source="facts"),
            Name("103-63-9", "phenethyl-bromide", "mul", "cas", source="facts"),
            Name("benzyl methyl ketone", "phenylacetone", "en", "common", source="facts"),
            Name("BMK", "phenylacetone", "mul", "acronym", True, "an Austrian ministry", "facts"),
            Name("103-79-7", "phenylacetone", "mul", "cas", source="facts"),
        ),
        (
            Listing(
                "phenethyl-bromide", "dea-ssl", "", "Phenethyl bromide", "2023-10-24", source="88 FR 73044"
            ),
            Listing("phenethyl-bromide", "dea-proposed", "", "ANPRM", "2024-10-28", source="89 FR 85459"),
            Listing("phenylacetone", "dea-list-1", "8501", "P2P", "", "", "", "21 CFR"),
        ),
        {info.id: info for info in (LIST_1, SSL, PROPOSED)},
    )


HIGH = Severity.HIGH
