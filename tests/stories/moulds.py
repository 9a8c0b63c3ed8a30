"""Reports cast in moulds: events made up by dice, told in `moulds/<half>.txt` in five languages.

Pairs of one event are told in two moulds, or in one with other words for the amount; pairs "alike but for
the event" share substance, city and, mostly, the mould. The two halves share neither moulds nor values.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from monitor.model import Article
from tests.stories.events import FOLDER, Told

SEEDS = {"tune": 2026, "held": 1128}
EVENTS = 260
FIRST_DAY = date(2026, 3, 2)

DRUGS = {  # as each language writes them
    "tune": [
        {"en": "ketamine", "de": "Ketamin", "es": "ketamina", "fr": "kétamine", "nl": "ketamine"},
        {"en": "cocaine", "de": "Kokain", "es": "cocaína", "fr": "cocaïne", "nl": "cocaïne"},
        {"en": "MDMA", "de": "MDMA", "es": "MDMA", "fr": "MDMA", "nl": "MDMA"},
    ],
    "held": [
        {"en": "fentanyl", "de": "Fentanyl", "es": "fentanilo", "fr": "fentanyl", "nl": "fentanyl"},
        {"en": "heroin", "de": "Heroin", "es": "heroína", "fr": "héroïne", "nl": "heroïne"},
        {"en": "ephedrine", "de": "Ephedrin", "es": "efedrina", "fr": "éphédrine", "nl": "efedrine"},
    ],
}
SECOND = {
    "tune": [{"en": "piperonal", "de": "Piperonal", "es": "piperonal", "fr": "pipéronal", "nl": "piperonal"}],
    "held": [{"en": "safrole", "de": "Safrol", "es": "safrol", "fr": "safrole", "nl": "safrol"}],
}
CITIES = {
    "tune": ["Rotterdam", "Hamburg", "Bilbao", "Nantes", "Antwerp", "Gdansk"],
    "held": ["Bremen", "Valencia", "Rouen", "Liverpool", "Utrecht", "Porto"],
}
SPOTS = {
    "tune": [
        *"Overdijk Marnstedt Vallereal Montbrieux Halversum Kestenholm Parrowgate Lindmoor".split(),
        "Casterbeek",
    ],
    "held": "Wesselrode Altamora Brecourt Tarnholt Nieuwkerke Ashmoor Dunwick Rosengrund Pradoval".split(),
}
THINGS = {
    "flat": ("in a flat", "in einer Wohnung", "en un piso", "dans un appartement", "in een flat"),
    "van": ("in a van", "in einem Lieferwagen", "en una furgoneta", "dans une camionnette", "in een busje"),
    "container": (
        "in a container",
        "in einem Container",
        "en un contenedor",
        "dans un conteneur",
        "in een container",
    ),
    "warehouse": (
        "in a warehouse",
        "in einer Lagerhalle",
        "en un almacén",
        "dans un entrepôt",
        "in een loods",
    ),
    "garage": ("in a garage", "in einer Garage", "en un garaje", "dans un garage", "in een garage"),
    "barn": ("in a barn", "in einer Scheune", "en un granero", "dans une grange", "in een schuur"),
}
LANGUAGES = ("en", "de", "es", "fr", "nl")
HELD = {
    "en": ("one man was", "two men were", "three men were", "four people were", "five people were"),
    "de": (
        "Ein Mann wurde",
        "Zwei Männer wurden",
        "Drei Männer wurden",
        "Vier Personen wurden",
        "Fünf Personen wurden",
    ),
    "es": (
        "Un hombre fue",
        "Dos hombres quedaron",
        "Tres hombres quedaron",
        "Cuatro personas quedaron",
        "Cinco personas quedaron",
    ),
    "fr": (
        "Un homme est",
        "Deux hommes sont",
        "Trois hommes sont",
        "Quatre personnes sont",
        "Cinq personnes sont",
    ),
    "nl": ("Eén man is", "Twee mannen zijn", "Drie mannen zijn", "Vier personen zijn", "Vijf personen zijn"),
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split(),
}
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
}
ON = {"en": "on {}", "de": "am {}", "es": "el {}", "fr": "{}", "nl": "op {}"}
DATED = {"en": "{d} {m}", "de": "{d}. {m}", "es": "{d} de {m}", "fr": "{d} {m}", "nl": "{d} {m}"}
AND = {
    "en": " and {} of {}",
    "de": " und {} {}",
    "es": " y {} de {}",
    "fr": " et {} de {}",
    "nl": " en {} {}",
}
ABOUT = {"en": "about", "de": "rund", "es": "unos", "fr": "environ", "nl": "ongeveer"}
OVER = {"en": "more than", "de": "mehr als", "es": "más de", "fr": "plus de", "nl": "ruim"}
TONNES = {"en": "tonnes", "de": "Tonnen", "es": "toneladas", "fr": "tonnes", "nl": "ton"}


@dataclass(frozen=True)
class Event:
    """What happened; `second` is the amount of another substance in kilograms, 0 for none."""

    drug: int
    kilograms: int
    city: str
    spot: str
    thing: str
    day: date
    held: int
    case: int
    second: int


@dataclass(frozen=True)
class Mould:
    id: str
    language: str
    title: str
    body: str


@dataclass(frozen=True)
class Pair:
    """Two reports and whether they are of one event; `kind` says how the pair was made."""

    one: Told
    other: Told
    same: bool
    kind: str


def moulds(half: str) -> list[Mould]:
    text = (FOLDER / "moulds" / f"{half}.txt").read_text(encoding="utf-8")
    found = []
    for part in re.split(r"(?m)^(?=### )", text)[1:]:
        head, _, rest = part.partition("\n")
        _, language, name = head.split()
        title, _, body = rest.strip().partition("\n")
        found.append(Mould(name, language, title, body.strip()))
    return found


def digest(half: str) -> str:
    """SHA-256 (hex) of what the pairs of one half are made of."""
    hasher = hashlib.sha256(Path(__file__).read_bytes().replace(b"\r\n", b"\n"))
    hasher.update((FOLDER / "moulds" / f"{half}.txt").read_bytes().replace(b"\r\n", b"\n"))
    return hasher.hexdigest()


def pairs(half: str) -> list[Pair]:
    """The labelled pairs of one half, always the same."""
    return list(_Writer(half).pairs())


def _dated(day: date, language: str) -> str:
    return DATED[language].format(d=day.day, m=MONTHS[language][day.month - 1])


class _Writer:
    def __init__(self, half: str) -> None:
        self._half, self._dice, self._moulds = half, random.Random(SEEDS[half]), moulds(half)
        self._count = 0

    def pairs(self) -> Iterator[Pair]:
        for _ in range(EVENTS):
            event = self._event()
            mould = self._dice.choice(self._moulds)
            first = self._told(event, mould, exact=True)
            yield Pair(first, self._told(event, self._another(mould)), True, "other words")
            yield Pair(first, self._told(event, self._translated(mould)), True, "another language")
            yield Pair(first, self._told(event, mould, later=0), True, "one mould")
            for kind in ("clear", "near", "turned"):
                other = self._other(event, kind)
                yield Pair(first, self._told(other, mould, exact=True), False, f"one mould, {kind} amount")
                told = self._told(other, self._another(mould), exact=True)
                yield Pair(first, told, False, f"other words, {kind} amount")

    # --- events

    def _event(self) -> Event:
        dice = self._dice
        return Event(
            drug=dice.randrange(len(DRUGS[self._half])),
            kilograms=self._amount(),
            city=dice.choice(CITIES[self._half]),
            spot=dice.choice(SPOTS[self._half]),
            thing=dice.choice(sorted(THINGS)),
            day=FIRST_DAY + timedelta(days=dice.randrange(200)),
            held=dice.randrange(5),
            case=dice.randrange(1000, 9999),
            second=dice.choice((0, 0, dice.randrange(2, 60))),
        )

    def _amount(self) -> int:
        most = self._dice.choice((30, 100, 1000, 1000, 3000))
        return self._dice.randrange(max(2, most // 20), most)

    def _other(self, event: Event, kind: str) -> Event:
        """Another event like this one: same substance and city; another amount, and most of the rest."""
        dice = self._dice
        amount = self._amount()
        while abs(amount - event.kilograms) < max(2, event.kilograms // 5):
            amount = self._amount()
        if kind == "near":  # within a tenth
            amount = max(
                1,
                event.kilograms
                + dice.choice((-1, 1)) * max(1, event.kilograms * dice.randrange(3, 10) // 100),
            )
        if kind == "turned":
            digits = list(str(event.kilograms))
            dice.shuffle(digits)
            turned = int("".join(digits))
            amount = (
                turned
                if turned not in (0, event.kilograms)
                else event.kilograms + max(1, event.kilograms // 9)
            )
        changed = replace(
            event,
            kilograms=amount,
            day=event.day + timedelta(days=dice.choice((-1, 1)) * dice.randrange(1, 6)),
            case=dice.randrange(1000, 9999),
            held=dice.randrange(5),
            second=dice.choice((0, event.second, dice.randrange(2, 60))),
        )
        if dice.random() < 0.8:
            changed = replace(changed, spot=dice.choice([s for s in SPOTS[self._half] if s != event.spot]))
        if dice.random() < 0.7:
            changed = replace(changed, thing=dice.choice(sorted(THINGS)))
        return changed

    def _another(self, mould: Mould) -> Mould:
        return self._dice.choice(
            [m for m in self._moulds if m.language == mould.language and m != mould] or [mould]
        )

    def _translated(self, mould: Mould) -> Mould:
        return self._dice.choice([m for m in self._moulds if m.language != mould.language])

    # --- words

    def _told(self, event: Event, mould: Mould, *, exact: bool = False, later: int | None = None) -> Told:
        dice, language, half = self._dice, mould.language, self._half
        at = LANGUAGES.index(language)
        published = event.day + timedelta(days=dice.choice((0, 0, 1, 1, 2)) if later is None else later)
        kilos = f"{event.kilograms:,}".replace(",", "," if language == "en" else ".") + dice.choice(
            (" kg", " kilos" if language != "de" else " Kilogramm")
        )
        if not exact and dice.random() < 0.3:
            kilos = self._roughly(event.kilograms, language)
        drug = DRUGS[half][event.drug][language]
        second = SECOND[half][0][language]
        also = AND[language].format(f"{event.second} kg", second) if event.second else ""
        weekday = WEEKDAYS[language][event.day.weekday()]
        dated = _dated(event.day, language)
        held = HELD[language][event.held]
        slots = {
            "drug": drug, "Drug": drug[0].upper() + drug[1:], "kg": kilos, "also": also, "city": event.city,
            "spot": event.spot, "thing": THINGS[event.thing][at], "held": held[0].lower() + held[1:],
            "Held": held[0].upper() + held[1:], "case": event.case,
            "day": ON[language].format(dice.choice((weekday, dated))),
            "date": f"{_dated(published, language)} {published.year}",
        }  # fmt: skip
        title, body = mould.title.format(**slots), mould.body.format(**slots)
        self._count += 1
        moment = datetime(published.year, published.month, published.day, 12, tzinfo=UTC)
        article = Article(
            source=mould.id,
            url=f"https://{mould.id}.example/{half}/{self._count}",
            title=title,
            text=f"{title}\n\n{body}" if body else title,
            fetched_at=moment,
            language=language,
            published_at=moment,
        )
        return Told(f"{half}/{mould.id}/{self._count}", half, str(event), article)

    def _roughly(self, kilograms: int, language: str) -> str:
        """As news rounds: "about 860 kg", "more than 850 kg", "1.2 tonnes"."""
        if kilograms >= 1000 and self._dice.random() < 0.5:
            tonnes = f"{kilograms / 1000:.1f}"
            return f"{tonnes if language == 'en' else tonnes.replace('.', ',')} {TONNES[language]}"
        if kilograms < 30:
            return f"{kilograms} kg"
        step = 10 if kilograms >= 100 else 5
        if self._dice.random() < 0.5:
            return f"{ABOUT[language]} {round(kilograms / step) * step} kg"
        return f"{OVER[language]} {kilograms // step * step} kg"
