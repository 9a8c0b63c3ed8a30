"""config.yaml: what is understood, and what is shipped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Config, config_schema, load_config
from monitor.model import ListInfo, Rule, Secret, Severity, Source
from tests.config.loading import load

ROOT = Path(__file__).parents[2]
MAIL = "sources:\n  - name: desk\n    kind: mail\n    server: imap.example.org\n    user: a\n"


def test_an_empty_file_means_all_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, "# nothing\n")
    assert config.database == f"sqlite:///{tmp_path}/monitor.db"
    assert config.to_sources() == ()
    assert config.to_rules({}) == (Rule("default"),)
    assert config.http.max_size == 10_000_000
    assert config.retention.text_days is None


FULL = """\
database: postgresql://user:${PASSWORD}@localhost/monitor
watchlists:
  - builtin: incb-table-1, dea-list-1
  - builtin:
      - incb-table-2
  - file: mine.csv
  - name: house list
    severity: high
    substances:
      - name: (2-bromoethyl)benzene
        aliases:
          - phenethyl bromide
          - "1,4-BD"
          - N,N-DMT
          - NO
        cas: 103-63-9
        inchikey: WMPPDTMATNBGJN-UHFFFAOYSA-N
        severity: critical
        note: ask first
sources:
  - name: feed
    kind: feed
    url: https://example.org/rss?a=${TOKEN}
    cron: "*/15 6-8 * * 0,5-6"
    language: de
    fetch_pages: false
    max_pages: 7
  - name: folder
    kind: folder
    path: articles
    every: 90s
  - name: off
    kind: folder
    path: not there yet
    enabled: false
  - name: map
    kind: sitemap
    url: https://example.org/map.xml
    max_age: 7d
    include: /news/
  - name: page
    kind: page
    url: https://example.org/press
    links: /press/\\d+
  - name: api
    kind: api
    url: https://example.org/api?from={since}&p={page}
    items: results
    fields:
      title: name
      text: [abstract, body.0]
    pace: 5s
    fetch_pages: false
rules:
  - name: quiet one
    lists: [dea-list-1, house list]
    substances:
      - bmk
    kinds: [precursor]
    sources: [feed]
    tags: [seizure]
    min_score: 0.75
    severity: low
    quiet: 7d
  - name: not the folder
    sources:
      - folder
    action: silence
names:
  - text: PMK
    use: never
    languages: [de, id]
    sources: [feed]
http:
  timeout: 5s
  total_timeout: 2m
  max_size: 500kB
  max_redirects: 0
  pace: 0s
  contact: desk@example.org
  allow_hosts:
    - 127.0.0.1:8080
    - "[::1]:80"
    - Intranet
retention:
  text_days: 30
