"""Which log records people see: ours. What libraries say comes on top of what the ledger says anyway."""

from __future__ import annotations

import logging


def is_ours(record: logging.LogRecord) -> bool:
    """A filter for handlers; of libraries only what is critical passes."""
    return record.name.partition(".")[0] == "monitor" or record.levelno >= logging.CRITICAL
