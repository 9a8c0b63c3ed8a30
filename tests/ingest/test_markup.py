"""What markup says is in the text: powers, footnotes, deleted words, boxes in a row."""

from __future__ import annotations

import pytest

from monitor.ingest.page import plain_title, read_page, strip_tags

# Markup, and how it reads in line. Sources: HTML standard, elements sup, del, s and ruby.
TABLE = [
    # powers
    ("10<sup>3</sup> kg", "10^3 kg"),
    ("2.5 x 10<sup>-4</sup> g", "2.5 x 10^-4 g"),
    ("10<sup><b>6</b></sup>", "10^6"),
    ("tricyclo[3.3.1.1<sup>3,7</sup>]decane", "tricyclo[3.3.1.1^3,7]decane"),
    # parts of signs and names
    ("the 21<sup>st</sup> of May", "the 21st of May"),
    ("le 1<sup>er</sup> mai", "le 1er mai"),
    ("Δ<sup>9</sup>-THC", "Δ9-THC"),
    ("delta<sup>9</sup>-THC", "delta9-THC"),
    ("N<sup>1</sup>,N<sup>2</sup>-dimethyl", "N1,N2-dimethyl"),
    ("Ca<sup>2+</sup> ions", "Ca2+ ions"),
    ("<sup>14</sup>C dating", "14C dating"),
    ("40 m<sup>2</sup> of it", "40 m2 of it"),
    ("25<sup>°</sup>C", "25°C"),
    ("H<sub>2</sub>O", "H2O"),
    ("Subutex<sup>TM</sup> and Subutex<sup>®</sup>", "Subutex™ and Subutex®"),
    # marks of footnotes
    ("fentanyl<sup>1</sup> and PMK<sup>2,3</sup>.", "fentanyl [1] and PMK [2,3]."),
    ("fentanyl<sup><a href='#n1'>[1]</a></sup>", "fentanyl [1]"),
    ("fentanyl<sup>a</sup>, ketamine<sup>*</sup>", "fentanyl [a], ketamine [*]"),
    ("P2P<sup>1</sup> and 4-ANPP<sup>2</sup>", "P2P [1] and 4-ANPP [2]"),
    ("(MDMA)<sup>1</sup>", "(MDMA) [1]"),
    ("12 kg<sup>1</sup> of it", "12 kg [1] of it"),
    ("fentanyl<a href='#n1'>1</a>.", "fentanyl [1]."),
    ("fentanyl<a href='/one'>1</a>.", "fentanyl1."),
    ("<sup>1</sup>Fentanyl is watched.", "[1] Fentanyl is watched."),
    # deleted words
    ("of <del>PMK</del> <ins>isosafrole</ins>", "of ~~PMK~~ isosafrole"),
    ("of <s>1-<i>boc</i>-4-piperidone</s>", "of ~~1-boc-4-piperidone~~"),
    ("of <strike> PMK </strike>!", "of ~~PMK~~!"),
    ("of <span style='text-decoration: line-through'>PMK</span>", "of ~~PMK~~"),
    ("of <del><s>PMK</s></del>", "of ~~PMK~~"),
    ("of<del> </del>it", "of it"),
    # boxes in a row
    ("<span>Fentanyl</span><span>12 kg</span>", "Fentanyl 12 kg"),
    ("<span>12</span><span>Fentanyl</span>", "12 Fentanyl"),
    ("<b>Ketamine</b><i>Fentanyl</i>", "Ketamine Fentanyl"),
    ("<span>PMK</span><span>Glycidate</span>", "PMK Glycidate"),
    ("<a href=x>ketamine</a><a href=y>fentanyl</a>", "ketamine fentanyl"),
    ("<b>Fent<i>anyl</i></b><span><b>12</b> kg</span>", "Fentanyl 12 kg"),
    # one word in several pieces
    ("<span>fen</span><span>tanyl</span>", "fentanyl"),
    ("<b>F</b><span>entanyl</span>", "Fentanyl"),
    ("N,<i>N</i><b>-dimethyl</b>", "N,N-dimethyl"),
    ("<span>1</span><span>-boc-4-</span><span>piperidone</span>", "1-boc-4-piperidone"),
    ("<span>4</span><span>ANPP</span>", "4ANPP"),
    # readings beside characters
    ("<ruby>覚<rp>(</rp><rt>かく</rt><rp>)</rp>醒<rt>せい</rt>剤</ruby>", "覚醒剤"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), TABLE)
def test_every_text_of_a_page_says_what_its_markup_says(markup: str, text: str) -> None:
    long = "The clerk of the harbour wrote it down in the register of the day, line after line. " * 6
    page = read_page(
        f"<html><head><title>T</title></head><body><article><h1>{markup}</h1><p>{long}</p><p>{markup}</p>"
        f"<p>{long}</p></article></body></html>"
    )
    assert page.headline == text
    assert text in page.body.splitlines()
    assert strip_tags(markup) == text
    assert plain_title(markup) == text


@pytest.mark.parametrize(
    "markup", ["<del><tdx<p>a</del>", "<sup><x<y>1</sup>", "<s></del><td<b>x", "<rt><q<q>"]
)
def test_names_of_elements_that_are_none_do_no_harm(markup: str) -> None:
    assert isinstance(strip_tags(markup), str)


def test_whole_blocks_that_were_deleted() -> None:
    markup = "<del><p>Forty drums</p><ul><li>of <b>PMK</b></li></ul></del><p>None</p>"
    assert strip_tags(markup).splitlines() == ["~~Forty drums~~", "~~of PMK~~", "None"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&lt;p&gt;N-&lt;i&gt;phenethyl&lt;/i&gt;-4-piperidone&lt;/p&gt;", "N-phenethyl-4-piperidone"),
        ("&amp;lt;p&amp;gt;12 kg&amp;lt;br /&amp;gt;PMK&amp;lt;/p&amp;gt;", "12 kg\nPMK"),
        ("<p>&lt;b&gt;12&lt;/b&gt; kg &lt;i&gt;PMK&lt;/i&gt;</p>", "12 kg PMK"),
        ("Gr&amp;ouml;&szlig;e&amp;nbsp;12&amp;#8217;", "Größe\xa012\u2019"),
        # meant so
        ("Use &lt;b&gt; for bold, &lt;p&gt; for text", "Use <b> for bold, <p> for text"),
        ("<p>one</p><p>two &lt;/b&gt; three</p>", "one\ntwo </b> three"),
        ("a &amp;c; b &amp;nothing; c", "a &c; b &nothing; c"),
        ("5 &lt; 6 &amp; 7 &gt; 3", "5 < 6 & 7 > 3"),
    ],
)  # fmt: skip
def test_what_was_escaped_once_too_often(written: str, text: str) -> None:
    assert strip_tags(written) == text
    assert plain_title(written).split() == text.split()
