"""Opening files that somebody else may exchange: links, pipes, folders and devices are refused at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.ingest.regular_file import NotRegularError, open_regular


def test_a_regular_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_bytes(b"a")
    for root in (tmp_path, None):
        with open_regular(tmp_path / "sub" / "a.txt", root) as stream:
            assert stream.read() == b"a"


def replaced(tmp_path: Path, what: str) -> Path:
    """A path below `tmp_path/in` that is something else by now."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("outside")
    folder = tmp_path / "in"
    folder.mkdir()
    if what == "folder linked away":
        (folder / "sub").symlink_to(tmp_path / "out")
    else:
        (folder / "sub").mkdir()
    path = folder / "sub" / "a.txt"
    if what == "link":
        path.symlink_to(tmp_path / "out" / "a.txt")
    elif what == "loop":
        path.symlink_to("a.txt")
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize("what", ["link", "loop", "pipe", "folder", "folder linked away"])
def test_what_is_no_regular_file_any_more_is_refused(tmp_path: Path, what: str) -> None:
    with pytest.raises(NotRegularError):
        open_regular(replaced(tmp_path, what), tmp_path / "in")


def test_a_device_is_refused_and_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotRegularError):
        open_regular(Path(os.devnull))
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "no", tmp_path)
