"""Files that commands write: whole or not at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from monitor.doors.output import whole_file, write_whole
from monitor.errors import MonitorError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["a.html", "a.jsonl.gz"])
def test_what_fails_on_the_way_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("the one before")

    def write() -> None:
        with whole_file(str(tmp_path / name)) as out:
            out.write(b"half of " * 500_000)
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write()
    assert (tmp_path / name).read_text() == "the one before"
    assert names(tmp_path) == [name]


def test_what_is_whole_takes_its_place_with_the_rights_of_the_one_before(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt.gz", tmp_path / "link.gz"
    target.write_text("the one before")
    target.chmod(0o640)
    link.symlink_to(target)
    with whole_file(str(link)) as out:
        out.write(b"new")
    assert (gzip.decompress(target.read_bytes()), target.stat().st_mode & 0o777) == (b"new", 0o640)
    assert link.is_symlink()
    assert names(tmp_path) == ["a.txt.gz", "link.gz"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_is_named_with_the_option() -> None:
    with pytest.raises(MonitorError, match=r"/dev/full could not .*: No space .*; choose another --out"):
        write_whole(Path("/dev/full"), b"a report", "--out")
