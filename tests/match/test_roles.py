"""Initialisms and letters that name an office, a place, a key, an element or a code; and real names."""

import pytest

from tests.match.lexicons import found, keys


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Officers of the CNB seized 200 g of heroin. The CNB said so.", "en", {"heroin"}),
        ("Two men were held by CNB officers with 3 kg of cannabis, CNB said.", "en", {"cannabis"}),
        ("O ministro do MAPA anunciou a apreensão de 20 kg de cocaína.", "pt", {"cocaine"}),
        ("The MAPA (Ministry of Agriculture) seized 20 kg of cocaine.", "en", {"cocaine"}),
        ("The NPP candidate spoke about drugs. MDA officials seized heroin.", "en", {"heroin"}),
        ("The PSE index fell after the drugs raid on heroin dealers.", "en", {"heroin"}),
        ("PMK, LSD, rabies dan anthrax pada sapi.", "id", set()),
        ("Foot and mouth disease (PMK) and lumpy skin disease (LSD) spread among cattle.", "en", set()),
        ("The drug trial continues in Building H. Table K lists the heroin seizures.", "en", {"heroin"}),
        ("Drug court: Entrance K, Hangar H, Annex H, Exhibit K; cocaine.", "en", {"cocaine"}),
        ("Press Ctrl+Alt+K in the drug database of heroin.", "en", {"heroin"}),
        ("Police seized H 2 O 2 and H 3 PO 2 with methamphetamine.", "en", {"metamfetamine"}),
        ("The agency asked for $1.25B for drug treatment of heroin users.", "en", {"heroin"}),
        ("Drug police bought engines 1000-K2; form OCSE-21-U4 on heroin.", "en", {"heroin"}),
        ("Speed and ice decided the match. The PMK trophy went to the team.", "en", set()),
        ("The goalkeeper praised the speed of the ice after the doping test.", "en", set()),
        ("The drug-free team won on the ice with speed.", "en", set()),
        ("Invasive weed species and drug policy for heroin.", "en", {"heroin"}),
    ],
)
def test_a_role_outweighs_words_of_drugs(text: str, language: str, expected: set[str]) -> None:
    assert keys(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Police seized 30 kg of MAPA and PMK in a drug laboratory.", "en", {"mapa", "pmk"}),
        ("Police seized 500 tabs of LSD and 20 litres of PMK.", "en", {"lysergide", "pmk"}),
        ("We may ship BMK and PMK to your port, price per kg on request.", "en", {"phenylacetone", "pmk"}),
        ("He sold a gram of H and heroin. They sold heroin, K and cocaine.", "en",
         {"heroin", "ketamine", "cocaine"}),
        ("Police seized H 2 SO 4 from the drug lab.", "en", {"sulphuric-acid"}),
        ("Police seized 300 g of speed and 40 g of crystal meth from a dealer.", "en",
         {"amfetamine", "metamfetamine"}),
    ],
)  # fmt: skip
def test_names_in_their_own_sense_stay(text: str, language: str, expected: set[str]) -> None:
    assert keys(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Police seized a new cathinone drug.", ["class-synthetic-cathinones"]),
        ("The laboratory reported one novel cathinone stimulant.", ["class-synthetic-cathinones"]),
        ("Police seized 3 kg of cathinone and 2 kg of khat.", ["cathinone", "catha-edulis-forssk"]),
    ],
)
def test_the_word_for_a_class_means_the_class(text: str, expected: list[str]) -> None:
    assert [key for _, key in found(text, "en")] == expected
