"""Finding a substance by anything that names it."""

from __future__ import annotations

import pytest

from monitor.watchlist import load_builtin, lookup, near
from tests.watchlist.cases import shipped


@pytest.mark.parametrize(
    "text",
    [
        "phenethyl bromide",
        "PHENETHYL   BROMIDE",
        "(2-Bromoethyl)benzene",
        "(2‐bromoethyl)benzene",  # a Unicode hyphen
        "103-63-9",
        "103–63–9",
        "WMPPDTMATNBGJN-UHFFFAOYSA-N",
        "wmppdtmatnbgjn-uhfffaoysa-n",
        "phenethyl-bromide",
        " Phenethylbromid ",
    ],
)
def test_by_any_name_number_or_key(text: str) -> None:
    assert [found.key for found in lookup(shipped(), text)] == ["phenethyl-bromide"]


def test_ambiguous_names_find_too() -> None:
    assert [found.key for found in lookup(shipped(), "bmk")] == ["phenylacetone"]


@pytest.mark.parametrize("text", ["", "bromide", "103-63-8", "no such thing"])
def test_nothing_found(text: str) -> None:
    assert lookup(shipped(), text) == []


def test_the_shipped_lists() -> None:
    watchlist = load_builtin()
    for text in ("Haschisch", "苯丙酮", "P2P", "propionyl chloride", "79-03-8", "кокаин"):
        assert len(lookup(watchlist, text)) == 1, text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("phenethyl bromid", ["phenethyl bromide", "Phenethylbromid"]),
        ("103-63-8", ["103-63-9"]),
        ("50-00-0", []),
        ("zzzz", []),
        ("", []),
    ],
)
def test_what_may_have_been_meant(text: str, meant: list[str]) -> None:
    assert near(shipped(), text) == meant
