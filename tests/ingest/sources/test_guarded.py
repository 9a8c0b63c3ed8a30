"""What a source links to goes through the address guard, whatever kind it is and whatever is linked."""

from __future__ import annotations

import asyncio
import json

import pytest

from monitor.ingest import Http, collect
from monitor.model import Gap, Source, SourceState
from tests.ingest.sources.runs import NOW, Check
from tests.servers import Handler, Server, answer, limits, serve, status, web

# Ways from an allowed server (OUT) to one that is not (IN, a port of the same machine).
WAYS = {
    "an address": "http://127.0.0.1:{port}/a",
    "a number": "http://2130706433:{port}/a",
    "IPv6": "http://[::ffff:127.0.0.1]:{port}/a",
    "a name that resolves to it": "http://localhost:{port}/a",
    "a PDF": "http://localhost:{port}/a.pdf",
    "a redirect": "{out}/leads-in",
    "a redirect to a name": "{out}/leads-in-by-name",
    "a file": "{out}/leads-to-a-file",
}


def kinds(out: Server, link: str) -> dict[str, tuple[web.Response, dict[str, object]]]:
    """What each kind of list answers with, and its options."""
    feed = f"<rss version='2.0'><channel><item><title>T</title><link>{link}</link></item></channel></rss>"
    fields = {"fields": {"title": "title", "url": "url"}}
    items = json.dumps([{"title": "T", "url": link}])
    return {
        "feed": (answer(feed, "application/rss+xml"), {}),
        "page": (answer(f"<a href='{link}'>A</a>"), {"links": "."}),
        "sitemap": (answer(f"<urlset><url><loc>{link}</loc></url></urlset>", "text/xml"), {}),
        "api": (answer(items, "application/json"), fields),
        "gdelt": (
            answer(json.dumps({"articles": [{"title": "T", "url": link}]}), "application/json"),
            {"terms": ("ketamine",)},
        ),
    }


def read(kind: str, way: str) -> tuple[Check, list[str]]:
    """Read a list of that kind that links that way; what came, and what the other server was asked."""

    async def main() -> tuple[Check, list[str]]:
        routes: dict[str, Handler | web.Response | bytes | str] = {}
        async with serve({"/a": "secret", "/a.pdf": b"%PDF-1.4 secret"}) as inside, serve(routes) as out:
            port = inside.place.rpartition(":")[2]
            link = way.format(port=port, out=out.url)
            routes["/list"], options = kinds(out, link)[kind]
            routes["/leads-in"] = status(302, Location=f"{inside.url}/a")
            routes["/leads-in-by-name"] = status(301, Location=f"http://localhost:{port}/a")
            routes["/leads-to-a-file"] = status(302, Location="file:///etc/passwd")
            source = Source("s", kind, f"{out.url}/list", options=options)
            async with Http(limits(out, robots=True)) as http:
                items = [item async for item in collect(source, SourceState("s"), http.get, NOW)]
            return Check(items), inside.paths

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["feed", "page", "sitemap", "api", "gdelt"])
@pytest.mark.parametrize("way", WAYS)
def test_no_link_leads_to_a_private_address(kind: str, way: str) -> None:
    run, asked = read(kind, WAYS[way])
    assert asked == []
    assert [gap.outcome for gap in run.items if isinstance(gap, Gap)] == ["refused"]
    assert not any(b"secret" in document.body for document in run.documents)
