"""A user's own entries -> Watchlist; refuses what is wrong with file, line and the likely fix. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import WatchlistError
from monitor.model import ListInfo, Listing, Name, Severity, Substance, Watchlist
from monitor.watchlist.checks import cas_check, cas_digit, control_character, fold, inchikey_check, slug

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_KEY = re.compile(r"\w[\w-]*")
MOST_ERRORS = 50  # bad entries that one message names


@dataclass(frozen=True, slots=True)
class Entry:
    """One substance as a user writes it down.

    `aliases` are further names; `cas` holds one CAS RN, or several (a sequence, or a text with ";").
    `severity` is a Severity or its name in lower case. `key` is made from the name where it is empty.
    `line` is the line of the entry in its file, 0 when there is none.
    """

    name: str
    aliases: Sequence[str] = ()
    cas: str | Sequence[str] = ()
    inchikey: str = ""
    severity: Severity | str | None = None
    note: str = ""
    key: str = ""
    language: str = "mul"
    line: int = 0


def all_refused(errors: Sequence[WatchlistError]) -> WatchlistError:
    """Several errors as one, a line each; the first says where."""
    if len(errors) == 1:
        return errors[0]
    more = f"\nand {len(errors) - MOST_ERRORS:,} more like these" if len(errors) > MOST_ERRORS else ""
    joined = WatchlistError("\n".join(map(str, errors[:MOST_ERRORS])) + more)
    joined.where = errors[0].where
    return joined


def from_entries(
    entries: Iterable[Entry | WatchlistError],
    *,
    name: str,
    severity: Severity | None = None,
    where: str = "",
) -> Watchlist:
    """Make a Watchlist of kind "house", called `name`, of a user's entries.

    `severity` is for the entries that name none. `where` is the file: errors name it as "where:line", and
    its name is the `source` of each row. An entry that could not even be read comes as the error. Raises
    WatchlistError for every empty, double or invisible-character name, wrong CAS RN or InChIKey, unknown
    severity.
    """
    info = ListInfo(slug(name) or "house", name, "house list", "", "house")
    reader = _Reader(info, severity, where)
    errors: list[WatchlistError] = []
    for entry in entries:
        if isinstance(entry, WatchlistError):
            errors.append(entry)
            continue
        try:
            reader.add(entry)
        except WatchlistError as error:
            errors.append(error)
    if errors:
        raise all_refused(errors)
    return Watchlist(reader.substances, tuple(reader.names), tuple(reader.listings), {info.id: info})


@dataclass(slots=True)
class _Reader:
    """Takes entry after entry, remembering where each name, number and key was first seen."""

    info: ListInfo
    severity: Severity | None
    where: str
    substances: dict[str, Substance] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        at = f"{self.where}:{entry.line}" if entry.line else self.where
        texts = [self._name(text, at) for text in (entry.name, *entry.aliases)]
        numbers = [self._cas(text, at) for text in _numbers(entry.cas)]
        inchikey = self._inchikey(entry.inchikey, at)
        note = unicodedata.normalize("NFC", entry.note.strip())
        severity = read_severity(entry.severity, at)
        key = self._key(entry, texts[0], at)
        source = Path(self.where).name or self.info.title  # without the line: moving an entry is no change
        self.substances[key] = Substance(
            key=key,
            name=texts[0],
            cas=tuple(numbers),
            inchikey=inchikey,
            severity=self.severity if severity is None else severity,
            note=note,
            source=source,
        )
        if not _LANGUAGE.fullmatch(entry.language):
            raise WatchlistError(
                f"language {entry.language!r} is no ISO 639 code; write en, de ... or leave it out", at
            )
        self.names += [Name(text, key, entry.language, _type(text), source=source) for text in texts]
        self.names += [Name(number, key, "mul", "cas", source=source) for number in numbers]
        self.listings.append(Listing(key, self.info.id, wording=texts[0], source=source))

    def _once(self, kind: str, text: str, at: str) -> None:
        first = self.seen.get((kind, fold(text)))
        if first is not None:
            line = f" (first in line {first.rpartition(':')[2]})" if first != at and ":" in first else ""
            raise WatchlistError(
                f"the {kind} {text!r} stands here twice{line}; remove one, or join the two entries", at
            )
        self.seen[kind, fold(text)] = at

    def _name(self, text: str, at: str) -> str:
        if bad := control_character(text):
            raise WatchlistError(
                f"the name {text!r} holds the invisible character {bad}; type the name anew", at
            )
        text = " ".join(unicodedata.normalize("NFC", text).split())
        if not text:
            raise WatchlistError(
                "a name is empty; write the name, or remove the entry (or the extra ';')", at
            )
        if len(text) < 2 or not any(char.isalnum() for char in text):
            raise WatchlistError(f"the name {text!r} is too short to be looked for; write a longer one", at)
        self._once("name", text, at)
        return text

    def _cas(self, text: str, at: str) -> str:
        plain = text.translate(_DASHES).removeprefix("CAS").strip(" :")
        digit = cas_digit(plain)
        if digit is None:
            raise WatchlistError(f"{text!r} is not a CAS RN; the form is 103-63-9", at)
        right = plain[:-1] + str(digit)
        if not cas_check(text):
            why = (
                "has a wrong check digit" if plain == text else "is not written with plain digits and hyphens"
            )
            hint = (
                f"with these digits it would be {right}; look the number up again" if plain == text else right
            )
            raise WatchlistError(f"CAS RN {text!r} {why}; {hint}", at)
        self._once("CAS RN", text, at)
        return text

    def _inchikey(self, text: str, at: str) -> str:
        text = text.strip()
        if not text:
            return ""
        if not inchikey_check(text):
            plain = re.sub(r"(?i)^inchikey\s*[=:]\s*", "", text).translate(_DASHES).upper()
            hint = (
                f"write {plain}"
                if inchikey_check(plain)
                else "the form is 14 capitals, 10 capitals, 1 capital"
            )
            raise WatchlistError(f"{text!r} is not an InChIKey; {hint}", at)
        self._once("InChIKey", text, at)
        return text

    def _key(self, entry: Entry, name: str, at: str) -> str:
        if entry.key:
            if not _KEY.fullmatch(entry.key) or entry.key != entry.key.casefold():
                raise WatchlistError(
                    f"the key {entry.key!r} is not lower-case letters, digits and hyphens", at
                )
            self._once("key", entry.key, at)
            return entry.key
        base = key = slug(name)
        number = 2
        while ("key", key) in self.seen:  # "4-AP" and "4 AP" are two names with one slug
            key, number = f"{base}-{number}", number + 1
        self.seen["key", key] = at
        return key


def _type(text: str) -> str:
    return "acronym" if text.isupper() and len(text) <= 6 else "common"


def _numbers(cas: str | Sequence[str]) -> list[str]:
    parts = cas.split(";") if isinstance(cas, str) else cas
    return [part.strip() for part in parts if part.strip()]


def read_severity(value: Severity | str | None, at: str) -> Severity | None:
    """Read a severity by its name; None where there is none. Raises WatchlistError."""
    if value is None or isinstance(value, Severity):
        return value
    names = [each.label for each in Severity]
    text = value.strip().casefold()
    if not text:
        return None
    if text not in names:
        near = difflib.get_close_matches(text, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(names)}"
        raise WatchlistError(f"severity {value!r} is not known; {hint}", at)
    return Severity[text.upper()]
