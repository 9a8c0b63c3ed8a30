"""The ways that messages go, against real servers on this machine."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from standardwebhooks import Webhook as Verifier

from monitor.errors import DeliveryError
from monitor.model import Secret
from monitor.notify import compose
from monitor.notify.channels import Chat, Mail, Webhook, signature
from tests.notify.test_letters import ITEM

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LETTER = compose([ITEM], rule="all")
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@dataclass
class Postbox:
    """A mail server's hands: keeps mails, refuses some recipients or all mails."""

    refuse: tuple[str, ...] = ()
    answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.to.append(list(envelope.rcpt_tos))
        return self.answer


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def postbox(**kinds: Any) -> Iterator[tuple[Postbox, Mail]]:
    box = Postbox(**kinds)
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        to = ("one@desk.example", "two@desk.example")
        yield box, Mail("127.0.0.1", controller.port, "none", "monitor@desk.example", to)
    finally:
        controller.stop()


def test_a_mail_has_both_forms_and_a_name_that_stays() -> None:
    with postbox() as (box, mail):
        assert mail.send(LETTER, "abc", NOW) == ""
        assert mail.send(LETTER, "abc", NOW) == ""
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"] == "<abc@desk.example>"
    assert (first["Subject"], first["Auto-Submitted"]) == (LETTER.subject, "auto-generated")
    assert box.to[0] == ["one@desk.example", "two@desk.example"]
    kinds = [part.get_content_type() for part in first.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    plain = first.get_body(("plain",))
    assert plain is not None
    assert "two drums of [BMK]" in plain.get_content()


def test_a_refused_recipient_is_named_and_the_others_have_it() -> None:
    with postbox(refuse=("two@desk.example",)) as (box, mail):
        assert mail.send(LETTER, "abc", NOW) == "refused for two@desk.example (550)"
    assert box.to == [["one@desk.example"]]


@pytest.mark.parametrize(
    ("kinds", "permanent", "says"),
    [
        ({"refuse": ("one@desk.example", "two@desk.example")}, True, "every recipient was refused"),
        ({"answer": "451 try later"}, False, "451 try later"),
        ({"answer": "554 spam"}, True, "554 spam"),
    ],
)
def test_what_is_refused_for_good_and_for_now(kinds: dict[str, Any], permanent: bool, says: str) -> None:
    with postbox(**kinds) as (_, mail), pytest.raises(DeliveryError, match=says) as caught:
        mail.send(LETTER, "abc", NOW)
    assert caught.value.permanent is permanent


def test_a_server_that_is_not_there_is_tried_again() -> None:
    mail = Mail("127.0.0.1", free_port(), "none", "a@b.example", ("c@d.example",))
    with pytest.raises(DeliveryError) as caught:
        mail.send(LETTER, "abc", NOW)
    assert not caught.value.permanent


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_no_mail_goes_without_the_encryption_that_was_asked_for(security: str) -> None:
    with postbox() as (box, mail):
        asked = Mail(mail.host, mail.port, security, mail.sender, mail.to)
        with pytest.raises(DeliveryError):
            asked.send(LETTER, "abc", NOW)
    assert box.mails == []


def test_a_webhook_is_signed_as_the_standard_has_it() -> None:
    calls: list[tuple[str, bytes, dict[str, str]]] = []

    def post(url: str, body: bytes, headers: Any) -> int:
        calls.append((url, body, dict(headers)))
        return 204

    now = datetime.now(UTC)  # the verifier refuses old times
    hook = Webhook("https://hook.example/in", Secret("HOOK", SECRET), post)
    assert hook.send(LETTER, "abc", now) == ""
    ((url, body, headers),) = calls
    assert (url, headers["webhook-id"]) == ("https://hook.example/in", "msg_abc")
    verified = Verifier(SECRET).verify(body, headers)
    assert verified["data"]["items"][0]["substance"] == "BMK"
    with pytest.raises(Exception, match="signature"):
        Verifier(SECRET).verify(body + b" ", headers)
    assert json.loads(body)["type"] == "alerts"


@pytest.mark.parametrize(
    ("status", "permanent"), [(301, True), (400, True), (404, True), (408, False), (429, False), (503, False)]
)
def test_answers_of_a_webhook(status: int, permanent: bool) -> None:
    hook = Webhook("https://hook.example", Secret("HOOK", SECRET), lambda *_: status)
    with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
        hook.send(LETTER, "abc", NOW)
    assert caught.value.permanent is permanent


@pytest.mark.parametrize(("secret", "says"), [("whsec_!", "not whsec_"), ("whsec_aGk=", "shorter than 24")])
def test_secrets_that_are_none(secret: str, says: str) -> None:
    with pytest.raises(DeliveryError, match=says) as caught:
        signature(secret, "msg_1", "1", b"")
    assert secret not in str(caught.value)


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(DeliveryError, match="the variable HOOK is not set"):
        Webhook("https://hook.example", Secret("HOOK"), lambda *_: 200).send(LETTER, "abc", NOW)


def test_chat_services_need_the_extra_or_a_known_address() -> None:
    with pytest.raises(DeliveryError, match=r"extra is missing|does not know") as caught:
        Chat(Secret("CHAT", "nonsense")).send(LETTER, "abc", NOW)
    assert "nonsense" not in str(caught.value)
