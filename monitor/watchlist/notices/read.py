"""Reads one notice of a gazette: which act, on which list, on which substances, from when. Pure.

    title, abstract -veto-> none
                    -act-> place, remove ... -stage-> final, proposed, withdrawn ... -> action
                    -names-> substances, each resolved in the watchlist

How notices are written stands in `data/notices.toml`; what is decided here is only what a table cannot say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from monitor.watchlist.notices.days import effective_day
from monitor.watchlist.notices.names import Find, Named, joined, plain, resolve, split_names
from monitor.watchlist.notices.rules import Rule, any_list, list_of, table

LONGEST_TITLE, LONGEST_ABSTRACT, LONGEST_SENTENCE, LONGEST_TEXT = 3_000, 12_000, 4_000, 60_000
_STAGED = {"propose": "propose", "hearing": "hearing", "withdraw": "withdraw", "correct": "correct"}
_PREFIX = re.compile(r"^schedules? of controlled substances?\s*[:;,.–—-]\s*", re.IGNORECASE)
_SUBJECT = re.compile(r"schedules? of controlled substances?\b|\blist I+ chemicals?\b", re.IGNORECASE)
_ACTION = re.compile(r"\bACTION:\s*(.{3,200}?)(?:[.\n]|$)")
# The same as a line of its own, as the API of the Register hands it out.
_ACTION_LINE = re.compile(
    r"^((?:interim|direct|final|proposed|temporary|notice|advance|withdrawal|announcement)\b[^\n]{0,120})$",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(
    r"(?<=[.!?])(?:(?<=schedule [IV]\.)|(?<=list I\.)|(?<!\b[A-Z]\.))"
    r"(?<!\bNo\.)(?<!\bDr\.)(?<!\be\.g\.)(?<!\bi\.e\.) +(?=[A-Z“\"(])"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it came: `published` is the day of the gazette, `text` the whole, where that was read."""

    num: str
    title: str
    summary: str = ""
    published: date | None = None
    url: str = ""
    text: str = ""
    gazette: str = "federal-register"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a notice does.

    `action`: place, temporary, extend, propose, hearing, withdraw, remove, move, designate, surveil, correct,
    specific-listing or none. `act` is what a proposed, withdrawn or corrected one aims at. `list_id` is the
    list concerned ("" for none); of a proposal the one aimed at, of a move the new one, and `from_list` the
    old one. `effective` is the first day of force, of an extension its last. `sentence` is the one that the
    reading rests on; `reasons` say why, in order.
    """

    action: str = "none"
    act: str = ""
    list_id: str = ""
    from_list: str = ""
    substances: tuple[Named, ...] = ()
    effective: date | None = None
    sentence: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def changes_law(self) -> bool:
        return self.action != "none"


@dataclass(frozen=True, slots=True)
class _Act:
    """An act that was found: the rule's action, list, the stretch of names, and the sentence it stands in."""

    action: str
    list_id: str
    names: str
    from_list: str
    sentence: str
    where: str


def read_notice(notice: Notice, find: Find) -> Reading:
    """Read a notice; `find` gives the watched substances of a name (`watchlist.index`)."""
    title = plain(notice.title[:LONGEST_TITLE]).rstrip(" .")
    abstract = plain(notice.summary[:LONGEST_ABSTRACT])
    body = notice.text[:LONGEST_TEXT]
    for rule in table().vetoes:
        if found := rule.pattern.search(title if rule.where == "title" else abstract):
            return Reading(reasons=(f"“{found[0]}” in the {rule.where}: {rule.why}",))
    sentences = _sentences(abstract)
    act = _titled(title, abstract) or _told(sentences)
    stage, why = _stage(title, abstract, body)
    if act is None and stage == "correct" and _SUBJECT.search(title):
        act = _Act(
            "correct", any_list(title) or any_list(abstract), "", "", _first(sentences, title), "title"
        )
    if act is None:
        return Reading(reasons=("neither title nor abstract says that a list is changed",))
    return _reading(act, stage, why, title, sentences, notice, find)


