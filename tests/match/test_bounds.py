"""What one text may cost: counted bounds, what is kept beyond them, and what is said of the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.bounds import Bounds, first_of_each
from monitor.match.mentions import search
from monitor.match.systematic import candidates
from tests.match.lexicons import shipped

TEXT = "The police seized the drug ketamine, then fentanyl. "


@pytest.mark.parametrize(
    ("items", "most", "kept"),
    [
        ("aab", 3, "aab"),  # no more than fit
        ("aaab", 3, "aab"),  # the rare one is not hidden by the frequent one before it
        ("aaabbb", 4, "aabb"),
        ("aaabbbc", 4, "abc"),  # two of each would be five
        ("abcd", 2, "ab"),  # more kinds than fit
        ("", 2, ""),
    ],
)
def test_the_first_of_each_kind_are_kept(items: str, most: int, kept: str) -> None:
    assert "".join(first_of_each(list(items), str, most)) == kept


@given(st.text("abcdef", max_size=60), st.integers(1, 40))
def test_no_more_are_kept_than_fit_and_no_kind_is_lost(items: str, most: int) -> None:
    kept = first_of_each(list(items), str, most)
    assert len(kept) <= most
    assert len(set(kept)) == min(len(set(items)), most)
    for kind in set(kept):  # the first ones
        assert [at for at, item in enumerate(items) if item == kind][: kept.count(kind)]
    assert len(items) > most or kept == list(items)


def test_an_ordinary_text_is_searched_whole() -> None:
    found = search(shipped(), TEXT * 20, "en")
    assert (len(found.mentions), found.left_out) == (40, ())


@pytest.mark.parametrize(
    ("bounds", "mentions", "said"),
    [
        (Bounds(candidates=39), 38, "substances are named at more than 39 places"),
        (Bounds(candidates=40), 40, ""),
        (Bounds(places=30), 30, "names may stand at more than 30 places"),
        (Bounds(characters=len(TEXT) * 10), 20, "only the first 520 of 1,040 characters were searched"),
        (Bounds(characters=len(TEXT) * 20), 40, ""),
    ],
)
def test_beyond_a_bound_what_was_found_is_kept_and_the_rest_is_said(
    bounds: Bounds, mentions: int, said: str
) -> None:
    found = search(shipped(), TEXT * 20, "en", bounds=bounds)
    assert len(found.mentions) <= mentions
    assert {mention.substance for mention in found.mentions} >= {"ketamine", "fentanyl"}
    assert said in "; ".join(found.left_out)
    assert bool(said) == bool(found.left_out)


def test_a_name_at_the_end_of_a_page_of_another_is_found() -> None:
    text = TEXT + "ketamine " * 300 + "and carfentanil."
    found = search(shipped(), text, "en", bounds=Bounds(candidates=100, places=150))
    assert "carfentanil" in {mention.substance for mention in found.mentions}


def test_misspelt_names_are_looked_for_in_the_beginning() -> None:
    text = TEXT + "words " * 200 + "methamphetemine"
    assert search(shipped(), text, "en").mentions[-1].surface == "methamphetemine"
    cut = search(shipped(), text, "en", bounds=Bounds(for_slips=500))
    assert [mention.surface for mention in cut.mentions] == ["ketamine", "fentanyl"]
    assert cut.left_out == ("misspelt names were looked for in the first 500 characters only",)


def test_systematic_names_are_read_at_so_many_places() -> None:
    text = "4-chloro-N-methyl-2-phenylpropan-1-amine; " * 10
    bounds = Bounds(stretches=4)
    assert len(candidates(text)) == 10
    assert 1 <= len(candidates(text, (), bounds)) <= 4
    assert bounds.left_out == ["systematic names were read at the first 4 places only"]


@pytest.mark.parametrize("text", ["ketamine fentanyl ", "ketamine (KET) KET KET "])
def test_a_page_of_names_has_no_more_mentions_than_the_bound(text: str) -> None:
    found = search(shipped(), "the drug " + text * (200_000 // len(text)), "en")
    assert len(found.mentions) <= 4_000
    assert found.left_out[-1] == "substances are named at more than 4,000 places: the first of each were kept"
