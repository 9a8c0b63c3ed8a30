"""Systematic names in running text: whole, at exact offsets, and no ordinary word among them."""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match import fragments
from monitor.match.systematic import LONGEST, candidates, one_line
from monitor.model import Mention

DATA = Path(__file__).parent / "data" / "spotting.txt"
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FLOOR = 0.97  # of the names of spotting.txt are spotted whole


def spotted(text: str) -> list[str]:
    return [each.surface for each in candidates(text)]


def sentences() -> list[tuple[str, str, list[tuple[int, int]]]]:
    """The labelled sentences: language, text, offsets of the names."""
    found = []
    for line in DATA.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("#"):
            continue
        lang, marked = line.split(" ", 1)
        text, spans = "", []
        for part in re.split("([⟦⟧])", marked.replace("\\n", "\n")):
            if part == "⟦":
                spans.append((len(text), 0))
            elif part == "⟧":
                spans[-1] = (spans[-1][0], len(text))
            else:
                text += part
        found.append((lang, text, spans))
    return found


def test_names_are_spotted_whole_in_every_language() -> None:
    wanted = right = 0
    for _, text, spans in sentences():
        found = {(each.start, each.stop) for each in candidates(text)}
        wanted += len(spans)
        right += len(found & set(spans))
    assert wanted > 150
    assert right / wanted >= FLOOR
    assert {lang for lang, _, spans in sentences() if spans} == set("en de es fr nl it pt".split())


@pytest.mark.parametrize("text", [text for _, text, spans in sentences() if not spans])
def test_near_misses_are_left_alone(text: str) -> None:
    assert spotted(text) == []


@pytest.mark.parametrize(("text", "spans"), [(text, spans) for _, text, spans in sentences() if spans])
def test_nothing_but_names_is_spotted_beside_names(text: str, spans: list[tuple[int, int]]) -> None:
    assert {(each.start, each.stop) for each in candidates(text)} <= set(spans)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a (4-anilino-1-phenethylpiperidine) here", "4-anilino-1-phenethylpiperidine"),
        ("1-phenylpropan-2-one, or 1-benzylpiperazine?", "1-phenylpropan-2-one"),
        ("about 1-benzylpiperazine.", "1-benzylpiperazine"),
        ("'1-benzylpiperazine's price", "1-benzylpiperazine"),
        ("vendor:1-benzylpiperazine;cash", "1-benzylpiperazine"),
        ("1-benzylpiperazine-free", "1-benzylpiperazine"),
        ("anti-1-benzylpiperazine", "1-benzylpiperazine"),
        ("an overdose of 1-benzylpiperazine(BZP)", "1-benzylpiperazine"),
        ("\ufeff1-benzylpiperazine\u200b", "1-benzylpiperazine"),
        ("(also 1-benzylpiperazine", "1-benzylpiperazine"),
        ("𝒜 😀 1-benzylpiperazine 😀", "1-benzylpiperazine"),
    ],
)
def test_a_name_ends_where_it_ends(text: str, name: str) -> None:
    assert name in spotted(text)


def test_what_lies_within_a_mention_is_left_out_and_what_holds_one_is_kept() -> None:
    text = "It held 3-methylfentanyl."
    start = text.index("3")
    whole = Mention(start, start + 16, "3-methylfentanyl", "x", "3-methylfentanyl", "name", 1.0)
    part = Mention(start + 8, start + 16, "fentanyl", "x", "fentanyl", "name", 1.0)
    longer = Mention(0, len(text), text, "x", text, "name", 1.0)
    assert spotted(text) == ["3-methylfentanyl"]
    assert candidates(text, [whole]) == ()
    assert candidates(text, [longer]) == ()
    assert [each.surface for each in candidates(text, [part])] == ["3-methylfentanyl"]


def test_a_name_is_written_on_one_line() -> None:
    wrapped = "4-anilino-1-\n  phenethyl\u00adpiperidine\nhydrochloride"
    assert one_line(wrapped) == "4-anilino-1-phenethylpiperidine hydrochloride"
    assert one_line("(1 RS, 2 SR)-1- benzyl") == "(1RS,2SR)-1-benzyl"
    assert one_line("1-(4-methyl\nphenyl) ethyl acetate") == "1-(4-methylphenyl) ethyl acetate"


