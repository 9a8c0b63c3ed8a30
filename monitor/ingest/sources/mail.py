"""The `mail` kind: a folder of a mailbox, read over IMAP and left as it is.

The location is `imaps://host:port/folder`. Options: `host`, `port`, `user`, `password` (a Secret) or
`password_file`, `tls`, `ca_file`, `folder`, `lookback` (seconds before the first check), `max_messages` (a
check), `max_bytes` (of one message), `timeout` (seconds for one command), `allow_hosts`. The cursor holds
UIDVALIDITY and the last UID.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
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
_STUCK = 5  # failed checks in a row after which a message that cannot be had is left out
_LONGEST = 10  # commands' worth of time that one check may take; the rest is read at the next one


async def collect_mail(
    source: Source, state: SourceState, get: Get, now: datetime
) -> AsyncIterator[Document | Gap | SourceState]:
    """Read the messages that came since the last check; see `sources.Collector`. `get` is not used.

    A message larger than `max_bytes` is a gap (too-large). Raises SourceError when the mailbox cannot be
    read.
    """
    from monitor.ingest.guard import AllowedHosts
    from monitor.ingest.imap import opened_mailbox

    limits = {
        "timeout": float(integer_option(source, "timeout", 60)),
        "max_bytes": integer_option(source, "max_bytes", 10 * MEBIBYTE),
    }
    most = integer_option(source, "max_messages", 500)
    account, folder = await _account(source), str(source.options.get("folder") or "INBOX")
    allowed = AllowedHosts(_texts(source.options.get("allow_hosts")))
    async with opened_mailbox(account, folder, allowed, **limits) as box:  # type: ignore[arg-type]
        uids = await _new(source, state, box, now)
        if state.cursor.get("validity") != box.validity:
            state = replace(state, cursor={"validity": box.validity, "uid": 0})
        stop = asyncio.get_running_loop().time() + _LONGEST * limits["timeout"]
        checkpoints = Checkpoints()
        stuck = state.failures >= _STUCK
        async for uid, items in _messages(source, box, uids[:most], now, stop, stuck):
            state = replace(state, cursor={**state.cursor, "uid": uid})
            for item in items:
                yield item
            if sum(checkpoints.add(item) for item in items):
                yield state
    yield state


async def _new(source: Source, state: SourceState, box: Mailbox, now: datetime) -> list[int]:
    """The UIDs to be read. Other numbers than last time (UIDVALIDITY) mean: begin anew."""
    last = state.cursor.get("uid")
    if state.cursor.get("validity") == box.validity and isinstance(last, int) and last > 0:
        return await box.after(last)
    lookback = timedelta(seconds=integer_option(source, "lookback", 7 * 86_400))
    return await box.since((now - lookback).date())


async def _messages(
    source: Source, box: Mailbox, uids: list[int], now: datetime, stop: float, stuck: bool
) -> AsyncIterator[tuple[int, list[Document | Gap]]]:
    """Each UID with what its message gives, until the time is up.

    When the checks are `stuck`, the first message is left out if the server breaks down on it again: it must
    not keep all later ones away.
    """
    max_bytes = integer_option(source, "max_bytes", 10 * MEBIBYTE)
    for start in range(0, len(uids), _AT_ONCE):
        chunk = uids[start : start + _AT_ONCE]
        sizes = await box.sizes(chunk)
        for uid in chunk:
            if asyncio.get_running_loop().time() > stop:
                return
            if sizes.get(uid, 0) > max_bytes:
                place = _place(source, box, uid)
                message = f"{place} has {sizes[uid]:,} bytes; {max_bytes:,} are read at most (`max_size`)"
                yield uid, [Gap(place, "too-large", message)]
                continue
            try:
                fetched = await box.fetch(uid)
            except SourceError as error:
                if not stuck or uid != uids[0]:
                    raise
                place = _place(source, box, uid)
                yield uid, [Gap(place, error.outcome, f"{place}: {error}; the message is left out")]
                return
            items = await asyncio.to_thread(_items, source, box, fetched, now) if fetched else []
            yield uid, items


def _items(source: Source, box: Mailbox, message: Message, now: datetime) -> list[Document | Gap]:
    """A message is named by its Message-ID, which stays when the server numbers its messages anew."""
    mail = read_mail(message.body)
    name = quote(mail.id, safe="@")
    place = f"{source.location}#{name}" if name else _place(source, box, message.uid)
    context = Context(source, now, integer_option(source, "max_bytes", 10 * MEBIBYTE))
    return list(mail_items(mail, place, context, message.received))


def _place(source: Source, box: Mailbox, uid: int) -> str:
    """The address of a message by its number (RFC 5092)."""
    return f"{source.location};UIDVALIDITY={box.validity}/;UID={uid}"


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
