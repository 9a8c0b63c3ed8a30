"""Opening a file that others may exchange meanwhile: no link is followed, nothing is waited for.

Between finding a file and reading it, it may have become a pipe on which nobody writes, or a link to a file
elsewhere (CWE-367, CWE-59). So every folder on the way is opened in turn, and what was opened is looked at by
its descriptor.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK, _NO_WAIT = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)


class NotRegularError(OSError):
    """It is a link, a folder, a pipe or a device by now."""


def open_regular(path: Path, root: Path | None = None) -> BinaryIO:
    """Open the regular file at `path` for reading bytes; below `root` no part of the path may be a link.

    Raises OSError: NotRegularError for anything but a regular file.
    """
    try:
        number = _open(path, root)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR, errno.ENXIO):
            raise _not_regular(path, "a link, or no file any more") from error
        raise
    try:
        mode = os.fstat(number).st_mode
        if not stat.S_ISREG(mode):
            raise _not_regular(path, "not an ordinary file")
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def _open(path: Path, root: Path | None) -> int:
    flags = _FLAGS | _NO_LINK | _NO_WAIT
    if root is None or os.open not in os.supports_dir_fd:
        return os.open(path, flags)
    *folders, name = path.relative_to(root).parts
    here = os.open(root, _FLAGS | _FOLDER)
    try:
        for folder in folders:
            below = os.open(folder, flags | _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        return os.open(name, flags, dir_fd=here)
    finally:
        os.close(here)


def _not_regular(path: Path, what: str) -> NotRegularError:
    return NotRegularError(errno.EINVAL, f"it is {what}", os.fspath(path))
