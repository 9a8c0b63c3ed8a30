"""PDF documents: their text, divided words, and documents that are not to be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.ingest.pdf import MOST_PAGES, check_pdf, is_pdf, read_pdf, rejoined
from monitor.ingest.pdf_text import glyph_letters
from monitor.model import Document
from tests.pdfs import locked, pdf, sheet

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
        (pdf(["x" * 1000] * 30_000, packed=True), "parse-error"),  # a bomb: 30 MB in 60 kB
    ],
    ids=["garbage", "noise", "cut", "empty", "scanned", "locked", "bomb"],
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


# --- what a page is made of ------------------------------------------------------------------------------


def text_of(*contents: bytes, font: bytes = b"", annots: bytes = b"") -> str:
    return read_pdf(sheet(*contents, font=font, annots=annots), URL).text


def runs(*placed: tuple[float, float, str]) -> bytes:
    """Runs of Helvetica of 10 points, each in a text object of its own that ends with a new line."""
    drawn = (f"BT /F1 10 Tf 12 TL 1 0 0 1 {x} {y} Tm ({text}) Tj T* ET\n" for x, y, text in placed)
    return "".join(drawn).encode()


FENT = 16.68  # points that "fent" is wide in Helvetica of 10 points; a blank has 2.78


@pytest.mark.parametrize(
    ("gap", "other", "text"),
    [
        (0.0, "anyl here", "fentanyl here"),
        (0.3, "anyl here", "fentanyl here"),
        (2.4, "anyl here", "fentanyl here"),
        (-1.0, "anyl here", "fentanyl here"),
        (2.9, "here it is", "fent\nhere it is"),
        (40.0, "here it is", "fent\nhere it is"),
        (1.6, "here", "fent\nhere"),  # nobody draws blanks on this line: the gap is one
        (0.5, "anyl", "fentanyl"),
    ],
)
def test_runs_on_one_base_line_that_touch_are_one_word(gap: float, other: str, text: str) -> None:
    assert text_of(runs((50, 700, "fent"), (50 + FENT + gap, 700, other))) == text


@pytest.mark.parametrize(
    "drawn",
    [
        b"BT /F1 10 Tf 50 700 Td (of fent) Tj %.2f 0 Td (anyl here) Tj ET",
        b"BT /F1 10 Tf 50 700 Td (of fent) Tj %.2f 0 TD (anyl here) Tj ET",
        b"BT /F1 10 Tf 1 0 0 1 50 700 Tm (of fent) Tj ET BT 1 0 0 1 50 700 Tm %.2f 0 Td (anyl here) Tj ET",
        b"q 1 0 0 1 50 700 cm BT /F1 10 Tf (of fent) Tj ET Q q 1 0 0 1 50 700 cm 1 0 0 1 %.2f 0 cm BT "
        b"/F1 10 Tf (anyl here) Tj ET Q",
        b"BT /F1 5 Tf 2 0 0 2 50 700 Tm (of fent) Tj ET BT /F1 10 Tf 1 0 0 1 50 700 Tm "
        b"%.2f 0 Td (anyl here) Tj ET",
    ],
    ids=["Td", "TD", "Tm", "cm", "scaled"],
)
@pytest.mark.parametrize(
    ("gap", "word"), [(0.3, "fentanyl"), (1.6, "fentanyl"), (2.4, "fentanyl"), (2.9, "fent")]
)
def test_however_the_page_moves_from_run_to_run(drawn: bytes, gap: float, word: str) -> None:
    """ "of " is 11.12 points wide."""
    assert text_of(drawn % (11.12 + FENT + gap)).split()[1] == word


def test_blanks_that_are_drawn_stay() -> None:
    for drawn in (b"(of fent ) Tj 30.6 0 Td (anyl here)", b"(of fent) Tj 27.9 0 Td ( anyl here)"):
        assert text_of(b"BT /F1 10 Tf 50 700 Td " + drawn + b" Tj ET") == "of fent anyl here"


def test_runs_on_other_lines_are_other_words() -> None:
    assert text_of(runs((50, 700, "fent"), (50 + FENT, 688, "anyl here"))).split() == ["fent", "anyl", "here"]
    assert text_of(runs((50, 700, "fent"), (50, 688, "anyl here"))) == "fent\nanyl here"


@pytest.mark.parametrize(
    ("glyph", "letters"),
    [
        *(("f_l", "fl"), ("fl", "\ufb02"), ("f_f_i", "ffi"), ("uni0066006C", "fl"), ("u0066_uni006C", "fl")),
        *(("f_l.alt", "fl"), ("a.sc", "a"), ("minute", "\u2032"), ("T_h", "Th"), ("uni03B1", "α")),
        *(("g17", ""), ("f_nothing", ""), ("", ""), ("uni006", ""), ("uFFFFFF", "")),
    ],
)
def test_names_of_glyphs(glyph: str, letters: str) -> None:
    """The examples and rules are those of the Adobe Glyph List Specification."""
    assert glyph_letters(glyph) == letters


@pytest.mark.parametrize("glyph", ["f_l", "fl", "uni0066006C", "f_l.liga"])
def test_a_glyph_that_spells_several_letters(glyph: str) -> None:
    font = b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [1 /%s] >>" % glyph.encode()
    body = sheet(b"BT /F1 10 Tf 50 700 Td (para-\\001uorofentanyl and /f_x) Tj ET", font=font)
    assert article(body) == "para-fluorofentanyl and /f_x"


NOTE = b"<< /Type /Annot /Subtype /%s /Rect [0 0 9 9] %s >> "


def test_fields_and_notes_are_read_with_their_page() -> None:
    annots = b"".join(
        (
            NOTE % (b"Widget", b"/FT /Tx /T (a) /V (gamma-butyrolactone)"),
            NOTE % (b"Widget", b"/FT /Ch /T (b) /V [(ephedrine) (PMK)]"),
            NOTE % (b"Widget", b"/FT /Btn /T (c) /V /Yes"),
            NOTE % (b"Widget", b"/Parent << /FT /Tx /V (of the parent) >>"),
            NOTE % (b"Widget", b"/FT /Tx /T (d)"),
            NOTE % (b"Text", b"/Contents (1-boc-4-\\rpiperidone)"),
            NOTE % (b"Highlight", b"/Contents (marked)"),
            NOTE % (b"Link", b"/Contents (never)"),
        )
    )
    text = text_of(runs((50, 700, "Form 7")), annots=annots)
    assert text.split("\n", 1)[0] == "Form 7"
    for value in ("gamma-butyrolactone", "ephedrine, PMK", "of the parent", "1-boc-4-piperidone", "marked"):
        assert value in text
    assert "never" not in text
    assert "Yes" not in text


# --- what is left out --------------------------------------------------------------------------------------


WORDS = runs((50, 700, "Words of the report"))
SCAN = b"q 500 0 0 700 0 0 cm /Im1 Do Q"


@pytest.mark.parametrize(
    ("pages", "left_out"),
    [
        ((WORDS, SCAN, WORDS), ("page 2 (a picture without text, as of a scanner)",)),
        (
            (WORDS, b"BI /W 1 /H 1 /BPC 8 /CS /G ID x EI"),
            ("page 2 (a picture without text, as of a scanner)",),
        ),
        ((WORDS, b"", WORDS), ()),  # an empty page
        ((WORDS, WORDS + SCAN), ()),  # a picture beside words
    ],
    ids=["scan", "inline", "empty", "both"],
)
def test_a_page_that_is_a_picture_is_named(pages: tuple[bytes, ...], left_out: tuple[str, ...]) -> None:
    found = extract(Document("s", URL, sheet(*pages), "application/pdf", NOW))
    assert found.left_out == left_out
    assert "Words of the report" in found.text


def test_many_pictures_are_named_in_short() -> None:
    left_out = read_pdf(sheet(WORDS, *[SCAN] * 30), URL).left_out
    assert (len(left_out), left_out[0][:6], left_out[-1]) == (21, "page 2", "10 more pages")


def test_of_too_many_pages_the_first_are_read() -> None:
    found = read_pdf(pdf(*([["x"]] * (MOST_PAGES + 2))), URL)
    assert found.left_out == ("pages 501 to 502",)
    assert found.text.count("x") == MOST_PAGES


def test_files_attached_to_a_document_are_named() -> None:
    body = sheet(WORDS, root=b"/Names << /EmbeddedFiles << /Names [] >> >> /AcroForm << /XFA () >>")
    assert [each.partition(",")[0] for each in read_pdf(body, URL).left_out] == [
        "its XFA form",
        "the files attached to it",
    ]
