"""Do two articles tell of the same event? Points for what they share, off for what cannot both be. Pure.

Every point comes with its reason, so that a verdict can be read. `docs/stories.md` tells what counts as one
event: a find and its aftermath within the window are one; a trial, a law, a statistic are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.stories.fingerprint import likeness
from monitor.stories.names import alike
from monitor.stories.numbers import Quantity, agree, meeting, weight
from monitor.stories.trace import Trace

ENOUGH, ENOUGH_HEADLINE = 3.0, 2.4  # a city and a drug of every day make 2.2
HEADLINE = 160  # code points; so short an article can share little
ONE_MOULD = 0.4  # share of equal word triples above which two texts were cast in one mould
NEARLY = 0.5  # what two amounts are worth that are not written alike
TEMPLATE = 0.3  # what equal words are worth where the facts are not equal
WINDOW = timedelta(days=7)

# Substances that half of all drug news names: one of them shared says little.
EVERYDAY = frozenset(
    """cocaine cannabis heroin fentanyl metamfetamine amfetamine mdma ketamine crack-cocaine thc morphine
    methamphetamine amphetamine opium""".split()
)
# Things that many an event is told with.
PLAIN = frozenset(
    """container parcel lorry flat cash website storage laboratory suitcase firearm plane paper barn
    school prison doctor police_dog machine yacht ferry train mafia glass van garage""".split()
)
SCENES = frozenset("container parcel lorry flat storage suitcase barn prison garage van".split())
# The kinds of news of which an article of one is hardly the news of the other.
APART = {
    frozenset(pair): points
    for points, pairs in {
        2.5: ("seizure law", "seizure statistics", "seizure study", "law statistics", "law court",
              "study court", "study law", "health court", "health law", "statistics court",
              "seizure policy", "law policy"),
        1.5: ("seizure court", "policy court", "policy statistics", "policy study", "health study",
              "health statistics", "statistics study", "seizure health", "policy health"),
    }.items()
    for pair in (frozenset(each.split()) for each in pairs)
}  # fmt: skip
# Seats of governments stand for the government in news of politics.
SEATS = frozenset(
    """Washington Beijing Moscow Brussels Berlin Paris London Madrid Vienna Rome Warsaw Lisbon
    Dublin Canberra Ottawa Tokyo Ankara Kyiv Bern Geneva Strasbourg Stockholm Copenhagen Oslo""".split()
)
AMOUNTS = ("mass", "volume", "pills")
MONEY = ("euro", "dollar", "pound")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is the sum of the points, `same` whether it is enough; `reasons` the points in words."""

    same: bool
    score: float
    reasons: tuple[str, ...]


Point = tuple[float, str]


def same_event(one: Trace, other: Trace, window: timedelta = WINDOW) -> Verdict:
    """Compare two articles; the order does not matter."""
    one, other = sorted((one, other), key=lambda each: (each.at, each.sha256))
    gap = abs(one.at - other.at)
    if gap > window:
        days = f"{gap.days} days" if gap.days != 1 else "a day"
        return Verdict(False, 0.0, (f"{days} lie between them, more than the window",))
    if one.sha256 == other.sha256:
        return Verdict(True, 10.0, ("+10.0 the same text",))
    points = [point for rule in RULES for point in rule(one, other)]
    against, heavy = _against(one, other)
    wording = [point for rule in WORDING for point in rule(one, other)]
    if heavy:
        # One agency's releases are cast in one mould: the words are the same, what they tell is not.
        wording = [(TEMPLATE * each, words) for each, words in wording]
    points += against + wording
    score = sum(each for each, _ in points)
    told = tuple(f"{each:+.1f} {words}" for each, words in sorted(points, key=lambda p: -abs(p[0])))
    enough = ENOUGH if min(one.length, other.length) > HEADLINE else ENOUGH_HEADLINE
    return Verdict(score >= enough, round(score, 2), told)


def _against(one: Trace, other: Trace) -> tuple[list[Point], bool]:
    """What speaks against one event, and whether it is enough to doubt what the wording says."""
    points: list[Point] = []
    weight_of_all = 0.0
    for rule, rule_weight in AGAINST.items():
        found = list(rule(one, other))
        points += found
        weight_of_all += rule_weight * bool(found)
    if weight_of_all >= TOO_MUCH:
        points.append((TOGETHER, "all that differs cannot be of one event"))
    return points, weight_of_all >= 1.0


