"""Workbooks for auditors: read back with another library, and harmless whatever the titles hold."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from monitor.reports.excel import CELL_LIMIT, Sheet, workbook
from tests.reports.test_formats import HOSTILE, frame

NOW = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)


def read(*sheets: Sheet, zone: str = "UTC") -> openpyxl.Workbook:
    made = workbook(sheets, title="a report", generated_at=NOW, zone=ZoneInfo(zone))
    return openpyxl.load_workbook(io.BytesIO(made))


def column(page: Worksheet, name: str, top: int = 1) -> list[object]:
    heads = [cell.value for cell in page[top]]
    return [row[heads.index(name)].value for row in page.iter_rows(min_row=top + 1)]


def test_no_cell_is_a_formula_or_a_link_and_all_can_be_read() -> None:
    page = read(Sheet("alerts", frame()))["alerts"]
    titles = column(page, "title")
    assert len(titles) == len(HOSTILE)
    assert all(cell.data_type in "snd" and cell.hyperlink is None for row in page for cell in row)
    assert titles[:7] == [*HOSTILE[:5], "\n=1", HOSTILE[6]]
    assert "abc[U+202E]gnp.exe" in titles
    assert "\ufffd[31mred\ufffd[0m" in titles


def test_headings_are_frozen_and_filtered() -> None:
    page = read(Sheet("alerts", frame()))["alerts"]
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == f"A1:{page.cell(1, page.max_column).column_letter}{len(HOSTILE) + 1}"


def test_times_are_dates_in_the_zone_of_the_heading() -> None:
    rows = pd.DataFrame({"raised_at": [pd.Timestamp(NOW), pd.NaT], "n": [1, 2]})
    assert column(read(Sheet("a", rows))["a"], "raised (UTC)") == [datetime(2026, 3, 1, 22, 30), None]  # noqa: DTZ001
    there = read(Sheet("a", rows), zone="Europe/Berlin")["a"]
    assert column(there, "raised (Europe/Berlin)")[0] == datetime(2026, 3, 1, 23, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7, 7),
        (0.25, 0.25),
        (10**17 + 1, "100000000000000001"),  # a spreadsheet would round it
        (pd.NA, None),
        ("0012", "0012"),
        ("x" * CELL_LIMIT, "x" * CELL_LIMIT),
    ],
)
def test_values_come_back_as_they_were(value: object, shown: object) -> None:
    rows = pd.DataFrame({"a": [1], "b": pd.Series([value], dtype=object)})
    assert column(read(Sheet("s", rows))["s"], "b") == [shown]


def test_what_is_too_long_for_a_cell_says_so() -> None:
    rows = pd.DataFrame({"a": ["\U0001f600" * CELL_LIMIT]})
    (cut,) = column(read(Sheet("s", rows))["s"], "a")
    assert str(cut).endswith(f"… [cut: {2 * CELL_LIMIT:,} characters]")
    assert len(str(cut).encode("utf-16-le")) // 2 <= CELL_LIMIT


def test_an_empty_frame_and_lines_above_it() -> None:
    page = read(Sheet("s", pd.DataFrame({"a": []}), above=("January 2026", "=1+1")))["s"]
    assert [page.cell(row, 1).value for row in (1, 2, 3, 4)] == ["January 2026", "=1+1", None, "a"]
    assert page.cell(2, 1).data_type == "s"
