"""Files that a command writes: whole or not at all, so that a full disk leaves what was there before."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, cast

from monitor.errors import MonitorError

BUFFER = 1024 * 1024  # bytes


@contextmanager
def whole_file(target: str) -> Iterator[BinaryIO]:
    """A file to write `target` with: written beside and renamed at the end; packed where it ends in .gz.

    A link stays a link; a device or a pipe, which cannot be replaced, is written to. Raises OSError.
    """
    path = Path(os.path.realpath(target))
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        with path.open("wb") as device:
            yield cast(BinaryIO, device)
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb", buffering=BUFFER) as stream, _packed(target, stream) as out:
            yield out
        if path.exists():
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(target: Path, data: bytes, option: str) -> None:
    """Write a whole file. Raises MonitorError, which names the `option` that the file came from."""
    try:
        with whole_file(str(target)) as out:
            out.write(data)
    except OSError as error:
        said = f"{target} could not be written: {error.strerror}; choose another {option}"
        raise MonitorError(said) from error


def _packed(target: str, stream: BinaryIO) -> AbstractContextManager[BinaryIO]:
    if target.endswith(".gz"):
        packed = gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=6, mtime=0)
        return cast(AbstractContextManager[BinaryIO], packed)
    return nullcontext(stream)
