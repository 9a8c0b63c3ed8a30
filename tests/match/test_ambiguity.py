"""Names with other senses: silent without evidence, found with it, every score explained by its features."""

import json
import math
from importlib import resources

import pytest
from hypothesis import given, settings

from monitor.match import ambiguity, find
from monitor.match.mentions import THRESHOLD, weigh
from monitor.model import Pin
from tests.corpus.corpus import load
from tests.match.lexicons import keys, shipped, texts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("P2P lending grew; the P2P network has two million users.", "en"),
        ("Die PMK rechts stieg 2023, sagte der Staatsschutz der Polizei.", "de"),
        ("Menteri Keuangan menerbitkan PMK baru tentang pajak.", "id"),
        ("The router derives the PMK for the handshake.", "en"),
        ("ICE agents arrested forty people on Monday.", "en"),
        ("Der ICE nach Berlin hatte Verspätung.", "de"),
        ("The ice on the lake was thin, and children skated.", "en"),
        ("El hielo cubre el lago y la nieve cae.", "es"),
        ("The high-speed train reached a speed of 300 km/h.", "en"),
        ("Forscher messen die Geschwindigkeit, also den Speed.", "de"),
        ("Molly said that she would come home at eight.", "en"),
        ("Snow fell all night in the mountains.", "en"),
        ("The crack in the wall grew.", "en"),
        ("The heroine of the novel leaves the town.", "en"),
        ("La heroína de la novela vive en Sevilla.", "es"),
        ("L'héroïne du roman quitte la ville.", "fr"),
        ("冰箱里的冰块融化了。", "zh"),
        ("Лёд на реке был тонким.", "ru"),
        ("A cup of coke and a bar of chocolate.", "en"),
        ("Vitamin K is found in green vegetables.", "en"),
        ("The DOM tree of the document is built by the browser.", "en"),
    ],
)
def test_no_evidence_no_mention(text: str, language: str) -> None:
    assert keys(text, language) == set()


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("PMK and BMK, precursors of MDMA, were offered by the kilo.", "en", "pmk"),
        ("Officers seized 40 litres of P2P, a methamphetamine precursor.", "en", "phenylacetone"),
        ("200 Liter BMK, ein Grundstoff für Amphetamin, wurden beschlagnahmt.", "de", "phenylacetone"),
        ("They smoked ice (methamphetamine) every day.", "en", "metamfetamine"),
        ("He sold cocaine, crack and 500 pills.", "en", "cocaine"),
        ("Incautaron 3 kg de cocaína y 5 kg de cristal.", "es", "metamfetamine"),
        ("Agentes incautaron 3 kg de heroína y cocaína en el puerto.", "es", "heroin"),
        ("Les policiers ont saisi 2 kg d'héroïne et de la cocaïne.", "fr", "heroin"),
        ("Sequestrati 3 kg di cocaina e 500 pasticche di ecstasy.", "it", "mdma"),
        ("Apreendidos 3 kg de cocaína e 200 comprimidos de ecstasy.", "pt", "mdma"),
        ("Dealers sold speed, heroin and ecstasy tablets.", "en", "amfetamine"),
        ("Die Dealer verkauften Speed, Heroin und Ecstasy-Tabletten.", "de", "amfetamine"),
        ("Phencyclidine (PCP) was found; the PCP was sold as a drug.", "en", "phencyclidine"),
    ],
)
def test_evidence_makes_a_mention(text: str, language: str, key: str) -> None:
    assert key in keys(text, language)


def judged(text: str, surface: str, language: str = "en") -> ambiguity.Judgement:
    known = weigh(shipped(), text, language)
    assert known is not None
    (candidate,) = (c for c in known.weak if text[c.start : c.stop] == surface)
    return ambiguity.judge(known, candidate)


@pytest.mark.parametrize(
    ("text", "surface", "feature"),
    [
        ("He took amphetamine (speed) daily.", "speed", "same_as"),
        ("They seized 5 kg of speed and heroin.", "speed", "quantity"),
        ("Heroin, speed and cocaine were found.", "speed", "listed"),
        ("Heroin dealers said: speed pills are cheap.", "speed", "form"),
        ("Heroin and a drug known as speed.", "speed", "alias"),
        ("Cocaine; his train went at full speed.", "speed", "other_sense"),
        ("A cocaine bust, 'ice' too.", "ice", "quoted"),
        ("Cocaine users had to speed up.", "speed", "verb"),
    ],
)
def test_features_are_named_facts(text: str, surface: str, feature: str) -> None:
    assert dict(judged(text, surface).features)[feature] > 0


def test_a_score_is_the_logistic_sum_of_its_features() -> None:
    result = judged("Heroin, speed and cocaine were found.", "speed")
    table = ambiguity.weights()
    total = table["bias"] + sum(table.get(name, 0.0) * value for name, value in result.features)
    assert result.score == pytest.approx(1 / (1 + math.exp(-total)), abs=0.001)