"""


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").touch()
    (tmp_path / "articles").mkdir()
    config = load(tmp_path, FULL, PASSWORD="p$s", TOKEN="t")
    assert config.database == "postgresql://user:p$s@localhost/monitor"
    one, two, file, inline = (entry.model_dump() for entry in config.watchlists)
    assert (one["builtin"], two["builtin"]) == (("incb-table-1", "dea-list-1"), ("incb-table-2",))
    assert file["file"] == tmp_path / "mine.csv"
    (substance,) = inline["substances"]
    assert substance["aliases"] == ("phenethyl bromide", "1,4-BD", "N,N-DMT", "NO")
    assert (inline["severity"], substance["severity"]) == (Severity.HIGH, Severity.CRITICAL)
    assert config.where("watchlists", 3, "substances", 0, "aliases", 2) == f"{tmp_path / 'config.yaml'}:14"
    sitemap = {
        "max_pages": 50,
        "max_entries": 1000,
        "max_maps": 50,
        "include": "/news/",
        "exclude": None,
        "max_age": 604_800,
    }
    fields = {"title": ("name",), "url": None, "text": ("abstract", "body.0"), "date": None, "id": None}
    api = {
        "max_pages": 50,
        "max_entries": 1000,
        "items": "results",
        "fields": {**fields, "language": None},
        "next": None,
        "since_format": "%Y-%m-%d",
        "lookback": 604_800,
        "max_requests": 10,
        "pace": 5.0,
        "fetch_pages": False,
    }
    page = {"max_pages": 50, "max_entries": 1000, "links": r"/press/\d+", "read_page": None}
    assert config.to_sources() == (
        Source(
            "feed",
            "feed",
            "https://example.org/rss?a=t",
            None,
            "*/15 6-8 * * sun,fri,sat",
            "de",
            {"fetch_pages": False, "max_pages": 7, "max_entries": 1000},
        ),
        Source("folder", "folder", str(tmp_path / "articles"), 90.0, options={"max_bytes": 32_000_000}),
        Source("map", "sitemap", "https://example.org/map.xml", options=sitemap),
        Source("page", "page", "https://example.org/press", options=page),
        Source("api", "api", "https://example.org/api?from={since}&p={page}", options=api),
    )
    house = ListInfo("house-list", "house list", "house list", "", "house")
    assert config.to_rules({"house-list": house}) == (
        Rule(
            "quiet one",
            lists=("dea-list-1", "house-list"),
            substances=("bmk",),
            kinds=("precursor",),
            sources=("feed",),
            tags=("seizure",),
            min_score=0.75,
            severity=Severity.LOW,
            quiet=7 * 86400.0,
        ),
        Rule("not the folder", sources=("folder",), raise_alert=False),
    )
    assert config.names[0].use == "never"
    assert config.http.allow_hosts == ("127.0.0.1:8080", "[::1]:80", "intranet")
    assert config.http.agent("1.0") == "substance-monitor/1.0 (+desk@example.org)"
    assert (config.http.total_timeout, config.http.max_size, config.http.pace) == (120.0, 500_000, 0.0)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("", 7 * 86400.0), ("sync:\n  every: 1d\n", 86400.0), ("sync:\n  every: off\n", None)],
)
def test_pubchem_is_asked_weekly_at_other_times_or_never(
    tmp_path: Path, written: str, seconds: float | None
) -> None:
    sync = load(tmp_path, written).sync
    assert (sync.every, sync.own_lists, sync.url) == (seconds, False, None)


def test_a_configuration_is_frozen(tmp_path: Path) -> None:
    config = load(tmp_path, "")
    with pytest.raises(ValueError, match="frozen"):
        config.http.max_redirects = 9


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///a/b.db", "sqlite:///{base}/a/b.db"),
        ("sqlite:////var/b.db", "sqlite:////var/b.db"),
        ("sqlite:///b.db?timeout=9", "sqlite:///{base}/b.db?timeout=9"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
    ],
)
def test_a_relative_database_lies_beside_the_file(tmp_path: Path, written: str, meant: str) -> None:
    assert load(tmp_path, f'database: "{written}"').database == meant.format(base=tmp_path)


def test_variables_are_filled_in_and_can_be_written_literally(tmp_path: Path) -> None:
    rules = "rules:\n  - name: ${A}-$${B}-$C\n"
    assert load(tmp_path, rules, A="x: [y").to_rules({})[0].name == "x: [y-${B}-$C"


def test_a_character_in_two_escapes_is_one(tmp_path: Path) -> None:
    """JSON writes what lies above U+FFFF as a pair of surrogates."""
    config = load(
        tmp_path, 'watchlists:\n  - name: "lab \\ud83e\\uddea"\n    substances:\n      - name: x y\n'
    )
    assert config.watchlists[0].name == "lab \U0001f9ea"  # type: ignore[union-attr]


# --- what is shipped --------------------------------------------------------------------------------


def test_the_shipped_example_is_valid() -> None:
    config = load_config(ROOT / "config.yaml", {})
    kinds = [source.kind for source in config.to_sources()]
    assert kinds[0] == "folder"
    assert kinds.count("feed") >= 10


def test_the_switched_off_parts_of_the_example_are_valid_too(tmp_path: Path) -> None:
    text = (ROOT / "config.yaml").read_text().replace("#database:", "# database:")
    text = re.sub(r"^( *)#(?=\S|  )", r"\1", text, flags=re.MULTILINE)
    (tmp_path / "my-watchlist.csv").touch()
    (tmp_path / "samples").mkdir()
    config = load(tmp_path, text)
    assert len(config.watchlists) == 3
    assert len(config.sources) > 14
    assert len(config.rules) == 3
    assert config.names[0].text == "PMK"
    assert config.http.contact
    assert config.http.allow_hosts


def test_the_schema_is_that_of_the_models() -> None:
    """Made again with: substance-monitor config schema > monitor/config/config.schema.json"""
    committed = json.loads((ROOT / "monitor/config/config.schema.json").read_text())
    assert committed == config_schema()


def test_the_schema_knows_every_key() -> None:
    schema: dict[str, Any] = config_schema()
    assert set(schema["properties"]) == set(Config.model_fields)
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


def test_a_password_is_looked_up_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    limits = "http:\n  allow_hosts: [imap.example.org]\n  total_timeout: 90s\n"
    path.write_text(f"{MAIL}    password_env: DESK\n    folder: Größe\n{limits}")
    config = load_config(path, {"DESK": "s3cret"})
    (source,) = config.to_sources()
    assert source.location == "imaps://imap.example.org/Gr%C3%B6%C3%9Fe"
    assert source.options["password"] == Secret("DESK", "s3cret")
    assert (source.options["host"], source.options["port"]) == ("imap.example.org", 993)
    assert (source.options["allow_hosts"], source.options["timeout"]) == (("imap.example.org",), 90)
    assert "s3cret" not in f"{config!r} {source!r} {config.model_dump()}"
    assert load_config(path, {}).to_sources()[0].options["password"] == Secret("DESK", "")
