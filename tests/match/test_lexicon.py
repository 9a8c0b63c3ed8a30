"""The compiled lexicon: candidates equal a naive search, identifiers, and the serialised form."""

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import LexiconError
from monitor.match import Lexicon, compile_lexicon, find
from monitor.match.lexicon import identifier_names
from monitor.match.normalize import fold_leet, forms
from monitor.model import Listing, Name, Substance, Watchlist
from tests.match.lexicons import lexicon_of, shipped

PLAIN = ("fentanyl", "morphine", "mephedrone", "heroin", "crystal meth", "ghb", "codeine", "zopiclone")
FILLING = ("and", "the", "of", "tons", "with", "xx", "fentany", "entanyl", "crystal", "meth", "12", "gh", "b")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PLAIN + FILLING), max_size=12), st.sampled_from((". ", ", ", " / ", "\n\n")))
def test_plain_names_between_borders_are_what_a_naive_search_finds(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    naive = [
        (start, start + len(name), name)
        for name in PLAIN
        for start in range(len(text))
        if text.startswith(name, start)
        and not text[start - 1 : start].isalpha()
        and not text[start + len(name) : start + len(name) + 1].isalpha()
    ]
    hits = (mention for mention in find(lexicon_of(PLAIN), text, "en") if mention.method == "name")
    found = [(mention.start, mention.stop, mention.name) for mention in hits]
    assert found == sorted(naive)


SMALL_NAMES = st.from_regex(r"[ab1]{1,4}(?:[-( ][ab1]{1,4}){0,2}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(SMALL_NAMES, min_size=1, max_size=6), st.text("ab1-( )", max_size=40))
def test_the_automata_propose_every_place_where_a_name_stands(names: list[str], text: str) -> None:
    lexicon = lexicon_of(Name(name, str(index)) for index, name in enumerate(dict.fromkeys(names)))
    view = forms(f" {text} ")
    proposed = set()
    for automaton, haystack in ((lexicon.long, view.compact), (lexicon.short, fold_leet(view.padded))):
        for _, _, pattern in automaton.find(haystack):
            proposed |= {lexicon.name(entry).text for entry in automaton.of(pattern)}
    for name in names:
        if any(char.isalnum() for char in name) and f" {name} " in f" {text} ":
            assert name in proposed


def test_an_entry_knows_its_name() -> None:
    given_name = Name("speed", "amfetamine", "en", "street", ambiguous=True, senses="velocity")
    lexicon = lexicon_of([given_name, Name("amphetamine", "amfetamine", "en", "inn")])
    kept = {lexicon.name(entry) for entry in range(len(lexicon.texts))}
    assert kept == {given_name, Name("amphetamine", "amfetamine", "en", "inn")}
    assert {lexicon.is_ambiguous(entry) for entry in range(len(lexicon.texts))} == {True, False}


def test_a_variant_never_takes_over_a_name() -> None:
    lexicon = lexicon_of([Name("amphetamine", "one", "en", "inn"), Name("amfetamine", "other", "en", "inn")])
    assert [mention.substance for mention in find(lexicon, "amphetamine, amfetamine", "en")] == [
        "one",
        "other",
    ]


def test_identifiers_become_names() -> None:
    substance = Substance(
        "fentanyl", "fentanyl", cas=("437-38-7",), cid=3345, inchikey="PJMPHNIQZUBGLI-UHFFFAOYSA-N"
    )
    listings = (Listing("fentanyl", "dea-schedule-2", "9801"), Listing("fentanyl", "un-1961-I", "123"))
    names = list(identifier_names(Watchlist({"fentanyl": substance}, (), listings)))
    by_type = {
        kind: {name.text for name in names if name.type == kind} for kind in {name.type for name in names}
    }
    assert by_type["cas"] == {"437-38-7"}
    assert by_type["inchikey"] == {"PJMPHNIQZUBGLI-UHFFFAOYSA-N"}
    assert "CID 3345" in by_type["cid"]
    assert "DEA code 9801" in by_type["dea-code"]
    assert not any("123" in name for name in by_type["dea-code"])


@pytest.mark.parametrize(
    "watchlist", [Watchlist({}, ()), Watchlist({"x": Substance("x", "x")}, (Name("...", "x"),))]
)
def test_a_watchlist_without_a_name_to_match_finds_nothing(watchlist: Watchlist) -> None:
    lexicon = compile_lexicon(watchlist)
    assert find(lexicon, "fentanyl seized, 冰毒, 437-38-7") == []
    assert find(Lexicon.from_bytes(lexicon.to_bytes()), "fentanyl ...") == []


# --- the serialised form ---------------------------------------------------------------------------

SAMPLE = (
    "Seized: fentanyl, ice and 5 kg of speed; 437-38-7; f3ntanyl; diazapam; 冰毒; BMK (benzyl methyl ketone)."
)


def test_a_round_trip_changes_nothing() -> None:
    lexicon = shipped()
    again = Lexicon.from_bytes(lexicon.to_bytes())
    assert again.watchlist == lexicon.watchlist
    assert again.texts == lexicon.texts
    assert [again.name(entry) for entry in range(len(again.texts))] == [
        lexicon.name(e) for e in range(len(lexicon.texts))
    ]
    assert find(again, SAMPLE, "en") == find(lexicon, SAMPLE, "en") != []
    assert again.to_bytes() == lexicon.to_bytes()


def test_compiling_is_deterministic() -> None:
    names = [
        Name("morphine", "m", "en", "inn"),
        Name("speed", "a", "en", "street", True),
        "(2-bromoethyl)benzene",
    ]
    assert lexicon_of(names).to_bytes() == lexicon_of(names).to_bytes()


@pytest.fixture(scope="module")
def small() -> bytes:
    return lexicon_of(["fentanyl", "morphine", Name("ice", "metamfetamine", "en", "street", True)]).to_bytes()


def test_any_damaged_byte_is_noticed(small: bytes) -> None:
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(small)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with pytest.raises(LexiconError):
            Lexicon.from_bytes(bytes(data))


@pytest.mark.parametrize("kept", [0, 1, 5, 6, 7, 8, 20, 60, -100, -1])
def test_a_cut_off_file_is_noticed(small: bytes, kept: int) -> None:
    with pytest.raises(LexiconError):
        Lexicon.from_bytes(small[:kept])


def test_something_added_is_noticed(small: bytes) -> None:
    with pytest.raises(LexiconError):
        Lexicon.from_bytes(small + b"\0")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_other_bytes_are_no_lexicon(data: bytes) -> None:
    for made in (data, b"SMLEX\x00" + data):
        with pytest.raises(LexiconError):
            Lexicon.from_bytes(made)


def test_another_version_is_refused(small: bytes) -> None:
    (length,) = struct.unpack_from("<H", small, 6)
    key = small[8 : 8 + length].replace(b"daachorse", b"daachorsf")
    with pytest.raises(LexiconError, match="version"):
        Lexicon.from_bytes(small[:8] + key + small[8 + length :])
