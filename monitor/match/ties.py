"""What ties a name to more chemistry, so that the whole is another substance, in any language and script.

"4-nitro-(2-bromoethyl)benzene", "1S-LSD", "Phényl-1 propanone-2", "hexahydrocannabinol-C8" and
"deskloroketamin" hold a listed name and are none of it. Words are compared in a plain spelling (`plain`), in
which "hydroxy", "hydroxi" and "hidroxi" are one, so that one table serves all languages in Latin letters.
"""

from __future__ import annotations

import functools
import re

from monitor.match import fragments
from monitor.match.fragments import PARENT
from monitor.match.normalize import unspaced
from monitor.match.words import tables

HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_OPEN = "([{（【"
_CLOSE = ")]}）】"
HYPHEN = f"[{HYPHENS}]"  # one of them, in a pattern
_H = HYPHEN

# One spelling of each sound, in order; applied to words and tables alike.
_SOUNDS = (
    ("ph", "f"), ("th", "t"), ("ch", "k"), ("ck", "k"), ("c", "k"), ("qu", "k"), ("ss", "ks"), ("x", "ks"),
    ("y", "i"), ("j", "i"),
)  # fmt: skip


@functools.lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """A word in lower case, without accents, with one spelling for each sound: "hydroxi" is "hidroksi"."""
    word = fragments.fold(word)
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    return word


def _any_end(words: str, *, raw: str = "") -> re.Pattern[str]:
    """A pattern of plain words that end in one of these."""
    choices = sorted({plain(word) for word in words.split()} | set(raw.split()))
    return re.compile(rf"(?:{'|'.join(choices)})$")


# What a chemical name is built from, before a parent name: a neighbour that ends so makes a longer name.
_GROUPS = """
oxy fluoro chloro bromo iodo fluor chlor brom nitro nitroso amino hydroxy methoxy ethoxy acetoxy phenoxy thio
oxo keto benzo iso homo deutero cyano azido mercapto pyrrolidino piperidino morpholino anilino dehydro
hydro epoxy methylene deschloro dechloro desoxy deoxy methyl ethyl propyl butyl pentyl hexyl phenyl benzyl
acetyl formyl propionyl butyryl benzoyl allyl vinyl furanyl furyl tolyl acryl cyclo desmethyl pyridyl
piperidyl piperidinyl thienyl phenethyl
"""
_CYRILLIC = """
ил окси фтор хлор бром иод йод нитро амино гидрокси метокси этокси тио дезокси дегидро гидро
"""
_GROUP_END = _any_end(_GROUPS, raw=_CYRILLIC)
_YL_END = re.compile(r"(?:yl|yloxy|oyl|ylidene?|acyl)$")
_CJK_END = re.compile("[基氟氯溴碘]$")
# Chinese signs that a longer name goes on with before this one: "亚甲基二氧|苯基-2-丙酮", "异|丙酮".
_CJK_TIE = "基氟氯溴碘羟酰脱异伪硝氨巯氧去苯"
_CJK_CHEMICAL = "碱酮胺啡尼因泮仑酯醇酸烯烷酚醚醛苯啶嗪林"
# Signs with which a Chinese or Japanese sentence goes on behind an acid; others make a salt: "盐酸氯胺酮".
_AFTER_ACID = (
    "和与及等的或是为在被有溶浓泄桶罐吨公升千克厂储运非用含加发以之腐气试标原作属可也均都对从向到由中类一二三四五六"
    "七八九十两几液瓶箱车单、はがをのとやにでもへ"
)

# Across a space only what is nothing but a substituent counts: "isobutyryl fentanyl", not "para" or "Gaza".
_SUBSTITUENT = re.compile(
    r"(?!.*fentanyl$)(?:[a-z]{2,}yl|[a-z]{2,}oxy|[a-z]*(?:fluoro|chloro|bromo|iodo|nitro|hydroxy|methoxy|ethoxy)"
    r"|pyrrolidino|piperidino|alpha|beta|gamma|ortho|[αβγ])$"
)
_WHOLE_PREFIX = frozenset(
    (
        "ortho orto meta para nor des iso neo cis trans threo erythro alpha alfa beta gamma delta omega n o "
        "tert sec retro allo epi pseudo homo bis tris tri tetra mono aza diaza α β γ δ "
    ).split()
)
# Groups as chemists abbreviate them, before a hyphen.
_ABBREVIATED = frozenset(
    "Me Et Pr iPr nPr Bu tBu nBu Ph Ac Bz Bn Boc BOC Cbz CBZ OH HO OMe MeO OEt EtO NO2 Tr Ts Tos TMS".split()
)
# Short prefixes written on to a name with no hyphen, in the plain spelling.
_GLUED_PREFIX_END = re.compile(
    r"(?:nor|des|iso|neo|levo|dekstro|homo|pseudo|tio|oksi|hidroksi|seko|apo|epi|allo|retro|benz|tebe|mono"
    r"|poli|hemi|meta?|para|orto|flu|klo|bro|kiklo|kis|trans|псевдо|нор|изо|дез|дес)$"
    r"|^(?:de|lev|deks|pro|bu|kar|su|al|re|lo|rak|di|tri|bi|[αβγδ])$"
)
# What may follow a name across a hyphen or a digit and makes it a part of a longer systematic name.
_SUFFIX_START = re.compile(
    rf"{_H}\s?(?:[NOS]?\d+[a-z]?'?(?:,\d+)*{_H}\s?[a-zа-я(\[]|d\d+\b|yl\b|ylid|yloxy"
    rf"|oxide\b|N{_H}oxide|ol\b|one\b|al\b|carbox|glucuron|sulfon|[CO]\d{{1,2}}\b(?!{_H}?\d))"
)
# "HHC-O", "THC-P", "PCE-25i", "HHC-acetate": a letter, a number or an ester behind an acronym.
_ACRONYM_SUFFIX = re.compile(
    rf"{_H}(?:[A-Z](?![{HYPHENS}\w'’.])|[A-Z]{_H}acet|acetat|\d{{1,3}}[a-z]?(?![{HYPHENS}.,\w%]|\s?[a-z]{{1,2}}\b))"
)
_ESTER = re.compile(rf"{_H}(?:O{_H})?acetat", re.IGNORECASE)
# "propanone-2": the locant stands behind, as in French.
_LOCANT_BEHIND = re.compile(rf"{_H}\d{{1,2}}['′’]?(?:,\d{{1,2}}['′’]?)*(?![\w%]|[.,]\d|\s?[^\W\d_]{{1,2}}\b)")

