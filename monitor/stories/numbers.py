"""Numbers as news writes them, brought to one unit: "1,2 Tonnen", "1.208 kilos", "2,663 pounds". Pure.

Decimal signs differ by language and are mixed up by translators. A separator before three digits can be
either; both readings are kept and two numbers agree when any of their readings do.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.stories.text import fold

EQUAL = 0.003
"""How far two values of one number may lie apart: what is left of converting a unit and back."""
CONVERTED = 0.025
"""The same between units of two systems: 44 pounds are "20 kilos"."""
ROUNDED, APPROXIMATE = 0.06, 0.10
"""How far a number may lie from what it was rounded from at most; the second where it says that it is not
exact ("about", "nearly"), or is in tonnes. Within that, half of its last digit that counts is the limit:
860 may be 857, 850 may not."""

TON = 1e6  # grams
MOST = 1e15  # a number above is no amount of anything
_NUMBER = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
NUMBER = re.compile(_NUMBER)
"""A number as it is written, with its separators."""
_SPELLED = {
    0.5: "half demi halbe halben halve media meia mezza pol",
    1.0: "one ein eine einen einer un una une een uma uno a",
    2.0: "two zwei dos deux twee due dois duas dwie dwa",
    3.0: "three drei tres trois drie tre trzy",
    4.0: "four vier cuatro quatre quattro quatro cztery",
    5.0: "five funf cinco cinq vijf cinque piec",
    6.0: "six sechs seis zes sei szesc",
    7.0: "seven sieben siete sept zeven sette sete siedem",
    8.0: "eight acht ocho huit otto oito osiem",
    9.0: "nine neun nueve neuf negen nove dziewiec",
    10.0: "ten zehn diez dix tien dieci dez dziesiec",
    11.0: "eleven elf once onze undici",
    12.0: "twelve zwolf doce douze twaalf dodici doze",
    15.0: "fifteen funfzehn quince quinze vijftien quindici",
    18.0: "eighteen achtzehn dieciocho achttien diciotto dezoito",
    20.0: "twenty zwanzig veinte vingt twintig venti vinte",
    30.0: "thirty dreissig treinta trente dertig trenta trinta",
    40.0: "forty vierzig cuarenta quarante veertig quaranta quarenta",
    50.0: "fifty cincuenta cinquante vijftig cinquanta cinquenta",
    100.0: "hundred hundert cien cent honderd cento cem",
}
_SCALES = {
    1e3: "thousand tausend mil mille duizend mila tys tysiecy k",
    1e6: """million millions millionen mio mln millon millones miljoen miljoenen milioni milione milhao
            milhoes milion milionow milioni m mn mill""",
    1e9: "billion billions milliarde milliarden milliard milliards miljard miliardi bn mrd",
}
# kind of quantity -> factor to its base unit -> words
_UNITS: dict[str, dict[float, str]] = {
    "mass": {
        0.001: "mg milligram milligrams milligramm",
        1.0: "g gr gram grams gramm gramme grammes gramo gramos grammo grammi grama gramas gramow",
        1e3: """kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes kilogramm kilogramo kilogramos
                chili chilo chilogrammi quilo quilos quilograma quilogramas kilogramow kilograma kilogramy""",
        1e6: """tonne tonnes ton tons tonnen tonelada toneladas tonnellata tonnellate tona tony""",
        453.592: "lb lbs pound pounds libra libras livre",
        28.3495: "oz ounce ounces onza onzas unze unzen",
    },
    "volume": {
        0.001: "ml millilitre milliliter",
        1.0: "l litre litres liter liters litern litro litros litri litrow litry",
        3.78541: "gallon gallons galones gallonen",
        159.0: "barrel barrels",
    },
    "pills": {
        1.0: """pill pills tablet tablets pille pillen tablette tabletten pastilla pastillas comprimido
                comprimidos pilule pilules cachet cachets comprime comprimes tabletka tabletek pasticca
                pasticche compressa compresse pildora pildoras ecstasypillen fentanylpillen xtc""",
    },
    "plants": {
        1.0: "plant plants pflanze pflanzen planta plantas plante plantes planten piante pes pieds roslin"
    },
    "euro": {1.0: "euro euros eur €"},
    "dollar": {1.0: "dollar dollars dolar dolares dolares usd $ us$"},
    "pound": {1.0: "£ gbp sterling"},
    "percent": {1.0: "% percent per prozent procent procenten"},
}
_MARKS = {
    "more": """over more than above mehr als uber mas de superior plus ruim meer dan oltre piu mais ponad
               least mindestens upwards""",
    "less": "nearly almost fast knapp casi presque bijna quasi prawie just under",
    "about": """about around some roughly approximately rund etwa zirka gut unos unas cerca aproximadamente
                environ quelque pres ongeveer zo circa approx ca ~ estimated""",
}
_WORDY = {word: value for value, row in _SPELLED.items() for word in row.split()}
_SCALE = {word: value for value, row in _SCALES.items() for word in row.split()}
_UNIT = {
    word: (kind, factor)
    for kind, rows in _UNITS.items()
    for factor, row in rows.items()
    for word in row.split()
}
_MARK = {word: mark for mark, row in _MARKS.items() for word in row.split()}

_WORDS_AND_NUMBERS = re.compile(r"\d{1,3}|[^\W\d_]+")
_CURRENCY = {"€": "euro", "$": "dollar", "£": "pound"}
_TOKEN = re.compile(rf"(?P<cur>(?:US)?[€$£])\s?(?=\d)|(?P<num>{_NUMBER})|(?P<word>[^\W\d_]+|[€$£%~])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: `kind` "mass" (grams), "volume" (litres), "pills" ..., "" for none.

    `values` are the readings, the likeliest first; `near` is "", "about", "more" (than) or "less" (nearly);
    `at` its offset in the text. `unit` is the size of the unit it was written in (1,000 for kilograms), `of`
    the key of the substance that it is an amount of, "" where the text does not say so at once.
    """

    kind: str
    values: tuple[float, ...]
    near: str = ""
    at: int = 0
    unit: float = 1.0
    of: str = ""

    @property
    def value(self) -> float:
        return self.values[0]


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    start: int
    stop: int


