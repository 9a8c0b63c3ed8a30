"""What ties a name to more chemistry: the whole is another substance; near misses on both sides."""

import pytest

from monitor.match import ties
from tests.match.lexicons import found, keys


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("blotters with 1S-LSD and 1T-LSD", "en"),
        ("Hexahydrocannabinol-C8 and HHC-O, HHC-acetate", "en"),
        ("2 kg of difludiazepam", "en"),
        ("Difludiazepam", "sv"),
        ("3-metyl-alfa-PiHP (3'-Me-alfa-PiHP)", "sv"),
        ("hidroxifentanilo y desmetilmorfina", "es"),
        ("((phényl-1 cyclohexyl)-1 pipéridine)", "fr"),
        ("N-(Phénéthyl-1 pipéridinylidene-4) phénylamine", "fr"),
        ("Cyclohexyl-1 pipéridone-4", "fr"),
        ("фторфентанилил и хлоркокаин", "ru"),
        ("查获异丙酮和氟丙酮", "zh"),
        ("PCE-25i and PCE-3", "en"),
        ("4-Piperidone, 1-(2-phenylethyl)- in drums", "en"),
    ],
)
def test_a_name_inside_a_longer_name_is_none(text: str, language: str) -> None:
    assert keys(text, language) == set()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("LSD, hexahydrocannabinol, HHC and fludiazepam", "en",
         ["lysergide", "hexahydrocannabinol", "hexahydrocannabinol", "fludiazepam"]),
        ("ketamin och mitragynin", "sv", ["ketamine", "mitragynine"]),
        ("4-anilino-1-boc-piperidine", "en", ["1-boc-4-ap"]),
        ("deskloroketamin", "sv", ["dck"]),
        ("anti-cocaine, ex-heroin, a 2-gram-heroin bag, 24h-cocaine", "en",
         ["cocaine", "heroin", "heroin", "cocaine"]),
        ("LSD-25, LSD-Trips", "de", ["lysergide", "lysergide"]),
        ("4-piperidone, 1-phenyl-2-propanone", "en", ["4-piperidone", "phenylacetone"]),
        ("4-piperidone, 4-anilino-\npiperidine", "en", ["4-piperidone", "4-anilinopiperidine"]),
        ("Phényl-1 propanone-2; Phénéthyl-1 pipéridone-4", "fr", ["phenylacetone", "npp"]),
        ("Cheryl cocaine, april-cocaine", "en", ["cocaine", "cocaine"]),
        ("фентанил и кокаин", "ru", ["fentanyl", "cocaine"]),
        ("查获丙酮和甲苯", "zh", ["acetone", "toluene"]),
        ("3，4-亚甲基二氧苯基-2-丙酮、3，4—亚甲基二氧苯基—2—丙酮", "zh", ["pmk", "pmk"]),
        ("1，4-丁二醇，丙酮", "zh", ["1-4-butanediol", "acetone"]),
    ],
)  # fmt: skip
def test_near_misses_stay_themselves(text: str, language: str, expected: list[str]) -> None:
    assert [key for _, key in found(text, language)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海关查获盐酸氯胺酮140公斤", ["ketamine"]),
        ("甲基苯丙胺盐酸盐", ["metamfetamine"]),
        ("硫酸吗啡片", ["morphine"]),
        ("硫酸铜", []),
        ("警方缴获盐酸、硫酸和丙酮", ["hydrochloric-acid", "sulphuric-acid", "acetone"]),
    ],
)
def test_the_acid_of_a_chinese_salt_is_no_acid(text: str, expected: list[str]) -> None:
    assert [key for _, key in found(text, "zh")] == expected


@pytest.mark.parametrize(
    ("word", "plain"),
    [("hydroxy", "hidroksi"), ("Hydroxi", "hidroksi"), ("hidroxi", "hidroksi"), ("hydroksy", "hidroksi"),
     ("méthyl", "metil"), ("metyl", "metil"), ("chloro", "kloro"), ("kloro", "kloro")],
)  # fmt: skip
def test_one_spelling_for_each_sound(word: str, plain: str) -> None:
    assert ties.plain(word) == plain
    assert ties.ends_as_group(word)


@pytest.mark.parametrize("word", ["para", "april", "Gaza", "hospital", "civil", "Brasil", "Nacht", "под"])
def test_ordinary_words_are_no_groups(word: str) -> None:
    assert not ties.ends_as_group(word)
