"""One PDF document to title, date and text, within limits. Pure.

Text of a PDF is broken into printed lines. A word that was divided at the end of a line is joined again; the
hyphen of a chemical name stays, wherever the line was broken ("1-phenyl-2-/propanone").
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.errors import SourceError
from monitor.ingest.decode import clean

MOST_PAGES = 500
_MOST_CHARACTERS = 5_000_000
_MAGIC_WITHIN = 1024  # bytes that may stand before "%PDF-"
_LIMITS: dict[str, Any] = {  # of pypdf for one document; a page that needs more is not made of text
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 200,
}
# A hyphen at the end of a line, with the word before it and the first sign of the next line.
_LINE_END = re.compile(r"([^\W_]+)[-\u2010\u00ad][ \t]*\n[ \t]*(?=(\w))")
# Parts of chemical names that are never written together with what follows.
_PREFIXES = frozenset(
    "alpha beta gamma delta omega ortho meta para cis trans tert sec iso erythro threo dl rac syn anti "
    "α β γ δ ω n o s d l r e z p m".split()
)
_NO_TITLE = re.compile(r"^(?:microsoft word|untitled|unbenannt|powerpoint)|\.(?:docx?|pdf|indd|rtf)$", re.I)


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF holds, as plain text; `published` is an ISO date, or "" where it tells none."""

    title: str = ""
    text: str = ""
    published: str = ""


def is_pdf(body: bytes, media_type: str = "") -> bool:
    """Tell a PDF by its mark; what is only called so by its server counts as well, and will be refused."""
    return b"%PDF-" in body[:_MAGIC_WITHIN] and (media_type == "application/pdf" or body.startswith(b"%PDF-"))


def check_pdf(body: bytes, url: str) -> None:
    """Raise SourceError for a PDF that is damaged, locked by a password or too long; reads no text."""
    _open(body, url)


def read_pdf(body: bytes, url: str) -> Pdf:
    """Read a PDF; a page that cannot be read leaves a line that says so.

    Raises SourceError: parse-error for damage, blocked for a password, too-large for too many pages.
    """
    from pypdf import apply_configuration

    reader = _open(body, url)
    with apply_configuration(**_LIMITS):
        text = rejoined("\n".join(_pages(reader, url)))
    return Pdf(title=_title(reader), text=clean(text).strip(), published=_published(reader))


def rejoined(text: str) -> str:
    """Join words that were divided at the end of a line; hyphens of chemical names are kept."""
    return _LINE_END.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    before, after = match[1], match[2]
    divided = before[-1].isalpha() and after.islower() and before.lower() not in _PREFIXES
    return before if divided or "\u00ad" in match[0] else f"{before}-"


def _open(body: bytes, url: str) -> Any:
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import DependencyError

    try:
        with apply_configuration(**_LIMITS):
            reader = PdfReader(io.BytesIO(body))
            locked = reader.is_encrypted and not reader.decrypt("")
            pages = 0 if locked else len(reader.pages)
    except DependencyError:
        locked, pages = True, 0  # its cipher needs a library that we do not bring
    except _damage() as error:
        raise _unreadable(url, f"this PDF is damaged ({_told(error)})") from error
    if locked:
        raise SourceError(f"{url}: this PDF is locked by a password", permanent=True, outcome="blocked")
    if pages > MOST_PAGES:
        message = f"{url}: this PDF has {pages:,} pages; {MOST_PAGES} are read at most"
        raise SourceError(message, permanent=True, outcome="too-large")
    if not pages:
        raise _unreadable(url, "this PDF has no pages")
    return reader


def _pages(reader: Any, url: str) -> Iterator[str]:
    """The text of each page. Raises SourceError when no page can be read, or there is too much of it."""
    total = failed = 0
    for number, page in enumerate(reader.pages, 1):
        try:
            text = page.extract_text()
        except _damage():
            failed += 1
            yield f"(page {number} could not be read)"
            continue
        total += len(text)
        if total > _MOST_CHARACTERS:
            message = f"{url}: this PDF has more than {_MOST_CHARACTERS:,} characters"
            raise SourceError(message, permanent=True, outcome="too-large")
        yield text
    if failed == len(reader.pages):
        raise _unreadable(url, "no page of this PDF can be read")


def _title(reader: Any) -> str:
    try:
        title = " ".join(str((reader.metadata or {}).get("/Title") or "").split())
    except _damage():
        return ""
    return "" if _NO_TITLE.search(title) else clean(title)


def _published(reader: Any) -> str:
    try:
        created = reader.metadata.creation_date if reader.metadata else None
    except _damage():
        return ""
    return created.isoformat() if created else ""


def _unreadable(url: str, why: str) -> SourceError:
    return SourceError(f"{url}: {why}", permanent=True, outcome="parse-error")


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:120]


def _damage() -> tuple[type[Exception], ...]:
    """What pypdf raises on damaged documents: its own errors, and its bugs."""
    from pypdf.errors import DependencyError, PyPdfError

    own = (PyPdfError, DependencyError)
    return (*own, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
            AssertionError, NotImplementedError, OSError)  # fmt: skip
