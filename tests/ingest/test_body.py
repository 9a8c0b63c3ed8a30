"""The body of a page: nothing of the article is lost, whatever the page is made of."""

from __future__ import annotations

import pytest

from monitor.ingest.body import main_text
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
