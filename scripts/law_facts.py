"""Facts from the texts of laws, as the importer takes them: what is refused, what amends a collected listing.

A row of `scripts/facts/law/listings-*.csv` names a substance and a list. A collected entry of that kind is
amended: filled cells replace its own ("-" empties one). Otherwise it is a new entry. `action`
"remove" takes the entry out. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

LISTING_COLUMNS = (
    *("key", "list", "code", "wording", "since", "until", "note", "source"),
    *("absent_on", "present_on", "confirmed"),
)
MEMORY = "general-knowledge"
_COPY = re.compile(r"@[0-9a-f]{7}|\.(?:md|xml|xlsx)\b|https?://")  # the path of a copy is no citation
_PARTIAL = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """One fact that was not taken: the table, the substance, what was said of it, and why not."""

    facts: str
    key: str
    what: str
    reason: str


# What the collected tables give as a source -> the primary citation of the list.
CITATIONS = (
    (r"HALT Fentanyl Act", "21 CFR 1308.11(h)(30); HALT Fentanyl Act (Pub. L. 119-26)"),
    (
        r"DEA (?:Controlled Substances )?list (?:20-Aug-)?2020",
        "DEA, list of controlled substances of 20 August 2020",
    ),
    (r"Benzyl-titanium", "the Chinese catalogue and its later notices, state of 2025-07-01"),
    (r"Reg \(EC\) 273/2004", "Regulation (EC) No 273/2004, Annex I; Regulation (EC) No 111/2005, Annex"),
    (r"INCB Red List", f"{MEMORY} (INCB Red List)"),
    (r"INCB Yellow/Green List", f"{MEMORY} (INCB Yellow and Green Lists)"),
    (r"21 CFR 1310\.02\(a\) text", "21 CFR 1310.02(a)"),
    (r"bundestag/gesetze", "Betäubungsmittelgesetz, Anlagen I to III, text of 2022-03-26"),
    (r"dea-action/2026-04657", "91 FR 11450 (document 2026-04657)"),
    (r"govinfo/justia", "89 FR 85459 (document 2024-24616)"),
)


def citation(source: str) -> str:
    """The primary citation for what a collected table gives as its source."""
    return next((cited for pattern, cited in CITATIONS if re.search(pattern, source)), source)


def listing_of(row: Row, since: str, note: str) -> Row:
    """A collected membership in the columns of the shipped listings."""
    source = citation(row["source"])
    values = (row["key"], row["list_id"], row["code"], row["listed_as"], since, "", note, source)
    return dict(zip(LISTING_COLUMNS, (*values, "", "", ""), strict=True))


def lawful(
    facts: Iterable[tuple[str, Row]], keys: set[str], lists: set[str], refused: list[Refused]
) -> list[Row]:
    """The facts that can be taken; the others are noted in `refused` with the reason."""
    taken: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    for table, row in facts:
        why = refusal(row, keys, lists)
        same = (row["action"], row["key"], row["list"], row["code"], row["wording"])
        if not why and same in seen:
            why = "said twice"
        seen.add(same)
        if why:
            refused.append(Refused(table, row["key"], row["list"], why))
        else:
            taken.append(row)
    return taken


def refusal(row: Row, keys: set[str], lists: set[str]) -> str:
    """Why a fact about a listing cannot be taken, or ""."""
    if row["action"] not in ("list", "remove"):
        return f"unknown action {row['action']!r}"
    if row["list"] not in lists:
        return "no such list"
    if row["key"] not in keys and row["action"] == "list":
        return "no substance with this key"
    if not row["source"] or _COPY.search(row["source"]):
        return "no primary citation"
    for column in ("since", "until"):
        if row[column] not in ("", "-") and not is_date(row[column]):
            return f"{column} is no date"
    for column in ("absent_on", "present_on"):
        if row[column] and not (is_date(row[column]) and len(row[column]) == 10):
            return f"{column} is no day"
    if row["until"] and row["since"] > row["until"]:
        return "it ends before it begins"
    return ""


def is_date(text: str) -> bool:
    """Whether a text is a partial ISO date of the calendar."""
    if not _PARTIAL.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def amended(
    rows: list[Row], facts: list[Row], record: Callable[[str, str, str, str, str], None]
) -> Iterator[Row]:
    """The collected rows as the facts amend them, then the new entries, in the order of the facts.

    `record` gets action, key, list, what it was and is, and the source of each change of a date or removal.
    """
    places: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        places.setdefault((row["key"], row["list"]), []).append(row)
    gone: list[int] = []
    new: list[Row] = []
    for fact in facts:
        found = [row for row in places.get((fact["key"], fact["list"]), ()) if _is_meant(row, fact)]
        if fact["action"] == "remove":
            gone += [id(row) for row in found]
            record("listing removed", fact["key"], fact["list"], "", fact["note"])
        elif not found:
            new.append(_fresh(fact))
        for row in found if fact["action"] == "list" else ():
            _amend(row, fact, record)
    yield from (row for row in rows if id(row) not in gone)
    yield from new


def _is_meant(row: Row, fact: Row) -> bool:
    return not fact["code"] or not row["code"] or row["code"] == fact["code"]


def _fresh(fact: Row) -> Row:
    return {column: "" if fact[column] == "-" else fact[column] for column in LISTING_COLUMNS}


def _amend(row: Row, fact: Row, record: Callable[[str, str, str, str, str], None]) -> None:
    for column in ("since", "until"):
        new = {"": row[column], "-": ""}.get(fact[column], fact[column])
        if new != row[column]:
            change = f"{column} {row[column] or 'not known'} -> {new or 'not known'}"
            record("listing corrected", row["key"], row["list"], change, fact["source"])
        row[column] = new
    for column in ("absent_on", "present_on", "confirmed", "note"):
        row[column] = fact[column] or row[column]
    for column in ("code", "wording"):
        row[column] = row[column] or fact[column]
    if row["since"]:
        row["absent_on"] = ""
    row["source"] = _source(row["source"], fact)


def _source(before: str, fact: Row) -> str:
    """The citation; what was known from memory and is confirmed keeps both."""
    if fact["confirmed"] == "no" or fact["source"] == MEMORY:
        return before
    if fact["list"].startswith(("un-", "incb-")) and MEMORY in before:
        return f"{MEMORY}, confirmed by {fact['source']}"
    return fact["source"]
