"""A bundle that was written is intact, and every change of it is told; none leads outside of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import MonitorError
from monitor.evidence import Gone, bundle, find_record, verify, write
from monitor.evidence.files import sums
from monitor.model import WarcPlace
from tests.evidence.cases import BODY, PLACE, PROGRAM, case, packed, warc_record, with_record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases = [with_record(case(), packed(warc_record())), case(number=13, kept=False, body=None)]
    write(bundle(cases, PROGRAM), tmp_path / "out")
    return tmp_path / "out"


def test_an_untouched_bundle_is_intact(folder: Path) -> None:
    done = verify(folder)
    assert (done.alerts, done.files, done.differences) == (2, 4, ())
    assert verify(folder, done.manifest.upper()).differences == ()
    assert verify(folder, "0" * 64).differences != ()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_anybody_can_check_it_without_this_program(folder: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest and make the sums fit again, as somebody would who wants to hide it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    (folder / "SHA256SUMS").write_bytes(sums(files))


def replace_text(folder: Path, old: bytes, new: bytes) -> None:
    """Change the text, its hash in the list of files and the sums."""
    path = folder / "alert-12/text.txt"
    path.write_bytes(path.read_bytes().replace(old, new))
    content = path.read_bytes()

    def listed(manifest: dict[str, Any]) -> None:
        for row in manifest["files"]:
            if row["name"] == "alert-12/text.txt":
                row.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())

    rewrite(folder, listed)


def link_outside(folder: Path) -> None:
    (folder.parent / "secret").write_text("secret")
    (folder / "alert-12/text.txt").unlink()
    (folder / "alert-12/text.txt").symlink_to(folder.parent / "secret")


def link_of_a_folder(folder: Path) -> None:
    shutil.move(folder / "alert-12", folder.parent / "elsewhere")
    (folder / "alert-12").symlink_to(folder.parent / "elsewhere")


def pipe(folder: Path) -> None:
    (folder / "alert-12/text.txt").unlink()
    os.mkfifo(folder / "alert-12/text.txt")


def name_outside(folder: Path) -> None:
    rewrite(folder, lambda m: m["files"].append({"name": "../secret", "size": 6, "sha256": "0" * 64}))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (lambda f: (f / "alert-12/body.bin").write_bytes(BODY.replace(b"2-", b"3-")), "was changed"),
    "a longer file": (lambda f: (f / "index.html").write_text("hello"), "the manifest says"),
    "a missing file": (lambda f: (f / "alert-12/text.txt").unlink(), "alert-12/text.txt: it is missing"),
    "one more file": (lambda f: (f / "alert-12/more.txt").write_text("x"), "'alert-12/more.txt': not in"),
    "no sums": (lambda f: (f / "SHA256SUMS").unlink(), "SHA256SUMS: it is missing"),
    "other sums": (lambda f: (f / "SHA256SUMS").write_text("x"), "does not fit"),
    "text and hash": (lambda f: replace_text(f, b"Police", b"Nobody"), "not the text that was recorded"),
    "text at the place": (lambda f: replace_text(f, b"(2-", b"(3-"), "is not what its mentions say"),
    "text that is none": (lambda f: replace_text(f, b"Police", b"\xff\xfe\xfd"), "not the text that was"),
    "a link": (link_outside, "symbolic link; not followed"),
    "a folder that is a link": (link_of_a_folder, "symbolic link; not followed"),
    "a pipe": (pipe, "no ordinary file"),
    "a name outside": (name_outside, "no file of a bundle has this name; not opened"),
    "another record": (
        lambda f: rewrite(f, lambda m: m["alerts"][0]["warc"].update(record="urn:uuid:2")),
        "another record",
    ),
    "offsets": (
        lambda f: rewrite(f, lambda m: m["alerts"][0]["mentions"][0].update(start="x")),
        "has no place in the text",
    ),
    "no alert": (lambda f: rewrite(f, lambda m: m["alerts"].append("x")), "an alert in it is none"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_told(folder: Path, change: str) -> None:
    act, words = CHANGES[change]
    act(folder)
    differences = verify(folder).differences
    assert any(words in line for line in differences), differences


GONE_TEXTS = [  # what the page says after the name is gone; whether the name stands in it all the same
    ("We sell norvexamide in drums.", False),
    ("We sell pronorvex and norvex2 in drums.", False),
    ("We sell drums.", False),
    ("We sell norvex in drums.", True),
    ("We sell NORVEX, in drums.", True),
    ("norvex", True),
    ("norvexamide and norvex-free norvex", True),
]


@pytest.mark.parametrize(("text", "there"), GONE_TEXTS)
def test_a_name_that_disappeared_may_be_part_of_a_longer_word(tmp_path: Path, text: str, there: bool) -> None:
    times = dict.fromkeys(("absent_before_at", "appeared_at", "last_seen_at", "gone_at"), "")
    facts = {**times, "name": "norvex", "reason": "absent"}
    gone = Gone(facts, "norvex", 2, hashlib.sha256(text.encode()).hexdigest(), text)
    write(bundle([case(gone=(gone,))], PROGRAM), tmp_path / "ev")
    found = verify(tmp_path / "ev").differences
    assert any("said to have disappeared" in line for line in found) == there, found


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"format": "x"}', "null", '{"format": "substance-monitor evidence"}', "[" * 100_000],
)
def test_what_is_no_bundle_is_an_error(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)
    with pytest.raises(MonitorError):
        verify(folder)
    with pytest.raises(MonitorError, match="holds no bundle"):
        verify(folder.parent / "nothing")


@pytest.mark.parametrize("part", ["alerts", "files"])
@pytest.mark.parametrize("value", [None, 1, "x", {}, [1], [{}], [[]], [{"name": 1}]])
def test_a_manifest_of_another_shape_is_told(folder: Path, part: str, value: object) -> None:
    rewrite(folder, lambda manifest: manifest.update({part: value}))
    verify(folder)  # no exception, whatever it says


# --- writing -----------------------------------------------------------------------------------------


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    files = bundle([case()], PROGRAM)
    (tmp_path / "empty").mkdir()
    made = write(files, tmp_path / "empty")
    assert (made.already, made.manifest) == (False, hashlib.sha256(files["manifest.json"]).hexdigest())
    assert write(files, tmp_path / "empty").already
    with pytest.raises(MonitorError, match="nothing is overwritten"):
        write(bundle([case(number=13)], PROGRAM), tmp_path / "empty")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/thesis.doc").write_text("mine")
    with pytest.raises(MonitorError, match="nothing is overwritten"):
        write(files, tmp_path / "foreign")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("file", "link"):
        with pytest.raises(MonitorError, match="is no folder"):
            write(files, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "foreign", "link"]


def test_a_bundle_that_was_altered_is_not_taken_for_the_same(folder: Path) -> None:
    (folder / "alert-12/text.txt").write_bytes(b"x")
    cases = [with_record(case(), packed(warc_record())), case(number=13, kept=False, body=None)]
    with pytest.raises(MonitorError, match="nothing is overwritten"):
        write(bundle(cases, PROGRAM), folder)


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MonitorError, match="could not be written"):
        write(bundle([case()], PROGRAM), tmp_path / "file" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# --- records of WARC files ---------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [packed, bytes])
def test_a_record_is_cut_out_as_it_stands(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    before, after = (
        pack(warc_record(b"one", record="urn:uuid:1")),
        pack(warc_record(b"x", record="urn:uuid:3")),
    )
    (tmp_path / PLACE.file).write_bytes(before + pack(warc_record()) + after)
    place = WarcPlace(PLACE.file, len(before), 0, PLACE.record)
    assert find_record(tmp_path, place) == (pack(warc_record()), "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed(warc_record(record="urn:uuid:9")), "another record"),
        (packed(warc_record())[:-20], "cut off"),
        (warc_record()[:-20], "cut off"),
        (packed(warc_record(digest="0" * 64)), "was changed"),
        (b"\x1f\x8b" + b"\xff" * 50, "damaged"),
        (b"hello", "no WARC record"),
        (packed(b"WARC/1.1\r\n\r\n"), "another record"),
        (packed(warc_record(b"\0" * 70_000_000)), "too large"),
        (b"", "no WARC record"),
    ],
)
def test_a_record_that_is_not_there_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / PLACE.file).write_bytes(content)
    record, why = find_record(tmp_path, PLACE)
    assert record is None
    assert words in why


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "gone.warc.gz", "."])
def test_a_file_outside_or_gone_is_not_read(tmp_path: Path, name: str) -> None:
    record, why = find_record(tmp_path, WarcPlace(name, 0, 0, PLACE.record))
    assert record is None
    assert why
