"""Extraction: what a reader sees is in the text, what is furniture is not, and nothing makes it fall over."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.ingest.extract import LONGEST_TEXT
from monitor.ingest.page import MOST_TAGS
from monitor.model import Article, Document

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
LONG = "Officers of the customs service searched a warehouse near the port and found many barrels there. " * 4

PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Barrels found at port | The Daily Example</title>
<meta property="og:site_name" content="The Daily Example">
<meta property="article:published_time" content="2024-11-18T09:30:00+01:00">
<link rel="canonical" href="https://www.example.org/news/barrels">
<script>var secret = "ketamine";</script></head>
<body><nav><a href="/x">Fentanyl latest</a></nav>
<article><h1>Barrels found at port</h1><p>{LONG}</p>
<p>They held (2-<br>bromoethyl)benzene and N,<i>N</i>-dimethyl things.</p>
<ul><li>PMK in bags</li><li>BMK in drums</li></ul>
<table><tr><td>MDMA</td><td>3 kg</td></tr></table>
<figure><img src="a.jpg" alt="A drum of safrole"><figcaption>A bag of piperidine, seized</figcaption></figure>
<p>{LONG}</p></article>
<div id="comments" class="comments"><p>First comment: buy heroin</p></div>
<footer>Copyright, methaqualone</footer></body></html>"""


def document(body: str | bytes, media_type: str = "text/html", **given: object) -> Document:
    raw = body.encode() if isinstance(body, str) else body
    values: dict[str, object] = {
        "source": "s",
        "url": "https://example.org/a?utm_source=x",
        "fetched_at": NOW,
    }
    return Document(body=raw, media_type=media_type, **{**values, **given})  # type: ignore[arg-type]


def of(body: str | bytes, media_type: str = "text/html", **given: object) -> Article:
    return extract(document(body, media_type, **given))


def test_a_page() -> None:
    article = of(PAGE)
    assert article.title == "Barrels found at port"
    assert article.url == "https://example.org/a"
    assert article.declared_url == "https://www.example.org/news/barrels"
    assert article.language == "en"
    assert article.published_at == datetime(2024, 11, 18, 8, 30, tzinfo=UTC)
    assert article.text.startswith("Barrels found at port\n\nOfficers of")
    assert article.text.count("Barrels found at port") == 1
    for seen in ("(2-\nbromoethyl)benzene", "N,N-dimethyl", "PMK in bags", "BMK in drums", "MDMA", "3 kg"):
        assert seen in article.text
    assert article.text.endswith("A bag of piperidine, seized\nA drum of safrole")
    for unseen in ("ketamine", "heroin", "methaqualone", "Fentanyl latest", "The Daily Example"):
        assert unseen not in article.text


def test_what_the_feed_says_comes_first_and_once() -> None:
    summary = (
        "Officers of the customs service searched a warehouse near the port and …\nA new line on nitazenes."
    )
    published = datetime(2024, 11, 17, tzinfo=UTC)
    article = of(PAGE, title="Drums of BMK found", summary=summary, published_at=published, language="de-DE")
    head = "Drums of BMK found\n\nA new line on nitazenes.\n\nBarrels found at port\nOfficers of the customs"
    assert article.text.startswith(head)
    assert (article.title, article.published_at, article.language) == ("Drums of BMK found", published, "de")


def test_an_absurd_date_is_no_date() -> None:
    page = PAGE.replace("2024-11-18T09", "2124-11-18T09")
    assert of(page, published_at=datetime(2099, 1, 1, tzinfo=UTC)).published_at is None


@pytest.mark.parametrize(
    "marked",
    [
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished": "2024-11-18"}</script>',
        '<meta itemprop="datePublished" content="2024-11-18">',
        '<time pubdate datetime="2024-11-18">x</time>',
    ],
)
def test_the_date_of_a_page(marked: str) -> None:
    found = of(f"<html><body>{marked}<p>{LONG}</p></body></html>").published_at
    assert found == datetime(2024, 11, 18, tzinfo=UTC)


def test_a_date_that_is_not_sure_makes_room_for_one_that_is() -> None:
    metas = '<meta name="date" content="05-11-2024"><meta name="dc.date" content="0001-01-01">'
    sure = '<script type="application/ld+json">{"datePublished": "2024-11-05T08:00+01:00"}</script>'
    found = of(f"<html><head>{metas}{sure}</head><body><p>{LONG}</p></body></html>").published_at
    assert found is not None
    assert found.isoformat() == "2024-11-05T08:00:00+01:00"
    assert of(f"<html><head>{metas}</head><body><p>{LONG}</p></body></html>").published_at is None


def test_a_page_that_the_extractor_makes_nothing_of_is_read_whole() -> None:
    article = of(
        "<html><body><nav>menu</nav><script>x</script><div>20 kg <b>keta</b>mine</div></body></html>"
    )
    assert article.text == "20 kg ketamine"


@pytest.mark.parametrize("depth", [300, 5000])
def test_deep_nesting_hides_nothing(depth: int) -> None:
    inner = f"<p>{LONG} ketamine &amp; more</p>"
    text = of(f"<p>{LONG}</p>" + "<div>" * depth + inner + "</div>" * depth).text
    assert "warehouse" in text
    assert "ketamine & more" in text


