"""The mail kind against a real IMAP server: nothing twice, nothing lost, nothing told that is secret."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.model import Secret, SourceState
from tests.imaps import Box, imap_in_thread, mail_source, message
from tests.ingest.sources.runs import NOW, Check, Web, check


@pytest.fixture
def box() -> Iterator[Box]:
    with imap_in_thread(Box({number: message(number) for number in (3, 5, 9)})) as opened:
        yield opened


def run(box: Box, state: SourceState | None = None, **options: object) -> Check:
    return check(mail_source(box, **options), Web({}), state)


def titles(found: Check) -> list[str]:
    return [document.title for document in found.documents]


def test_messages_are_articles_and_stay_unread(box: Box) -> None:
    found = run(box)
    article = extract(found.documents[0])
    assert article.text.rstrip() == "Story 3\n\nText 3"
    assert article.url == f"imap://{box.place}/INBOX#3@example.org"
    assert article.published_at == datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
    assert found.state.cursor == {"validity": 7, "uid": 9}
    assert not [each for each in box.commands if "SELECT" in each or "STORE" in each or "BODY[" in each]


def test_only_what_came_since_is_read(box: Box) -> None:
    state = run(box).state
    assert run(box, state).documents == []  # the server names the last message again
    box.messages[12] = message(12)
    found = run(box, state)
    assert titles(found) == ["Story 12"]
    assert found.state.cursor["uid"] == 12


def test_a_mailbox_numbered_anew_is_read_again_under_the_same_names(box: Box) -> None:
    first = run(box)
    box.validity = 8
    again = run(box, first.state)
    assert [each.url for each in again.documents] == [each.url for each in first.documents]
    assert again.state.cursor == {"validity": 8, "uid": 9}


def test_the_first_check_goes_back_so_far(box: Box) -> None:
    assert titles(run(box, lookback=86_400)) == []
    assert len(titles(run(box, lookback=3 * 86_400))) == 3


def test_no_more_than_so_many_at_once(box: Box) -> None:
    first = run(box, max_messages=2)
    assert titles(first) == ["Story 3", "Story 5"]
    assert titles(run(box, first.state, max_messages=2)) == ["Story 9"]


def test_a_broken_connection_loses_nothing(box: Box) -> None:
    """What was recorded up to the last checkpoint is not read again, the rest is."""
    box.messages = {number: message(number) for number in range(1, 41)}
    box.breaks_at = 30
    source, state = mail_source(box), SourceState("desk")
    with pytest.raises(SourceError) as caught:
        check(source, Web({}), state)
    assert caught.value.outcome == "unreachable"
    box.breaks_at = 0
    assert len(titles(run(box, replace(state, cursor={"validity": 7, "uid": 25})))) == 15


def test_a_message_without_a_name_is_named_by_its_number(box: Box) -> None:
    box.messages = {4: message(4, name=False)}
    (document,) = run(box).documents
    assert document.url == f"imap://{box.place}/INBOX;UIDVALIDITY=7/;UID=4"


MIXED = b"""Message-ID: <m@example.org>\r
Subject: Bulletin\r
Content-Type: multipart/mixed; boundary=XX\r
\r
--XX\r
Content-Type: text/plain\r
\r
See below.\r
--XX\r
Content-Type: text/plain\r
\r
The list's footer.\r
--XX\r
Content-Type: message/rfc822\r
\r
Subject: Inner\r
\r
PMK was found.\r
--XX\r
Content-Type: text/html; name=a.html\r
Content-Disposition: attachment; filename=a.html\r
\r
<p>BMK was found.</p>\r
--XX\r
Content-Type: application/zip\r
Content-Disposition: attachment; filename=a.exe\r
\r
PK\r
--XX--\r
"""


def test_what_is_forwarded_and_attached_is_read(box: Box) -> None:
    box.messages = {1: MIXED}
    found = run(box)
    place = f"imap://{box.place}/INBOX#m@example.org"
    texts = {each.url: extract(each).text.rstrip() for each in found.documents}
    assert texts == {
        place: "Bulletin\n\nSee below.\nThe list's footer.",
        f"{place}/forwarded-1": "Inner\n\nPMK was found.",
        f"{place}/attachment-1": "BMK was found.",
    }
    assert {each.published_at for each in found.documents} == {box.received}
    assert [gap.message.rpartition(": ")[2] for gap in found.gaps] == ["a.exe (application/zip)"]


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
def test_a_refused_log_in_tells_no_secret(box: Box, capabilities: str) -> None:
    box.capabilities = capabilities
    assert len(titles(run(box))) == 3
    with pytest.raises(SourceError) as caught:
        run(box, password=Secret("DESK_PASSWORD", "wrong"))
    assert (caught.value.outcome, caught.value.permanent) == ("blocked", True)
    for secret in (box.password, "wrong", box.user):
        assert secret not in f"{caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_a_secret_is_not_shown() -> None:
    assert "hidden" not in f"{Secret('X', 'hidden')!r} {Secret('X', 'hidden')}"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"folder": "Nowhere"}, "gone"),
        ({"password": Secret("DESK_PASSWORD")}, "refused"),
        ({"password": None, "password_file": "/nowhere/x"}, "refused"),
        ({"allow_hosts": ()}, "refused"),
        ({"host": "localhost", "allow_hosts": ()}, "refused"),
        ({"port": 1, "allow_hosts": ("127.0.0.1",)}, "unreachable"),
        ({"tls": True}, "unreachable"),
    ],
)
def test_what_can_be_wrong(box: Box, change: dict[str, object], outcome: str) -> None:
    with pytest.raises(SourceError) as caught:
        run(box, **change)
    assert caught.value.outcome == outcome


@pytest.mark.parametrize("command", ["CAPABILITY", "EXAMINE", "SEARCH", "PEEK"])
def test_a_server_that_hangs_is_left_in_time(box: Box, command: str) -> None:
    box.hangs_at = command
    start = datetime.now(UTC)
    with pytest.raises(SourceError) as caught:
        run(box, timeout=1)
    assert caught.value.outcome == "timeout"
    assert datetime.now(UTC) - start < timedelta(seconds=5)


def test_large_messages_are_gaps(box: Box) -> None:
    box.announces = 10_000_000
    found = run(box, max_bytes=1000)
    assert [gap.outcome for gap in found.gaps] == ["too-large"] * 3
    assert run(box, found.state, max_bytes=1000).gaps == []
    box.announces = 10  # and one that is larger than it said
    box.messages = {20: message(20, "x" * 200_000)}
    with pytest.raises(SourceError) as caught:
        run(box, found.state, max_bytes=1000)
    assert caught.value.outcome == "too-large"


def test_the_password_may_be_in_a_file(box: Box, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(box.password + "\n")
    assert len(titles(run(box, password=None, password_file=str(tmp_path / "secret")))) == 3


def test_names_of_folders_in_any_script(box: Box) -> None:
    box.folder = "Presse &- Beh&APY-rden &U,BTFw-"
    assert len(titles(run(box, folder="Presse & Behörden 台北"))) == 3


def test_over_tls_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [*request, *names, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with imap_in_thread(Box({1: message(1)}), context) as box:
        assert titles(run(box, tls=True, ca_file=str(certificate))) == ["Story 1"]
        with pytest.raises(SourceError, match="TLS") as caught:
            run(box, tls=True)
    assert caught.value.outcome == "unreachable"


def test_no_message_is_dated_in_the_future(box: Box) -> None:
    late = message(1).replace(b"2026", b"2099")
    box.messages = {1: late}
    assert run(box).documents[0].published_at == box.received <= NOW
