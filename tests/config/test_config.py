"""config.yaml: what is understood, and what every mistake is told as."""

# ruff: noqa: E501 (tables of cases, a line each)

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Config, config_schema, load_config, values
from monitor.errors import ConfigError
from monitor.model import ListInfo, Rule, Secret, Severity, Source

ROOT = Path(__file__).parents[2]
LISTS = ("dea-list-1", "eu-cat-1", "incb-table-1", "incb-table-2")


def load(tmp_path: Path, text: str, **env: str) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return load_config(path, env, list_ids=LISTS)


def told(tmp_path: Path, text: str, **env: str) -> list[str]:
    """The problems of a text, without the path of the file: "12: key: message; fix"."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, **env)
    prefix = f"{tmp_path / 'config.yaml'}:"
    lines = str(caught.value).split("\n")
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


# --- what is understood -----------------------------------------------------------------------------


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


# --- what is refused --------------------------------------------------------------------------------

SOURCE = "sources:\n  - name: a\n    kind: feed\n    url: https://example.org/\n"
MAIL = "sources:\n  - name: desk\n    kind: mail\n    server: imap.example.org\n    user: a\n"
SUBSTANCE = "watchlists:\n  - name: mine\n    substances:\n      - name: x\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # keys
        ("databse: x", "1: databse: unknown key; did you mean database?"),
        ("http:\n  max_siz: 1MB", "2: http.max_siz: unknown key; did you mean max_size?"),
        (f"{SOURCE}    evry: 1h", "5: sources[0].evry: unknown key; did you mean every?"),
        (f"{SUBSTANCE}        alias: y", "5: watchlists[0].substances[0].alias: unknown key; did you mean aliases?"),
        ("http: {}\nhttp: {}", "2: http: the key stands here twice (first in line 1); remove"),
        ("sources:\n  - name: a\n    kind: feed", "2: sources[0].url: the key is missing; add `url: https://"),
        ("sources:\n  - name: a", "2: sources[0].kind: the key is missing; add `kind:` and one of api, federal_register, feed, folder, gdelt, mail, page, sitemap"),
        ("sources:\n  - name: a\n    kind: fed", "3: sources[0].kind: there is no kind fed; did you mean feed?"),
        ("watchlists:\n  - nam: x", "2: watchlists[0]: this names nothing to watch; write `builtin: all`"),
        ("watchlists:\n  - name: x", "2: watchlists[0].substances: the key is missing; write `builtin: all`"),
        # types
        ("http: fast", "1: http: expected keys and values; indent"),
        ("- a\n- b", "1: expected keys and values; indent"),
        ("sources: none", "1: sources: expected a list; write `- none`"),
        ("sources:\n  - feed", "2: sources[0].kind: expected keys and values; write"),
        ("sources:", "1: sources: the key has no value; write one, or remove the key"),
        ("watchlists: []", "1: watchlists: the list is empty; write at least one entry"),
        (f"{SOURCE}    enabled: yes", "5: sources[0].enabled: yes is neither true nor false; write true or false"),
        ("http:\n  max_redirects: '5'", "2: http.max_redirects: 5 is no whole number; write digits"),
        ("http:\n  max_redirects: 99", "2: http.max_redirects: 99 is out of range; write a value up to 20"),
        ("retention:\n  text_days: 0", "2: retention.text_days: 0 is out of range; write a value from 1"),
        ("retention:\n  text_days: 1.5", "2: retention.text_days: 1.5 is no whole number"),
        # names that YAML takes for something else
        (SUBSTANCE.replace("x", "0x1F"), '4: watchlists[0].substances[0].name: 0x1F is read as the number 31, not as'),
        (SUBSTANCE.replace("x", "1e3"), 'as the number 1000.0, not as text; quote it: "1e3"'),
        (SUBSTANCE.replace("x", "true"), 'true is read as a truth value, not as text; quote it: "true"'),
        (SUBSTANCE.replace("x", "[Leu]"), 'name: expected text, found a list or keys; quote text that holds'),
        (SUBSTANCE.replace("x", '" "'), "name: this is empty; write a text"),
        (f"{SUBSTANCE}        aliases:\n          - 2,3-x\n          - 23", '7: watchlists[0].substances[0].aliases[1]: 23'),
        (
            f"{SUBSTANCE}        aliases: [1,4-BD, GBL]",
            "5: watchlists[0].substances[0].aliases: names in [ ] are torn at every comma; this was read as 3 names: "
            '1, 4-BD, GBL; write names in block style, quoted: a line each, `- "1,4-BD"`',
        ),
        (
            "watchlists:\n  - name: mine\n    substances:\n      - {name: N,N-DMT}",
            "4: watchlists[0].substances[0].N-DMT: unknown key; a comma ends a value in { }",
        ),
        ("rules:\n  - name: r\n    substances: [1,4-bd]", "3: rules[0].substances: names in [ ] are torn"),
        # times, sizes, places
        (f"{SOURCE}    every: 15", "5: sources[0].every: 15 has no unit; write 15s, 15m, 15h or 15d"),
        (f"{SOURCE}    every: soon", "5: sources[0].every: this is no length of time; write it like 90s"),
        ("sync:\n  every: 5m", "2: sync.every: what is asked for changes slowly; write every: 7d"),
        ("sync:\n  evry: 7d", "2: sync.evry: unknown key; did you mean every?"),
        (f"{SOURCE}    every: 0s", "5: sources[0].every: a source cannot be checked more often"),
        (f"{SOURCE}    every: 1h\n    cron: 0 6 * * *", "5: sources[0].every: a source has `every` or `cron`, not both"),
        (f"{SOURCE}    cron: 0 6 31 2 *", "5: sources[0].cron: there is no day 31 in the months given"),
        ("rules:\n  - name: r\n    quiet: 20y", "3: rules[0].quiet: this is no length of time"),
        ("rules:\n  - name: r\n    quiet: 999999d", "3: rules[0].quiet: this is longer than ten years"),
        ("http:\n  timeout: 0s", "2: http.timeout: 0s is out of range; write a value above 0"),
        ("http:\n  max_size: 10", "2: http.max_size: 10 has no unit; write 10MB"),
        ("http:\n  allow_hosts:\n    - http://a/", "3: http.allow_hosts[0]: only a host belongs here"),
        ("http:\n  user_agent: \"a\\r\\nX: y\"", "2: http.user_agent: this holds a line break or a control"),
        (SOURCE.replace("https", "ftp"), "4: sources[0].url: this is no web address; write https://host/path"),
        (SOURCE.replace("example", "u:p@example"), "4: sources[0].url: a user name or password in an address"),
        ("database: mysql://x", "1: database: only SQLite and PostgreSQL are supported"),
        ("database: postgres://x", "1: database: the address must begin with postgresql://"),
        ("database: sqlite://x.db", "1: database: a SQLite address has three slashes"),
        # what is named elsewhere
        ("watchlists:\n  - builtin: incb-tabel-1", "2: watchlists[0].builtin: there is no shipped list incb-tabel-1; did"),
        ("watchlists:\n  - builtin: [all, x]", "2: watchlists[0].builtin[1]: there is no shipped list x; possible here"),
        ("watchlists:\n  - file: no.csv", "2: watchlists[0].file: there is no file "),
        ("sources:\n  - name: a\n    kind: folder\n    path: no", "4: sources[0].path: there is no folder "),
        (f"{SOURCE}  - name: a\n    kind: feed\n    url: http://b/", "5: sources[1].name: a is named twice (first in"),
        ("rules:\n  - name: r\n  - name: r", "3: rules[1].name: r is named twice (first in line 2)"),
        (f"{SOURCE}rules:\n  - name: r\n    sources: [b]", "7: rules[0].sources[0]: there is no source b; possible here: a"),
        ("rules:\n  - name: r\n    lists: [dea-list-2]", "3: rules[0].lists[0]: there is no list dea-list-2; did you"),
        ("rules:\n  - name: r\n    kinds: [precursors]", "precursors is not possible here; did you mean precursor?"),
        (f"{SUBSTANCE}    severity: hihg", "5: watchlists[0].severity: a severity is one of low, medium, high, critical"),
        (f"{SOURCE}    language: German", "5: sources[0].language: German is no language code"),
        (MAIL, "2: sources[0]: the password is told in one place; write `password_env:` or `password_file:`"),
        (MAIL + "    password_env: p@ss", "6: sources[0].password_env: this is no name of a variable"),
        (MAIL + "    password: x", "6: sources[0].password: unknown key; did you mean password_"),
        ("sources:\n  - kind: gdelt\n    name: g\n    lists: [dea-1]", "4: sources[0].lists[0]: there is no list dea-1"),
        # the environment
        (SOURCE.replace("org", "org/${NO}"), "4: sources[0].url: the environment variable NO is not set; set it"),
        ("database: ${A:-b}", "1: database: ${A:-b} names no environment variable; write ${NAME}"),
        # YAML itself
        ("http:\n\tpace: 1s", "2: this is not YAML: while scanning for the next token"),
        ("database: a: b", "1: this is not YAML: mapping values are not allowed here; put text"),
        ("sources: &a\n  - *a", "1: sources[0]: an alias (*name) that repeats without end"),
        ("? [a]\n: b", "1: a key must be one word; write `key: value`"),
        ("database: !x y", "1: database: the tag !x means nothing here"),
        ("[" * 5000, "1: this is nested too deeply"),
        ("a: 1\n# \x01", "2: this is not YAML: it holds the control character U+0001; remove it"),
        ("a: 1\n---\nb: 1", "2: this is not YAML: expected a single document"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_key_and_fix(tmp_path: Path, text: str, problem: str) -> None:
    (line,) = told(tmp_path, text)
    assert problem in line


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    levels = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in itertools.pairwise("abcdefgh"))
    lines = told(tmp_path, f"a: &a [x, x]\n{levels}sources: *h\n")
    assert any("an alias (*name) that repeats without end" in line for line in lines)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = told(
        tmp_path, f"databas: x\n{SOURCE}    every: 5\nrules:\n  - name: r\n    sources: [z]\nhttp: no\n"
    )
    assert [line.partition(": ")[0] for line in lines] == ["1", "6", "9", "10"]


def test_a_rule_may_name_the_list_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").touch()
    (tmp_path / "mine.yaml").touch()
    rule = "rules:\n  - name: r\n    lists:\n      - "
    assert load(tmp_path, f"watchlists:\n  - file: mine.csv\n{rule}mine").rules[0].lists == ("mine",)
    (line,) = told(tmp_path, f"watchlists:\n  - file: mine.csv\n{rule}mien")
    assert "there is no list mien; did you mean mine?" in line
    # a YAML file may carry a name of its own, which is read later
    assert load(tmp_path, f"watchlists:\n  - file: mine.yaml\n{rule}mien").rules[0].lists == ("mien",)


def test_a_secret_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    (line,) = told(tmp_path, "database: mysql://u:${PASSWORD}@h/d", PASSWORD="hunter2")
    assert "hunter2" not in line


def test_quoted_names_may_stand_in_brackets(tmp_path: Path) -> None:
    config = load(tmp_path, f"{SUBSTANCE}        aliases: ['1,4-BD', \"GBL\"]")
    assert config.watchlists[0].model_dump()["substances"][0]["aliases"] == ("1,4-BD", "GBL")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.yaml: there is no such file"):
        load_config(tmp_path / "no.yaml", {})
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe4\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml:2: the file is not UTF-8"):
        load_config(tmp_path / "latin.yaml", {})


words = st.sampled_from(
    ["sources", "rules", "name", "kind", "feed", "http", "x", "1", "1e3", "null", "true", "[", "]", "{", "}", "- ",
     ": ", ":\n  ", "\n", "\n- ", ",", "&a ", "*a", "!t ", "<<: ", '"', "'", "|", ">", "#", "${A}", "? ", "%", "@"]
)  # fmt: skip


@given(st.lists(words, max_size=12).map("".join))
def test_whatever_is_written_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text)
    try:
        load_config(path, {}, list_ids=LISTS)
    except ConfigError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 (most texts are refused, some are not)


# --- the small languages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("6h", 21600), ("1d", 86400), ("2w", 1209600), ("1.5h", 5400), ("0s", 0)],
)
def test_durations(written: str, seconds: float) -> None:
    assert values.duration(written) == seconds
    assert values.duration(values.spell_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("written", "count"), [("7B", 7), ("500kB", 500_000), ("10MB", 10**7), ("1 GB", 10**9)]
)
def test_sizes(written: str, count: int) -> None:
    assert values.size(written) == count
    assert values.size(values.spell_size(count)) == count


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0 6 * * *", "0 6 * * *"),
        ("*/15 * * * 1-5", "*/15 * * * mon,tue,wed,thu,fri"),
        ("5 4 * * 0", "5 4 * * sun"),
        ("5 4 * * 7", "5 4 * * sun"),
        ("5 4 * * 5-7", "5 4 * * sun,fri,sat"),
        ("0 0 29 2 *", "0 0 29 2 *"),
        ("0 0 1-7/2,9 JAN,jun *", "0 0 1-7/2,9 jan,jun *"),
        ("10/20 * * * *", "10/20 * * * *"),
    ],
)
def test_cron_lines(written: str, meant: str) -> None:
    assert values.cron(written) == meant
    assert values.cron(meant) == meant


@pytest.mark.parametrize(
    "written",
    ["", "@daily", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "*/0 * * * *", "*/99 * * * *", "5-1 * * * *", "x * * * *", "1- * * * *", ",1 * * * *", "* * L * *", "* * 1 * 1",
     "0 0 31 4,6,9,11 *", "0 0 30 feb *", "٣ * * * *"],
)  # fmt: skip
def test_cron_lines_that_make_no_sense(written: str) -> None:
    with pytest.raises(ValueError, match="; "):
        values.cron(written)


@given(
    st.tuples(
        st.sampled_from(["*", "0", "*/7", "3-50/9", "1,59"]),
        st.sampled_from(["*", "23", "*/5", "1-3"]),
        st.sampled_from(["*", "31", "1-7", "29", "*/2"]),
        st.sampled_from(["*", "2", "jan-mar", "*/3"]),
        st.sampled_from(["*", "0", "sat", "1-5", "7", "*/2"]),
    )
)
def test_every_accepted_cron_line_fires_and_on_the_right_day(fields: tuple[str, ...]) -> None:
    try:
        line = values.cron(" ".join(fields))
    except ValueError:
        return
    start = datetime(2026, 1, 1, tzinfo=UTC)
    fires = CronTrigger.from_crontab(line, timezone=UTC).get_next_fire_time(None, start)
    assert fires is not None
    assert fires - start < timedelta(days=3 * 366)
    if fields[4] in ("0", "7"):
        assert fires.strftime("%A") == "Sunday"


@pytest.mark.parametrize("good", ["a", "a.b-c.de:80", "10.0.0.7", "::1", "[fe80::1]", "[::1]:8080", "A.B."])
def test_hosts(good: str) -> None:
    assert values.host(good) == good.lower()


@pytest.mark.parametrize(
    "bad",
    ["", "a/b", "*.a", "u@a", "a:", "a:0", "a:65536", "a:x", "[::1", "[x]:1", "[::1]x", "-a", "a..b", "a b"],
)
def test_hosts_that_are_none(bad: str) -> None:
    with pytest.raises(ValueError, match="; "):
        values.host(bad)


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