def test_a_name_longer_than_any_is_no_name_nor_are_its_parts() -> None:
    assert spotted("1-" + "methyl" * 20 + "benzene") != []
    assert spotted("1-" + "methyl-" * LONGEST + "benzene") == []


# --- properties -----------------------------------------------------------------------------------------

PIECES = (
    "methyl - ( ) [ ] 2 , benzene amine é β N ' acid ester de bromuro sodium / . ic yl 1 bromide "
    "propan-2-one N,N- d' tert - - - benzene, 1-phenyl-, acide ique hydrochloride (1R, 1- RS)"
).split(" ")
ODD = [" ", "\n", "\u00ad", "\U0001d4b6", "\ud800", "\u2010", "\u2032", "\u00a0"]
TEXTS = st.lists(st.sampled_from(PIECES + ODD) | st.text(max_size=3), max_size=40).map("".join)


@given(TEXTS)
@settings(deadline=None)
def test_offsets_are_exact_and_candidates_do_not_overlap(text: str) -> None:
    found = candidates(text)
    assert all(text[each.start : each.stop] == each.surface != "" for each in found)
    assert all(left.stop <= right.start for left, right in pairwise(found))
    assert all(len(each.surface) <= 2 * LONGEST for each in found)


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_no_candidate_lies_within_a_mention(text: str, start: int, length: int) -> None:
    mention = Mention(start, start + length, "", "x", "x", "name", 1.0)
    kept = candidates(text, [mention])
    assert all(not (start <= each.start and each.stop <= start + length) for each in kept)
    assert set(kept) <= set(candidates(text))


@given(st.text(max_size=60))
@settings(deadline=None)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fragments.fold(text)) == len(text)


@given(
    st.sampled_from([text[a:b] for _, text, spans in sentences() for a, b in spans]),
    st.sampled_from(["We found ", "“", "Betreff: ", "a, b and ", "5 kg ", "\n\n", "¿", "• "]),
    st.sampled_from([".", ", 5 kg", "”", " was seized", "; ", "\n\nNext", "?", ""]),
)
@settings(max_examples=200, deadline=None)
def test_a_name_is_spotted_whole_wherever_it_stands(name: str, before: str, after: str) -> None:
    assert name in spotted(before + name + after)


HOSTILE = [
    "(", "[(", "methyl-", "methyl ", "methyl\n", "methyl[(", "2,", "-", "()", "phenylbenzene", "é", "'",
    "bromuro de ", "ethylbenzoic acid ", "benzene, 1-methyl-, ", "acetate d'ethyl ", "1-phenylpropan-2-one ",
    "(methyl ", "methyl.alpha.", "meth\u00adyl\u00ad", "(" * 200 + "methyl" + ")" * 200 + " ",
    "methyl" + "a" * 400 + " ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_linearly_with_hostile_text(piece: str) -> None:
    def calls(size: int) -> int:
        count = 0

        def note(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        text = piece * (size // len(piece))
        sys.setprofile(note)
        try:
            candidates(text)
        finally:
            sys.setprofile(None)
        return count

    calls(1_000)
    assert calls(60_000) < 5 * max(calls(15_000), 50)


@pytest.mark.parametrize("piece", ["(", "methyl-"])
def test_a_megabyte_of_one_thing_is_read_through(piece: str) -> None:
    assert len(candidates(piece * (1_000_000 // len(piece)))) == 0


# --- texts and names of others, where they are ----------------------------------------------------------


def test_names_of_the_examples_are_spotted_whole() -> None:
    path = SHARED / "data" / "watchlist" / "unresolved_examples.csv"
    if not path.exists():
        pytest.skip("the examples are not here")
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    missed = [name for name in names if spotted(f"The label said {name}, he wrote.") != [name]]
    assert len(missed) <= 0.1 * len(names)


def test_ordinary_articles_hold_hardly_a_candidate() -> None:
    path = SHARED / "eval" / "dev" / "ordinary.jsonl.gz"
    if not path.exists():
        pytest.skip("the articles are not here")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    assert sum(len(candidates(text)) for text in texts) <= 0.01 * len(texts)
