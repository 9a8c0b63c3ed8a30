"""When a source's checkpoint is due: what all kinds of sources share."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.ingest.request import MEBIBYTE
from monitor.model import Document, Gap

_DOCUMENTS = 25
_BYTES = 16 * MEBIBYTE


@dataclass(slots=True)
class Checkpoints:
    """Counts documents since the last checkpoint; after `documents` of them, or 16 MiB, one is due."""

    documents: int = _DOCUMENTS
    count: int = 0
    size: int = 0

    def add(self, item: Document | Gap) -> bool:
        """Count one item; true when a checkpoint is due, and then begin to count anew."""
        if isinstance(item, Document):
            self.count += 1
            self.size += len(item.body)
        if self.count < self.documents and self.size < _BYTES:
            return False
        self.count = self.size = 0
        return True