def _text(one: Trace, other: Trace) -> Iterator[Point]:
    alike = likeness(one.print, other.print) if one.scheme == other.scheme else 0.0
    if alike >= 0.2:
        yield 6 * alike, f"{alike:.0%} of the word triples are the same"


def _words(one: Trace, other: Trace) -> Iterator[Point]:
    """Articles of one language share the words of their event, beyond those of the trade."""
    least = min(len(one.stems), len(other.stems))
    if one.language != other.language or least < 3:
        return
    shared = len(set(one.stems) & set(other.stems))
    share = shared / least
    points = min(3.0, 6 * (share - 0.2)) * min(1.0, least / 8)
    if abs(points) >= 0.1:
        yield points, f"{shared} of {least} telling words are the same"


def _figures_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """The same words with other figures: two numbers of a series, two entries of a list, not one event."""
    mine, theirs = set(one.figures), set(other.figures)
    if mine <= theirs or theirs <= mine:
        return
    least = min(len(one.stems), len(other.stems))
    if one.language != other.language or least < 3:
        return
    share = len(set(one.stems) & set(other.stems)) / least
    printed = bool(one.print and other.print)
    if (
        (share >= 0.75 and likeness(one.print, other.print) >= ONE_MOULD)
        if printed
        else share >= 0.9 and least >= 5
    ):
        a, b = sorted(mine - theirs)[0], sorted(theirs - mine)[0]
        yield -4.0, f"the same words with other figures: {a} in the one, {b} in the other"


def _substances(one: Trace, other: Trace) -> Iterator[Point]:
    mine, theirs = one.substances, other.substances
    shared = [(each, kin) for each in mine if (kin := _kin_among(each, theirs))]
    if shared:
        points = sum(0.6 if each.split("-")[0] in EVERYDAY else 1.2 for each, _ in shared)
        yield min(points, 2.2), _shared(shared)  # alone never enough: precursors go together


def _kin_among(one: str, others: Sequence[str]) -> str:
    """The same substance, else a form of it; "" for none."""
    return one if one in others else next((other for other in others if _kin(one, other)), "")


def _shared(pairs: Sequence[tuple[str, str]]) -> str:
    """What is said of names that both articles have, as each of them has it."""
    equal = [mine for mine, theirs in pairs if mine == theirs]
    like = [f"{mine} in the one, {theirs} in the other" for mine, theirs in pairs if mine != theirs]
    return "; ".join(filter(None, [f"both name {_some(equal)}" if equal else "", *like[:3]]))


