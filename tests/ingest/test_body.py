"""The body of a page: nothing of the article is lost, whatever the page is made of."""

from __future__ import annotations

import pytest

from monitor.ingest.blocks import read_blocks
from monitor.ingest.body import DEEPEST, MOST_ELEMENTS, main_text
from monitor.ingest.page import parse_tree


def text_of(markup: str) -> str:
    tree = parse_tree(f"<html><head><title>T</title></head><body>{markup}</body></html>")
    assert tree is not None
    return main_text(tree)


def lines(count: int, who: str) -> str:
    return " ".join(f"The {who} clerk wrote line {n} of the harbour register." for n in range(count))


def paragraphs(count: int, mark: str = "") -> str:
    return "".join(f"<p>{mark}{lines(4, f'watch {n}')}</p>" for n in range(count))


def test_comments_within_a_paragraph_cost_no_word() -> None:
    """Frameworks write a comment wherever a value was filled in."""
    text = text_of(
        f"<article><p>{lines(4, 'first')}</p><p>The court<!-- --> named <!-- v -->4-ANPP<!-- --> and "
        f"<?php x ?>the firm.</p><p>{lines(4, 'last')}</p></article>"
    )
    assert "The court named 4-ANPP and the firm." in " ".join(text.split())


def test_an_article_that_the_fast_way_misses_is_read() -> None:
    text = text_of(f"<div class='post'><p>{lines(5, 'first')}</p></div><div class='x'>{paragraphs(8)}</div>")
    for number in range(8):
        assert lines(4, f"watch {number}") in text
    assert lines(5, "first") in text


@pytest.mark.parametrize("furniture", ["<aside>{}</aside>", "<div class='related-teaser'>{}</div>"])
def test_paragraphs_of_furniture_are_no_reason_to_look_again(furniture: str) -> None:
    text = text_of(f"<article>{paragraphs(4)}</article>" + furniture.format(paragraphs(20, "Elsewhere: ")))
    assert lines(4, "watch 3") in text
    assert "Elsewhere" not in text


def test_a_short_page_is_read_whole() -> None:
    assert (
        text_of("<div>Office closed.<br>PMK found.</div><script>x()</script>") == "Office closed.\nPMK found."
    )


def test_a_page_without_text_gives_none() -> None:
    assert text_of("<script>x()</script>") == ""


@pytest.mark.parametrize("attribute", ["a{}=1", "a{}", "a{}='>'", 'a{} = "<p>"'])
def test_a_tag_of_many_attributes_costs_no_minutes(attribute: str) -> None:
    bomb = f"<p {' '.join(attribute.format(number) for number in range(60_000))}>{lines(3, 'first')}</p>"
    assert text_of(bomb) == lines(3, "first")  # read attribute by attribute, it would take minutes


# --- what trafilatura drops ----------------------------------------------------------------------------


ITEMS = ("40 litres of gamma-butyrolactone", "12 kg of 1-boc-4-piperidone")


@pytest.mark.parametrize(
    "goods",
    [
        "<ul><li>{}</li><li>{}</li></ul>",
        "<ol><li><p>{}</p></li><li><div>{}</div></li></ol>",
        "<dl><dt>{}</dt><dd>{}</dd></dl>",
        "<table><tr><th>No</th><th>Goods</th></tr><tr><td>1</td><td><ul><li>{}</li></ul></td></tr>"
        "<tr><td>2</td><td><ol><li>{}</li></ol></td></tr></table>",
        "<table><caption>{}</caption><tr><td><table><tr><td>{}</td></tr></table></td></tr></table>",
        "<ul><li>Seen<ul><li>{}</li></ul></li><li><table><tr><td>{}</td></tr></table></li></ul>",
        "<details><summary>{}</summary><ul><li>{}</li></ul></details>",
    ],
    ids=["list", "blocks", "terms", "cells", "tables", "nested", "details"],
)
@pytest.mark.parametrize(
    "page",
    [
        "<p>{before}</p>{goods}<p>{after}</p>",
        "<main><p>{before}</p>{goods}<p>{after}</p></main>",
        "<main><p>{before}</p><p>{after}</p></main>{goods}",
        "<article><p>{before}</p><div>{goods}</div><p>{after}</p></article>",
    ],
    ids=["bare", "main", "outside", "article"],
)
def test_lists_are_read_wherever_they_stand(page: str, goods: str) -> None:
    before, after = lines(6, "first"), lines(6, "last")
    text = text_of(page.format(before=before, goods=goods.format(*ITEMS), after=after))
    found = [text.find(each) for each in (before, *ITEMS)]
    assert -1 not in found
    assert found == sorted(found)  # what was put back stands behind what comes before it
    assert all(text.count(each) == 1 for each in ITEMS)


@pytest.mark.parametrize(
    "around",
    [
        "<nav><ul><li>{}</li></ul></nav>",
        "<footer><table><tr><td>{}</td></tr></table></footer>",
        "<aside><ul><li>{}</li></ul></aside>",
        "<div class='related-posts'><ul><li>{}</li></ul></div>",
        "<div id='comments'><ul><li>{}</li></ul></div>",
        "<ul><li><a href='/x'>{}</a></li></ul>",
        "<form><ul><li>{}</li></ul></form>",
    ],
)
def test_lists_of_what_surrounds_an_article_stay_out(around: str) -> None:
    text = text_of(f"<article><p>{lines(8, 'first')}</p></article>" + around.format("Police seize heroin"))
    assert "heroin" not in text


# --- bounded work --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        "<p>{}</p>" + "<p>x</p>" * MOST_ELEMENTS,
        "<div>" * (DEEPEST + 1) + "<p>{}</p>" + "</div>" * (DEEPEST + 1),
        "<table><tr><td>" * DEEPEST + "{}",
    ],
    ids=["many", "deep", "tables"],
)
def test_markup_that_would_take_minutes_is_read_block_by_block(markup: str) -> None:
    around = "<nav>Fentanyl latest</nav><div class='related'><p>Police seize heroin</p></div>"
    text = text_of(markup.format("12 kg of PMK") + around)
    assert "12 kg of PMK" in text
    assert "heroin" not in text
    assert "Fentanyl" not in text


def test_the_walk_meets_every_element_once() -> None:
    tree = parse_tree("<body>" + "<div><b>" * 500 + "PMK" + "<sup>1</sup>" * 500 + "</body>")
    assert tree is not None
    page = read_blocks(tree)
    assert page.elements == 1 + 1000 + 500
    assert page.text.startswith("PMK [1]")
