"""Which story is joined, and which alerts are told: values in, values out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import Alert, Severity, StoryRules
from monitor.stories import Candidate, Told, choose, tell
from tests.stories.test_same import AT, FIND, GERMAN, made

RULES = StoryRules()
WINDOW = RULES.window
DAY = timedelta(days=1)
LIMA = made(
    "Cocaine in Lima\nPolice in Lima found 30 kilos of cocaine in a truck loaded with potatoes on Monday."
)


def alert(substance: str = "cocaine", severity: Severity = Severity.MEDIUM, *, quiet: bool = False) -> Alert:
    return Alert(
        substance, "https://n.example/1", "rule", severity, 0.9, (), (), (), ("why",), "digest", AT, quiet
    )


def test_the_likeliest_story_is_joined() -> None:
    candidates = [
        Candidate("lima", "https://l.example", LIMA),
        Candidate("find", "https://g.example", GERMAN),
    ]
    choice = choose(FIND, candidates, WINDOW)
    assert (choice.story, choice.url, choice.verdict.same) == ("find", "https://g.example", True)
    assert choose(LIMA, candidates[1:], WINDOW).story == ""
    assert choose(FIND, [], WINDOW).story == ""


def test_one_neighbour_is_not_enough_to_join_a_story_of_strangers() -> None:
    strangers = [Candidate("find", f"https://{n}.example", LIMA) for n in range(9)]
    assert choose(FIND, [Candidate("find", "https://g.example", GERMAN), *strangers], WINDOW).story == ""


def told(severity: Severity = Severity.MEDIUM, *, ago: timedelta = DAY, loud: bool = True) -> dict[str, Told]:
    return {"cocaine": Told(severity, AT - ago, loud)}


def test_a_story_is_told_once_for_each_substance() -> None:
    first = tell([alert()], {}, frozenset(), "a", RULES, AT)
    assert (first.raised, first.added) == ((alert(),), ())
    more = tell([alert(), alert("heroin")], told(), frozenset("a"), "b", RULES, AT)
    assert [each.substance for each in more.added] == ["cocaine"]
    assert [(each.substance, each.again) for each in more.raised] == [
        ("heroin", "the story names another substance now")
    ]
    assert more.raised[0].reasons[-1].startswith("told again for this story:")


@pytest.mark.parametrize(
    ("each", "before", "outlets", "rules", "why"),
    [
        (alert(severity=Severity.HIGH), told(), "ab", RULES, "the severity is high now, medium before"),
        (alert(severity=Severity.HIGH), told(), "ab", replace(RULES, higher_severity=False), ""),
        (alert(severity=Severity.LOW), told(), "ab", RULES, ""),
        (alert(), told(), "abcdefghi", RULES, "10 outlets tell it now"),
        (alert(), told(), "abcdefghin", RULES, ""),
        (alert(), told(), "abcdefghi", replace(RULES, more_outlets=()), ""),
        (alert(), told(ago=31 * DAY), "ab", RULES, "it was last told on 2026-02-14, longer ago than"),
        (alert(), told(ago=29 * DAY), "ab", RULES, ""),
        (alert(), told(loud=False), "ab", RULES, "it was told quietly only"),
        (alert(quiet=True), told(loud=False), "ab", RULES, ""),
    ],
)
def test_what_tells_a_story_again(
    each: Alert, before: dict[str, Told], outlets: str, rules: StoryRules, why: str
) -> None:
    telling = tell([each], before, frozenset(outlets), "n", rules, AT)
    assert len(telling.raised) + len(telling.added) == 1
    if why:
        assert telling.raised[0].again.startswith(why)
    else:
        assert telling.added == (each,)


def test_new_substances_may_be_switched_off() -> None:
    rules = replace(RULES, new_substance=False)
    assert tell([alert("heroin")], told(), frozenset("a"), "b", rules, AT).added == (alert("heroin"),)
    assert tell([alert("heroin")], {}, frozenset(), "b", rules, AT).raised == (alert("heroin"),)
