"""Abbreviations a text defines itself: found, honoured both ways, and nothing else taken for one."""

import pytest
from hypothesis import given, settings

from monitor.match.abbreviations import definitions
from tests.match.lexicons import keys, mentions, texts


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("benzyl methyl ketone (BMK) was sold", "BMK", "benzyl methyl ketone"),
        ("BMK (benzyl methyl ketone) was sold", "BMK", "benzyl methyl ketone"),
        ("die politisch motivierte Kriminalität (PMK) stieg", "PMK", "politisch motivierte Kriminalität"),
        ("the Primary Care Physician (PCP) said", "PCP", "Primary Care Physician"),
        ("two nuclear power plants (NPPs)", "NPPs", "nuclear power plants"),
        ("3,4-methylenedioxymethamphetamine (MDMA)", "MDMA", "3,4-methylenedioxymethamphetamine"),
        ("peer-to-peer (P2P, in short)", "P2P", None),
        ("muscular dystrophy association [MDA]", "MDA", "muscular dystrophy association"),
    ],
)
def test_definitions(text: str, short: str, long: str | None) -> None:
    found = [(definition.short, definition.long) for definition in definitions(text)]
    assert found == ([(short, long)] if long else [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "()",
        "costs (2019) rose",
        "he said (see below)",
        "a man (A)",
        "the ministry (BMK)",
        "wordless (XYZ)",
        "end. (MDMA)",
    ],
)
def test_brackets_that_define_nothing(text: str) -> None:
    assert definitions(text) == []


@settings(max_examples=100, deadline=None)
@given(texts())
def test_every_definition_stands_where_it_says(text: str) -> None:
    for definition in definitions(text):
        assert text[definition.start : definition.stop] == definition.long
        assert len(definition.long) > len(definition.short)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Politisch motivierte Kriminalität (PMK) nahm zu. Die PMK stieg, der Zoll fand Kokain.",
            "de",
        ),
        ("Her primary care physician (PCP) called. The PCP prescribed fentanyl against the pain.", "en"),
        (
            "The nuclear power plant (NPP) stands near the town where heroin was seized. The NPP is closed.",
            "en",
        ),
        ("Immigration and Customs Enforcement (ICE) seized 5 kg of heroin. ICE arrested two dealers.", "en"),
        ("Muscular Dystrophy Association (MDA) staff found cocaine. MDA called the police.", "en"),
        (
            "malondialdehyde (MDA) rose after methamphetamine. MDA is a marker of damage in drug addicts.",
            "en",
        ),
    ],
)
def test_an_acronym_defined_as_something_else_is_that_throughout(text: str, language: str) -> None:
    silent = {"pmk", "phencyclidine", "npp", "metamfetamine", "tenamfetamine"} - {
        "metamfetamine" if "metham" in text else ""
    }
    assert not keys(text, language) & silent
    assert keys(text, language)  # the plain names beside it are found


@pytest.mark.parametrize(
    ("text", "short", "key"),
    [
        ("Benzyl methyl ketone (BMK) was offered. Later BMK was shipped.", "BMK", "phenylacetone"),
        ("They buy phencyclidine (PCP). The PCP came by post.", "PCP", "phencyclidine"),
        ("Fentanyl (FTL) was found; FTL is strong.", "FTL", "fentanyl"),
        ("MA (methamphetamine) was found. MA is made from ephedrine.", "MA", "metamfetamine"),
    ],
)
def test_an_abbreviation_defined_as_a_substance_is_it_throughout(text: str, short: str, key: str) -> None:
    places = [
        mention.start
        for mention in mentions(text, "en")
        if mention.surface == short and mention.substance == key
    ]
    assert len(places) == text.count(short)
