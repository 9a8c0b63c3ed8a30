"""Which language a text is in that the lexicon has no names in: nothing can be found there, which is said."""

from __future__ import annotations

import re

import numpy as np

from monitor.match import context
from monitor.match.lexicon import Lexicon
from monitor.match.normalize import Forms

_ENOUGH = 20  # names that a language must have to be called covered
_SAMPLE = 400  # characters at the beginning of a text that show its script
_GLANCE, _PLAINLY = 600, 5  # bytes at the beginning, and different small words there that settle it
_LETTERS = 12  # letters of a script, and a third of those looked at, make a text of it

# Scripts that one language, or mostly one, is written in.
_SCRIPTS = {
    "am": ("Ethiopic", "\u1200-\u137f"), "ka": ("Georgian", "\u10a0-\u10ff\u1c90-\u1cbf"),
    "hy": ("Armenian", "\u0531-\u058f"), "he": ("Hebrew", "\u05d0-\u05ff"),
    "ar": ("Arabic", "\u0620-\u06ff\u0750-\u077f"), "hi": ("Devanagari", "\u0900-\u097f"),
    "bn": ("Bengali", "\u0980-\u09ff"),
    "pa": ("Gurmukhi", "\u0a00-\u0a7f"), "gu": ("Gujarati", "\u0a80-\u0aff"),
    "ta": ("Tamil", "\u0b80-\u0bff"), "te": ("Telugu", "\u0c00-\u0c7f"), "kn": ("Kannada", "\u0c80-\u0cff"),
    "ml": ("Malayalam", "\u0d00-\u0d7f"), "si": ("Sinhala", "\u0d80-\u0dff"), "th": ("Thai", "\u0e00-\u0e7f"),
    "lo": ("Lao", "\u0e80-\u0eff"), "bo": ("Tibetan", "\u0f00-\u0fff"), "my": ("Burmese", "\u1000-\u109f"),
    "km": ("Khmer", "\u1780-\u17ff"), "mn": ("Mongolian", "\u1820-\u18af"), "ko": ("Hangul", "\uac00-\ud7a3"),
    "ja": ("kana", "\u3041-\u30ff"), "el": ("Greek", "\u0370-\u03ff"),
}  # fmt: skip
_OF_SCRIPT = {code: re.compile(f"[{letters}]") for code, (_, letters) in _SCRIPTS.items()}
# Other languages of the same script, where a text says itself what it is in.
_SHARED = {"ar": ("fa", "ur", "ps", "ku", "ug", "sd"), "hi": ("mr", "ne"), "he": ("yi",), "am": ("ti",)}


def covered(lexicon: Lexicon) -> frozenset[str]:
    """The languages (ISO 639-1) that the lexicon has names in."""
    known = lexicon.memo.get("covered")
    if not isinstance(known, frozenset):
        counts = np.bincount(lexicon.tongue_of, minlength=len(lexicon.tongues))
        tongues = zip(lexicon.tongues, counts.tolist(), strict=True)
        known = frozenset(tongue for tongue, count in tongues if count >= _ENOUGH and tongue != "mul")
        lexicon.memo["covered"] = known
    return known


def uncovered(lexicon: Lexicon, view: Forms, language: str | None) -> str:
    """The language (ISO 639-1) of a text where the lexicon has none of its names, else "".

    `language` is what the text is declared to be in; the script, and for Latin letters the small words, are
    asked where nobody says it or what is said cannot be. A list of a few names of its own covers nothing and
    is not asked: who watches five words knows in what language they are.
    """
    known = covered(lexicon)
    if not known:
        return ""
    declared = (language or "").lower()[:2]
    if declared in known and view.text.isascii():
        return ""
    written = _by_script(view.text)
    if written:
        meant = declared if declared in (written, *_SHARED.get(written, ())) else written
        return "" if meant in known else meant
    if declared in known:
        return ""
    # a few small words of covered languages spare most texts the counting of all of them
    if len(_small_words(lexicon, known).intersection(view.folded[:_GLANCE].split())) >= _PLAINLY:
        return ""
    guessed = context.guess_language(view)
    if guessed in known:
        return ""
    return guessed or (declared if declared and len(view.text) > _LETTERS else "")


def _small_words(lexicon: Lexicon, known: frozenset[str]) -> frozenset[bytes]:
    """The small words that only covered languages have, in the folded form."""
    words = lexicon.memo.get("small words")
    if not isinstance(words, frozenset):
        owners = context.small_words()
        words = frozenset(word for word, languages in owners.items() if known.issuperset(languages))
        lexicon.memo["small words"] = words
    return words


def _by_script(text: str) -> str:
    """The language of the script that a text is mostly written in, or ""."""
    sample = text[:_SAMPLE]
    if sample.isascii() or context.OTHER_SCRIPT.search(sample) is None:
        return ""
    letters = sum(map(str.isalpha, sample))
    for code, pattern in _OF_SCRIPT.items():
        found = len(pattern.findall(sample))
        if found >= _LETTERS and found * 3 >= letters:
            return code
    return ""


def in_words(language: str) -> str:
    """What is said of a text in a language that is not covered."""
    script = _SCRIPTS.get(language, ("", ""))[0]
    written = f" ({script} script)" if script else ""
    return f"language-not-covered: the watchlist has no names in the language “{language}”{written}"
