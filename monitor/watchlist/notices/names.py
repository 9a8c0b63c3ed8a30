"""The substances that a notice names: enumerations with names in brackets, taken apart. Pure.

A comma, a semicolon, "and" and "or" separate names only outside brackets and only before a blank: what stands
in `N,N-diethyl`, `2,5-dimethoxy` or `(1R,2S)` belongs to a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.model import Substance
from monitor.watchlist.checks import fold
from monitor.watchlist.notices.rules import table

Find = Callable[[str], Sequence[Substance]]


@dataclass(frozen=True, slots=True)
class Named:
    """A substance as a notice names it: the name, other names, and the key of the watchlist, or "".

    `others` are further names and systematic ones, as the notice gives them. `printed` is the name with what
    stands in brackets behind it, as it is printed.
    """

    name: str
    others: tuple[str, ...] = ()
    substance: str = ""
    printed: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.others)


_OPEN, _CLOSE = "([{", ")]}"
_ARTICLES = re.compile(r"^(?:(?:the|certain|an?|any|specific) )+", re.IGNORECASE)
_LOCANT = re.compile(r"[\dNOSCαβγδ'′]{1,4}")
_LOCANTS, _ENDINGS = re.compile(r"\d[′']?[,-]|-\d|\bN-"), re.compile(r"yl|ane|one|ine|ate|ide")
_LETTER = re.compile(r"(?<![a-z])(alpha|beta|gamma|delta|omega)(?=-)", re.IGNORECASE)
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "omega": "ω", "epsilon": "ε"}
_SPELT = re.compile(r"\[(alpha|beta|gamma|delta|omega|epsilon|prime|deg|plusmn)\]", re.IGNORECASE)
_WRAPPED = re.compile(r"(?<=[\w′'\])])- (?!(?:and|or|to)\b)(?=[\w(\[′'αβ])")


def plain(text: str) -> str:
    """A text of the Register as it was meant: one blank between words, Greek letters, names unbroken.

    The plain-text edition writes "[beta]", and breaks a line after any hyphen: "5F- ADB".
    """
    text = " ".join(text.split())
    signs = {**_GREEK, "prime": "′", "deg": "°", "plusmn": "±"}
    text = _SPELT.sub(lambda found: signs[found[1].casefold()], text)
    text = re.sub(r"\[\\(\d+[A-Z]?)\\([A-Z][a-z]?)\]", r"[\1\2]", text)  # "[\123\I]ioflupane", an exponent
    return _WRAPPED.sub("-", text)


def split_names(text: str) -> list[Named]:
    """Take an enumeration apart: "A (a1; a2), B [b1], and C, including their salts" -> A, B, C.

    A medicine that is described ("approved products containing X in sesame oil and encapsulated") stays one.
    """
    text = text.replace("Food and Drug Administration", "FDA")
    if table().words.product.search(text):
        product = _ARTICLES.sub("", text)
        return [Named(product, printed=product)]
    found: list[Named] = []
    for piece, is_alias in _pieces(table().words.cut.sub("", _after_announcement(text))):
        named = _named(piece)
        if named is None:
            found += _members(piece)
            continue
        if is_alias and found:
            last = found[-1]
            others = dict.fromkeys((*last.others, *named.names))
            found[-1] = replace(last, others=tuple(others))
        else:
            found.append(named)
    return list({fold(each.name): each for each in reversed(found)}.values())[::-1]


def _after_announcement(text: str) -> str:
    """ "six synthetic cannabinoids: A; B" -> "A; B"."""
    announced, colon, rest = text.partition(": ")
    return rest if colon and table().words.no_name.fullmatch(announced.strip()) else text


def _members(piece: str) -> Iterator[Named]:
    """The names in the bracket behind a number and a class: "Six Synthetic Cannabinoids (A, B and C)"."""
    _, groups = _bracketed(piece.strip(" .;:,"))
    for name in groups:
        if len(name) > 3 or any(char.isdigit() for char in name):  # no abbreviation of the class
            yield Named(name, printed=name)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces between separators outside brackets, and whether each is another name of the one before."""
    depth, start, alias, at = 0, 0, False, 0
    waiting, breaks = "", table().words.breaks
    while at < len(text):
        char = text[at]
        depth = max(0, depth + (char in _OPEN) - (char in _CLOSE))
        found = breaks.match(text, at) if depth == 0 and char in " ,;" else None
        if found is None:
            at += 1
            continue
        piece = waiting + text[start:at]
        at = start = found.end()
        if found[0] == ", " and _LOCANT.fullmatch(piece.strip()):
            waiting = f"{piece.strip()},"  # "N, N-diethyl": a slip of the pen
            continue
        yield piece.strip(), alias
        waiting, alias = "", bool(table().words.alias.fullmatch(found[0]))
    yield (waiting + text[start:]).strip(), alias


