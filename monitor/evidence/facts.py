"""One case as the manifest tells it: plain JSON values, with a reason for all that is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from monitor.evidence.case import Case, Gone, Origin
from monitor.model import ListInfo, ListingStatus, Mention

NO_CAPTURE = "recorded by an older version, which did not keep how a text came"
NO_BODY = "the bytes were not kept (`evidence: keep_pages` keeps them), or their retention is over"
NO_TEXT = "the text is past its retention and was forgotten; its hash, the offsets and the snippets stay"
NO_WARC = "it was not written to a WARC file (`evidence: warc` does that)"


def facts(case: Case, files: Mapping[str, bytes]) -> dict[str, object]:
    """Everything known of one alert; `files` are those of the bundle, by name."""
    alert, substance = case.alert, case.substance
    return {
        "alert": case.number,
        "status": case.status,
        "raised_at": moment(alert.raised_at),
        "severity": alert.severity.label,
        "score": alert.score,
        "rule": alert.rule,
        "quiet": alert.quiet,
        "found_on": alert.found_on,
        "reasons": list(alert.reasons),
        "substance": {
            "key": substance.key,
            "name": substance.name,
            "kind": substance.kind,
            "cas": list(substance.cas),
            "inchikey": substance.inchikey,
        },
        "article": {
            "url": alert.article_url,
            "title": case.title,
            "language": case.language,
            "published_at": moment(case.published_at),
            "first_seen_at": moment(case.first_seen),
            "published_offset": _offset(case.published_at),
            "legal_status_at": case.article_day.isoformat(),
            "legal_status_at_rests_on": case.dated_by.value,
            "source": dict(case.source),
        },
        "text": _text(case, files),
        "capture": _capture(case.origin),
        "body": _body(case, files),
        "warc": _warc(case, files),
        "versions": {
            "extractor": case.origin.extractor if case.origin else None,
            **case.versions,
            "watchlist": {"digest": alert.watchlist, **case.watchlist},
        },
        "mentions": [_mention(mention) for mention in alert.mentions],
        "snippets": [{"start": s.start, "stop": s.stop, "text": s.text} for s in alert.snippets],
        "listings": [
            _listing(status, case.lists.get(status.listing.list_id), told)
            for status, told in zip(alert.listings, case.listing_words, strict=True)
        ],
        "not_listed": list(alert.not_listed),
        "also_told_by": [dict(each) for each in case.others],
        "disappeared": [_gone(case, gone, files) for gone in case.gone],
    }


def moment(at: datetime | None) -> str | None:
    """A time as text, in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _offset(at: datetime | None) -> str | None:
    """The offset that a publication was written with; its day is the one there."""
    return at.isoformat()[-6:] if at else None


def text_bytes(text: str) -> bytes:
    """A text as it is written and hashed; what is no proper Unicode stays as it was."""
    return text.encode("utf-8", "surrogatepass")


def _text(case: Case, files: Mapping[str, bytes]) -> dict[str, object]:
    told = case.told
    return {
        "revision": told.revision,
        "fetched_at": moment(told.fetched_at),
        "sha256": told.sha256,
        "length": told.length,
        **_file(f"{case.folder}/text.txt", files, NO_TEXT),
    }


def _capture(origin: Origin | None) -> dict[str, object]:
    if origin is None:
        return {"captured_at": None, "missing": NO_CAPTURE}
    capture = origin.capture
    return {
        "captured_at": moment(capture.at),
        "address": origin.url,
        "addresses_asked": [{"url": hop.url, "status": hop.status} for hop in capture.hops],
        "headers": dict(capture.headers),
        "part": capture.part,
        "meaning": _meaning(capture.part, bool(capture.hops)),
    }


def _meaning(part: bool, asked: bool) -> str:
    if not asked:
        return "read from a file; nothing was asked of the web"
    if part:
        return "the text is one entry of the answer (a feed, a list), as the answer gives it"
    return "the text is that of the whole answer"


def _body(case: Case, files: Mapping[str, bytes]) -> dict[str, object]:
    origin = case.origin
    if origin is None:
        return {"sha256": None, "file": None, "missing": NO_CAPTURE}
    return {
        "sha256": origin.sha256,
        "size": origin.size,
        "media_type": origin.media_type,
        "charset": origin.charset,
        **_file(f"{case.folder}/body.bin", files, NO_BODY),
    }


def _warc(case: Case, files: Mapping[str, bytes]) -> dict[str, object]:
    place = case.origin.capture.warc if case.origin else None
    if case.origin is None or place is None:
        return {"record": None, "file": None, "missing": NO_WARC if case.origin else NO_CAPTURE}
    name = next((n for n in files if n.startswith(f"{case.folder}/record.")), "")
    return {
        "record": place.record,
        "warc_file": place.file,
        "offset": place.offset,
        "length": place.length or None,
        **_file(name, files, case.origin.record_missing),
    }


def _gone(case: Case, gone: Gone, files: Mapping[str, bytes]) -> dict[str, object]:
    known = {**gone.facts, "surface": gone.surface, "revision": gone.revision, "sha256": gone.sha256 or None}
    missing = NO_TEXT if gone.revision is not None else "the page itself is gone: there is no text"
    return {**known, **_file(case.gone_file(gone), files, missing)}


def _file(name: str, files: Mapping[str, bytes], missing: str) -> dict[str, object]:
    return {"file": name} if name in files else {"file": None, "missing": missing}


def _mention(mention: Mention) -> dict[str, object]:
    return {
        "start": mention.start,
        "stop": mention.stop,
        "surface": mention.surface,
        "name": mention.name,
        "method": mention.method,
        "form": mention.form,
        "score": mention.score,
        "features": dict(mention.features),
        "reasons": list(mention.reasons),
        "tags": list(mention.tags),
    }


def _listing(status: ListingStatus, info: ListInfo | None, told: str) -> dict[str, object]:
    entry = status.listing
    return {
        "list": entry.list_id,
        "title": info.title if info else "",
        "authority": info.authority if info else "",
        "jurisdiction": info.jurisdiction if info else "",
        "kind": info.kind if info else "",
        "legal_control": info.is_control if info else None,
        "code": entry.code,
        "wording": entry.wording,
        "since": entry.since,
        "until": entry.until,
        "absent_on": entry.absent_on,
        "present_on": entry.present_on,
        "confirmed": entry.confirmed,
        "list_complete_to": info.complete_to if info else "",
        "list_missing": info.missing if info else "",
        "status": status.status.value,
        "told": told,
        "note": entry.note,
        "source": entry.source,
    }
