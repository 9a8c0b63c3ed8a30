"""The gate: judge the labelled pairs, print what is reached, hold it to the floors in floors.json.

python -m tests.stories.check                       print the figures; exit 1 below a floor
python -m tests.stories.check --errors 20           with the pairs of the tuning half that are judged wrongly
python -m tests.stories.check --update              raise the floors to what is reached now
python -m tests.stories.check --update --lower-because "reason"      the only way to lower one
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.pipeline.prepare import Matcher, build_matcher
from monitor.stories.keys import keys, wanted
from monitor.stories.same import Verdict, same_event
from monitor.stories.trace import Trace, trace
from tests.corpus.check import problems, read_floors, renewed, write_floors
from tests.stories import moulds
from tests.stories.events import HALVES, Told, digest, load, pairs, strangers
from tests.stories.score import Result, score, told

DAY = datetime(2026, 1, 1, tzinfo=UTC)
FLOORS = Path(__file__).parent / "floors.json"


def traced(articles: Sequence[Told], matcher: Matcher) -> dict[str, Trace]:
    """Each article's trace, with the substances that the shipped watchlist finds in it."""
    return {
        each.id: trace(each.article, matcher.find(each.article.text, each.article.language))
        for each in articles
    }


def judged(matcher: Matcher) -> dict[str, Result]:
    """Both halves, and the strangers: pairs of two families, taken as if all had come on one day."""
    results = {}
    for half in HALVES:
        articles = load(half)
        traces = traced(articles, matcher)
        results[half] = score(pairs(articles), traces, same_event)
        results[f"{half} found"] = score(pairs(articles), traces, _found_and_same)
        one_day = {id: replace(each, at=DAY, dated=False) for id, each in traces.items()}
        apart = ((a, b, False) for a, b in strangers(articles))
        results[f"{half} strangers"] = score(apart, one_day, same_event)
        results[f"{half} moulds"] = cast(half, matcher)
    return results


def cast(half: str, matcher: Matcher) -> Result:
    """The pairs of `moulds.py`: of one event, and alike but for the event."""
    cases = moulds.pairs(half)
    articles = {each.id: each for case in cases for each in (case.one, case.other)}
    traces = traced(list(articles.values()), matcher)
    return score(((case.one, case.other, case.same) for case in cases), traces, same_event)


def _found_and_same(one: Trace, other: Trace) -> Verdict:
    """As the program meets them: only articles filed under one key are compared at all."""
    verdict = same_event(one, other)
    met = not set(wanted(one)).isdisjoint(keys(other)) or not set(wanted(other)).isdisjoint(keys(one))
    return verdict if met else replace(verdict, same=False)


def measures(results: dict[str, Result]) -> dict[str, float]:
    """The numbers that have a floor; more is better for each of them."""
    found = {}
    for half in HALVES:
        result = results[half]
        found |= {
            f"{half} precision": result.precision,
            f"{half} recall": result.recall,
            f"{half} f1": result.f1,
        }
        made = results[f"{half} moulds"]
        found[f"{half} moulds recall"] = made.recall
        found[f"{half} moulds kept apart"] = made.apart / (made.apart + made.wrong)
        found[f"{half} found"] = results[f"{half} found"].recall / (result.recall or 1.0)
    strange = [results[f"{half} strangers"] for half in HALVES]
    apart, wrong = sum(each.apart for each in strange), sum(each.wrong for each in strange)
    return {**found, "strangers kept apart": apart / (apart + wrong)}


def both_digests() -> str:
    return " ".join(f"{digest(half)} {moulds.digest(half)}" for half in HALVES)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Score same_event on the labelled pairs.")
    parser.add_argument("--update", action="store_true", help="set the floors to what is reached now")
    parser.add_argument("--lower-because", default="", metavar="REASON", help="needed to lower a floor")
    parser.add_argument("--errors", type=int, default=0, help="how many wrong verdicts to print")
    parser.add_argument("--cache", type=Path, help="folder for the prepared lexicon, to be faster")
    asked = parser.parse_args(arguments)
    results = judged(build_matcher(None, asked.cache))
    for name, result in results.items():
        # what the held half gets wrong is not shown: whoever saw it would tune to it
        print(told(name, result, 0 if name.startswith("held") else asked.errors))
    found = measures(results)
    if asked.update:
        try:
            write_floors(renewed(found, read_floors(FLOORS), both_digests(), asked.lower_because), FLOORS)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    shut = problems(found, read_floors(FLOORS), both_digests())
    print("\n".join(shut) or "all floors held")
    return 1 if shut else 0


if __name__ == "__main__":
    sys.exit(main())
