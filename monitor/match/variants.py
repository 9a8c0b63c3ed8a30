"""Spelling variants of names, generated on the lexicon's side from a table of rules.

Separators (hyphens, spaces, brackets), case, accents and Greek look-alikes need no rule here: the forms
of `normalize` see through them. What remains is a change of letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORDY = ("inn", "common", "trade", "other")
_SINGLE = re.compile(r"[A-Za-z]{6,}")
_LOCATED = re.compile(r"(?:[\dNO,']{1,8}-)?[A-Za-z]{6,}")  # "7-hydroxymitragynine"


@dataclass(frozen=True, slots=True)
class VariantRule:
    """One rewriting: in names of `languages` and `types`, each `pattern` becomes `result`.

    `example` is (name, variant it must give); `near_miss` a name it must leave alone. Both run as tests.
    `single`: only for names that are one word of letters.
    """

    id: str
    pattern: re.Pattern[str]
    result: str
    example: tuple[str, str]
    near_miss: str
    languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    single: bool = False

    def apply(self, name: str, language: str, kind: str) -> str | None:
        """Give the variant, or None where the rule has nothing to say."""
        if (self.languages and language not in self.languages) or (self.types and kind not in self.types):
            return None
        if self.single and not _SINGLE.fullmatch(name):
            return None
        result = self.result or _locants_behind
        variant = self.pattern.sub(result, name)
        return variant if variant != name else None


def _locants_behind(name: re.Match[str]) -> str:
    """Each locant behind what it stands before: "1-phenyl-2-propanone" is "phenyl-1 propanone-2"."""
    return re.sub(r"(\d(?:,\d)*)-([A-Za-z]+)-?", r"\2-\1 ", name[0]).strip()


def _rule(
    id: str, pattern: str, result: str, example: tuple[str, str], near_miss: str, **limits: object
) -> VariantRule:
    return VariantRule(id, re.compile(pattern, re.IGNORECASE), result, example, near_miss, **limits)  # type: ignore[arg-type]


_LATIN = ("en", "de", "fr", "mul")
_EN = ("en", "mul")

RULES: tuple[VariantRule, ...] = (
    # Greek letters: spelt out, as the letter, or as the Latin letter that vendors type
    _rule("greek-alpha", r"(?<![A-Za-z])alpha(?=[-\s'])", "α", ("alpha-PVP", "α-PVP"), "alphaprodine"),
    _rule(
        "greek-beta",
        r"(?<![A-Za-z])beta(?=[-\s'])",
        "β",
        ("beta-hydroxyfentanyl", "β-hydroxyfentanyl"),
        "betaprodine",
    ),
    _rule(
        "greek-gamma",
        r"(?<![A-Za-z])gamma(?=[-\s'])",
        "γ",
        ("gamma-butyrolactone", "γ-butyrolactone"),
        "gammahydroxy",
    ),
    _rule("greek-delta", r"(?<![A-Za-z])delta(?=[-\s'\d])", "Δ", ("delta-9-THC", "Δ-9-THC"), "deltamethrin"),
    _rule("ru-alpha", r"\bальфа(?=-)", "α", ("альфа-PVP", "α-PVP"), "альфапродин"),
    _rule("ru-gamma", r"\bгамма(?=-)", "γ", ("гамма-бутиролактон", "γ-бутиролактон"), "гаммалон"),
    _rule(
        "alpha-spelt-ru",
        "(?:alpha|α)(?=-)",
        "альфа",
        ("alpha-PVP", "альфа-PVP"),
        "PVP",
        types=("acronym", "common"),
    ),
    _rule("alpha-spelt", "α(?=-)", "alpha", ("α-PVP", "alpha-PVP"), "PVP"),
    _rule(
        "beta-spelt", "β(?=-)", "beta", ("β-bromoethylbenzene", "beta-bromoethylbenzene"), "bromoethylbenzene"
    ),
    _rule("gamma-spelt", "γ(?=-)", "gamma", ("γ-butyrolactone", "gamma-butyrolactone"), "butyrolactone"),
    # English spellings
    _rule("ph-f", "ph(?!o[st])", "f", ("amphetamine", "amfetamine"), "phosgene", languages=_EN, types=_WORDY),
    _rule("amf-amph", "amf(?=et)", "amph", ("amfetamine", "amphetamine"), "camfene"),
    _rule("sulph-sulf", "sulph", "sulf", ("sulphuric acid", "sulfuric acid"), "sulfuric acid"),
    _rule("sulf-sulph", "sulf", "sulph", ("sulfuric acid", "sulphuric acid"), "sulphur"),
    _rule("oestr-estr", r"\boestr", "estr", ("oestradiol", "estradiol"), "estradiol"),
    _rule(
        "locant-inside",
        r"-?(\d+)-((?:meth|eth|prop|but|pent|hex|hept)an)(one|ol|amine)$",
        r"\2-\1-\3",
        ("1-phenyl-2-propanone", "1-phenylpropan-2-one"),
        "4-piperidone",
    ),
    _rule(
        "locant-before",
        r"((?:prop|but|pent|hex|hept)an)-(\d+)-(one|ol|amine)$",
        r"-\2-\1\3",
        ("1-phenylpropan-2-one", "1-phenyl-2-propanone"),
        "piperidin-4-one",
    ),
    # French lists write locants behind: "phényl-1 propanone-2"
    _rule(
        "fr-locants-behind",
        r"^(?:\d(?:,\d)*-[a-z]{4,}-?){2,}$",
        "",
        ("1-phenyl-2-propanone", "phenyl-1 propanone-2"),
        "4-piperidone",
    ),
    # old and everyday German spellings
    _rule(
        "de-aethyl",
        "(?<!m)ethyl",
        "äthyl",
        ("Methylethylketon", "Methyläthylketon"),
        "Methylketon",
        languages=("de",),
    ),
    _rule(
        "de-ylen",
        "ylene(?=di|ox|im)",
        "ylen",
        ("3,4-methylenedioxyphenyl", "3,4-methylendioxyphenyl"),
        "xylene",
        languages=_EN,
    ),
    _rule(
        "de-c-k",
        r"(?<![A-Za-z])c(?=[aou])|(?<=[aeiou])c(?=[ao])",
        "k",
        ("cocain", "kokain"),
        "Acetyl",
        languages=("de",),
        types=_WORDY,
    ),
    # an international name, spelt as other languages spell it
    _rule(
        "de-ending-ine", "ine$", "in", ("2-methylamphetamine", "2-methylamphetamin"), "morphin", languages=_EN
    ),
    _rule(
        "de-ending-one",
        "one$",
        "on",
        ("methadone", "methadon"),
        "ozon",
        languages=_EN,
        types=_WORDY,
        single=True,
    ),
    _rule(
        "de-ending-ate",
        "ate$",
        "at",
        ("methylphenidate", "methylphenidat"),
        "nitrat",
        languages=_EN,
        types=_WORDY,
        single=True,
    ),
)

# Romance and Slavic spellings of an international name: several letter changes at once, in order.
_CHAINS: dict[str, tuple[tuple[str, str], ...]] = {
    "es": (
        ("ph", "f"),
        ("th", "t"),
        ("yl$", "ilo"),
        ("y", "i"),
        ("ine$", "ina"),
        ("one$", "ona"),
        ("ane$", "ano"),
        ("ene$", "eno"),
        ("ate$", "ato"),
        ("ide$", "ida"),
        ("ll", "l"),
        ("mm", "m"),
        ("k", "qu"),
    ),
    "pt": (
        ("ph", "f"),
        ("th", "t"),
        ("yl$", "ila"),
        ("y", "i"),
        ("ine$", "ina"),
        ("one$", "ona"),
        ("ane$", "ano"),
        ("ene$", "eno"),
        ("ate$", "ato"),
        ("ide$", "ida"),
        ("am$", "ão"),
        ("k", "c"),
    ),
    "it": (
        ("ph", "f"),
        ("th", "t"),
        ("yl$", "ile"),
        ("y", "i"),
        ("ine$", "ina"),
        ("ate$", "ato"),
        ("ide$", "ide"),
    ),
    "pl": (
        ("ph", "f"),
        ("th", "t"),
        ("ine$", "yna"),
        ("one$", "on"),
        ("ate$", "at"),
        ("c(?=[aou])", "k"),
        ("qu", "kw"),
    ),
    "sv": (
        ("ph", "f"),
        ("th(?=[aeiouy])", "t"),
        ("ine$", "in"),
        ("one$", "on"),
        ("ane$", "an"),
        ("ene$", "en"),
        ("ate$", "at"),
        ("ide$", "id"),
        ("qu", "k"),
        ("x(?=y)", "x"),
        ("c(?=[aou])", "k"),
        ("hydroxy", "hydroxi"),
        ("oxy(?=[a-z])", "oxi"),
    ),
    "da": (
        ("ph", "f"),
        ("th(?=[aeiouy])", "t"),
        ("ine$", "in"),
        ("one$", "on"),
        ("ate$", "at"),
        ("c(?=[aou])", "k"),
    ),
    "cs": (
        ("ph", "f"),
        ("th(?=[aeiouy])", "t"),
        ("ine$", "in"),
        ("one$", "on"),
        ("ate$", "át"),
        ("c(?=[aou])", "k"),
        ("qu", "kv"),
        ("oxy(?=[a-z])", "oxy"),
    ),
    "ro": (
        ("ph", "f"),
        ("th", "t"),
        ("y", "i"),
        ("ine$", "ină"),
        ("one$", "onă"),
        ("ate$", "at"),
        ("k(?=e)", "ch"),
        ("qu", "c"),
    ),
    "tr": (
        ("ph", "f"),
        ("th", "t"),
        ("y", "i"),
        ("ine$", "in"),
        ("one$", "on"),
        ("ate$", "at"),
        ("x", "ks"),
        ("c(?=[aou])", "k"),
        ("qu", "k"),
        ("mm", "m"),
        ("ll", "l"),
    ),
    "nl": (("ph", "f"), ("one$", "on"), ("ate$", "aat"), ("ide$", "ide")),
    "de": (
        ("th(?=[aeiou])", "th"),
        ("ine$", "in"),
        ("one$", "on"),
        ("ane$", "an"),
        ("ate$", "at"),
        ("c(?=[aou])", "k"),
        ("ide$", "id"),
    ),
}


def chain_variant(name: str, language: str) -> str:
    """Spell an English international name as `language` does, one of `_CHAINS`."""
    for pattern, result in _CHAINS[language]:
        name = re.sub(pattern, result, name)
    return name


# Endings that replace the last vowel of a feminine name, or are written on to a masculine one.
_SLAVIC = {
    "pl": (re.compile("a$"), ("y", "i", "ę", "ą", "ie", "e"), ("u", "em", "ie", "y", "a", "owi")),
    "cs": (re.compile("a$"), ("y", "u", "ou", "ě"), ("u", "em", "y", "a")),
    "ru": (re.compile("[ая]$"), ("ы", "и", "у", "ю", "ой", "ей", "е"), ("а", "у", "ом", "е", "ы")),
    "uk": (re.compile("[ая]$"), ("и", "у", "ю", "ою", "і"), ("у", "ом", "і", "и", "а")),
}


CASED = frozenset(_SLAVIC)  # the languages whose cases are spelt out


def cases(text: str, language: str) -> Iterator[str]:
    """The cases of a Slavic name: "trawa" gives "trawę", "лирика" "лирику", "соль" "солью"."""
    if language not in _SLAVIC or not re.fullmatch(r"\S*[^\W\d_]{3,}", text) or text.isupper():
        return
    feminine, endings, masculine = _SLAVIC[language]
    if feminine.search(text):
        yield from (text[:-1] + ending for ending in endings)
    elif text.endswith("ь"):
        yield from (text[:-1] + ending for ending in ("и", "ью"))
    elif text[-1] not in "eoiyuеоиыую":
        yield from (text + ending for ending in masculine)


def variants(text: str, language: str, kind: str, *, foreign: bool = True) -> Iterator[tuple[str, str]]:
    """Yield (variant, rule id) for one name; the name itself first, with an empty id. May repeat.

    `foreign`: spell international names as other languages do, too.
    """
    yield text, ""
    for rule in RULES:
        variant = rule.apply(text, language, kind)
        if variant:
            yield variant, rule.id
    for case in cases(text, language):
        yield case, "case"
    if (
        foreign
        and language in _EN
        and kind in ("inn", "common")
        and _LOCATED.fullmatch(text)
        and len(text) >= 7
    ):
        lower = text.lower()
        for target in _CHAINS:
            variant = chain_variant(lower, target)
            if variant != lower:
                yield variant, f"spelt-{target}"
