"""What the kinds of sources share: when a checkpoint is due, and reading a source's options."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.errors import SourceError
from monitor.ingest.request import MEBIBYTE
from monitor.model import Document, Gap, Source

_DOCUMENTS = 25
_BYTES = 16 * MEBIBYTE


@dataclass(slots=True)
class Batch:
    """Counts documents since the last checkpoint; `documents` of them, or 16 MiB, fill a batch."""

    documents: int = _DOCUMENTS
    count: int = 0
    size: int = 0

    def add(self, item: Document | Gap) -> bool:
        """Count one item; true when the batch is full, and then begin a new one."""
        if isinstance(item, Document):
            self.count += 1
            self.size += len(item.body)
        if self.count < self.documents and self.size < _BYTES:
            return False
        self.count = self.size = 0
        return True


def integer_option(source: Source, name: str, default: int) -> int:
    """Read a whole-number option of a source. Raises SourceError when it is something else."""
    value = source.options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{source.name}: {name} must be a whole number above 0, not {value!r}"
        raise SourceError(message, permanent=True)
    return value


def pattern_option(source: Source, name: str) -> re.Pattern[str] | None:
    """Read an option that is a regular expression. Raises SourceError when it is none."""
    value = source.options.get(name)
    if value is None:
        return None
    try:
        return re.compile(str(value))
    except re.error as error:
        message = f"{source.name}: {name} is no regular expression: {error}"
        raise SourceError(message, permanent=True) from error
