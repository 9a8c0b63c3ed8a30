"""The files of a bundle: cases in, names and bytes out; the same cases give the same bytes. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from monitor.evidence.case import FORMAT, FORMAT_VERSION, INDEX, MANIFEST, NOTICE, SUMS, Case
from monitor.evidence.facts import facts, text_bytes
from monitor.evidence.page import page

# What may stand in a file but turns writing round, moves a cursor or has no UTF-8: escaped, as JSON may be.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def bundle(cases: Sequence[Case], program: str) -> dict[str, bytes]:
    """Return name -> content of every file; `program` names what makes it. No clock, no randomness."""
    files: dict[str, bytes] = {}
    for case in cases:
        files |= _own_files(case)
    told = [facts(case, files) for case in cases]
    files[INDEX] = page(told, cases).encode("utf-8", "replace")
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program": program,
        "notice": NOTICE,
        "offsets": "code points into text.txt (UTF-8), the first one and the one after the last",
        "times": "UTC",
        "alerts": told,
        "files": [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
    }
    files[MANIFEST] = _json(manifest)
    files[SUMS] = sums(files)
    return files


def sums(files: Mapping[str, bytes]) -> bytes:
    """The hashes of all files, as `sha256sum --check` takes them."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name != SUMS)
    return "".join(lines).encode()


def _own_files(case: Case) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if case.told.text is not None:
        files[f"{case.folder}/text.txt"] = text_bytes(case.told.text)
    for gone in case.gone:
        if gone.text is not None:
            files[case.gone_file(gone)] = text_bytes(gone.text)
    origin = case.origin
    if origin is not None and origin.body is not None:
        # Never under a name that a browser or a viewer would open: its content is a stranger's.
        files[f"{case.folder}/body.bin"] = origin.body
    if origin is not None and origin.record is not None:
        ending = "warc" if origin.record.startswith(b"WARC/") else "warc.gz"
        files[f"{case.folder}/record.{ending}"] = origin.record
    return files


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return (_UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n").encode()
