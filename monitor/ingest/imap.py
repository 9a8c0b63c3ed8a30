"""Reading a mailbox over IMAP4rev1 (RFC 3501), bounded in time and bytes and guarded like all connections.

Written for what a monitor needs and no more: log in, EXAMINE, search and fetch by UID with PEEK, so that
nothing in the mailbox changes. imaplib allocates whatever size a server announces (cpython#119511) and knows
no deadline; here every line, literal and answer has a limit. Whatever goes wrong leaves as SourceError, which
never holds user name or password.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.errors import SourceError
from monitor.ingest.guard import AddressRefusedError, AllowedHosts, guarded_connection

_LINE = 4 * 1024 * 1024  # bytes; the answer to a search names every message in one line
_ANSWERS = 20_000  # untagged answers to one command
_LITERAL = re.compile(rb"\{(\d{1,12})\}\r?\n$")
_SLACK = 65_536  # bytes that an answer may have beyond its message
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b")
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,20})\]", re.IGNORECASE)
_QUOTED_BODY = re.compile(rb'\bBODY\[\] "((?:[^"\\]|\\.)*)"')
_MOST_PROMPTS = 10  # lines that ask to go on, to one command
_HIGHEST_UID = 0xFFFF_FFFF  # RFC 3501, 2.3.1.1
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Account:
    """Where the mailbox is and who asks; `tls` false is for servers on the same machine."""

    host: str
    port: int
    user: str
    password: str
    tls: bool = True
    ca_file: str | None = None

    def __repr__(self) -> str:
        return f"Account({self.place})"

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the server gave it; `received` is when the server got it, as it writes dates."""

    uid: int
    body: bytes
    received: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """One line of the server, with the literals that it carried."""

    text: bytes
    literals: tuple[bytes, ...] = ()


@contextlib.asynccontextmanager
async def opened_mailbox(
    account: Account, folder: str, allowed: AllowedHosts, *, timeout: float, max_bytes: int
) -> AsyncIterator[Mailbox]:
    """Connect, log in and open `folder` for reading only. `timeout` (seconds) bounds each command.

    Raises SourceError: blocked (permanent) for a refused log-in, gone for a folder that is not there.
    """
    box = Mailbox(account.place, timeout, max_bytes)
    try:
        await box.connect(account, allowed)
        await box.log_in(account)
        await box.examine(folder)
        yield box
    finally:
        await box.close()


