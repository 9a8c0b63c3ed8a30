"""Quality has a floor: the matcher with the shipped watchlist must not fall below floors.json."""

from tests.corpus.check import matcher, problems, read_floors, table
from tests.corpus.corpus import digest, load
from tests.corpus.score import measures, score


def test_the_matcher_holds_its_floors() -> None:
    result = score(load(), matcher())
    shut = problems(measures(result), read_floors(), digest())
    assert shut == [], "\n".join([*shut, "", table(result, errors=15)])
