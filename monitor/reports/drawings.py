"""Drawings of structures in HTML pages: from any SVG only the lines and shapes are taken, as numbers. Pure.

What a drawing is made of is rebuilt here from coordinates that are numbers and nothing else, so no script,
style, address or text of an SVG comes into a page. One that holds anything but lines and shapes is left out:
no drawing is better than half of one. Each drawing stands once in a page, as a symbol; rows refer to it.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LARGEST = 200_000  # characters of an SVG; RDKit's have about 12,000
MOST = 400  # drawings in a page

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_PATH = re.compile(r"[MLHVCSQTZmlhvcsqtz\d.,\s-]+")
_VIEW_BOX = re.compile(r"-?[\d.]{1,8}(?: -?[\d.]{1,8}){3}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines and filled shapes (data of SVG paths) in a view box."""

    view_box: str
    lines: str
    shapes: str


def read(svg: str) -> Drawing | None:
    """Take lines and shapes from an SVG; None when there is anything else in it, or nothing."""
    if len(svg) > LARGEST or "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        return None
    try:
        root = ET.fromstring(svg.encode())
    except (ET.ParseError, ValueError):
        return None
    view_box = root.get("viewBox", "")
    if root.tag != f"{_NAMESPACE}svg" or not _VIEW_BOX.fullmatch(view_box):
        return None
    lines: list[str] = []
    shapes: list[str] = []
    for element in root:
        data = " ".join(element.get("d", "").split())
        if element.tag != f"{_NAMESPACE}path" or len(element) or not _PATH.fullmatch(data):
            return None
        (lines if "fill:none" in element.get("style", "") else shapes).append(data)
    return Drawing(view_box, " ".join(lines), " ".join(shapes)) if lines or shapes else None


def symbols(drawings: Mapping[str, Drawing]) -> str:
    """All drawings of a page as hidden symbols, each under an id of its own; "" for none."""
    if not drawings:
        return ""
    inner = "\n".join(
        f'<symbol id="{_id(number)}" viewBox="{each.view_box}">'
        f'<path class="bonds" d="{each.lines}"/><path class="atoms" d="{each.shapes}"/></symbol>'
        for number, each in enumerate(drawings.values(), 1)
    )
    return f'<svg class="symbols" aria-hidden="true">\n{inner}\n</svg>\n'


def reference(drawings: Mapping[str, Drawing], key: object, name: str) -> str:
    """The place of a drawing in a row, "" where there is none; `name` is read out instead of it."""
    if key not in drawings:
        return ""
    number = list(drawings).index(str(key)) + 1
    label = html.escape(f"structure of {name}")
    return f'<svg class="structure" role="img" aria-label="{label}"><use href="#{_id(number)}"/></svg>'


def of_rows(pictures: Mapping[str, str], keys: Iterable[object]) -> dict[str, Drawing]:
    """The drawings that rows with these keys need, in order, no more than `MOST`."""
    found: dict[str, Drawing] = {}
    for key in dict.fromkeys(map(str, keys)):
        drawing = read(pictures[key]) if key in pictures and len(found) < MOST else None
        if drawing is not None:
            found[key] = drawing
    return found


def _id(number: int) -> str:
    return f"structure-{number}"
