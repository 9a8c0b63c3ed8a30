"""The ways that a message goes: mail, signed webhook, chat by Apprise, an Atom file. Blocking I/O.

Each raises DeliveryError, permanent or passing. No secret is ever part of a message of ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol

import orjson

from monitor.errors import DeliveryError
from monitor.model import Secret
from monitor.notify.letters import Letter, defanged

TIMEOUT = 20.0  # seconds for one step with a server

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""POST a body to an address with headers, through the address guard; gives the status. Raises SourceError."""


class Channel(Protocol):
    """One place that messages can go to."""

    def send(self, letter: Letter, key: str, now: datetime) -> str:
        """Send one message and say what became of it ("" when there is nothing to say).

        `key` names the message: sent again after a doubtful attempt it carries the same one. DeliveryError.
        """


@dataclass(frozen=True)
class Mail:
    """SMTP; the certificate of the server is checked."""

    host: str
    port: int
    security: str  # tls, starttls or none
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: Secret | None = None
    ca_file: Path | None = None

    def send(self, letter: Letter, key: str, now: datetime) -> str:
        message = self._message(letter, key, now)
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, _secret(self.password))
                refused = server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            permanent = all(500 <= code < 600 for code, _ in error.recipients.values())
            raise DeliveryError(
                f"every recipient was refused: {_refusals(error.recipients)}", permanent
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryError(f"{self.host} refuses user and password ({error.smtp_code})", True) from error
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error
            said = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
            raise DeliveryError(
                f"{self.host}: {error.smtp_code} {said}", 500 <= error.smtp_code < 600
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(
                f"the certificate of {self.host} is not trusted: {error.verify_message}; see `ca_file`", True
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{self.host}:{self.port}: {error}", False) from error
        return f"refused for {_refusals(refused)}" if refused else ""

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        if self.security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, letter: Letter, key: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{key}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


@dataclass(frozen=True)
class Webhook:
    """A POST with the headers and the signature of Standard Webhooks (standardwebhooks.com, version 1)."""

    url: str
    secret: Secret | None
    post: Post

    def send(self, letter: Letter, key: str, now: datetime) -> str:
        moment = now.astimezone(UTC)
        body = orjson.dumps({"type": "alerts", "timestamp": moment.isoformat(), "data": dict(letter.data)})
        stamp = str(int(moment.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": f"msg_{key}",
            "webhook-timestamp": stamp,
            "webhook-signature": signature(_secret(self.secret), f"msg_{key}", stamp, body),
        }
        status = self.post(self.url, body, headers)
        if not 200 <= status < 300:
            passing = status in (408, 425, 429) or status >= 500
            raise DeliveryError(f"the server answered {status}", permanent=not passing)
        return ""


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of webhook-signature: HMAC-SHA256 over "id.timestamp.body". DeliveryError: no usable key."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise DeliveryError("the signing secret is not whsec_ and base64", True) from error
    if len(key) < 24:
        raise DeliveryError("the signing secret is shorter than 24 bytes", True)
    made = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


@dataclass(frozen=True)
class Chat:
    """Any service of Apprise; its own logs hold tokens and are kept shut."""

    address: Secret | None

    def send(self, letter: Letter, key: str, now: datetime) -> str:
        try:
            import apprise
        except ImportError as error:
            raise DeliveryError(
                "the extra is missing: pip install 'substance-monitor[apprise]'", True
            ) from error
        import logging

        logging.getLogger("apprise").disabled = True
        service = apprise.Apprise()
        if not service.add(_secret(self.address)):
            raise DeliveryError("Apprise does not know such an address", True)
        sent = service.notify(
            title=defanged(letter.subject), body=defanged(letter.text), body_format=apprise.NotifyFormat.TEXT
        )
        if not sent:
            raise DeliveryError("the service did not take the message", False)
        return ""


def _secret(secret: Secret | None) -> str:
    if secret is None or not secret.text:
        origin = secret.origin if secret else "the secret"
        raise DeliveryError(f"the variable {origin} is not set", True)
    return secret.text


def _refusals(refused: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} ({code})" for name, (code, _) in refused.items())
