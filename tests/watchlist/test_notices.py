"""Notices of the Federal Register, read: action, list, names, days, and what only looks like a change.

The notices are made up in the manner of the Register: titles and abstracts of no real document.
"""

# ruff: noqa: E501 (tables of cases, a line each)

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Name, Substance, Watchlist
from monitor.watchlist import Notice, Reading, index, read_notice
from monitor.watchlist.notices.names import plain, split_names

SCHEDULES = "Schedules of Controlled Substances: "
ADOPTED = "With the issuance of this final rule, the Drug Enforcement Administration places {} in schedule I."
NAMES = ("Bromazolam", "Metonitazene", "Alpha-PHP", "4'-Chloro-α-PVP", "Cannabis", "Fentanyl", "2C-B-FLY")
WATCHLIST = Watchlist(
    {name.casefold(): Substance(name.casefold(), name) for name in NAMES},
    (
        *(Name(name, name.casefold()) for name in NAMES),
        Name("Marijuana", "cannabis"),
        Name("alpha-pyrrolidinohexanophenone", "alpha-php"),
    ),
)
FIND = index(WATCHLIST)


def read(title: str, summary: str = "", text: str = "", published: str = "2026-11-28") -> Reading:
    return read_notice(Notice("2026-1", title, summary, date.fromisoformat(published), text=text), FIND)


def named(reading: Reading) -> list[str]:
    return [each.name for each in reading.substances]