def quantities(text: str) -> list[Quantity]:
    """Every number of `text` that has a unit or at least two digits; years and times of the day left out."""
    tokens = [
        _Token(m.lastgroup or "", m[0] if m.lastgroup != "word" else fold(m[0]), m.start(), m.end())
        for m in _TOKEN.finditer(text)
    ]
    found = []
    for place, token in enumerate(tokens):
        if token.kind == "num":
            quantity = _read(tokens, place, _readings(token.text), text)
        elif token.kind == "word" and token.text in _WORDY and not _goes_on(tokens, place, text):
            quantity = _spelled(tokens, place, text)
        else:
            continue
        if quantity is not None and max(quantity.values) <= MOST:
            found.append(quantity)
    return found


# Words for people, as stems of the folded words: "two men", "drei Verdächtige", "cuatro personas".
_PEOPLE = re.compile(
    r"(?:m[ae]n|wom[ae]n|people|persons?|suspects?|mann|manner|frau|frauen|person|personen|verdachtig\w*|"
    r"tatverdachtig\w*|beschuldigt\w*|hombres?|mujer|mujeres|personas?|detenid\w*|sospechos\w*|"
    r"hommes?|femmes?|personnes?|suspectes?|mannen|vrouw|vrouwen|persoon|verdachten?|uomo|uomini|donn[ae]|person[ae])"
)
MOST_PERSONS = 40


def persons(text: str) -> Iterator[int]:
    """The numbers of people that a text tells of: "two men", "drei Verdächtige"; nothing above forty."""
    tokens = [(m[0] if m[0].isdecimal() else fold(m[0])) for m in _WORDS_AND_NUMBERS.finditer(text)]
    for at, token in enumerate(tokens[:-1]):
        number = float(token) if token.isdecimal() else _WORDY.get(token, 0.0)
        if number != int(number) or not 0 < number <= MOST_PERSONS:
            continue
        if any(_PEOPLE.fullmatch(word) for word in tokens[at + 1 : at + 3]):
            yield int(number)


def agree(one: Quantity, other: Quantity) -> bool:
    """Can two quantities of one kind be the same amount, as news rounds and converts?"""
    return meeting(one, other) is not None


