"""Maintainers' tool: make `monitor/watchlist/data/` of the facts in `scripts/facts/`, the same each time.

    python scripts/import_facts.py [FOLDER]

`scripts/facts/` holds the collected tables (substances, memberships, names), its folder `law` what was found
in the texts of laws since (see the README there). The tables in `scripts/curation/` say what is mended,
dropped or added, each with its reason. Written beside the data: `scripts/curation/record.csv`, the account of
every change, and `scripts/curation/refused.csv`, each fact that was not taken and why. FOLDER, where given,
gets all of these files instead, for a comparison. Nothing here runs at run time.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from law_facts import LISTING_COLUMNS, Refused, amended, lawful, listing_of  # noqa: E402

from monitor.watchlist.checks import cas_check, inchikey_check  # noqa: E402

DATA = ROOT / "monitor" / "watchlist" / "data"
CURATION = ROOT / "scripts" / "curation"
FACTS = ROOT / "scripts" / "facts"
ORDINARY = ROOT / "monitor" / "match" / "ordinary.txt"

# Marks that compilers of name lists append: "(inn)", "[dcit]", "(van)" (a name of vague meaning) ...
TAG = re.compile(
    r"\s*[\[(](?:van|inn|ban|usan|jan|dcf|dcit|mi|iso|hsdb|fcc|fhfi|nf|usp|ussr|natural|tn|tgmx|iupac|"
    r"who-dd|who-ip|mart\.?|vandf|orange book|pharmaceutical|veterinary|caswell|"
    r"(?:ban|inn|jan|usan|usp|mi|nf)[/:,;](?:ban|inn|jan|usan|usp|mi|nf|[/:,; ])+)[\])]\s*$",
    re.IGNORECASE,
)
# Registry codes are not names: nobody writes them in an article.
REGISTRY = re.compile(
    r"^(?:agn-pc-|unii-|chebi:|chembl|einecs |hsdb |ccris |brn \d|nsc[ -]?\d|mfcd\d|zinc\d|dsstox|surecn|"
    r"schembl|brd-[a-z]\d|ambap\d|ksc-?\d|ac1[lmnoq]|caswell no|wln: |rcra |epa pesticide|bspbio|"
    r"kbio\d|lmst|dea no|spectrum\d|prestwick|oprea|divk1c|cid\d|akos|stk\d|tl\d{4}|lopac|c\d{5}$|d\d{5}$|"
    r"[a-z]{14}-[a-z]{8,10}-[a-z]?$)",
    re.IGNORECASE,
)
UNII = re.compile(r"^(?=(?:[a-z]*\d){2})(?=.*[a-z])[a-z0-9]{10}$")
FORMULA = re.compile(r"^c\d+h\d+[a-z0-9]*$", re.IGNORECASE)
GREEK = {"a": "α", "b": "β", "g": "γ", "d": "δ", "w": "ω"}
BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of names.csv."""

    key: str
    name: str
    language: str
    type: str
    ambiguous: str
    other_senses: str
    source: str

    @property
    def at(self) -> tuple[str, str]:
        return self.key, self.name.casefold()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account: what was done to a name, and why."""

    action: str
    key: str
    name: str
    new: str
    reason: str


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> dict[tuple[str, str], dict[str, str]]:
    """A curation table by (key, case-folded name)."""
    path = CURATION / name
    rows = read(path) if path.exists() else []
    return {(row["key"], row["name"].casefold()): row for row in rows}


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def digest(name: str) -> str:
    return hashlib.sha256(name.casefold().encode()).hexdigest()[:16]


def parse_since(text: str) -> tuple[str, str]:
    """ "since" cell -> a partial ISO date and a note: "2001 (Table II 1988)" -> "2001", "Table II 1988"."""
    match = re.match(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)?\s*[;,]?\s*(.*)$", text.strip())
    assert match is not None
    date, note = match.group(1) or "", match.group(2).strip()
    if note.startswith("(") and note.endswith(")"):
        note = note[1:-1]
    return date, note


def balanced(name: str) -> bool:
    stack: list[str] = []
    for char in name:
        if char in BRACKETS:
            stack.append(BRACKETS[char])
        elif char in BRACKETS.values() and (not stack or stack.pop() != char):
            return False
    return not stack


def mend(name: str) -> str:
    """Undo what name compilers did to the typography; the chemistry of the name stays."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    name = re.sub(r"\|([abgdw])(?![a-z]{2})", lambda m: GREEK[m.group(1)], name)
    name = re.sub(r"\|([abgdw])-", lambda m: GREEK[m.group(1)] + "-", name)
    name = re.sub(r"\.(alpha|beta|gamma|delta|omega)\.", r"\1", name)
    name = re.sub(r"\(sup (\d+)\)", r"\1", name)
    while TAG.search(name):
        name = TAG.sub("", name)
    return name.strip()