@pytest.mark.parametrize(
    ("title", "summary", "action", "list_id"),
    [
        (SCHEDULES + "Placement of Novazolam in Schedule IV", "", "place", "dea-schedule-4"),
        (SCHEDULES + "Placement of Novazolam Into Schedule I", ADOPTED, "place", "dea-schedule-1"),
        (SCHEDULES + "Placement in Schedule V of Novazolam", "", "place", "dea-schedule-5"),
        ("Control of Norexample, an Immediate Precursor, as a Schedule II Controlled Substance", "", "place", "dea-schedule-2"),
        ("Classification of Two Steroids as Schedule III Anabolic Steroids", "", "place", "dea-schedule-3"),
        (SCHEDULES + "Temporary Placement of Examplonitazene in Schedule I", "The Administrator is issuing this temporary scheduling order to schedule one opioid.", "temporary", "dea-schedule-1"),
        (SCHEDULES + "Temporary Placement of Examplonitazene in Schedule I", "The Administrator of the Drug Enforcement Administration is issuing this notice of intent to publish a temporary order.", "propose", "dea-schedule-1"),
        (SCHEDULES + "Extension of Temporary Placement of Examplonitazene in Schedule I of the Controlled Substances Act", "", "extend", "dea-schedule-1"),
        (SCHEDULES + "Placement of Novazolam in Schedule I", "DEA proposes placing novazolam in schedule I. If finalized, this action would impose controls.", "propose", "dea-schedule-1"),
        (SCHEDULES + "Placement of Novazolam in Schedule I; Extension of Comment Period", "", "propose", "dea-schedule-1"),
        (SCHEDULES + "Placement of Novazolam in Schedule I; Notice of Hearing", "", "hearing", "dea-schedule-1"),
        (SCHEDULES + "Rescheduling of Marijuana", "This is notice that DEA will hold a hearing on the proposed rescheduling of marijuana into schedule III.", "hearing", "dea-schedule-3"),
        (SCHEDULES + "Placement of Novazolam in Schedule I; Withdrawal of Proposed Rule and Notice of Hearing", "", "withdraw", "dea-schedule-1"),
        (SCHEDULES + "Placement of Novazolam in Schedule I", "The DEA is withdrawing a proposed rule.", "withdraw", "dea-schedule-1"),
        (SCHEDULES + "Placement of Novazolam in Schedule I; Correction", "", "correct", "dea-schedule-1"),
        ("Schedules of Controlled Substances; Correction", "DEA is correcting a rule on schedule II.", "correct", "dea-schedule-2"),
        (SCHEDULES + "Removal of Examplomine From Control", "DEA removes examplomine. Before, it was a schedule IV controlled substance.", "remove", "dea-schedule-4"),
        (SCHEDULES + "Removal of Examplomine From Schedule III", "", "remove", "dea-schedule-3"),
        (SCHEDULES + "Decontrol of Examplomine", "", "remove", ""),
        (SCHEDULES + "Removal of Examplomine From Control", "DEA proposes to remove examplomine, a schedule V controlled substance.", "propose", "dea-schedule-5"),
        (SCHEDULES + "Rescheduling of Examplodone From Schedule II to Schedule III", "", "move", "dea-schedule-3"),
        (SCHEDULES + "Transfer of Examplodone From Schedule I to Schedule V", "", "move", "dea-schedule-5"),
        ("Designation of Examplidine as a List I Chemical", "DEA is finalizing the designation.", "designate", "dea-list-1"),
        ("Addition of Examplidine to List II", "", "designate", "dea-list-2"),
        ("Possible Control of Examplidine as a List I Chemical", "", "propose", "dea-list-1"),
        ("Designation of Examplidine as a List I Chemical", "This notice of proposed rulemaking proposes the control of examplidine.", "propose", "dea-list-1"),
        ("Specific Listing for Examplidine, a Currently Controlled List I Chemical", "", "specific-listing", "dea-list-1"),
        (SCHEDULES + "Specific Listing for Examplone, a Currently Controlled Schedule I Substance", "", "specific-listing", "dea-schedule-1"),
        ("Special Surveillance List of Chemicals, Products, Materials and Equipment", "DEA publishes the list.", "surveil", "dea-ssl"),
        ("Special Surveillance List of Chemicals, Products, Materials and Equipment", "DEA is publishing a notice of proposed updates to the list.", "propose", "dea-ssl"),
        ("Commission Delegated Regulation (EU) 2027/1 amending Regulation (EC) No 273/2004 as regards the inclusion of certain drug precursors in the list of scheduled substances", "", "place", ""),
        ("Draft Commission Delegated Regulation as regards the inclusion of the drug precursor examplidine in the list of scheduled substances", "", "propose", ""),
        ("Corrigendum to Commission Delegated Regulation (EU) 2027/1 as regards the inclusion of certain drug precursors in the list of scheduled substances", "", "correct", ""),
        ("Implementation of an Act on Examples", "This final rule reflects the permanent placement of examplonitazene in schedule I.", "place", "dea-schedule-1"),
    ],
)  # fmt: skip
def test_what_a_notice_does(title: str, summary: str, action: str, list_id: str) -> None:
    reading = read(title, summary)
    assert (reading.action, reading.list_id) == (action, list_id)
    assert reading.reasons
    assert reading.sentence


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Established Aggregate Production Quotas for Schedule I and II Controlled Substances for 2027", "This final order establishes quotas for schedules I and II."),
        ("Importer of Controlled Substances Application: Example Pharma LLC", "The company applied to import fentanyl, a schedule II substance."),
        ("Bulk Manufacturer of Controlled Substances Application: Example Inc.", ""),
        ("Jane Example, M.D.; Decision and Order", "DEA revokes a registration to handle substances in schedules II through V."),
        ("Agency Information Collection Activities; Proposed eCollection, eComments Requested; DEA Form 222", ""),
        ("Exempt Chemical Preparations Under the Controlled Substances Act", "The applications were approved."),
        ("Schedules of Controlled Substances: Exempted Prescription Products", "DEA proposes to revoke exempted status; products become subject to schedule III controls."),
        ("Fourth Temporary Extension of Telemedicine Flexibilities for Prescription of Controlled Medications", ""),
        ("Commission Delegated Regulation (EU) 2027/2 supplementing Regulation (EC) No 273/2004 as regards licences of operators", ""),
        ("Suspicious Orders of Controlled Substances", "DEA proposes to revise its regulations."),
        ("Substances Temporarily Controlled Under Schedule I", "This final rule makes technical amendments to the list in schedule I. It makes no substantive changes."),
        ("International Drug Scheduling; Convention on Psychotropic Substances; Examplone; Request for Comments", "The FDA asks for comments on recommendations of the WHO."),
        ("Default Provisions for Hearing Proceedings; Correction", "DEA is correcting a rule."),
        ("Denial of Petition To Initiate Proceedings To Reschedule Examplone", "DEA denied a petition to reschedule it into schedule II."),
        ("Removal of the Three-Day Rule From Part 1306", "DEA removes a reference from its regulations."),
        ("Registration and Reregistration Fees for Controlled Substance and List I Chemical Registrants", ""),
        ("Placement of Beacons in the Seaway; Schedule II", "The Seaway amends its Schedule II."),
        ("", ""),
    ],
)  # fmt: skip
def test_what_changes_no_law(title: str, summary: str) -> None:
    reading = read(title, summary)
    assert (reading.action, reading.list_id, reading.substances) == ("none", "", ())
    assert reading.reasons


