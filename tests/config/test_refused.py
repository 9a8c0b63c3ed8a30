"""What a configuration is refused for: every mistake with its line, its key and the fix."""

# ruff: noqa: E501 (tables of cases, a line each)

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import load_config
from monitor.errors import ConfigError
from tests.config.loading import LISTS, load, problems

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
        (f"{SOURCE}  - name: a\n    kind: feed\n    url: http://b/", "5: sources[1].name: a is named twice (first in"),
        ("rules:\n  - name: r\n  - name: r", "3: rules[1].name: r is named twice (first in line 2)"),
        (f"{SOURCE}rules:\n  - name: r\n    sources: [b]", "7: rules[0].sources[0]: there is no source b; possible here: a"),
        ("rules:\n  - name: r\n    lists: [dea-list-2]", "3: rules[0].lists[0]: there is no list dea-list-2; did you"),
        ("rules:\n  - name: r\n    kinds: [precursors]", "precursors is not possible here; did you mean precursor?"),
        (f"{SUBSTANCE}    severity: hihg", "5: watchlists[0].severity: a severity is one of low, medium, high, critical"),
        (f"{SOURCE}    language: German", "5: sources[0].language: German is no language code"),
        (MAIL, "2: sources[0]: the password is given twice; write either `password_env:` or `password_file:`"),
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
    (line,) = problems(tmp_path, text)
    assert problem in line


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    levels = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in itertools.pairwise("abcdefgh"))
    lines = problems(tmp_path, f"a: &a [x, x]\n{levels}sources: *h\n")
    assert any("an alias (*name) that repeats without end" in line for line in lines)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = problems(
        tmp_path, f"databas: x\n{SOURCE}    every: 5\nrules:\n  - name: r\n    sources: [z]\nhttp: no\n"
    )
    assert [line.partition(": ")[0] for line in lines] == ["1", "6", "9", "10"]


def test_a_rule_may_name_the_list_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").touch()
    (tmp_path / "mine.yaml").touch()
    rule = "rules:\n  - name: r\n    lists:\n      - "
    assert load(tmp_path, f"watchlists:\n  - file: mine.csv\n{rule}mine").rules[0].lists == ("mine",)
    (line,) = problems(tmp_path, f"watchlists:\n  - file: mine.csv\n{rule}mien")
    assert "there is no list mien; did you mean mine?" in line
    # a YAML file may carry a name of its own, which is read later
    assert load(tmp_path, f"watchlists:\n  - file: mine.yaml\n{rule}mien").rules[0].lists == ("mien",)


def test_a_secret_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, "database: mysql://u:${PASSWORD}@h/d", PASSWORD="hunter2")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "text",
    [
        "sources:\n  - name: a\n    kind: ${X}\n",
        f"{SOURCE}    every: ${{X}}\n",
        f"{SOURCE}    cron: ${{X}}\n",
        "sources:\n  - name: a\n    kind: feed\n    url: ${X}\n",
        "watchlists:\n  - file: ${X}\n",
        "http:\n  allow_hosts:\n    - ${X}\n",
        "database: ${X}\n",
        "database: sqlite://${X}\n",
        "watchlists:\n  - builtin: ${X}\n",
        "watchlists:\n  - file: ${X}/a.csv\n",
        f"{SOURCE}rules:\n  - name: r\n    sources:\n      - ${{X}}\n",
        f"{SOURCE}rules:\n  - name: r\n    severity: ${{X}}\n",
        "sources:\n  - name: ${X}\n    kind: feed\n    url: https://a.example/\n  - name: ${X}\n    kind: feed\n    url: https://a.example/\n",
    ],
)
@pytest.mark.parametrize("secret", ["hunter2 S3cr3t/Word", "S3cr3t:Word", "S3CR3T@host/a"])
def test_what_a_variable_stands_for_is_never_repeated(tmp_path: Path, text: str, secret: str) -> None:
    lines = problems(tmp_path, text, X=secret)
    assert not any("cr3t" in line.lower() or "hunter2" in line for line in lines), lines


def test_what_stands_in_the_file_is_repeated(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, "sources:\n  - name: ${X}\n    kind: fed\n", X="fed")
    assert "there is no kind fed; did you mean feed?" in line


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, 'watchlists:\n  - name: "lab \\ud83e"\n    substances:\n      - name: x y\n')
    assert line.startswith("2: watchlists[0].name: this holds half a character")


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
