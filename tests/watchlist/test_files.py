"""CSV and YAML files of a user's own: what they hold, and every complaint with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import WatchlistError
from monitor.model import Severity
from monitor.watchlist import load_file

CSV = """\
name,aliases,cas,inchikey,severity,note
(2-bromoethyl)benzene,phenethyl bromide; Phenethylbromid,103-63-9,WMPPDTMATNBGJN-UHFFFAOYSA-N,high,seen before

"1,4-butanediol",,110-63-4,,,"a note, with a comma"
"""

YAML = """\
name: Our list
severity: medium
substances:
  - name: (2-bromoethyl)benzene
    aliases:
      - phenethyl bromide
      - "1,4-thing"
    cas: 103-63-9
    inchikey: WMPPDTMATNBGJN-UHFFFAOYSA-N
    severity: high
  - name: N,N-DMT
    cas:
      - 61-50-7
    key: dmt-house
    language: en
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_csv(tmp_path: Path) -> None:
    made = load_file(write(tmp_path, "Our list.csv", CSV))
    assert list(made.substances) == ["2-bromoethyl-benzene", "1-4-butanediol"]
    assert made.substances["2-bromoethyl-benzene"].severity is Severity.HIGH
    assert made.substances["1-4-butanediol"].note == "a note, with a comma"
    assert [name.text for name in made.names][:3] == [
        "(2-bromoethyl)benzene",
        "phenethyl bromide",
        "Phenethylbromid",
    ]
    assert list(made.lists) == ["our-list"]


