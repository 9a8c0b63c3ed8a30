"""Lexicons that the matcher's tests share, short ways to ask them, and a strategy for nasty texts."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable

from hypothesis import strategies as st

from monitor.match import Lexicon, compile_lexicon, find
from monitor.model import Mention, Name, Substance, Watchlist
from monitor.watchlist import load_builtin


@functools.cache
def shipped() -> Lexicon:
    """The lexicon of all shipped lists."""
    return compile_lexicon(load_builtin())


def lexicon_of(names: Iterable[Name | str]) -> Lexicon:
    """A lexicon of a few names; a plain string is a common name whose substance is the string itself."""
    rows = tuple(Name(name, name) if isinstance(name, str) else name for name in names)
    keys = dict.fromkeys(row.substance for row in rows)
    return compile_lexicon(Watchlist({key: Substance(key, key) for key in keys}, rows))


def mentions(text: str, language: str | None = None) -> list[Mention]:
    """What the shipped lexicon finds."""
    return find(shipped(), text, language)


def found(text: str, language: str | None = None) -> list[tuple[str, str]]:
    """(surface, substance) of each mention, in order."""
    return [(mention.surface, mention.substance) for mention in mentions(text, language)]


def keys(text: str, language: str | None = None) -> set[str]:
    """The substances that a text names."""
    return {mention.substance for mention in mentions(text, language)}


def one(text: str, language: str | None = None) -> Mention:
    """The only mention of a text; a text with more or none fails the test."""
    (mention,) = mentions(text, language)
    return mention


def as_json(text: str) -> str:
    """A readable test id: invisible characters written out."""
    return json.dumps(text)[1:-1][:60]


# What texts are made of that want to break a matcher.
NAMES = (
    "fentanyl", "Fentanyls", "f3ntanyl", "4-ANPP", "(2-bromoethyl)benzene",
    "4-nitro-(2-bromoethyl)benzene", "PMK",
    "BMK", "P2P", "ice", "H", "K", "crack cocaine", "1-phenyl-2-propanone", "437-38-7", "103-63-9",
    "α-PVP", "3,4-MDP-2-P",
    "benzyl methyl ketone (BMK)", "芬太尼", "冰毒", "冰", "фентанил", "кокаина", "diazapam", "methamphetmine",
    "MDMA (ecstasy)",
    "CID 3345", "DEA code 9801", "PJMPHNIQZUBGLI-UHFFFAOYSA-N", "GHB", "GBL", "5 kg of", "seized", "droga",
    "毒品",
)  # fmt: skip
JUNK = (
    " ", "\n", "\r\n", "\t", "-", "\u2010", "\u2011", "–", "(", ")", "[", "]", "（", "）", "'", "′", "″",
    ",", ".", ";", "&", "&amp;",
    "&#102;", "&#x200b;", "&shy;", "&nbsp;", "&hellip;", "&NotEqualTilde;", "&#0;", "&#1114112;",
    "&bogus;", "\u00ad", "\u200b",
    "\u200d", "\u202e", "\u2067", "\ufeff", "\u0301", "\u0338", "\ud800", "\udfff", "\x00", "\x7f", "\x85",
    "\u2028", "😀", "🏴\u200d☠️",
    "𝐟𝐞𝐧𝐭𝐚𝐧𝐲𝐥", "ｆｅｎｔａｎｙｌ", "ﬁ", "ﷺ", "ß", "İ", "ı", "ǅ", "مخدرات", "סמים", "한국", "𠀀",
    "\U0010ffff", "\uffff", "10", "%",
)  # fmt: skip


def texts(pieces: int = 12) -> st.SearchStrategy[str]:
    """Texts of names, junk and any characters at all (lone surrogates too), with and without spaces."""
    anything = st.text(st.characters(codec=None), max_size=4)
    piece = st.one_of(st.sampled_from(NAMES), st.sampled_from(JUNK), anything)
    return st.builds(str.join, st.sampled_from(("", " ")), st.lists(piece, max_size=pieces))
