"""What markup says and bare text would lose: powers, footnote marks, deleted words, borders of boxes. Pure.

The tree is changed in place before its text is taken, so that every text of a page says the same. Nothing
here looks farther than a few elements, so the work is linear in the page.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from monitor.ingest.blocks import BLOCKS

_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "big", "cite", "code", "data", "em", "font", "i", "kbd", "label", "mark"),
        *("output", "q", "samp", "small", "span", "strong", "time", "tt", "u", "var"),
    }
)
_SEPARATE = frozenset({"a", "label", "output", "time"})  # two of them in a row are two things
_MARK = re.compile(r"\[?\(?(?:\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*|[a-z]|[*†‡§#]+)\)?\]?")
_SIGNS = {"tm": "™", "(tm)": "™", "sm": "℠", "r": "®", "(r)": "®"}
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|e|o|a|ème|º|ª)", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s/]+$")
_UNITS = frozenset("kg g mg µg lb lbs oz t l ml".split())
_CONTEXT = 40  # characters that are looked at before and behind
_STEPS = 8  # elements that are looked at for them
_SMALL = 20  # elements within one that is still a mark
_STRUCK = "//*[self::del or self::s or self::strike or contains(@style, 'line-through')]"


def clarify(tree: Any) -> None:
    """Write into the text of a page what only its markup says.

    A power becomes "10^3", a footnote's mark "fentanyl [1]", deleted words "~~PMK~~"; readings of characters
    (`rt`) go, and two boxes in a row that would run together ("Fentanyl", "12 kg") are kept apart.
    """
    for element in tree.iter("sup"):
        _raise(element)
    _strike_out(tree)
    for element in tree.iter("rt", "rp"):
        _write(element, "")
    for element in tree.iter(*_INLINE):
        _keep_apart(element)
        if element.tag == "a" and "#" in element.get("href", ""):
            _mark(element)


# --- raised text ---------------------------------------------------------------------------------------


def _raise(element: Any) -> None:
    raised = _content(element)
    if not raised or len(raised) > _CONTEXT:
        return
    written = _raised(_before(element), raised, element.tail or "")
    element.tag = "span"
    if written != raised:
        _write(element, written)


def _raised(before: str, raised: str, behind: str) -> str:
    """How raised text is written in line: as a power, as a footnote's mark, or as it stands."""
    if raised.lower() in _SIGNS:
        return _SIGNS[raised.lower()]
    if before[-1:].isdigit() and not raised.startswith("["):
        is_power = raised.lstrip("-−–+(")[:1].isalnum() and not _ORDINAL.fullmatch(raised)
        return f"^{raised}" if is_power else raised
    goes_on = bool(behind) and (behind[0].isalnum() or behind[0] in "-‐‑")  # Δ<sup>9</sup>-THC
    if _MARK.fullmatch(raised) and not goes_on and _may_have_note(before):
        return f" [{raised.strip('[]()')}]"
    starts = not before or before[-1].isspace()
    if starts and raised.isdecimal() and re.match(r"[^\W\d_]{3,}", behind):
        return f"[{raised}] "  # the mark before the footnote itself
    return raised


def _may_have_note(before: str) -> bool:
    """Does a word end here? N, m² and Ca²⁺ are none: there a raised number belongs to the sign."""
    token = _TOKEN.search(before)
    return token is not None and (sum(map(str.isalnum, token[0])) >= 3 or token[0] in _UNITS)


def _mark(element: Any) -> None:
    """Set a footnote's mark that is a link, and not raised, apart from its word."""
    text = _content(element)
    if _MARK.fullmatch(text) and not text.isalpha() and _may_have_note(_before(element)):
        _write(element, f" [{text.strip('[]()')}]")


def _write(element: Any, text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = text


# --- deleted words -------------------------------------------------------------------------------------


def _strike_out(tree: Any) -> None:
    """Mark deleted words; block by block where whole blocks were deleted."""
    struck = list(tree.xpath(_STRUCK))
    done: set[Any] = set()
    for element in struck:
        if element in done:
            continue
        within = list(element.iterdescendants())
        done.update(within)
        for each in within:
            if each.tag in ("del", "s", "strike"):
                each.tag = "span"
        blocks = [each for each in within if each.tag in BLOCKS and each.tag != "br"]
        if element.tag in ("del", "s", "strike"):
            element.tag = "div" if blocks else "span"
        for each in blocks or [element]:
            _strike(each)


def _strike(element: Any) -> None:
    children = list(element)
    is_empty = next((text for text in element.itertext() if text.strip()), None) is None
    if is_empty or any(child.tag in BLOCKS and child.tag != "br" for child in children):
        return
    element.text = f"~~{(element.text or '').lstrip()}"
    if children:
        children[-1].tail = f"{(children[-1].tail or '').rstrip()}~~"
    else:
        element.text = f"{element.text.rstrip()}~~"


# --- boxes in a row ------------------------------------------------------------------------------------


def _keep_apart(element: Any) -> None:
    """Put a blank between an element and the next where nothing but their borders divides two words."""
    following = element.getnext()
    if element.tail or following is None or following.tag not in _INLINE:
        return
    left, right = _end_of(element), _start_of(following)
    if not left or not right:
        return
    separate = element.tag in _SEPARATE and following.tag in _SEPARATE
    if (separate and left[-1].isalnum() and right[0].isalnum()) or _are_two_words(left, right):
        element.tail = " "


def _are_two_words(left: str, right: str) -> bool:
    """Would a reader see two words, though nothing stands between them? ("fen", "tanyl") is one."""
    word = re.search(r"[^\W\d_]{3,}$", left)
    if word is None:
        return left[-1].isdigit() and re.match(r"[^\W\d_]", right) is not None and right[1:4].islower()
    if right[0].isdigit():
        return True
    begins = right[0].isupper() and (right[1:3].islower() if word[0].isupper() else right[1:2].isalpha())
    return begins and (left[-1].islower() or word[0].isupper())


def _end_of(element: Any) -> str:
    """The last text within an element, "" where it is hard to find."""
    for _ in range(_STEPS):
        last = next(element.iterchildren(reversed=True), None)
        if last is None or last.tail:
            return str((element.text if last is None else last.tail) or "")[-_CONTEXT:]
        element = last
    return ""


def _start_of(element: Any) -> str:
    for _ in range(_STEPS):
        if element.text:
            return str(element.text)[:_CONTEXT]
        element = next(element.iterchildren(), None)
        if element is None:
            break
    return ""


# --- text around ---------------------------------------------------------------------------------------


def _content(element: Any) -> str:
    """The text within an element in one line, more than a mark of a long one; "" of one of many elements."""
    if sum(1 for _ in islice(element.iterdescendants(), _SMALL)) == _SMALL:
        return ""
    return " ".join("".join(element.itertext())[: 4 * _CONTEXT].split())


def _before(element: Any) -> str:
    """The last characters before an element in its line, as far as a few elements before it hold them."""
    text = ""
    for _ in range(_STEPS):
        previous = element.getprevious()
        if previous is not None:
            if previous.tag in BLOCKS:
                return (previous.tail or "") + text
            text = _end_of_all(previous) + text
            element = previous
        else:
            element = element.getparent()
            if element is None:
                break
            text = (element.text or "")[-_CONTEXT:] + text
            if element.tag in BLOCKS:
                break
        if len(text) >= _CONTEXT:
            break
    return text[-_CONTEXT:]


def _end_of_all(element: Any) -> str:
    """The last text of an element and what stands behind it."""
    tail = str(element.tail or "")
    return tail[-_CONTEXT:] if len(tail) >= _CONTEXT else _end_of(element) + tail