def _kin(one: str, other: str) -> bool:
    """The same, or one a form of the other: cannabis and cannabis-resin, pmk and pmk-glycidate."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _substances_apart(one: Trace, other: Trace) -> Iterator[Point]:
    mine, theirs = one.substances, other.substances
    if not mine or not theirs:
        return
    if not any(_kin(a, b) for a in mine for b in theirs):
        yield -3.0, f"other substances: {_some(mine)}; {_some(theirs)}"
    elif not any(_kin(mine[0], b) for b in theirs) and not any(_kin(theirs[0], a) for a in mine):
        yield -1.0, f"the first is of {mine[0]}, the other of {theirs[0]}"


def _amounts(one: Trace, other: Trace) -> Iterator[Point]:
    loose = 0.0
    used: set[int] = set()
    for mine in _distinct(one.quantities):
        for at, theirs in enumerate(other.quantities):
            values = None if at in used or not _of_one(mine, theirs) else meeting(mine, theirs)
            if values is None:
                continue
            used.update(n for n, each in enumerate(other.quantities) if agree(theirs, each))
            points = weight(mine) if mine.kind else min(weight(mine), weight(theirs))
            told, is_one = _compared(mine, theirs, values)
            if not is_one:
                points *= NEARLY
            if mine.kind in AMOUNTS + MONEY:
                yield 2.2 * points, told
            elif points:
                added = min(1.3 * points, 2.5 - loose)
                loose += added
                yield added, told
            break


def _of_one(one: Quantity, other: Quantity) -> bool:
    """False for amounts of two substances."""
    return not one.of or not other.of or _kin(one.of, other.of)


def _compared(one: Quantity, other: Quantity, values: tuple[float, float]) -> tuple[str, bool]:
    """What is said of two amounts that agree, and whether they are written alike."""
    mine, theirs = _say(one, values[0]), _say(other, values[1])
    if mine == theirs:
        return f"both tell of {mine}", True
    return f"{mine} in the one, {theirs} in the other, which may be one amount", False


def _amounts_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """Of one substance, each tells an amount that the other does not; else of anything."""
    for kind in AMOUNTS + MONEY:
        mine = [each for each in one.quantities if each.kind == kind and weight(each) >= 0.5]
        theirs = [each for each in other.quantities if each.kind == kind and weight(each) >= 0.5]
        compared = _of_the_same(mine, theirs) or ([(mine, theirs)] if mine and theirs else [])
        apart = [(a, b) for a, b in compared if not any(agree(x, y) for x in a for y in b)]
        if apart:
            (a, *_), (b, *_) = apart[0]
            what = f" of {a.of}" if a.of and b.of else ""
            cost = 2.0 if kind in AMOUNTS else 1.2
            yield -cost, f"{_say(a, a.value)}{what} in the one, {_say(b, b.value)} in the other"


def _of_the_same(
    mine: Sequence[Quantity], theirs: Sequence[Quantity]
) -> list[tuple[list[Quantity], list[Quantity]]]:
    """The amounts of each substance that both tell an amount of."""
    found = []
    for substance in dict.fromkeys(each.of for each in mine if each.of):
        others = [each for each in theirs if each.of and _kin(each.of, substance)]
        if others:
            found.append(([each for each in mine if each.of == substance], others))
    return found


def _places(one: Trace, other: Trace) -> Iterator[Point]:
    cities = [place for place in one.cities if place in other.cities]
    if cities:
        each = [0.8 if one.shown[city] in SEATS and one.kind != "seizure" else 1.6 for city in cities]
        points = max(each) + 0.55 * (sum(each) - max(each))
        yield min(points, 3.2), f"both tell of {_some([one.shown[c] for c in cities])}"
    countries = [
        place
        for place in one.places
        if len(place) == 2 and place in other.places and all(city[:2] != place for city in cities)
    ]
    if countries:
        yield min(0.4 * len(countries), 1.2), f"both tell of {_some([one.shown[c] for c in countries])}"


def _places_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """Each tells where it happened, and none of it is in the other."""
    mine, theirs = _where(one), _where(other)
    if not mine or not theirs or set(one.cities) & set(other.cities):
        return
    if _named_in(one.spots, other) or _named_in(other.spots, one):
        return
    yield -2.0, f"{mine[0]} in the one, {theirs[0]} in the other"


def _where(made: Trace) -> list[str]:
    return [made.shown[city] for city in made.cities] + [spot.title() for spot in made.spots]


def _named_in(spots: Sequence[str], other: Trace) -> bool:
    return any(alike(spot, name) for spot in spots for name in (*other.names, *other.maybe))


def _countries_apart(one: Trace, other: Trace) -> Iterator[Point]:
    if one.countries and other.countries and not one.countries & other.countries:
        yield -0.5, "other countries"


def _names(one: Trace, other: Trace) -> Iterator[Point]:
    shared = [(mine, like) for mine in one.names if (like := _like_among(mine, other.names))]
    known = {mine for mine, _ in shared}
    shared += [(name, name) for name in one.names if name in other.maybe and name not in known]
    shared += [(name, name) for name in other.names if name in one.maybe and name not in known]
    if not shared:
        return
    each = 1.0 if one.language != other.language else 0.8
    points = sum(each * (1.2 if " " in name else 1.0) for name, _ in shared)
    if any(name in one.spots or name in other.spots for name, _ in shared):
        points += 0.5  # it is where it happened
    yield min(points, 4.0), _shared([(mine.title(), theirs.title()) for mine, theirs in shared])


def _like_among(name: str, others: Sequence[str]) -> str:
    """The same name, else one that differs by a letter or an ending; "" for none."""
    return name if name in others else next((other for other in others if alike(name, other)), "")


def _things(one: Trace, other: Trace) -> Iterator[Point]:
    shared = [thing for thing in one.things if thing in other.things]
    points = sum(0.3 if thing in PLAIN else 1.0 for thing in shared)
    if shared:
        yield min(points, 3.0), f"both tell of {_some(shared)}"


def _days(one: Trace, other: Trace) -> Iterator[Point]:
    written = one.written_days & other.written_days
    if written:
        yield 0.8, f"both tell of {min(written).isoformat()}"
    elif shared := _told_days(one) & _told_days(other):
        yield 0.3, f"both tell of {min(shared).isoformat()}"


def _days_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """Each tells days of its own."""
    mine, theirs = _told_days(one), _told_days(other)
    if mine and theirs and not mine & theirs:
        yield -0.6, f"{min(mine).isoformat()} in the one, {min(theirs).isoformat()} in the other"


def _told_days(made: Trace) -> frozenset[date]:
    """The days that are told of: not that of the dateline, where there is another."""
    told = made.written_days | made.weekdays
    return (told - {made.at.date()}) or told


def _spots_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """One city, and each names a place in it that the other does not."""
    if not set(one.cities) & set(other.cities) or not one.spots or not other.spots:
        return
    if _named_in(one.spots, other) or _named_in(other.spots, one):
        return
    yield -1.2, f"{one.spots[0].title()} in the one, {other.spots[0].title()} in the other"


def _cases_apart(one: Trace, other: Trace) -> Iterator[Point]:
    if one.cases and other.cases and not set(one.cases) & set(other.cases):
        yield -2.0, f"case {one.cases[0]} in the one, case {other.cases[0]} in the other"


def _persons_apart(one: Trace, other: Trace) -> Iterator[Point]:
    if one.persons and other.persons and not set(one.persons) & set(other.persons):
        yield -0.4, f"{_people(one.persons[0])} in the one, {_people(other.persons[0])} in the other"


def _people(number: int) -> str:
    return "one person" if number == 1 else f"{number} people"


def _scenes_apart(one: Trace, other: Trace) -> Iterator[Point]:
    """A find in a flat is none in a lorry."""
    mine, theirs = (sorted(SCENES.intersection(each.things)) for each in (one, other))
    if mine and theirs and not set(mine) & set(theirs):
        yield -0.4, f"{mine[0]} in the one, {theirs[0]} in the other"


def _kinds(one: Trace, other: Trace) -> Iterator[Point]:
    if not one.kind or not other.kind:
        return
    if one.kind == other.kind:
        yield (0.3 if one.kind == "seizure" else 0.8), f"both are news of the kind {one.kind}"
        return
    sure = min(1.0, 2 * min(one.sure, other.sure))
    points = APART.get(frozenset((one.kind, other.kind)), 0.5) * sure
    if points >= 0.1:
        yield -points, f"news of another kind: {one.kind}, {other.kind}"


def _time(one: Trace, other: Trace) -> Iterator[Point]:
    days = abs(one.at - other.at).total_seconds() / 86_400
    if days > 2:
        yield -0.25 * (days - 2), f"{days:.0f} days lie between them"


WORDING = (_text, _words, _names)
AGAINST = {  # and how much each weighs, where several come together
    _figures_apart: 1.0,
    _substances_apart: 1.0,
    _amounts_apart: 1.0,
    _places_apart: 1.0,
    _spots_apart: 0.8,
    _cases_apart: 1.2,
    _days_apart: 0.8,
    _persons_apart: 0.4,
    _scenes_apart: 0.4,
}
TOO_MUCH, TOGETHER = 1.6, -4.0
"""Weight from which differences that cannot all be of one event count once more, together; the points."""
RULES = (_substances, _amounts, _places, _countries_apart, _things, _days, _kinds, _time)


def _distinct(found: Sequence[Quantity]) -> list[Quantity]:
    """Each amount once, those with a unit first."""
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda each: (not each.kind, each.at)):
        if weight(quantity) and not any(agree(quantity, each) for each in kept):
            kept.append(quantity)
    return kept


def _say(quantity: Quantity, value: float) -> str:
    """One of the readings of a quantity, with its unit."""
    if quantity.kind == "mass":
        return (
            f"{value / 1e6:g} t"
            if value >= 1e6
            else f"{value / 1e3:.4g} kg"
            if value >= 1e3
            else f"{value:g} g"
        )
    units = {"volume": "l", "": "", "percent": "%"}
    return f"{value:,.10g} {units.get(quantity.kind, quantity.kind)}".strip()


def _some(listed: Sequence[str]) -> str:
    return ", ".join(listed[:4]) + (f" and {len(listed) - 4} more" if len(listed) > 4 else "")
