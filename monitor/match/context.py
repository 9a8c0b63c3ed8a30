"""What a text says around a candidate: trigger words, quantities, aliases, other senses, tags.

Words are looked up by an automaton over the words form, once for a text, and only in texts that gave a
reason for a second look.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from dataclasses import dataclass, field

import daachorse

from monitor.match.normalize import Forms, fold_leet, unspaced, words_key
from monitor.match.words import tables

_QUANTITY = re.compile(
    r"(?:\d[\d.,\s]{0,12}|\b(?:kilos?|grams?|tons?|tonnes?|pounds?|gramos|kilo|Tonnen|pills?|tablets?|tabletas|pastillas|"
    r"comprimidos|Tabletten|Pillen|Gramm|bags?|doses?|litres?|liters?|packs?|vials?|pieces|Stück|units)\s)"
    r"[-\s]?(?:(?P<unit>(?!(?:of|de|di|du|von|an|na|the)\b)[^\W\d_]{1,12}|[公克吨升片粒颗千毫斤]{1,2})\.?)?\s?"
    r"(?:(?:of|de|di|du|d'|von|an|na|the|suspected|pure|powder|raw|liquid|illegal|illicit|synthetic)\s){0,3}[\"'“”‘’„«(]?$",
    re.IGNORECASE,
)


@functools.cache
def _introduces_number() -> re.Pattern[str]:
    """A word that introduces the number of something else, with "no." or the like behind it."""
    words = "|".join(map(re.escape, sorted(tables().numbered)))
    return re.compile(
        rf"(?:\+\d{{1,3}}|\b(?:{words})(?:\s?(?:no|number|nr|nº|n°|num|№|id|号))?)[\s.:#№(º°]{{0,3}}$",
        re.IGNORECASE,
    )


# What says that a number is a CAS RN, before or behind it.
_CAS_SIGN = re.compile(r"\s?[:(]?\s?\bCAS(?:RN)?\b|\bCAS(?=\d)|\bregistry\b|登记号", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d[-‐‑–](?:0[1-9]|1[0-2])[-‐‑–]\d")
# A sign of chemistry or of wares before a number that reads as a date: a locant, a radical, a purity.
_CHEMISTRY = re.compile(
    r"\d[-,]\w+|(?:yl|ine|one|ol|ide|ate|amine|azine|cannabinol)\b[^.;]{0,12}$|\bEC\b|\d\s?%", re.IGNORECASE
)
_WORD_AFTER = re.compile(r"[\s\-\"'’”»)]{0,2}([^\W_]{1,20})")
_WORD_BEFORE = re.compile(r"([^\W_]{1,20})[\s\-\"'‘“„«(]{0,2}$")
_QUOTES = "\"'“”‘’„«»‹›`「」『』《》"


# What may stand between "also known as" and the name: a quote, an article.
_AFTER_ALIAS = re.compile(r"\W{1,3}(?:(?:the|a|der|die|das|el|la)\s)?\W?$")


def stem_pattern(stem: str) -> bytes:
    """The pattern of one stem in the words form: from a word start, whole word where it ends in "$"."""
    whole = stem.endswith(("$", " "))
    key = words_key(stem.rstrip("$ ").replace("$", " "))
    if any(map(unspaced, stem)):
        return key
    return b" " + key + (b" " if whole else b"")


LANGUAGES = tuple("en de es fr it nl pl pt ru zh tr cs uk sv da nb ro id vi ar ko ja hi th hu fi".split())
EVERY_LANGUAGE = (1 << len(LANGUAGES)) - 1


def language_mask(language: str | None) -> int:
    """Which languages' words count in a text: its own and English; every language's where it is not known."""
    if language not in LANGUAGES:
        return EVERY_LANGUAGE if language is None else 1
    return 1 | 1 << LANGUAGES.index(language)


def gate_patterns() -> dict[bytes, int]:
    """Patterns (words form) of all words that open the second look, each with the mask of its languages."""
    found: dict[bytes, int] = {}
    words = tables()
    for table in (words.drug, words.precursor, words.use):
        for language, stems in table.items():
            for stem in stems:
                pattern = stem_pattern(stem)
                found[pattern] = found.get(pattern, 0) | 1 << LANGUAGES.index(language)
    return found


_GUESSED_FROM = 1500  # bytes at the beginning of a text that its language is guessed from
_PLAINLY = 8  # small words of one language after which no more are counted


@functools.cache
def small_words() -> dict[bytes, tuple[str, ...]]:
    """The languages that each small word belongs to; words in the folded form."""
    found: dict[bytes, tuple[str, ...]] = {}
    for language, words in tables().function_words.items():
        for key in {fold_leet(words_key(word)) for word in words}:
            found[key] = (*found.get(key, ()), language)
    return found


def guess_language(forms: Forms) -> str | None:
    """Guess the language of a text by its small words (Chinese by its characters); None if unsettled."""
    if forms.guessed is None:
        forms.guessed = (_guess_language(forms),)
    return forms.guessed[0]


# Any letter that is neither Latin, Cyrillic nor Chinese: one look spares most texts the others.
OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0530-\u1cbf\u3041-\u30ff\uac00-\ud7a3]")
# Scripts that settle the language; kana among Chinese characters are Japanese.
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff]"), "ko": re.compile("[\uac00-\ud7a3]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"), "ar": re.compile("[\u0620-\u06ff]"),
}  # fmt: skip


def _guess_language(forms: Forms) -> str | None:
    sample = forms.text[: _GUESSED_FROM // 4]
    if not sample.isascii() and OTHER_SCRIPT.search(sample):
        for language, script in _SCRIPTS.items():
            if len(script.findall(sample)) * 4 >= len(sample):
                return language
    if forms.latin is not None and forms.latin[: len(forms.words)].count(b" ") * 2 > len(forms.words):
        return "zh"
    counts = dict.fromkeys(tables().function_words, 0)
    known = small_words()
    begin = most = 0
    # the first sentences mostly settle it
    for end in (_GUESSED_FROM // 4, _GUESSED_FROM):
        for word in forms.folded[begin:end].split():
            for language in known.get(word, ()):
                counts[language] += 1
        begin = end
        (second, _), (most, language) = sorted((count, language) for language, count in counts.items())[-2:]
        if most >= _PLAINLY and most > 2 * second:
            break
    return language if most >= 2 and most > second else None


def clinic_patterns() -> list[bytes]:
    """Patterns (words form) of the words of medicine and research, in every language."""
    tags = tables().tags
    found = {
        stem_pattern(stem)
        for tag in ("medical use", "research")
        for stems in tags[tag].values()
        for stem in stems
    }
    return sorted(found)


@dataclass(slots=True)
class Surroundings:
    """Trigger words of one text: offsets in the words form, by group ("drug", "precursor", tag names)."""

    positions: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)  # of what was found there; a stem ends before its word

    def near(self, group: str, start: int, stop: int, reach: int) -> int:
        """How many words of a group begin within `reach` of a stretch, not counting what it says itself."""
        where = self.positions.get(group)
        if not where:
            return 0
        around = bisect_left(where, stop + reach) - bisect_left(where, start - reach)
        return around - (bisect_left(where, stop) - bisect_left(where, start))

    def nearest(self, group: str, low: int, high: int, place: int) -> int | None:
        """Where the word of a group begins that stands in `[low, high)` nearest to `place`."""
        where = self.positions.get(group, [])
        within = where[bisect_left(where, low) : bisect_left(where, high)]
        return min(within, key=lambda begin: abs(begin - place), default=None)

    def count(self, group: str) -> int:
        return len(self.positions.get(group, ()))


@functools.cache
def _triggers() -> tuple[daachorse.DoubleArrayAhoCorasick, list[list[tuple[str, int]]]]:
    groups: dict[bytes, dict[str, int]] = {}
    words = tables()
    named = [("drug", words.drug), ("precursor", words.precursor), ("use", words.use), ("use", words.hint)]
    for group, table in (*named, *words.tags.items()):
        for language, stems in table.items():
            for stem in stems:
                masks = groups.setdefault(stem_pattern(stem), {})
                masks[group] = masks.get(group, 0) | 1 << LANGUAGES.index(language)
    patterns = sorted(groups)
    return daachorse.DoubleArrayAhoCorasick(patterns), [list(groups[pattern].items()) for pattern in patterns]


# "drug-free", a "doping test": no sign that a text speaks of drugs
_NO_SIGN = tuple(
    f" {words}".encode()
    for words in ("drug free", "drugs free", "drug test", "doping", "antidoping", "drogenfrei")
)


def surroundings(forms: Forms, language: str | None) -> Surroundings:
    """Find all trigger words of a text, in its own language and English."""
    engine, groups = _triggers()
    wanted = language_mask(language)
    result = Surroundings()
    for begin, end, pattern in engine.find_overlapping(forms.padded):
        # a pattern begins with the space before its word, but for Chinese ones, which need none
        start = begin if forms.padded[begin] == 32 else begin - 1
        if forms.padded.startswith(_NO_SIGN, begin):
            continue
        result.ends[start] = min(end - 1, len(forms.padded) - 2)
        for group, mask in groups[pattern]:
            if mask & wanted:
                result.positions.setdefault(group, []).append(start)
    for where in result.positions.values():
        where.sort()
    return result


def quantity_before(text: str, start: int) -> bool:
    """Is the name preceded by an amount: "5 kg of", "570 tablets of", "1,650 gram "?"""
    match = _QUANTITY.search(text[max(0, start - 60) : start])
    if not match:
        return False
    unit = match["unit"]
    return (unit is None and not match[0].strip().replace(",", "").isdigit()) or (
        bool(unit) and (unit.lower() in tables().units or unit.lower() in tables().forms)
    )


def other_number(text: str, start: int, stop: int) -> bool:
    """Is a number in CAS form part of a longer one, a date, or a telephone, file or order number?

    What only looks like such a number is a CAS RN where a sign of chemistry stands by.
    """
    if re.match(r"[-‐‑–]\d", text[stop : stop + 2]) or re.search(
        r"[\d.,][-‐‑–]$", text[max(0, start - 2) : start]
    ):
        return True
    before = text[max(0, start - 40) : start]
    if _CAS_SIGN.search(before) or _CAS_SIGN.match(text, stop):
        return False
    if _DATE.fullmatch(text, start, stop):
        return not _CHEMISTRY.search(before)
    return bool(_introduces_number().search(before))


# "a new cathinone drug", "ein neuartiges Cathinon", "新型卡西酮类"
_CLASS_BEFORE = re.compile(
    r"(?:\b(?:synthetic|new|novel|another|unknown|unidentified|designer|substituted|other|synthetische[mnrs]?|neue[mnrs]?|"
    r"neuartige[mnrs]?|nouvelles?|nueva|nuevo|nuova|nova|novo|nieuwe|nowy|nowa|syntetiska?|nya?|новый|синтетический)\s"
    r"|新型|合成)$",
    re.IGNORECASE,
)
_CLASS_BEHIND = re.compile(
    r"[\s-](?:drugs?|stimulants?|derivatives?|analog(?:ue)?s?|compounds?|substances?|famil(?:y|ies)|class(?:es)?|groups?|types?|"
    r"chemicals?|nps|derivate?n?|stoffe?n?|substanz(?:en)?)\b|类|衍生物",
    re.IGNORECASE,
)


def means_class(text: str, start: int, stop: int) -> bool:
    """Is a name used as the word for its class here: "a new cathinone drug"?"""
    return bool(_CLASS_BEHIND.match(text, stop) or _CLASS_BEFORE.search(text[max(0, start - 24) : start]))


def form_after(text: str, stop: int) -> bool:
    """Is the name followed by a form or a use: "pills", "Tabletten", "dealer"?"""
    match = _WORD_AFTER.match(text, stop)
    return bool(match) and match[1].lower() in tables().forms  # type: ignore[index]


def alias_before(text: str, start: int) -> bool:
    """Is the name introduced as another name: "otherwise known as 'ice'"?"""
    before = text[max(0, start - 40) : start].lower()
    return any(
        before.endswith(tables().alias, 0, stop) and _AFTER_ALIAS.match(before, stop)
        for stop in range(max(0, len(before) - 8), len(before))
    )


_EXCHANGE = re.compile(r"(?:\b(?:NYSE|NASDAQ|LSE|AMEX|TSX|ASX|XETRA|Nasdaq|OTC|HKEX|SET|KLSE)\s?:\s?|[$<])$")


def ticker(text: str, start: int, stop: int) -> bool:
    """Is the name written as the code of a share: "(NYSE: ICE)", "$ICE", "<ICE>"?"""
    before = _EXCHANGE.search(text[max(0, start - 12) : start])
    return before is not None and (before[0] != "<" or re.match(r"[.>]", text[stop : stop + 1]) is not None)


def quoted(text: str, start: int, stop: int) -> bool:
    return start > 0 and stop < len(text) and text[start - 1] in _QUOTES and text[stop] in _QUOTES


def neighbours(text: str, start: int, stop: int) -> tuple[str, str]:
    """The words before and after, where only a space, hyphen or quote lies between; "" where none."""
    before = _WORD_BEFORE.search(text[max(0, start - 24) : start])
    after = _WORD_AFTER.match(text, stop)
    return (before[1] if before else "", after[1] if after else "")


@functools.cache
def _cue_sets() -> dict[str, frozenset[bytes]]:
    return {name: frozenset(words_key(cue) for cue in cues) for name, cues in tables().other_senses.items()}


def other_sense(name: str, text_words: bytes, start: int, stop: int, reach: int = 80) -> int:
    """How many different words near a stretch of the words form speak for another sense of `name`."""
    cues = _cue_sets().get(name.lower())
    if not cues:
        return 0
    left, right = text_words[max(0, start - reach) : start], text_words[stop : stop + reach]
    nearby = {*left.split(), *right.split()}
    # Chinese words have no borders; their bytes lie beyond ASCII
    return sum(cue in nearby or (cue[0] >= 128 and (cue in left or cue in right)) for cue in cues)


_TAG_REACH = 90
_NEGATION_REACH = 12  # before the name only: "no fentanyl", "kein Kokain"


def tags(around: Surroundings, start: int, stop: int) -> tuple[tuple[str, int], ...]:
    """The tags of a stretch (words form offsets), each with where the word begins that says so."""
    found = []
    for tag in tables().tags:
        negated = tag == "negated"
        low, high = (start - _NEGATION_REACH, start) if negated else (start - _TAG_REACH, stop + _TAG_REACH)
        where = around.nearest(tag, low, high, start)
        if where is not None:
            found.append((tag, where))
    return tuple(found)
