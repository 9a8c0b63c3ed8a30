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
    assert "both tell of 1.208 t" in told
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
