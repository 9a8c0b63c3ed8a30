"""Write `monitor/match/ordinary.txt`: words that look like a name and are words of their own.

    pip install wordfreq            # 3.1.1 made the shipped file
    python scripts/make_ordinary.py [--review] > ordinary.txt

A word of a frequency list is looked at when a plain name of the watchlist would be read into it: one edit
away, one of its spelling variants, the name with an ending, or the name without its accents. It is ordinary
- when it is used about as much as the name (`LEAST`, `BELOW`): a misspelling is much rarer than its name; and
- when it is no form of the name in any language (`is_form`): it differs by more than accents, the ways to
  write one sound, and a vowel or case ending. So no inflected name stands in the file. The few words that are
  both, a form of a name and another word ("heroine"), are listed here by hand (`OTHER_WORDS`).

`--review` prints each word with the name, both frequencies (Zipf: 3 is once in a million words) and the way.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
import unicodedata
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from wordfreq import available_languages, get_frequency_dict, zipf_frequency
from wordfreq.numbers import has_digit_sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.match import borders, compile_lexicon
from monitor.match.lexicon import Lexicon
from monitor.match.misspelt import Misspellings
from monitor.match.normalize import words_key
from monitor.match.variants import variants
from monitor.watchlist import load_builtin

LANGUAGES = "en de es fr it nl pl pt ru uk cs sv da nb fi tr ro hu id ca sk hr sl bg el lt lv mk sr".split()
LEAST = 1.9  # Zipf; rarer words are mostly slips of the pen themselves
BELOW = 1.0  # how much rarer than the name an ordinary word may be
# Words whose form is also that of a name, or nearly: the woman in a novel, rapture, stasis, starch, lyrics.
OTHER_WORDS = """
heroine heroines heroinen heroina heroinas heroisch extase extases estasi éxtasi extasié estasis éstasis
ekstase ekstaza ekstazy
героиня героини героинь героиню героиней героине героинями героинях героїня героїні героїню героїнь героїнею
экстаз экстаза экстазе экстазом экстазу екстаз екстазу екстазі amidon amidons lyrika lyrik lyriker
""".split()
SHORTEST = 4
HEAD = """# Words that look like a name of a watched substance and are words of their own: no variant, ending
# or misspelling of a name is read into them. Made by scripts/make_ordinary.py, where its rules stand, from
# the word lists of wordfreq {version} (Robyn Speer, https://github.com/rspeer/wordfreq; CC BY-SA 4.0). It
# holds words alone, no frequencies; names with their endings and misspellings are kept out.
"""


def plain(text: str) -> str:
    """A word without its accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


_SOUNDS = ("ph f|th t|ck k|c k|qu k|x ks|y i|z s|ï i|і и|ї и|ј и|ј и|є е|э е|kh h|ch h").split("|")
_TAIL = re.compile(
    r"(?:[aeiouаеиоуыюяь]|[еоаяюыи][ймх]?|am[i]?|em|en|et|es|in|ia|om|ow[aeiy]?|ov[aei]?|ей|ой|ом|ов|от|й)?s?n?t?$"
)


def sound(word: str) -> str:
    """A word with the ways to write one sound made one, and doubled letters single."""
    word = plain(word)
    for pair in _SOUNDS:
        old, new = pair.split()
        word = word.replace(old, new)
    return re.sub(r"(.)\1", r"\1", word)


def is_form(word: str, name: str) -> bool:
    """Do a word and a name differ by a vowel or a case ending at the end alone?"""
    one, other = sound(word), sound(name)
    pairs = enumerate(zip(one, other, strict=False))
    shared = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    # the ending of both begins where they part or before: "kokainu", "kokain"
    return any(
        _TAIL.match(one, place) is not None and _TAIL.match(other, place) is not None
        for place in range(max(shared - 2, min(len(one), len(other)) - 3, 3), shared + 1)
    )


class Names:
    """What the lexicon would read into a word, and how."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.misspelt = Misspellings(lexicon, frozenset())
        self.own = {name.casefold() for name in lexicon.names}
        self.trade: set[str] = set()
        self.stems: set[str] = set()  # plain names and their variants
        self.spelt: dict[str, str] = {}  # a variant's plain form -> the name
        self.bare: dict[str, str] = {}  # a name without its accents -> the name
        for index in range(len(lexicon.names)):
            name = lexicon.names[index]
            folded = name.casefold()
            if not folded.isalpha() or len(folded) < SHORTEST or lexicon.ambiguous[index]:
                continue
            kind = lexicon.kinds[int(lexicon.kind_of[index])]
            language = lexicon.tongues[int(lexicon.tongue_of[index])]
            self.stems.add(folded)
            if kind == "trade":
                self.trade.add(folded)
            if plain(folded) != folded:
                self.bare.setdefault(plain(folded), folded)
            for text, rule in variants(name, language, kind):
                if rule and rule != "case" and text.casefold() not in self.own:
                    self.spelt.setdefault(text.casefold(), folded)
                    self.stems.add(text.casefold())
        self.endings = sorted({end for ends in borders.ENDINGS.values() for end in ends}, key=len)

    def read_into(self, word: str) -> Iterator[tuple[str, str]]:
        """The names that would be read into a word, each with the way."""
        if word in self.own:
            return
        if word in self.spelt:
            yield self.spelt[word], "variant"
        if word in self.bare:
            yield self.bare[word], "accents"
        for ending in self.endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= SHORTEST and stem in self.stems:
                yield stem, "ending"
        entry = self.misspelt.entry_of(words_key(word))
        if entry >= 0:
            yield self.lexicon.texts[entry].casefold(), "edit"


@functools.lru_cache(maxsize=100_000)
def frequency(word: str) -> float:
    """The frequency in the language that uses the word most."""
    return max(zipf_frequency(word, language) for language in LANGUAGES)


def is_ordinary(word: str, name: str, way: str, *, trade: bool) -> bool:
    used = frequency(word)
    if used < LEAST or used < frequency(name) - BELOW:
        return False
    # what is written like a trade name, and as often, is another word: only names of chemistry are inflected
    return (trade and way != "ending") or not is_form(word, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--review", action="store_true", help="print why, not the file")
    review = parser.parse_args().review
    names = Names(compile_lexicon(load_builtin()))
    seen: dict[str, list[tuple[str, str]]] = {}
    for language in (each for each in LANGUAGES if each in available_languages("best")):
        for word in get_frequency_dict(language, "best"):
            if len(word) >= SHORTEST and word not in seen and word.isalpha() and not has_digit_sequence(word):
                found = list(names.read_into(word))
                if found:
                    seen[word] = found
    ordinary = {
        word
        for word, found in seen.items()
        if all(is_ordinary(word, name, way, trade=name in names.trade) for name, way in found)
    }
    ordinary |= set(OTHER_WORDS)
    if review:
        for word, found in sorted(seen.items()):
            mark = "+" if word in ordinary else "-"
            print(
                mark, word, f"{frequency(word):.1f}", *(f"{n} {frequency(n):.1f} {way};" for n, way in found)
            )
        return
    print(HEAD.format(version=version("wordfreq")) + "\n".join(sorted(ordinary)))


if __name__ == "__main__":
    main()
