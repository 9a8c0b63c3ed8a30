"""Which articles are notices, and what they propose: days from addresses, one proposal a substance."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.model import Article, ListInfo, Listing, Name, Substance, Watchlist
from monitor.pipeline.notices import NoticeReader, notice_of, stored_notices, unreviewed
from monitor.store import ReadNotice

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PLACE = "https://www.federalregister.gov/documents/2026/11/20/2026-23001/schedules-of-controlled-substances"
TITLE = "Schedules of Controlled Substances: Placement of Examplone, 4-EXA and Word in Schedule I"
KNOWN = Watchlist(
    {"examplone": Substance("examplone", "Examplone", smiles="CCO", inchikey="K")},
    (Name("Examplone", "examplone"), Name("4-EXA", "examplone")),
    (Listing("examplone", "dea-schedule-1", since="2001-01-01"),),
    {"dea-schedule-1": ListInfo("dea-schedule-1", "I", "DEA", "US", "schedule", complete_to="2026-05-04")},
)


def article(url: str = PLACE, title: str = TITLE, text: str = "") -> Article:
    return Article("register", url, title, f"{title}\n{text}", NOW, published_at=NOW)


@pytest.mark.parametrize(
    ("url", "num", "day"),
    [
        (PLACE, "2026-23001", date(2026, 11, 20)),
        ("https://federalregister.gov/d/2026-23001", "2026-23001", date(2026, 11, 28)),
        (
            "https://www.federalregister.gov/documents/2022/01/20/C1-2022-01112/x",
            "C1-2022-01112",
            date(2022, 1, 20),
        ),
        (
            "https://www.federalregister.gov/documents/2026/13/40/2026-23001/x",
            "2026-23001",
            date(2026, 11, 28),
        ),
    ],
)
def test_a_notice_is_known_by_its_address(url: str, num: str, day: date) -> None:
    notice = notice_of(article(url))
    assert notice is not None
    assert (notice.num, notice.published, notice.url) == (num, day, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/documents/2026/11/20/2026-23001/x",
        "https://federalregister.gov.evil.example/documents/2026/11/20/2026-23001/x",
        "https://www.federalregister.gov/agencies/drug-enforcement-administration",
        "https://www.federalregister.gov/documents/search?conditions=2026-23001",
        "file:///www.federalregister.gov/documents/2026/11/20/2026-23001/x",
    ],
)
def test_other_addresses_are_no_notices(url: str) -> None:
    assert notice_of(article(url)) is None


def test_of_a_whole_page_the_summary_is_the_abstract() -> None:
    page = "AGENCY: DEA.\nACTION: Final rule.\nSUMMARY: DEA places examplone.\nDATES: Effective May 1, 2027."
    notice = notice_of(article(text=page))
    assert notice is not None
    assert notice.summary.strip() == "DEA places examplone."
    assert "Effective May 1" in notice.text


def found(*articles: Article) -> list[ReadNotice]:
    bugs: list[Exception] = []
    notices = stored_notices(articles, NoticeReader(KNOWN), lambda name: name == "Word", bugs.append)
    assert bugs == []
    return notices


def test_each_substance_has_one_proposal_with_all_its_names() -> None:
    (notice,) = found(article(), article("https://news.example/1"))
    known, new = notice.proposals
    assert (known.substance, known.before) == ("examplone", "since 2001-01-01")
    assert [each["text"] for each in known.change["names"]] == ["Examplone", "4-EXA"]  # type: ignore[attr-defined]
    assert (known.change["smiles"], known.change["complete_to"]) == ("CCO", "2026-05-04")
    assert (new.substance, new.before, new.change["smiles"]) == ("word", "not on it", "")
    assert new.change["names"] == [{"text": "Word", "type": "common", "ambiguous": True}]
    assert "a notice of 2026-11-20 places it on dea-schedule-1" in new.reason


def test_a_regulation_of_the_union_waits_for_a_person_to_read_it() -> None:
    title = "Commission Delegated Regulation (EU) 2027/1331 amending Regulation (EC) No 273/2004 "
    title += "as regards the inclusion of {} in the list of scheduled substances"
    place = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32027R1331"
    (one,) = found(article(place, title.format("the drug precursor Examplone and other substances")))
    assert (one.gazette, one.num, one.published, one.list_id) == (
        "eu-official-journal",
        "2027/1331",
        "2026-11-28",
        "",
    )
    (proposal,) = one.proposals
    assert (proposal.substance, proposal.kind, proposal.change) == ("examplone", "notice", {})
    assert "which list, it does not say" in proposal.reason
    (certain,) = found(article(place, title.format("certain drug precursors")))
    assert [each.substance for each in certain.proposals] == [""]
    assert found(article(place, "Commission Delegated Regulation (EU) 2027/2 on licences")) == []
    assert found(article("https://europa.eu.evil.example/x", title.format("Examplone"))) == []


def test_what_is_no_change_gives_nothing() -> None:
    assert found(article(title="Importer of Controlled Substances Application: Example LLC")) == []


def test_a_bug_in_one_notice_loses_no_other() -> None:
    class Broken(NoticeReader):
        def read(self, notice: object) -> object:  # type: ignore[override]
            if "23001" in notice.num:  # type: ignore[attr-defined]
                raise ValueError("a bug")
            return super().read(notice)  # type: ignore[arg-type]

    bugs: list[Exception] = []
    other = article(PLACE.replace("23001", "23002"))
    notices = stored_notices([article(), other], Broken(KNOWN), lambda name: False, bugs.append)
    assert [each.num for each in notices] == ["2026-23002"]
    assert [str(each) for each in bugs] == ["a bug"]


def test_what_was_reviewed_is_not_said_to_wait() -> None:
    (notice,) = found(article())
    assert set(unreviewed({}, [notice], set())) == {"examplone", "word"}
    assert unreviewed({"x": ("kept",)}, [notice], {"2026-23001"}) == {"x": ("kept",)}
    again = unreviewed({"word": (notice.proposals[1].reason,)}, [notice], set())
    assert again["word"] == (notice.proposals[1].reason,)