def test_what_a_ministry_recommends_is_not_done_yet_and_what_was_proposed_before_is_done_now() -> None:
    recommended = (
        "HHS provided the Drug Enforcement Administration with a recommendation to place novazolam in schedule "
        "V. DEA is hereby issuing an interim final rule placing novazolam and its salts in schedule IV."
    )
    reading = read(SCHEDULES + "Placement of Novazolam in Schedule IV", recommended)
    assert (reading.action, reading.list_id, named(reading)) == ("place", "dea-schedule-4", ["Novazolam"])
    assert reading.sentence.startswith("DEA is hereby issuing")
    adopted = "This final rule adopts a rule that was proposed in May, placing novazolam in schedule IV."
    assert read(SCHEDULES + "Placement of Novazolam in Schedule IV", adopted).action == "place"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Novazolam", ["Novazolam"]),
        ("5F-EXA, 4F-EXB and EXC-7", ["5F-EXA", "4F-EXB", "EXC-7"]),
        ("4-hydroxy-N,N-diethyltryptamine (4-HO-DET) and 2,5-dimethoxy-4-ethylamphetamine (DOET)", ["4-hydroxy-N,N-diethyltryptamine", "2,5-dimethoxy-4-ethylamphetamine"]),
        ("cyclohexyl fentanyl, meta-methyl fentanyl, and para-ethyl fentanyl", ["cyclohexyl fentanyl", "meta-methyl fentanyl", "para-ethyl fentanyl"]),
        ("N, N-Dimethylexample & alpha-Example", ["N,N-Dimethylexample", "alpha-Example"]),
        ("Examplidine, a Precursor Chemical Used in the Illicit Manufacture of Fentanyl,", ["Examplidine"]),
        ("the synthetic opioid known as examplonitazene, including its isomers, esters, ethers and salts", ["examplonitazene"]),
        ("examplidine and its salts, optical isomers, and salts of isomers", ["examplidine"]),
        ("seven synthetic benzimidazole-opioid substances, as identified in this order,", []),
        ("10 Specific Fentanyl-Related Substances", []),
        ("Fentanyl-Related Substances", ["Fentanyl-Related Substances"]),
        ("Certain FDA-Approved Drugs Containing Cannabidiol", ["FDA-Approved Drugs Containing Cannabidiol"]),
        ("the Food and Drug Administration Approved Product Containing Examplol in Oil and in Capsules", ["FDA Approved Product Containing Examplol in Oil and in Capsules"]),
        ("Chemicals, Products, Materials and Equipment", []),
        ("certain drug precursors", []),
        ("the drug precursor Exampylidene (2-(4-fluorophenyl)acetyl)malonate (EXPAM) and other substances", ["Exampylidene (2-(4-fluorophenyl)acetyl)malonate"]),
        ("Exampledone Combination Products", ["Exampledone Combination Products"]),
        ("the Synthetic Opioid, Exampyl Fentanyl", ["Exampyl Fentanyl"]),
        ("Examplocristine, a Chemical Precursor Used in the Illicit Manufacture of LSD,", ["Examplocristine"]),
        ("Three Synthetic Cannabinoids (5F-EXA, EXB-7 and MDMB-EXC)", ["5F-EXA", "EXB-7", "MDMB-EXC"]),
        ("three synthetic cannabinoids: methyl 2-(1H-indol-1-yl)acetate [EXA-1]; EXB-7", ["methyl 2-(1H-indol-1-yl)acetate", "EXB-7"]),
    ],
)  # fmt: skip
def test_names_are_taken_apart_outside_brackets_only(text: str, names: list[str]) -> None:
    assert [each.name for each in split_names(text)] == names


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("novazolam (8-bromo-1-methyl-6-phenyl-4H-[1,2,4]triazolo[4,3-a][1,4]benzodiazepine)", ["8-bromo-1-methyl-6-phenyl-4H-[1,2,4]triazolo[4,3-a][1,4]benzodiazepine"]),
        ("EXC-7 (trivial names: EXC-7A; EXC 7 N-(4-fluorobenzyl))", ["EXC-7A", "EXC 7 N-(4-fluorobenzyl)"]),
        ("examplidine (chemical name: N-phenylpiperidin-4-amine)", ["N-phenylpiperidin-4-amine"]),
        ("examplidine [4-EX; 4-EXP]", ["4-EX", "4-EXP"]),
        ("N-phenylpiperidin-4-amine (also known as examplidine; N-phenyl-4-piperidinamine)", ["examplidine", "N-phenyl-4-piperidinamine"]),
        ("examplone, also known as ephedrolone", ["ephedrolone"]),
        ("N-(1-(2-phenylethyl)piperidin-4-yl)acetamide", []),
        ("(1-butyl-1H-indol-3-yl)(naphthalen-1-yl)methanone (exa-073)", ["exa-073"]),
    ],
)  # fmt: skip
def test_other_names_stand_in_brackets(text: str, others: list[str]) -> None:
    (only,) = split_names(text)
    assert list(only.others) == others


