"""Which process a run belongs to, and whether that process still lives."""

from __future__ import annotations

import os
from pathlib import Path


def identity(pid: int) -> str:
    """A name for the process `pid` that a later process with the same number does not share; "" if dead.

    Numbers are given out again (in a container the program is always process 1), so the start time from
    /proc goes in. Where there is no /proc the number alone must do; on Windows a foreign process cannot
    be asked without harm and counts as dead, which the single-instance lock makes true.
    """
    if pid <= 0:
        return ""
    stat = Path(f"/proc/{pid}/stat")
    try:
        # The second field is the command in brackets and may hold spaces; the start time is field 22.
        fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return "" if fields[0] == "Z" else f"{pid}:{fields[19]}"
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else _without_proc(pid)
    except (OSError, IndexError):
        return f"{pid}:?"


def is_alive(process: str) -> bool:
    """True when `process`, as `identity` once named it, still runs on this machine."""
    number = process.partition(":")[0]
    return number.isdecimal() and identity(int(number)) == process


def _without_proc(pid: int) -> str:
    if pid == os.getpid():
        return f"{pid}:?"
    if os.name == "nt":
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return f"{pid}:?"
    return f"{pid}:?"
