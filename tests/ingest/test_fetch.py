"""The HTTP client against a real local server, friendly and hostile."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar

import brotli
import pytest
from aiohttp import web

from monitor.errors import SourceError
from monitor.ingest.fetch import Http, HttpLimits
from monitor.ingest.request import MEBIBYTE, Response
from tests.servers import Handler, Server, answer, endless, gzipped, limits, serve, status

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Routes = Mapping[str, Handler | web.Response | bytes | str]


def fetch(
    routes: Routes, path: str = "/", *, changes: Mapping[str, object] | None = None, **ask: object
) -> Response:
    """Serve `routes` and get one path of them."""
    return run(routes, lambda http, server: http.get(server.url + path, **ask), changes=changes)  # type: ignore[arg-type]


def run(
    routes: Routes,
    act: Callable[[Http, Server], Awaitable[T]],
    *,
    changes: Mapping[str, object] | None = None,
) -> T:
    async def main() -> T:
        async with serve(routes) as server, Http(limits(server, **(changes or {})), wall=lambda: NOW) as http:
            return await act(http, server)

    return asyncio.run(main())


def failure(routes: Routes, path: str = "/", **options: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetch(routes, path, **options)  # type: ignore[arg-type]
    return caught.value


# --- the friendly web --------------------------------------------------------------------------------


def test_an_ordinary_answer() -> None:
    response = fetch(
        {"/": answer("Grüße", "text/html; charset=UTF-8", ETag='"1"', Last_Modified="yesterday")}
    )
    assert response.body.decode() == "Grüße"
    assert (response.status, response.media_type, response.charset) == (200, "text/html", "UTF-8")
    assert (response.etag, response.last_modified) == ('"1"', "yesterday")
    assert not response.moved_to


def test_says_honestly_who_asks() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response(dict(request.headers))

    response = fetch(
        {"/": echo}, accept="text/plain", changes={"user_agent": "substance-monitor/0.1 (+https://x.example)"}
    )
    assert b"substance-monitor/0.1 (+https://x.example)" in response.body
    assert b'"Accept": "text/plain"' in response.body
    assert b"Cookie" not in response.body


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("gzip", gzip.compress(b"hello", mtime=0) + b"\0\0\0"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello", wbits=-15)),
        ("br", brotli.compress(b"hello")),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello"), mtime=0)),
        ("identity", b"hello"),
    ],
)
def test_decompression(coding: str, packed: bytes) -> None:
    assert fetch({"/": answer(packed, Content_Encoding=coding)}).body == b"hello"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_large_compressed_body_comes_out_whole(coding: str) -> None:
    body = bytes(range(256)) * 4096
    pack = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding]
    assert fetch({"/": answer(pack(body), Content_Encoding=coding)}).body == body


def test_conditional_get() -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"7"' and "If-Modified-Since" in request.headers:
            return web.Response(status=304, headers={"ETag": '"7"'})
        return web.Response(text="new")

    again = fetch({"/": handler}, etag='"7"', last_modified="Sun, 22 Nov 2026 00:00:00 GMT")
    assert (again.not_modified, again.body, again.etag) == (True, b"", '"7"')
    assert not fetch({"/": handler}, etag='"8"').not_modified


def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    assert failure({"/": status(304)}).outcome == "error"


def test_redirects_are_followed_and_a_permanent_move_is_told() -> None:
    routes = {
        "/": status(301, Location="/b"),
        "/b": status(308, Location="c?x=1#part"),
        "/c": answer("here"),
        "/once": status(302, Location="/"),
    }
    moved = fetch(routes)
    assert moved.body == b"here"
    assert moved.url.endswith("/c?x=1")
    assert moved.moved_to.endswith("/c?x=1")
    assert fetch(routes, "/once").moved_to == ""


def test_every_address_on_the_way_is_told_with_the_time() -> None:
    routes = {"/": status(302, Location="/b"), "/b": status(308, Location="/c"), "/c": answer("here")}
    response = fetch(routes)
    assert [(hop.url.rpartition("/")[2], hop.status) for hop in response.hops] == [
        ("", 302),
        ("b", 308),
        ("c", 200),
    ]
    assert response.received_at == NOW
    assert response.capture(NOW).headers["content-type"].startswith("text/")


# --- refusals and failures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "outcome", "permanent"),
    [
        (401, "blocked", False),
        (403, "blocked", False),
        (429, "blocked", False),
        (451, "blocked", False),
        (404, "gone", False),
        (410, "gone", True),
        (408, "timeout", False),
        (500, "error", False),
        (503, "error", False),
        (400, "error", False),
        (202, "error", False),
        (204, "error", False),
        (206, "error", False),
    ],
)
def test_statuses_have_outcomes(code: int, outcome: str, permanent: bool) -> None:
    error = failure({"/": status(code)})
    assert (error.outcome, error.permanent, error.retry_after) == (outcome, permanent, None)
    assert str(code) in str(error)


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", NOW, 120.0),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), NOW, 300.0),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), NOW, 0.0),
        # by the server's clock, which is an hour late
        (format_datetime(NOW, usegmt=True), NOW - timedelta(hours=1), 3600.0),
        ("999999999999", NOW, 86_400.0),
        ("soon", NOW, None),
    ],
)
def test_retry_after(code: int, value: str, date: datetime, seconds: float | None) -> None:
    answer = status(code, Retry_After=value, Date=format_datetime(date, usegmt=True))
    assert failure({"/": answer}).retry_after == seconds


def test_a_part_is_no_document() -> None:
    part = web.Response(status=206, body=b"half of it", headers={"Content-Range": "bytes 0-9/20"})
    assert "a part of the document" in str(failure({"/": part}))


def test_empty_blocks_without_end_are_given_up() -> None:
    """A packed answer of which nothing comes out costs no more than a little beyond the limit."""
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(b"x") + packer.flush(zlib.Z_SYNC_FLUSH)
    blocks = b"\0\0\0\xff\xff" * 13_000  # stored blocks of no bytes

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            for piece in (start, *[blocks] * 4):
                await response.write(piece)
        return response

    assert failure({"/": handler}, max_bytes=1000).outcome == "too-large"
    assert failure({"/": handler}, max_bytes=1_000_000).outcome == "parse-error"  # it ends in the middle


def test_a_redirect_loop_ends() -> None:
    routes = {"/": status(302, Location="/b"), "/b": status(302, Location="/")}
    assert "circle" in str(failure(routes))


def test_too_many_redirects_end() -> None:
    async def onward(request: web.Request) -> web.Response:
        step = int(request.query.get("n", "0"))
        return web.Response(status=302, headers={"Location": f"/?n={step + 1}"})

    error = failure({"/": onward})
    assert (error.outcome, error.permanent) == ("error", False)
    assert "more than 5 times" in str(error)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:1/",
        "http://[::ffff:169.254.169.254]/",
        "http://2130706433:1/",
        "http://0x7f.1:1/",
        "http://0/",
        "http://localhost:1/",
        "//127.1:1/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://user:secret@127.0.0.1:1/",
        "http://[bad/",
        "http://127.0.0.1:99999999/",
    ],
)
def test_a_redirect_leads_to_no_forbidden_place(target: str) -> None:
    error = failure({"/": status(302, Location=target)})
    assert (error.outcome, error.permanent) == ("refused", False)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
        "https://user:secret@example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http:///nothing",
        "http://exa mple.org:x/",
        "",
    ],
)
def test_an_address_that_must_not_be_asked_is_refused_for_good(url: str) -> None:
    async def main() -> None:
        async with Http(HttpLimits(pace=0)) as http:
            await http.get(url)

    with pytest.raises(SourceError) as caught:
        asyncio.run(main())
    assert (caught.value.outcome, caught.value.permanent) == ("refused", True)
    assert "secret" not in str(caught.value)


def test_a_name_that_resolves_to_a_private_address_is_refused_but_may_change() -> None:
    async def main() -> None:
        async with Http(HttpLimits(pace=0)) as http:
            await http.get("http://localhost:1/")

    with pytest.raises(SourceError, match="allow_hosts") as caught:
        asyncio.run(main())
    assert (caught.value.outcome, caught.value.permanent) == ("refused", False)


def test_nobody_listens() -> None:
    async def main() -> None:
        async with serve({}) as server:
            place = server.place
        async with Http(HttpLimits(pace=0, allow_hosts=(place,))) as http:
            await http.get(f"http://{place}/")

    with pytest.raises(SourceError) as caught:
        asyncio.run(main())
    assert (caught.value.outcome, caught.value.permanent) == ("unreachable", False)


def test_a_failed_tls_connection_is_unreachable() -> None:
    async def secure(http: Http, server: Server) -> SourceError:
        with pytest.raises(SourceError) as caught:
            await http.get(f"https://{server.place}/")
        return caught.value

    assert run({"/": "plain"}, secure).outcome == "unreachable"


# --- bounds ------------------------------------------------------------------------------------------


def test_a_page_of_500_megabytes_costs_only_the_limit() -> None:
    async def read(http: Http, server: Server) -> str:
        with pytest.raises(SourceError) as caught:
            await http.get(server.url + "/", max_bytes=MEBIBYTE)
        return caught.value.outcome

    assert run({"/": endless(b"x" * 65_536, total=500 * MEBIBYTE)}, read) == "too-large"


def test_max_bytes_of_a_call_cannot_raise_the_configured_limit() -> None:
    routes: Routes = {"/": b"x" * 2000}
    assert failure(routes, changes={"max_bytes": 1000}, max_bytes=1_000_000).outcome == "too-large"
    assert len(fetch(routes, changes={"max_bytes": 2000}).body) == 2000


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_decompression_bomb_costs_only_the_limit(coding: str) -> None:
    pack = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding]
    bomb = pack(bytes(100 * MEBIBYTE))
    assert failure({"/": answer(bomb, Content_Encoding=coding)}, max_bytes=MEBIBYTE).outcome == "too-large"


def test_layers_of_compression_are_a_bomb() -> None:
    assert failure({"/": answer(b"x", Content_Encoding="gzip, gzip, gzip")}).outcome == "parse-error"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello " * 1000, mtime=0)[:-20]),
        ("gzip", b"this is not gzip"),
        ("deflate", zlib.compress(b"hello " * 1000)[:-20]),
        ("br", brotli.compress(b"hello " * 1000)[:-3]),
        ("br", b"\xff\xff\xff\xff"),
        ("zstd", b"x"),
    ],
)
def test_damaged_compression(coding: str, packed: bytes) -> None:
    error = failure({"/": answer(packed, Content_Encoding=coding)})
    assert (error.outcome, error.permanent) == ("parse-error", False)


def test_empty_body_declared_as_gzip_is_empty() -> None:
    assert fetch({"/": answer(b"", Content_Encoding="gzip")}).body == b""


def test_a_slow_drip_ends_at_the_total_deadline() -> None:
    error = failure({"/": endless(b"x", pause=0.02)}, changes={"timeout_total": 0.3})
    assert (error.outcome, error.permanent) == ("timeout", False)


def test_a_server_that_falls_silent_is_given_up_early() -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a beginning")
        await asyncio.sleep(5)
        return response

    error = failure({"/": silent}, changes={"timeout_connect": 0.2})
    assert error.outcome == "timeout"
    assert "did not answer in time (0.2 s)" in str(error)


def test_all_bodies_together_have_a_limit() -> None:
    """Beyond it a large one is broken off; a small one is read to its end."""
    routes = {"/large": b"x" * 3_000_000, "/small": b"x" * 900_000}

    async def act(http: Http, server: Server) -> tuple[Response, SourceError]:
        small = await http.get(f"{server.url}/small")
        with pytest.raises(SourceError, match="too much is being read") as caught:
            await http.get(f"{server.url}/large")
        return small, caught.value

    small, error = run(routes, act, changes={"max_held": 100_000})
    assert len(small.body) == 900_000
    assert (error.outcome, error.permanent) == ("error", False)


def test_the_deadline_counts_over_redirects() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.15)
        step = int(request.query.get("n", "0"))
        return web.Response(status=302, headers={"Location": f"/?n={step + 1}"})

    assert failure({"/": slow}, changes={"timeout_total": 0.4, "max_redirects": 50}).outcome == "timeout"


def test_a_connection_cut_in_the_body_is_an_error_of_ours() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x")
        assert request.transport is not None
        request.transport.abort()
        return response

    assert failure({"/": cut}).outcome in ("error", "unreachable")


def test_garbage_instead_of_http() -> None:
    async def main() -> None:
        async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"\x16\x03\x01 garbage\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        async with server, Http(HttpLimits(pace=0, allow_hosts=(host,))) as http:
            await http.get(f"http://{host}:{port}/")

    with pytest.raises(SourceError):
        asyncio.run(main())


def test_a_truncated_gzip_over_a_large_body() -> None:
    whole = gzipped(b"x" * 1000)
    assert isinstance(whole.body, bytes)
    assert failure({"/": answer(whole.body[:10], Content_Encoding="gzip")}).outcome == "parse-error"