def test_reasons_tell_the_name_and_what_spoke_for_it() -> None:
    reasons = judged("Heroin and 5 kg of speed were seized.", "speed").reasons
    assert "other senses" in reasons[0]
    assert ambiguity.REASONS["quantity"] in reasons


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Police seized heroin, cocaine and 5 kg of speed limit signs from drug dealers.", "speed"),
        ("Police seized heroin; drug dealers own 40 kg of shares (NYSE: ICE).", "ICE"),
        ("Drug police: Peer Model Key (PMK) data and heroin precursors; 5 kg of PMK.", "PMK"),
    ],
)
def test_a_veto_outweighs_any_number_of_drug_words(text: str, surface: str) -> None:
    known = weigh(shipped(), text, "en")
    assert known is not None
    for candidate in (c for c in known.weak if text[c.start : c.stop] == surface):
        judgement = ambiguity.judge(known, candidate)
        assert judgement.score <= 0.3 < THRESHOLD
        unbound = ambiguity.weights()["bias"] + sum(
            ambiguity.weights()[name] * value
            for name, value in judgement.features
            if name not in ("longer", "ticker", "defined_otherwise")
        )
        assert unbound > 0  # but for the veto it would have been a mention


def shipped_weights() -> dict[str, float]:
    text = resources.files("monitor.match").joinpath("weights.json").read_text(encoding="utf-8")
    return json.loads(text)["weights"]  # type: ignore[no-any-return]


def test_weights_and_features_know_each_other() -> None:
    """Every feature that texts give rise to has a weight, and no weight waits for one that never comes."""
    produced: set[str] = set()
    rare = (
        "Drugs: the phencyclidine pills (PCP) and heroin of K. Smith. He took PCP. Shares (NYSE: ICE) fell. "
        "Speed won the team its hockey match, the player said, and drug dealers cheered."
    )
    for text, language in (*((item.text, item.lang) for item in load("tune")), (rare, "en")):
        known = weigh(shipped(), text, language)
        for candidate in known.weak if known else ():
            features = ambiguity.features_of(known, candidate)  # type: ignore[arg-type]
            assert all(value and math.isfinite(value) for _, value in features)
            produced |= {name for name, _ in features}
    weights = shipped_weights()
    assert produced - weights.keys() == set()
    assert weights.keys() - produced - {"bias"} == set()


def test_weights_are_sane() -> None:
    weights = shipped_weights()
    assert all(math.isfinite(value) for value in weights.values())
    assert min(weights["same_as"], weights["quantity"], weights["drug_near"]) > 0
    assert max(weights["defined_otherwise"], weights["longer"], weights["other_sense"]) < 0


def test_reasons_speak_of_features_that_exist() -> None:
    assert {name.removeprefix("-") for name in ambiguity.REASONS} <= shipped_weights().keys()


def test_a_pin_overrules_the_score_by_language_and_source() -> None:

    def found(text: str, pin: Pin, language: str, source: str | None = None) -> set[str]:
        return {mention.substance for mention in find(shipped(), text, language, source=source, pins=(pin,))}

    text = "The ice on the lake was thin."
    assert found(text, Pin("ICE", True), "en") == {"metamfetamine"}
    assert found(text, Pin("ICE", True, languages=("de",)), "en") == set()
    assert found(text, Pin("ICE", True, sources=("Lakes",)), "en") == set()
    assert found(text, Pin("ICE", True, ("en",), ("Lakes",)), "en", "Lakes") == {"metamfetamine"}
    text = "Heroin was found."
    assert found(text, Pin("heroin", False), "en") == set()
    assert found(text, Pin("heroin", False, sources=("Lakes",)), "en", "Seas") == {"heroin"}


def test_a_pin_is_among_the_reasons_and_the_first_one_decides() -> None:
    pins = (Pin("heroin", True), Pin("heroin", False))
    (mention,) = find(shipped(), "Heroin was found.", "en", pins=pins)
    assert any("pinned" in reason for reason in mention.reasons)
    assert ("pinned", 1.0) in mention.features


@settings(max_examples=80, deadline=None)
@given(texts())
def test_every_judgement_is_a_score_with_reasons(text: str) -> None:
    known = weigh(shipped(), text)
    for candidate in (*known.strong, *known.weak) if known else ():
        result = ambiguity.judge(known, candidate)  # type: ignore[arg-type]
        assert 0 <= result.score <= 1
        assert result.reasons
        assert all(text for text in result.reasons)


def test_the_threshold_is_what_separates() -> None:
    for mention in find(shipped(), "Dealers sold speed, heroin and ecstasy. The ice was thin.", "en"):
        assert mention.score >= THRESHOLD
