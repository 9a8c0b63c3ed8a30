"""What files give by their kind: documents, workbooks, tables, archives, and files without an extension."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest import extract
from monitor.ingest.sources.readers import READERS, Context, kind_of, read_content
from monitor.model import Document, Gap, Source
from tests.ingest.sources.runs import NOW
from tests.pdfs import pdf

URL = "file:///in/file"
SOURCE = Source("s", "folder", "/in")


def read(name: str, body: bytes, max_bytes: int = 1_000_000) -> tuple[list[Document], list[Gap]]:
    kind = kind_of(name, body[:4096])
    found = list(read_content(kind, body, URL, Context(SOURCE, NOW, max_bytes)))
    return (
        [each for each in found if isinstance(each, Document)],
        [each for each in found if isinstance(each, Gap)],
    )


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def document() -> bytes:
    made = docx.Document()
    made.add_paragraph("Notice of the office")
    made.add_paragraph("Ketamine was seized.")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "PMK", "3 kg"
    made.sections[0].header.paragraphs[0].text = "The header names safrole"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), body)
    return stream.getvalue()


# --- documents and workbooks -------------------------------------------------------------------------


def test_a_document_is_read_whole() -> None:
    (found,), gaps = read("notice.docx", document())
    article = extract(found)
    assert article.title == "Notice of the office"
    assert article.text.splitlines() == [
        *("Notice of the office", "Ketamine was seized.", "PMK", "3 kg", "The header names safrole"),
    ]
    assert gaps == []


def test_each_sheet_is_an_article_and_each_row_of_a_table_of_articles() -> None:
    body = workbook(
        Goods=[["name", "CAS"], ["fentanyl", "437-38-7"], [None, 12]],
        News=[
            ["Date", "Title", "Text", "Where"],
            [
                datetime(2026, 3, 2),  # noqa: DTZ001 - as workbooks have them
                "Barn",
                "Ketamine in a barn",
                "Northtown",
            ],
            [None, None, None, None],
            [None, "Court", None, None],
        ],
        Empty=[],
    )
    found, gaps = read("goods.xlsx", body)
    goods, barn, court = map(extract, found)
    assert (goods.title, goods.url) == ("Goods", f"{URL}#sheet-Goods")
    assert "fentanyl | 437-38-7" in goods.text
    assert (barn.title, barn.published_at) == ("Barn", datetime(2026, 3, 2, tzinfo=UTC))
    assert "Ketamine in a barn\nNorthtown" in barn.text
    assert barn.url.startswith(f"{URL}#text-")
    assert court.title == "Court"
    assert gaps == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_tables(separator: str) -> None:
    rows = [["id", "title", "text"], ["7", "A", '"Two\nlines of ketamine"'], ["", "", ""]]
    (found,), gaps = read("a.csv", "\n".join(separator.join(row) for row in rows).encode())
    assert (found.url, found.title, found.body) == (f"{URL}#7", "A", b"Two\nlines of ketamine")
    (found,), gaps = read("list.tsv", f"name{separator}kg\nketamine{separator}3\n".encode("utf-16"))
    assert found.body == b"name | kg\nketamine | 3"
    assert gaps == []


def test_a_far_cell_and_too_many_rows_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "ketamine", "x"
    stream = io.BytesIO()
    book.save(stream)
    (found,), (gap,) = read("a.xlsx", stream.getvalue())
    assert b"ketamine" in found.body
    assert (gap.outcome, gap.location) == ("too-large", f"{URL}#sheet-Sheet/rest")


# --- archives ----------------------------------------------------------------------------------------


def test_an_archive_is_read_file_by_file() -> None:
    inner = archive(deep_txt=b"heroin", deeper_zip=archive(x_txt=b"x"))
    body = archive(
        annex__a_txt=b"cocaine",
        b_pdf=pdf(["PMK"]),
        c_jsonl=json.dumps({"text": "BMK"}).encode(),
        d_png=b"\x89PNG",
        e_exe=b"MZ",
        inner_zip=inner,
        readme=b"Read me: safrole",
        **{".hidden_txt": b"no"},
    )
    found, gaps = read("annex.zip", body)
    texts = {
        document.url.removeprefix(URL): document.body for document in found if b"%PDF" not in document.body
    }
    assert texts["#annex/a.txt"] == b"cocaine"
    assert texts["#inner.zip/deep.txt"] == b"heroin"
    assert texts["#readme"] == b"Read me: safrole"
    assert len(found) == 5
    places = sorted(gap.location.removeprefix(URL) for gap in gaps)
    assert places == ["#inner.zip/deeper.zip", "#unread.exe", "#unread.png"]


DAMAGED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a bomb: packed a thousandfold": ("a.zip", lambda: archive(a_txt=b"0" * 50_000_000), "too-large"),
    "too many members": ("a.zip", lambda: archive(**{f"n{n}_txt": b"x" for n in range(5_001)}), "too-large"),
    "a bomb in XML": ("a.docx", lambda: archive(word__document_xml=b"<a>" * 20_000_000), "too-large"),
    "cut": ("a.zip", lambda: archive(a_txt=b"x" * 1000)[:-30], "parse-error"),
    "no archive": ("a.docx", lambda: b"PK\x03\x04 no archive", "parse-error"),
    "no document in it": ("a.docx", lambda: archive(a_txt=b"x"), "parse-error"),
    "locked": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0 locked with a password", "parse-error"),
    "no workbook in it": ("a.xlsx", lambda: archive(a_txt=b"x"), "parse-error"),
    "a document": ("a.xlsx", document, "parse-error"),
}


@pytest.mark.parametrize(("name", "body", "outcome"), DAMAGED.values(), ids=list(DAMAGED))
def test_what_is_damaged_or_a_bomb_is_one_gap(name: str, body: Callable[[], bytes], outcome: str) -> None:
    found, (gap,) = read(name, body())
    assert found == []
    assert gap.outcome == outcome


@pytest.mark.parametrize("name", ["../../up.txt", "./here.txt", "/root.txt", "a/../b.txt", "c:\\d.txt"])
def test_a_member_is_read_wherever_its_name_would_put_it(name: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(name, "fentanyl")
        made.writestr(".DS_Store", "no")
    found, gaps = read("a.zip", stream.getvalue())
    assert [document.body for document in found] == [b"fentanyl"]
    assert gaps == []


def test_a_file_of_an_archive_that_is_too_large_or_damaged_leaves_the_others() -> None:
    body = bytearray(archive(a_txt=b"x" * 300, b_txt=bytes(range(200)) + b"ketamine" * 3, c_txt=b"heroin"))
    at = body.index(b"b.txt") + 60
    body[at : at + 4] = b"????"
    found, gaps = read("a.zip", bytes(body), max_bytes=250)
    assert [document.body for document in found] == [b"heroin"]
    assert [gap.outcome for gap in gaps] == ["too-large", "parse-error"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_never_escapes(data: st.DataObject) -> None:
    name, whole = data.draw(st.sampled_from(SAMPLES))
    body = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    read(name, bytes(body[:cut] if data.draw(st.booleans()) else body))


SAMPLES = [
    ("a.docx", document()),
    ("a.xlsx", workbook(Goods=[["name"], ["fentanyl"]])),
    ("a.zip", archive(a_txt=b"x", b_zip=archive(c_txt=b"y"))),
]


# --- kinds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.TXT", b"", ".txt"),
        ("a", b"Ketamine was seized", ".txt"),
        ("a", b"%PDF-1.7", ".pdf"),
        ("a", b"<!doctype html><p>x", ".html"),
        ("a", b"From a@example.org Mon Nov 18 11:30:00 2024\n", ".mbox"),
        ("a", b"Received: from x\n\tby y\nSubject: S\n\nText", ".eml"),
        ("1732012345.M2P3.host:2,S", b"Return-Path: <a@b>\nSubject: S\n\nText", ".eml"),
        ("a", document(), ".docx"),
        ("a", workbook(S=[["x"]]), ".xlsx"),
        ("a", archive(a_txt=b"x"), ".zip"),
        ("a", b"\x7fELF\x02\x01\x01\x00\x00", ""),
        ("a", b"", ""),
        ("a.msg", b"\xd0\xcf\x11\xe0", ""),
        ("a.doc", b"text", ""),
        ("a.png", b"\x89PNG", ""),
    ],
)
def test_kinds(name: str, body: bytes, kind: str) -> None:
    assert kind_of(name, body[:4096]) == kind
    assert kind in (*READERS, "")
