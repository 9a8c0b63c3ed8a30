"""Numbers with units, as news in several languages writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.numbers import Quantity, agree, quantities, weight


@pytest.mark.parametrize(
    ("text", "kind", "value", "near"),
    [
        ("more than 1.2 tonnes of cocaine", "mass", 1_200_000, "more"),
        ("1.208 Kilogramm Kokain", "mass", 1_208_000, ""),
        ("1 200 kg de cocaïne", "mass", 1_200_000, ""),
        ("rund 1,2 Tonnen", "mass", 1_200_000, "about"),
        ("1'200 kg in Basel", "mass", 1_200_000, ""),
        ("half a tonne of coke", "mass", 500_000, ""),
        ("media tonelada de cocaína", "mass", 500_000, ""),
        ("Dix-huit tonnes d'anhydride", "mass", 18_000_000, ""),
        ("zwei Tonnen Haschisch", "mass", 2_000_000, ""),
        ("26 pounds of meth", "mass", 26 * 453.592, ""),
        ("85 Liter Amphetaminöl", "volume", 85, ""),
        ("2.4 million captagon pills", "pills", 2_400_000, ""),
        ("410 mil pastillas azules", "pills", 410_000, ""),
        ("1,1 miljoen xtc-pillen", "pills", 1_100_000, ""),
        ("fast 30 Millionen Tabletten", "pills", 30_000_000, "less"),
        ("worth £40m on the street", "pound", 40_000_000, ""),
        ("60 millions d'euros", "euro", 60_000_000, ""),
        ("over $1,100,000 in street value", "dollar", 1_100_000, "more"),
        ("a 31-year-old man", "", 31, ""),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, kind: str, value: float, near: str) -> None:
    (found,) = quantities(text)
    assert (found.kind, found.near) == (kind, near)
    assert found.value == pytest.approx(value)
    assert text[found.at].isalnum()


@pytest.mark.parametrize(
    "text",
    ["in 2024 and 2025", "at 14:05", "the R039 imprint", "on 14/03/2026", "a man and one woman", "3 men"],
)
def test_years_times_dates_and_small_numbers_are_none(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.208 kilo", "1,2 ton", True),
        ("more than a tonne", "1,208 kg", True),
        ("44 pounds", "20 kilos", True),
        ("nearly 125 pounds", "124.8 pounds", True),
        ("3,375 Kilogramm", "3.4 kg", True),  # a decimal comma before three digits
        ("912 kg", "1,208 kg", False),
        ("£250,000", "£90,000", False),
        ("20 kg", "20 litres", False),
        ("912 bales", "913 bales", False),
    ],
)
def test_amounts_agree_as_news_rounds_and_converts(one: str, other: str, same: bool) -> None:
    (a,), (b,) = quantities(one), quantities(other)
    assert agree(a, b) is same
    assert agree(b, a) is same


def test_a_precise_number_says_more_than_a_round_one() -> None:
    precise, round_, small = (Quantity("mass", (value,)) for value in (1_208_000.0, 1_000_000.0, 0.0))
    assert weight(precise) > weight(round_) > weight(small) == 0


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for found in quantities(text):
        assert 0 <= found.at < len(text)
        assert found.values


@given(st.floats(min_value=0.1, max_value=9e8), st.sampled_from(["kg", "tonnes", "litres", "pills"]))
def test_what_is_written_is_read_back(value: float, unit: str) -> None:
    (found, *_) = quantities(f"they found {value:,.1f} {unit} there")
    factor = {"kg": 1e3, "tonnes": 1e6}.get(unit, 1.0)
    assert any(abs(each - round(value, 1) * factor) < 1e-6 * each + 1e-6 for each in found.values)
