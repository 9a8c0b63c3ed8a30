"""From a text to its mentions: the path of one candidate from automaton to score.

    forms -> candidates -> reading -> border -> longest wins -> second look -> score -> mention

The first look is cheap and runs on every text: one automaton over its words, for short names, for words that
begin as a long name does, and for words of drugs and chemistry. Most texts end there. The others are searched
for long names in the compact form, for misspellings and for ambiguous names, which are weighed against
everything around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.match import ambiguity, context, coverage
from monitor.match.abbreviations import definitions, short_key
from monitor.match.bounds import Bounds
from monitor.match.candidates import (
    Candidate,
    Taken,
    find_folded,
    from_abbreviations,
    from_long,
    from_misspellings,
    from_short,
    from_weak,
    longest,
)
from monitor.match.context import EVERY_LANGUAGE
from monitor.match.lexicon import ANCHOR, CLINIC, NAME, Lexicon
from monitor.match.misspelt import misspelt
from monitor.match.normalize import Forms, forms
from monitor.match.patterns import Automaton, Hit
from monitor.model import Mention, Pin

THRESHOLD = 0.55

# A text up to this length is searched in full, for disguises within words and misspelt names, in any case; a
# longer one only when some word begins as a name does, or several speak of drugs or chemistry. A long article
# whose one sign of drugs is a misspelt name is no news of drugs.
_SHORT_TEXT = 500


@dataclass(frozen=True, slots=True)
class Search:
    """The mentions of a text; `left_out` says in words what of a very long one was not looked at.

    `uncovered`: the text's language where the lexicon has no names in it, else "".
    """

    mentions: list[Mention]
    left_out: tuple[str, ...] = ()
    uncovered: str = ""


def find(
    lexicon: Lexicon,
    text: str,
    language: str | None = None,
    *,
    source: str | None = None,
    pins: Sequence[Pin] = (),
) -> list[Mention]:
    """Find all mentions in a text, in order of their offsets, without overlaps.

    Offsets are code points of `text`, `[start, stop)`; `text[start:stop] == surface`. `language`: ISO 639-1,
    None when not known. `pins` overrule the score of the names that they speak of, in texts of `language` and
    `source`. Pure; never raises on any text. What one text may cost is bounded (`bounds`).
    """
    return search(lexicon, text, language, source=source, pins=pins).mentions


def search(
    lexicon: Lexicon,
    text: str,
    language: str | None = None,
    *,
    source: str | None = None,
    pins: Sequence[Pin] = (),
    bounds: Bounds | None = None,
) -> Search:
    """The same as `find`, with what was left out; `bounds` (new for each text) may be set lower."""
    bounds = bounds or Bounds()
    if pins:
        pins = [pin for pin in pins if pin.speaks_of(language, source)]
    text = bounds.of_text(text)
    always = bool(pins) and any(pin.always for pin in pins)
    view = forms(text)
    uncovered = coverage.uncovered(lexicon, view, language)
    known = _weigh(lexicon, view, language, always=always, bounds=bounds)
    if known is None:
        return Search([], tuple(bounds.left_out), uncovered)
    mentions: list[Mention] = []
    candidates = sorted((*known.strong, *known.weak), key=lambda candidate: candidate.start)
    for candidate in bounds.of_candidates(candidates, lambda each: each.name.substance):
        judged = ambiguity.judge(known, candidate)
        if pins:
            judged = _pinned(known, candidate, judged, pins)
        if judged.score >= THRESHOLD:
            _append(mentions, _mention(known, candidate, judged), text)
    return Search(mentions, tuple(bounds.left_out), uncovered)


def _pinned(
    known: ambiguity.Document, candidate: Candidate, judged: ambiguity.Judgement, pins: Sequence[Pin]
) -> ambiguity.Judgement:
    """What the user's pins make of a judgement; the first pin that names it decides."""
    surface = known.view.text[candidate.start : candidate.stop]
    for pin in pins:
        if pin.text.casefold() in (surface.casefold(), candidate.name.text.casefold()):
            score, reason = (0.99, "pinned: always counts") if pin.always else (0.0, "pinned: never counts")
            return ambiguity.Judgement(score, (*judged.features, ("pinned", 1.0)), candidate, reason)
    return judged


def weigh(
    lexicon: Lexicon,
    text: str,
    language: str | None = None,
    *,
    always: bool = False,
    bounds: Bounds | None = None,
) -> ambiguity.Document | None:
    """Gather all candidates of a text with what surrounds them; None where the first look ends it.

    `always`: take the second look in any case.
    """
    return _weigh(lexicon, forms(text), language, always=always, bounds=bounds or Bounds())


