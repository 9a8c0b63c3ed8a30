"""The rules by which notices are read (`data/notices.toml`), compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from monitor.watchlist.builtin import DATA

LONGEST = 2000
"""Code points of the stretch that names the substances of one notice, at most."""

_NUMBER = r"(?:IV|V|I{1,3}|[1-5])"
_SCHEDULE = rf"(?:the )?schedules? (?P<NAME>{_NUMBER})\b(?:(?:,| and| or| through|-) ?{_NUMBER}\b)*"
_GRADE = r"list (?P<NAME>II|I|2|1)\b"
_PARTS = {
    "schedule": _SCHEDULE.replace("NAME", "schedule"),
    "target": _SCHEDULE.replace("NAME", "target"),
    "second": rf"(?:the )?schedules? {_NUMBER}\b",
    "chemical": r"(?:an? )?(?:regulated )?"
    + _GRADE.replace("NAME", "chemical")
    + r"[ -](?:regulated )?chemicals?",
    "grade": _GRADE.replace("NAME", "grade"),
    "names": f"(?P<names>.{{1,{LONGEST}}}?)",
    "gap": r"(?:(?!recommend).){0,200}?",  # what a ministry recommends is not done yet
    "dea": r"\b(?:drug enforcement (?:administration|agency)|DEA|administrator|attorney general"
    r"|department of justice|this (?:\w+ ){0,3}(?:rule|order|action|notice|document|rulemaking))\b",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `value` is the action or the stage that it stands for; `where` what it is looked for in."""

    value: str
    pattern: re.Pattern[str]
    where: str = "title"
    why: str = ""
    list_id: str = ""
    needs: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The table, each kind in the order in which its rows are tried."""

    vetoes: tuple[Rule, ...]
    acts: tuple[Rule, ...]
    text_acts: tuple[Rule, ...]
    enumerations: tuple[Rule, ...]
    stages: tuple[Rule, ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Words:
    """The words around names: what separates, introduces and ends them, and what is none."""

    breaks: re.Pattern[str]
    alias: re.Pattern[str]
    label: re.Pattern[str]
    cut: re.Pattern[str]
    lead: re.Pattern[str]
    product: re.Pattern[str]
    family: re.Pattern[str]
    no_name: re.Pattern[str]


@cache
def table() -> Rules:
    """The table as shipped; read once."""
    rows = tomllib.loads((DATA / "notices.toml").read_text(encoding="utf-8"))
    return Rules(
        vetoes=tuple(_rules(rows["veto"], "why")),
        acts=tuple(_rules(rows["act"], "action")),
        text_acts=tuple(_rules(rows["text"], "action")),
        enumerations=tuple(_rules(rows["enumeration"], "")),
        stages=tuple(_rules(rows["stage"], "stage")),
        words=_words(rows["words"]),
    )


def _words(rows: Mapping[str, list[str]]) -> Words:
    def any_of(*keys: str) -> re.Pattern[str]:
        return re.compile("|".join(each for key in keys for each in rows[key]), re.IGNORECASE)

    none = "|".join(rows["no_name"])
    for key in ("count", "class", "kind"):
        none = none.replace("{" + key + "}", f"(?:{'|'.join(rows[key])})")
    return Words(
        breaks=any_of("alias", "break"),
        alias=any_of("alias"),
        label=re.compile("^" + "".join(rows["label"]), re.IGNORECASE),
        cut=any_of("cut"),
        lead=any_of("lead"),
        product=any_of("product"),
        family=any_of("family"),
        no_name=re.compile(none, re.IGNORECASE),
    )


def _rules(rows: list[Mapping[str, Any]], value: str) -> Iterator[Rule]:
    for row in rows:
        needs = row.get("needs")
        yield Rule(
            value=row.get(value, ""),
            pattern=_compiled(row["pattern"]),
            where=row.get("in", "title"),
            why=row.get("why", ""),
            list_id=row.get("list", ""),
            needs=_compiled(needs) if needs else None,
        )


def _compiled(pattern: str) -> re.Pattern[str]:
    """Fill in the parts. A group that stands twice in a pattern gets its name where it stands first."""
    for name, part in _PARTS.items():
        first, *others = pattern.split("{" + name + "}")
        plain = part.replace(f"(?P<{name}>", "(?:")
        pattern = first + "".join(
            (part if number == 0 else plain) + rest for number, rest in enumerate(others)
        )
    return re.compile(pattern, re.IGNORECASE)


def list_of(found: re.Match[str]) -> str:
    """The list that a match aims at (`dea-schedule-1`, `dea-list-1`), or ""."""
    groups = found.groupdict()
    if number := groups.get("target") or groups.get("schedule"):
        return f"dea-schedule-{_ROMAN.get(number.upper(), number)}"
    if grade := groups.get("chemical") or groups.get("grade"):
        return f"dea-list-{_ROMAN.get(grade.upper(), grade)}"
    return ""


_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_ANY = re.compile(
    rf"\bschedules? (?P<schedule>{_NUMBER})\b|\blist (?P<grade>II|I|2|1) chemicals?\b", re.IGNORECASE
)


def any_list(text: str) -> str:
    """The first list that a text names at all, or ""."""
    found = _ANY.search(text)
    return list_of(found) if found else ""
