"""Spelling variants: each rule's own example and near miss, and what the generator promises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.match.variants import RULES, VariantRule, cases, chain_variant, variants
from tests.match.lexicons import NAMES, keys

BY_ID = pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])


def apply(rule: VariantRule, name: str) -> str | None:
    """The rule's answer where its limits of language and type are met."""
    return rule.apply(name, (rule.languages or ("en",))[0], (rule.types or ("common",))[0])


@BY_ID
def test_each_rule_gives_its_example(rule: VariantRule) -> None:
    name, variant = rule.example
    assert apply(rule, name) == variant


@BY_ID
def test_each_rule_leaves_its_near_miss_alone(rule: VariantRule) -> None:
    assert apply(rule, rule.near_miss) is None


@BY_ID
def test_each_rule_keeps_to_its_languages_and_types(rule: VariantRule) -> None:
    name = rule.example[0]
    if rule.languages:
        assert rule.apply(name, "xx", (rule.types or ("common",))[0]) is None
    if rule.types:
        assert rule.apply(name, (rule.languages or ("en",))[0], "cas") is None


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("name", "language", "spelt"),
    [
        ("methadone", "es", "metadona"),
        ("morphine", "it", "morfina"),
        ("amphetamine", "pt", "amfetamina"),
        ("morphine", "pl", "morfyna"),
        ("codeine", "de", "kodein"),
        ("methadone", "nl", "methadon"),
    ],
)
def test_an_international_name_as_another_language_spells_it(name: str, language: str, spelt: str) -> None:
    assert chain_variant(name, language) == spelt


@pytest.mark.parametrize(
    ("name", "language", "case"),
    [
        ("heroina", "pl", "heroinę"),
        ("kokain", "cs", "kokainu"),
        ("кокаин", "ru", "кокаином"),
        ("соль", "ru", "солью"),
        ("трава", "uk", "траву"),
    ],
)
def test_slavic_names_have_cases(name: str, language: str, case: str) -> None:
    assert case in set(cases(name, language))


@pytest.mark.parametrize(
    ("name", "language"), [("heroin", "en"), ("MDMA", "pl"), ("4-MMC", "ru"), ("ab", "pl")]
)
def test_other_names_have_none(name: str, language: str) -> None:
    assert list(cases(name, language)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=12)),
    st.sampled_from(["en", "de", "es", "ru", "pl", "zh", "mul", ""]),
    st.sampled_from(["inn", "common", "acronym", "street", "cas", "systematic"]),
)
def test_a_name_comes_first_and_every_variant_tells_its_rule(name: str, language: str, kind: str) -> None:
    first, *rest = variants(name, language, kind)
    assert first == (name, "")
    assert all(rule for _, rule in rest)
    assert all(variant != name for variant, _ in rest)


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("amfetamine", "en", "amfetamine"), ("amphetamine", "en", "amfetamine"),
        ("sulphuric acid", "en", "sulphuric-acid"),
        ("sulfuric acid", "en", "sulphuric-acid"), ("α-PVP", "en", "alpha-pvp"),
        ("alpha-PVP", "en", "alpha-pvp"),
        ("альфа-PVP", "ru", "alpha-pvp"), ("1-phenylpropan-2-one", "en", "phenylacetone"),
        ("1-phenyl-2-propanone", "en", "phenylacetone"),
        ("phenyl-2-propanone", "en", "phenylacetone"), ("Kokain", "de", "cocaine"),
        ("Cocain", "de", "cocaine"),
        ("metadona", "es", "methadone"), ("метадона", "ru", "methadone"), ("heroinę", "pl", "heroin"),
        ("kokainu", "cs", "cocaine"),
        ("fentanilo", "es", "fentanyl"), ("芬太尼", "zh", "fentanyl"), ("ketamines", "en", "ketamine"),
        ("1- phenyl - 2 - propanone", "en", "phenylacetone"),
        ("3,4-Methylendioxyphenyl-2-propanon", "de", "pmk"),
    ],
)  # fmt: skip
def test_spellings_reach_the_same_substance(text: str, language: str, key: str) -> None:
    assert keys(f"{text}.", language) == {key}