def _weigh(
    lexicon: Lexicon, view: Forms, language: str | None, *, always: bool, bounds: Bounds
) -> ambiguity.Document | None:
    text = view.original
    hits = bounds.of_hits(find_folded(lexicon.short, view))
    marks, clinic = _marks(lexicon.short, hits)
    in_full = always or len(text) <= _SHORT_TEXT or view.latin is not None
    if not marks and not in_full:
        return None
    # most texts show nothing more, and then it does not matter in what language
    language = language or (context.guess_language(view) if marks & (NAME | EVERY_LANGUAGE) else None)
    candidates: list[Candidate] = []
    reasons = from_short(lexicon, view, hits, language, candidates) if marks else []
    in_full = in_full or bool(candidates) or _are_several(view, reasons)
    long_hits = bounds.of_hits(lexicon.long.find(view.compact)) if in_full or marks & ANCHOR else []
    if long_hits or always:
        language = language or context.guess_language(view)
        candidates += from_long(lexicon, view, long_hits, language)
    slips = bounds.of_hits(misspelt(lexicon, view, bounds)) if in_full or candidates or clinic > 1 else []
    if slips:
        language = language or context.guess_language(view)
        candidates += from_misspellings(lexicon, view, slips, language)
    candidates = longest(candidates, language)
    if not (candidates or reasons or always):
        return None
    weak = from_weak(lexicon, view, language, None if candidates or always else reasons, bounds)
    return _second_look(lexicon, view, candidates, list(weak), language, always=always)


def _are_several(view: Forms, reasons: list[int]) -> bool:
    """Do different words speak of drugs or chemistry, or one again and again?

    An article about car dealers says "dealer" three times; about chemicals, it names some.
    """
    return len(reasons) > 3 or len({view.folded[begin : begin + 6] for begin in reasons}) > 1


def _marks(short: Automaton, hits: list[Hit]) -> tuple[int, int]:
    """Why a text may want another look: the marks of all hits, and how many words of medicine there are.

    One word of medicine is no reason.
    """
    if not hits:
        return 0, 0
    masks, marks = short.masks or (), 0
    clinic: set[int] = set()
    for _, _, pattern in hits:
        mask = masks[pattern]
        marks |= mask
        if mask & CLINIC:
            clinic.add(pattern)
    return marks if len(clinic) > 1 else marks & ~CLINIC, len(clinic)


# --- the second look -------------------------------------------------------------------------------


def _second_look(
    lexicon: Lexicon,
    view: Forms,
    candidates: list[Candidate],
    ambiguous: list[Candidate],
    language: str | None,
    *,
    always: bool,
) -> ambiguity.Document | None:
    if not candidates and not ambiguous:
        return None
    around = context.surroundings(view, language)
    # without a substance nothing is defined as one, and only the ambiguous names themselves matter
    surfaces = (view.text[candidate.start : candidate.stop] for candidate in ambiguous)
    defined = definitions(view.text, None if candidates else {short_key(surface) for surface in surfaces})
    weak = [candidate for candidate in candidates if candidate.weak]
    strong = [candidate for candidate in candidates if not candidate.weak]
    strong = sorted(
        [*strong, *from_abbreviations(view, defined, strong)], key=lambda candidate: candidate.start
    )
    taken = Taken(strong)
    weak = [candidate for candidate in longest([*weak, *ambiguous], language) if not taken.meets(candidate)]
    known = ambiguity.Document(view, around, strong, weak, defined, language, lexicon)
    # a plain name that means something else here vouches for no other: LSD, the disease of cattle, for PMK
    meant = [each for each in strong if not weak or ambiguity.judge(known, each).score >= THRESHOLD]
    return known if always or len(meant) == len(strong) else replace(known, strong=meant)


def _append(mentions: list[Mention], new: Mention, text: str) -> None:
    """Add a mention; two names of one substance side by side ("crack cocaine") are one mention."""
    last = mentions[-1] if mentions else None
    beside = last is not None and text[last.stop : new.start] in (" ", "-")
    if last is None or not beside or last.substance != new.substance or last.name == new.name:
        mentions.append(new)
        return
    best = max(last, new, key=lambda mention: mention.score)
    reasons = (*last.reasons, *(reason for reason in new.reasons if reason not in last.reasons))
    surface = text[last.start : new.stop]
    mentions[-1] = replace(best, start=last.start, stop=new.stop, surface=surface, reasons=reasons)


def _mention(known: ambiguity.Document, candidate: Candidate, judged: ambiguity.Judgement) -> Mention:
    view = known.view
    start, stop = view.to_original(candidate.start, candidate.stop)
    tags = known.tags(candidate)
    return Mention(
        start=start,
        stop=stop,
        surface=view.original[start:stop],
        substance=candidate.name.substance,
        name=candidate.name.text,
        method=candidate.method,
        score=judged.score,
        form=candidate.reading.form,
        features=judged.features,
        reasons=(*judged.reasons, *(f'{tag}: "{word}"' for tag, word in tags.items())),
        tags=tuple(tags),
    )
