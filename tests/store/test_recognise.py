"""Whether a text is still that of the page: failures that answer 200 are none, real changes are."""

from __future__ import annotations

import pytest

from monitor.store.recognise import doubt

INTRO = "We are a supplier of fine chemicals for the laboratory, and ship from two warehouses in the north."
GOODS = "phenethyl bromide, 25 kg drums\n1-boc-4-piperidone, 5 kg bags"
END = "Write to the sales office for the full catalogue of the year."
BEFORE = f"Products\n\nOur products\n{INTRO}\n{GOODS}\n{END}"
CJK = (
    "产品目录\n\n我们供应实验室用精细化学品,从北方的两个仓库发货。\n"
    "苯乙基溴 25公斤桶\n如需全年目录,请联系销售部门。"
)


def questioned(now: str, before: str = BEFORE) -> str:
    return doubt(before, now, len(before))


@pytest.mark.parametrize(
    "now",
    [
        BEFORE,
        f"Products\n\nOur products\n{INTRO}\nsodium chloride\n{END}",  # other goods
        f"Products\n\nOur products\n{INTRO}\n{END}",  # none
        f"Products\n\nOur products\n{INTRO}\nNothing is on offer at this time.\n{END}",
        f"Products (23)\n\nOur products\n{INTRO}\n{END}",
        f"Our goods\n\nOur products\n{INTRO}\nsodium chloride\n{END}",  # another title
        f"Products\n\nOur products\n{INTRO}",  # less of it
        f"Products\n\nWe use cookies to serve you.\nOur products\n{INTRO}\nsodium chloride\n{END}",
        f"Products\n\nOur products\n{INTRO}\n{END}\n" + "A new long tale of the firm and its men. " * 3,
        f"{INTRO}\n{END}",  # no title
    ],
)
def test_the_page_without_its_goods_is_the_page(now: str) -> None:
    assert questioned(now) == ""


FAILURES = {
    "maintenance": "Down for maintenance\n\nWe will be right back\nThank you for your patience.",
    "login": "Sign in\n\nE-mail\nPassword\nPlease sign in to continue.",
    "rate limit": "Too many requests\n\nYou have made too many requests in a short time.",
    "error": "Error\n\nInternal error\nSQLSTATE[HY000] [2002] Connection refused.",
    "shell": "Products",
    "shell with a notice": "Products\n\nYou need to enable JavaScript to run this app.",
    "consent": "Products\n\nWe value your privacy. Accept all cookies or manage them.",
    "region": "Products\n\nThis content is not available in your country.",
    "start page": "The firm\n\nWelcome to the firm. News of the day, our people, and a search.",
    "not found": "Products\n\nThe page you asked for could not be found.",
    "in the template": f"Products\n\nOur products\n{INTRO}\nIt could not be loaded. Try again later.\n{END}",
    "signed out": f"Products\n\nOur products\n{INTRO}\nPlease log in to see the list.\n{END}",
    "German": "Produkte\n\nDie Seite ist wegen Wartungsarbeiten vorübergehend nicht erreichbar.",
    "Russian": "Ведутся технические работы. Зайдите позже.",
    "Chinese": "系统维护中,请稍后再试。",
    "no words for it": "Lorem\n\nDolor sit amet consectetur adipiscing elit.",
    "parked": "vendor.example\n\nThis domain is for sale. Buy it now.",
    "half of it": f"Welcome\n\n{INTRO}\nThe rest of what stands here is of no use at all.",
}


@pytest.mark.parametrize("now", FAILURES.values(), ids=FAILURES)
def test_what_stands_in_its_place_is_not(now: str) -> None:
    assert questioned(now)


def test_what_the_page_always_said_is_no_news() -> None:
    before = BEFORE + "\nPlease log in to see prices.\nMaintenance of reactors"
    now = before.replace(GOODS, "sodium chloride")
    assert questioned(now, before) == ""


def test_scripts_without_spaces() -> None:
    assert questioned(CJK.replace("苯乙基溴 25公斤桶", "氯化钠"), CJK) == ""
    assert questioned("产品目录\n\n请先登录后查看。", CJK)


def test_where_the_text_of_before_is_no_longer_kept() -> None:
    assert doubt(None, BEFORE, len(BEFORE)) == ""
    assert "characters" in doubt(None, "Products", len(BEFORE))
    assert "Please log in" in doubt(
        None, "Products\n\nPlease log in to see this page." + END * 5, len(BEFORE)
    )


def test_the_reason_is_what_was_seen() -> None:
    assert "“You have made too many requests in a short time.”" in questioned(
        FAILURES["rate limit"].split("\n\n")[1]
    )
    assert "0% is left, and its title is another" in questioned(FAILURES["no words for it"])