# Registers turn a name round: "4-Piperidone, 1-(2-phenylethyl)-".
_INDEX_REST = re.compile(rf",\s?(?=[\d(\[]|[NOS]{_H})[^\s,;]{{3,80}}{_H}(?![\w(\[]|[ \t]*\r?\n)")

# Which mirror image is meant, as in "(S)-methadone" or "(1R,2S)-(-)-ephedrine": still the listed substance.
_STEREO = re.compile(
    rf"(?:[(\[（](?:rac|[RS]{{1,2}}|\d{{1,2}}[RS](?:,\s?\d{{1,2}}[RS])*|[{HYPHENS}±]|\+\s?/?\s?{_H}?)"
    rf"[)\]）]\s?{_H}\s?)+$"
)
_LOCANTS = re.compile(r"(?<![\w.])\d{1,2}['′’]{0,2}[a-d]?(?:,\s?(?:\d{1,2}|[NOS])['′’]{0,2}[a-d]?)*,?$")
# A substituent, its hyphen and a line end; digits there number a list.
_WRAPPED = re.compile(rf"[^\W\d_]{_H}\s{{1,2}}$")
# What stands before a hyphen: "1S-", "1cP-", "4F-" before a name; the letters are no unit.
_COUNTED = re.compile(r"(?<![\w.,])\d{1,2}['′’]?([^\W\d_]{1,4})$")
# A locant and one more piece: "1-boc-", "3'-Me-".
_BEHIND_LOCANT = re.compile(
    rf"(?<![\w.])\d{{1,2}}['′’]{{0,2}}(?:,\d{{1,2}}['′’]{{0,2}})*{_H}([^\W\d_]{{1,12}})$"
)
_TIMES = frozenset(
    "h st nd rd th d hour day week month year step way fold pack er fach jährige year-old".split()
)
# A group with its locant behind it, and a blank: "Phényl-1 ", "...yl)-4 ".
_GROUP_BEFORE = re.compile(rf"(?:([^\W\d_]{{2,}})|[)\]])\s?{_H}\s?\d{{1,2}}['′’]?(?:,\d{{1,2}}['′’]?)*\s$")


def word_left(text: str, start: int) -> int:
    """Offset where the run of letters that ends at `start` begins."""
    position = start
    low = max(0, start - 60)
    while position > low and (char := text[position - 1]).isalpha() and not is_cjk(char):
        position -= 1
    return position


def word_right(text: str, stop: int) -> int:
    """Offset where the run of letters that begins at `stop` ends."""
    position = stop
    high = min(len(text), stop + 60)
    while position < high and (char := text[position]).isalpha() and not is_cjk(char):
        position += 1
    return position


def is_cjk(char: str) -> bool:
    """Is it a character of a script without spaces between words?"""
    return unspaced(char)


def ends_as_group(word: str) -> bool:
    """Does a word end as what stands before a parent name ("metyl", "hydroxi", "хлор", "二氯")?"""
    lower = word.lower()
    return bool(_YL_END.search(lower) or _GROUP_END.search(plain(word)) or _CJK_END.search(word))


def is_glued_prefix(head: str) -> bool:
    """Do letters written on before a name make another substance of it ("deskloro-", "hydroxi-", "di-")?"""
    return ends_as_group(head) or bool(_GLUED_PREFIX_END.search(plain(head)))


# --- before a name -----------------------------------------------------------------------------------


def tied_left(text: str, start: int) -> bool:
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
        return _ends_chemically(text, wrapped.start() + 1)
    if bracket and before not in HYPHENS and not before.isalnum():
        return False
    if before in HYPHENS:
        edge = start - 1
        while edge > 0 and text[edge - 1] in " \n" and start - edge < 3:
            edge -= 1
        return _ends_chemically(text, edge)
    if before in " \u00a0":
        return _tied_across_space(text, start)
    return (
        before in _CLOSE and start >= 2 and text[start - 2].isalnum() and _bracket_is_locant(text, start - 1)
    )