def refusal(row: Row) -> str:
    """Why this name cannot be shipped, or ""."""
    name = row.name
    if row.type == "cas":
        return "" if cas_check(name) else "CAS check digit"
    if any(unicodedata.category(char) in ("Cc", "Cf") for char in name):
        return "control or format character"
    if not balanced(name):
        return "unbalanced brackets"
    if REGISTRY.match(name) or UNII.match(name):
        return "registry code, not a name"
    if FORMULA.match(name):
        return "molecular formula, shared by isomers"
    if ";" in name:
        return "several names in one"
    if len(name) < 2 and row.ambiguous == "0":
        return "one character"
    return ""


def curate(rows: Iterable[Row], account: list[Entry]) -> Iterator[Row]:
    """Apply the rules and the tables, in the order: mend, repair, move, drop, flags."""
    drops, repairs, moves, flags = (table(f) for f in ("drop.csv", "repair.csv", "move.csv", "flags.csv"))
    withheld = {row["digest"]: row["reason"] for row in read(CURATION / "withheld.csv")}
    for row in rows:
        if digest(row.name) in withheld:
            account.append(Entry("withheld", row.key, "", "", withheld[digest(row.name)]))
            continue
        fixed = repairs.get(row.at)
        new = fixed["new_name"] if fixed else mend(row.name)
        if new != row.name:
            reason = fixed["reason"] if fixed else "compiler's mark or typography"
            account.append(Entry("mended", row.key, row.name, new, reason))
            row = replace(row, name=new)
        if moved := moves.get(row.at):
            account.append(Entry("moved", row.key, row.name, moved["new_key"], moved["reason"]))
            row = replace(row, key=moved["new_key"])
        found = drops.get(row.at) or drops.get(("*", row.name.casefold()))
        reason = found["reason"] if found else refusal(row)
        if reason:
            account.append(Entry("dropped", row.key, row.name, "", reason))
            continue
        yield flagged(row, flags, account)


def flagged(row: Row, flags: dict[tuple[str, str], dict[str, str]], account: list[Entry]) -> Row:
    flag = flags.get(row.at) or flags.get(("*", row.name.casefold()))
    if not flag:
        return row
    if flag["ambiguous"] != row.ambiguous:
        change = "ambiguous" if flag["ambiguous"] == "1" else "unambiguous"
        account.append(Entry(change, row.key, row.name, flag["ambiguous"], flag["reason"]))
    senses = flag["other_senses"] if flag["ambiguous"] == "1" else ""
    return replace(row, ambiguous=flag["ambiguous"], other_senses=senses or row.other_senses)


def unique(rows: Iterable[Row]) -> list[Row]:
    """One row per (key, case-folded name, language), the first one; none beside a row for all languages."""
    kept: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        kept.setdefault((row.key, row.name.casefold(), row.language), row)
    everywhere = {(key, name) for key, name, language in kept if language == "mul"}
    return [row for row in kept.values() if row.language == "mul" or row.at not in everywhere]