def _named(piece: str) -> Named | None:
    """One piece with what stands in brackets at its end; None where it names no substance."""
    words = table().words
    piece = re.sub(r"^(?:and|or|as well as) ", "", piece.strip(" .;:,"), flags=re.IGNORECASE)
    if piece[:1] in ("[", "(") and _opening(piece) == 0:
        piece = piece[1:-1]  # a whole name in brackets
    main, groups = _bracketed(piece)
    shorter = words.lead.sub("", words.lead.sub("", main))
    main = shorter if shorter and not table().words.no_name.fullmatch(shorter) else main
    main = re.sub(r"^(?:the|an?) (?=\S+$)", "", main.strip(" .;:,"))
    if len(main) < 2 or not any(char.isalpha() for char in main):
        return None
    if table().words.no_name.fullmatch(main) and not table().words.family.fullmatch(main):
        return None
    others = tuple(name for name in groups if fold(name) != fold(main))
    return Named(main, others, printed=piece if groups and piece.startswith(main) else main)


def _bracketed(piece: str) -> tuple[str, list[str]]:
    """ "X (a; b)" -> "X" and a, b. Brackets inside a name have no blank before them, and stay."""
    names: list[str] = []
    while piece and piece[-1] in _CLOSE:
        start = _opening(piece)
        if start < 1 or piece[start - 1] != " ":
            break
        inner = piece[start + 1 : -1]
        piece = piece[:start].rstrip(" ,")
        bare = table().words.label.sub("", inner, count=1) or inner
        names = [*(each.strip() for each, _ in _pieces(bare) if _is_name(each.strip())), *names]
    return piece, names


def _opening(piece: str) -> int:
    """Where the bracket that ends the piece was opened, or -1."""
    depth = 0
    for at in range(len(piece) - 1, -1, -1):
        depth += (piece[at] in _CLOSE) - (piece[at] in _OPEN)
        if depth == 0:
            return at
    return -1


def _is_name(text: str) -> bool:
    return (
        len(text) > 1 and any(char.isalpha() for char in text) and not table().words.no_name.fullmatch(text)
    )


# --- together --------------------------------------------------------------------------------------------


def joined(titled: Sequence[Named], told: Sequence[Sequence[Named]]) -> list[Named]:
    """The substances of the title, each with what the abstract adds; without any, those of the abstract.

    `told`: the enumerations of the abstract, the one that counts first. Two are the same where they share a
    name; one substance in the title and one in the first enumeration are, too.
    """
    if not titled:
        return [_by_its_short_name(each) for each in told[0]] if told else []
    if told and len(titled) == len(told[0]) == 1:
        titled = [_with(titled[0], told[0][0])]
    others = [each for enumeration in told for each in enumeration]
    found = []
    for each in titled:
        for other in others:
            if _share(each, other):
                each = _with(each, other)
        found.append(each)
    return found


def _with(one: Named, other: Named) -> Named:
    known = {fold(each) for each in one.names}
    return replace(one, others=(*one.others, *(name for name in other.names if fold(name) not in known)))


def _share(one: Named, other: Named) -> bool:
    return bool({name_form(each) for each in one.names} & {name_form(each) for each in other.names})


def _by_its_short_name(of: Named) -> Named:
    """A systematic name gives way to the first name beside it that is shorter and has no brackets."""
    if not is_systematic(of.name):
        return of
    plain_names = (name for name in of.others if not any(char in _OPEN for char in name))
    short = next((name for name in plain_names if len(name) < len(of.name)), None)
    if short is None:
        return of
    others = tuple(name for name in of.names if name != short)
    return replace(of, name=short, others=others, printed=short)


def is_systematic(name: str) -> bool:
    """Whether a name looks like one that describes a structure: long, with locants and such endings."""
    return len(name) >= 16 and bool(_LOCANTS.search(name)) and bool(_ENDINGS.search(name))


def name_form(name: str) -> str:
    """The form in which names are compared: letters and digits alone, Greek letters spelt."""
    folded = fold(name)
    for word, letter in _GREEK.items():
        folded = folded.replace(letter, word)
    return re.sub(r"[\W_]", "", folded)


def resolve(named: Iterable[Named], find: Find) -> list[Named]:
    """Give each the key of the watched substance that one of its names means; the name itself goes first."""
    return [replace(each, substance=_key(each, find)) for each in named]


def _key(named: Named, find: Find) -> str:
    """A class is meant only under its own name: a member that the lists name under its class is none."""
    for name in named.names:
        family = table().words.family.fullmatch(name)
        for form in _forms(name):
            found = [each for each in find(form) if family or not is_class(each.key)]
            if len(found) == 1:
                return found[0].key
            exact = [each for each in found if fold(each.name) == fold(form)]
            if len(exact) == 1:
                return exact[0].key
    return ""


def is_class(key: str) -> bool:
    """Whether a key is that of a class that the shipped lists have as one entry."""
    return key.startswith("class-")


def _forms(name: str) -> Iterator[str]:
    """The name, its Greek letters spelt and as letters, and without what is said of its forms."""
    bare = re.sub(r"^(?:halides?|salts?|esters?|isomers?) of ", "", name, flags=re.IGNORECASE)
    for text in dict.fromkeys((name, bare)):
        spelt = text
        for word, letter in _GREEK.items():
            spelt = spelt.replace(letter, word)
        letters = _LETTER.sub(lambda found: _GREEK[found[1].casefold()], text)
        loose = (text.replace("′", "'"), text.replace("-", " "), re.sub(r"[- ]", "", text))
        yield from dict.fromkeys((text, spelt, letters, *loose))
