"""The automata and their tables: what a naive search finds, before and after they were bytes."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.match.patterns import PARTS, Automaton, Builder, Keys, Strings

SMALL = st.text("ab", min_size=1, max_size=7).map(str.encode)
NAME = 8


def naive(patterns: list[bytes], haystack: bytes) -> set[tuple[int, int, bytes]]:
    return {
        (start, start + len(pattern), pattern)
        for pattern in patterns
        for start in range(len(haystack))
        if haystack.startswith(pattern, start)
    }


def found(automaton: Automaton, ordered: list[bytes], haystack: bytes) -> set[tuple[int, int, bytes]]:
    return {(start, stop, ordered[pattern]) for start, stop, pattern in automaton.find(haystack)}


@given(st.lists(SMALL, max_size=12), st.text("ab", max_size=40).map(str.encode), st.integers(0, 4))
def test_every_pattern_is_found_wherever_it_stands_whatever_the_engine_knows_of_it(
    patterns: list[bytes], haystack: bytes, head: int
) -> None:
    builder = Builder()
    for entry, pattern in enumerate(patterns):
        builder.add(pattern, entry)
    automaton = builder.build(head=head)
    ordered = sorted(set(patterns))
    assert found(automaton, ordered, haystack) == naive(patterns, haystack)
    again = Automaton.from_parts([memoryview(part) for part in automaton.to_parts()])
    assert again.find(haystack) == automaton.find(haystack)
    assert len(automaton.to_parts()) == PARTS
    for number, pattern in enumerate(ordered):
        wanted = [entry for entry, each in enumerate(patterns) if each == pattern]
        assert automaton.of(number) == again.of(number) == wanted


@given(st.lists(SMALL, max_size=8), st.dictionaries(SMALL, st.integers(1, 7), min_size=1, max_size=8))
def test_marks_are_patterns_and_names_are_marked(patterns: list[bytes], marks: dict[bytes, int]) -> None:
    builder = Builder()
    for entry, pattern in enumerate(patterns):
        builder.add(pattern, entry)
    assert builder.longest == max(map(len, patterns), default=0)
    automaton = builder.build(marks, name=NAME)
    ordered = sorted({*patterns, *marks})
    assert list(automaton.masks or ()) == [
        marks.get(pattern, 0) | NAME * (pattern in patterns) for pattern in ordered
    ]
    again = Automaton.from_parts([memoryview(part) for part in automaton.to_parts()])
    assert again.masks == automaton.masks


def test_an_entry_under_a_pattern_twice_counts_once() -> None:
    builder = Builder()
    for entry in (3, 3, 5):
        builder.add(b"ab", entry)
    assert builder.build().of(0) == [3, 5]


def test_a_builder_is_empty_after_building() -> None:
    builder = Builder()
    builder.add(b"ab", 0)
    builder.build()
    assert builder.build().find(b"abab") == []


@given(st.lists(st.binary(max_size=5), max_size=9))
def test_keys_and_strings_keep_what_they_are_given(pieces: list[bytes]) -> None:
    assert list(Keys.of(pieces)) == pieces
    assert Keys.of(pieces).longest == max(map(len, pieces), default=0)
    texts = [piece.decode("latin-1") for piece in pieces]
    assert Strings.of(texts) == texts
