"""Finding files below a folder: what kinds that read files share. No link leads outside of the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import SourceError
from monitor.model import Gap, Source


@dataclass(frozen=True, slots=True)
class File:
    """A file found: `name` is its path below the folder, `stamp` its [modification time in ns, size]."""

    path: Path
    name: str
    stamp: tuple[int, int]


def find_files(source: Source, folder: Path, wanted: Callable[[Path], bool]) -> tuple[list[File], list[Gap]]:
    """Return the files to consider, sorted by path, and what could not be looked at."""
    if not folder.is_dir():
        raise SourceError(
            f"{source.name}: there is no folder {folder}; create it, or correct `path:` in the configuration",
            permanent=True,
            outcome="gone",
        )
    root = folder.resolve()
    files: list[File] = []
    gaps: list[Gap] = []

    def note(error: OSError) -> None:
        gaps.append(file_gap(Path(error.filename or root), error))

    for place, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            if name.startswith(".") or not wanted(path):
                continue
            try:
                file = _considered(root, path)
            except OSError as error:
                gaps.append(file_gap(path, error))
                continue
            if isinstance(file, Gap):
                gaps.append(file)
            elif file is not None:
                files.append(file)
    return sorted(files, key=lambda file: file.name), gaps


def _considered(root: Path, path: Path) -> File | Gap | None:
    """Return the file at `path`; None for a link within the folder, where the file itself is found anyway."""
    if path.is_symlink():
        target = path.resolve()
        if target.is_relative_to(root):
            path.stat()  # raises for a link to nothing
            return None
        return Gap(
            path.as_uri(),
            "refused",
            f"{shown(path)} links to {shown(target)}, outside the folder; not read",
        )
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
        return Gap(path.as_uri(), "refused", f"{shown(path)} is not an ordinary file; not read")
    return File(path, shown(path.relative_to(root)), (found.st_mtime_ns, found.st_size))


def shown(path: Path) -> str:
    """The path as text that can be stored and printed; bytes that are not UTF-8 are written as `\\xfc`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def file_gap(path: Path, error: OSError) -> Gap:
    reason = error.strerror or type(error).__name__
    return Gap(path.absolute().as_uri(), "error", f"{shown(path)} could not be read: {reason}")
