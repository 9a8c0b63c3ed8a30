"""The api kind: asking page by page, since when, and answers that are errors."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from monitor.config import load_config
from monitor.errors import SourceError
from monitor.ingest import Http, collect, extract
from monitor.ingest.request import Response
from monitor.ingest.sources.api import OVERLAP
from monitor.model import Article, Document, Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.ingest.test_patience import Clock
from tests.servers import answer, limits, serve, web

API = "https://example.org/api"
FIELDS = {"title": "title", "url": "url", "text": "abstract", "date": "day", "id": "id"}


def source(query: str = "", **options: object) -> Source:
    return Source("register", "api", API + query, options={"fields": FIELDS, "fetch_pages": False, **options})


def items(*numbers: int) -> list[dict[str, object]]:
    return [
        {
            "id": n,
            "title": f"Rule {n}",
            "url": f"https://example.org/{n}",
            "abstract": f"About {n}.",
            "day": "2026-11-20",
        }
        for n in numbers
    ]


def site(**answers: object) -> Web:
    """Query -> JSON answer; a text is given as it is."""
    found: dict[str, Response | SourceError | str] = {
        API + query: body if isinstance(body, str) else json.dumps(body) for query, body in answers.items()
    }
    return Web(found)


def titles(run: Check) -> list[str]:
    return [document.title for document in run.documents]


def test_an_item_is_an_article_of_its_own() -> None:
    (document,) = check(source(), site(**{"": items(1)})).documents
    article = extract(document)
    assert (article.url, article.text) == ("https://example.org/1", "Rule 1\n\nAbout 1.")
    assert article.published_at is not None


# Two answers in the shape that the Federal Register gives.
REGISTER = {
    "1": {
        "count": 2,
        "description": "Documents from Drug Enforcement Administration",
        "total_pages": 2,
        "next_page_url": "NEXT",
        "results": [
            {
                "title": "Schedules of Controlled Substances: Placement of a Substance in Schedule I",
                "abstract": "The administrator proposes to place 4-anilinopiperidine on a list.",
                "html_url": "https://www.register.example/documents/2026/11/19/2026-25001/schedules",
                "publication_date": "2026-11-19",
                "document_number": "2026-25001",
            }
        ],
    },
    "2": {
        "count": 2,
        "total_pages": 2,
        "results": [
            {
                "title": "Importer of Controlled Substances Application",
                "abstract": None,
                "html_url": "https://www.register.example/documents/2026/11/18/2026-24990/importer",
                "publication_date": "2026-11-18",
                "document_number": "2026-24990",
            }
        ],
    },
}


def test_two_lines_read_the_federal_register(tmp_path: Path) -> None:
    asked: list[str] = []

    async def api(request: web.Request) -> web.Response:
        asked.append(request.query_string)
        body = json.dumps(REGISTER[request.query.get("page", "1")])
        address = f"http://{request.host}{request.path}?page=2"
        return web.Response(body=body.replace("NEXT", address).encode(), content_type="application/json")

    async def main() -> list[Article]:
        async with serve({"/documents.json": api}) as server:
            path = tmp_path / "config.yaml"
            lines = f"- kind: federal_register\n    name: register\n    url: {server.url}/documents.json"
            path.write_text(f"sources:\n  {lines}\n    fetch_pages: false\n")
            (asked_for,) = load_config(path, {}).to_sources()
            async with Http(limits(server)) as http:
                items = [item async for item in collect(asked_for, SourceState("register"), http.get, NOW)]
        return [extract(item) for item in items if isinstance(item, Document)]

    first, second = asyncio.run(main())
    assert "4-anilinopiperidine" in first.text
    assert first.published_at == datetime(2026, 11, 19, tzinfo=UTC)
    assert second.text == "Importer of Controlled Substances Application"
    assert second.url.endswith("/2026-24990/importer")
    assert "conditions[agencies][]=drug-enforcement-administration" in unquote(asked[0])
    assert "conditions[publication_date][gte]=2026-10-23" in unquote(asked[0])
    assert len(asked) == 2


def test_pages_by_number_by_offset_and_by_link() -> None:
    numbered = site(**{"?p=1": items(1, 2), "?p=2": items(3), "?p=3": []})
    assert titles(check(source("?p={page}"), numbered)) == ["Rule 1", "Rule 2", "Rule 3"]
    counted = site(**{"?o=0": items(1, 2), "?o=2": items(3), "?o=3": []})
    assert titles(check(source("?o={offset}"), counted)) == ["Rule 1", "Rule 2", "Rule 3"]
    linked = site(
        **{
            "": {"results": items(1, 2), "links": {"next": "/api?c=x"}},
            "?c=x": {"results": items(3), "links": {"next": None}},
        }
    )
    run = check(source(items="results", next="links.next"), linked)
    assert titles(run) == ["Rule 1", "Rule 2", "Rule 3"]
    assert len(linked.asked) == 2


def test_answers_that_lead_in_a_circle_or_never_end() -> None:
    circle = site(**{"": {"results": items(1), "next": API}})
    assert len(check(source(items="results", next="next"), circle).documents) == 1
    endless = site(**{f"?p={number}": items(number) for number in range(1, 50)})
    run = check(source("?p={page}", max_requests=3), endless)
    assert len(run.documents) == 3
    assert [gap.outcome for gap in run.gaps] == ["too-large"]


def test_since_is_a_week_ago_and_then_two_days_before_the_last_whole_check() -> None:
    web = site(**{"?from=2026-11-15": items(1, 2), "?from=2026-11-20": items(2, 3), "?from=2026-11-21": []})
    first = check(source("?from={since}"), web)
    second = check(source("?from={since}"), web, first.state)
    third = check(source("?from={since}"), web, second.state, NOW + timedelta(days=1))
    assert [titles(run) for run in (first, second, third)] == [["Rule 1", "Rule 2"], ["Rule 3"], []]
    assert not third.gaps  # nothing new is no trouble
    assert timedelta(days=2) == OVERLAP


def test_what_was_put_off_is_asked_for_again() -> None:
    web = site(**{"?from=2026-11-15": items(1, 2, 3)})
    state, found = SourceState("register"), []
    for _ in range(2):
        run = check(source("?from={since}", max_entries=2), web, state)
        state, found = run.state, found + titles(run)
    assert found == ["Rule 1", "Rule 2", "Rule 3"]


def test_an_api_without_a_window_that_answers_nothing_is_told() -> None:
    assert [gap.outcome for gap in check(source(), site(**{"": []})).gaps] == ["empty"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Please limit requests to one every 5 seconds", "it says 'Please limit requests"),
        ({"errors": "bad"}, "no list at `results`"),
        ({"results": [{"headline": "x"}, {"headline": "y"}]}, "no item has a title, text or url"),
    ],
)
def test_an_answer_that_cannot_be_read_fails_the_check(body: object, told: str) -> None:
    with pytest.raises(SourceError, match=told) as caught:
        check(source(items="results"), site(**{"": body}))
    assert caught.value.outcome == "parse-error"


def test_over_http_the_pace_holds_for_all_sources_of_a_host() -> None:
    clock = Clock()

    async def one(http: Http, place: str) -> Check:
        told = Source(place[-1], "api", place, options={"fields": FIELDS, "pace": 5.0, "fetch_pages": False})
        return Check([item async for item in collect(told, SourceState("x"), http.get, NOW)])

    async def main() -> list[Check]:
        body = answer(json.dumps(items(1)), "application/json")
        async with (
            serve({"/a": body, "/b": body, "/c": body}) as server,
            Http(limits(server), clock=clock, sleep=clock.sleep) as http,
        ):
            return await asyncio.gather(*(one(http, f"{server.url}/{name}") for name in "abc"))

    assert [len(run.documents) for run in asyncio.run(main())] == [1, 1, 1]
    assert clock.naps == [5.0, 5.0]
