"""Names of persons, firms, ships, villages: what is capitalised in a text and no word of every day. Pure.

No list knows them. A word counts where it is capitalised inside a sentence and never stands in small letters;
German capitalises every noun, so there a single word counts only behind a preposition without an article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from monitor.stories.dates import CALENDAR
from monitor.stories.text import Word
from monitor.stories.words import ALL, tables

LEAST = 4  # letters
MOST = 40  # names kept of one article
SPOTS = 8  # of them, those that tell where it happened
# Words behind which a place stands in one language or another.
_WHERE = frozenset(
    "in at near bei nahe aus en a au te bij nabij em no na we w kolo przy nabij outside".split()
)
_HARBOURS = frozenset("port puerto porto hafen haven airport town village city district".split())
# German prepositions that stand before a name without an article.
_BEFORE = frozenset("in bei aus nach von gegen um nahe namens ort stadt gemeinde firma hafen".split())
_PARTICLES = frozenset("de la le del della di da van von der den des du al el bin ter dos".split())


def names(
    text: str, found: Sequence[Word], language: str | None, taken: frozenset[int]
) -> tuple[list[str], list[str], list[str]]:
    """Folded names in the order of the text, each once; words that may be names; names of spots.

    Those that may be (first of a sentence, a German noun) count only where another article has them for sure.
    A spot stands behind a word such as "in" or before a colon: most likely a village or a quarter that no
    list knows. Words at places in `taken` are something else.
    """
    small = {word.folded for word in found if word.surface[0].islower()}
    common = tables().common.get(language or "", tables().common[ALL]) | CALENDAR
    sure: dict[str, None] = {}
    maybe: dict[str, None] = {}
    spots: dict[str, None] = {}
    for start, stop in _runs(text, found, taken):
        part = found[start:stop]
        strong = [word for word in part if word.folded not in common and len(word.folded) > 1]
        name = " ".join(word.folded for word in part)
        if stop - start > 1:
            is_name = _is_name(part, strong, language, small)
        else:
            is_name = _counts_alone(text, found, start, language, small, common)
        if is_name:
            sure[name] = None
            if _is_spot(text, found, start, stop):
                spots[name] = None
            continue
        maybe.update(dict.fromkeys(word.folded for word in strong if _may_be(word, language, small)))
    return list(sure)[:MOST], [name for name in maybe if name not in sure][:MOST], list(spots)[:SPOTS]


def alike(one: str, other: str) -> bool:
    """Equal, or told apart by a letter or an ending: "jen dascal" and "adviser jen daskal".

    Of two names of several words another word must be the same beside the last; one of a single word may be
    any word of the other.
    """
    if one == other:
        return True
    a, b = one.split(), other.split()
    if len(a) == 1 or len(b) == 1:
        return any(_near(x, y) for x in a for y in b)
    return _near(a[-1], b[-1]) and not set(a[:-1]).isdisjoint(b[:-1])


def _near(a: str, b: str) -> bool:
    if a == b:
        return len(a) >= LEAST
    if len(a) < 5 or len(b) < 5 or a[:2] != b[:2] or abs(len(a) - len(b)) > 2:
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.82


def _runs(text: str, found: Sequence[Word], taken: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Stretches of capitalised words with nothing but spaces, hyphens or particles between them."""
    at = 0
    while at < len(found):
        if at in taken or not _capital(found[at]):
            at += 1
            continue
        stop = at + 1
        while stop < len(found) and stop not in taken and stop - at < 4:
            gap = text[found[stop - 1].stop : found[stop].start]
            if gap not in (" ", "-", "’", "'", ". ") or (gap == ". " and len(found[stop - 1].surface) > 1):
                break
            if _capital(found[stop]):
                stop += 1
            elif (
                found[stop].folded in _PARTICLES
                and stop + 1 < len(found)
                and _capital(found[stop + 1])
                and stop + 1 not in taken
            ):
                stop += 2
            else:
                break
        yield at, stop
        at = stop


def _is_spot(text: str, found: Sequence[Word], start: int, stop: int) -> bool:
    first = found[start]
    if any(word.folded in tables().regions for word in found[start:stop]):
        return False
    if start and found[start - 1].folded in _WHERE:
        return text[found[start - 1].stop : first.start] == " "
    if start > 1 and found[start - 1].folded in ("of", "de", "von") and found[start - 2].folded in _HARBOURS:
        return True
    return text[found[stop - 1].stop :].lstrip(" ").startswith(":") and _begins(text, first)


def _capital(word: Word) -> bool:
    return word.surface[0].isupper()


def _begins(text: str, word: Word) -> bool:
    """Is the word the first of its sentence, line or quotation?"""
    before = text[: word.start].rstrip(" ")
    return not before or before[-1] in ".!?:;\n“”„\"«»'‘’()[]–—|-·•…"


def _counts_alone(
    text: str,
    found: Sequence[Word],
    at: int,
    language: str | None,
    small: set[str],
    common: frozenset[str],
) -> bool:
    word = found[at]
    if word.surface.isupper() and 3 <= len(word.surface) <= 6 and word.folded not in common:
        return word.folded not in small and not _shouted(text, word)
    if len(word.folded) < LEAST or word.folded in common or word.folded in small or _begins(text, word):
        return False
    if language in ("de", None):
        if tables().nouns.match(word.folded) or at == 0:
            return False
        return found[at - 1].folded in _BEFORE and text[found[at - 1].stop : word.start] == " "
    return True


def _shouted(text: str, word: Word) -> bool:
    """Is the whole line in capitals?"""
    start, stop = text.rfind("\n", 0, word.start) + 1, text.find("\n", word.stop)
    return text[start : stop if stop >= 0 else len(text)].isupper()


def _may_be(word: Word, language: str | None, small: set[str]) -> bool:
    if len(word.folded) < LEAST or word.folded in small:
        return False
    return not (language in ("de", None) and tables().nouns.match(word.folded))


def _is_name(part: Sequence[Word], strong: Sequence[Word], language: str | None, small: set[str]) -> bool:
    """Of a stretch of several words at least two say something, and none is known in small letters."""
    telling = [word for word in strong if word.folded not in small and len(word.folded) >= 3]
    if language in ("de", None):
        telling = [word for word in telling if not tables().nouns.match(word.folded)]
    return len(telling) >= 2 and len(telling) * 2 >= len(part)
