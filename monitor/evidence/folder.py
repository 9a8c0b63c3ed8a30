"""Putting a bundle on the disk: whole or not at all, and never over anything."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import MonitorError
from monitor.evidence.case import MANIFEST, Made


def write(files: Mapping[str, bytes], folder: Path) -> Made:
    """Write the files as `folder`, which must not be there, be empty, or hold this very bundle.

    Raises MonitorError where something else is, or the disk refuses. What is there is never overwritten.
    """
    digest = hashlib.sha256(files[MANIFEST]).hexdigest()
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise MonitorError(f"{folder} is no folder; choose another --out")
        if folder.is_dir() and any(folder.iterdir()):
            if _holds(folder, files):
                return Made(len(files), digest, already=True)
            raise MonitorError(
                f"{folder} holds something else already (or another state of this evidence), and nothing is "
                "overwritten; choose another --out"
            )
        _write(files, folder)
    except OSError as error:
        where = error.filename or folder
        raise MonitorError(f"{where} could not be written: {error.strerror}; choose another --out") from error
    return Made(len(files), digest, already=False)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Beside its place first, then renamed: a bundle that is there is whole."""
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=parent))
    try:
        part.chmod(0o755)
        for name, content in files.items():
            place = part / name
            place.parent.mkdir(exist_ok=True)
            with place.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        if folder.is_dir():
            folder.rmdir()  # empty; not every system renames over it
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    if found != set(files):
        return False
    return all(
        not (folder / name).is_symlink()
        and (folder / name).stat().st_size == len(content)
        and (folder / name).read_bytes() == content
        for name, content in files.items()
    )
