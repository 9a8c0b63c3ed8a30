"""PDF documents: their text, divided words, and documents that are not to be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.ingest.pdf import MOST_PAGES, check_pdf, is_pdf, read_pdf, rejoined
from monitor.model import Document
from tests.pdfs import locked, pdf

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://example.org/report.pdf"
NEWS = pdf(
    ["Annual report", "Officers seized 20 kg of pheny-", "lacetone and of 1-phenyl-2-", "propanone."],
    ["On the second page, alpha-", "phenylacetoacetonitrile."],
    title="Precursors in 2024",
)


def article(body: bytes, **told: str) -> str:
    return extract(Document("s", URL, body, "application/pdf", NOW, **told)).text  # type: ignore[arg-type]


def test_title_date_and_text() -> None:
    found = extract(Document("s", URL, NEWS, "application/pdf", NOW))
    assert found.title == "Precursors in 2024"
    assert found.published_at == datetime(2024, 11, 18, 9, 30, tzinfo=UTC)
    assert "phenylacetone and of 1-phenyl-2-propanone." in found.text
    assert "alpha-phenylacetoacetonitrile" in found.text


def test_what_the_feed_says_comes_first_and_the_media_type_does_not_matter() -> None:
    document = Document("s", URL, NEWS, "application/octet-stream", NOW, title="Told", summary="By the feed")
    assert extract(document).text.startswith("Told\n\nBy the feed\n\nAnnual report")


def test_a_packed_document_and_one_that_any_reader_opens() -> None:
    assert "Text here" in article(pdf(["Text here"], packed=True))
    assert "Annual report" in article(locked(NEWS, ""))


@pytest.mark.parametrize("title", ["Microsoft Word - report.doc", "report.pdf", "Untitled"])
def test_a_title_that_is_none_is_not_used(title: str) -> None:
    assert read_pdf(pdf(["x"], title=title), URL).title == ""


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("pheny-\nlacetone", "phenylacetone"),
        ("pheny\u2010 \n  lacetone", "phenylacetone"),
        ("am\u00ad\nphetamine", "amphetamine"),
        ("1-phenyl-2-\npropanone", "1-phenyl-2-propanone"),
        ("phenyl-\n2-propanone", "phenyl-2-propanone"),
        ("N-\nmethyl", "N-methyl"),
        ("tert-\nbutyl", "tert-butyl"),
        ("α-\nmethyl", "α-methyl"),
        ("Mecklenburg-\nVorpommern", "Mecklenburg-Vorpommern"),
        ("a list -\nof things", "a list -\nof things"),
        ("end.\nNext", "end.\nNext"),
    ],
)
def test_divided_words(text: str, joined: str) -> None:
    assert rejoined(text) == joined


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"%PDF-1.7\ngarbage", "parse-error"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 100, "parse-error"),
        (NEWS[: len(NEWS) // 3], "parse-error"),
        (pdf(), "parse-error"),
        (pdf([]), "parse-error"),  # a scanned page: no text
        (locked(NEWS, "secret"), "blocked"),
        (pdf(*([["x"]] * (MOST_PAGES + 1))), "too-large"),
        (pdf(["x" * 1000] * 30_000, packed=True), "parse-error"),  # a bomb: 30 MB in 60 kB
    ],
    ids=["garbage", "noise", "cut", "empty", "scanned", "locked", "long", "bomb"],
)
def test_what_cannot_be_read_ends_in_one_word(body: bytes, outcome: str) -> None:
    with pytest.raises(SourceError) as caught:
        article(body)
    assert caught.value.outcome == outcome


def test_a_look_at_it_costs_no_reading() -> None:
    check_pdf(NEWS, URL)
    with pytest.raises(SourceError, match="password"):
        check_pdf(locked(NEWS, "secret"), URL)


def test_what_is_a_pdf() -> None:
    assert is_pdf(NEWS)
    assert is_pdf(b"\n\n" + NEWS, "application/pdf")
    assert not is_pdf(b"<p>About %PDF- files", "text/html")
    assert not is_pdf(b"<p>Not found", "application/pdf")
