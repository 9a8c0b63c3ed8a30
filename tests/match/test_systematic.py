"""Systematic names in running text: whole, at exact offsets, and no ordinary word among them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.systematic import candidates, one_line
from monitor.model import Mention


def spotted(text: str) -> list[str]:
    return [each.surface for each in candidates(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("They sold (4-anilino-1-phenethylpiperidine) openly.", ["4-anilino-1-phenethylpiperidine"]),
        (
            "4-anilino-1-phenethylpiperidine hydrochloride was found",
            ["4-anilino-1-phenethylpiperidine hydrochloride"],
        ),
        ("an ester, ethyl 2-phenylacetate, and water", ["ethyl 2-phenylacetate"]),
        ("Se incautó bromuro de fenetilo en el puerto.", ["bromuro de fenetilo"]),
        ("saisie de bromure de phénéthyle au port", ["bromure de phénéthyle"]),
        ("Sie bestellten (2-Bromethyl)benzol, bar bezahlt.", ["(2-Bromethyl)benzol"]),
        ("as benzene, (2-bromoethyl)-, in the register", ["benzene, (2-bromoethyl)-"]),
    ],
)
def test_a_name_is_spotted_whole(text: str, names: list[str]) -> None:
    assert spotted(text) == names


def test_what_lies_within_a_mention_is_left_out_and_what_holds_one_is_kept() -> None:
    text = "It held 3-methylfentanyl."
    start = text.index("3")
    whole = Mention(start, start + 16, "3-methylfentanyl", "x", "3-methylfentanyl", "name", 1.0)
    part = Mention(start + 8, start + 16, "fentanyl", "x", "fentanyl", "name", 1.0)
    assert [each.surface for each in candidates(text)] == ["3-methylfentanyl"]
    assert candidates(text, [whole]) == ()
    assert [each.surface for each in candidates(text, [part])] == ["3-methylfentanyl"]


def test_a_name_is_written_on_one_line() -> None:
    assert one_line("4-anilino-1-\n  phenethyl\u00adpiperidine\nhydrochloride") == (
        "4-anilino-1-phenethylpiperidine hydrochloride"
    )


PIECES = st.sampled_from(
    [
        *"methyl - ( ) [ ] 2 , benzene amine é β N ' acid ester \xad 𝒶 de bromuro sodium � / . ic "
        "yl 1 bromide propan-2-one N,N- d' tert - - -".split(" "),
        " ",
        "\n",
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_offsets_are_exact_and_candidates_do_not_overlap(text: str) -> None:
    found = candidates(text)
    assert all(text[each.start : each.stop] == each.surface != "" for each in found)
    assert all(left.stop <= right.start for left, right in pairwise(found))
