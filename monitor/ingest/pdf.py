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
from monitor.ingest.pdf_text import page_text

MOST_PAGES = 500  # that are read; what follows is left out, and said so
MOST_CHARACTERS = 5_000_000  # likewise
_MOST_NAMED = 20  # pages that are left out, one by one
_MOST_NOTES = 2000  # notes and fields of a page
_LONGEST_NOTE = 100_000  # characters
_MOST_PARENTS = 16  # of a field
_INLINE_PICTURE = re.compile(rb"\bBI\s.{0,300}?\bID\b", re.DOTALL)
_SHOWN = re.compile(rb"\bT[jJ]\b")
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
    """What a PDF holds, as plain text; `published` is an ISO date, or "" where it has none.

    `left_out` says what of it is not in the text: pages that are pictures, or beyond a limit.
    """

    title: str = ""
    text: str = ""
    published: str = ""
    left_out: tuple[str, ...] = ()


def is_pdf(body: bytes, media_type: str = "") -> bool:
    """Tell a PDF by its mark; what is only called so by its server counts as well, and will be refused."""
    return b"%PDF-" in body[:_MAGIC_WITHIN] and (media_type == "application/pdf" or body.startswith(b"%PDF-"))


def check_pdf(body: bytes, url: str) -> None:
    """Raise SourceError for a PDF that is damaged or locked by a password; reads no text."""
    _open(body, url)


def read_pdf(body: bytes, url: str) -> Pdf:
    """Read a PDF, with the values of its form's fields and its notes; a damaged page leaves a line.

    Raises SourceError: parse-error for damage, blocked for a password.
    """
    from pypdf import apply_configuration

    reader = _open(body, url)
    left_out: list[str] = []
    with apply_configuration(**_LIMITS):
        text = rejoined("\n".join(_pages(reader, url, left_out)))
        left_out += _beside(reader)
    return Pdf(_title(reader), clean(text).strip(), _published(reader), tuple(left_out))


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
        raise _unreadable(url, f"this PDF is damaged ({_summary(error)})") from error
    if locked:
        raise SourceError(f"{url}: this PDF is locked by a password", permanent=True, outcome="blocked")
    if not pages:
        raise _unreadable(url, "this PDF has no pages")
    return reader


def _pages(reader: Any, url: str, left_out: list[str]) -> Iterator[str]:
    """The text of each page with its fields and notes. Raises SourceError when no page can be read."""
    total = failed = 0
    seen: list[str] = []  # what is left out of single pages; pictures alone make a document without text
    pages = len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        if number > MOST_PAGES:
            left_out.append(f"pages {number:,} to {pages:,}")
            break
        try:
            text = page_text(page)
        except _damage():
            failed += 1
            seen.append(f"page {number:,} (it could not be read)")
            yield f"(page {number} could not be read)"
            continue
        try:
            text = "\n".join([text, *_written_in(page)])
        except _damage():
            seen.append(f"the notes on page {number:,} (they could not be read)")
        why = "" if text.strip() else _unseen(page)
        if why:
            seen.append(f"page {number:,} ({why})")
        total += len(text)
        yield text
        if total > MOST_CHARACTERS:
            left_out.append(f"what follows page {number:,} ({MOST_CHARACTERS:,} characters)")
            break
    if failed == pages:
        raise _unreadable(url, "no page of this PDF can be read")
    left_out += _in_short(seen)


def _in_short(seen: list[str]) -> list[str]:
    """The first few that are left out, and how many more."""
    more = len(seen) - _MOST_NAMED
    return seen if more <= 0 else [*seen[:_MOST_NAMED], f"{more:,} more pages"]


def _written_in(page: Any) -> Iterator[str]:
    """What people wrote into a page: values of form fields, and notes."""
    seen: set[str] = set()
    for entry in list(_object(page.get("/Annots")) or ())[:_MOST_NOTES]:
        note = _object(entry)
        if not isinstance(note, dict):
            continue
        kind = note.get("/Subtype")
        if kind == "/Widget":
            text = _value(note)
        else:
            text = "" if kind in ("/Link", "/Popup") else _string(note.get("/Contents"))
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()[:_LONGEST_NOTE]
        if text and text not in seen:
            seen.add(text)
            yield text


def _value(field: Any) -> str:
    """The value of a field for text or a choice, which may stand with the field that it is a part of."""
    for _ in range(_MOST_PARENTS):
        if "/V" in field or "/Parent" not in field:
            break
        kind, field = field.get("/FT"), _object(field["/Parent"])
        if not isinstance(field, dict):
            return ""
        if kind == "/Btn":
            return ""
    if field.get("/FT") == "/Btn":
        return ""
    value = _object(field.get("/V"))
    several = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(_string, several)))


def _string(value: Any) -> str:
    found = _object(value)
    return clean(str(found)) if isinstance(found, str) and not str(found).startswith("/") else ""


def _unseen(page: Any) -> str:
    """What a page without text shows all the same; "" for an empty one."""
    resources = _object(page.get("/Resources"))
    drawn = _object(resources.get("/XObject")) if isinstance(resources, dict) else None
    for each in list(map(_object, (drawn or {}).values()))[:_MOST_NOTES]:
        if isinstance(each, dict) and each.get("/Subtype") in ("/Image", "/Form"):
            return "a picture without text, as of a scanner"
    try:
        content = page.get_contents()
        data = content.get_data() if content is not None else b""
    except _damage():
        return "it could not be read"
    if _INLINE_PICTURE.search(data):
        return "a picture without text, as of a scanner"
    return "its letters have no meaning for a program" if _SHOWN.search(data) else ""


def _beside(reader: Any) -> Iterator[str]:
    """What of a document is on no page, and not read."""
    try:
        root = _object(reader.trailer["/Root"])
        form, names = _object(root.get("/AcroForm")), _object(root.get("/Names"))
        if isinstance(form, dict) and "/XFA" in form:
            yield "its XFA form, but for the values that it also has as fields"
        if isinstance(names, dict) and "/EmbeddedFiles" in names:
            yield "the files attached to it"
    except _damage():
        return


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


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


def _summary(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:120]


def _damage() -> tuple[type[Exception], ...]:
    """What pypdf raises on damaged documents: its own errors, and its bugs."""
    from pypdf.errors import DependencyError, PyPdfError

    own = (PyPdfError, DependencyError)
    return (*own, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
            AssertionError, NotImplementedError, OSError)  # fmt: skip
