"""A PubChem of our own on the loopback interface, kind or hostile, and fakes of what its client needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor.chem.pubchem import Limits, PubChem, Rows
from tests.servers import Handler, Server

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = "/rest/pug"
PROPERTY = f"{BASE}/compound/cid/property/InChIKey,SMILES/JSON"
BY_NAME = f"{BASE}/compound/name/property/InChIKey,SMILES/JSON"
BY_KEY = f"{BASE}/compound/inchikey/property/InChIKey,SMILES/JSON"
SYNONYMS = f"{BASE}/compound/cid/synonyms/JSON"
RECORDED = Path(__file__).parent / "recorded"
GREEN = "Request Count status: Green (1%), Request Time status: Green (0%), Service status: Green (17%)"
PEB = {"CID": 7666, "InChIKey": "WMPPDTMATNBGJN-UHFFFAOYSA-N", "SMILES": "C1=CC=C(C=C1)CCBr"}
ESTRIOL = {"CID": 5756, "InChIKey": "PROQIPRRNZUXQM-ZXXIGWHRSA-N", "SMILES": "C[C@]12CC[C@H]3"}


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return found


def said(content: object, status: int = 200, **headers: str) -> web.Response:
    """An answer with the headers that PubChem sends; underscores in names stand for hyphens."""
    told = {"X-Throttling-Control": GREEN, **{name.replace("_", "-"): each for name, each in headers.items()}}
    body = json.dumps(content, indent=2).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **told})


def properties(*rows: object) -> web.Response:
    return said({"PropertyTable": {"Properties": list(rows)}})


def synonyms(**of: Sequence[str]) -> web.Response:
    """Names by CID: synonyms(c7666=["phenethyl bromide"])."""
    rows = [{"CID": int(cid[1:]), "Synonym": list(names)} for cid, names in of.items()]
    return said({"InformationList": {"Information": rows}})


def fault(code: str, status: int, **headers: str) -> web.Response:
    return said({"Fault": {"Code": code, "Message": "told", "Details": ["d"]}}, status, **headers)


NOT_FOUND = fault("PUGREST.NotFound", 404)
BUSY = fault("PUGREST.ServerBusy", 503)


def waiting(key: str = "12345678910") -> web.Response:
    return said({"Waiting": {"ListKey": key, "Message": "Your request is running"}}, 202)


def again(answer: web.Response) -> web.Response:
    """A copy: a response of aiohttp can be sent once."""
    return web.Response(body=answer.body, status=answer.status, headers=answer.headers)


def in_turn(*answers: web.Response | Handler) -> Handler:
    """One answer after the other; the last one again and again."""
    left = list(answers)

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return again(answer) if isinstance(answer, web.Response) else await answer(request)

    return handler


def asked(answer: Callable[[dict[str, str]], web.Response]) -> Handler:
    """An answer that depends on what was sent."""

    async def handler(request: web.Request) -> web.StreamResponse:
        sent = {name: str(value) for name, value in (await request.post()).items()}
        return again(answer(sent))

    return handler


async def cut(request: web.Request) -> web.StreamResponse:
    """Promise a long answer, send a little of it, and hang up."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b'{"PropertyTable": ')
    assert request.transport is not None
    request.transport.close()
    return response


@dataclass
class Drawer:
    """Kept answers in memory."""

    rows: dict[str, Kept] = field(default_factory=dict)

    def get(self, questions: Sequence[str]) -> Mapping[str, Kept]:
        return {question: self.rows[question] for question in questions if question in self.rows}

    def put(self, answers: Mapping[str, Rows], now: datetime) -> None:
        self.rows.update({question: Kept(rows, now) for question, rows in answers.items()})


@dataclass(frozen=True)
class Kept:
    answer: Rows
    fetched_at: datetime


@dataclass
class Time:
    """A clock that only moves when somebody waits; `stop_after` pauses it asks to stop."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)
    stop_after: int = 1_000_000

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.slept.append(seconds)
        self.now += seconds
        return len(self.slept) > self.stop_after


def limits(server: Server, **changes: Any) -> Limits:
    return Limits(**{"base": f"{server.url}{BASE}", "allow_hosts": (server.place,), **changes})


def client(server: Server, drawer: Drawer | None = None, time: Time | None = None, **changes: Any) -> PubChem:
    """A client of the local server, with the jitter in the middle and a clock of its own."""
    time = time or Time()
    return PubChem(
        drawer or Drawer(), limits(server, **changes), chance=lambda: 0.5, wait=time.wait, clock=time.clock
    )
