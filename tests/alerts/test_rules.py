"""`decide` as tables: each condition with an example that fits and a near miss that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts import Past, decide, say
from monitor.model import (
    Alert,
    InForce,
    ListInfo,
    Listing,
    ListingStatus,
    Mention,
    Rule,
    Severity,
    Substance,
    Watchlist,
)
from tests.alerts.cases import NOW, SUBSTANCES, WATCHLIST, article, mention

TEXT = "Customs found fentanyl, BMK, bromide and mine; then more fentanyl."


def one(
    rules: tuple[Rule, ...], substance: str = "fentanyl", *, past: Past | None = None, **more: object
) -> list[Alert]:
    surface = {"fentanyl": "fentanyl", "bmk": "BMK", "bromide": "bromide"}.get(substance, "mine")
    found = mention(TEXT, surface, substance, **more)
    return decide(article(TEXT), [found], WATCHLIST, rules, past or Past(), NOW)


FITTING = [
    # rule, substance, mention's values: fits, and values or substance of a near miss
    (Rule("r", min_score=0.9), {"score": 0.9}, {"score": 0.89}),
    (Rule("r", tags=("seizure",)), {"tags": ("offer", "seizure")}, {"tags": ("seizures",)}),
    (Rule("r", substances=("fentanyl",)), {"substance": "fentanyl"}, {"substance": "bmk"}),
    (Rule("r", kinds=("precursor",)), {"substance": "bmk"}, {"substance": "fentanyl"}),
    (Rule("r", lists=("sched", "x")), {"substance": "fentanyl"}, {"substance": "bmk"}),
    (Rule("r", lists=("ssl",)), {"substance": "bromide"}, {"substance": "fentanyl"}),
    (Rule("r", lists=("prec",)), {"substance": "year"}, {"substance": "future"}),
    (Rule("r", lists=("house",)), {"substance": "mine"}, {"substance": "past"}),
]


@pytest.mark.parametrize(("rule", "fitting", "miss"), FITTING)
def test_conditions(rule: Rule, fitting: dict[str, object], miss: dict[str, object]) -> None:
    assert [alert.rule for alert in one((rule,), **fitting)] == ["r"]  # type: ignore[arg-type]
    assert one((rule,), **miss) == []  # type: ignore[arg-type]


def test_source_condition() -> None:
    rule = Rule("r", sources=("wire",))
    found = [mention(TEXT, "BMK", "bmk")]
    assert decide(article(TEXT), found, WATCHLIST, (rule,), Past(), NOW)
    assert not decide(article(TEXT, source="wire 2"), found, WATCHLIST, (rule,), Past(), NOW)


@pytest.mark.parametrize(
    ("rule_severity", "substance", "form", "severity"),
    [
        (None, "fentanyl", "raw", Severity.HIGH),  # a schedule in force
        (None, "bmk", "normal", Severity.HIGH),  # a precursor list in force
        (None, "year", "raw", Severity.HIGH),  # listed in the article's year, day unknown
        (None, "bromide", "raw", Severity.MEDIUM),  # surveillance and proposal only
        (None, "free", "raw", Severity.LOW),  # no list
        (None, "future", "raw", Severity.LOW),  # listed after the article
        (None, "past", "raw", Severity.LOW),  # removed before the article
        (None, "mine", "raw", Severity.CRITICAL),  # the watchlist's own word
        (Severity.LOW, "mine", "raw", Severity.LOW),  # the rule's word goes first
        (None, "bromide", "skeleton", Severity.HIGH),  # a disguise raises by one
        (Severity.LOW, "fentanyl", "skeleton", Severity.MEDIUM),
        (None, "mine", "skeleton", Severity.CRITICAL),  # there is nothing above
    ],
)
def test_severity(rule_severity: Severity | None, substance: str, form: str, severity: Severity) -> None:
    (alert,) = one((Rule("r", severity=rule_severity),), substance, form=form)
    assert alert.severity is severity


def test_one_alert_a_substance_with_all_its_mentions() -> None:
    found = [
        mention(TEXT, "fentanyl", "fentanyl", nth=1, score=0.7),
        mention(TEXT, "BMK", "bmk"),
        mention(TEXT, "fentanyl", "fentanyl"),
    ]
    alerts = decide(article(TEXT), found, WATCHLIST, (), Past(), NOW)
    assert [alert.substance for alert in alerts] == ["fentanyl", "bmk"]
    assert [each.start for each in alerts[0].mentions] == [14, 57]
    assert alerts[0].score == 0.9
    assert alerts[0].watchlist == WATCHLIST.digest
    assert all("fentanyl" in each.text for each in alerts[0].snippets)


def test_without_rules_the_default_rule_stands() -> None:
    assert [alert.rule for alert in one((), score=0.5)] == ["default"]
    assert one((), score=0.49) == []


def test_the_first_rule_that_fits_decides() -> None:
    rules = (Rule("weak", min_score=0.95), Rule("first", lists=("sched",)), Rule("second"))
    assert [alert.rule for alert in one(rules)] == ["first"]
    assert [alert.rule for alert in one(rules[::-1])] == ["second"]


def test_a_silencing_rule_silences_what_it_fits_and_no_more() -> None:
    silence = Rule("hush", substances=("fentanyl",), tags=("legislation",), raise_alert=False)
    rules = (silence, Rule("rest"))
    assert one(rules, tags=("legislation",)) == []
    assert len(one(rules, tags=("seizure",))) == 1
    assert len(one(rules, "bmk", tags=("legislation",))) == 1
    assert len(one(rules[::-1], tags=("legislation",))) == 1  # too late


def test_a_silenced_mention_leaves_the_others_of_its_substance() -> None:
    found = [
        mention(TEXT, "fentanyl", "fentanyl", tags=("legislation",)),
        mention(TEXT, "fentanyl", "fentanyl", nth=1),
    ]
    rules = (Rule("hush", tags=("legislation",), raise_alert=False), Rule("rest"))
    (alert,) = decide(article(TEXT), found, WATCHLIST, rules, Past(), NOW)
    assert [each.start for each in alert.mentions] == [57]


def test_what_was_told_of_this_article_is_not_told_again() -> None:
    past = Past(already=frozenset({"fentanyl"}))
    assert one((), past=past) == []
    assert len(one((), "bmk", past=past)) == 1


@pytest.mark.parametrize(
    ("ago", "key", "quiet"),
    [
        (timedelta(minutes=59), ("r", "fentanyl"), True),
        (timedelta(hours=1), ("r", "fentanyl"), False),
        (timedelta(minutes=5), ("other rule", "fentanyl"), False),
        (timedelta(minutes=5), ("r", "bmk"), False),
    ],
)
def test_quiet_period_keeps_the_alert_and_marks_it(ago: timedelta, key: tuple[str, str], quiet: bool) -> None:
    (alert,) = one((Rule("r", quiet=3600),), past=Past(last_alert={key: NOW - ago}))
    assert alert.quiet is quiet


def test_reasons_name_surface_rule_severity_and_evidence() -> None:
    (alert,) = one((Rule("r", min_score=0.6),), "bmk", reasons=("“precursor” stands near it",))
    assert alert.reasons == (
        "the text names Phenylacetone as “BMK”",
        "rule “r” fits: score 0.90, at least 0.60 asked",
        "severity high: it is on a control list at the article's date",
        "“precursor” stands near it",
    )


def test_a_mention_of_an_unknown_substance_is_a_bug_of_the_caller() -> None:
    with pytest.raises(KeyError):
        one((), "nobody knows it")


MENTIONS = st.lists(
    st.builds(
        lambda at, key, score, form, tags: Mention(
            at, at + 3, TEXT[at : at + 3], key, "n", "name", score, form, (), (), tags
        ),
        st.integers(0, len(TEXT) - 3),
        st.sampled_from(sorted(SUBSTANCES)),
        st.floats(0, 1),
        st.sampled_from(["raw", "normal", "skeleton"]),
        st.sampled_from([(), ("seizure",), ("legislation",)]),
    ),
    max_size=12,
)
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([(), ("sched",), ("ssl", "prop")]),
        st.sampled_from([(), ("fentanyl",), ("bmk", "mine")]),
        min_score=st.floats(0, 1),
        quiet=st.sampled_from([0.0, 3600.0]),
        raise_alert=st.booleans(),
    ),
    max_size=4,
)


@given(MENTIONS, RULES)
def test_never_twice_and_always_the_same(mentions: list[Mention], rules: list[Rule]) -> None:
    page = article(TEXT)
    alerts = decide(page, mentions, WATCHLIST, rules, Past(), NOW)
    told = [alert.substance for alert in alerts]
    assert len(told) == len(set(told))
    assert decide(page, list(reversed(mentions)), WATCHLIST, rules, Past(), NOW) == alerts or _ties(mentions)
    past = Past(already=frozenset(told))
    assert decide(page, mentions, WATCHLIST, rules, past, NOW + timedelta(days=1)) == []
    assert decide(replace(page, fetched_at=NOW), mentions, WATCHLIST, rules, Past(), NOW) == alerts


def _ties(mentions: list[Mention]) -> bool:
    """Two mentions of one substance on one span have no order of their own."""
    spans = [(each.start, each.stop, each.substance) for each in mentions]
    return len(spans) != len(set(spans))


@given(MENTIONS, RULES)
def test_every_alert_is_a_mention_that_a_raising_rule_fits(
    mentions: list[Mention], rules: list[Rule]
) -> None:
    for alert in decide(article(TEXT), mentions, WATCHLIST, rules, Past(), NOW):
        assert alert.mentions
        assert all(each in mentions and each.substance == alert.substance for each in alert.mentions)
        assert not rules or any(rule.name == alert.rule and rule.raise_alert for rule in rules)
        assert alert.score == max(each.score for each in alert.mentions)


def test_a_possible_member_of_a_class_is_told_as_no_more_than_that() -> None:
    info = ListInfo("law", "The class", "DEA", "US", "class")
    key, name = "class:law", "possible member of The class"
    watchlist = Watchlist(
        {key: Substance(key, name, "nps")}, (), (Listing(key, "law", since="2018-02-06"),), {"law": info}
    )
    text = "A seller offers 4-examplylpiperidine now."
    found = mention(text, "4-examplylpiperidine", key, method="class", name="ABC")
    (alert,) = decide(article(text), [found], watchlist, (), Past(), NOW)
    assert alert.severity is Severity.MEDIUM
    assert alert.reasons[0] == "the text names “4-examplylpiperidine”: possible member of The class"
    assert "severity medium: whether it falls under the class is for a person to judge" in alert.reasons
    (status,) = alert.listings
    assert say(status, info) == (
        "The class: class in force since 2018-02-06 (a possible member: a person has to judge)"
    )
    undated = ListingStatus(Listing(key, "law"), InForce.UNKNOWN)
    assert say(undated, info).startswith("The class: class listed, since when is not known")


@pytest.mark.parametrize(("times", "kept", "said"), [(100, 100, False), (101, 100, True), (4_000, 100, True)])
def test_of_one_name_the_first_hundred_places_and_the_number_are_kept(
    times: int, kept: int, said: bool
) -> None:
    text = "fentanyl " * times + "phenylacetone"
    found = [
        Mention(9 * n, 9 * n + 8, "fentanyl", "fentanyl", "fentanyl", "name", 0.9, reasons=("a word",))
        for n in range(times)
    ]
    raised = decide(
        article(text), [*found, mention(text, "phenylacetone", "bmk")], WATCHLIST, (), Past(), NOW
    )
    assert [len(each.mentions) for each in raised] == [kept, 1]
    number = f"“fentanyl” stands at {times:,} places; the first 100 are kept"
    assert (number in raised[0].reasons) == said
    assert raised[0].places == times
    assert sum(len(each.text) for each in raised[0].snippets) < 3_000


def test_the_best_place_of_a_name_is_kept_wherever_it_stands() -> None:
    text = "fentanyl " * 300
    found = [
        Mention(9 * n, 9 * n + 8, "fentanyl", "fentanyl", "fentanyl", "name", 0.95 if n == 250 else 0.6)
        for n in range(300)
    ]
    (raised,) = decide(article(text), found, WATCHLIST, (), Past(), NOW)
    assert (len(raised.mentions), raised.mentions[-1].start, raised.score) == (101, 2250, 0.95)


NARROW_FIRST = (
    Rule(name="narrow", substances=("fentanyl",), min_score=0.9),
    Rule(name="wide", min_score=0.5),
)


@pytest.mark.parametrize("rules", [NARROW_FIRST, NARROW_FIRST[::-1]])
def test_the_earliest_rule_of_the_mentions_is_the_alerts_rule(rules: tuple[Rule, ...]) -> None:
    """Of two mentions one fits the second rule alone, and comes first in the text."""
    text = "fentanyl and fentanyl"
    found = [
        Mention(0, 8, "fentanyl", "fentanyl", "fentanyl", "name", 0.6),
        Mention(13, 21, "fentanyl", "fentanyl", "fentanyl", "name", 0.95),
    ]
    (raised,) = decide(article(text), found, WATCHLIST, rules, Past(), NOW)
    assert raised.rule == rules[0].name
    assert len(raised.mentions) == 2
