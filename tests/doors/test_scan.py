"""The scan door: order, one line out for each line in, exact offsets, errors as values, whole files."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chem.opsin import Answer
from monitor.doors import jsonl
from monitor.doors import scan as door
from monitor.errors import MonitorError
from monitor.match import Search
from monitor.model import ListInfo, Listing, ListingStatus, Mention, Watchlist
from monitor.pipeline.prepare import build_matcher
from monitor.pipeline.structures import Structures
from tests.worlds import ROOT, ran

TODAY = date(2026, 11, 22)


class WordFinder:
    """A hand-written matcher: finds the word "fentanyl"; listed by the imaginary list x-1 since 2020."""

    def __init__(self, kind: str = "schedule") -> None:
        self.watchlist = Watchlist({}, (), (), {"x-1": ListInfo("x-1", "List X", "Nobody", "XX", kind)})

    def search(self, text: str, language: str | None) -> Search:
        found = [
            Mention(m.start(), m.end(), m.group(), "fentanyl", "Fentanyl", "name", 2 / 3, reasons=("a word",))
            for m in re.finditer("fentanyl", text, re.IGNORECASE)
        ]
        return Search(found[:3], ("more than three",) if len(found) > 3 else ())

    def listings(self, substance: str, at: date) -> list[ListingStatus]:
        listing = Listing(substance, "x-1", code="9", wording="Fentanyl", since="2020-01-01")
        return [ListingStatus(listing, listing.at(at))]


def scanned(*lines: bytes | str | dict[str, Any]) -> tuple[list[dict[str, Any]], door.ScanSummary]:
    raw = [
        ln if isinstance(ln, bytes) else (ln if isinstance(ln, str) else json.dumps(ln)).encode()
        for ln in lines
    ]
    out: list[bytes] = []
    summary = door.scan_lines([line + b"\n" for line in raw], out.append, WordFinder(), today=TODAY)
    return [json.loads(line) for line in out], summary


@pytest.mark.parametrize(("times", "notes"), [(3, None), (4, ["line 1: more than three"])])
def test_what_was_left_out_of_a_text_is_said(times: int, notes: list[str] | None) -> None:
    (answer,), summary = scanned({"id": 1, "text": "fentanyl " * times})
    assert (len(answer["mentions"]), answer.get("notes"), summary.errors) == (3, notes, 0)


def test_a_mention_is_written_with_everything_known_of_it() -> None:
    (answer,), summary = scanned({"id": "a", "text": "Ωμέγα: Fentanyl found", "published_at": "2024-10-28"})
    assert answer == {
        "id": "a",
        "mentions": [
            {
                "start": 7,
                "stop": 15,
                "surface": "Fentanyl",
                "substance": "fentanyl",
                "name": "Fentanyl",
                "method": "name",
                "score": 0.667,
                "reasons": ["a word"],
                "listings": [
                    {
                        "list": "x-1",
                        "code": "9",
                        "since": "2020-01-01",
                        "until": "",
                        "absent_on": "",
                        "present_on": "",
                        "status": "in force",
                        "wording": "Fentanyl",
                        "complete_to": "",
                    }
                ],
            }
        ],
    }
    assert summary == door.ScanSummary(lines=1, mentions=1)


@pytest.mark.parametrize(
    ("published", "status"),
    [
        ("2019-12-31", "not yet in force"),
        ("2020-01-01", "in force"),
        ("2020-01-01T00:30:00+02:00", "in force"),  # though it is still 2019 in UTC
        ("2019-12-31T23:30:00-05:00", "not yet in force"),  # though it is 2020 in UTC
        ("2019-12-31T23:59:59Z", "not yet in force"),
        ("Tue, 31 Dec 2019 10:00:00 GMT", "not yet in force"),
        ("20191231", "not yet in force"),
        (None, "in force"),
        ("", "in force"),
    ],
)
def test_listings_are_as_of_the_publication(published: str | None, status: str) -> None:
    (answer,), summary = scanned({"id": 1, "text": "fentanyl", "published_at": published})
    assert answer["mentions"][0]["listings"][0]["status"] == status
    assert summary == door.ScanSummary(lines=1, mentions=1)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("schedule", "in force"),
        ("precursor", "in force"),
        ("surveillance", "under surveillance"),
        ("proposed", "proposed"),
        ("house", "on your own list"),
    ],
)
def test_a_list_without_legal_force_is_not_told_as_control(kind: str, status: str) -> None:
    out: list[bytes] = []
    line = b'{"id": 1, "text": "fentanyl", "published_at": "%s"}'
    for day in (b"2024-01-01", b"2019-01-01"):
        door.scan_lines([line % day], out.append, WordFinder(kind), today=TODAY)
    told = [json.loads(answer)["mentions"][0]["listings"][0]["status"] for answer in out]
    assert told == [status, "not yet in force"]


@pytest.mark.parametrize(
    ("own", "said", "status"),
    [
        (date(2019, 12, 31), {"stated_on": "2019-12-31"}, "not yet in force"),
        (None, {"as_of": TODAY.isoformat()}, "in force"),
    ],
)
def test_a_text_without_a_date_is_of_the_day_that_it_states(
    own: date | None, said: dict[str, str], status: str
) -> None:
    out: list[bytes] = []
    lines = [b'{"id": 1, "text": "fentanyl"}\n', b'{"id": 2, "text": "nothing"}\n']
    door.scan_lines(lines, out.append, WordFinder(), today=TODAY, stated=lambda text, today: own)
    found, nothing = map(json.loads, out)
    assert said.items() <= found.items()
    assert found["mentions"][0]["listings"][0]["status"] == status
    assert nothing == {"id": 2, "mentions": []}


@pytest.mark.parametrize("published", ["last week", "2019-13-45", "0001-01-01T00:00:00+14:00", 20191231])
def test_a_date_that_is_none_is_told_and_today_taken(published: object) -> None:
    (answer,), summary = scanned({"id": 1, "text": "fentanyl", "published_at": published})
    assert answer["mentions"][0]["listings"][0]["status"] == "in force"
    assert answer["note"] == "line 1: published_at is no date: listings are as of 2026-11-22"
    assert summary == door.ScanSummary(lines=1, mentions=1, notes=1)


@pytest.mark.parametrize(
    ("line", "identity", "reason"),
    [
        ("{", None, "not JSON"),
        ("[1]", None, "not a JSON object"),
        ('"text"', None, "not a JSON object"),
        ('{"text": "fentanyl"}', None, '"id" is missing'),
        ('{"id": "b"}', "b", '"text" is missing'),
        ('{"id": "b", "text": null}', "b", '"text" is not a string'),
        ('{"id": 7, "text": "x", "lang": 3}', 7, '"lang" is not a string'),
        (b'{"id": "b", "text": "\xff"}', None, "not UTF-8"),
        ("[" * 5000, None, "not JSON"),
    ],
)
def test_a_line_that_cannot_be_read_keeps_its_place(line: str | bytes, identity: object, reason: str) -> None:
    good = {"id": "g", "text": "no drug"}
    answers, summary = scanned(good, line, good)
    assert [answer["id"] for answer in answers] == ["g", identity, "g"]
    assert answers[1]["error"].startswith("line 2: ")
    assert reason in answers[1]["error"]
    assert answers[1]["mentions"] == []
    assert summary == door.ScanSummary(lines=3, mentions=0, errors=1)


def test_blank_lines_give_nothing_but_count_as_lines_of_the_file() -> None:
    answers, _ = scanned("", "  \r", "{")
    assert [answer["error"][:7] for answer in answers] == ["line 3:"]


def test_what_other_writers_put_into_json_is_taken() -> None:
    answers, summary = scanned(
        b'{"id": "\\ud800", "text": "\\ud83d fentanyl"}',
        '{"id": 123456789012345678901234567890, "text": "fentanyl", "x": NaN}',
        b'\xef\xbb\xbf{"id": 1, "text": "fentanyl"}',
    )
    assert summary == door.ScanSummary(lines=3, mentions=3)
    assert answers[0]["id"] == "\ud800"
    assert answers[0]["mentions"][0]["start"] == 2
    assert answers[1]["id"] == 123456789012345678901234567890


@given(st.lists(st.tuples(st.text(), st.integers(0, 3)), max_size=5))
def test_offsets_count_code_points_in_any_text(parts: list[tuple[str, int]]) -> None:
    text = "".join(noise + "fentanyl" * count for noise, count in parts)
    (answer,), _ = scanned({"id": 0, "text": text})
    assert all(text[m["start"] : m["stop"]] == m["surface"] for m in answer["mentions"])


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=6))
def test_no_bytes_break_the_scan(lines: list[bytes]) -> None:
    answers, _ = scanned(*lines)
    assert len(answers) == sum(bool(line.strip(b" \t\r\x0b\x0c")) for line in lines)


# --- files ------------------------------------------------------------------------------------------


def files(tmp_path: Path, count: int = 3) -> tuple[Path, Path]:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f'{{"id": {i}, "text": "fentanyl"}}\n' for i in range(count)))
    return source, tmp_path / "out.jsonl"


def run(source: Path | str, target: Path | str) -> door.ScanSummary:
    return door.scan_files(str(source), str(target), WordFinder(), today=TODAY, progress=False)


def test_files_plain_and_packed(tmp_path: Path) -> None:
    source, target = files(tmp_path)
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    assert run(source, target).mentions == run(packed, tmp_path / "out.jsonl.gz").mentions == 3
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == target.read_bytes()
    assert [json.loads(line)["id"] for line in target.read_text().splitlines()] == [0, 1, 2]


def test_the_target_is_whole_or_untouched(tmp_path: Path) -> None:
    source, target = files(tmp_path)
    target.write_text("before")
    broken = tmp_path / "in.jsonl.gz"
    broken.write_bytes(gzip.compress(os.urandom(5000))[:-40])
    with pytest.raises(MonitorError, match="not a whole gzip file"):
        run(broken, target)
    assert target.read_text() == "before"
    run(source, target)
    assert target.read_text().startswith('{"id":0')
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "in.jsonl.gz", "out.jsonl"]


def test_a_file_may_be_scanned_into_itself_and_through_a_link(tmp_path: Path) -> None:
    source, target = files(tmp_path)
    target.symlink_to(source)
    assert run(source, target).mentions == 3
    assert target.is_symlink()
    assert '"mentions"' in source.read_text()


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    source, pipe = files(tmp_path)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run(source, pipe).mentions == 3
        assert os.read(reader, 4000).count(b"\n") == 3
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("source", "target"), [("nowhere.jsonl", "out"), (".", "out"), ("in.jsonl", "no/out")]
)
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, source: str, target: str) -> None:
    files(tmp_path)
    with pytest.raises(MonitorError, match=re.escape(str(tmp_path))):
        run(tmp_path / source, tmp_path / target)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("lines", [1, 20_000])
def test_a_full_disk_is_told_as_such(tmp_path: Path, lines: int) -> None:
    (tmp_path / "in").write_text('{"id": 1, "text": "fentanyl"}\n' * lines)
    with pytest.raises(MonitorError, match=r"^/dev/full: No space left on device$"):
        door.scan_files(str(tmp_path / "in"), "/dev/full", WordFinder(), today=TODAY)


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    class Endless(io.RawIOBase):
        """One line of three times the longest allowed, then an ordinary one; made as it is read."""

        left = 3 * jsonl.MAX_LINE
        tail = b'\n{"id": 1, "text": "fentanyl"}\n'
        largest = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.largest = max(self.largest, len(buffer))
            if self.left:
                count = min(self.left, len(buffer))
                buffer[:count] = bytes(count)
                self.left -= count
                return count
            count = min(len(self.tail), len(buffer))
            buffer[:count] = self.tail[:count]
            self.tail = self.tail[count:]
            return count

    out: list[bytes] = []
    lines = jsonl.read_lines(io.BufferedReader(Endless(), 1024 * 1024), lambda _: None)  # type: ignore[arg-type]
    summary = door.scan_lines(lines, out.append, WordFinder(), today=TODAY)
    assert summary == door.ScanSummary(lines=2, mentions=1, errors=1)
    assert "longer than" in json.loads(out[0])["error"]


def test_the_door_opens_without_the_heavy_libraries() -> None:
    heavy = "{'sqlalchemy', 'aiohttp', 'pandas', 'trafilatura', 'apscheduler'}"
    code = f"import sys, monitor.doors.scan; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- structures ---------------------------------------------------------------------------------------

KETONE = "1-bromo-2-phenyl ethan"


class Dozing:
    """A reader that knows one name, and gives no answer to names with a three."""

    version = "1"

    def read(self, names: Sequence[str]) -> list[Answer]:
        return [
            Answer(message="Java ended", lasting=False) if "3" in name else Answer("BrCCc1ccccc1")
            for name in names
        ]

    def rest(self) -> None:
        raise AssertionError("nobody rests while lines are left")

    close = rest


def test_structures_are_read_many_lines_at_once_and_in_order() -> None:
    pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")
    finder = build_matcher(None)
    texts = [f"{number}: they sold {KETONE} and fentanyl." for number in range(200)]
    texts[7] = "They sold 3-bromo-1-phenyl ethan and fentanyl."
    raw = [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(texts)]
    raw[5] = b"broken"
    out: list[bytes] = []
    done = door.scan_lines(raw, out.append, finder, today=TODAY, structures=Structures(Dozing()), ahead=64)
    answers = [json.loads(line) for line in out]
    assert [answer["id"] for answer in answers] == [None if n == 5 else n for n in range(200)]
    found = [[each["substance"] for each in answer["mentions"]] for answer in answers]
    assert found[0] == found[199] == ["phenethyl-bromide", "fentanyl"]
    assert (found[5], found[7]) == ([], ["fentanyl"])
    assert answers[7]["unresolved"].endswith("“3-bromo-1-phenyl ethan” (OPSIN 1: no reading (Java ended))")
    assert (done.lines, done.errors, done.unresolved, done.mentions) == (200, 1, 1, 397)


def test_whoever_writes_line_by_line_gets_each_answer_before_the_next_line() -> None:
    pytest.importorskip("rdkit", reason="RDKit is not installed (extra `structure`)")
    out: list[bytes] = []

    def lines() -> Iterator[bytes]:
        for number in range(5):
            assert len(out) == number
            yield json.dumps({"id": number, "text": f"They sold {KETONE}."}).encode()

    door.scan_lines(lines(), out.append, build_matcher(None), today=TODAY, structures=Structures(Dozing()))
    assert [json.loads(line)["mentions"][0]["method"] for line in out] == ["structure"] * 5


def test_the_flag_needs_the_extra_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": 1, "text": f"They sold {KETONE}."}))
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rdkit'] = None\n")
    where = f"{tmp_path}{os.pathsep}{ROOT}"
    code, out, err = ran(tmp_path, "scan", "--structures", "in.jsonl", PYTHONPATH=where)
    assert (code, out) == (1, "")
    assert "names cannot be read as structures: RDKit not installed: pip install" in err
    for less in ([], ["--no-structures"]):
        code, out, _ = ran(tmp_path, "scan", *less, "in.jsonl", PYTHONPATH=where)
        assert (code, json.loads(out)["mentions"]) == (0, [])


def test_a_language_without_names_is_noted() -> None:
    text = "ፖሊስ በአዲስ አበባ 3 ኪሎ ግራም ሄሮይን እና ኮኬይን ያዘ። ሁለት ሰዎች ታስረዋል።"
    lines: list[bytes] = []
    line = json.dumps({"id": 1, "text": text}).encode()
    door.scan_lines([line], lines.append, build_matcher(None), today=date(2026, 1, 1))
    [note] = json.loads(lines[0])["notes"]
    assert note.startswith("line 1: language-not-covered: ")