def test_csv_as_spreadsheets_write_it(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", b"\xef\xbb\xbfName,CAS\r\nzorblaxine,103-63-9\r\n,\r\n")
    assert list(load_file(path).substances) == ["zorblaxine"]


def test_a_short_row_leaves_cells_empty(tmp_path: Path) -> None:
    assert (
        load_file(write(tmp_path, "a.csv", "name,cas,note\nzorblaxine\n")).substances["zorblaxine"].cas == ()
    )


def test_yaml(tmp_path: Path) -> None:
    made = load_file(write(tmp_path, "any.yaml", YAML))
    assert list(made.substances) == ["2-bromoethyl-benzene", "dmt-house"]
    assert made.substances["dmt-house"].severity is Severity.MEDIUM
    assert made.substances["dmt-house"].cas == ("61-50-7",)
    assert [name.text for name in made.names if name.type == "common"] == [
        "(2-bromoethyl)benzene",
        "phenethyl bromide",
        "1,4-thing",
        "N,N-DMT",
    ]
    assert [info.title for info in made.lists.values()] == ["Our list"]


def test_yaml_with_a_list_alone(tmp_path: Path) -> None:
    made = load_file(write(tmp_path, "mine.yml", "- zorblaxine\n- name: blaxine\n"))
    assert list(made.substances) == ["zorblaxine", "blaxine"]
    assert list(made.lists) == ["mine"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("cas,note\n103-63-9,x\n", 1, "no column 'name'"),
        ("name;cas\nx;103-63-9\n", 1, "not separated by commas"),
        ("name,aliasses\nzorb,x\n", 1, "did you mean 'aliases'"),
        ("name,colour\nzorb,x\n", 1, "it is one of name, aliases"),
        ("name,name\nzorb,x\n", 1, "stands twice"),
        ("name,cas\nzorb,103-63-9\nblax,79-03-1\n", 3, "103|79-03-8"),
        ("name,cas\n1,4-butanediol,110-63-4\n", 2, "into double quotes"),
        ('name,note\nzorb,"two\nlines"\nblax,\n\nzorb,\n', 6, r"twice \(first in line 2\)"),
        ('name,note\nzorb,"open\nend', 2, "close the double quote"),
        ('name,note\nzorb,"a"b\n', 2, 'write "" for a quote'),
        ("name,severity\nzorb,hig\n", 2, "did you mean high"),
        ("name,inchikey\nzorb,XX\n", 2, "not an InChIKey"),
        ("name,aliases\nzorb,a1;;b1\n", 2, "a name is empty"),
        ("name,aliases\n,a1\n", 2, "a name is empty"),
        ("name\nzo\x00rb\n", 2, r"U\+0000|NUL"),
        (b"name\nzorb\nm\xe9th\n", 3, "save the file as UTF-8"),
    ],
)
def test_csv_refused(tmp_path: Path, text: str | bytes, line: int, message: str) -> None:
    path = write(tmp_path, "mine.csv", text)
    with pytest.raises(WatchlistError, match=message) as caught:
        load_file(path)
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no list of substances"),
        ("name: x\n", 1, "holds no list of substances"),
        ("nam: x\nsubstances:\n  - name: zorb\n", 1, "did you mean 'name'"),
        ("- name: zorb\n  aliases: [N,N-DMT]\n", 2, "tears names at commas"),
        ("- name: zorb\n  aliases:\n    - 1e3\n", 3, "put it into quotes"),
        ("- name: zorb\n  aliases: {a: b}\n", 2, "aliases is not a list"),
        ("- name: 12\n", 1, "put it into quotes"),
        ("- name: zorb\n- 12\n", 2, "is not a substance"),
        ("- name: zorb\n- cas: 103-63-9\n", 2, "the entry has no name"),
        ("- name: zorb\n  cass: 103-63-9\n", 2, "did you mean 'cas'"),
        ("- name: zorb\n  name: blax\n", 2, "is not YAML"),
        ("- name: zorb\n\n- name: blax\n  cas: 103-63-8\n", 3, "103-63-9"),
        ("- name: 'zorb\n", 2, "is not YAML"),
        ("- name: zorb\n  severity: loud\n", 1, "it is one of low"),
        ("severity: loud\nsubstances:\n  - name: zorb\n", 1, "it is one of low"),
        ("- name: zorb\n- name: ZORB\n", 2, r"first in line 1"),
    ],
)
def test_yaml_refused(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, "mine.yaml", text)
    with pytest.raises(WatchlistError, match=message) as caught:
        load_file(path)
    assert caught.value.where == f"{path}:{line}"


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match=r"ends in \.csv, \.yaml or \.yml"):
        load_file(write(tmp_path, "mine.xlsx", "x"))
    with pytest.raises(WatchlistError, match="cannot be read: No such file"):
        load_file(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(WatchlistError, match="cannot be read"):
        load_file(tmp_path / "folder.csv")


def test_every_bad_row_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = "name,cas\nzorb,103-63-9\nblax,103-63-8\nquiz,1,2\n,50-00-0\nright,67-64-1\nworb,xx\n"
    path = write(tmp_path, "mine.csv", rows)
    with pytest.raises(WatchlistError) as caught:
        load_file(path)
    lines = str(caught.value).split("\n")
    assert [line.removeprefix(f"{path}:").partition(":")[0] for line in lines] == ["3", "4", "5", "7"]
    assert caught.value.where == f"{path}:3"
    path = write(tmp_path, "mine.yaml", "- name: zorb\n  cas: 1\n- name: 12\n- name: right\n- cas: x\n")
    with pytest.raises(WatchlistError) as caught:
        load_file(path)
    assert len(str(caught.value).split("\n")) == 3


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"name {number},{number}-bad\n" for number in range(60))
    with pytest.raises(WatchlistError) as caught:
        load_file(write(tmp_path, "mine.csv", f"name,cas\n{rows}"))
    lines = str(caught.value).split("\n")
    assert (len(lines), lines[-1]) == (51, "and 10 more like these")


@pytest.mark.parametrize("name", ["mine.csv", "mine.yaml", "mine.xlsx"])
@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00\x06\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"])
def test_a_workbook_is_named_as_one_whatever_it_is_called(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(WatchlistError, match=r"is a workbook.*save the sheet as CSV"):
        load_file(write(tmp_path, name, data))
