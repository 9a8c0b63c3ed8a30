"""Quality has a floor: what `same_event` makes of the labelled pairs must not fall below floors.json."""

from __future__ import annotations

from monitor.pipeline.prepare import build_matcher
from tests.corpus.check import problems, read_floors
from tests.stories import moulds
from tests.stories.check import FLOORS, both_digests, judged, measures
from tests.stories.events import HALVES, load, pairs
from tests.stories.score import told


def test_the_pairs_hold_their_floors() -> None:
    results = judged(build_matcher(None))
    found = measures(results)
    shut = problems(found, read_floors(FLOORS), both_digests())
    assert shut == [], "\n".join([*shut, *(told(name, each) for name, each in results.items())])
    for half in HALVES:
        assert found[f"{half} f1"] >= 0.90
        assert found[f"{half} precision"] >= 0.95
        assert found[f"{half} moulds kept apart"] >= 0.995  # of pairs alike but for the event
        assert found[f"{half} moulds recall"] >= 0.95


def test_the_moulds_of_the_halves_are_others_and_make_enough_pairs() -> None:
    tune, held = (moulds.pairs(half) for half in HALVES)
    assert {each.one.article.source for each in tune}.isdisjoint(each.one.article.source for each in held)
    for made in (tune, held):
        assert sum(each.same for each in made) >= 500
        assert sum(not each.same for each in made) >= 1000
        languages = {each.one.article.language for each in made}
        assert languages == {"en", "de", "es", "fr", "nl"}


def test_there_are_enough_pairs_of_both_sorts_in_five_languages() -> None:
    told_of = [each for half in HALVES for each in load(half)]
    labelled = pairs(told_of)
    same = sum(label for _, _, label in labelled)
    assert len(labelled) >= 300
    assert min(same, len(labelled) - same) >= 100
    assert {"en", "de", "es", "fr", "nl"} <= {each.article.language for each in told_of}
