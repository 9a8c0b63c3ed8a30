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
from pathlib import Path

from monitor.prepare import Matcher, build_matcher
from monitor.stories.same import same_event
from monitor.stories.trace import Trace, trace
from tests.corpus.check import problems, read_floors, renewed, write_floors
from tests.stories.events import HALVES, Told, digest, load, pairs, strangers
from tests.stories.score import Result, score, told

FLOORS = Path(__file__).parent / "floors.json"


def traced(articles: Sequence[Told], matcher: Matcher) -> dict[str, Trace]:
    """Each article's trace, with the substances that the shipped watchlist finds in it."""
    return {
        each.id: trace(each.article, matcher.find(each.article.text, each.article.language))
        for each in articles
    }


def judged(matcher: Matcher) -> dict[str, Result]:
    """Both halves, and the strangers: pairs of articles of different families, within a half."""
    results = {}
    apart = Result()
    for half in HALVES:
        articles = load(half)
        traces = traced(articles, matcher)
        results[half] = score(pairs(articles), traces, same_event)
        apart += score(((a, b, False) for a, b in strangers(articles)), traces, same_event)
    return {**results, "strangers": apart}


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
    strange = results["strangers"]
    return {**found, "strangers kept apart": strange.apart / (strange.apart + strange.wrong)}


def both_digests() -> str:
    return " ".join(digest(half) for half in HALVES)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Score same_event on the labelled pairs.")
    parser.add_argument("--update", action="store_true", help="set the floors to what is reached now")
    parser.add_argument("--lower-because", default="", metavar="REASON", help="needed to lower a floor")
    parser.add_argument("--errors", type=int, default=0, help="how many wrong verdicts to print")
    asked = parser.parse_args(arguments)
    results = judged(build_matcher(None))
    for name, result in results.items():
        # what the held half gets wrong is not shown: whoever saw it would tune to it
        print(told(name, result, 0 if name == "held" else asked.errors))
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
