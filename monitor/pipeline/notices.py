"""Notices of gazettes, read: what they do to which list, and which substances their names mean.

    Notice -read_notice-> Reading -names-> structure -> substance
              (pure)               (OPSIN)

A name that no list has is read as a structure where the extra `structure` is installed; without it such a
substance has its names alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.model import Article, Substance, Watchlist

if TYPE_CHECKING:
    from monitor.chem.resolver import Resolution
    from monitor.store import NoticeProposal
    from monitor.store import ReadNotice as StoredNotice
    from monitor.watchlist import Named, Notice, Reading

Resolve = Callable[[Sequence[str]], Sequence["Resolution"]]

MOST_NAMES = 200  # of one notice that are read as structures


@dataclass(frozen=True, slots=True)
class Meant:
    """A substance of a notice: how it is named, and the structure that one of its names describes, or ""."""

    named: Named
    smiles: str = ""
    inchikey: str = ""


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A notice with what it does. `substances` are those of the reading, in order, with their structures."""

    notice: Notice
    reading: Reading
    substances: tuple[Meant, ...] = ()


@dataclass(frozen=True)
class NoticeReader:
    """Reads notices against one watchlist; `resolve` reads names as structures (None: that is missing)."""

    watchlist: Watchlist
    resolve: Resolve | None = None

    @cached_property
    def _find(self) -> Callable[[str], list[Substance]]:
        from monitor.watchlist import index

        return index(self.watchlist)

    def read(self, notice: Notice) -> ReadNotice:
        """Read one notice; raises StoreError where answers about names are kept in a database."""
        from monitor.watchlist import read_notice

        reading = read_notice(notice, self._find)
        if not reading.changes_law:
            return ReadNotice(notice, reading)
        meant = tuple(map(self._structured, reading.substances))
        found = [
            f"“{each.named.name}” is {each.named.substance} by the structure that the notice gives"
            for each, before in zip(meant, reading.substances, strict=True)
            if each.named.substance and not before.substance
        ]
        unknown = {f"no watched substance is called “{each.name}”" for each in reading.substances}
        known = {
            f"no watched substance is called “{each.named.name}”" for each in meant if each.named.substance
        }
        reasons = [each for each in reading.reasons if each not in unknown & known]
        named = tuple(each.named for each in meant)
        listed = reading.list_id or self._listed(reading, named)
        if listed != reading.list_id:
            reasons = [f"list {listed}, where it stands" if each == _NO_LIST else each for each in reasons]
        reading = replace(reading, substances=named, list_id=listed, reasons=(*reasons, *found))
        return ReadNotice(notice, reading, meant)

    def _structured(self, named: Named) -> Meant:
        """Read the names as structures, the longest first: a systematic name says what is meant exactly."""
        if named.substance:
            known = self.watchlist.substances[named.substance]
            return Meant(named, known.smiles, known.inchikey)
        if self.resolve is None:
            return Meant(named)
        names = sorted(named.names, key=len, reverse=True)[:MOST_NAMES]
        for found in self.resolve(names):
            if found.smiles and found.via:
                key = found.substance.key if found.substance else ""
                return Meant(replace(named, substance=key), found.smiles, found.inchikey)
        return Meant(named)

    def _listed(self, reading: Reading, named: Sequence[Named]) -> str:
        """The list that a removal leaves unsaid: the one list of the agency that the substances stand on."""
        if reading.act != "remove":
            return ""
        lists = {
            entry.list_id
            for each in named
            for entry in self.watchlist.listings_of(each.substance)
            if entry.list_id.startswith("dea-") and self.watchlist.lists[entry.list_id].is_control
        }
        return lists.pop() if len(lists) == 1 else ""


_NO_LIST = "no list is named"


# --- from articles to proposals --------------------------------------------------------------------------

FEDERAL_REGISTER, OFFICIAL_JOURNAL = "federal-register", "eu-official-journal"
_TITLES = {FEDERAL_REGISTER: "Federal Register", OFFICIAL_JOURNAL: "Regulation (EU)"}
_REGULATION = re.compile(r"\bDelegated Regulation \(EU\) (?:No )?(\d{4}/\d{1,5})\b")
# https://www.federalregister.gov/documents/2026/11/28/2026-12345/schedules-of-... and the short /d/2026-12345
_DOCUMENT = re.compile(r"/(?:documents/(\d{4})/(\d\d)/(\d\d)|d)/((?:[A-Z]\d-)?\d{4}-\d{3,6})(?:/|$)")
_ABSTRACT = re.compile(
    r"\bSUMMARY:\s*(.{20,12000}?)(?=\n\s*(?:DATES|ADDRESSES|EFFECTIVE|FOR FURTHER)|\bDATES:|$)", re.DOTALL
)
LONGEST_ABSTRACT = 6_000
SHORT_NAME = 5  # letters and digits: shorter names of a notice count only beside other evidence