def law_names(substances: list[dict[str, str]], taken: dict[str, str], refused: list[Refused]) -> list[Row]:
    """Names from the texts of laws: none that another substance has, and none that is an ordinary word."""
    keys = {row["key"] for row in substances}
    ordinary = set(ORDINARY.read_text(encoding="utf-8").split("\n"))
    rows = [Row(**row) for row in read(FACTS / "law" / "names.csv")]
    new = read(FACTS / "law" / "substances.csv")
    rows += [Row(r["key"], r["name"], "en", "common", "0", "", r["source"]) for r in new]
    refuse = {at: row["reason"] for at, row in table("refuse.csv").items()}
    kept = []
    for row in rows:
        folded = row.name.casefold()
        why = ""
        if row.key not in keys:
            why = "no substance with this key"
        elif why := refuse.get((row.key, folded), ""):
            pass
        elif row.name.endswith(("-", "[", "(")):
            why = "a fragment of a name"
        elif taken.get(folded, row.key) != row.key:
            why = f"a name of {taken[folded]}"
        elif folded in ordinary and row.ambiguous == "0":
            why = "an ordinary word"
        if why:
            refused.append(Refused("names", row.key, row.name, why))
        else:
            taken[folded] = row.key
            kept.append(row)
    return kept


def names(
    folder: Path, substances: list[dict[str, str]], account: list[Entry], refused: list[Refused]
) -> list[Row]:
    removed = {row["key"]: row["new_key"] for row in read(CURATION / "remove_substances.csv")}
    collected = [
        Row(r["key"], r["name"], r["lang"], r["type"], r["ambiguous"], r["other_senses"], r["source"])
        for r in read(folder / "names.csv")
    ]
    added = [Row(**row, source="general-knowledge") for row in read(CURATION / "add.csv")]
    added += [Row(**row) for row in read(CURATION / "names_by_language.csv")]
    added, collected = (
        [_moved(row, removed) for row in rows if removed.get(row.key, row.key)] for rows in (added, collected)
    )
    moves = table("move.csv")
    taken = {
        row.name.casefold(): moves[row.at]["new_key"] if row.at in moves else row.key
        for row in (*collected, *added)
    }
    law = law_names(substances, taken, refused)
    named = {row.key for row in (*collected, *added)}
    wording = [
        Row(r["key"], r["preferred_name"], "en", "common", "0", "", "preferred")
        for r in substances
        if r["key"] not in named
    ]
    numbers = [
        Row(r["key"], number, "mul", "cas", "0", "", "checksum verified")
        for r in substances
        for number in r["cas"].split(";")
        if number
    ]
    # Hand-written names come first: their flags win over a collected row with the same text.
    return unique(curate((*added, *collected, *law, *numbers, *wording), account))


def _moved(row: Row, removed: dict[str, str]) -> Row:
    return replace(row, key=removed.get(row.key, row.key))


def substances_of(folder: Path, account: list[Entry]) -> list[dict[str, str]]:
    """The collected substances with the fixes applied, then the added ones."""
    fixes: dict[str, list[dict[str, str]]] = {}
    for row in read(CURATION / "substance_fixes.csv"):
        fixes.setdefault(row["key"], []).append(row)
    rows = []
    for row in read(folder / "substances.csv"):
        for fix in fixes.get(row["key"], ()):
            account.append(Entry("corrected", row["key"], fix["column"], fix["value"], fix["reason"]))
            row = {**row, fix["column"]: fix["value"]}
        rows.append(row)
    removed = {row["key"]: row for row in read(CURATION / "remove_substances.csv")}
    account.extend(
        Entry("removed", row["key"], "", row["new_key"], row["reason"]) for row in removed.values()
    )
    added = read(CURATION / "add_substances.csv")
    account.extend(
        Entry("added", row["key"], row["preferred_name"], "", "lacking in the facts") for row in added
    )
    law = [_as_collected(row) for row in read(FACTS / "law" / "substances.csv")]
    account.extend(Entry("added", row["key"], row["preferred_name"], "", row["provenance"]) for row in law)
    return [row for row in rows if row["key"] not in removed] + added + law


def _as_collected(row: dict[str, str]) -> dict[str, str]:
    names = {"name": "preferred_name", "cid": "pubchem_cid", "source": "provenance"}
    return {names.get(column, column): value for column, value in row.items()}


