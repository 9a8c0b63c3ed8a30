"""The day that a text without a date states itself, and the dates in texts that are those of events."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.ingest.extract import extract
from monitor.ingest.stated import page_day, stated_day
from monitor.model import DatedBy, Document

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Monday, 2 September 2024\n\nThe talks", date(2024, 9, 2)),
        ("Talks end\n\n2 September 2024\n\nThe talks", date(2024, 9, 2)),
        ("Old Quay, 20 September 2023\n\nCustoms", date(2023, 9, 20)),
        ("OLD QUAY, Sept. 20, 2023 (Agency) - Customs", date(2023, 9, 20)),
        ("BERLIN, 3. März 2024 – Der Zoll", date(2024, 3, 3)),
        ("Berlin, den 3. März 2024. Der Zoll", date(2024, 3, 3)),
        ("Madrid, 3 de marzo de 2024.- La policía", date(2024, 3, 3)),
        ("Titre\nPublié le 3 mars 2024\nLe texte", date(2024, 3, 3)),
        ("Stand: 03.03.2024", date(2024, 3, 3)),
        ("Published: 2024-03-03 10:30", date(2024, 3, 3)),
        ("发布时间:2024年3月3日", date(2024, 3, 3)),
        ("A text.\n\nA second paragraph of it.\n\nLast updated: 3 March 2024", date(2024, 3, 3)),
        ("Old Quay, 28 November 2026 - today", date(2026, 11, 28)),
        # near misses: the date of an event, of a law, of the future, or no whole date
        ("On 20 September 2023 customs found 2 kg.", None),
        ("The law of 20 September 2023 lists it.", None),
        ("In Berlin, 20 September 2023 was a day of rest.", None),
        ("Since Monday, 20 September 2023 it is listed.", None),
        ("Customs seized goods in Old Quay, 20 September 2023 and later.", None),
        ("Old Quay, 2 December 2026 - the day after tomorrow", None),
        ("Old Quay, September 2023", None),
        ("Published in 2023", None),
        ("Old Quay, 31 September 2023", None),
        ("", None),
    ],
)
def test_a_text_says_its_own_day(text: str, day: date | None) -> None:
    assert stated_day(text, NOW) == day


def test_only_the_beginning_and_the_end_are_looked_at() -> None:
    lines = [f"Line {number} of the text." for number in range(30)]
    assert stated_day("\n".join([*lines[:15], "3 March 2024", *lines[15:]]), NOW) is None


def page(head: str, body: str) -> str:
    return f"<html><head>{head}</head><body><article><p>{body}</p></article></body></html>"


def test_a_page_s_marks_are_read_and_nothing_is_guessed_from_its_text() -> None:
    body = "Customs stopped a shipment of solvents at the port. " * 10
    marked = page('<meta name="DC.date.created" content="2023-09-20">', body)
    assert page_day(marked, "", NOW) == date(2023, 9, 20)
    assert page_day(page("", body + " It was 20 September 2023."), "", NOW) is None
    assert page_day(page("", body), "https://x.example/2023/09/20/port", NOW) == date(2023, 9, 20)
    assert page_day("", "", NOW) is None


def document(body: str, published: datetime | None = None, kind: str = "text/plain") -> Document:
    return Document("s", "file:///a", body.encode(), kind, NOW, published_at=published)


def test_an_article_without_a_date_is_of_the_day_it_states() -> None:
    text = "Old Quay, 20 September 2023\n\nCustoms found phenethyl bromide."
    undated = extract(document(text))
    assert (undated.date, undated.dated_by, undated.published_at) == (
        date(2023, 9, 20),
        DatedBy.STATED,
        None,
    )
    dated = extract(document(text, datetime(2024, 1, 2, tzinfo=UTC)))
    assert (dated.date, dated.dated_by, dated.stated_on) == (date(2024, 1, 2), DatedBy.PUBLISHED, None)
    plain = extract(document("Customs found phenethyl bromide on 20 September 2023."))
    assert (plain.date, plain.dated_by) == (NOW.date(), DatedBy.FETCHED)
