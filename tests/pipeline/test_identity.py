"""Which article a text is: a table of pairs on both sides, and what is decided from what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, Document
from monitor.pipeline.identity import Identities, choose, has_something_in_common, likeness
from monitor.store import Original, Record, Store, StoredVersion, open_store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEIZURE = (
    "Officers of the customs service searched a container from the port of Santos on Monday and found "
    "875 kg of ketamine behind boards of plywood, the office said. Two drivers were arrested. The container "
    "had been declared as furniture, and was bound for a company in the north of the country. The prosecutor "
    "opened a case against unknown persons, and thanked the crew of the crane for their help."
)
COURT = (
    "A judge in the capital sentenced a chemist to six years for making mephedrone in the cellar of a "
    "school. The court heard for three days how the man, who used to teach there, ordered the precursors by "
    "post and sold the product on a market in the dark web. His lawyer said that she would appeal within the "
    "month. The mayor called for better locks, and parents asked why nobody had noticed the smell."
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Police seized 3 kg of fentanyl in Leeds", "Police seized 5 kg of fentanyl in Leeds on Monday"),
        (SEIZURE, SEIZURE.replace("875", "880").replace("Two drivers", "Three drivers")),
        (SEIZURE, "Correction: the first report had the weight wrong.\n\n" + SEIZURE),
        (SEIZURE[:110], SEIZURE),  # a first line, and then the story
        (SEIZURE, "Ketamine in Santos\n\n" + SEIZURE[:150] + COURT),  # half of it written anew
        ("在港口查获一吨氯胺酮，两人被捕", "警方说，在港口查获两吨氯胺酮，三人被捕"),
    ],
)
def test_edited_texts_have_something_in_common(first: str, second: str) -> None:
    assert has_something_in_common(first, second)
    assert has_something_in_common(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SEIZURE, COURT),
        (SEIZURE, "This page is closed for maintenance. Please come back in a few minutes."),
        (
            "Monday 0\n\nMonday: the police seized 3 kg of fentanyl in Leeds.",
            "Tuesday 0\n\nTuesday: customs in another country found 41 kg of fentanyl in Leeds.",
        ),
        ("Barn: fentanyl in a barn near Northtown", "Court: a seller of ketamine was heard"),
        ("在港口查获一吨氯胺酮", "法院判处一名化学家六年监禁"),
        ("fentanyl", "ketamine"),
    ],
)
def test_other_texts_have_not(first: str, second: str) -> None:
    assert not has_something_in_common(first, second)
    assert not has_something_in_common(second, first)


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_whichever_comes_first(first: str, second: str) -> None:
    assert 0.0 <= likeness(first, second) <= 1.0
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first) == 1.0


URL = "https://example.org/a"


def article(text: str, url: str = URL, **given: object) -> Article:
    values: dict[str, object] = {"title": text[:20], "fetched_at": NOW}
    return Article(source="s", url=url, text=text, **{**values, **given})  # type: ignore[arg-type]


def version(text: str | None, url: str = URL, **given: object) -> StoredVersion:
    values: dict[str, object] = {"place": "", "title": (text or "")[:20], "published_at": None}
    return StoredVersion(url=url, text=text, **{**values, **given})  # type: ignore[arg-type]


def test_a_forgotten_text_keeps_its_address() -> None:
    assert choose(article(COURT), [version(None)], []) == version(None)


def test_the_likest_of_several_is_taken() -> None:
    old, other = version(SEIZURE, f"{URL}#text-x", place=URL), version(COURT)
    assert choose(article(SEIZURE + " More."), [other, old], []) == old


def test_a_declared_address_counts_only_with_this_very_text() -> None:
    elsewhere = version(None, "https://example.org/news/")
    assert choose(article(SEIZURE), [], [elsewhere]) is None
    known = replace(elsewhere, same=True)
    assert choose(article(SEIZURE), [], [known]) == known
    read_here_before = replace(elsewhere, text=SEIZURE + " More.")
    assert choose(article(SEIZURE), [], [read_here_before]) == read_here_before


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({}, True),
        ({"title": "Another subject"}, False),
        ({"published_at": NOW - timedelta(days=1)}, False),
        ({"text": COURT}, False),
    ],
)
def test_what_never_changes_is_another_thing_with_another_title_or_date(
    given: dict[str, object], same: bool
) -> None:
    stored = version(SEIZURE, title="Report", published_at=NOW)
    now = replace(article(SEIZURE + " --\nfooter", title="Report", published_at=NOW), **given)  # type: ignore[arg-type]
    assert (choose(now, [stored], [], fixed=True) is not None) is same


class Desk:
    """Reads texts one after another, as a run does, and records each batch."""

    def __init__(self, store: Store) -> None:
        self.store, self.identities = store, Identities(store)

    def read(self, *texts: Article | tuple[Article, Document]) -> list[str]:
        self.identities.begin()
        placed = []
        for each in texts:
            made, document = each if isinstance(each, tuple) else (each, as_document(each))
            found, _, _ = self.identities.place(document, made)
            placed.append(Record(found, original=Original(document, "x")))
        self.store.record(placed, now=NOW)
        return [each.article.url for each in placed]


def as_document(made: Article, **given: object) -> Document:
    values: dict[str, object] = {"url": made.url, "body": made.text.encode(), "media_type": "text/plain"}
    return Document(source="s", fetched_at=NOW, **{**values, **given})  # type: ignore[arg-type]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with open_store(database_url, now=NOW) as store:
        yield Desk(store)


def test_an_address_whose_text_is_replaced_is_a_new_article_and_back(desk: Desk) -> None:
    (first,) = desk.read(article(SEIZURE))
    (second,) = desk.read(article(COURT))
    assert first == URL
    assert second.startswith(f"{URL}#text-")
    assert desk.read(article(COURT)) == [second]
    assert desk.read(article(SEIZURE)) == [first]
    assert desk.read(article(COURT + " More of it.")) == [second]
    assert desk.store.revision(second).number == 2
    _, _, alone = desk.identities.place(as_document(article(SEIZURE)), article(SEIZURE))
    assert not alone


def test_two_texts_of_one_address_in_one_batch(desk: Desk) -> None:
    first, second, edited = desk.read(article(SEIZURE), article(COURT), article(SEIZURE + " More."))
    assert (first, edited) == (URL, URL)
    assert second != URL


def test_a_template_that_declares_one_address_for_all(desk: Desk) -> None:
    section = "https://example.org/news/"
    pages = [
        article(SEIZURE, f"{section}a", declared_url=section),
        article(COURT, f"{section}b", declared_url=section),
    ]
    assert desk.read(*pages) == [f"{section}a", f"{section}b"]
    assert desk.read(article("The section: all reports of the week at a glance.", section)) == [section]
    assert desk.read(*pages) == [f"{section}a", f"{section}b"]


def test_a_page_cannot_pass_for_another_that_is_stored(desk: Desk) -> None:
    stored = f"{URL}/alerted"
    assert desk.read(article(SEIZURE, stored)) == [stored]
    forged = article(SEIZURE + " It was all a mistake.", f"{URL}/forged", declared_url=stored)
    assert desk.read(forged) == [f"{URL}/forged"]
    assert desk.read(article(SEIZURE, f"{URL}/print", declared_url=stored)) == [stored]


def test_a_page_and_its_printed_form_in_one_batch(desk: Desk) -> None:
    printed = article(SEIZURE, f"{URL}/print", declared_url=URL)
    other = article(COURT, f"{URL}/other", declared_url=URL)
    assert desk.read(article(SEIZURE), printed, other) == [URL, URL, f"{URL}/other"]


def test_what_an_earlier_version_stored_under_a_declared_address_stays_there(desk: Desk) -> None:
    canonical, asked = "https://example.org/story", "https://example.org/story?id=7&lang=en"
    old = article(SEIZURE, canonical)
    assert desk.read((old, as_document(old, url=asked))) == [canonical]
    now = article(SEIZURE + " More.", asked, declared_url=canonical)
    assert desk.read((now, as_document(now))) == [canonical]


def test_a_second_mail_of_one_message_id_does_not_replace_the_first(desk: Desk) -> None:
    """Programs that number their mails anew each day, and senders that copy a whole mail as a template."""
    first = article(SEIZURE, title="Bulletin", published_at=NOW)
    other_day = replace(first, published_at=NOW + timedelta(days=1))
    other_text = replace(first, text=COURT)
    footer = replace(first, text=SEIZURE + "\n-- \nThe list's footer")

    def read(mail: Article) -> str:
        return desk.read((mail, as_document(mail, fixed=True)))[0]

    assert read(first) == URL
    assert len({URL, read(replace(other_day, text=SEIZURE + " Again.")), read(other_text)}) == 3
    assert read(footer) == URL
    assert desk.store.revision(URL).number == 2


def test_a_nameless_item_is_found_by_its_text_whatever_named_it_before(desk: Desk) -> None:
    file = "file:///in/export.jsonl"
    desk.read(article(SEIZURE, f"{file}#3"), article(SEIZURE + " Far away.", "file:///in/export.jsonl2#1"))
    again = article(SEIZURE, f"{file}#text-a")
    assert desk.read((again, as_document(again, within=file))) == [f"{file}#3"]
    other = article(COURT, f"{file}#text-b")
    assert desk.read((other, as_document(other, within=file))) == [f"{file}#text-b"]
