"""Pages that ask for a human: they are told as such, and articles that load the same scripts are not."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from monitor.errors import SourceError
from monitor.ingest import Http
from monitor.ingest.challenge import challenge
from tests.servers import Handler, answer, limits, serve, web

WORDS = "The harbour office said that the ship had waited for two days because of the fog. " * 20
SCRIPT = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
WAITING = (
    f"<html><head><title>Just a moment...</title></head><body>{SCRIPT}<noscript>Enable it</noscript></body>"
)


@pytest.mark.parametrize(
    ("headers", "body", "seen"),
    [
        ({"cf-mitigated": "challenge"}, "<title>Just a moment...</title>", "Cloudflare: “Just a moment...”"),
        ({"x-amzn-waf-action": "captcha"}, "", "AWS WAF"),
        ({}, WAITING, "Cloudflare: “Just a moment...”"),
        ({}, "<script src='https://geo.captcha-delivery.com/c.js'></script>", "DataDome"),
        ({}, "<iframe src='/_Incapsula_Resource?x=1'></iframe>", "Imperva"),
        ({}, "<title>Access</title><div class='g-recaptcha'></div>", "a captcha: “Access”"),
        ({}, "<h1>Pardon Our Interruption</h1>", "a page for humans only"),
        ({}, "<title>Robot?</title>We see unusual traffic from your network.", "“Robot?”"),
        ({}, f"<p>{WORDS}</p>{SCRIPT}<div class='g-recaptcha'></div>", ""),
        ({}, f"<p>{WORDS}</p><p>Checking your browser before entering, said the clerk.</p>", ""),
        ({}, "<p>A short note without any of it.</p>", ""),
        ({"server": "cloudflare"}, "", ""),
    ],
)
def test_what_is_seen(headers: dict[str, str], body: str, seen: str) -> None:
    assert challenge(headers, body.encode()) == seen


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (answer(WAITING), "answered 200 with a page that asks for a human (Cloudflare: “Just a moment...”)"),
        (web.Response(status=403, body=WAITING.encode()), "answered 403 with a page that asks for a human"),
        (web.Response(status=503, body=WAITING.encode()), "answered 503 with a page that asks for a human"),
        (web.Response(status=403, headers={"cf-mitigated": "challenge"}), "(Cloudflare)"),
        (web.Response(status=403, body=b"No."), "answered 403"),
    ],
)
def test_over_http_it_is_blocked(route: web.Response | Handler, told: str) -> None:
    async def main() -> SourceError:
        async with serve({"/": route}) as server, Http(limits(server)) as http:
            with pytest.raises(SourceError) as caught:
                await http.get(server.url + "/", configured=True)
            return caught.value

    error = asyncio.run(main())
    assert error.outcome == "blocked"
    assert told in str(error)


def test_an_endless_refusal_is_left() -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=403, headers={"Content-Type": "text/html"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"no " * 10_000)
        return response

    async def main() -> SourceError:
        async with serve({"/": refuse}) as server, Http(limits(server)) as http:
            with pytest.raises(SourceError) as caught:
                await http.get(server.url + "/")
            return caught.value

    error = asyncio.run(main())
    assert (error.outcome, "answered 403" in str(error)) == ("blocked", True)
