"""What is made of one document: its article and the names in it. Pure; the same here and in other processes.

Document -extract-> Article -search-> Mention, stretches that look like systematic names
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.errors import SourceError
from monitor.model import Article, Document
from monitor.pipeline.interpret import MatchedArticle
from monitor.pipeline.prepare import Matcher


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a document gave no article: `outcome` and `message` for the gap, `bug` where it was one of ours.

    Without an `outcome` the reading was broken off by a stop: the document is as good as not seen.
    """

    outcome: str = ""
    message: str = ""
    bug: Exception | None = None


Result = MatchedArticle | Unread


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads documents, and articles that are stored. `systematic`: look for systematic names as well."""

    matcher: Matcher
    systematic: bool = True

    @property
    def covered(self) -> list[str]:
        """The languages (ISO 639-1) that the watchlist has names in."""
        from monitor.match.coverage import covered

        return sorted(covered(self.matcher.lexicon))

    def find(self, article: Article) -> MatchedArticle:
        """The article with every mention of a watched substance that the lexicon finds in it."""
        from monitor.match.bounds import Bounds
        from monitor.match.systematic import candidates

        found = self.matcher.search(article.text, article.language, article.source)
        mentions, bounds = tuple(found.mentions), Bounds()
        spotted = candidates(article.text, mentions, bounds) if self.systematic else ()
        left_out = tuple(dict.fromkeys((*article.left_out, *found.left_out, *bounds.left_out)))
        return MatchedArticle(article, mentions, spotted, left_out, found.uncovered)

    def read(self, item: Document | Article) -> Result:
        """What one document or article holds. Never raises: one must not hold up the others."""
        from monitor.ingest import extract

        try:
            return self.find(extract(item) if isinstance(item, Document) else item)
        except SourceError as error:
            return Unread(error.outcome, str(error))
        except Exception as error:  # noqa: BLE001 - a bug: it becomes a gap, and is raised at the end
            return Unread("error", bug_summary(error), error)

    def read_all(self, items: Sequence[Document | Article]) -> list[Result]:
        """What several hold, in order."""
        return [self.read(item) for item in items]


def not_covered(language: str) -> str:
    """What is said of a text in a language (ISO 639-1) that the watchlist has no names in."""
    from monitor.match.coverage import in_words

    return in_words(language)


def bug_summary(error: BaseException) -> str:
    """One line for the ledger: what was raised, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    file = frames[-1].filename.replace("\\", "/").rpartition("/")[2] if frames else ""
    place = f" at {file}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{place}: {error}"[:500]
