"""Raw originals in WARC files, for the pipeline: written before the article is, or recorded as a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import ConfigError, SourceError
from monitor.model import Capture, Document, Gap, WarcPlace

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.ingest.warcs import Warcs
    from monitor.store import Record, Store


def check_extras(config: Config) -> None:
    """Raise ConfigError when WARC files are wanted and cannot be written."""
    from monitor.ingest.warcs import missing

    if config.evidence.warc is not None and missing():
        raise ConfigError(f"{missing()}, or remove the key", config.where("evidence", "warc"))


@contextmanager
def warc_files(config: Config) -> Iterator[Warcs | None]:
    """The WARC files to write to, None when they are not wanted. Raises ConfigError when they cannot be."""
    section = config.evidence
    if section.warc is None:
        yield None
        return
    from monitor.ingest.warcs import Warcs

    check_extras(config)
    warcs = Warcs(section.warc, section.warc_size, f"substance-monitor {__version__}")
    try:
        yield warcs
    finally:
        warcs.close()


def keep_originals(
    warcs: Warcs | None, records: Sequence[Record], now: datetime
) -> tuple[list[Record], list[Gap], list[str]]:
    """Write what the records were made of, and give them back with its place.

    Then the gaps: what could not be written is recorded all the same, as a gap. Last the places whose gaps
    are over. What comes from a WARC file is not written to another.
    """
    wanted = [each for each in records if each.original and not _is_placed(each.original.document)]
    if warcs is None or not wanted:
        return list(records), [], []
    try:
        places = warcs.put([each.original.document for each in wanted if each.original], now)
    except SourceError as error:
        return list(records), [Gap(warcs.location, error.outcome, str(error))], []
    placed = dict(zip(map(id, wanted), places, strict=True))
    return [_placed(each, placed.get(id(each))) for each in records], [], [warcs.location]


def forget(config: Config, store: Store, now: datetime) -> int:
    """Forget texts, and WARC files, older than the configured retention; return how many texts."""
    days = config.retention.text_days
    if days is None:
        return 0
    before = now - timedelta(days=days)
    if config.evidence.warc is not None:
        from monitor.ingest.warcs import expire

        expire(config.evidence.warc, before)
    return store.expire_texts(before)


def _is_placed(document: Document) -> bool:
    return document.capture is not None and document.capture.warc is not None


def _placed(record: Record, place: WarcPlace | None) -> Record:
    if place is None or record.original is None:
        return record
    document = record.original.document
    capture = replace(document.capture or Capture(document.fetched_at), warc=place)
    return replace(record, original=replace(record.original, document=replace(document, capture=capture)))
