"""Numbers that touch a name: amounts, footnote marks, signs of CAS RNs; and those that belong to a name."""

import pytest

from tests.match.lexicons import found, keys, one


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Xanax2mg", "Xanax"), ("OxyContin80mg", "OxyContin"), ("cocaine1kg", "cocaine"),
        ("10mgDiazepam", "Diazepam"), ("fentanyl99%", "fentanyl"), ("Ketamin2,5g", "Ketamin"),
        ("fentanyl1", "fentanyl"), ("fentanyl¹", "fentanyl"), ("ketamine3–5", "ketamine"),
        ("fentanyl1,2", "fentanyl"), ("GBL²", "GBL"), ("3-MMC⁴", "3-MMC"), ("P2P³ (phenylacetone)", "P2P"),
        ("1-boc-4-piperidone3", "1-boc-4-piperidone"), ("Fentanyl12 kg", "Fentanyl"),
    ],
)  # fmt: skip
def test_amounts_and_marks_are_no_part_of_a_name(text: str, surface: str) -> None:
    text = f"Police seized drugs: {text} here."
    place = found(text, "en")[0][0]
    assert place == surface


@pytest.mark.parametrize(
    "text", ["JWH-0181", "fentanyl123", "fentanyl4u", "heroin2go", "4fentanyl", "THC9", "mdma2"]
)
def test_other_numbers_make_another_word(text: str) -> None:
    assert keys(f"The list: {text}.", "en") == set()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2C-T-7", "2c-t-7"), ("LSD-25", "lysergide"), ("25B-NBOMe", "25b-nbome"), ("JWH-018", "jwh-018"),
        ("4-FA", "4-fluoroamfetamine"), ("Δ⁹-THC", "dronabinol"),
    ],
)  # fmt: skip
def test_digits_of_a_name_stay_in_it(text: str, key: str) -> None:
    mention = one(f"Police seized {text} from drug dealers.", "en")
    assert (mention.surface, mention.substance) == (text, key)


@pytest.mark.parametrize(
    "text",
    [
        "CAS28578-16-7", "cas28578-16-7", "28578-16-7CAS:", "BMK28578-16-7", "CAS#28578-16-7",
        "CAS no.28578-16-7", "order now: 28578-16-7 in stock",
    ],
)  # fmt: skip
def test_the_sign_of_a_cas_number_may_touch_it(text: str) -> None:
    mention = one(f"In stock, {text}", "en")
    assert (mention.surface, mention.substance) == ("28578-16-7", "pmk-ethyl-glycidate")


@pytest.mark.parametrize(
    "text",
    [
        "1CAS103-63-95", "X103-63-9-2", "Xy103-63-9", "born 1972-08-3", "on 1972-08-3 he",
        "Order no. 77-10-1", "Aktenzeichen 77-10-1", "pedido nº 77-10-1",
        "заказ № 77-10-1", "Invoice 103-63-9", "tel. 103-63-9",
    ],
)  # fmt: skip
def test_dates_and_file_numbers_are_no_cas_numbers(text: str) -> None:
    assert keys(f"The suspect: {text}.", "en") == set()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("CAS 1972-08-3", "dronabinol"), ("CAS RN 77-10-1", "phencyclidine"),
        ("Order CAS 77-10-1 today", "phencyclidine"), ("dronabinol, 1972-08-3", "dronabinol"),
    ],
)  # fmt: skip
def test_a_sign_of_chemistry_makes_a_cas_number_of_them(text: str, key: str) -> None:
    assert key in keys(text, "en")
    assert any(surface[0].isdigit() for surface, _ in found(text, "en"))