def meeting(one: Quantity, other: Quantity) -> tuple[float, float] | None:
    """The values, one of each, that can be the same amount, the nearest; None when there are none."""
    if one.kind != other.kind:
        return None
    found = [(a, b) for a in one.values for b in other.values if _near(a, b, one, other)]
    return min(found, key=lambda pair: abs(pair[0] - pair[1]), default=None)


def weight(quantity: Quantity) -> float:
    """How much a shared number says (0 to 1): "1,208 kg" much, "two" nothing."""
    digits = _digits(quantity.value)
    if quantity.kind == "percent":
        return 0.2
    if quantity.kind:
        large = quantity.kind == "mass" and quantity.value >= TON  # finds of tonnes are rare
        return {0: 0.0, 1: 0.7 if large else 0.5, 2: 0.8}.get(digits, 1.0)
    if quantity.value < 100:
        return 0.1 if digits < 2 else 0.35
    return {1: 0.4, 2: 0.5}.get(digits, 0.7)


@functools.lru_cache(maxsize=20_000)
def _digits(value: float) -> int:
    """How many digits of a number count: 3 of 1,280,000, 1 of 500."""
    return len(f"{value:.6g}".split("e")[0].replace(".", "").strip("0"))


def _near(a: float, b: float, one: Quantity, other: Quantity) -> bool:
    if abs(a - b) <= (EQUAL if one.kind else 0.0) * max(a, b):
        return True
    if not one.kind:
        return False
    if _is_converted(one.unit, other.unit):
        rough = min(_digits(a / one.unit), _digits(b / other.unit)) <= 1  # "two tons" may be short ones
        return abs(a - b) <= (APPROXIMATE if rough else CONVERTED) * max(a, b)
    return _stands_for(a, one, b) or _stands_for(b, other, a)


def _stands_for(rough: float, written: Quantity, exact: float) -> bool:
    """Can `rough`, as `written`, be the rounded form of `exact`?"""
    step = _step(rough, written.unit)
    if written.near == "more":  # "more than a tonne" of 1,208 kilos
        return rough <= exact < rough + min(step, 0.35 * rough)
    if written.near == "less":
        return rough - min(step, APPROXIMATE * rough) < exact <= rough
    half = step if written.near else step / 2
    loose = written.near or written.unit >= TON
    return abs(rough - exact) <= min(half, (APPROXIMATE if loose else ROUNDED) * rough)


@functools.lru_cache(maxsize=20_000)
def _step(value: float, unit: float) -> float:
    """What the last digit that counts is worth: 10 kg of "860 kg", 100 kg of "1.2 tonnes"."""
    mantissa, _, exponent = f"{value / unit:.6e}".partition("e")
    digits = len(mantissa.replace(".", "").rstrip("0"))
    return float(unit * 10.0 ** (int(exponent) - max(digits, 1) + 1))


def _is_converted(one: float, other: float) -> bool:
    """Are the units of two systems? Those of one differ by powers of ten."""
    power = math.log10(one / other)
    return abs(power - round(power)) > 1e-6


def _read(tokens: list[_Token], place: int, values: tuple[float, ...], text: str) -> Quantity | None:
    """The quantity whose number is `tokens[place]`."""
    token = tokens[place]
    before = tokens[place - 1] if place else None
    kind, factor = "", 1.0
    if before is not None and before.kind == "cur" and before.stop == token.start:
        kind = _CURRENCY[before.text[-1]]
    at = place + 1
    while at < len(tokens) and at <= place + 2 and tokens[at].kind == "word" and _joined(tokens, at, text):
        word = tokens[at].text
        if (
            word in _SCALE
            and factor == 1.0
            and not (word in ("m", "k") and not kind and text[tokens[at].start - 1].isspace())
        ):
            factor = _SCALE[word]
        elif not kind and word in _UNIT:
            unit, size = _UNIT[word]
            return _made(unit, values, factor * size, tokens, place)
        elif word not in ("de", "of", "d", "di", "us", "us$"):
            break
        at += 1
    unit_after = _unit_after(tokens, at, text) if not kind and factor > 1 else None
    if unit_after:
        return _made(unit_after[0], values, factor * unit_after[1], tokens, place)
    if not kind and _is_no_quantity(token, text, values[0] * factor):
        return None
    return _made(kind, values, factor, tokens, place)


