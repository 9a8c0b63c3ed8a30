"""In what condition a SQLite file is before it is opened: whole, damaged or emptied.

A damaged index gives wrong answers without a word, and an emptied file looks like a first start.
"""

from __future__ import annotations

import logging
import sqlite3
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.engine import reading_address, store_errors

_LOG = logging.getLogger(__name__)
_STEPS = 200  # steps of SQLite's machine between two looks at the clock


def refuse_emptied(path: Path, archives: Sequence[Path] = ()) -> None:
    """StoreError when the file holds nothing though there was a database here before.

    Its backups beside it and the WARC files in the folders `archives` say so. A file that is missing
    altogether may have been moved away on purpose: that is logged as a warning.
    """
    traces = list(islice(_traces(path, archives), 4))
    if not traces or (path.exists() and _holds_tables(path)):
        return
    shown = ", ".join(str(trace) for trace in traces[:3]) + (" and others" if len(traces) > 3 else "")
    if not path.exists():
        _LOG.warning("there is no database %s, though there was one (%s): it begins anew", path, shown)
        return
    raise StoreError(
        f"the database {path} is empty, though there was one before ({shown}): it was emptied or lost. "
        "Restore the newest backup; to begin anew, delete the empty file"
    )


def _traces(path: Path, archives: Sequence[Path]) -> Iterator[Path]:
    yield from sorted(path.parent.glob(f"{_literal(path.name)}.before-*.bak"), reverse=True)
    for folder in archives:
        yield from sorted(folder.glob("*.warc*"))


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _holds_tables(path: Path) -> bool:
    if path.stat().st_size == 0:
        return False
    with store_errors(f"could not open the database {path}"), closing(_connect(path)) as connection:
        return bool(connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0])


def check_whole(path: Path, seconds: float) -> bool:
    """Let SQLite look through the file for `seconds` at most; False when it did not come to the end.

    StoreError when the file is damaged. An index that is whole in itself and does not fit its table is not
    noticed: see `PRAGMA quick_check` in SQLite's manual.
    """
    if not path.exists() or path.stat().st_size == 0:
        return True
    if missing := _cut_off(path):
        raise _damaged(path, f"{missing:,} bytes of its end are missing")
    end = time.monotonic() + seconds
    with closing(_connect(path)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):  # opening it tells what is the matter
                return False
            _LOG.info("%s was not looked through for damage in %g s", path, seconds)
            return False
        except sqlite3.DatabaseError as error:
            raise _damaged(path, str(error)) from error
    if found is None or found[0] != "ok":
        raise _damaged(path, " ".join(str(found[0] if found else "no answer").split())[:200])
    return True


def _cut_off(path: Path) -> int:
    """How many bytes the file lacks by its own header; SQLite takes the end of a cut page for zeros.

    https://www.sqlite.org/fileformat.html: page size at 16, change counter at 24, pages at 28, and at 92 the
    counter for which that number holds. While changes wait in the log, the file may be of any length.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return 0
    with path.open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return 0
    (page,), (counter, pages), (holds_for,) = (
        struct.unpack_from(form, head, at) for form, at in ((">H", 16), (">II", 24), (">I", 92))
    )
    size = 65_536 if page == 1 else page
    return max(0, pages * size - path.stat().st_size) if counter == holds_for else 0


def _damaged(path: Path, what: str) -> StoreError:
    backups = list(islice(_traces(path, ()), 1))
    backup = f"the newest backup ({backups[0]})" if backups else "a backup"
    return StoreError(
        f"the database {path} is damaged ({what}). Nothing was written; keep a copy of it, then restore "
        f"{backup}, or save what can be read with `sqlite3 {path.name} .recover`"
    )


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(reading_address(path), uri=True, timeout=5)