def test_the_description_stands_in_for_an_empty_body() -> None:
    head = '<title>T</title><meta name="description" content="20 kg ketamine">'
    assert "20 kg ketamine" in of(f"<html><head>{head}</head><body></body></html>").text


@pytest.mark.parametrize(
    ("body", "media_type", "title", "text"),
    [
        ("\nFirst line\n\nSecond  line\r\n", "text/plain", "First line", "\nFirst line\n\nSecond  line\r\n"),
        ("# A *heading* #\n\nText", "text/markdown", "A *heading*", "# A *heading* #\n\nText"),
        ("a < b and <i>c</i>", "text/plain", "a < b and <i>c</i>", "a < b and <i>c</i>"),
        ("fen\0tanyl", "text/plain", "fentanyl", "fentanyl"),
        ("x" * 400, "text/plain", "x" * 299 + "…", "x" * 400),
    ],
)
def test_a_text_file_stays_as_it_is(body: str, media_type: str, title: str, text: str) -> None:
    article = of(body, media_type)
    assert (article.title, article.text) == (title, text)


def test_a_told_title_is_put_before_a_text() -> None:
    assert of("Body text", "text/plain", title="Subject").text == "Subject\n\nBody text"
    assert of("Subject line\nBody", "text/plain", title="Subject line").text == "Subject line\nBody"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Zoll stellte in Köln größere Mengen einer Chemikalie sicher.\nMehr dazu später.", "de"),
        ("Customs officers seized a large amount of the chemical in the port.", "en"),
        ("La policía incautó veinte kilos de una sustancia en el puerto.", "es"),
        ("海关查获大量化学品，警方逮捕了三名嫌疑人。", "zh"),
        ("12345 67890 ...", None),
    ],
)
def test_language_is_guessed_the_same_each_time(text: str, language: str | None) -> None:
    assert {of(text, "text/plain").language for _ in range(3)} == {language}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "text/html"),
        (b"   \n ", "text/plain"),
        (b"\0\0", "text/plain"),
        (b"<html></html>", "text/html"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG....", ""),
        (bytes(range(256)) * 20, "text/plain"),
        (bytes(range(256)) * 20, "text/html"),
        (b"x", "application/pdf"),
        (b"x", "image/png"),
    ],
)
def test_nothing_to_read_is_said(body: bytes, media_type: str) -> None:
    with pytest.raises(SourceError) as caught:
        of(body, media_type)
    assert caught.value.outcome == "parse-error"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the texts are not part of this repository")
def test_the_whole_of_a_saved_article_is_searchable() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        raw = path.read_bytes()
        assert of(raw, "text/plain", url=path.as_uri()).text == raw.decode()


PIECES = (
    "<p> </p> <div><table> <tr><td> <br/> <!-- --> <script> </script> <![CDATA[ ]]> <article><h1> <ul><li>"
    " <sup>1</sup> <del> </del> <s> <span>Ab</span><span>1</span> <ruby><rt> <a/href='#x'>1</a>"
    " <figure><img/alt='x'> <?xml\tversion='1.0'\tencoding='utf-16'?> &#0; <body> </html> <title> <base/href='http://['>"
    " <meta/content='1'> &amp; ketamine \x0b"
)
MARKUP = st.lists(st.sampled_from(PIECES.split(" ")), max_size=40).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=400), MARKUP.map(str.encode)),
    st.sampled_from(["text/html", "text/plain", "", "text/xml"]),
)
def test_garbage_raises_nothing_but_source_errors(body: bytes, media_type: str) -> None:
    try:
        article = of(body, media_type)
    except SourceError:
        return
    article.text.encode("utf-8")
    assert article.text.strip()
    assert "\0" not in article.text + article.title


# --- bounded work ----------------------------------------------------------------------------------------


def test_of_too_many_tags_the_beginning_is_read_and_the_rest_is_named() -> None:
    head = f"<html><body><p>{LONG} 12 kg of PMK.</p>"
    article = of(head + "<b>x</b>" * MOST_TAGS + "<p>BMK</p></body></html>")
    assert "12 kg of PMK" in article.text
    assert "BMK" not in article.text
    (left_out,) = article.left_out
    assert left_out.startswith("what follows the first 200,000 tags of the page (")
    assert of(head + "<b>x</b>" * 500).left_out == ()


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_of_a_very_long_text_the_beginning_is_read_and_the_rest_is_named(media_type: str) -> None:
    whole = "word " * (LONGEST_TEXT // 5) + "and PMK"
    article = of(f"<p>{whole}</p>" if media_type == "text/html" else whole, media_type)
    assert len(article.text) == LONGEST_TEXT
    assert article.left_out == (f"what follows the first 2,000,000 characters of its text ({len(whole):,})",)
    assert of("word " * 1000, "text/plain").left_out == ()


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_ligatures_are_spelt_out(media_type: str) -> None:
    ligatures = "\ufb02unitrazepam, o\ufb00er \ufb01ne e\ufb03gy ba\ufb04e \ufb05\ufb06"
    article = of(ligatures, media_type, title=ligatures)
    assert article.text == article.title == "flunitrazepam, offer fine effigy baffle stst"


def test_an_article_goes_to_another_process_and_back() -> None:
    assert pickle.loads(pickle.dumps(of(PAGE))) == of(PAGE)  # noqa: S301
    assert pickle.loads(pickle.dumps(extract)) is extract  # noqa: S301
