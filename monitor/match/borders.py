"""What stands beside a candidate: a border, an inflection, a compound - or a longer chemical name.

"PMK" is no mention in "PMKSA" and "(2-bromoethyl)benzene" none in "4-nitro-(2-bromoethyl)benzene", but
"Fentanyl" is one in "Fentanyls", "Fentanyl-Vorläufer" and "Fentanylhandel".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


def _pattern(before: str, choices: str, after: str) -> re.Pattern[str]:
    """One of the choices (separated by spaces) between two patterns, whatever the case."""
    return re.compile(f"{before}(?:{'|'.join(choices.split())}){after}", re.IGNORECASE)


_OPEN = "([{（【"
_CLOSE = ")]}）】"

# What a chemical name is built from, before a parent name: a neighbour that ends so makes a longer name.
_PREFIX_END = _pattern(
    r"",
    (
        r"yl yloxy oxy fluoro? chloro? bromo? iodo? nitro amino hydroxy methoxy ethoxy acetoxy thio oxo "
        r"aza keto cyclo phenoxy benzo iso homo deutero desmethyl acyl oyl azido cyano mercapto formyl "
        r"tolyl furanyl acryl 基 氟 氯 溴 碘 ил окси фтор хлор бром иод йод нитро амино гидрокси метокси "
        r"этокси тио ylidene "
        r"pyrrolidino piperidino morpholino anilino dehydro hydro epoxy methylene fluor chlor "
        r"brom nitroso "
    ),
    r"$",
)
# Across a space only what is nothing but a substituent counts: "isobutyryl fentanyl", not "para" or "Gaza".
_SUBSTITUENT = re.compile(
    r"(?!.*fentanyl$)(?:[a-z]{2,}yl|[a-z]{2,}oxy|[a-z]*(?:fluoro|chloro|bromo|iodo|nitro|hydroxy|methoxy|ethoxy)"
    r"|pyrrolidino|piperidino|alpha|beta|gamma|ortho|[αβγ])$"
)
_WHOLE_PREFIX = frozenset(
    (
        "ortho meta para nor des de iso neo cis trans threo erythro alpha beta gamma delta omega n o tert "
        "sec retro allo epi pseudo homo bis tris di tri tetra mono α β γ δ "
    ).split()
)
# Short prefixes written on to a name with no hyphen; longer ones are caught by `_PREFIX_END`.
_GLUED_PREFIX = _pattern(
    r"",
    (
        r"nor des iso neo levo dextro homo pseudo thio oxy hydroxy seco apo epi allo retro benz thebe mono "
        r"poly hemi meta? para ortho cyclo cis trans ^de ^lev ^dex ^pro ^bu ^car ^su ^al ^re ^lo ^rac ^di "
        r"^tri ^bi ^[αβγδ] "
    ),
    r"$",
)
# What may follow a name across a hyphen or a digit and makes it a part of a longer systematic name.
_SUFFIX_START = re.compile(
    rf"[{HYPHENS}]\s?(?:[NOS]?\d+[a-z]?'?(?:,\d+)*[{HYPHENS}]\s?[a-zа-я(\[]|d\d+\b|yl\b|ylid|yloxy"
    rf"|oxide\b|N[{HYPHENS}]oxide|ol\b|one\b|al\b|carbox|glucuron|sulfon)"
)
_GLUED_SUFFIX = _pattern(
    r"",
    (
        r"yl o ol iat one on ide id ium ic oic ate at ine in al amide amid oxy yn en ene an ane idine osid "
        r"oside ase oid oids oide oiden ism ismus an[eo]? azole azol azine azin phen oxid sulf chlor brom "
        r"fluor nitr hydr meth eth prop but pent benz "
    ),
    r"",
)

# Which mirror image is meant, as in "(S)-methadone" or "(1R,2S)-(-)-ephedrine": still the listed substance.
_STEREO = re.compile(
    rf"(?:[(\[（](?:rac|[RS]{{1,2}}|\d{{1,2}}[RS](?:,\s?\d{{1,2}}[RS])*|[{HYPHENS}±]|\+\s?/?\s?[{HYPHENS}]?)"
    rf"[)\]）]\s?[{HYPHENS}]\s?)+$"
)

_LOCANTS = re.compile(r"(?<![\w.])\d{1,2}['′’]{0,2}[a-d]?(?:,\s?(?:\d{1,2}|[NOS])['′’]{0,2}[a-d]?)*,?$")
# A substituent, its hyphen and a line end; digits there number a list.
_WRAPPED = re.compile(rf"[^\W\d_][{HYPHENS}]\s{{1,2}}$")

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
        "cs": "u em y e ů ům ech a ový ová ové",
        "tr": "i in e de den le ı ın a da dan la lar ler",
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


def _word_left(text: str, start: int) -> int:
    """Offset where the run of letters that ends at `start` begins."""
    position = start
    low = max(0, start - 60)
    while (
        position > low and (char := text[position - 1]).isalpha() and not (char > "\u2e7f" and _is_cjk(char))
    ):
        position -= 1
    return position


def _word_right(text: str, stop: int) -> int:
    position = stop
    high = min(len(text), stop + 60)
    while position < high and (char := text[position]).isalpha() and not (char > "\u2e7f" and _is_cjk(char)):
        position += 1
    return position


def _is_cjk(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or "\uf900" <= char <= "\ufaff"


def _chemical_left(text: str, start: int) -> bool:
    """Is what stands before, across a hyphen, bracket or one space, a part of a chemical name?"""
    stereo = _STEREO.search(text, max(0, start - 40), start)
    start = stereo.start() if stereo else start
    if start == 0:
        return False
    before = text[start - 1]
    bracket = before in _OPEN and start >= 2
    if bracket:
        start -= 1
        before = text[start - 1]
    wrapped = _WRAPPED.search(text, max(0, start - 4), start)
    if wrapped:
        return _ends_chemically(text, wrapped.start() + 1, hyphen=True)
    if bracket and before not in HYPHENS and not before.isalnum():
        return False
    if before in HYPHENS:
        edge = start - 1
        while edge > 0 and text[edge - 1] in " \n" and start - edge < 3:
            edge -= 1
        return _ends_chemically(text, edge, hyphen=True)
    if before == " ":
        return _ends_chemically(text, start - 1, hyphen=False)
    return (
        before in _CLOSE
        and start >= 2
        and (text[start - 2].isalnum())
        and _bracket_is_locant(text, start - 1)
    )


def _bracket_is_locant(text: str, close: int) -> bool:
    """Does the bracket that closes at `close` hold a substituent ("(2-fluoro)", "(R)")?"""
    opened = max(text.rfind(char, max(0, close - 60), close) for char in _OPEN)
    inside = text[opened + 1 : close] if opened >= 0 else ""
    return (
        bool(inside)
        and " " not in inside
        and (bool(re.search(r"\d", inside)) or bool(_PREFIX_END.search(inside)) or inside in "RSEZ+-±")
    )


def _ends_chemically(text: str, stop: int, *, hyphen: bool) -> bool:
    if stop == 0:
        return False
    last = text[stop - 1]
    if hyphen and (last.isdigit() or last in "'′’,"):
        # a locant: "4-fentanyl"; but the year in "2019-fentanyl" is none
        return _LOCANTS.search(text, max(0, stop - 16), stop) is not None
    if hyphen and last in _CLOSE:
        return _bracket_is_locant(text, stop - 1)
    begin = _word_left(text, stop)
    word = text[begin:stop]
    if not word:
        return False
    if not hyphen:
        # a name of a person may end so too: Cheryl, Beryl
        return (word[0].islower() or len(word) > 6) and _SUBSTITUENT.match(word.lower()) is not None
    if word.lower() in _WHOLE_PREFIX:
        return word.lower() not in ("de", "di", "d", "l")
    return len(word) > 2 and bool(_PREFIX_END.search(word))


def _chemical_right(text: str, stop: int) -> bool:
    return bool(_SUFFIX_START.match(text, stop))


def look(
    text: str, start: int, stop: int, language: str | None, *, letters: int, cased: bool = False
) -> Border:
    """Look at both sides of `text[start:stop]`.

    `letters`: how many the name has; longer ones may stand in compounds and run-together words. `cased`: an
    acronym, which takes no ending but a plural s.
    """
    if _is_cjk(text[start]) or _is_cjk(text[stop - 1]):
        if text[start].isascii() and start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
            return Border("inside", start, stop)
        # a Chinese substituent has no border of its own
        return Border(
            "part" if _chemical_left(text, start) or _chemical_right(text, stop) else "free", start, stop
        )
    left, right = _word_left(text, start), _word_right(text, stop)
    first, last = _first_piece(text, start, stop), _last_piece(text, start, stop)
    if left == start and start > 0 and text[start - 1].isdigit() and text[start].isalnum():
        return Border("inside", start, stop)
    if right == stop and stop < len(text) and text[stop].isdigit():
        return Border("inside", start, stop)
    kind = "free"
    if right > stop and text[stop - 1].isalpha():
        kind = _tail(
            text[start:stop], text[stop:right], language, long=letters >= 5 and last >= 5, cased=cased
        )
    elif right > stop:
        kind = "inside"
    if left < start and kind != "inside":
        kind = (
            _head(text[left:start], kind, language, long=letters >= 6 and first >= 5)
            if text[start].isalpha()
            else "inside"
        )
    if kind != "inside" and (_chemical_left(text, left) or _chemical_right(text, right)):
        kind = "part"
    # the ending of a plural or a case belongs to the word that is read
    end = right if kind == "inflected" and left == start else stop
    return Border(kind, start, end, text[left:right])


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
    if _is_cjk(tail[0]):
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
    if _is_cjk(head[-1]):
        return kind
    if not long:
        return "inside"
    if lower in _GLUED_WORDS:
        return "glued"
    if _PREFIX_END.search(head) or _GLUED_PREFIX.search(head):
        return "part"
    if len(lower) >= 4 and (language in _COMPOUNDING or language is None):
        return "compound"
    return "inside"


def hyphenated(text: str, start: int, stop: int) -> bool:
    """Is the stretch joined by a hyphen to a digit or to a word that looks chemical ("methylen-dioxy-")?"""
    if start >= 2 and text[start - 1] in HYPHENS:
        before = text[_word_left(text, start - 1) : start - 1]
        if text[start - 2].isdigit() or _PREFIX_END.search(before) or _CHEMICAL_END.search(before):
            return True
    if stop + 1 < len(text) and text[stop] in HYPHENS:
        after = text[stop + 1 : _word_right(text, stop + 1)]
        return text[stop + 1].isdigit() or bool(_PREFIX_END.search(after) or _CHEMICAL_END.search(after))
    return False


def whole_word(text: str, start: int, stop: int) -> str:
    """The stretch up to the end of the word that it ends in; Chinese has no word ends."""
    return text[start : stop if _is_cjk(text[stop - 1]) else _word_right(text, stop)]
