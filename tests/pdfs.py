"""Small PDF documents for tests."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence


def pdf(*pages: Sequence[str], title: str = "", packed: bool = False) -> bytes:
    """A PDF of these pages, each a list of printed lines (ASCII)."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        shown = b"".join(b"(%s) Tj T* " % _escaped(line) for line in lines)
        content = b"BT /F1 11 Tf 14 TL 50 800 Td " + shown + b"ET"
        coding = b" /Filter /FlateDecode" if packed else b""
        content = zlib.compress(content) if packed else content
        objects.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), coding, content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    objects.append(b"<< /Title (%s) /CreationDate (D:20241118093000Z) >>" % _escaped(title))
    return _file(objects)


def sheet(*contents: bytes, font: bytes = b"", annots: bytes = b"", root: bytes = b"") -> bytes:
    """A PDF of a page for each of the content streams; `font`, `annots` and `root` add to their objects."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % root, b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>" % font)
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length 1 >>\nstream\n0\nendstream"
    )
    kids = []
    for content in contents:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        picture = b"/XObject << /Im1 4 0 R >>" if b"/Im1 Do" in content else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents %d 0 R /Annots [%s] "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % (len(objects), annots, picture)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    objects.append(b"<< /Title () >>")
    return _file(objects)


def locked(document: bytes, password: str) -> bytes:
    """The same document behind a password ("": any reader opens it)."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _escaped(text: str) -> bytes:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("ascii")


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
