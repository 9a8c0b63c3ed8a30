"""The whole path: from any text to mentions that stand where they say, hidden or plain, and nothing else."""

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match import find
from monitor.match.mentions import weigh
from monitor.model import Mention
from tests.match.lexicons import NAMES, as_json, found, keys, lexicon_of, mentions, one, shipped, texts

LANGUAGES = st.sampled_from(["en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "zh", "xx", None])


def check(text: str, found_mentions: list[Mention]) -> None:
    """What must hold for the mentions of any text."""
    edge = 0
    for mention in found_mentions:
        assert text[mention.start : mention.stop] == mention.surface != ""
        assert mention.start >= edge
        edge = mention.stop
        assert 0 < mention.score <= 1
        assert mention.reasons
        assert mention.form in ("raw", "normal", "skeleton")


@settings(max_examples=100, deadline=None)
@given(texts(), LANGUAGES)
def test_mentions_of_any_text_stand_where_they_say(text: str, language: str | None) -> None:
    check(text, mentions(text, language))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_raises(text: str) -> None:
    check(text, mentions(text))


@settings(max_examples=60, deadline=None)
@given(texts(), LANGUAGES)
def test_the_same_text_gives_the_same_mentions(text: str, language: str | None) -> None:
    again = str.join("", list(text))
    assert mentions(text, language) == mentions(again, language)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([name for name in NAMES if len(name) > 5]),
    st.sampled_from(["\u200b", "\u2060", "\u00ad", "\ufeff"]),
    st.data(),
)
def test_an_invisible_character_hides_no_name(name: str, hidden: str, data: st.DataObject) -> None:
    plain = {
        mention.substance for mention in mentions(f"Seized drugs: {name}.", "en") if mention.method == "name"
    }
    places = [
        i
        for i in range(1, len(name))
        if name[i - 1].isascii() and name[i - 1].isalpha() and name[i].isalpha()
    ]
    if not places or not plain or "&" in name:
        return
    place = data.draw(st.sampled_from(places))
    text = f"Seized drugs: {name[:place]}{hidden}{name[place:]}."
    assert plain <= keys(text, "en")
    check(text, mentions(text, "en"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["fentanyl", "MDMA", "437-38-7", "&", "<b>", "é", "α-PVP", "日本", "\U0001f600"]),
        max_size=8,
    )
)
def test_offsets_count_in_the_text_as_it_was_given(pieces: list[str]) -> None:
    plain = " , ".join(pieces)
    escaped = html.escape(plain).replace("é", "&eacute;").replace("α", "&alpha;")
    in_plain, in_escaped = mentions(plain, "en"), mentions(escaped, "en")
    check(escaped, in_escaped)
    assert [mention.substance for mention in in_plain] == [mention.substance for mention in in_escaped]
    assert [mention.surface for mention in in_plain] == [
        html.unescape(mention.surface) for mention in in_escaped
    ]


# --- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "surface", "key"),
    [
        ("a meth-\namphetamine lab", "meth-\namphetamine", "metamfetamine"),
        ("sold 1-phenyl-\n2-propanone", "1-phenyl-\n2-propanone", "phenylacetone"),
        ("sold 1-phenyl-2-\npropanone", "1-phenyl-2-\npropanone", "phenylacetone"),
        ("sold crystal\nmethamphetamine", "crystal\nmethamphetamine", "metamfetamine"),
        ("4- anilinopiperidine", "4- anilinopiperidine", "4-anilinopiperidine"),
        ("(2-\nbromoethyl)benzene", "(2-\nbromoethyl)benzene", "phenethyl-bromide"),
        ("3,4-Methylendioxyphenyl-\r\n2-propanon", "3,4-Methylendioxyphenyl-\r\n2-propanon", "pmk"),
        ("查获芬太\n尼一批", "芬太\n尼", "fentanyl"),
    ],
)
def test_line_ends_hide_no_name(text: str, surface: str, key: str) -> None:
    assert (surface, key) in found(text, "zh" if "查" in text else "en")


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("caf&eacute; &amp; fentanyl", "fentanyl"),
        ("&lt;b&gt;fentanyl&lt;/b&gt;", "fentanyl"),
        ("fentanyl&nbsp;citrate", "fentanyl&nbsp;citrate"),
        ("&alpha;-PVP", "&alpha;-PVP"),
        ("\U0001f600\U0001f600 &amp; fentanyl", "fentanyl"),
        ("fen&shy;tanyl", "fen&shy;tanyl"),
        ("&#102;entanyl", "&#102;entanyl"),
        ("&#x66;entany&#108;", "&#x66;entany&#108;"),
    ],
)
def test_character_references_keep_the_offsets(text: str, surface: str) -> None:
    mention = one(text, "en")
    assert text[mention.start : mention.stop] == mention.surface == surface


