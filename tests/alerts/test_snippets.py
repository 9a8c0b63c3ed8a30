"""Snippets: exact slices at word borders, one a place, none twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts import snippet, snippets
from monitor.alerts.snippets import AROUND, MOST
from tests.alerts.cases import FILLER, mention


def test_whole_words_on_both_sides() -> None:
    text = FILLER * 5 + "They seized fentanyl today. " + FILLER * 5
    start = text.index("fentanyl")
    cut = snippet(text, start, start + 8)
    assert cut.text == text[cut.start : cut.stop]
    assert "seized fentanyl today" in cut.text
    assert text[cut.start - 1].isspace()
    assert text[cut.stop].isspace()
    assert not cut.text[0].isspace()
    assert not cut.text[-1].isspace()
    assert start - cut.start <= AROUND
    assert cut.stop - start - 8 <= AROUND


def test_a_paragraph_break_ends_it_and_a_line_break_does_not() -> None:
    text = "Before.\n\nOne line\nwith fentanyl here\nand more.\n\nAfter."
    start = text.index("fentanyl")
    assert snippet(text, start, start + 8).text == "One line\nwith fentanyl here\nand more."


def test_text_without_spaces_is_cut_where_it_is() -> None:
    text = "海" * 400 + "芬太尼" + "关" * 400
    cut = snippet(text, 400, 403)
    assert (cut.start, cut.stop) == (400 - AROUND, 403 + AROUND)


def test_near_mentions_share_a_snippet_and_far_ones_do_not() -> None:
    text = (
        "Fentanyl and again Fentanyl were named there too. "
        + FILLER * 8
        + "Later Fentanyl once more. "
        + FILLER
    )
    found = [mention(text, "Fentanyl", "fentanyl", nth=n) for n in range(3)]
    cut = snippets(text, found)
    assert len(cut) == 2
    assert cut[0].start <= found[0].start
    assert found[1].stop <= cut[0].stop
    assert cut[1].start <= found[2].start
    assert found[2].stop <= cut[1].stop


def test_no_more_than_a_handful() -> None:
    text = ("Fentanyl. " + FILLER * 5) * 20
    assert len(snippets(text, [mention(text, "Fentanyl", "fentanyl", nth=n) for n in range(20)])) == MOST


@given(st.text(alphabet="ab \n\u0301海", max_size=600), st.data())
def test_a_snippet_is_a_slice_that_holds_its_mention(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 20)))
    cut = snippet(text, start, stop)
    assert cut.start <= start <= stop <= cut.stop
    assert cut.text == text[cut.start : cut.stop]
    assert start - cut.start <= AROUND
    assert cut.stop - stop <= AROUND
