"""The folder kind: every format, every encoding, and files that are not what they seem."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.ingest import collect, extract
from monitor.model import Article, Source, SourceState
from tests.ingest.sources.runs import NOW, Check, Web, check
from tests.pdfs import pdf


def run(folder: Path, state: SourceState | None = None, **options: object) -> Check:
    return check(Source("files", "folder", str(folder), language=None, options=options), Web({}), state)


def articles(folder: Path) -> list[Article]:
    return [extract(document) for document in run(folder).documents]


def test_every_format(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nText", encoding="utf-16")
    (tmp_path / "b.HTML").write_bytes(
        '<meta charset="cp1251"><title>T</title><p>Текст статьи</p>'.encode("cp1251")
    )
    (tmp_path / "c.md").write_text("# Heading\n\nText")
    (tmp_path / "d.json").write_text(
        json.dumps({"text": "Body", "title": "One", "published_at": "2024-11-18"})
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "e.jsonl").write_text(
        '{"text": "x"}\n\n{"text": "y", "url": "https://example.org/y", "lang": "de"}\n'
    )
    (tmp_path / "f.pdf").write_bytes(pdf(["First line", "Second"]))
    (tmp_path / "g.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.txt").write_text("secret")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "g.txt").write_text("secret")
    found = articles(tmp_path)
    assert [article.title for article in found] == ["A title", "T", "Heading", "One", "First line", "x", "y"]
    assert "Текст статьи" in found[1].text
    assert found[3].published_at == datetime(2024, 11, 18, tzinfo=UTC)
    assert found[5].url.startswith((tmp_path / "sub" / "e.jsonl").as_uri() + "#text-")
    assert (found[6].url, found[6].language) == ("https://example.org/y", "de")


def test_a_json_file_may_hold_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps([{"text": "x"}, {"id": "n7", "text": "y"}, 5, {"title": ["z"]}, {}])
    )
    found = run(tmp_path)
    uri = (tmp_path / "a.json").as_uri()
    nameless, named = [extract(document).url for document in found.documents]
    assert nameless.startswith(f"{uri}#text-")
    assert named == f"{uri}#n7"
    assert [document.within for document in found.documents] == [uri, ""]
    assert [gap.location for gap in found.gaps] == [uri + "#3", uri + "#4", uri + "#5"]


def test_a_bad_line_names_file_and_line_and_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"text": "x"}\n{"text": "broken\n["no object"]\n{"text": "y\\ud800\\u0000"}\n'
    )
    found = run(tmp_path)
    assert [extract(document).text for document in found.documents] == ["x", "y"]
    assert [gap.message.split(": ")[0][-9:] for gap in found.gaps] == ["a.jsonl:2", "a.jsonl:3"]
    assert run(tmp_path, found.state).gaps == []


MAIL = b"""From: a@example.org\r
Subject: =?utf-8?q?Gr=C3=B6=C3=9Fere_Menge?=\r
Date: Mon, 18 Nov 2024 10:30:00 +0100\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=XX\r
\r
--XX\r
Content-Type: multipart/alternative; boundary=YY\r
\r
--YY\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
20 kg Pheny=\r
laceton f=FCr K=F6ln\r
--YY\r
Content-Type: text/html\r
\r
<p>other form</p>\r
--YY--\r
--XX\r
Content-Type: application/pdf; name=report.pdf\r
Content-Disposition: attachment; filename=report.pdf\r
\r
x\r
--XX--\r
"""


def test_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "b.eml").write_bytes(
        b"Subject: Only HTML\r\nContent-Type: text/html\r\n\r\n<p>20 kg <b>keta</b>mine</p>"
    )
    (tmp_path / "c.eml").write_bytes(b"\xff\xfe no mail at all")
    found = run(tmp_path)
    plain, marked = (extract(found.documents[number]) for number in (0, 2))
    assert plain.text.rstrip() == "Größere Menge\n\n20 kg Phenylaceton für Köln"
    assert plain.published_at == datetime(2024, 11, 18, 9, 30, tzinfo=UTC)
    assert marked.text == "Only HTML\n\n20 kg ketamine"
    attached = found.documents[1]
    assert (attached.url, attached.media_type) == (
        (tmp_path / "a.eml").as_uri() + "#attachment-1",
        "application/pdf",
    )


MBOX = b"""From a@example.org Mon Nov 18 10:30:00 2024\r
Message-ID: <one@example.org>\r
Subject: First\r
\r
Some words.\r
\r
From here on, a line of the text.\r
>From the second line on as well.\r
\r
From b@example.org Mon Nov 18 11:30:00 2024\r
Subject: Second\r
Date: Mon, 18 Nov 2024 11:30:00 +0100\r
\r
20 kg of ketamine\r
"""


def test_an_mbox_is_a_row_of_mails(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(MBOX)
    (tmp_path / "b.mbox").write_bytes(b"Subject: One\n\nNo line before it.\n")
    (tmp_path / "c.mbox").write_bytes(b"")
    found = run(tmp_path)
    first, second = map(extract, found.documents)
    uri = (tmp_path / "a.mbox").as_uri()
    assert first.url == f"{uri}#one@example.org"
    assert second.url.startswith(f"{uri}#text-")
    assert first.text.rstrip().splitlines()[-2:] == [
        "From here on, a line of the text.",
        "From the second line on as well.",
    ]
    assert second.text.rstrip() == "Second\n\n20 kg of ketamine"
    assert [gap.location for gap in found.gaps] == [(tmp_path / "b.mbox").as_uri()]


def test_nameless_items_are_named_by_their_words_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n{"text": "y"}\n{"text": "x", "title": "T"}\n')
    before = [document.url for document in run(tmp_path).documents]
    (tmp_path / "a.jsonl").write_text('{"text": "z"}\n{"text": "x", "title": "T"}\n{"text": "x"}\n')
    after = [document.url for document in run(tmp_path).documents]
    assert len(set(before)) == 3
    assert after[1:] == [before[2], before[0]]
    assert after[0] not in before


def mbox(*mails: str) -> bytes:
    return "\n".join(f"From a@example.org Mon Nov 18 11:30:00 2024\n{mail}\n" for mail in mails).encode()


def test_mails_of_one_message_id_are_told_apart_by_their_words(tmp_path: Path) -> None:
    one, other = "Message-ID: <1@x>\nSubject: S\n\nOne", "Message-ID: <1@x>\nSubject: S\n\nOther"
    nameless = "Subject: S\n\nOne"
    (tmp_path / "a.mbox").write_bytes(mbox(one, other, one, nameless, nameless))
    found = run(tmp_path).documents
    assert [document.body.strip() for document in found] == [b"One", b"Other", b"One"]
    assert found[0].url.endswith("#1@x")
    assert len({document.url for document in found}) == 3
    assert all(document.fixed for document in found)


def test_only_new_and_changed_files_are_read_again(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(name)
    state = run(tmp_path).state
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").write_text("b, longer")
    (tmp_path / "d.txt").write_text("d")
    again = run(tmp_path, state)
    assert [document.body for document in again.documents] == [b"b, longer", b"d"]
    assert again.state.cursor["files"].keys() == {"b.txt", "c.txt", "d.txt"}  # type: ignore[attr-defined]


def test_a_missing_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(SourceError, match="mount or create it, or correct") as caught:
            run(place)
        assert (caught.value.outcome, caught.value.permanent) == ("gone", False)


def test_links_and_pipes(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "a.txt").write_text("a")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "in.txt").symlink_to(folder / "a.txt")
    (folder / "broken.txt").symlink_to(folder / "nothing.txt")
    (folder / "circle").symlink_to(folder)
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "one.txt").symlink_to("other.txt")
    (folder / "other.txt").symlink_to("one.txt")
    (folder / "away").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    found = run(folder)
    assert [document.body for document in found.documents] == [b"a"]
    assert {(gap.location.rpartition("/")[2], gap.outcome) for gap in found.gaps} == {
        ("away", "refused"),
        ("broken.txt", "error"),
        ("loop.txt", "error"),
        ("one.txt", "error"),
        ("other.txt", "error"),
        ("out.txt", "refused"),
        ("pipe.txt", "refused"),
    }


def test_kinds_that_are_not_read_are_a_gap_each(tmp_path: Path) -> None:
    for name in ("a.msg", "b.MSG", "c.png", "sub/d.msg", "e.txt", "core", "Thumbs.db", "empty"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes({"core": b"\x7fELF\0\0", "empty": b""}.get(name, b"x"))
    found = run(tmp_path)
    assert [document.body for document in found.documents] == [b"x"]
    assert [(gap.location.rpartition("#")[2], gap.message) for gap in found.gaps] == [
        ("unread.msg", "3 files of the kind .msg are not read: a.msg, b.MSG, sub/d.msg"),
        ("unread.db", "1 file of the kind .db is not read: Thumbs.db"),
        ("unread.png", "1 file of the kind .png is not read: c.png"),
        ("unread", "1 file without an extension is not read: core"),
    ]
    assert run(tmp_path, found.state).documents == []
    assert run(tmp_path, found.state).gaps == found.gaps


def test_a_file_that_becomes_a_pipe_or_a_link_is_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    for name in "abc":
        (folder / f"{name}.txt").write_text(name)

    async def main() -> Check:
        items = []
        async for item in collect(Source("s", "folder", str(folder)), SourceState("s"), Web({}), NOW):
            if not items:  # listed, and the first one read
                (folder / "b.txt").unlink()
                os.mkfifo(folder / "b.txt")
                (folder / "c.txt").unlink()
                (folder / "c.txt").symlink_to(tmp_path / "secret.txt")
            items.append(item)
        return Check(items)

    found = asyncio.run(main())
    assert [document.body for document in found.documents] == [b"a"]
    assert [(gap.location[-5:], gap.outcome) for gap in found.gaps] == [
        ("b.txt", "refused"),
        ("c.txt", "refused"),
    ]


def test_a_file_that_is_too_large_is_told_at_every_check(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 101)
    (tmp_path / "b.txt").write_bytes(b"x" * 100)
    found = run(tmp_path, max_bytes=100)
    assert (len(found.documents), [gap.outcome for gap in found.gaps]) == (1, ["too-large"])
    assert len(run(tmp_path, found.state, max_bytes=100).gaps) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(name)
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "locked").mkdir(mode=0)
    found = run(tmp_path)
    assert [document.body for document in found.documents] == [b"b"]
    assert len(found.gaps) == 2


def test_many_files_at_once_have_few_checkpoints(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number:04}.txt").write_text("x")
    found = run(tmp_path)
    assert len(found.documents) == 3000
    assert len(found.states) <= 42


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/gr\xfc\xdfe.txt"
    with open(path, "wb") as stream:  # noqa: PTH123 - a name as bytes
        stream.write(b"x")
    found = run(tmp_path)
    found.documents[0].url.encode("utf-8")
    assert found.state.cursor["files"].keys() == {"gr\\xfc\\xdfe.txt"}  # type: ignore[attr-defined]
