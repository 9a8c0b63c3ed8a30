"""Everything known of one substance, in lines for people. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import date

from monitor.model import InForce, ListInfo, Listing, Name, Substance, Watchlist

WIDTH = 100
_ORDER = {"schedule": 0, "precursor": 1, "class": 2, "surveillance": 3, "proposed": 4, "house": 5}
_TITLES = {
    "schedule": "Scheduled",
    "precursor": "Listed as a precursor",
    "class": "Structure class (what falls under it is for a person to judge)",
    "surveillance": "On a surveillance list (not scheduled, no control list)",
    "proposed": "Proposed only (not in force)",
    "house": "House lists (your own)",
}
# Only control lists are "in force": surveillance and proposals are called what they are.
_WORDS = {
    "schedule": {
        InForce.YES: "in force",
        InForce.NOT_YET: "not yet in force",
        InForce.ENDED: "no longer in force",
    },
    "surveillance": {
        InForce.YES: "under surveillance",
        InForce.NOT_YET: "not yet under surveillance",
        InForce.ENDED: "no longer under surveillance",
    },
    "proposed": {
        InForce.YES: "published",
        InForce.NOT_YET: "not yet published",
        InForce.ENDED: "withdrawn",
    },
}
_NOTICE = "Not legal advice: each entry is as its source gives it; lists may be incomplete or out of date."


def describe(
    watchlist: Watchlist, substance: Substance, at: date, not_listed: Iterable[str] = ()
) -> list[str]:
    """Describe `substance` in lines, with the status of each listing on the day `at`.

    A date that is not known is said to be so, and so is how far each list is known to be complete; a
    surveillance list or a proposal is never called a schedule. `not_listed` are sentences about the
    jurisdictions on none of whose lists it stands.
    """
    lines = [f"{substance.name}  [{substance.key}]"]
    facts = [
        ("kind", substance.kind),
        ("CAS RN", ", ".join(_numbers(watchlist, substance))),
        ("PubChem CID", "" if substance.cid is None else str(substance.cid)),
        ("InChIKey", substance.inchikey),
        ("SMILES", substance.smiles),
        ("severity", substance.severity.label if substance.severity is not None else ""),
        ("note", substance.note),
        ("source", substance.source),
    ]
    for title, value in facts:
        if value:
            lines += _wrapped(f"  {title}: ", value)
    names = [name for name in watchlist.names if name.substance == substance.key and name.type != "cas"]
    lines += _names(names)
    lines += _listings(watchlist, substance, at)
    for sentence in not_listed:
        lines += _wrapped("  ", sentence)
    return [*lines, "", _NOTICE]


def _numbers(watchlist: Watchlist, substance: Substance) -> list[str]:
    """The substance's own CAS RNs, then those of its salts and forms that are known as names."""
    named = (n.text for n in watchlist.names if n.substance == substance.key and n.type == "cas")
    return list(dict.fromkeys((*substance.cas, *named)))


def _wrapped(head: str, value: str) -> list[str]:
    """Lines that begin with `head`; the later ones stand a little to the right of it."""
    return textwrap.wrap(
        value,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * max(4, len(head) - len(head.lstrip()) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _names(names: list[Name]) -> list[str]:
    plain = [name for name in names if not name.ambiguous]
    unsure = [name for name in names if name.ambiguous]
    lines = ["", "Names"] if names else []
    for language in sorted({name.language for name in plain}, key=lambda code: (code != "en", code)):
        texts = [name.text for name in plain if name.language == language]
        lines += _wrapped(f"  {language}: ", "; ".join(texts))
    if unsure:
        lines.append("  only beside other evidence (these have other senses):")
        for name in unsure:
            kind = f", {name.type}" if name.type != "common" else ""
            senses = f": {name.senses}" if name.senses else ""
            lines += _wrapped("    ", f"{name.text} ({name.language}{kind}){senses}")
    sources = dict.fromkeys(part for name in names for part in name.source.split("; ") if part)
    if sources:
        lines += _wrapped("  sources: ", "; ".join(sources))
    return lines


def _listings(watchlist: Watchlist, substance: Substance, at: date) -> list[str]:
    entries = watchlist.listings_of(substance.key)
    if not entries:
        return ["", "Lists: on none of the loaded lists. It may still be controlled somewhere."]
    lines = ["", f"Lists, status on {at.isoformat()}"]
    groups: dict[str, list[tuple[Listing, ListInfo]]] = {}
    for entry in entries:
        info = watchlist.lists.get(entry.list_id) or ListInfo(entry.list_id, entry.list_id, "", "", "house")
        groups.setdefault(info.kind, []).append((entry, info))
    for kind in sorted(groups, key=lambda kind: _ORDER.get(kind, 9)):
        lines.append(f"  {_TITLES.get(kind, kind)}")
        lines += _group(groups[kind], at)
    return lines


def _group(entries: Iterable[tuple[Listing, ListInfo]], at: date) -> list[str]:
    lines: list[str] = []
    for entry, info in entries:
        code = f", code {entry.code}" if entry.code else ""
        lines += _wrapped("    ", f"{entry.list_id}{code}: {_status(entry, info, at)} - {info.title}")
        if entry.wording:
            lines += _wrapped("      ", f"wording: {entry.wording}")
        if entry.source:
            lines += _wrapped("      ", f"source: {entry.source}")
        if info.complete_to or info.missing:
            lines += _wrapped("      ", _completeness(info))
    return lines


def _completeness(info: ListInfo) -> str:
    reach = (
        f"this list is known to be complete to {info.complete_to}"
        if info.complete_to
        else ("to which day this list is complete is not known")
    )
    return f"{reach}{f', but for: {info.missing}' if info.missing else ''}"


def _status(entry: Listing, info: ListInfo, at: date) -> str:
    if info.kind == "house":
        return "watched"
    status = entry.at(at)
    said = _WORDS.get(info.kind, _WORDS["schedule"]).get(status, "day" if entry.since else "date")
    said += " not known" if status is InForce.UNKNOWN else ""
    if status is InForce.YES and info.complete_to and at.isoformat() > info.complete_to and not entry.until:
        said += f" as of {info.complete_to}, the day to which this list is known"
    dates = [f"since {entry.since}"] * bool(entry.since) + [f"until {entry.until}"] * bool(entry.until)
    dates += [f"off the list on {entry.absent_on}"] * bool(entry.absent_on)
    dates += [f"on it on {entry.present_on}"] * bool(entry.present_on)
    dates += ["confirmed by no source at hand"] * (not entry.confirmed)
    return ", ".join([said, *dates]) + (f" ({entry.note})" if entry.note else "")
