"""What stands beside a candidate: a border, an inflection, a compound - or a longer chemical name.

"PMK" is no mention in "PMKSA" and "(2-bromoethyl)benzene" none in "4-nitro-(2-bromoethyl)benzene" (`ties`),
but "Fentanyl" is one in "Fentanyls", "Fentanyl-Vorläufer" and "Fentanylhandel", and, with an amount or a
footnote mark written on to it, in "Fentanyl2mg" and "fentanyl1".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from monitor.match import ties
from monitor.match.ties import HYPHENS, ends_as_group, is_cjk, is_glued_prefix, word_left, word_right
from monitor.match.words import tables


def _pattern(before: str, choices: str, after: str) -> re.Pattern[str]:
    """One of the choices (separated by spaces) between two patterns, whatever the case."""
    return re.compile(f"{before}(?:{'|'.join(choices.split())}){after}", re.IGNORECASE)


_GLUED_SUFFIX = _pattern(
    r"",
    (
        r"yl o ol iat one on ide id ium ic oic ate at ine in al amide amid oxy yn en ene an ane idine osid "
        r"oside ase oid oids oide oiden ism ismus an[eo]? azole azol azine azin phen oxid sulf chlor brom "
        r"fluor nitr hydr meth eth prop but pent benz "
    ),
    r"",
)

_CHEMICAL_END = _pattern("", "ines? ina in ones? ona on anes? ol ides? ates? amines? ium ene eno", "$")
_SALT_TAIL = re.compile(
    r"(?:hydrochlorid|hydrobromid|sulfat|phosphat|citrat|tartrat|maleat|oxalat|mesilat|acetat|nitrat)e?s?$"
)

# Endings by which a language inflects a name, or makes a plural of it.
ENDINGS: dict[str, frozenset[str]] = {
    language: frozenset(endings.split())
    for language, endings in {
        "en": "s es 's",
        "de": "s e en n es er ern",
        "es": "s es",
        "fr": "s es",
        "it": "e i",
        "pt": "s es",
        "nl": "s en es",
        "pl": "u em ie y i ę ą a om ami ach ów owi o ze owy owa owe owej owego owych",
        "ru": "а у ом е ы и ов ам ами ах ой ою ую ю я ем ями ях ей ою овый овая овое ового овой овых овую",
        "uk": "у ом і и ів ам ами ах ою у а е ю я ем",
        "cs": "u em y e ů ům ech a ou ě o ový ová ové ového ových ami",
        "tr": (
            "i in e de den le ı ın a da dan la lar ler 'i 'ı 'in 'ın 'e 'a 'de 'da 'den 'dan 'le 'la ini ını "
            "u un ü ün lik lı li ları leri"
        ),
        "sv": "et en ets ens s er erna ers n ns t",
        "da": "en et ens ets s er erne n t",
        "nb": "en et ens ets s er ene n t",
        "no": "en et ens ets s er ene n t",
        "ro": "ul ului a ei e i uri le lor",
        "hu": "t ot et n on en ban ben nak nek val vel os es ból ből ra re",
        "fi": "a ä n in ia iin ista issa illa eja t",
        "id": "nya",
    }.items()
}
_ANY_INFLECTION = frozenset(["s", "es", "'s"])
# Words that a translator or a scraper glues to a name.
_GLUED_WORDS = frozenset(
    (
        "of the and with for from in on to a an is was by or de del la el los las un una y o e da do di "
        "du des le les et und der die das von mit aus en het een van i z w na im am zu anti non "
    ).split()
)
# of these, what is a chemical prefix as well: "difludiazepam" is no "di fludiazepam"
_ALSO_PREFIXES = frozenset(("di", "des", "non"))
# What Arabic writes on to the word behind it: the article, "and", prepositions.
ARABIC_PREFIXES = ("ال", "وال", "بال", "لل", "و", "ب", "ل", "ك", "كال", "فال", "ولل", "وب", "ول")
_COMPOUNDING = ("de", "nl", "sv", "da", "no", "fi", "hu")


@dataclass(frozen=True, slots=True)
class Border:
    """What one look at both sides of a candidate said.

    `kind`: "free" (borders on both sides), "inflected", "compound", "glued" (run together with a small
    word), "part" (of a longer chemical name) or "inside" (of another word). The last two are no mention.
    `start`, `stop`: the mention's offsets.
    """

    kind: str
    start: int
    stop: int
    word: str = ""

    @property
    def accepted(self) -> bool:
        return self.kind not in ("part", "inside")


# A footnote mark behind a word: "fentanyl1", "ketamine3–5"; longer numbers and names of few letters are none.
_MARK = re.compile(rf"\d{{1,2}}(?:[{HYPHENS},]\d{{1,2}}){{0,4}}(?![\w%]|[{HYPHENS}.,']\w)")
# Letters that may touch a CAS RN: its own sign, or the short name of what it is the number of.
_NUMBER_SIGN = re.compile(r"(?i:cas|casrn|rn|nr|no|casno|casnr)|[A-Z]{2,5}")


@functools.cache
def _amount_behind() -> re.Pattern[str]:
    """An amount written on to a name: "Xanax2mg", "cocaine1kg", "fentanyl99%"."""
    units = "|".join(map(re.escape, sorted(tables().units, key=len, reverse=True)))
    return re.compile(
        rf"\d{{1,5}}(?:[.,]\d{{1,3}})?(?:\s?(?:{units})(?![^\W_])|\s?%|x(?![^\W_]))", re.IGNORECASE
    )


def _number_may_follow(text: str, stop: int) -> bool:
    """Is the number written on to a name an amount or a footnote mark, and no part of it ("2C-T-7")?"""
    last = stop - word_left(text, stop)
    if last >= 5 and _amount_behind().match(text, stop):
        return True
    return last >= 6 and _MARK.match(text, stop) is not None


# An amount of money or a longer code before a short name: "$1.25B", "€25I", "OCSE-21-U4", "1000-K2".
_CODE_BEFORE = re.compile(
    rf"(?:[$€£¥₹#@]|\d[.,/]|\d{{3,}}{ties.HYPHEN}|[A-Z]{{2,}}{ties.HYPHEN}\d+{ties.HYPHEN})$"
)


def _is_code(text: str, start: int, stop: int) -> bool:
    """Is a short name of letters and digits the end of an amount, a model number or the number of a form?"""
    return any(char.isdigit() for char in text[start:stop]) and bool(
        _CODE_BEFORE.search(text, max(0, start - 16), start)
    )


def _is_amount_before(text: str, left: int, start: int) -> bool:
    """Do a number and its unit touch the name: "10mgDiazepam"?"""
    return left > 0 and text[left - 1].isdigit() and text[left:start].lower() in tables().units


def look(
    text: str,
    start: int,
    stop: int,
    language: str | None,
    *,
    letters: int,
    cased: bool = False,
    number: bool = False,
    acid: bool = False,
) -> Border:
    """Look at both sides of `text[start:stop]`.

    `letters`: how many the name has; longer ones may stand in compounds and run-together words. `cased`: an
    acronym, which takes no ending but a plural s. `number`: a CAS RN. `acid`: the name of an acid.
    """
    if is_cjk(text[start]) or is_cjk(text[stop - 1]):
        return Border(_kind_in_cjk(text, start, stop, acid=acid), start, stop)
    left, right = word_left(text, start), word_right(text, stop)
    if number:
        return Border(_kind_of_number(text, left, start, stop, right), start, stop)
    if left == start and start > 0 and text[start - 1].isdigit() and text[start].isalnum():
        return Border("inside", start, stop)
    if right == stop and text[stop : stop + 1].isdigit() and not _number_may_follow(text, stop):
        return Border("inside", start, stop)
    if stop - start <= 4 and _is_code(text, start, stop):
        return Border("inside", start, stop)
    first, last = _first_piece(text, start, stop), _last_piece(text, start, stop)
    kind = "free"
    if right > stop and text[stop - 1].isalpha():
        kind = _tail(
            text[start:stop], text[stop:right], language, long=letters >= 5 and last >= 5, cased=cased
        )
    elif right > stop:
        kind = "inside"
    if left < start and kind != "inside" and not _is_amount_before(text, left, start):
        kind = (
            _head(text[left:start], kind, language, long=letters >= 6 and first >= 5)
            if text[start].isalpha()
            else "inside"
        )
    if kind != "inside" and (ties.tied_left(text, left) or ties.tied_right(text, start, right)):
        kind = "part"
    # the ending of a plural or a case belongs to the word that is read
    end = right if kind == "inflected" and left == start else stop
    return Border(kind, start, end, text[left:right])


def _kind_in_cjk(text: str, start: int, stop: int, *, acid: bool) -> str:
    """The border of a name in a script without spaces, where a substituent has no border of its own."""
    if text[start].isascii() and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
        return "inside"
    tied = ties.tied_left(text, start) or ties.tied_right(text, start, stop)
    return "part" if tied or ties.tied_in_cjk(text, start, stop, acid=acid) else "free"


def _kind_of_number(text: str, left: int, start: int, stop: int, right: int) -> str:
    """The border of a CAS RN: other digits make another number, its own sign may touch it."""
    if text[left:start] and (text[left - 1 : left].isdigit() or not _NUMBER_SIGN.fullmatch(text[left:start])):
        return "inside"
    if text[start - 1 : start].isdigit() or text[stop : stop + 1].isdigit():
        return "inside"
    return "free" if right == stop or _NUMBER_SIGN.fullmatch(text[stop:right]) else "inside"


def _first_piece(text: str, start: int, stop: int) -> int:
    """How many letters the name begins with, before a separator: "d" in "d-amphetamine" is no word start."""
    position = start
    while position < stop and text[position].isalpha():
        position += 1
    return position - start


def _last_piece(text: str, start: int, stop: int) -> int:
    position = stop
    while position > start and text[position - 1].isalpha():
        position -= 1
    return stop - position


def _tail(surface: str, tail: str, language: str | None, *, long: bool, cased: bool) -> str:
    """What letters written on behind a name make of it."""
    lower = tail.lower()
    if is_cjk(tail[0]):
        return "free"
    if cased:
        return "inflected" if tail == "s" or (long and tail == "S" and surface.isupper()) else "inside"
    endings = ENDINGS.get(language or "", _ANY_INFLECTION)
    if lower in endings or lower in _ANY_INFLECTION:
        return "inflected"
    if long and (tail[0].isupper() and surface[-1].islower()):
        return "glued"
    if long and lower in _GLUED_WORDS and len(lower) > 1:
        return "glued"
    if long and _SALT_TAIL.match(lower):
        return "compound"
    if (
        long
        and len(lower) >= 4
        and (language in _COMPOUNDING or language is None)
        and not _GLUED_SUFFIX.match(lower)
    ):
        return "compound"
    return "inside"


def _head(head: str, kind: str, language: str | None, *, long: bool) -> str:
    """What letters written on before a name make of it."""
    lower = head.lower()
    if is_cjk(head[-1]):
        return kind
    if lower in ARABIC_PREFIXES:
        return kind
    if not long:
        return "inside"
    if lower in _GLUED_WORDS and lower not in _ALSO_PREFIXES:
        return "glued"
    if is_glued_prefix(head):
        return "part"
    if len(lower) >= 4 and (language in _COMPOUNDING or language is None):
        return "compound"
    return "inside"


def hyphenated(text: str, start: int, stop: int) -> bool:
    """Is the stretch joined by a hyphen to a digit or to a word that looks chemical ("methylen-dioxy-")?"""
    if start >= 2 and text[start - 1] in HYPHENS:
        before = text[word_left(text, start - 1) : start - 1]
        if text[start - 2].isdigit() or ends_as_group(before) or _CHEMICAL_END.search(before):
            return True
    if stop + 1 < len(text) and text[stop] in HYPHENS:
        after = text[stop + 1 : word_right(text, stop + 1)]
        return text[stop + 1].isdigit() or bool(ends_as_group(after) or _CHEMICAL_END.search(after))
    return False


def whole_word(text: str, start: int, stop: int) -> str:
    """The stretch up to the end of the word that it ends in; Chinese has no word ends."""
    return text[start : stop if is_cjk(text[stop - 1]) else word_right(text, stop)]