def _tied_across_space(text: str, start: int) -> bool:
    """ "isobutyryl fentanyl", "Phényl-1 propanone", "N-(phénéthyl-1 pipéridinylidene-4) phénylamine" """
    located = _GROUP_BEFORE.search(text, max(0, start - 40), start)
    if located and (located[1] is None or ends_as_group(located[1])):
        return True
    if text[start - 2 : start - 1] and text[start - 2] in _CLOSE:
        return _bracket_is_group(text, start - 2)
    begin = word_left(text, start - 1)
    word = text[begin : start - 1]
    # a name of a person may end so too: Cheryl, Beryl
    return (
        bool(word)
        and (word[0].islower() or len(word) > 6)
        and _SUBSTITUENT.match(fragments.fold(word)) is not None
    )


def _opened(text: str, close: int) -> int:
    """Where the bracket opens that closes at `close`, within 80 characters; -1 where it does not."""
    depth = 0
    for place in range(close, max(-1, close - 80), -1):
        depth += (text[place] in _CLOSE) - (text[place] in _OPEN)
        if not depth:
            return place
    return -1


def _bracket_is_group(text: str, close: int) -> bool:
    """Does a bracket before a blank hold a group with locants ("(4-fluorophenyl) ")?"""
    opened = _opened(text, close)
    inside = text[opened + 1 : close]
    if opened < 0 or not re.search(rf"\d{_H}|{_H}\d", inside):
        return False
    word = re.search(rf"([^\W\d_]+)(?:{_H}\d{{1,2}})?$", inside)
    return word is not None and ends_as_group(word[1])


def _bracket_is_locant(text: str, close: int) -> bool:
    """Does the bracket that closes at `close` hold a substituent ("(2-fluoro)", "(R)")?"""
    opened = max(text.rfind(char, max(0, close - 60), close) for char in _OPEN)
    inside = text[opened + 1 : close] if opened >= 0 else ""
    return (
        bool(inside)
        and " " not in inside
        and (bool(re.search(r"\d", inside)) or ends_as_group(inside) or inside in "RSEZ+-±")
    )


def _ends_chemically(text: str, stop: int) -> bool:
    """Is what ends at `stop`, before a hyphen, a locant, a bracket of a name or a group?"""
    if stop == 0:
        return False
    last = text[stop - 1]
    if last.isdigit() or last in "'′’,":
        # a locant: "4-fentanyl"; but the year in "2019-fentanyl" is none
        return _LOCANTS.search(text, max(0, stop - 16), stop) is not None
    if last in _CLOSE:
        return _bracket_is_locant(text, stop - 1)
    counted = _COUNTED.search(text, max(0, stop - 10), stop) or _BEHIND_LOCANT.search(
        text, max(0, stop - 40), stop
    )
    if counted and not _is_measure(counted[1]):
        return True
    word = text[word_left(text, stop) : stop]
    return bool(word) and (
        word.lower() in _WHOLE_PREFIX or word in _ABBREVIATED or (len(word) > 2 and ends_as_group(word))
    )


def _is_measure(word: str) -> bool:
    """Is a word behind a number a unit or a time and no group: "2-gram-", "24h-"?"""
    lower = word.lower()
    return lower in _TIMES or lower in tables().units or lower in tables().forms


# --- behind a name -----------------------------------------------------------------------------------


def tied_right(text: str, start: int, stop: int) -> bool:
    """Does the name `text[start:stop]` go on as a longer chemical name, across a hyphen?"""
    after = text[stop : stop + 1]
    if after == ",":
        return _INDEX_REST.match(text, stop) is not None
    if not after or after not in HYPHENS:
        return False
    if _SUFFIX_START.match(text, stop):
        return True
    surface = text[start:stop]
    if surface.isupper() and surface.isalpha():
        return _ACRONYM_SUFFIX.match(text, stop) is not None
    if surface[-2:].lower() == "ol" and _ESTER.match(text, stop):
        return True
    return _LOCANT_BEHIND.match(text, stop) is not None and _is_parent(text[word_left(text, stop) : stop])


def _is_parent(word: str) -> bool:
    """Is a word a parent of systematic names ("propanone", "pipéridine")?"""
    run = fragments.parse(fragments.fold(word))
    return not run.unknown and run.end == PARENT


# --- scripts without spaces --------------------------------------------------------------------------


def tied_in_cjk(text: str, start: int, stop: int, *, acid: bool) -> bool:
    """Do the signs written on to a Chinese or Japanese name make a longer name of it?

    `acid`: the name is that of an acid, which other names begin with in salts ("盐酸氯胺酮").
    """
    if start and text[start - 1] in _CJK_TIE and text[stop - 1] in _CJK_CHEMICAL:
        return True
    after = text[stop : stop + 1]
    return acid and bool(after) and is_cjk(after) and after not in _AFTER_ACID
