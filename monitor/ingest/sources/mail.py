"""The `mail` kind: a folder of a mailbox, read over IMAP and left as it is.

The location is `imaps://host:port/folder`. Options: `host`, `port`, `user`, `password` (a Secret) or
`password_file`, `tls`, `ca_file`, `folder`, `lookback` (seconds before the first check), `max_messages` (a
check), `max_bytes` (of one message), `timeout` (seconds for one command), `allow_hosts`. The cursor holds
UIDVALIDITY, the last UID, and the UIDs that are asked for again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.errors import SourceError
from monitor.ingest.mail import read_mail
from monitor.ingest.request import MEBIBYTE, Get
from monitor.ingest.sources.checkpoints import Checkpoints
from monitor.ingest.sources.options import integer_option
from monitor.ingest.sources.readers import Context, mail_items
from monitor.model import Document, Gap, Secret, Source, SourceState

if TYPE_CHECKING:
    from monitor.ingest.imap import Account, Mailbox, Message

_AT_ONCE = 100  # messages whose sizes are asked for together
_TRIES = 5  # checks at which a message that cannot be had is asked for
_MOST_AGAIN = 500  # messages that are asked for again, at most
_ALL_FAIL = 3  # messages that fail without any that is read: then it is the server, not they
_HEAD = 65_536  # bytes at the beginning and the end of a message in which its border is looked for
_BOUNDARY = re.compile(
    rb"^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*?;\s*boundary="
    rb"""(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST = 10  # commands' worth of time that one check may take; the rest is read at the next one


async def collect_mail(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read the messages that came since the last check; see `sources.Collector`. `get` is not used.

    A message larger than `max_bytes` is a gap (too-large). One that is refused, that comes cut or empty, or
    at which the connection breaks, is a gap and asked for again at the next checks; the others are read
    meanwhile. Raises SourceError when the mailbox cannot be read.
    """
    from monitor.ingest.guard import AllowedHosts
    from monitor.ingest.imap import opened_mailbox

    limits = {
        "timeout": float(integer_option(source, "timeout", 60)),
        "max_bytes": integer_option(source, "max_bytes", 10 * MEBIBYTE),
    }
    account, folder = await _account(source), str(source.options.get("folder") or "INBOX")
    allowed = AllowedHosts(_texts(source.options.get("allow_hosts")))
    async with opened_mailbox(account, folder, allowed, **limits) as box:  # type: ignore[arg-type]
        place = _Place.of(state, box.validity)
        stop = asyncio.get_running_loop().time() + _LONGEST * limits["timeout"]
        checkpoints = Checkpoints()
        reading = _Mailbox(source, box, now, place, stop)
        trouble: SourceError | None = None
        try:
            async for items in reading.messages(await _new(source, place, box, now)):
                for item in items:
                    yield item
                if sum(checkpoints.add(item) for item in items):
                    yield place.state(state)
        except SourceError as error:
            trouble = error
        for gap in reading.failed:
            yield gap
        yield place.state(state)
        if trouble is not None:
            raise trouble


@dataclass(slots=True)
class _Place:
    """How far a mailbox was read: up to `uid`; `again`: messages to ask for again, with the tries so far."""

    validity: int
    uid: int = 0
    again: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, state: SourceState, validity: int) -> _Place:
        """Other numbers than last time (UIDVALIDITY) mean: begin anew."""
        uid, again = state.cursor.get("uid"), state.cursor.get("again")
        if state.cursor.get("validity") != validity or not isinstance(uid, int):
            return cls(validity)
        return cls(
            validity, uid, {int(k): int(v) for k, v in again.items()} if isinstance(again, dict) else {}
        )

    def state(self, state: SourceState) -> SourceState:
        again = {"again": {str(uid): tries for uid, tries in self.again.items()}} if self.again else {}
        return replace(state, cursor={"validity": self.validity, "uid": self.uid, **again})


async def _new(source: Source, place: _Place, box: Mailbox, now: datetime) -> list[int]:
    """The UIDs to be read: new ones, then those to ask for again, the least often tried first."""
    if place.uid > 0:
        found = await box.after(place.uid)
    else:
        lookback = timedelta(seconds=integer_option(source, "lookback", 7 * 86_400))
        found = await box.since((now - lookback).date())
    most = integer_option(source, "max_messages", 500)
    fresh = [uid for uid in found if uid not in place.again]
    return [*fresh[:most], *sorted(place.again, key=lambda uid: (place.again[uid], uid))]


@dataclass(slots=True)
class _Mailbox:
    """One reading of a mailbox. `failed` are gaps for the messages that could not be had."""

    source: Source
    box: Mailbox
    now: datetime
    place: _Place
    stop: float
    failed: list[Gap] = field(default_factory=list)
    read: int = 0

    async def messages(self, uids: list[int]) -> AsyncIterator[list[Document | Gap]]:
        """What each message gives, until the time is up. Raises SourceError when the connection breaks."""
        before = replace(self.place, again=dict(self.place.again))
        for start in range(0, len(uids), _AT_ONCE):
            chunk = uids[start : start + _AT_ONCE]
            sizes = await self.box.sizes(chunk)
            for uid in chunk:
                if asyncio.get_running_loop().time() > self.stop:
                    return
                if uid in sizes:
                    yield await self._message(uid, sizes[uid])
                    self.place.uid = max(self.place.uid, uid)
                else:
                    self.place.again.pop(uid, None)  # it was deleted meanwhile
        if len(self.failed) >= _ALL_FAIL and not self.read:
            message = f"{self.source.name}: the server refuses every message; {self.failed[0].message}"
            self.place.uid, self.place.again = before.uid, before.again
            self.failed.clear()
            raise SourceError(message, outcome="error")

    async def _message(self, uid: int, size: int) -> list[Document | Gap]:
        max_bytes, address = integer_option(self.source, "max_bytes", 10 * MEBIBYTE), self._address(uid)
        if size > max_bytes:
            message = f"{address} has {size:,} bytes; {max_bytes:,} are read at most (`max_size`)"
            return [Gap(address, "too-large", message)]
        try:
            fetched = await self.box.fetch(uid)
        except SourceError as error:
            self._fail(uid, error.outcome, str(error))
            if self.box.is_open:
                return []
            self.place.uid = max(self.place.uid, uid)
            raise
        if fetched is None:
            self._fail(uid, "error", "the server lists it, and gives no text")
            return []
        items = await asyncio.to_thread(_items, self.source, fetched, self.now, address)
        self.read += 1
        if is_cut(fetched.body, size):
            self._fail(uid, "error", f"only {len(fetched.body):,} of {size:,} bytes came; these were read")
        else:
            self.place.again.pop(uid, None)
        return items

    def _fail(self, uid: int, outcome: str, why: str) -> None:
        """Count a try, and report it; after the last one the message is left out."""
        tries = self.place.again.pop(uid, 0) + 1
        again = tries < _TRIES and len(self.place.again) < _MOST_AGAIN
        if again:
            self.place.again[uid] = tries
        what = "it will be asked for again" if again else "it is left out"
        address = self._address(uid)
        self.failed.append(Gap(address, outcome, f"{address}: {why}; {what}"))

    def _address(self, uid: int) -> str:
        """The address of a message by its number (RFC 5092)."""
        return f"{self.source.location};UIDVALIDITY={self.box.validity}/;UID={uid}"


def is_cut(body: bytes, size: int) -> bool:
    """Has a message fewer bytes than the server says, and no end?

    Exchange estimates sizes unless set up otherwise, so the last border of a message's parts counts more.
    """
    if len(body) >= size:
        return False
    border = _BOUNDARY.search(body[:_HEAD])
    end = b"--" + (border[1] or border[2]) + b"--" if border else b""
    return not end or end not in body[-_HEAD:]


def _items(source: Source, message: Message, now: datetime, address: str) -> list[Document | Gap]:
    """A message is named by its Message-ID, which stays when the server numbers its messages anew."""
    mail = read_mail(message.body)
    name = quote(mail.id, safe="@")
    place = f"{source.location}#{name}" if name else address
    context = Context(source, now, integer_option(source, "max_bytes", 10 * MEBIBYTE))
    items = list(mail_items(mail, place, context, message.received))
    return [replace(item, known_as=address) if isinstance(item, Document) else item for item in items]


async def _account(source: Source) -> Account:
    """Raises SourceError (refused, permanent) when the password is not there."""
    from monitor.ingest.imap import Account

    options = source.options
    port = options.get("port")
    ca_file = options.get("ca_file")
    return Account(
        host=str(options.get("host") or ""),
        port=port if isinstance(port, int) else 993,
        user=str(options.get("user") or ""),
        password=await asyncio.to_thread(_password, source),
        tls=options.get("tls", True) is not False,
        ca_file=str(ca_file) if ca_file else None,
    )


def _password(source: Source) -> str:
    secret, file = source.options.get("password"), source.options.get("password_file")
    if isinstance(secret, Secret) and secret.text:
        return secret.text
    if isinstance(secret, Secret):
        raise _no_password(source, f"the environment variable {secret.origin} is not set")
    try:
        text = Path(str(file)).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise _no_password(source, f"the file {file} cannot be read: {reason}") from None
    if not text:
        raise _no_password(source, f"the file {file} is empty")
    return text


def _no_password(source: Source, why: str) -> SourceError:
    return SourceError(f"{source.name}: no password: {why}", permanent=True, outcome="refused")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
