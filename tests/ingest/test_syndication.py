"""Feeds of every kind, and what calls itself one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.entry import CHUNK, Entry
from monitor.ingest.syndication import read_feed
from monitor.ingest.xml import escape_bare_ampersands

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://example.org/feeds/news.xml"


def entries(body: str | bytes, charset: str | None = None) -> list[Entry]:
    raw = body.encode() if isinstance(body, str) else body
    return [entry for chunk in read_feed(raw, charset, URL, NOW) for entry in chunk]


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


ITEM = (
    "<item><title>Seizure</title><link>/a</link><description>Of &lt;b&gt;BMK&lt;/b&gt;</description></item>"
)

FEEDS = {
    "rss 0.91": '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x/rss-0.91.dtd">'
    f'<rss version="0.91"><channel><language>en</language>{ITEM}</channel></rss>',
    "rss 0.90": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    f'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>F</title></channel>{ITEM}</rdf:RDF>',
    "rss 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    f"<channel><title>F</title></channel>{ITEM}</rdf:RDF>",
    "rss 2.0": rss(ITEM),
    "atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Seizure</title>'
    '<link rel="alternate" href="/a"/><summary>Of BMK</summary></entry></feed>',
    "atom 1.0": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Seizure</title><link href="/a"/>'
    '<summary type="html">Of &lt;b&gt;BMK&lt;/b&gt;</summary></entry></feed>',
    "json feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": 1, "url": "/a", "title": "Seizure", "content_html": "Of <b>BMK</b>"}],
        }
    ),
    "a single entry": '<?xml version="1.0"?><entry xmlns="http://www.w3.org/2005/Atom"><title>Seizure</title>'
    '<link href="/a"/><summary>Of BMK</summary></entry>',
    "no root": f"<?xml version='1.0'?><bulletin><note>Daily</note>{ITEM}</bulletin>",
    "the beginning lost": f"me Office</title><language>en</language>{ITEM}</channel></rss>",
    "broken xml": f"<rss version='2.0'><channel><title>A & B &nbsp;</title>{ITEM}",
    "warnings before it": "PHP Warning: x in y.php\n" + rss(ITEM),
    "control characters": rss(ITEM.replace("Seizure", "Sei\x0bz\0ure\x01")),
}


@pytest.mark.parametrize("kind", FEEDS)
def test_every_kind_of_feed(kind: str) -> None:
    (entry,) = entries(FEEDS[kind])
    assert (entry.title, entry.link, entry.summary) == ("Seizure", "https://example.org/a", "Of BMK")


def test_the_fields_of_an_entry() -> None:
    (entry,) = entries(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT" xml:base="https://cdn.example.org/x/">'
        "<entry><id>tag:1</id><title type='html'>&lt;i&gt;N&lt;/i&gt;-Methyl &amp;amp; mehr</title>"
        "<link href='a'/>"
        "<updated>2024-11-19T00:00:00Z</updated><published>2024-11-18T10:30:00+01:00</published>"
        "<summary>Kurz</summary><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>Lang und <b>länger</b></p></div></content></entry></feed>"
    )
    assert entry.title == "N-Methyl & mehr"
    assert entry.link == "https://cdn.example.org/x/a"
    assert entry.published_at == datetime(2024, 11, 18, 9, 30, tzinfo=UTC)
    assert entry.language == "de"
    assert entry.summary == "Lang und länger\nKurz"
    assert "<b>länger</b>" in entry.content


def test_pictures_have_descriptions_of_their_own() -> None:
    pictures = "".join(
        f'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="https://example.org/{name}.jpg">'
        f"<media:description>A {name} on a quay.</media:description></media:content>"
        for name in ("drum", "ship")
    )
    description = "<description>Officers found PMK in a drum.</description>"
    (entry,) = entries(rss(f"<item><title>T</title><link>/a</link>{description}{pictures}</item>"))
    assert "Officers found PMK in a drum." in entry.summary
    assert "Officers found PMK in a drum." in entry.content


def test_json_feed_fields() -> None:
    item = {
        "id": "7",
        "content_text": "20 kg < 30 kg",
        "summary": "Short",
        "date_published": "2024-11-18T10:30:00Z",
        "external_url": "https://other.example/x",
        "title": None,
    }
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "language": "es-MX",
        "items": [item, "garbage", None],
    }
    (entry,) = entries(json.dumps(feed))
    assert (entry.link, entry.language, entry.content_type) == ("https://other.example/x", "es", "text/plain")
    assert (entry.content, entry.summary) == ("20 kg < 30 kg", "20 kg < 30 kg\nShort")
    assert entry.published_at == datetime(2024, 11, 18, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("&lt;script&gt;alert(1)&lt;/script&gt;20 kg ketamine", "20 kg ketamine"),
        ("<![CDATA[<script>alert(1)</script>20 kg <b>keta</b>mine]]>", "20 kg ketamine"),
        ("<![CDATA[<script>alert(1)]]>", ""),
        ('=HYPERLINK("http://x","y")', '=HYPERLINK("http://x","y")'),
        ("Less than &lt; 5 kg &amp; more", "Less than < 5 kg & more"),
        ("Two\n  lines", "Two lines"),
    ],
)
def test_titles_are_plain_text(title: str, plain: str) -> None:
    (entry,) = entries(rss(f"<item><title>{title}</title><link>/a</link></item>"))
    assert entry.title == plain


def test_latin_1_declared_as_utf_8() -> None:
    feed = rss(ITEM.replace("Seizure", "Größere Menge")).replace("?>", " encoding='utf-8'?>", 1)
    assert entries(feed.encode("latin-1"), "utf-8")[0].title == "Größere Menge"
    assert entries(feed.encode("utf-16"))[0].title == "Größere Menge"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 18 Nov 2024 09:30:00 GMT", datetime(2024, 11, 18, 9, 30, tzinfo=UTC)),
        ("Tue, 01 Jan 2199 00:00:00 GMT", None),
        ("gestern", None),
        ("99999-99-99", None),
    ],
)
def test_dates(date: str, expected: datetime | None) -> None:
    assert (
        entries(rss(ITEM.replace("</item>", f"<pubDate>{date}</pubDate></item>")))[0].published_at == expected
    )


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "http://[bad", "mailto:a@b", ""]
)
def test_links_are_web_addresses_or_none(link: str) -> None:
    assert entries(rss(f"<item><title>T</title><link>{link}</link></item>"))[0].link == ""


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><body>Not found</body></html>",
        "<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>",
        "<html><body><channel></channel></body></html>",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>x</loc></url></urlset>',
        '{"error": "not found"}',
        '{"version": "https://jsonfeed.org/version/1", "items": null}',
        "{broken",
        "[" * 100_000,
        "{" + '"a":[' * 100_000,
        "queries must be longer",
        "",
        b"\xff\xfe\xfd\x00\x01",
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: str | bytes) -> None:
    with pytest.raises(SourceError) as caught:
        entries(body)
    assert (caught.value.outcome, caught.value.permanent) == ("not-a-feed", False)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert entries(rss("")) == []


BILLION = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 10_000}">]>'


@pytest.mark.parametrize(
    "bomb",
    [
        rss(ITEM.replace("Seizure", "&c;"), BILLION),
        rss(ITEM.replace("Seizure", "&a;" * 1000), QUADRATIC),
        rss(ITEM, BILLION).encode("utf-16"),
    ],
)
def test_entity_bombs_are_refused(bomb: str | bytes) -> None:
    with pytest.raises(SourceError, match="not read") as caught:
        entries(bomb)
    assert caught.value.outcome == "parse-error"


@pytest.mark.parametrize(
    "bomb",
    [
        rss("<item><description>" + "<b>" * 400_000),
        rss("<item>" + "<a>" * 400_000 + "</item>"),
        rss("<item " + " ".join(f"a{n}='>'" for n in range(30_000)) + "/>"),
    ],
    ids=["open tags", "nested tags", "attributes"],
)
def test_tag_bombs_are_refused_at_once(bomb: str) -> None:
    # parsed after all, each would take minutes
    with pytest.raises(SourceError) as caught:
        entries(bomb)
    assert caught.value.outcome == "parse-error"


def test_many_tags_in_many_entries_are_no_bomb() -> None:
    body = f"<description>{'&lt;p class=&quot;a&quot;&gt;' * 20}{'<b>x</b>' * 100}</description>"
    assert len(entries(rss(f"<item><title>T</title>{body}</item>" * 1200))) == 1200


def test_harmless_entities_are_read_and_external_ones_never() -> None:
    head = '<!DOCTYPE rss [\n<!ENTITY mg "milligram">\n<!ENTITY x SYSTEM "file:///etc/passwd">\n]>'
    assert entries(rss(ITEM.replace("Seizure", "5 &mg;"), head))[0].title == "5 milligram"
    assert "root:" not in entries(rss(ITEM.replace("Seizure", "5 &x;"), head))[0].title


def test_a_large_feed_comes_in_chunks_and_whole() -> None:
    count = 2 * CHUNK + 10
    items = "".join(f"<item><guid>{number}</guid><title>T{number}</title></item>" for number in range(count))
    chunks = list(read_feed(rss(items).encode(), None, URL, NOW))
    assert max(map(len, chunks)) <= CHUNK
    assert [entry.title for chunk in chunks for entry in chunk] == [f"T{number}" for number in range(count)]


def test_the_print_tells_changes_and_the_key_does_not() -> None:
    base = (
        "<item><guid>1</guid><link>/a?utm_source={0}</link>"
        "<title>{1}</title><description>{2}</description></item>"
    )
    one, same, other = (
        entries(rss(base.format(*values)))[0]
        for values in (("x", "T", "D"), ("y", "T", "D"), ("x", "T", "E"))
    )
    assert one.key == same.key == other.key
    assert one.print == same.print != other.print


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "<rss><channel><item>", "<feed><entry>", '{"version":"jsonfeed.org"']),
)
def test_garbage_raises_nothing_but_source_errors(body: bytes, head: str) -> None:
    try:
        entries(head.encode() + body)
    except SourceError:
        return


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/i?a=1&b=2", "/i?a=1&b=2"),
        ("/i?a=1&amp;b=2", "/i?a=1&b=2"),
        ("/i?a=1&copy=2", "/i?a=1&copy=2"),
        ("<![CDATA[/i?a=1&b=2]]>", "/i?a=1&b=2"),
    ],
)
def test_a_bare_ampersand_damages_no_entry(written: str, address: str) -> None:
    body = (
        f"<rss version='2.0'><channel><item><title>AT&T &eacute;t&eacute; & PMK</title><link>{written}</link>"
        "<description>R&D of &lt;i&gt;PMK&lt;/i&gt;</description></item>"
        "<item><title>B</title><link>/j?c=3&amp;d=4</link></item></channel></rss>"
    )
    first, second = entries(body)
    assert (first.title, first.summary) == ("AT&T été & PMK", "R&D of PMK")
    assert first.link.endswith(address)
    assert second.link.endswith("/j?c=3&d=4")


def test_sections_without_an_end_are_met_once() -> None:
    text = "<![CDATA[ & " * 200_000
    assert escape_bare_ampersands(text, named=True) == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("05-11-2023 08:30 +0400", None),
        ("2024年6月12日", datetime(2024, 6, 12, tzinfo=UTC)),
        ("Wed, 12 Jun 2024 01:00:00 CEST", datetime(2024, 6, 11, 23, tzinfo=UTC)),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("12 Jun", None),
    ],
)
def test_dates_are_read_by_our_own_reader(written: str, expected: datetime | None) -> None:
    body = rss(f"<item><title>A</title><pubDate>{written}</pubDate></item>")
    (entry,) = entries(body)
    assert entry.published_at == expected
