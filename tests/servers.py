"""A real web server on the loopback interface, and hostile answers for it to give."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from monitor.ingest.request import HttpLimits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """Where the server listens, and the requests that it was sent, in order."""

    url: str
    place: str  # host:port, as allow_hosts wants it
    requests: list[web.BaseRequest] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@contextlib.asynccontextmanager
async def serve(routes: Mapping[str, Handler | web.Response | bytes | str]) -> AsyncIterator[Server]:
    """Serve `routes` (path -> handler, or a fixed body) on a free port of 127.0.0.1 until left."""
    server = Server("", "")

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        server.requests.append(request)
        route = routes.get(request.path)
        if route is None:
            return web.Response(status=404)
        if isinstance(route, str | bytes):
            return web.Response(body=route, content_type="text/html", charset="utf-8")
        if isinstance(route, web.Response):
            return web.Response(body=route.body, status=route.status, headers=route.headers)
        return await route(request)  # type: ignore[arg-type]

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        server.url, server.place = f"http://{host}:{port}", f"{host}:{port}"
        yield server
    finally:
        await runner.cleanup()


def limits(server: Server, **changes: object) -> HttpLimits:
    """Limits for a test: this server is allowed, there is no pace, no robots.txt, and nothing takes long."""
    settings: dict[str, object] = {
        "allow_hosts": (server.place,),
        "pace": 0.0,
        "timeout_total": 20.0,
        "timeout_connect": 5.0,
        "robots": False,
    }
    return HttpLimits(**{**settings, **changes})  # type: ignore[arg-type]


def answer(body: bytes | str, media_type: str = "text/html", **headers: str) -> web.Response:
    """A fixed answer; underscores in header names stand for hyphens."""
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(body=raw, headers={"Content-Type": media_type, **named})


def status(code: int, **headers: str) -> web.Response:
    return web.Response(
        status=code, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def gzipped(body: bytes, media_type: str = "text/html") -> web.Response:
    return answer(gzip.compress(body), media_type, Content_Encoding="gzip")


def endless(
    piece: bytes, *, media_type: str = "text/html", total: int | None = None, pause: float = 0.0
) -> Handler:
    """Send `piece` again and again: for ever, or until `total` bytes are out."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": media_type})
        await response.prepare(request)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while total is None or sent < total:
                await response.write(piece)
                sent += len(piece)
                await asyncio.sleep(pause)
        return response

    return handler
