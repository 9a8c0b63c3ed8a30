"""Drawings in pages: lines and shapes only, each once, and nothing that a page could run or load."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.chem import missing
from monitor.reports import render
from monitor.reports.drawings import LARGEST, MOST, Drawing, of_rows, read
from monitor.watchlist import load_builtin
from tests.reports.test_formats import frame
from tests.store.cases import NOW

LINE = "<path class='bond-0' d='M 1.5,2.0 L 3,4' style='fill:none;stroke:#000000' />"
SHAPE = "<path class='atom-1' d='M 1 2\nQ 3 4, 5 6\nL 7 8' fill='#FF0000'/>"


def svg(inner: str, head: str = "", view_box: str = "0 0 190 130") -> str:
    return f"{head}<svg xmlns='http://www.w3.org/2000/svg' viewBox='{view_box}'><!-- drawn -->{inner}</svg>"


def test_lines_and_shapes_are_taken() -> None:
    assert read(svg(LINE + SHAPE)) == Drawing("0 0 190 130", "M 1.5,2.0 L 3,4", "M 1 2 Q 3 4, 5 6 L 7 8")


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "no svg",
        svg(""),
        svg("<script>alert(1)</script>" + LINE),
        svg("<style>@import url(https://evil.example)</style>" + LINE),
        svg("<foreignObject><p>x</p></foreignObject>" + LINE),
        svg("<image href='https://evil.example/1.png'/>" + LINE),
        svg("<g onload='x()'>" + LINE + "</g>"),
        svg("<path d='M 1 2\" onload=\"x()'/>"),
        svg("<path d='javascript:x()'/>"),
        svg("<path d='M 1 2'><script/></path>"),
        svg("<path d='&e;'/>", "<!DOCTYPE svg [<!ENTITY e 'M 1 2'>]>"),
        svg(LINE, view_box='0 0 1 1" onload="x()'),
        svg(LINE * (LARGEST // len(LINE) + 1)),
        svg(LINE)[:-9],
        "<html xmlns='http://www.w3.org/1999/xhtml' viewBox='0 0 1 1'/>",
        svg(LINE) + "\ud800",
    ],
)
def test_anything_else_gives_no_drawing(hostile: str) -> None:
    assert read(hostile) is None


@given(st.text(alphabet="<>\"'/=&;MLQ 0123456789pathdsvg", max_size=60))
@settings(deadline=None)
def test_what_is_taken_are_numbers(data: str) -> None:
    drawing = read(svg(f'<path d="{data}"/>'))
    assert drawing is None or not set("<>\"'&=;") & set(drawing.lines + drawing.shapes)


def test_no_page_has_more_drawings_than_it_should() -> None:
    pictures = {str(key): svg(LINE) for key in range(MOST + 50)}
    assert len(of_rows(pictures, range(MOST + 50))) == MOST


def test_a_page_holds_each_structure_once_and_every_row_refers_to_it() -> None:
    alerts = frame(titles=("one", "two", "three"))
    alerts["smiles"] = ["CCBr", "CCBr", "<other>"]
    page = render(
        alerts, "html", title="Alerts", generated_at=NOW, pictures={"CCBr": svg(LINE), "x": svg(SHAPE)}
    )
    assert page.count("<symbol ") == 1
    assert page.count('<use href="#structure-1"/>') == 2
    assert 'aria-label="structure of (2-bromoethyl)benzene"' in page
    assert "M 1 2" not in page  # of a structure that is in no row


def test_without_pictures_the_page_is_as_it_was() -> None:
    alerts = frame()
    alerts["smiles"] = "CCBr"
    plain = render(alerts, "html", title="Alerts", generated_at=NOW)
    assert "<svg" not in plain
    assert plain == render(alerts, "html", title="Alerts", generated_at=NOW, pictures={"CCBr": "<svg/>"})


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_every_watched_structure_can_be_drawn() -> None:
    from monitor.chem.structure import picture

    smiles = [each.smiles for each in load_builtin().substances.values() if each.smiles]
    drawn = [read(picture(each, 190, 130)) for each in smiles[::8]]
    assert len(drawn) > 50
    assert all(each is not None and re.fullmatch(r"[\d.\s]+", each.view_box) for each in drawn)
