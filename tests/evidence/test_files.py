"""What a bundle holds: all of the alert, the same bytes each time, nothing that runs or reaches out."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence import Case, Gone, bundle
from monitor.model import Capture
from tests.evidence.cases import BODY, PROGRAM, case, packed, warc_record, with_record
from tests.store.cases import FILLER


def manifest(*cases: Case) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bundle(cases, PROGRAM)["manifest.json"])
    return found


def page(*cases: Case) -> str:
    return bundle(cases, PROGRAM)["index.html"].decode()


def test_the_files_and_their_hashes() -> None:
    files = bundle([case()], PROGRAM)
    assert set(files) == {
        "manifest.json",
        "index.html",
        "SHA256SUMS",
        "alert-12/text.txt",
        "alert-12/body.bin",
    }
    assert files["alert-12/body.bin"] == BODY
    listed = {row["name"]: (row["size"], row["sha256"]) for row in manifest(case())["files"]}
    assert listed == {
        name: (len(files[name]), hashlib.sha256(files[name]).hexdigest())
        for name in ("index.html", "alert-12/text.txt", "alert-12/body.bin")
    }
    assert (
        f"{hashlib.sha256(files['manifest.json']).hexdigest()}  manifest.json\n"
        in files["SHA256SUMS"].decode()
    )


def test_the_manifest_tells_everything_of_the_alert() -> None:
    (alert,) = manifest(case())["alerts"]
    text = bundle([case()], PROGRAM)["alert-12/text.txt"].decode()
    (mention,) = alert["mentions"]
    assert text[mention["start"] : mention["stop"]] == mention["surface"] == "(2-bromoethyl)benzene"
    assert mention["reasons"] == ["an unambiguous name"]
    assert (alert["rule"], alert["severity"], alert["reasons"][0]) == (
        "everything",
        "high",
        "rule everything fits",
    )
    (listing,) = alert["listings"]
    assert (listing["list"], listing["kind"], listing["legal_control"], listing["status"]) == (
        "dea-sss",
        "surveillance",
        False,
        "in force",
    )
    assert alert["capture"]["captured_at"] == "2026-11-20T12:00:00Z"
    assert [(hop["status"], hop["url"]) for hop in alert["capture"]["addresses_asked"]] == [
        (301, "http://news.example/1"),
        (200, "https://news.example/1"),
    ]
    assert alert["capture"]["headers"]["server"] == "nginx"
    assert alert["versions"]["extractor"] == "substance-monitor 1, trafilatura 2"
    assert alert["versions"]["watchlist"]["in_force_since"] == "2026-11-01T00:00:00Z"
    assert alert["text"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert alert["article"]["legal_status_at"] == "2026-11-19"


def test_the_same_evidence_gives_the_same_bytes() -> None:
    assert bundle([case(), case(number=13)], PROGRAM) == bundle([case(), case(number=13)], PROGRAM)


def test_what_is_missing_is_said_plainly() -> None:
    (forgotten,) = manifest(case(kept=False, body=None))["alerts"]
    assert forgotten["text"]["file"] is None
    assert "past its retention" in forgotten["text"]["missing"]
    assert "past its retention" in page(case(kept=False))
    assert "not kept" in forgotten["body"]["missing"]
    assert forgotten["warc"]["file"] is None
    (older,) = manifest(case(origin=None))["alerts"]
    for part in ("capture", "body", "warc"):
        assert "older version" in older[part]["missing"]
    assert older["versions"]["extractor"] is None
    assert "older version" in page(case(origin=None))


def test_a_file_and_an_entry_are_told_from_a_page() -> None:
    made = case()
    assert made.origin is not None
    local = replace(made, origin=replace(made.origin, capture=Capture(made.first_seen)))
    assert "nothing was asked of the web" in manifest(local)["alerts"][0]["capture"]["meaning"]
    entry = replace(made, origin=replace(made.origin, capture=replace(made.origin.capture, part=True)))
    assert "one entry" in manifest(entry)["alerts"][0]["capture"]["meaning"]


@pytest.mark.parametrize(("pack", "ending"), [(packed, "warc.gz"), (bytes, "warc")])
def test_a_warc_record_is_a_file_of_its_own(pack: Any, ending: str) -> None:
    record = pack(warc_record())
    files = bundle([with_record(case(), record)], PROGRAM)
    assert files[f"alert-12/record.{ending}"] == record
    (alert,) = json.loads(files["manifest.json"])["alerts"]
    assert alert["warc"]["file"] == f"alert-12/record.{ending}"
    (without,) = manifest(with_record(case(), None, "the file is not there any more"))["alerts"]
    assert (without["warc"]["file"], without["warc"]["missing"]) == (None, "the file is not there any more")


HOSTILE = (
    "</title><script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>\u202egnp.exe\u200b"
)


def test_the_page_runs_nothing_and_reaches_for_nothing() -> None:
    made = case(f"(2-bromoethyl)benzene {HOSTILE}" + FILLER, title=HOSTILE, language=HOSTILE, status=HOSTILE)
    made = replace(made, source={"name": HOSTILE, "kind": HOSTILE, "location": HOSTILE})
    made = replace(made, alert=replace(made.alert, reasons=(HOSTILE,), rule=HOSTILE, article_url=HOSTILE))
    made = replace(made, substance=replace(made.substance, name=HOSTILE), listing_words=(HOSTILE,))
    shown = page(made)
    assert "alert(1)" in shown  # it is there, as text
    assert not re.search(r"<(script|img|link|iframe|object|form|base)\b", shown, re.IGNORECASE)
    assert re.findall(r"<[^>]*\b(?:src|href)=[^>]*>", shown) == []
    assert "default-src 'none'" in shown
    assert "\u202e" not in shown
    assert "⟨U+202E⟩" in shown
    raw = bundle([made], PROGRAM)["manifest.json"].decode()
    assert "\u202e" not in raw
    assert json.loads(raw)["alerts"][0]["article"]["title"] == HOSTILE


def test_names_from_outside_never_become_names_of_files() -> None:
    hostile = "../../etc/passwd"
    made = case(title=hostile, source={"name": hostile})
    assert made.origin is not None
    made = replace(made, origin=replace(made.origin, url=hostile, media_type=hostile))
    for name in bundle([made], PROGRAM):
        assert re.fullmatch(r"manifest\.json|index\.html|SHA256SUMS|alert-12/(text\.txt|body\.bin)", name)


def test_a_long_text_is_quoted_only() -> None:
    long = case("(2-bromoethyl)benzene" + FILLER * 2000)
    shown = page(long)
    assert len(shown) < 20_000
    assert "text.txt" in shown
    assert "<mark>(2-bromoethyl)benzene</mark>" in shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_survives(before: str, after: str) -> None:
    made = case(f"{before}(2-bromoethyl)benzene{after}")
    files = bundle([made], PROGRAM)
    text = files["alert-12/text.txt"].decode("utf-8", "surrogatepass")
    (alert,) = json.loads(files["manifest.json"])["alerts"]
    (mention,) = alert["mentions"]
    assert text[mention["start"] : mention["stop"]] == "(2-bromoethyl)benzene"
    assert hashlib.sha256(files["alert-12/text.txt"]).hexdigest() == alert["text"]["sha256"]


def test_what_disappeared_from_a_page_is_in_it_with_the_text_without_it() -> None:
    text = "Nothing is on offer any more."
    facts = {
        "name": "phenethyl bromide",
        "absent_before_at": None,
        "appeared_at": "2026-11-20T13:00:00Z",
        "last_seen_at": "2026-11-20T14:00:00Z",
        "gone_at": "2026-11-20T15:00:00Z",
        "reason": "absent",
    }
    read = Gone(facts, "phenethyl bromide", 2, hashlib.sha256(text.encode()).hexdigest(), text)
    page_gone = Gone({**facts, "reason": "page gone"}, "phenethyl bromide")
    made = case(gone=(read, page_gone))
    assert bundle([made], PROGRAM)["alert-12/gone-2.txt"].decode() == text
    first, second = manifest(made)["alerts"][0]["disappeared"]
    assert (first["file"], first["gone_at"], first["revision"]) == (
        "alert-12/gone-2.txt",
        "2026-11-20T15:00:00Z",
        2,
    )
    assert (second["file"], second["missing"]) == (None, "the page itself is gone: there is no text")
    assert "gone at 2026-11-20T15:00:00Z (page gone)" in page(made)


def test_other_articles_of_the_story_are_named_as_text() -> None:
    other = {"url": HOSTILE, "title": HOSTILE, "source": "b", "first_seen_at": "2026-11-20T12:00:00Z"}
    made = case(others=(other,))
    assert manifest(made)["alerts"][0]["also_told_by"] == [other]
    assert "Told as well by" in page(made)
    assert "<script" not in page(made)
    assert "Told as well by" not in page(case())
