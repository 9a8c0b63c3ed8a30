"""An explanation names everything that led to the alert, and every silencer really silences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts import Past, decide, explain, silencers
from monitor.model import Alert, Article, Rule
from tests.alerts.cases import LISTS, NOW, SUBSTANCES, WATCHLIST, article, mention

TEXT = "A result was returned\nfor (2-bromoethyl)benzene. BMK was offered as well."
RULES = (Rule("precursors", kinds=("precursor",), quiet=86400), Rule("rest"))


def raised(rules: tuple[Rule, ...] = RULES, **more: object) -> tuple[Alert, Article]:
    page = article(TEXT)
    found = mention(
        TEXT, "(2-bromoethyl)benzene", "bromide", features=(("length", 21.0),), tags=("offer",), **more
    )
    (alert,) = decide(page, [found], WATCHLIST, rules, Past(), NOW)
    return alert, page


def test_tells_where_how_why_and_the_lists() -> None:
    alert, page = raised()
    told = "\n".join(explain(alert, page, SUBSTANCES["bromide"], LISTS, RULES))
    for part in (
        "MEDIUM  (2-Bromoethyl)benzene",
        "https://example.org/a",
        "“(2-bromoethyl)benzene” at 26–47, score 0.90",
        "│ A result was returned for »(2-bromoethyl)benzene«. BMK",
        "in the text as written",
        "features: length 21",
        "said of it: offer",
        "Rule “precursors”",
        "kinds: any of precursor",
        "quiet for 24 hours",
        "under surveillance since 2023-10-24 (not a schedule)",
        "proposed since 2024-10-28 (not adopted)",
        "What would have kept it silent",
        "`min_score: 0.91` or higher",
        "`use: never` under `names:` for `(2-bromoethyl)benzene`",
        "A mention is not an accusation.",
    ):
        assert part in told
    assert "scheduled" not in told


@pytest.mark.parametrize("quiet", [True, False])
def test_a_quiet_alert_is_called_so_and_no_other(quiet: bool) -> None:
    alert, page = raised()
    told = "\n".join(explain(replace(alert, quiet=quiet), page, SUBSTANCES["bromide"], LISTS, RULES))
    assert ("quiet: an earlier alert of the same rule is recent" in told) == quiet


def test_quotes_the_snippet_when_the_text_is_past_its_retention() -> None:
    alert, page = raised()
    told = "\n".join(explain(alert, replace(page, text=""), SUBSTANCES["bromide"], LISTS, RULES))
    assert "»(2-bromoethyl)benzene«" in told
    assert "past its retention" in told


def test_a_rule_that_is_gone_is_told() -> None:
    alert, page = raised()
    told = explain(alert, page, SUBSTANCES["bromide"], LISTS, (Rule("other"),))
    assert "Rule “precursors”: no longer in the configuration" in told


@pytest.mark.parametrize("rules", [RULES, (), (Rule("a", tags=("offer",)), Rule("b"))])
@pytest.mark.parametrize("score", [0.5, 0.774, 0.9951, 1.0])
def test_every_silencer_silences(rules: tuple[Rule, ...], score: float) -> None:
    alert, page = raised(rules, score=score)
    found = silencers(alert, page, rules)
    # names in brackets must be quoted: else the configuration refuses what is advised here
    assert f'`substances: ["{alert.substance}"]`' in found[0].words
    assert len(found) >= 3
    for silencer in found:
        assert decide(page, alert.mentions, WATCHLIST, silencer.rules, Past(), NOW) == [], silencer.words


def test_tells_the_reasons_of_a_mention_the_trick_among_them() -> None:
    alert, page = raised(reasons=("common name", "hidden by digits for letters", 'seizure: "seized"'))
    told = "\n".join(explain(alert, page, SUBSTANCES["bromide"], LISTS, RULES))
    assert 'because: common name; hidden by digits for letters; seizure: "seized"' in told


@pytest.mark.parametrize(("times", "more"), [(20, ""), (21, "and 1 more place"), (90, "and 70 more places")])
def test_only_the_first_places_are_shown_one_by_one(times: int, more: str) -> None:
    text = "fentanyl " * times
    found = [mention(text, "fentanyl", "fentanyl", nth=n) for n in range(times)]
    raised = decide(article(text), found, WATCHLIST, (), Past(), NOW)[0]
    lines = explain(raised, article(text), WATCHLIST.substances["fentanyl"], WATCHLIST.lists, ())
    assert sum(" at " in line and "score 0.90" in line for line in lines if "“fentanyl” at" in line) == min(
        times, 20
    )
    assert [line.strip() for line in lines if line.strip().startswith("and ")] == ([more] if more else [])
