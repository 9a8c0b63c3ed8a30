"""Finding and opening files below a folder: what kinds that read files share. No link leads out of it."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from monitor.errors import SourceError
from monitor.ingest.regular_file import NotRegularError, open_regular
from monitor.model import Gap, Source

_NAMED = 5  # files of a kind that is not read that a gap names
_MOST_KINDS = 50  # kinds that have a gap each; the others share one


@dataclass(frozen=True, slots=True)
class File:
    """A file found: `name` is its path below `root`, `stamp` its modification time in ns and its size."""

    path: Path
    name: str
    stamp: tuple[int, int]
    root: Path | None = None

    def open(self) -> BinaryIO:
        """Open it, if it still is a file of the folder. Raises OSError."""
        return open_regular(self.path, self.root)


def find_files(
    source: Source, folder: Path, wanted: Callable[[Path], bool], *, others_are_gaps: bool = True
) -> tuple[list[File], list[Gap]]:
    """Return the files that are `wanted`, sorted by path, and gaps for what is not looked at.

    Files that are not wanted are gaps, too, but where they only accompany the others. Raises SourceError
    (gone) when there is no such folder: a share may not be mounted for now.
    """
    if not folder.is_dir():
        raise SourceError(
            f"{source.name}: there is no folder {shown(folder)}; mount or create it, or correct `path:` "
            "in the configuration",
            outcome="gone",
        )
    root = Path(os.path.realpath(folder))
    files: list[File] = []
    gaps: list[Gap] = []
    unread: defaultdict[str, list[Path]] = defaultdict(list)
    for path in _walk(root, gaps):
        try:
            file = _considered(root, path)
        except OSError as error:
            gaps.append(file_gap(path, error))
            continue
        if isinstance(file, File) and not wanted(path):
            unread[path.suffix.lower()].append(path)
        elif isinstance(file, File):
            files.append(file)
        elif file is not None:
            gaps.append(file)
    if others_are_gaps:
        gaps += unread_gaps(
            root.as_uri(),
            {kind: [shown(p.relative_to(root)) for p in found] for kind, found in unread.items()},
        )
    return sorted(files, key=lambda file: file.name), gaps


def _walk(root: Path, gaps: list[Gap]) -> Iterator[Path]:
    """What is below the folder and not hidden: files, and links to folders."""

    def note(error: OSError) -> None:
        gaps.append(file_gap(Path(error.filename or root), error))

    for place, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*linked, *names):
            if not name.startswith("."):
                yield Path(place, name)


def _considered(root: Path, path: Path) -> File | Gap | None:
    """Return the file at `path`; None for a link within the folder, where the file itself is found anyway."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        target = Path(os.path.realpath(path))
        if target.is_relative_to(root):
            path.stat()  # raises for a link to nothing, and for one to itself
            return None
        message = f"{shown(path)} links to {shown(target)}, outside the folder; not read"
        return Gap(path.as_uri(), "refused", message)
    if not stat.S_ISREG(found.st_mode):  # opening a pipe would wait for ever
        return Gap(path.as_uri(), "refused", f"{shown(path)} is not an ordinary file; not read")
    return File(path, shown(path.relative_to(root)), (found.st_mtime_ns, found.st_size), root)


def unread_gaps(place: str, kinds: dict[str, list[str]]) -> Iterator[Gap]:
    """A gap for each kind of file (its suffix, "" for none) that is not read, with the names of some."""
    ranked = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    rest = [name for _, names in ranked[_MOST_KINDS:] for name in names]
    for kind, names in (*ranked[:_MOST_KINDS], *([("*", rest)] if rest else [])):
        what = {"": "without an extension", "*": "of other kinds"}.get(kind, f"of the kind {kind}")
        listed = ", ".join(sorted(names)[:_NAMED])
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        files, are = ("1 file", "is") if len(names) == 1 else (f"{len(names):,} files", "are")
        yield Gap(f"{place}#unread{kind}", "error", f"{files} {what} {are} not read: {listed}{more}")


def shown(path: Path) -> str:
    """The path as text that can be stored and printed; bytes that are not UTF-8 are written as `\\xfc`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def file_gap(path: Path, error: OSError) -> Gap:
    reason = error.strerror or type(error).__name__
    outcome = "refused" if isinstance(error, NotRegularError) else "error"
    return Gap(path.absolute().as_uri(), outcome, f"{shown(path)} could not be read: {reason}")