def notice_of(article: Article) -> Notice | None:
    """The notice that an article is, by its address; None for any other article."""
    from monitor.watchlist import Notice

    parts = urlsplit(article.url)
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith(".europa.eu"):
        return _regulation(article)
    if host != "federalregister.gov":
        return None
    found = _DOCUMENT.search(parts.path)
    if found is None:
        return None
    year, month, day, num = found.groups()
    published = _day(year, month, day) if year else None
    if published is None and article.published_at is not None:
        published = article.published_at.date()
    text = article.text
    rest = text.removeprefix(article.title).strip()
    told = _ABSTRACT.search(text)
    abstract = told[1] if told else rest[:LONGEST_ABSTRACT]
    return Notice(num, article.title, abstract, published, article.url, text)


def _regulation(article: Article) -> Notice | None:
    """A delegated regulation of the European Union, by the number in its title."""
    from monitor.watchlist import Notice

    found = _REGULATION.search(article.title)
    if found is None:
        return None
    published = article.published_at.date() if article.published_at else None
    return Notice(found[1], article.title, "", published, article.url, "", OFFICIAL_JOURNAL)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def stored_notices(
    articles: Iterable[Article],
    reader: NoticeReader,
    is_word: Callable[[str], bool],
    note: Callable[[Exception], None],
) -> list[StoredNotice]:
    """What the notices among some articles do, each with its proposals; notices that change no list are none.

    `is_word`: whether a name is an ordinary word too. A bug in one notice must not lose the others, nor their
    articles: it goes to `note`. Raises StoreError where answers about names are kept in a database.
    """
    from monitor.errors import StoreError

    found = []
    for article in articles:
        try:
            notice = notice_of(article)
            read = reader.read(notice) if notice else None
            if read is not None and read.reading.changes_law:
                found.append(_stored(read, article.source, reader.watchlist, is_word))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            note(error)
    return found


