"""E-mails: damaged heads, forms of a body, parts, quoting; a table of each kind, with near misses."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.mail import Mail, looks_like_mail, read_mail
from monitor.ingest.mail_text import split_mbox, unflowed, unquoted, with_plain_head

HEAD = "From: a@example.org\nSubject: Note\nDate: Tue, 03 Mar 2026 10:00:00 +0000\n"
BASE64 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
BODY = base64.b64encode(b"12 kg of fentanyl").decode() + "\n"


def mail(text: str, crlf: bool = False) -> Mail:
    return read_mail((text.replace("\n", "\r\n") if crlf else text).encode())


# --- what stands before and among the headers --------------------------------------------------------


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize(
    "head",
    [
        HEAD + BASE64,
        "\n\n" + HEAD + BASE64,
        " \n" + HEAD + BASE64,
        "\ufeff" + HEAD + BASE64,
        "\ufeff\n" + HEAD + BASE64,
        ">From a@example.org Tue Mar  3 10:00:00 2026\n" + HEAD + BASE64,
        "From a@example.org Tue Mar  3 10:00:00 2026\n" + HEAD + BASE64,
        "Microsoft Mail Internet Headers Version 2.0\n" + HEAD + BASE64,
        HEAD + "Microsoft Mail Internet Headers Version 2.0\n" + BASE64,
        HEAD + ">From somewhere\n" + BASE64,
        HEAD + "(a note of a program)\nanother line\n" + BASE64,
        HEAD + "X-Odd: a\n\tgoes on\n" + BASE64,
    ],
)
def test_stray_lines_do_not_end_the_headers(head: str, crlf: bool) -> None:
    found = mail(head + "\n" + BODY, crlf)
    assert (found.subject, found.body, found.error) == ("Note", "12 kg of fentanyl", "")


def test_other_encodings_of_the_whole() -> None:
    assert read_mail((HEAD + "\nText").encode("utf-16")).subject == "Note"
    assert read_mail((HEAD + "\nText").replace("\n", "\r").encode()).body.strip() == "Text"


def test_what_looks_like_a_header_in_a_body_stays_there() -> None:
    found = mail(HEAD + "\nHe wrote\nSubject: another\n\nText")
    assert found.subject == "Note"
    assert found.body == "He wrote\nSubject: another\n\nText"
    assert with_plain_head(b"no headers\nat all\n\nText") == b"no headers\nat all\n\nText"
    assert mail("Subject: Note\nA body without a blank line before it\n").body.startswith("A body")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fere?=\n\nx", "Größere"),
        (b"Subject: Gr\xc3\xb6\xc3\x9fere Menge\n\nx", "Größere Menge"),
        (b"Subject: =?utf-8?b?S2V0YW1p?=\n =?utf-8?b?bmU=?=\n\nx", "Ketamine"),
        (b"Subject: a\n\tb\n\nx", "a b"),
        (b"Subject: =?no-such?q?x?=\n\nx", "=?no-such?q?x?="),
    ],
)
def test_subjects(raw: bytes, subject: str) -> None:
    assert read_mail(raw).subject.replace("\t", " ") == subject or subject.startswith("=?")


# --- forms of the body -------------------------------------------------------------------------------


def parts(kind: str, *parts: str) -> str:
    inside = "".join(f"--B\n{part}\n" for part in parts)
    return f'{HEAD}Content-Type: multipart/{kind}; boundary="B"\n\n{inside}--B--\n'


def plain(text: str, more: str = "") -> str:
    return f"Content-Type: text/plain; charset=utf-8{more}\n\n{text}"


def html(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n<p>{text}</p>"


NEWS = "Customs found 12 kg of fentanyl in a lorry at the crossing this morning, the office said."


@pytest.mark.parametrize(
    ("poor", "rich", "forms"),
    [
        ("", NEWS, "html"),
        ("Your mail program does not show HTML. Read this in the browser.", NEWS, "html and plain"),
        ("View in browser: https://list.example/fentanyl/v/1\nUnsubscribe", NEWS, "html"),
        (NEWS[:40], NEWS, "html"),
        (NEWS, NEWS, "plain"),
        (NEWS, f"{NEWS} View online", "plain"),
        (f"{NEWS} and the whole story goes on here", NEWS[:60], "plain"),
        ("A quite other text that names mephedrone and no more", NEWS, "html and plain"),
        (NEWS, "", "plain"),
        ("ок", "найдено три килограмма мефедрона в гараже", "html"),
    ],
)
def test_the_form_that_says_more_is_read(poor: str, rich: str, forms: str) -> None:
    found = mail(parts("alternative", plain(poor), html(rich)))
    assert found.media_type == ("text/plain" if forms == "plain" else "text/html")
    assert (f"<p>{rich}</p>" in found.body) is ("html" in forms)
    assert ("<pre>" in found.body) is (forms == "html and plain")
    assert poor in found.body or forms == "html"


def test_parts_in_parts_are_all_read() -> None:
    pdf = "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\n%PDF-1.4 x"
    inner = f'Content-Type: multipart/mixed; boundary="C"\n\n--C\n{html(NEWS)}\n--C\n{pdf}\n--C--\n'
    found = mail(parts("alternative", plain(NEWS), inner))
    assert [part.name for part in found.attached] == ["a.pdf"]
    found = mail(parts("mixed", plain("One"), pdf, plain("Two")))
    assert found.body == "One\nTwo"
    signed = parts("signed", plain("Signed text"), "Content-Type: application/pgp-signature\n\nabc")
    assert (mail(signed).body, mail(signed).error) == ("Signed text", "")
    related = f'Content-Type: multipart/related; boundary="C"\n\n--C\n{html(NEWS)}\n--C--\n'
    assert NEWS in mail(parts("alternative", plain(""), related)).body
    assert mail(parts("encrypted", plain("x"))).error == "it is encrypted"


def test_endless_parts_are_cut_and_reported() -> None:
    many = mail(parts("mixed", *(plain("x") for _ in range(1_500))))
    assert "too many parts" in many.error
    assert len(many.body) > 500


# --- forwarded mails ---------------------------------------------------------------------------------

FORWARDED = f"{HEAD.replace('Note', 'Inner')}\nMephedrone in parcel = 7, and so on.\n"


def packed(coding: str, body: str, kind: str = "message/rfc822", name: str = "fw.eml") -> Mail:
    part = f"Content-Type: {kind}; name={name}\nContent-Transfer-Encoding: {coding}\n\n{body}"
    return mail(parts("mixed", plain("See below."), part))


@pytest.mark.parametrize(
    ("coding", "body", "kind"),
    [
        ("7bit", FORWARDED, "message/rfc822"),
        ("base64", base64.encodebytes(FORWARDED.encode()).decode(), "message/rfc822"),
        ("BASE64", base64.b64encode(FORWARDED.encode()).decode(), "message/rfc822"),
        ("base64", FORWARDED, "message/rfc822"),  # says so, and is not
        ("quoted-printable", quopri.encodestring(FORWARDED.encode()).decode(), "message/rfc822"),
        ("base64", base64.encodebytes(FORWARDED.encode()).decode(), "application/octet-stream"),
        ("base64", base64.encodebytes(FORWARDED.encode()).decode(), "message/global"),
    ],
)
def test_forwarded_mails(coding: str, body: str, kind: str) -> None:
    found = packed(coding, body, kind)
    (inner,) = found.forwarded
    assert (inner.subject, inner.body.strip()) == ("Inner", "Mephedrone in parcel = 7, and so on.")
    assert (found.body.strip(), found.attached) == ("See below.", ())


def test_mails_in_mails_end_somewhere() -> None:
    text = FORWARDED
    for _ in range(6):
        text = parts("mixed", "Content-Type: message/rfc822\n\n" + text).replace('"B"', '"B"')
    found = mail(text)
    assert isinstance(found, Mail)


# --- quoting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("> phenethyl\n> bromide", "phenethyl\nbromide"),
        (">> phenethyl\n>> bromide", "phenethyl\nbromide"),
        ("> > phenethyl\n> > bromide", "phenethyl\nbromide"),
        (">phenethyl\n>bromide", "phenethyl\nbromide"),
        ("She wrote:\n> a\n>\n>   b", "She wrote:\na\n\n  b"),
        ("a > b, and c", "a > b, and c"),
        ("  > not at the beginning", "  > not at the beginning"),
    ],
)
def test_marks_of_quotation_are_no_text(text: str, read: str) -> None:
    assert unquoted(text) == read


@pytest.mark.parametrize(
    ("text", "delete", "read"),
    [
        ("methamphe \ntamine", True, "methamphetamine"),
        ("phenethyl \nbromide", False, "phenethyl bromide"),
        ("one  \ntwo", True, "one two"),
        ("a\nb", False, "a\nb"),
        (" >no quote\n  two", False, ">no quote\n two"),
        ("> a \n> b\nc", False, "a b\nc"),
        ("> a \n>> b", False, "a\nb"),  # soft, but the depth changes: the paragraph ends
        ("a \n-- \nName", False, "a\n--\nName"),
        ("-- \nName", True, "--\nName"),
    ],
)
def test_flowed_text(text: str, delete: bool, read: str) -> None:
    assert unflowed(text, delete_space=delete) == read


def test_parameters_of_flowed_text_are_heeded() -> None:
    text = "methamphe \ntamine"
    for more, read in (
        ("; format=flowed; delsp=yes", "methamphetamine"),
        ('; Format="Flowed"; DelSp=YES', "methamphetamine"),
        ("; format=flowed", "methamphe tamine"),
        ("; format=fixed", text),
    ):
        assert mail(HEAD + plain(text, more)).body.strip() == read


# --- mbox --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("border", "number"),
    [
        ("From a@example.org Tue Mar  3 10:00:00 2026", 2),
        ("From - Tue Mar  3 10:00:00 2026", 2),
        ("From ", 2),
        ("From", 2),
        ("From MAILER-DAEMON", 2),
        ("FROM: b@example.org", 1),
        ("from here on", 1),
        ("FROM ", 1),
        ("From here on it is text", 2),  # before a header: no way to tell
    ],
)
def test_borders_of_an_mbox(border: str, number: int) -> None:
    for end in ("\n", "\r\n"):
        raw = f"From a@x Mon Nov 18 11:30:00 2024\n{HEAD}\nOne\n\n{border}\n{HEAD}\nTwo\n".replace("\n", end)
        assert len(list(split_mbox(raw.encode()))) == number


def test_text_with_from_is_no_border() -> None:
    text = (
        "From here\n\nFrom there on, text.\nMore: text\n\nFrom 2019 to 2024 it grew.\n\nfrom a 10:00 2024\n"
    )
    (found,) = split_mbox(f"\ufeff\nFrom \n{HEAD}\n{text}\n>From quoted\n".encode())
    assert found.endswith(f"{text}\nFrom quoted\n".encode())
    assert list(split_mbox(b"Subject: no border\n\nText")) == []


def test_what_looks_like_mail() -> None:
    assert looks_like_mail(b"Received: x\n\ty\nSubject: S\n\n")
    assert not looks_like_mail(b"Note: x\nSubject: S\n\n")
    assert not looks_like_mail(b"From: a\n\n")


# --- hostile -----------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(HEAD, BASE64, BODY, "\n", "--B\n", "--B--\n", "> a \n", "=\n", "From \n", "\ufeff"),
        'Content-Type: multipart/mixed; boundary="B"\n',
        "Content-Type: message/rfc822\n",
        "Content-Type: text/plain; charset=utf-7\n",
        "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Type: ;;;=\n",
        "Subject: =?x?q?=\n",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.binary(max_size=20))
def test_nothing_escapes(text: str, more: bytes) -> None:
    raw = text.encode() + more
    read_mail(raw)
    for message in split_mbox(raw):
        read_mail(message)