class Mailbox:
    """A folder opened for reading. `validity` is its UIDVALIDITY: while it stays, UIDs mean the same."""

    def __init__(self, place: str, timeout: float, max_bytes: int) -> None:
        self.validity = 0
        self._place, self._timeout, self._max_bytes = place, timeout, max_bytes
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._number = 0
        self.is_open = False  # and again once the connection broke, or can no longer be understood

    async def connect(self, account: Account, allowed: AllowedHosts) -> None:
        with self._wrapped():
            context = ssl.create_default_context(cafile=account.ca_file) if account.tls else None
            async with asyncio.timeout(self._timeout):
                connection = await guarded_connection(account.host, account.port, allowed)
                self._reader, self._writer = await asyncio.open_connection(
                    sock=connection,
                    ssl=context,
                    server_hostname=account.host if context else None,
                    limit=_LINE,
                )
                greeting = await self._answer()
        self.is_open = True
        if not greeting.text.upper().startswith((b"* OK", b"* PREAUTH")):
            raise self._error(f"is no IMAP server, or refuses: {_shown(greeting.text)}", "error")

    async def log_in(self, account: Account) -> None:
        known = b" ".join(answer.text for answer in await self._command("CAPABILITY")).upper()
        if b"AUTH=PLAIN" in known:
            secret = f"\0{account.user}\0{account.password}".encode()
            command, continuation = "AUTHENTICATE PLAIN", base64.b64encode(secret)
        elif b"LOGINDISABLED" in known:
            raise self._error("allows no log-in with a password here", "blocked", permanent=True)
        else:
            command, continuation = f"LOGIN {_quoted(account.user)} {_quoted(account.password)}", None
        refused = False
        try:
            await self._command(command, continuation)
        except _RefusedError:
            refused = True
        if refused:  # raised here, without the server's words: it may repeat what it was sent
            raise self._error("refuses the user name or the password", "blocked", permanent=True)

    async def examine(self, folder: str) -> None:
        try:
            answers = await self._command(f"EXAMINE {_quoted(_utf7(folder))}")
        except _RefusedError as error:
            message = f"{self._place}: the folder {folder!r} cannot be opened: {error}"
            raise SourceError(message, permanent=True, outcome="gone") from None
        found = (_VALIDITY.search(answer.text) for answer in answers)
        self.validity = next((int(match[1]) for match in found if match), 0)

    async def after(self, uid: int) -> list[int]:
        """The UIDs above `uid`, in order. (A server names the last message whatever is asked for.)"""
        return [each for each in await self._search(f"UID {uid + 1}:*") if each > uid]

    async def since(self, day: date) -> list[int]:
        """The UIDs of messages received on `day` or later, in order."""
        return await self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each message that is still there, in bytes."""
        answers = await self._command(f"UID FETCH {','.join(map(str, uids))} (UID RFC822.SIZE)")
        found = ((_UID.search(answer.text), _SIZE.search(answer.text)) for answer in answers)
        return {int(uid[1]): int(size[1]) for uid, size in found if uid and size}

    async def fetch(self, uid: int) -> Message | None:
        """One message, unread if it was unread; None when the server gives none.

        Raises SourceError; the mailbox `is_open` after it when the server only refused this one.
        """
        for answer in await self._command(f"UID FETCH {uid} (UID INTERNALDATE BODY.PEEK[])"):
            named = _UID.search(answer.text)
            body = _body(answer)
            if named and int(named[1]) == uid and body is not None:
                received = _RECEIVED.search(answer.text)
                when = received[1].decode("ascii", "replace") if received else ""
                return Message(uid, body, when)
        return None

    async def close(self) -> None:
        """Say goodbye where that is possible; the connection is closed in any case."""
        if self._writer is None:
            return
        with contextlib.suppress(OSError, TimeoutError):
            self._writer.write(b"bye LOGOUT\r\n")
            async with asyncio.timeout(2):
                await self._writer.drain()
        self._writer.transport.abort()

    async def _search(self, what: str) -> list[int]:
        uids: set[int] = set()
        for answer in await self._command(f"UID SEARCH {what}"):
            words = answer.text.upper().split()
            if words[:2] == [b"*", b"SEARCH"]:
                uids.update(int(word) for word in words[2:] if word.isdigit() and len(word) <= 10)
        return sorted(uid for uid in uids if 0 < uid <= _HIGHEST_UID)

    async def _command(self, line: str, continuation: bytes | None = None) -> list[_Answer]:
        """Send one command and return the untagged answers. Raises _RefusedError for NO and BAD."""
        assert self._writer is not None
        self._number += 1
        tag = f"m{self._number}".encode()
        try:
            with self._wrapped():
                async with asyncio.timeout(self._timeout):
                    self._writer.write(tag + b" " + line.encode() + b"\r\n")
                    await self._writer.drain()
                    return await self._answers(tag, continuation)
        except _RefusedError:
            raise
        except BaseException:
            self.is_open = False
            raise

    async def _answers(self, tag: bytes, continuation: bytes | None) -> list[_Answer]:
        assert self._writer is not None
        answers: list[_Answer] = []
        size = prompts = 0
        while True:
            answer = await self._answer()
            if answer.text.startswith(b"+") and prompts < _MOST_PROMPTS:
                prompts += 1
                self._writer.write((continuation or b"*") + b"\r\n")
                await self._writer.drain()
            elif answer.text.startswith(tag + b" "):
                status, _, rest = answer.text[len(tag) + 1 :].partition(b" ")
                if status.upper() == b"OK":
                    return [*answers, _Answer(rest)]
                raise _RefusedError(_shown(rest))
            else:
                answers.append(answer)
                size += len(answer.text) + sum(map(len, answer.literals))
            if len(answers) > _ANSWERS or size > _LINE + self._max_bytes + _SLACK:
                raise self._error("gives endless answers", "too-large")

    async def _answer(self) -> _Answer:
        """One line, with the literals announced at its line ends read as they come."""
        assert self._reader is not None
        pieces: list[bytes] = []
        literals: list[bytes] = []
        while True:
            line = await self._reader.readuntil(b"\n")
            pieces.append(line)
            if sum(map(len, pieces)) > _LINE:
                raise self._error("gives endless lines", "too-large")
            announced = _LITERAL.search(line)
            if announced is None or len(pieces) > 100:
                return _Answer(b"".join(pieces).strip(), tuple(literals))
            size = int(announced[1])
            if size + sum(map(len, literals)) > self._max_bytes + _SLACK:
                raise self._error(f"announces {size:,} bytes in one answer", "too-large")
            literals.append(await self._reader.readexactly(size))

    @contextlib.contextmanager
    def _wrapped(self) -> Iterator[None]:
        """Turn what the system raises into SourceError."""
        try:
            yield
        except AddressRefusedError as error:
            raise self._error(f"was not asked: {error} (`http: allow_hosts` allows it)", "refused") from error
        except TimeoutError as error:
            raise self._error(f"did not answer in time ({self._timeout:g} s)", "timeout") from error
        except ssl.SSLError as error:
            raise self._error(f"the TLS connection failed: {error}", "unreachable") from error
        except asyncio.LimitOverrunError as error:
            raise self._error("gives endless answers", "too-large") from error
        except (OSError, EOFError) as error:
            raise self._error(f"could not be reached: {error}", "unreachable") from error

    def _error(self, message: str, outcome: str, *, permanent: bool = False) -> SourceError:
        return SourceError(f"{self._place} {message}", outcome=outcome, permanent=permanent)


def _body(answer: _Answer) -> bytes | None:
    """The message in an answer: a literal, or a short one in quotes (RFC 3501, 4.3)."""
    if answer.literals:
        return max(answer.literals, key=len)
    quoted = _QUOTED_BODY.search(answer.text)
    return re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else None


class _RefusedError(SourceError):
    """The server said NO or BAD."""


def _quoted(text: str) -> str:
    if any(char in text for char in "\r\n\0") or not text.isascii():
        raise SourceError(
            "a user name, password or folder holds a sign that this server cannot be sent",
            permanent=True,
            outcome="refused",
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(folder: str) -> str:
    """A folder's name in the modified UTF-7 of RFC 3501, 5.1.3."""

    def coded(match: re.Match[str]) -> str:
        raw = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{raw.replace('/', ',')}-"

    return re.sub(r"[^\x20-\x7e]+", coded, folder.replace("&", "&-"))


def _shown(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:200]