def unreviewed(
    pending: Mapping[str, tuple[str, ...]], found: Iterable[StoredNotice], reviewed: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Substance -> what notices say of it that nobody has reviewed: those kept, and those just found.

    `reviewed`: the numbers of notices that were read before and that somebody has decided about.
    """
    said = dict(pending)
    for notice in found:
        for each in notice.proposals if notice.num not in reviewed else ():
            if not each.substance:
                continue
            known = said.get(each.substance, ())
            said[each.substance] = (*known, each.reason) if each.reason not in known else known
    return said


def _stored(
    read: ReadNotice, source: str, watchlist: Watchlist, is_word: Callable[[str], bool]
) -> StoredNotice:
    from monitor.store import ReadNotice as StoredNotice

    notice, reading = read.notice, read.reading
    propose = partial(_listing, is_word=is_word) if reading.list_id else _listless
    proposals = [propose(each, read, watchlist) for each in _one_each(read.substances)]
    return StoredNotice(
        notice.gazette,
        notice.num,
        notice.url,
        notice.title,
        notice.published.isoformat() if notice.published else "",
        reading.action,
        reading.act,
        reading.list_id,
        reading.from_list,
        reading.effective.isoformat() if reading.effective else "",
        reading.sentence,
        reading.reasons,
        source,
        tuple(proposals) or (_unnamed(read),),
    )


def _one_each(substances: Iterable[Meant]) -> list[Meant]:
    """The substances of a notice; what it names twice, under two names, is one with both."""
    found: dict[str, Meant] = {}
    for each in substances:
        key = each.named.substance or each.inchikey or each.named.name.casefold()
        if key in found:
            first = found[key].named
            others = (*first.others, *(name for name in each.named.names if name not in first.names))
            found[key] = replace(found[key], named=replace(first, others=others))
        else:
            found[key] = each
    return list(found.values())


def _listing(
    meant: Meant, read: ReadNotice, watchlist: Watchlist, is_word: Callable[[str], bool]
) -> NoticeProposal:
    """The proposal about one substance of a notice."""
    from monitor.store import NoticeProposal

    reading, named = read.reading, meant.named
    key = named.substance or _free_key(named.name, watchlist)
    entries = [each for each in watchlist.listings_of(key) if each.list_id == reading.list_id]
    before = "; ".join(_entry(each.since, each.until) for each in entries) or "not on it"
    info = watchlist.lists.get(reading.list_id)
    change: dict[str, object] = {
        "action": reading.action,
        "act": reading.act,
        "list": reading.list_id,
        "from_list": reading.from_list,
        "effective": reading.effective.isoformat() if reading.effective else "",
        "name": watchlist.substances[key].name if named.substance else named.name,
        "kind": "precursor" if reading.list_id.startswith(("dea-list", "dea-ssl")) else "other",
        "smiles": meant.smiles,
        "inchikey": meant.inchikey,
        "citation": _citation(read.notice),
        "complete_to": info.complete_to if info else "",
        "names": _names(named, is_word),
    }
    after = f"{_does(reading)}{_from(reading)} ({read.notice.num})"
    return NoticeProposal(
        key, "listing", before, after, reading.sentence, _said(read), _citation(read.notice), change
    )


def _listless(meant: Meant, read: ReadNotice, watchlist: Watchlist) -> NoticeProposal:
    """About a substance of a notice that does not say which list is meant: a person has to look."""
    from monitor.store import NoticeProposal

    key = meant.named.substance or _free_key(meant.named.name, watchlist)
    reason = f"{_said(read)}; which list, it does not say: read it, then change the lists"
    after = f"{_does(read.reading)} ({read.notice.num})"
    return NoticeProposal(key, "notice", "", after, read.reading.sentence, reason, _citation(read.notice), {})


def _unnamed(read: ReadNotice) -> NoticeProposal:
    """What stands for a notice that names no substance in its title and abstract: a person has to look."""
    from monitor.store import NoticeProposal

    after = f"{_does(read.reading)} ({read.notice.num})"
    reason = f"{_said(read)}; its title and abstract name no substance: read it, then change the lists"
    return NoticeProposal("", "notice", "", after, read.reading.sentence, reason, _citation(read.notice), {})


def _names(named: Named, is_word: Callable[[str], bool]) -> list[Mapping[str, object]]:
    """Names as the watchlist takes them; short ones and ordinary words count only beside other evidence."""
    from monitor.watchlist.notices.names import is_systematic

    return [
        {
            "text": name,
            "type": "systematic" if is_systematic(name) else "acronym" if name.isupper() else "common",
            "ambiguous": len(re.sub(r"\W", "", name)) < SHORT_NAME or is_word(name),
        }
        for name in named.names
    ]


def _free_key(name: str, watchlist: Watchlist) -> str:
    """A key for a substance that no list has: made of its name, and no other one's."""
    from monitor.watchlist.checks import slug

    base = slug(name)[:60].strip("-") or "substance"
    key, number = base, 2
    while key in watchlist.substances:
        key, number = f"{base}-{number}", number + 1
    return key


def _entry(since: str, until: str) -> str:
    return f"since {since or 'a day not known'}" + (f" until {until}" if until else "")


def _citation(notice: Notice) -> str:
    day = f", {notice.published.isoformat()}" if notice.published else ""
    return f"{_TITLES[notice.gazette]} {notice.num}{day}, {notice.url}"


# What a notice does, said of one substance; {list} and {old} are lists, {it} what is proposed.
_DOES = {
    "place": "places it on {list}",
    "temporary": "places it on {list} by a temporary order",
    "extend": "extends its temporary place on {list}",
    "designate": "puts it on {list}",
    "specific-listing": "gives it an entry of its own on {list}",
    "surveil": "puts it on {list}",
    "move": "moves it from {old} to {list}",
    "remove": "removes it from {list}",
    "correct": "corrects what was said of it on {list}",
}
_AIMS = {
    "place": "to place it on {list}",
    "temporary": "to place it on {list} by a temporary order",
    "extend": "to extend its temporary place on {list}",
    "designate": "to put it on {list}",
    "specific-listing": "to give it an entry of its own on {list}",
    "surveil": "to put it on {list}",
    "move": "to move it from {old} to {list}",
    "remove": "to remove it from {list}",
    "correct": "to correct what was said of it on {list}",
}
_STAGES = {
    "propose": "proposes {aim}",
    "hearing": "announces a hearing on the proposal {aim}",
    "withdraw": "withdraws the proposal {aim}",
}


def _does(reading: Reading) -> str:
    """What the notice does, as a predicate: "proposes to place it on dea-schedule-1"."""
    lists = {"list": reading.list_id or "a list", "old": reading.from_list or "another list"}
    stage = _STAGES.get(reading.action)
    if stage is not None:
        return stage.format(aim=_AIMS[reading.act].format(**lists))
    return _DOES[reading.action].format(**lists)


def _from(reading: Reading) -> str:
    if reading.effective is None:
        return ""
    return f" {'to' if reading.action == 'extend' else 'from'} {reading.effective.isoformat()}"


def _said(read: ReadNotice) -> str:
    """The notice in a clause, as alerts quote it until somebody has reviewed it."""
    day = f"of {read.notice.published.isoformat()} " if read.notice.published else ""
    place = f"{_TITLES[read.notice.gazette]} {read.notice.num}"
    return f"a notice {day}{_does(read.reading)}{_from(read.reading)} ({place}; not reviewed)"
