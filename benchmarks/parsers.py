"""The parsers on saved feeds, pages and mails, beside strict peers: `python benchmarks/parsers.py DIR`.

Every file below DIR is read: feeds beside feedparser, pages beside trafilatura and resiliparse, all as they
come; sitemaps, mails and PDFs alone. Told are files, entries, text, failures, speed, and each file where a
peer finds what we lose. Nothing in DIR is changed, nothing is fetched. Exit code 1 when a parser of ours
crashed or lost an entry.
"""

from __future__ import annotations

import argparse
import io
import logging
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import SourceError
from monitor.ingest import extract
from monitor.ingest.mail import read_mail, split_mbox
from monitor.ingest.sitemap import read_sitemap
from monitor.ingest.syndication import read_feed
from monitor.model import Document

NOW = datetime(2100, 1, 1, tzinfo=UTC)  # no date of a saved file is in the future
BASE = "https://example.org/saved/"
_TAG = re.compile(rb"<([a-zA-Z][\w:.-]*)")
_WORD = re.compile(r"\w+")
_FEEDS = {b"rss", b"rdf", b"feed", b"channel"}
_MAPS = {b"urlset", b"sitemapindex"}
_SHINGLE = 3  # words


def kind_of(path: Path, body: bytes) -> str:
    """What a file is: by its name where that says it, else by its first element."""
    suffix = path.suffix.lower()
    if suffix in (".eml", ".mbox", ".pdf"):
        return suffix[1:]
    if body.startswith(b"%PDF-"):
        return "pdf"
    if suffix in (".html", ".htm", ".xhtml"):
        return "page"
    text = body.replace(b"\0", b"")  # UTF-16
    if text.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        return "feed" if b"jsonfeed.org" in text[:2000] else "other"
    for match in _TAG.finditer(text[:200_000]):
        name = match[1].lower().rpartition(b":")[2]
        if name in _FEEDS:
            return "feed"
        if name in _MAPS:
            return "sitemap"
        if name in (b"html", b"head", b"body"):
            return "page"
    return "other"


@dataclass
class Tally:
    """What one parser made of the files of one kind."""

    files: int = 0
    found: int = 0  # entries of feeds and sitemaps, characters of text of pages
    failed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")

    def timed(self, job: Callable[[], object], path: Path) -> object:
        """Run a job and count its time; what it raises is counted and gives None."""
        start = time.perf_counter()
        try:
            return job()
        except SourceError as error:
            self.failed[error.outcome] += 1
        except Exception as error:  # noqa: BLE001 - what crashes is what is looked for
            self.failed[f"crash: {type(error).__name__}"] += 1
        finally:
            spent = time.perf_counter() - start
            self.files += 1
            self.seconds += spent
            self.slowest = max(self.slowest, (spent, str(path)))
        return None

    def line(self, name: str, unit: str) -> str:
        failures = ", ".join(f"{count} {what}" for what, count in self.failed.most_common()) or "none"
        speed = self.files / self.seconds if self.seconds else 0.0
        where = f"; slowest {self.slowest[0]:.2f} s" if self.seconds else ""
        return f"  {name:<22}{self.found:>12,} {unit}, failures: {failures}; {speed:,.1f} files/s{where}"

    @property
    def crashes(self) -> int:
        return sum(count for what, count in self.failed.items() if what.startswith("crash"))


# --- feeds -----------------------------------------------------------------------------------------------


def our_entries(body: bytes) -> int:
    return sum(map(len, read_feed(body, None, BASE, NOW)))


def peer_entries(body: bytes) -> int:
    """feedparser as it comes, from bytes; a stream, since it takes a string for an address."""
    import feedparser

    return len(feedparser.parse(io.BytesIO(body)).entries)


def compare_feeds(files: list[tuple[Path, bytes]]) -> tuple[list[str], list[Tally]]:
    ours, peer = Tally(), Tally()
    lost = []
    for path, body in files:
        mine = ours.timed(lambda body=body: our_entries(body), path)
        theirs = peer.timed(lambda body=body: peer_entries(body), path)
        ours.found += int(mine or 0)  # type: ignore[call-overload]
        peer.found += int(theirs or 0)  # type: ignore[call-overload]
        if int(theirs or 0) > int(mine or 0):  # type: ignore[call-overload]
            lost.append(f"{path}: {mine} entries, feedparser {theirs}")
    print(f"feeds and what may be one: {len(files):,} files, {_megabytes(files)}")
    print(ours.line("substance-monitor", "entries"))
    print(peer.line("feedparser", "entries"))
    return lost, [ours]


