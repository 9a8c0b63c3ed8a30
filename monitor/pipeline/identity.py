"""Which article a text is: a new one, or another text of one that is stored.

An address names an article as long as its texts have something in common. A text that has almost nothing in
common with those before it is a new article, named by the address and a digest of the text: a file name that
is used again every day, a page that makes room for another, a notice of maintenance. What a page declares to
be its address (rel=canonical), and other names that a text may be stored under, are believed only where that
very text is known there: templates declare one address for all their pages, and so may an attacker.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.model import Article, Document

if TYPE_CHECKING:
    from monitor.store import Store, StoredRevision, StoredVersion

SOMETHING = 0.12
"""Share of the shorter text's triples of words that an edited text keeps at least; see tests/pipeline."""
SOMETHING_SHORT = 0.34
"""The same for texts of fewer than `SHORT` words, where a set phrase is a large share."""
SHORT = 60  # words
NEARLY_ALL = 0.8
"""The same for what must be the same text but for trifles."""
_MOST_WORDS = 5_000  # of a text that are compared
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no space between words: each sign counts as one.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def likeness(first: str, second: str) -> float:
    """The share (0 to 1) of the shorter text's triples of words that the other has as well."""
    one, two = _triples(first), _triples(second)
    if not one or not two:
        return float(one == two)
    return len(one & two) / min(len(one), len(two))


def has_something_in_common(first: str, second: str) -> bool:
    """Can one text be an edited form of the other?"""
    short = min(len(_words(first)), len(_words(second))) < SHORT
    return likeness(first, second) >= (SOMETHING_SHORT if short else SOMETHING)


def _words(text: str) -> list[str]:
    return _WORD.findall(_UNSPACED.sub(r" \g<0> ", text.casefold()))[:_MOST_WORDS]


def _triples(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    if len(words) < 3:
        return {tuple(words)} if words else set()
    return set(zip(words, words[1:], words[2:], strict=False))


def choose(
    article: Article,
    own: Sequence[StoredVersion],
    others: Sequence[StoredVersion],
    *,
    fixed: bool = False,
) -> StoredVersion | None:
    """The stored article that `article` is another text of; None for a new one.

    `own` are stored at its address, the newest first, `others` at addresses that it may have as well.
    """
    for version in (*own, *others):
        if version.same:
            return version
    if fixed:
        titled = [v for v in own if (v.title, v.published_at) == (article.title, article.published_at)]
        return next((v for v in titled if _nearly_the_same(v.text, article.text)), None)
    alike = [v for v in own if v.text is None or has_something_in_common(v.text, article.text)]
    if alike:
        return max(alike, key=lambda v: 1.0 if v.text is None else likeness(v.text, article.text))
    read_here = (v for v in others if v.text is not None)
    return next((v for v in read_here if has_something_in_common(v.text or "", article.text)), None)


def _nearly_the_same(known: str | None, text: str) -> bool:
    return known is None or likeness(known, text) >= NEARLY_ALL


@dataclass
class Identities:
    """Finds the article of each text that is read. Call `begin` before each batch that is written as one."""

    store: Store
    _pending: dict[str, list[StoredVersion]] = field(default_factory=dict)  # address -> articles of the batch

    def begin(self) -> None:
        """Forget what an earlier batch decided: it is written, or it never will be."""
        self._pending.clear()

    def place(self, document: Document, article: Article) -> tuple[Article, StoredRevision, bool]:
        """The article under the address that it has in the end, and what is stored there.

        The last value is true where the address stands for this article alone. Raises StoreError.
        """
        from monitor.store import StoredVersion

        stored = self.store.revision(article.url, article.sha256)
        pending = self._pending.get(article.url, [])
        own = list(pending)
        others: list[StoredVersion | None] = []
        if stored.number:
            taken = {version.url for version in pending}
            kept = self.store.versions_at(article.url, article.sha256)
            own += [version for version in kept if version.url not in taken]
        if document.within and not stored.number:
            others.append(self.store.item_of(document.within, _shas(article)))
        if article.declared_url:
            declared = article.declared_url
            same_batch = self._pending.get(declared, [])
            others += [replace(v, same=True) for v in same_batch if v.text == article.text]
            others.append(self.store.version_elsewhere(declared, document.url, article.sha256))
        elsewhere = [version for version in others if version is not None]
        found = choose(article, own, elsewhere, fixed=document.fixed)
        placed = _placed(article, own, found)
        if placed.url != article.url:
            stored = self.store.revision(placed.url, article.sha256)
        version = StoredVersion(
            placed.url, placed.place, article.title, article.published_at, article.text, False
        )
        same = [each for each in pending if each.url != placed.url]
        self._pending[article.url] = [version, *same]
        return placed, stored, len(own) <= 1


def _shas(article: Article) -> list[str]:
    """The text's SHA-256 with any end: the last mail of a file has fewer line ends than one in the middle."""
    bare = article.text.rstrip("\r\n")
    return [article.sha256, *(replace(article, text=bare + end).sha256 for end in ("", "\n", "\n\n", "\r\n"))]


def _placed(article: Article, own: Sequence[StoredVersion], found: StoredVersion | None) -> Article:
    if found is not None:
        return replace(article, url=found.url, place=found.place)
    if not own:
        return article
    mark = base64.urlsafe_b64encode(bytes.fromhex(article.sha256)[:8]).decode().rstrip("=")
    joint = ";" if "#" in article.url else "#"
    return replace(article, url=f"{article.url}{joint}text-{mark}", place=article.url)
