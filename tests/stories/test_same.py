"""The points for and against one event: each rule by a pair that has it and a near miss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Mention
from monitor.stories import Trace, Verdict, keys, same_event, trace, wanted

AT = datetime(2026, 3, 17, 12, tzinfo=UTC)


def made(text: str, language: str = "en", *, substance: str = "cocaine", at: datetime = AT) -> Trace:
    article = Article("s", "https://s.example/1", text.partition("\n")[0], text, at, language, at)
    mention = Mention(0, 1, text[:1], substance, substance, "name", 0.9)
    return trace(article, [mention] if substance else [])


FIND = made(
    "Cocaine in bananas\nCustoms officers in Antwerp found 1,208 kilos of cocaine among bananas of Ecuador. "
    "The load was on its way to Breda. Nobody has been arrested, the prosecutor said."
)
GERMAN = made(
    "Kokain zwischen Bananen\nIn Antwerpen entdeckte der Zoll rund 1,2 Tonnen Kokain zwischen Bananen. "
    "Ziel war Breda in den Niederlanden.",
    "de",
)


def test_one_event_in_two_languages_with_its_reasons() -> None:
    verdict = same_event(FIND, GERMAN)
    assert verdict.same
    told = " | ".join(verdict.reasons)
    assert "both tell of Antwerp, Breda" in told
    assert "1.208 t in the one, 1.2 t in the other, which may be one amount" in told
    assert "banana" in told
    assert verdict.score == pytest.approx(
        sum(float(reason.split()[0]) for reason in verdict.reasons), abs=0.05 * len(verdict.reasons)
    )


def test_the_same_rare_substances_alone_are_no_event() -> None:
    rare = ("bmk", "pmk", "anpp", "npp", "1-boc-4-ap")
    german = "In einer Halle standen Fässer mit Chemikalien. Ein Gutachter sprach von Vorstufen für Drogen."
    english = "A trader listed drums of chemicals. An expert spoke of precursors, and of a warehouse."
    one = replace(made(f"Chemikalien\n{german * 2}", "de"), substances=rare)
    other = replace(made(f"Chemicals\n{english * 2}"), substances=rare)
    verdict = same_event(one, other)
    assert any(reason.startswith("+2.2 both name") for reason in verdict.reasons)
    assert not verdict.same


def test_the_order_does_not_matter() -> None:
    assert same_event(FIND, GERMAN).score == same_event(GERMAN, FIND).score


@pytest.mark.parametrize(
    "other",
    [
        made(
            "Cocaine in cocoa\nCustoms officers in Rotterdam found 912 kilos of cocaine among cocoa. "
            "The load was on its way to Barendrecht. Three men were arrested, the prosecutor said."
        ),
        made("Annual report\nCustoms seized 44 t of cocaine in Antwerp last year, 10 per cent less."),
        made(
            "Eight years\nA court in Antwerp sentenced a docker to eight years over cocaine; he was guilty."
        ),
        made(
            "Ketamine in bananas\nCustoms officers in Antwerp found 90 kilos of ketamine among bananas.",
            substance="ketamine",
        ),
        replace(FIND, at=AT + timedelta(days=8), sha256="x"),
    ],
    ids=["another city", "statistics", "a trial", "another drug", "too late"],
)
def test_other_events(other: Trace) -> None:
    assert not same_event(FIND, other).same
    assert not same_event(other, FIND).same


def test_the_same_text_is_the_same_event() -> None:
    assert same_event(FIND, replace(FIND, outlet="other")) == Verdict(True, 10.0, ("+10.0 the same text",))


# --- what is said of the values compared ---------------------------------------------------------------

RAID = (
    "Ketamine in {city}\nCustoms officers found {amount} of ketamine {where} in {city} {day}. {who} held. "
    "The case has the number {case}.{more}"
)
BASE = {
    "city": "Antwerp",
    "amount": "875 kg",
    "where": "in a flat",
    "day": "on 14 March",
    "who": "One man was",
    "case": "5121",
    "more": "",
}


def raid(**changes: str) -> Trace:
    text = RAID.format(**{**BASE, **changes})
    start = text.index("ketamine", 20)
    article = Article("s", "https://s.example/1", text.partition("\n")[0], text, AT, "en", AT)
    found = Mention(start, start + 8, "ketamine", "ketamine", "ketamine", "name", 0.9)
    return trace(article, [found])


OTHER_WORDS = {
    "875 kg": ("+2.2 both tell of 875 kg", ""),
    "about 880 kg": ("875 kg in the one, 880 kg in the other, which may be one amount", "both tell of 8"),
    "857 kg": ("-2.0 875 kg of ketamine in the one, 857 kg in the other", "both tell of 8"),
    "80 kg": ("-2.0 875 kg of ketamine in the one, 80 kg in the other", "both tell of 8"),
}


@pytest.mark.parametrize("amount", OTHER_WORDS)
def test_what_is_said_of_amounts_is_what_was_compared(amount: str) -> None:
    later = replace(raid(amount=amount, more=" Nothing else is known."), at=AT + timedelta(hours=1))
    told = " | ".join(same_event(raid(), later).reasons)
    wanted_words, never = OTHER_WORDS[amount]
    assert wanted_words in told
    assert not never or never not in told


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"amount": "857 kg"}, True),  # a correction of the amount: all else is the same
        ({"amount": "857 kg", "day": "on 12 March"}, False),
        ({"amount": "857 kg", "case": "9300"}, False),
        ({"day": "on 12 March", "case": "9300"}, False),
        ({"who": "Two men were", "where": "in a van", "day": "on 12 March"}, False),
        ({"who": "Two men were"}, True),  # more arrests
        ({"amount": "about 880 kg", "where": "in a van"}, True),
        ({"amount": "0.9 tonnes"}, True),
    ],
    ids=str,
)
def test_one_mould_and_other_facts(changes: dict[str, str], same: bool) -> None:
    verdict = same_event(raid(), raid(**changes))
    assert verdict.same is same, verdict.reasons


def test_names_that_differ_by_a_letter_are_shown_as_each_has_them() -> None:
    text = "The mayor spoke to {name} in the town of Kestenholm about a find of cocaine at the harbour there."
    verdict = same_event(made(text.format(name="Jen Dascal")), made(text.format(name="Jen Daskal")))
    told = " | ".join(verdict.reasons)
    assert "Jen Dascal in the one, Jen Daskal in the other" in told or "Jen Daskal in the one" in told
    forms = replace(FIND, substances=("cannabis-resin",), sha256="y")
    told = " | ".join(same_event(replace(FIND, substances=("cannabis",)), forms).reasons)
    assert "both name cannabis" not in told
    assert "cannabis in the one, cannabis-resin in the other" in told or "cannabis-resin in the one" in told


def test_the_same_words_with_other_figures_are_two_of_a_series() -> None:
    text = "Report {n} of the harbour\nThe list names cocaine as cargo {n}. It was told at night, as ever."
    verdict = same_event(made(text.format(n=12)), made(text.format(n=13)))
    assert not verdict.same
    assert any("other figures: 12 in the one, 13 in the other" in reason for reason in verdict.reasons)


def test_an_article_is_found_again_by_its_keys() -> None:
    assert set(wanted(FIND)) & set(keys(GERMAN))
    assert set(keys(FIND)) <= set(wanted(FIND))
    assert len(keys(FIND)) <= 56
    assert all(0 <= key < 2**63 for key in wanted(FIND))