# --- pages -----------------------------------------------------------------------------------------------


def our_text(body: bytes) -> str:
    return extract(Document("saved", BASE, body, "text/html", NOW)).text


def trafilatura_text(body: bytes) -> str:
    import trafilatura

    found = trafilatura.bare_extraction(body, fast=True, include_comments=False)
    return getattr(found, "text", None) or ""


def resiliparse_text(body: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return str(extract_plain_text(bytes_to_str(body, detect_encoding(body)), main_content=True))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return Counter(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def kept(mine: str, theirs: str) -> float:
    """The share of the other's groups of three words that ours has as well; 1.0 when it has none."""
    wanted = shingles(theirs)
    total = wanted.total()
    return (wanted & shingles(mine)).total() / total if total else 1.0


def compare_pages(files: list[tuple[Path, bytes]], worst: int) -> list[Tally]:
    readers = {
        "substance-monitor": our_text,
        "trafilatura": trafilatura_text,
        "resiliparse": resiliparse_text,
    }
    tallies = {name: Tally() for name in readers}
    shares: list[tuple[float, str]] = []
    for path, body in files:
        texts = {}
        for name, read in readers.items():
            text = tallies[name].timed(lambda read=read, body=body: read(body), path)
            texts[name] = str(text or "")
            tallies[name].found += len(texts[name])
        shares.append((kept(texts["substance-monitor"], texts["trafilatura"]), str(path)))
    print(f"pages: {len(files):,} files, {_megabytes(files)}")
    for name, tally in tallies.items():
        print(tally.line(name, "characters"))
    if shares:
        mean = sum(share for share, _ in shares) / len(shares)
        below = sorted(entry for entry in shares if entry[0] < 0.95)
        print(f"  of trafilatura's text we have {mean:.1%} on average, less than 95% on {len(below)} pages")
        for share, path in below[:worst]:
            print(f"    {share:.0%} {path}")
    return [tallies["substance-monitor"]]


# --- the rest --------------------------------------------------------------------------------------------


def read_alone(kind: str, files: list[tuple[Path, bytes]]) -> list[Tally]:
    tally = Tally()
    for path, body in files:
        tally.found += int(tally.timed(lambda body=body: _ALONE[kind](body), path) or 0)  # type: ignore[call-overload]
    print(f"{kind}: {len(files):,} files, {_megabytes(files)}")
    print(tally.line("substance-monitor", _UNITS[kind]))
    return [tally]


_ALONE: dict[str, Callable[[bytes], int]] = {
    "sitemap": lambda body: len(read_sitemap(body, None, BASE, NOW)),
    "pdf": lambda body: len(extract(Document("saved", BASE, body, "application/pdf", NOW)).text),
    "eml": lambda body: len(read_mail(body).body),
    "mbox": lambda body: sum(1 for _ in split_mbox(body)),
}
_UNITS = {"sitemap": "addresses", "pdf": "characters", "eml": "characters", "mbox": "messages"}


def saved(folder: Path) -> Iterator[tuple[str, Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            body = path.read_bytes()
            yield kind_of(path, body), path, body


def _megabytes(files: list[tuple[Path, bytes]]) -> str:
    return f"{sum(len(body) for _, body in files) / 1e6:,.1f} MB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--worst", type=int, default=20, help="files to name where a peer has more")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # pypdf and trafilatura tell each oddity
    groups: dict[str, list[tuple[Path, bytes]]] = {}
    for kind, path, body in saved(options.folder):
        groups.setdefault("feed" if kind == "other" else kind, []).append((path, body))
    lost, tallies = compare_feeds(groups["feed"]) if groups.get("feed") else ([], [])
    for line in lost[: options.worst]:
        print(f"  LOST {line}")
    tallies += compare_pages(groups["page"], options.worst) if groups.get("page") else []
    for kind in _ALONE:
        tallies += read_alone(kind, groups[kind]) if groups.get(kind) else []
    crashes = sum(tally.crashes for tally in tallies)
    print(f"crashes of ours: {crashes}; feeds of which entries are lost: {len(lost)}")
    return 1 if crashes or lost else 0


if __name__ == "__main__":
    sys.exit(main())