DISGUISES = [
    ("fеntanуl", "look-alike letters"),
    ("f3ntanyl", "digits for letters"),
    ("fentany1", "digits for letters"),
    ("c0ca1ne", "digits for letters"),
    ("f e n t a n y l", "letters spaced out"),
    ("f.e.n.t.a.n.y.l", "letters spaced out"),
    ("f*e*n*t*a*n*y*l", "letters spaced out"),
    ("fen\u200bta\u200bnyl", "invisible characters"),
    ("ｆｅｎｔａｎｙｌ", "full-width letters"),
    ("f\u0336e\u0336n\u0336t\u0336a\u0336n\u0336y\u0336l\u0336", "combining marks"),
    ("&#102;&#101;ntanyl", "character references"),
    ("m3thamphetam1ne", "digits for letters"),
    ("芬·太·尼", "letters spaced out"),
]


@pytest.mark.parametrize(("text", "trick"), DISGUISES, ids=as_json)
def test_disguises_are_found_and_the_trick_is_named(text: str, trick: str) -> None:
    mention = one(f"now in stock: {text} here", "en")
    assert mention.form == "skeleton"
    assert f"hidden by {trick}" in mention.reasons
    assert mention.surface.startswith(text[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "p r i c e",
        "s a l e",
        "c l 0 s e d",
        "h3llo",
        "F E N C E",
        "see 1. 2. 3. 4.",
        "a b c d e f g h i",
        "М О С К В А",
    ],
)
def test_other_spaced_or_coded_words_are_no_disguise(text: str) -> None:
    assert mentions(f"now: {text} here", "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "2-bromofentanyl", "4-bromo-fentanyl", "4-nitro-(2-bromoethyl)benzene", "(4-bromoethyl)benzene",
        "O-methylephedrine",
        "despropionyl-4-fluorofentanyl", "3-fluoro-O-PCE", "piperidin-4-yl", "2-(piperidin-4-yl)acetamide",
    ],
)  # fmt: skip
def test_relatives_are_not_the_listed_substance(text: str) -> None:
    assert keys(f"The paper describes {text} at length.", "en") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ephedrine and pseudoephedrine", ["ephedrine", "pseudoephedrine"]),
        ("3-MMC, 4-MMC", ["3-methylmethcathinone", "mephedrone"]),
        ("4-fluorofentanyl, fentanyl", ["para-fluorofentanyl", "fentanyl"]),
        ("alpha-PVP", ["alpha-pvp"]),
        ("beta-PVP", []),
    ],
)
def test_isomers_and_analogues_keep_their_own_keys(text: str, expected: list[str]) -> None:
    assert [key for _, key in found(text, "en")] == expected


def test_optical_signs_keep_names_apart() -> None:
    lexicon = lexicon_of(["(-)-methorphan", "(+/-)-xyloamine"])
    for text, name in (
        ("(-)-methorphan", "(-)-methorphan"),
        ("(−)-methorphan", "(-)-methorphan"),
        ("(±)-xyloamine", "(+/-)-xyloamine"),
        ("(+)-methorphan", None),
        ("methorphan", None),
        ("(+)-xyloamine", None),
    ):
        assert [mention.name for mention in find(lexicon, text)] == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "surface", "method"),
    [
        ("437-38-7/", "437-38-7", "cas"),
        ("CAS 437-38-7 in stock", "437-38-7", "cas"),
        ("(437-38-7)", "437-38-7", "cas"),
        ("CAS-Nr.: 103‑63‑9;", "103‑63‑9", "cas"),
        ("437-38-7 - 5 kg", "437-38-7", "cas"),
        ("key PJMPHNIQZUBGLI-UHFFFAOYSA-N", "PJMPHNIQZUBGLI-UHFFFAOYSA-N", "inchikey"),
        ("PubChem CID 3345", "CID 3345", "cid"),
        ("DEA code 9801", "DEA code 9801", "dea-code"),
    ],
)
def test_identifiers(text: str, surface: str, method: str) -> None:
    mention = one(text, "en")
    assert (mention.surface, mention.method) == (surface, method)


