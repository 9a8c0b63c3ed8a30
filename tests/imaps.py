"""A real IMAP server on the loopback interface: one mailbox of messages, and ways to be a bad one."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.model import Secret, Source


@dataclass
class Box:
    """What the server holds, how it behaves, and what it was told (without log-ins)."""

    messages: dict[int, bytes] = field(default_factory=dict)
    received: datetime = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    folder: str = "INBOX"
    validity: int = 7
    user: str = "desk@example.org"
    password: str = "s3cret pass"
    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    hangs_at: str = ""  # a command that is never answered
    breaks_at: int = 0  # a UID at which the connection is cut
    announces: int = 0  # bytes that a message is said to have
    refuses: set[int] = field(default_factory=set)  # UIDs that are not handed out
    cuts: dict[int, int] = field(default_factory=dict)  # UID -> bytes that come of a message; -1: no body
    quotes: bool = False  # bodies in quotes instead of literals
    raw: dict[str, bytes] = field(default_factory=dict)  # command -> what is answered before its end
    commands: list[str] = field(default_factory=list)
    place: str = ""


@contextlib.asynccontextmanager
async def serve_imap(box: Box, tls: ssl.SSLContext | None = None) -> AsyncIterator[Box]:
    """Serve the box on a free port of 127.0.0.1 until left."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _talk(box, reader, writer)
        writer.transport.abort()
        tasks.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    host, port = server.sockets[0].getsockname()[:2]
    box.place = f"{host}:{port}"
    try:
        yield box
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _talk(box: Box, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* OK ready\r\n")
    logged_in = opened = False
    while line := (await reader.readline()).decode().rstrip("\r\n"):
        tag, _, command = line.partition(" ")
        word = command.split(" ")[0].upper()
        if word not in ("LOGIN", "AUTHENTICATE"):
            box.commands.append(command)
        if found := next((answer for name, answer in box.raw.items() if name in command), b""):
            writer.write(found)
        if box.hangs_at and box.hangs_at in command:
            await asyncio.sleep(3600)
        if word == "LOGOUT":
            writer.write(f"* BYE\r\n{tag} OK\r\n".encode())
            return
        if word in ("LOGIN", "AUTHENTICATE"):
            logged_in = await _log_in(box, command, reader, writer)
            said = "OK done" if logged_in else f"NO what is {box.password}?"
        elif word == "CAPABILITY":
            writer.write(f"* CAPABILITY {box.capabilities}\r\n".encode())
            said = "OK done"
        elif word == "EXAMINE" and logged_in:
            opened = command == f'EXAMINE "{box.folder}"'
            writer.write(f"* {len(box.messages)} EXISTS\r\n* OK [UIDVALIDITY {box.validity}] ok\r\n".encode())
            said = "OK [READ-ONLY] done" if opened else "NO no such mailbox"
        elif word == "UID" and opened:
            said = await _by_uid(box, command, writer)
        else:
            said = "BAD what?"
        writer.write(f"{tag} {said}\r\n".encode())
        await writer.drain()


async def _log_in(box: Box, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    if command.startswith("LOGIN"):
        quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', command)
        return [re.sub(r"\\(.)", r"\1", each) for each in quoted] == [box.user, box.password]
    writer.write(b"+ \r\n")
    given = base64.b64decode(await reader.readline()).decode()
    return given == f"\0{box.user}\0{box.password}"


async def _by_uid(box: Box, command: str, writer: asyncio.StreamWriter) -> str:
    if found := re.fullmatch(r"UID SEARCH UID (\d+):\*", command):
        first = int(found[1])
        uids = [uid for uid in box.messages if uid >= first] or list(box.messages)[-1:]
        writer.write(f"* SEARCH {' '.join(map(str, uids))}\r\n".encode())
    elif found := re.fullmatch(r"UID SEARCH SINCE (\S+)", command):
        day = datetime.strptime(found[1], "%d-%b-%Y").date()  # noqa: DTZ007 - a day
        uids = list(box.messages) if box.received.date() >= day else []
        writer.write(f"* SEARCH {' '.join(map(str, uids))}\r\n".encode())
    elif found := re.fullmatch(r"UID FETCH ([\d,]+) \(UID RFC822.SIZE\)", command):
        for uid in map(int, found[1].split(",")):
            if uid in box.messages:
                size = box.announces or len(box.messages[uid])
                writer.write(f"* {uid} FETCH (UID {uid} RFC822.SIZE {size})\r\n".encode())
    elif found := re.fullmatch(r"UID FETCH (\d+) \(UID INTERNALDATE BODY.PEEK\[\]\)", command):
        uid = int(found[1])
        if uid == box.breaks_at:
            raise ConnectionResetError
        if uid in box.refuses:
            return "NO [SERVERBUG] cannot be read"
        if box.cuts.get(uid, 0) < 0:
            writer.write(f"* {uid} FETCH (UID {uid} BODY[] NIL)\r\n".encode())
        elif uid in box.messages and box.quotes:
            quoted = box.messages[uid].replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\r\n", b" ")
            writer.write(f"* {uid} FETCH (UID {uid} BODY[] ".encode() + b'"' + quoted + b'")\r\n')
        elif uid in box.messages:
            when = box.received.strftime("%d-%b-%Y %H:%M:%S +0000")
            body = box.messages[uid][: box.cuts.get(uid)]
            head = f'* {uid} FETCH (UID {uid} INTERNALDATE "{when}" BODY[] {{{len(body)}}}\r\n'
            writer.write(head.encode() + body + b")\r\n* 1 FETCH (FLAGS (\\Recent))\r\n")
    else:
        return "BAD that is not read-only"
    return "OK done"


def message(number: int, text: str = "", *, name: bool = True) -> bytes:
    identity = f"Message-ID: <{number}@example.org>\r\n" if name else ""
    return (
        f"{identity}Subject: Story {number}\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text or f'Text {number}'}\r\n"
    ).encode()


@contextlib.contextmanager
def imap_in_thread(box: Box, tls: ssl.SSLContext | None = None) -> Iterator[Box]:
    """The server in a thread of its own, for tests that run several event loops."""
    started, stop = threading.Event(), threading.Event()

    async def main() -> None:
        async with serve_imap(box, tls):
            started.set()
            while not stop.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert started.wait(10)
        yield box
    finally:
        stop.set()
        thread.join(10)


def mail_source(box: Box, **options: object) -> Source:
    """The source that reads this box."""
    host, _, port = box.place.partition(":")
    settings: dict[str, object] = {
        "host": host,
        "port": int(port),
        "user": box.user,
        "password": Secret("DESK_PASSWORD", box.password),
        "folder": "INBOX",
        "tls": False,
        "allow_hosts": (box.place,),
        "timeout": 5,
    }
    return Source("desk", "mail", f"imap://{box.place}/INBOX", options={**settings, **options})