def _unit_after(tokens: list[_Token], at: int, text: str) -> tuple[str, float] | None:
    """ "2.4 million captagon pills": the unit may stand behind one or two words."""
    for token in tokens[at : at + 3]:
        if token.kind != "word" or "." in text[tokens[at - 1].stop : token.start]:
            return None
        if token.text in _UNIT and _UNIT[token.text][0] in ("pills", "plants", "euro", "dollar"):
            return _UNIT[token.text]
    return None


def _made(
    kind: str, values: tuple[float, ...], factor: float, tokens: list[_Token], place: int
) -> Quantity | None:
    scaled = tuple(value * factor for value in values)
    return Quantity(kind, scaled, _nearness(tokens, place), tokens[place].start, factor)


def _spelled(tokens: list[_Token], place: int, text: str) -> Quantity | None:
    """ "two tonnes", "half a tonne", "eine Tonne": only with a unit, as "a" and "one" mean little alone."""
    value = _WORDY[tokens[place].text]
    at = place + 1
    if value == 10 and at < len(tokens) and _WORDY.get(tokens[at].text, 0) in (7.0, 8.0, 9.0):
        value, at = value + _WORDY[tokens[at].text], at + 1  # dix-huit
    factor = 1.0
    while at < len(tokens) and at <= place + 3 and tokens[at].kind == "word" and _joined(tokens, at, text):
        word = tokens[at].text
        if word in _SCALE:
            factor = _SCALE[word]
        elif word in _UNIT and _UNIT[word][0] in ("mass", "volume", "pills"):
            unit, size = _UNIT[word]
            if len(word) > 2:
                return _made(unit, (value,), factor * size, tokens, place)
            return None
        elif not (value == 0.5 and word in ("a", "an", "of")):
            return None
        at += 1
    return None


def _goes_on(tokens: list[_Token], place: int, text: str) -> bool:
    """Is the word the rest of a number that began before it, as in "half a" and "dix-huit"?"""
    return place > 0 and tokens[place - 1].text in _WORDY and _joined(tokens, place, text)


def _joined(tokens: list[_Token], at: int, text: str) -> bool:
    """Nothing but a space or a hyphen between a token and the one before it."""
    return text[tokens[at - 1].stop : tokens[at].start].strip(" \u00a0\u202f-") == ""


def _nearness(tokens: list[_Token], place: int) -> str:
    for token in reversed(tokens[max(0, place - 3) : place]):
        if token.kind == "cur" or token.text in ("than", "als", "de", "dan", "que", "as", "a", "half"):
            continue
        return _MARK.get(token.text, "")
    return ""


@functools.lru_cache(maxsize=4096)
def _readings(written: str) -> tuple[float, ...]:
    """ "1.208" is 1208 or 1.208; "1,2" is 1.2; "1.200,50" is 1200.5."""
    plain = re.sub(r"[\s'’]", "", written)
    signs = [sign for sign in plain if sign in ".,"]
    if not signs:
        return (float(plain),)
    last = max(plain.rfind("."), plain.rfind(","))
    whole, part = re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
    decimal, thousands = float(f"{whole}.{part}"), float(whole + part)
    if len(part) != 3:
        return (decimal,)
    if len(signs) > 1 and len(set(signs)) == 1:
        return (thousands,)
    if len(signs) > 1 or whole.strip("0") == "":
        return (decimal,)
    return (thousands, decimal)


def _is_no_quantity(token: _Token, text: str, value: float) -> bool:
    """A year, a time of the day, a part of a date or a name, a single digit: it counts nothing."""
    after, before = text[token.stop : token.stop + 2], text[max(0, token.start - 1) : token.start]
    letters = after[:1].isalpha() and not (after[:1] in "kKm" and not after[1:].isalpha())
    if before.isalpha() or letters or before in ("/", "-", ":") or after[:1] in ("/", ":"):
        return True
    return value < 10 or (1900 <= value <= 2100 and value == int(value) and "." not in token.text)