@pytest.mark.parametrize(
    "text",
    [
        "on 2023-10-24 and 24-10-23", "call 437-38-71 or 1-437-38-7", "+49 437-38-7",
        "ISBN 978-3-16-148410-0", "$437-38", "437-38-7-2",
        "Telephone 437-38-7", "Tel.: 437-38-7", "437.38.7", "437 38 7", "437/38/7", "1103-63-9",
        "103-63-99", "103-63-8", "3345", "9801", "CID of the police, 3345", "UN 1",
    ],
)  # fmt: skip
def test_other_numbers_are_no_identifier(text: str) -> None:
    assert mentions(text, "en") == []


@pytest.mark.parametrize(
    ("text", "surface", "key"),
    [
        ("They sold crack cocaine there.", "crack cocaine", "cocaine"),
        ("crystal methamphetamine", "crystal methamphetamine", "metamfetamine"),
        ("fentanyl citrate", "fentanyl citrate", "fentanyl"),
        ("3,4-methylenedioxymethamphetamine", "3,4-methylenedioxymethamphetamine", "mdma"),
    ],
)
def test_the_longest_name_wins(text: str, surface: str, key: str) -> None:
    assert found(text, "en") == [(surface, key)]


@pytest.mark.parametrize("between", [" ", ", ", "/", " and ", "\n"])
def test_names_side_by_side_are_mentions_of_their_own(between: str) -> None:
    assert [key for _, key in found(between.join(["heroin", "fentanyl", "cocaine"]), "en")] == [
        "heroin",
        "fentanyl",
        "cocaine",
    ]


# --- any text takes its time once, no text takes it many times ----------------------------------------

MEGA = 1_000_000


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "-",
        "\u200b",
        "&",
        "&#102;",
        "x",
        "2-bromo",
        "fentany",
        "methyl",
        "fentanylfentanyl",
        "1-2,",
        "\n",
        "日",
        "a\u0301",
        "9",
        "PMK-",
    ],
    ids=as_json,
)
def test_a_megabyte_of_one_thing_is_read_through(unit: str) -> None:
    text = unit * (MEGA // len(unit) // (10 if "fentanylf" in unit or unit in ("&#102;", "PMK-") else 1))
    assert mentions(text, "en") == []


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("heroin and ", 1),
        ("heroin, ice, ", 2),
        ("fentanyl (F), F and ", None),
        ("437-38-7 ", 1),
        ("f e n t a n y l, ", 1),
        ("冰毒", 1),
        ("diazapam ", 1),
    ],
)
def test_thousands_of_names_are_all_found(unit: str, expected: int | None) -> None:
    times = 1_900  # two names each stay below the bound of candidates
    text = "Police seized drugs from dealers: " + unit * times
    hits = mentions(text, "en")
    check(text, hits)
    if expected is not None:
        assert len(hits) == expected * times


def test_a_name_is_found_at_the_end_of_a_long_text() -> None:
    text = "The weather was fine and nothing happened. " * 25_000 + "Then fentanyl was seized."
    assert found(text, "en") == [("fentanyl", "fentanyl")]


def test_a_name_is_found_between_what_has_no_borders() -> None:
    text = "(" * 300_000 + "fentanyl" + ")" * 300_000
    assert found(text, "en") == [("fentanyl", "fentanyl")]


def test_texts_without_a_sign_of_drugs_end_at_the_first_look() -> None:
    assert weigh(shipped(), "A calm day by the lake. " * 100, "en") is None


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Fentanyl was given to rats", "en", 'research: "rats"'),
        ("Fentanyl for sale", "en", 'offer for sale: "for sale"'),
        ("Kein Fentanyl", "de", 'negated: "Kein"'),
        ("缴获芬太尼", "zh", 'seizure: "缴获"'),
    ],
)
def test_a_tag_names_the_word_that_told_it(text: str, language: str, reason: str) -> None:
    [mention] = mentions(text, language)
    assert reason in mention.reasons
    assert reason.split(":")[0] in mention.tags


@pytest.mark.parametrize(
    "text",
    [
        "Police said shares of the exchange (NYSE: ICE) rose after the drugs raid.",
        "Police seized drugs; $ICE fell two per cent, dealers said.",
        "Goals by H Southwell and K Smith; drugs and dealers were not seen.",
    ],
)
def test_tickers_and_initials_are_no_names(text: str) -> None:
    assert mentions(text, "en") == []