def listing_rows(folder: Path, account: list[Entry]) -> Iterator[dict[str, str]]:
    """The collected memberships, moved or copied where listing_fixes.csv says so; then the added ones."""
    fixes = read(CURATION / "listing_fixes.csv")
    for row in read(folder / "memberships.csv"):
        found = [
            fix
            for fix in fixes
            if (fix["key"], fix["list"]) == (row["key"], row["list_id"])
            and row["listed_as"].startswith(fix["wording"])
        ]
        if not any(fix["action"] == "move" for fix in found):
            yield row
        for fix in found:
            account.append(
                Entry(f"listing {fix['action']}", row["key"], row["list_id"], fix["new_key"], fix["reason"])
            )
            yield {**row, "key": fix["new_key"]}
    yield from read(CURATION / "add_listings.csv")


def listings(
    folder: Path, keys: set[str], account: list[Entry], refused: list[Refused]
) -> Iterator[list[str]]:
    """The collected listings, amended by what the texts of laws say; then the entries that those add."""
    lists = {row["id"] for row in read(FACTS / "law" / "lists.csv")}
    rows = []
    for row in listing_rows(folder, account):
        if row["list_id"] not in lists:
            raise SystemExit(f"lists.csv lacks {row['list_id']}")
        rows.append(listing_of(row, *parse_since(row["since"])))
    facts = [
        (file.stem, row) for file in sorted((FACTS / "law").glob("listings-*.csv")) for row in read(file)
    ]
    for row in amended(rows, lawful(facts, keys, lists, refused), account_of(account)):
        if row["key"] in keys:
            yield list(row.values())
        else:
            refused.append(Refused("listings", row["key"], row["list"], "no substance with this key"))


def account_of(account: list[Entry]) -> Callable[[str, str, str, str, str], None]:
    return lambda *columns: account.append(Entry(*columns))


def check_substances(rows: list[dict[str, str]]) -> None:
    for row in rows:
        bad = [cas for cas in row["cas"].split(";") if cas and not cas_check(cas)]
        if bad or (row["inchikey"] and not inchikey_check(row["inchikey"])):
            raise SystemExit(f"{row['key']}: CAS {bad} or InChIKey {row['inchikey']} is not valid")


def withheld() -> list[str]:
    """Digests of every name that is not shipped: what a later source brings back waits for a person."""
    kept_out = {row["digest"] for row in read(CURATION / "withheld.csv")}
    return sorted(kept_out | {digest(row["name"]) for row in read(CURATION / "drop.csv")})


def main(data: Path = DATA, curation: Path = CURATION) -> None:
    account: list[Entry] = []
    refused: list[Refused] = []
    substances = substances_of(FACTS, account)
    check_substances(substances)
    rows = names(FACTS, substances, account, refused)
    header = ("key", "name", "kind", "cas", "cid", "smiles", "inchikey", "note", "source")
    columns = (
        "key",
        "preferred_name",
        "kind",
        "cas",
        "pubchem_cid",
        "smiles",
        "inchikey",
        "note",
        "provenance",
    )
    write(data / "substances.csv", header, ([row[c] for c in columns] for row in substances))
    keys = {row["key"] for row in substances}
    count = write(data / "listings.csv", LISTING_COLUMNS, listings(FACTS, keys, account, refused))
    lists = read(FACTS / "law" / "lists.csv")
    write(data / "lists.csv", lists[0], (row.values() for row in lists))
    header = ("key", "name", "language", "type", "ambiguous", "other_senses", "source")
    write(
        data / "names.csv",
        header,
        ((r.key, r.name, r.language, r.type, r.ambiguous, r.other_senses, r.source) for r in rows),
    )
    write(data / "withheld.csv", ("digest",), ([each] for each in withheld()))
    header = ("action", "key", "name", "new", "reason")
    write(curation / "record.csv", header, ((e.action, e.key, e.name, e.new, e.reason) for e in account))
    header = ("facts", "key", "what", "reason")
    write(curation / "refused.csv", header, ((r.facts, r.key, r.what, r.reason) for r in refused))
    print(
        f"{len(substances)} substances, {count} listings, {len(rows)} names; "
        f"{len(account)} changes recorded, {len(refused)} facts refused"
    )


if __name__ == "__main__":
    main(*map(Path, (*sys.argv[1:2], *sys.argv[1:2])))