def _reading(
    act: _Act, stage: str, why: str, title: str, sentences: list[str], notice: Notice, find: Find
) -> Reading:
    told = _told(sentences)
    listed = split_names(act.names)
    substances = resolve(joined(listed, _enumerated(sentences, told, bool(listed))), find)
    action = _STAGED.get(stage, act.action)
    target, origin = _lists(act, told, title, sentences)
    effective = None
    if action not in ("propose", "hearing", "withdraw", "correct"):
        effective = effective_day(
            sentences, notice.text[:LONGEST_TEXT], notice.published, last=action == "extend"
        )
    sentence = told.sentence if told else _first(sentences, title)
    reasons = [f"{act.where}: {_quoted(act.sentence)}: {act.action}", why, _about(target)]
    if action == "place" and not sentences and not notice.text:
        reasons.append("there is no abstract: whether it is adopted or proposed only is not known")
    reasons += [f"no watched substance is called “{each.name}”" for each in substances if not each.substance]
    return Reading(
        action,
        act.action,
        target,
        origin,
        tuple(substances),
        effective,
        sentence,
        tuple(filter(None, reasons)),
    )


def _lists(act: _Act, told: _Act | None, title: str, sentences: list[str]) -> tuple[str, str]:
    """The list concerned and, of a move, the one left. A removal names its list in passing, or nowhere."""
    target = act.list_id or (told.list_id if told else "")
    origin = act.from_list or (told.from_list if told else "")
    return target or any_list(title) or any_list(" ".join(sentences)), origin


def _about(list_id: str) -> str:
    return f"list {list_id}" if list_id else "no list is named"


# --- the act ---------------------------------------------------------------------------------------------


def _titled(title: str, abstract: str) -> _Act | None:
    """The act that the title names; its parts after a semicolon say how far it is."""
    whole = _PREFIX.sub("", title)
    for text in dict.fromkeys((*whole.split("; "), whole)):
        for rule in table().acts:
            if rule.needs and not rule.needs.search(f"{title} {abstract}"):
                continue
            if found := rule.pattern.search(text):
                return _act(rule, found, text, "title")
    return None


def _told(sentences: list[str]) -> _Act | None:
    """The act that the abstract names: the first sentence in which the agency does something to a list."""
    for sentence in sentences:
        for rule in table().text_acts:
            if found := rule.pattern.search(sentence):
                return _act(rule, found, sentence, "abstract")
    return None


def _act(rule: Rule, found: re.Match[str], text: str, where: str) -> _Act:
    groups = found.groupdict()
    target = rule.list_id or list_of(found)
    origin = ""
    if groups.get("target") and groups.get("schedule"):
        origin = any_list(f"schedule {groups['schedule']}")
    return _Act(rule.value, target, groups.get("names") or "", origin, text, where)


def _enumerated(sentences: list[str], told: _Act | None, titled: bool) -> list[list[Named]]:
    """The substances that the abstract names, enumeration by enumeration; that of its act comes first.

    Where the title names none, other sentences may speak of other substances (of an order that came before):
    of these only the ones that announce names ("the following substances: ...") are read.
    """
    found = [split_names(told.names)] if told else []
    for sentence in sentences:
        for rule in table().enumerations:
            if (rule.needs or titled or (told and sentence == told.sentence)) and (
                rule.needs is None or rule.needs.search(sentence)
            ):
                found += [split_names(match["names"]) for match in rule.pattern.finditer(sentence)]
    return [each for each in found if each]


# --- the stage -------------------------------------------------------------------------------------------


def _stage(title: str, abstract: str, body: str) -> tuple[str, str]:
    """How far the act is, and which words say so. The whole text says what it is ("ACTION: Final rule")."""
    said = _ACTION.search(body) or _ACTION_LINE.search(body)
    texts = {"title": title, "abstract": abstract, "action": " ".join(said[1].split()) if said else ""}
    for rule in table().stages:
        if found := rule.pattern.search(texts[rule.where]):
            words = found[0][-120:].strip() if len(found[0]) > 1 else ""
            return rule.value, f"{rule.where}: “{words}”: {_WORDS[rule.value]}" if words else ""
    return "final", ""


_WORDS = {
    "final": "adopted",
    "propose": "proposed only",
    "hearing": "a hearing about it",
    "withdraw": "withdrawn",
    "correct": "a correction",
}


# --- sentences -------------------------------------------------------------------------------------------


def _sentences(abstract: str) -> list[str]:
    if abstract.casefold().startswith("no summary provided"):
        return []
    sentences = (each[:LONGEST_SENTENCE].rstrip(" .") for each in _SENTENCE.split(abstract))
    return [each for each in sentences if each]


def _first(sentences: list[str], title: str) -> str:
    return sentences[0] if sentences else title


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= 240 else text[:239] + '…'}”"
