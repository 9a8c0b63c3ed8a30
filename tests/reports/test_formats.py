"""Reports as text: readable, complete, and harmless whatever the titles hold."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from rich.cells import cell_len

from monitor.reports import TEXT_FORMATS, render
from monitor.reports.formats import NOTE
from tests.store.cases import NOW

HOSTILE = (
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a | b \\| c `d` *e* [f](javascript:g)",
    "\x1b[31mred\x1b[0m",
    "abc\u202egnp.exe",
    "two\nlines",
    "nul\x00",
    "警方查获芬太尼两公斤",
    "",
)


def frame(titles: tuple[str, ...] = HOSTILE, url: str = "https://news.example/1") -> pd.DataFrame:
    made = pd.DataFrame(
        {
            "alert_id": range(1, len(titles) + 1),
            "raised_at": pd.Timestamp(NOW),
            "severity": "high",
            "substance_name": "(2-bromoethyl)benzene",
            "surfaces": "(2-bromoethyl)benzene | amp",
            "lists": "dea-sss",
            "listing_text": "DEA special surveillance list [surveillance, not legal control]: on it",
            "title": titles,
            "source": "Example News",
            "published_at": pd.NaT,
            "url": url,
            "snippet": "offered (2-bromoethyl)benzene & <b>more</b>",
            "reasons": "rule everything fits\nscore 0.90",
            "score": 0.9,
        }
    ).convert_dtypes()
    made.attrs["report"] = "alerts"
    return made


def shown(fmt: str, data: pd.DataFrame | None = None, width: int = 100) -> str:
    return render(
        frame() if data is None else data, fmt, title="Alerts <week>", generated_at=NOW, width=width
    )


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(data: pd.DataFrame | None = None) -> Page:
    parsed = Page()
    parsed.feed(shown("html", data))
    return parsed


@pytest.mark.parametrize("fmt", TEXT_FORMATS)
def test_every_format_takes_anything_and_ends_its_line(fmt: str) -> None:
    assert shown(fmt).endswith("\n")
    assert shown(fmt, frame(())).endswith("\n")
    plain = pd.DataFrame({"a": [1.5, None], "b": ["x", None]})
    assert shown(fmt, plain).endswith("\n")


@pytest.mark.parametrize("fmt", ["table", "md", "html"])
def test_people_are_told_that_a_mention_is_not_an_accusation(fmt: str) -> None:
    for data in (frame(), frame(())):
        assert " ".join(NOTE.split()) in " ".join(shown(fmt, data).replace("&#x27;", "'").split())


def test_csv_holds_every_column_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv"), newline="")))
    assert list(rows[0]) == list(frame().columns)
    for row, title in zip(rows, HOSTILE, strict=True):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
        assert row["title"].lstrip("'") == re.sub(r"[\x00-\x08\r\x1b\x9b\u202e]", "\ufffd", title)
    assert rows[0]["title"].startswith("'=")
    assert rows[0]["raised_at"] == "2026-11-20T12:00:00Z"
    assert rows[0]["published_at"] == ""


@pytest.mark.parametrize(
    ("title", "shown_as"),
    [
        ("seized;=1+1", "seized;'=1+1"),
        ('seized; "=1+1', "seized; \"'=1+1"),
        ("seized\t@SUM(1)", "seized\t'@SUM(1)"),
        ("a|+1", "a|'+1"),
        ("a\n-1", "a\n'-1"),
        ("=1;=2", "'=1;'=2"),
        # the file's own separator is quoted, and what is no formula stays as it is
        ("a, -5 %", "a, -5 %"),
        ("3,4-MDMA; 1-boc", "3,4-MDMA; 1-boc"),
        ("a = b; c-d", "a = b; c-d"),
    ],
)
def test_a_cell_is_no_formula_under_another_separator_either(title: str, shown_as: str) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv", frame((title,))), newline="")))
    assert rows[0]["title"] == shown_as


def test_csv_and_json_hold_nothing_that_acts_on_a_terminal() -> None:
    title = "a\x1b[31m\x9b32m\u202eb\u2067\x7f"
    for fmt in ("csv", "json"):
        text = shown(fmt, frame((title,)))
        assert not set("\x1b\x9b\u202e\u2067\x7f") & set(text)
    assert json.loads(shown("json", frame((title,))))[0]["title"] == title


def test_json_holds_every_column_with_iso_dates() -> None:
    rows = json.loads(shown("json"))
    assert [row["title"] for row in rows] == list(HOSTILE)
    assert (rows[0]["raised_at"], rows[0]["published_at"]) == ("2026-11-20T12:00:00Z", None)
    assert (rows[0]["alert_id"], rows[0]["score"]) == (1, 0.9)


def test_html_holds_no_markup_of_others() -> None:
    parsed = page()
    assert not parsed.tags & {"script", "img", "b", "iframe"}
    assert "<script>alert(1)</script>" in parsed.text
    assert set(parsed.links) == {"https://news.example/1"}
    assert "<mark>(2-bromoethyl)benzene</mark> &amp; &lt;b&gt;" in shown("html")
    assert "<h1>Alerts &lt;week&gt;</h1>" in shown("html")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert page(frame(("a",), url)).links == []
    assert "](<" not in shown("md", frame(("a",), url))


def test_markdown_keeps_one_row_a_line_and_its_columns() -> None:
    lines = [line for line in shown("md").splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(HOSTILE)
    for line in lines:
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == lines[1].count("|")
    assert "](<https://news.example/1>)" in lines[2]
    broken = shown("md", frame(("a",), "https://news.example/x>|y\n"))
    assert "](<https://news.example/x%3E%7Cy%0A>)" in broken


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_a_table_fits_the_terminal(width: int) -> None:
    for line in shown("table", width=width).splitlines():
        assert cell_len(line) <= width


@pytest.mark.parametrize("fmt", ["table", "md", "html"])
def test_nothing_steers_the_terminal_or_turns_the_writing(fmt: str) -> None:
    assert not set(shown(fmt)) & {"\x1b", "\u202e", "\x00", "\r"}


def test_an_empty_report_says_so() -> None:
    for fmt in ("table", "md", "html"):
        assert "Nothing in this period." in shown(fmt, frame(()))


def test_long_cells_are_cut_for_people_only() -> None:
    long = frame(("word " * 500,))
    assert "…" in shown("table", long)
    assert "word " * 500 in json.loads(shown("json", long))[0]["title"]


def test_a_terminal_is_not_flooded() -> None:
    assert "... and 10 rows more" in shown("table", frame(("a",) * 510))


def test_unknown_formats_and_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="no format 'xlsx'"):
        shown("xlsx")
    with pytest.raises(ValueError, match="no time zone"):
        render(frame(), "md", title="", generated_at=NOW.replace(tzinfo=None))


def test_a_page_shows_every_listing_whole_and_folds_the_reasons() -> None:
    listings = "; ".join(f"List {n} [schedule] 9801: listed, since when is not known" for n in range(20))
    data = frame(("Title",)).assign(listing_text=listings)
    data.attrs["report"] = "alerts"
    for fmt in ("html", "md"):
        assert shown(fmt, data).count("since when is not known") == 20
    assert "<summary>reasons</summary>rule everything fits<br>score 0.90</details>" in shown("html", data)
