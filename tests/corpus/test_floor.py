"""Quality has a floor: the matcher with the shipped watchlist falls below none, and no case gets worse."""

from tests.corpus import verdicts
from tests.corpus.check import both_digests, halves_measured, matcher, problems, read_floors, table
from tests.corpus.corpus import load


def test_the_matcher_holds_its_floors_and_no_case_gets_worse() -> None:
    find = matcher()
    items = load()
    results, found = halves_measured(items, find)
    better, worse = verdicts.turned(verdicts.read(), verdicts.of(items, find))
    shut = problems(found, read_floors(), both_digests()) + worse
    shown = [f"better: {each}" for each in better]
    assert shut == [], "\n".join([*shut, *shown, "", table(results["tune"], errors=15)])


def test_strong_cases_never_turn() -> None:
    assert len(verdicts.strong()) >= 30
    assert verdicts.broken_strong(matcher()) == []