def test_names_of_the_title_and_of_the_abstract_are_joined() -> None:
    reading = read(
        SCHEDULES + "Placement of 5F-EXA and 4F-EXB in Schedule I",
        "The Drug Enforcement Administration proposes placing methyl 2-(1-(5- fluoropentyl)-1H-indole-3-"
        "carboxamido)butanoate (trivial name: 5F-EXA); and 1-(4-fluorobutyl)-1H-indole (other names: "
        "4F-EXB, 4FEXB), including their salts and isomers, in schedule I.",
    )
    first, second = reading.substances
    assert first.others == ("methyl 2-(1-(5-fluoropentyl)-1H-indole-3-carboxamido)butanoate",)
    assert second.others == ("1-(4-fluorobutyl)-1H-indole", "4FEXB")
    several = read(
        SCHEDULES + "Placement of Two Specific Examples in Schedule I",
        "DEA places N-(2-fluorophenyl)-N-(1-phenethylpiperidin-4-yl)acetamide ([beta]-exa fentanyl) and "
        "bromazolam, including their salts, in schedule I. The temporary control of other substances ended.",
    )
    assert named(several) == ["β-exa fentanyl", "bromazolam"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("BROMAZOLAM", "bromazolam"),
        ("α-Pyrrolidinohexanophenone", "alpha-php"),
        ("[alpha]-PHP", "alpha-php"),
        ("4′-chloro-alpha-PVP", "4'-chloro-α-pvp"),
        ("2C-B- FLY", "2c-b-fly"),
        ("Novazolam", ""),
    ],
)
def test_a_name_means_a_watched_substance_however_the_register_spells_it(name: str, key: str) -> None:
    reading = read(SCHEDULES + f"Placement of {name} in Schedule I")
    assert [each.substance for each in reading.substances] == [key]


def test_the_text_of_the_register_is_put_right() -> None:
    assert (
        plain("5F- ADB,  [beta]-x and\n[\\18\\F]FP-CIT, pre- and post-")
        == "5F-ADB, β-x and [18F]FP-CIT, pre- and post-"
    )


DATES = "ACTION: {}.\nDATES: {}\nFOR FURTHER INFORMATION CONTACT: Jane Example, effective January 1, 2030."


