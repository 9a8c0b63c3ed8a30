"""What is handed to the sources that search for the watched names."""

from __future__ import annotations

from monitor.model import ListInfo, Listing, Name, Source, Substance, Watchlist
from monitor.pipeline.prepare import with_terms

GDELT = Source("world", "gdelt", "https://example.org")
WATCHLIST = Watchlist(
    substances={"aa": Substance("aa", "Acetic anhydride"), "pmk": Substance("pmk", "PMK")},
    names=(
        Name("acetic anhydride", "aa", "en"),
        Name("acetic oxide", "aa", "en"),
        Name("ethanoic anhydride", "aa", "en"),
        Name("Essigsäureanhydrid", "aa", "de"),
        Name("acetyl acetate", "aa", "en", type="systematic"),
        Name("PMK", "pmk", ambiguous=True),
        Name("piperonal methyl ketone", "pmk", "en"),
        Name("1-(1,3-benzodioxol-5-yl)propan-2-one", "pmk", "en"),
    ),
    listings=(Listing("aa", "l-1"), Listing("pmk", "mine-x")),
    lists={
        "l-1": ListInfo("l-1", "List I", "DEA", "US", "precursor"),
        "mine-x": ListInfo("mine-x", "my list", "", "", "house"),
    },
)


def terms(**options: object) -> object:
    (source,) = with_terms([Source("g", "gdelt", "u", options=options)], WATCHLIST)
    return source.options["terms"]


def test_its_own_name_and_one_more_in_words() -> None:
    assert terms() == ("acetic anhydride", "acetic oxide", "piperonal methyl ketone")


def test_only_of_some_lists_by_id_or_own_name() -> None:
    assert terms(lists=("l-1",)) == ("acetic anhydride", "acetic oxide")
    assert terms(lists=("my list",)) == ("piperonal methyl ketone",)


def test_terms_of_ones_own_stay() -> None:
    assert terms(terms=("nitazene",)) == ("nitazene",)


def test_other_sources_stay_as_they_are() -> None:
    feed = Source("f", "feed", "https://example.org/feed")
    assert with_terms([feed], WATCHLIST) == (feed,)
