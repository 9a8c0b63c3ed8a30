"""How messages read, and that nothing quoted from the web does anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest

from monitor.notify import AlertItem, SourceItem, compose
from monitor.notify.feed import atom
from monitor.notify.letters import MOST_IN_DIGEST, defanged

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ITEM = AlertItem(
    number=12,
    kind="alert",
    substance="BMK",
    severity="high",
    title="Drums at the port",
    url="https://news.example/1",
    source="Example News",
    published="2026-02-28",
    quoted=("Customs stopped two drums of ", "BMK", " declared as solvent."),
    lists=("EU Category 1: in force since 2005-08-18",),
    why=("rule everything fits", "score 0.97"),
    raised_at=NOW,
)
HOSTILE = "<script>alert(1)</script>\u202egnp.exe\x1b[31m\r\nBcc: x@example.org <!channel> @everyone"


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_an_alert_says_what_where_when_on_which_list_and_why() -> None:
    letter = compose([ITEM], rule="all")
    assert letter.subject == "[HIGH] BMK: Drums at the port"
    for part in (
        "Customs stopped two drums of [BMK] declared as solvent.",
        "Example News · 2026-02-28",
        "https://news.example/1",
        "EU Category 1: in force since 2005-08-18",
        "why: rule everything fits",
        "substance-monitor explain 12",
        "Sent by the rule “all”. A mention is not an accusation",
    ):
        assert part in letter.text
    assert '<mark style="background:#ffe08a;color:#111">BMK</mark> declared' in letter.html
    assert '<a href="https://news.example/1" rel="noopener noreferrer">Drums at the port</a>' in letter.html
    assert letter.data["items"][0] == {
        "kind": "alert",
        "alert": 12,
        "substance": "BMK",
        "severity": "high",
        "title": "Drums at the port",
        "url": "https://news.example/1",
        "source": "Example News",
        "published": "2026-02-28",
        "quoted": "Customs stopped two drums of BMK declared as solvent.",
        "lists": ["EU Category 1: in force since 2005-08-18"],
        "reasons": ["rule everything fits", "score 0.97"],
        "raised_at": "2026-03-01T09:30:00Z",
        "articles": 1,
    }


@pytest.mark.parametrize("field", ["substance", "title", "source", "published"])
def test_hostile_text_is_text(field: str) -> None:
    letter = compose([replace(ITEM, **{field: HOSTILE})], rule=HOSTILE)
    assert not {tag for tag, _ in _Tags(letter.html).tags} & {"script", "img", "iframe"}
    for form in (letter.subject, letter.text, letter.html):
        assert not set("\u202e\x1b\r") & set(form)
    assert "\n" not in letter.subject


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", 'https://x.example/"onclick="a']
)
def test_only_web_addresses_are_links(url: str) -> None:
    links = [
        attrs for tag, attrs in _Tags(compose([replace(ITEM, url=url)], rule="r").html).tags if tag == "a"
    ]
    assert [set(attrs) for attrs in links] == ([{"href", "rel"}] if url.startswith("https") else [])


def test_a_digest_counts_what_it_does_not_show() -> None:
    letter = compose([replace(ITEM, number=n) for n in range(MOST_IN_DIGEST + 7)], rule="all")
    assert letter.subject == f"{MOST_IN_DIGEST + 7} alerts: BMK"
    assert "... and 7 more; `substance-monitor report alerts` lists them all." in letter.text
    assert letter.html.count("<h2>") == MOST_IN_DIGEST
    assert len(letter.data["items"]) == MOST_IN_DIGEST + 7


@pytest.mark.parametrize(
    ("kind", "subject", "says"),
    [
        ("escalation", "Undecided: [HIGH] BMK", "Nobody has decided about it since 2026-03-01 09:30 UTC."),
        ("retraction", "Retracted: [HIGH] BMK", "This alert was retracted"),
    ],
)
def test_escalations_and_retractions_say_so(kind: str, subject: str, says: str) -> None:
    letter = compose([replace(ITEM, kind=kind)], rule="all")
    assert letter.subject.startswith(subject)
    assert says in letter.text
    assert says in letter.html


def test_a_source_that_turned() -> None:
    letter = compose([SourceItem("Customs", "bad", "no answer", NOW)], rule="all")
    assert letter.subject == "Source Customs cannot be read"
    assert "2026-03-01 09:30 UTC: no answer" in letter.text


def test_an_inbox_is_linked_where_there_is_one() -> None:
    assert (
        'href="https://inbox.example/alerts/12"'
        in compose([ITEM], rule="r", link="https://inbox.example/").html
    )


def test_nobody_is_called_in_a_chat() -> None:
    assert "@everyone" not in defanged(HOSTILE)
    assert "<!channel>" not in defanged(HOSTILE)
    assert defanged("write to a@b and 5 < 6 @ 3") == "write to a@\u200bb and 5 < 6 @ 3"


def test_an_atom_file_is_xml_whatever_the_titles_hold() -> None:
    made = atom([replace(ITEM, title=HOSTILE), ITEM], feed_id="urn:x", now=NOW)
    feed = fromstring(made)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in entries] == ["urn:x:alert:12"] * 2
    assert feed.findtext("{http://www.w3.org/2005/Atom}updated") == "2026-03-01T09:30:00Z"
    assert b"\x1b" not in made