@pytest.mark.parametrize(
    ("title", "summary", "text", "effective"),
    [
        ("Placement of Novazolam in Schedule IV", "", DATES.format("Final rule", "Effective date: December 28, 2026."), date(2026, 12, 28)),
        ("Placement of Novazolam in Schedule IV", "", DATES.format("Interim final rule", "This rule is effective November 30, 2026. Comments until December 30, 2026."), date(2026, 11, 30)),
        ("Placement of Novazolam in Schedule IV", "This rule is effective upon publication.", "", date(2026, 11, 28)),
        ("Placement of Novazolam in Schedule IV", "The effective date is 30 days from the date of publication.", "", date(2026, 12, 28)),
        ("Placement of Novazolam in Schedule IV", "This rule is effective 30 days after the date of publication.", "", date(2026, 12, 28)),
        ("Placement of Novazolam in Schedule IV", "It is effective February 30, 2027.", "", None),
        ("Placement of Novazolam in Schedule IV", ADOPTED, "", None),
        ("Placement of Novazolam in Schedule IV", "", DATES.format("Notice of proposed rulemaking", "Effective on January 4, 2027."), None),
        ("Temporary Placement of Novazolam in Schedule I", "", DATES.format("Temporary amendment; temporary scheduling order", "This order is effective November 28, 2026, until November 28, 2028."), date(2026, 11, 28)),
        ("Extension of Temporary Placement of Novazolam in Schedule I", "The schedule I status currently is in effect until December 3, 2026. This order will extend it for one year.", "", date(2027, 12, 3)),
        ("Extension of Temporary Placement of Novazolam in Schedule I", "The status currently is in effect through February 28, 2027. It is extended for 6 months.", "", date(2027, 8, 28)),
        ("Extension of Temporary Placement of Novazolam in Schedule I", "", DATES.format("Temporary rule", "This order, which extends the order, is effective December 3, 2026, and expires on December 3, 2027."), date(2027, 12, 3)),
        ("Extension of Temporary Placement of Novazolam in Schedule I", "", "", None),
    ],
)  # fmt: skip
def test_days_are_those_that_the_notice_states(
    title: str, summary: str, text: str, effective: date | None
) -> None:
    assert read(SCHEDULES + title, summary, text).effective == effective


def test_the_kind_of_document_is_taken_from_the_whole_text() -> None:
    title = SCHEDULES + "Placement of Novazolam in Schedule I"
    assert (
        read(title, "", DATES.format("Notice of proposed rulemaking", "Comments by May 1.")).action
        == "propose"
    )
    assert read(title, "", DATES.format("Final rule", "Effective May 1, 2027.")).action == "place"
    assert "not known" in read(title).reasons[-2]


def test_a_move_knows_the_list_it_leaves() -> None:
    reading = read(SCHEDULES + "Rescheduling of Examplodone From Schedule II to Schedule III")
    assert (reading.from_list, reading.list_id) == ("dea-schedule-2", "dea-schedule-3")
    told = read(
        SCHEDULES + "Rescheduling of Marijuana",
        "The Department of Justice proposes to transfer marijuana from schedule I of the Controlled Substances "
        "Act (CSA) to schedule III of the CSA.",
    )
    assert (told.action, told.act, told.from_list, told.list_id) == (
        "propose",
        "move",
        "dea-schedule-1",
        "dea-schedule-3",
    )
    assert [each.substance for each in told.substances] == ["cannabis"]


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_read(title: str, summary: str) -> None:
    read(title, summary)


@given(
    st.lists(
        st.sampled_from(["places", "in schedule I", "(", ")", "a,", "and", "DEA", ";", "is", "[x]", "N,"]),
        max_size=60,
    )
)
def test_any_order_of_its_words_is_read(words: Sequence[str]) -> None:
    reading = read(SCHEDULES + " ".join(words), " ".join(words))
    assert all(each.name for each in reading.substances)


@pytest.mark.parametrize(
    "word", ["DEA places ", "Placement of ", "(", "a, ", "schedule I ", "effective ", "DEA proposes to "]
)
def test_a_long_and_hostile_notice_takes_no_long_time(word: str) -> None:
    began = time.process_time()
    read((SCHEDULES + word * 3000)[:100_000], word * 20_000, "DATES: " + word * 20_000)
    assert time.process_time() - began < 5


def test_a_member_that_the_lists_name_under_its_class_is_not_the_class() -> None:
    known = Watchlist(
        {"class-exampyls": Substance("class-exampyls", "Fentanyl-related substances")},
        (
            Name("Fentanyl-related substances", "class-exampyls"),
            Name("beta-exampyl fentanyl", "class-exampyls"),
        ),
    )
    find = index(known)
    whole = read_notice(
        Notice("1", SCHEDULES + "Placement of Fentanyl-Related Substances in Schedule I"), find
    )
    assert [each.substance for each in whole.substances] == ["class-exampyls"]
    one = read_notice(Notice("1", SCHEDULES + "Placement of β-Exampyl Fentanyl in Schedule I"), find)
    assert [each.substance for each in one.substances] == [""]
