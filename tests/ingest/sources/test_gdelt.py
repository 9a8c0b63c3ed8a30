"""The gdelt kind: questions that fit, answers as the API gives them, and its errors in plain text."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.errors import SourceError
from monitor.ingest import Http, collect
from monitor.ingest.request import Response
from monitor.ingest.sources.gdelt import MOST_RECORDS, PACE, grouped
from monitor.model import Gap, Source, SourceState
from tests.ingest.sources.runs import NOW, Check, check
from tests.ingest.test_patience import Clock
from tests.servers import limits, serve, web

API = "https://api.example.org/doc"
# An answer as the API gives it: tabs and single backslashes of a title are left as they are.
ANSWER = (
    b'{ "articles": [ { "url": "https://paper.example/1", "url_mobile": "", "title": "Acetic anhydride '
    b'\\seized at\tport", "seendate": "20261121T101500Z", "socialimage": "", "domain": "paper.example", '
    b'"language": "English", "sourcecountry": "Belgium" } ] }'
)
TOO_OFTEN = b"Please limit requests to one every 5 seconds or contact us for larger queries."


@dataclass
class Index:
    """The API over a made-up index of (time seen, words of the title)."""

    stories: list[tuple[datetime, str]] = field(default_factory=list)
    refused: str = ""  # a term that it does not take
    sheds_after: int = 10_000  # questions
    asked: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, url: str, *given: object, **named: object) -> Response:
        query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(query)
        if len(self.asked) > self.sheds_after:
            return Response(url, body=TOO_OFTEN, media_type="text/html")
        if self.refused and self.refused in query["query"]:
            body = b"The specified phrase is too short."
            return Response(url, body=body, media_type="text/html")
        return Response(url, body=json.dumps({"articles": self._found(query)}).encode())

    def _found(self, query: dict[str, str]) -> list[dict[str, str]]:
        terms = re.findall(r'"([^"]+)"', query["query"])
        span = [
            datetime.strptime(query[key], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for key in ("startdatetime", "enddatetime")
        ]
        found = [
            {"url": f"https://paper.example/{n}", "title": title, "seendate": f"{seen:%Y%m%dT%H%M%SZ}"}
            for n, (seen, title) in enumerate(self.stories)
            if span[0] <= seen <= span[1] and any(term in title for term in terms)
        ]
        return found[: int(query["maxrecords"])]


def source(*terms: str, **options: object) -> Source:
    return Source("world", "gdelt", API, options={"terms": terms, "fetch_pages": False, **options})


def titles(run: Check) -> list[str]:
    return [document.title for document in run.documents]


def test_terms_are_joined_as_far_as_a_question_may_go() -> None:
    groups = list(
        grouped(["ketamine", "acetic anhydride", *(f"substance number {n}" for n in range(30))], 240)
    )
    assert sum(map(len, groups)) == 32
    assert all(len(" OR ".join(f'"{term}"' for term in group)) <= 240 for group in groups)
    assert len(groups) < 5


def test_a_question_and_its_answer() -> None:
    index = Index([(NOW - timedelta(hours=3), "ketamine found")])
    run = check(source("ketamine", "acetic anhydride", languages=("de", "fr")), index)
    assert titles(run) == ["ketamine found"]
    assert run.documents[0].published_at == NOW - timedelta(hours=3)
    assert [query["query"] for query in index.asked] == [
        '("acetic anhydride" OR "ketamine") (sourcelang:german OR sourcelang:french)'
    ]
    assert (index.asked[0]["startdatetime"], index.asked[0]["enddatetime"]) == (
        "20261121120000",
        "20261122120000",
    )


def test_the_next_check_asks_from_the_last_one_on() -> None:
    index = Index([(NOW - timedelta(hours=1), "ketamine one")])
    first = check(source("ketamine"), index)
    later = NOW + timedelta(hours=6)
    index.stories.append((NOW + timedelta(hours=2), "ketamine two"))
    again = check(source("ketamine"), index, first.state, later)
    assert titles(again) == ["ketamine two"]  # the first is within the overlap, and known
    assert index.asked[-1]["startdatetime"] == "20261122100000"


def test_never_further_back_than_three_months() -> None:
    index = Index()
    check(source("ketamine", lookback=400 * 86_400), index)
    assert index.asked[0]["startdatetime"] == "20260825120000"


def test_more_than_an_answer_holds_is_asked_for_in_parts() -> None:
    stories = [(NOW - timedelta(minutes=n), f"ketamine {n}") for n in range(2 * MOST_RECORDS)]
    index = Index([*stories, (NOW - timedelta(hours=1), "heroin")])
    run = check(source("ketamine", "heroin"), index)
    assert len(set(titles(run))) == 2 * MOST_RECORDS + 1
    assert run.gaps == []


def test_a_refused_question_is_a_gap_and_the_others_go_on() -> None:
    terms = [f"a rather long name of a substance {n}" for n in range(12)]
    index = Index([(NOW - timedelta(hours=1), terms[11])], refused=terms[0])
    run = check(source(*terms), index)
    assert titles(run) == [terms[11]]
    assert [gap.outcome for gap in run.gaps] == ["parse-error"]
    assert "The specified phrase is too short." in run.gaps[0].message


def test_when_it_sheds_load_what_was_answered_is_kept() -> None:
    terms = [f"a rather long name of a substance {n:02}" for n in range(30)]
    index = Index([(NOW - timedelta(hours=1), term) for term in terms], sheds_after=2)
    first = check(source(*terms), index)
    assert [gap.outcome for gap in first.gaps] == ["blocked"]
    assert 0 < len(titles(first)) < 30
    index.sheds_after = 10_000
    second = check(source(*terms), index, first.state)
    assert sorted(titles(first) + titles(second)) == terms
    with pytest.raises(SourceError, match="too often") as caught:
        check(source(*terms), Index(sheds_after=0))
    assert (caught.value.outcome, caught.value.retry_after) == ("blocked", 60.0)


def test_what_was_asked_longest_ago_comes_first() -> None:
    terms = [f"a rather long name of a substance {n:02}" for n in range(30)]
    index = Index([(NOW - timedelta(hours=1), term) for term in terms])
    state, seen = SourceState("world"), []
    for hour in range(6):
        run = check(source(*terms, max_requests=1), index, state, NOW + timedelta(hours=hour))
        state = run.state
        seen += titles(run)
    assert sorted(seen) == terms


@pytest.mark.parametrize("terms", [(), ("ab",)])
def test_without_a_term_nothing_is_asked(terms: tuple[str, ...]) -> None:
    index = Index()
    with pytest.raises(SourceError, match="nothing is searched for"):
        check(source(*terms), index)
    assert index.asked == []


def test_answers_as_they_are_and_no_faster_than_the_api_wants() -> None:
    async def api(request: web.Request) -> web.Response:
        return web.Response(body=ANSWER, content_type="application/json")

    async def main() -> tuple[list[str], list[float]]:
        clock = Clock()
        async with serve({"/doc": api}) as server:
            terms = (f"a longer name {n}" * 6 for n in range(6))
            asked = Source("world", "gdelt", f"{server.url}/doc", options=source(*terms).options)
            async with Http(limits(server), clock=clock, sleep=clock.sleep) as http:
                items = [item async for item in collect(asked, SourceState("world"), http.get, NOW)]
            assert not [item for item in items if isinstance(item, Gap)]
            return [getattr(item, "title", "") for item in items], clock.naps

    found, slept = asyncio.run(main())
    assert "Acetic anhydride \\seized at port" in found
    assert len(slept) == 2
    assert min(slept) > PACE - 1
