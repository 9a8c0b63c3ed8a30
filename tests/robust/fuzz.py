"""A fuzzer over every way in: `python -m tests.robust.fuzz --minutes 60` (`make fuzz`).

Inputs are mutated seeds. Each is drawn by a dice of its own (way in, seed, number), so that any can be
made again. A way in runs in a process of its own, which notes each input before it tries it: one on which
it ends or hangs is known. A finding is an exception that is no MonitorError, a bug that became a gap, the end
of the process, or more than `FIXED + PER_BYTE * bytes` seconds of computing. Findings are kept as files.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import MonitorError
from monitor.model import Document, Gap, Source, SourceState
from monitor.pipeline.reading import Reader, Unread

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIXED, PER_BYTE = 5.0, 60e-6  # seconds of computing; machines under load need some slack
HANGS = 120.0  # seconds of computing on one input after which it is given up
LARGEST = 200_000  # bytes of an input
NAMES = "ketamine fentanyl metamfetamine 4-chloro-N-methyl-2-phenylpropan-1-amine PMK (PB) K3TAMINE 氯胺酮 "
_TOKENS: Mapping[str, bytes] = {  # of each kind, between vertical bars
    "markup": b"<p>|</p>|<table><tr><td>|<li>|<![CDATA[|]]>|<!--|&#102;|&amp;|<div><b><i>|</div>|<a href='|"
    b"<script>|<meta content='|<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "mail": b"Content-Type: text/html; charset=x\n|\n\n|From |=?utf-8?b?|?=|=\n|--b\n|> |\0|"
    b"Content-Transfer-Encoding: base64\n|Content-Type: message/rfc822\n\n",
    "pdf": b"obj|endobj|stream\n|endstream|<<|>>|[|]|1 0 R|/Kids|(|Tj",
    "warc": b"WARC/1.0\r\n|Content-Length: |\r\n\r\n|99999999999|Transfer-Encoding: chunked\r\n",
    "yaml": b"*a |&a |<<: |${X}|- |: |{|}|[|\t|!!python/object|? ",
    "text": NAMES.encode().replace(b" ", b" |") + b"\xe2\x80\x8b|-\n|&#107;|(|\xff",
}
TOKENS = {kind: tokens.split(b"|") for kind, tokens in _TOKENS.items()}


# --- the ways in ---------------------------------------------------------------------------------------


def _reader() -> Reader:
    from monitor.pipeline.prepare import build_matcher

    return Reader(build_matcher(None, cache=Path(tempfile.gettempdir()) / "fuzz-cache"))


class Ways:
    """Every way in: what takes bytes from outside, and gives its documents, gaps or values."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._reader = folder, _reader()

    def html(self, data: bytes) -> None:
        self._read(Document("f", "https://f.example/a", data, "text/html", NOW))

    def pdf(self, data: bytes) -> None:
        self._read(Document("f", "https://f.example/a.pdf", data, "application/pdf", NOW))

    def text(self, data: bytes) -> None:
        """The matcher, which is pure: whatever the text is, its mentions stand where they say."""
        text = data.decode("utf-8", "surrogateescape")
        for language in (None, "en", "de", "zh"):
            for mention in self._reader.matcher.find(text, language):
                assert text[mention.start : mention.stop] == mention.surface != ""
        self._read(Document("f", "file:///a.txt", data, "text/plain", NOW))

    def feed(self, data: bytes) -> None:
        self._collect(Source("f", "feed", "https://f.example/feed", options={"fetch_pages": False}), data)

    def sitemap(self, data: bytes) -> None:
        self._collect(Source("f", "sitemap", "https://f.example/sitemap.xml"), data)

    def api(self, data: bytes) -> None:
        fields = {"text": "text", "title": "title", "url": "url", "date": "date"}
        self._collect(
            Source("f", "api", "https://f.example/x.json", options={"items": "", "fields": fields}), data
        )

    def mail(self, data: bytes) -> None:
        self._file("a.eml", data)

    def mbox(self, data: bytes) -> None:
        self._file("a.mbox", data)

    def lines(self, data: bytes) -> None:
        self._file("a.jsonl", data)

    def warc(self, data: bytes) -> None:
        self._file("a.warc.gz" if data[:2] == b"\x1f\x8b" else "a.warc", data, kind="warc")

    def config(self, data: bytes) -> None:
        from monitor.config import load_config

        (self._folder / "samples").mkdir(exist_ok=True)
        path = self._folder / "config.yaml"
        path.write_bytes(data)
        load_config(path, {"X": "y"})

    def watchlist(self, data: bytes) -> None:
        from monitor.watchlist import load_file

        path = self._folder / "list.csv"
        path.write_bytes(data)
        load_file(path)

    def scan(self, data: bytes) -> None:
        from monitor.doors.scan import scan_lines

        answers: list[bytes] = []
        scan_lines(data.splitlines(keepends=True), answers.append, self._reader.matcher, today=NOW.date())
        for answer in answers:
            json.loads(answer)

    def _read(self, document: Document) -> None:
        result = self._reader.read(document)
        if isinstance(result, Unread) and result.bug is not None:
            raise result.bug

    def _file(self, name: str, data: bytes, kind: str = "folder") -> None:
        folder = self._folder / "in"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        (folder / name).write_bytes(data)
        self._collect(Source("f", kind, str(folder)), b"")

    def _collect(self, source: Source, data: bytes) -> None:
        from monitor.ingest import Response, collect

        async def get(url: str, *_: object, **more: object) -> Response:
            return Response(url, body=data, media_type="application/xml" if data[:1] == b"<" else "")

        async def drain() -> list[object]:
            return [item async for item in collect(source, SourceState("f"), get, NOW)]

        for item in asyncio.run(drain()):
            if isinstance(item, Document):
                self._read(item)
            else:
                assert isinstance(item, Gap | SourceState)


def seeds() -> Mapping[str, tuple[str, list[bytes]]]:
    """For each way in the kind of its tokens, and what its inputs are made of."""
    from tests import pdfs, warcs
    from tests.worlds import page, rss

    def samples(kind: str) -> list[bytes]:
        return [path.read_bytes() for path in sorted((ROOT / "samples" / kind).iterdir())]

    story = page("Ship searched", f"The police seized ketamine. {NAMES}" * 5).encode()
    feed = rss({f"https://f.example/{n}": f"Drums of ketamine, report {n}" for n in range(5)}).encode()
    places = "".join(
        f"<url><loc>https://f.example/{n}</loc><lastmod>2026-11-01</lastmod></url>" for n in range(9)
    )
    sitemap = (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    )
    index = (
        sitemap.replace("urlset", "sitemapindex")
        .replace("<url>", "<sitemap>")
        .replace("</url>", "</sitemap>")
    )
    items = [
        {"title": f"t{n}", "text": NAMES, "url": f"https://f.example/{n}", "date": "2026-11-01"}
        for n in range(5)
    ]
    line = json.dumps({"id": 1, "text": NAMES * 3, "lang": "en", "published_at": "2026-11-01"}).encode()
    mails = samples("mail")
    record = re.sub(
        rb"uuid:\w+", b"uuid:" + b"0" * 32, warcs.record(warcs.http(story))
    )  # not another each time
    table = b"name,aliases,cas,inchikey,severity,note\nexamplium,ex|em,103-63-9,,high,note\n"
    return {
        "html": ("markup", [*samples("html"), story]),
        "pdf": (
            "pdf",
            [pdfs.pdf([NAMES.encode("ascii", "ignore").decode()], ["two"]), pdfs.pdf(["a"] * 9, packed=True)],
        ),
        "text": ("text", [*samples("text"), *samples("markdown"), (NAMES * 20).encode()]),
        "feed": (
            "markup",
            [feed, feed.replace(b"</title>", b"</title><description>&lt;p&gt;x</description>")],
        ),
        "sitemap": ("markup", [sitemap.encode(), index.encode(), gzip.compress(sitemap.encode(), mtime=0)]),
        "api": ("yaml", [json.dumps(items).encode(), json.dumps({"a": items}).encode()]),
        "mail": ("mail", mails),
        "mbox": ("mail", [b"".join(b"From a@b Sat Nov 28 10:00:00 2026\n" + mail + b"\n" for mail in mails)]),
        "lines": ("text", [b"\n".join([line] * 5)]),
        "warc": ("warc", [record * 3, warcs.packed(record, record)]),
        "config": ("yaml", [(ROOT / "config.yaml").read_bytes()]),
        "watchlist": ("text", [table]),
        "scan": ("text", [b"\n".join([line] * 3)]),
    }


# --- mutations -----------------------------------------------------------------------------------------


def mutated(dice: random.Random, pool: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One input: a seed with a few changes, some of which make it long or deep."""
    data = bytearray(dice.choice(pool))
    for _ in range(dice.choice((1, 1, 2, 3, 5, 8))):
        at = dice.randrange(len(data) + 1)
        stop = min(len(data), at + dice.choice((1, 4, 16, 64, 400)))
        change = dice.randrange(9)
        if change == 0 and data:
            data[at % len(data)] = dice.randrange(256)
        elif change == 1:
            del data[at:stop]
        elif change == 2:
            data[at:at] = data[at:stop]
        elif change == 3:  # the same again and again
            piece = bytes(data[at:stop]) or dice.choice(tokens)
            data[at:stop] = piece * min(dice.choice((10, 100, 3000)), LARGEST // len(piece))
        elif change == 4:
            other = dice.choice(pool)
            begin = dice.randrange(len(other) + 1)
            data[at:stop] = other[begin : begin + 400]
        elif change == 5:
            data[at:at] = dice.choice(tokens)
        elif change == 6:  # deep
            token = dice.choice(tokens)
            data[at:at] = token * min(dice.choice((5, 200, 5000)), LARGEST // len(token))
        elif change == 7:
            data[at:stop] = dice.randbytes(stop - at)
        else:
            del data[max(at, 1) :]
    return bytes(data[:LARGEST])


# --- a process that tries inputs, and the one that watches it ------------------------------------------


def inputs(way: str, seed: int, first: int = 0) -> Iterator[tuple[int, bytes]]:
    """The inputs of one way in, numbered; each by a dice of its own, so that any can be made again."""
    kind, pool = seeds()[way]
    number = first
    while True:
        yield number, mutated(random.Random(f"{way} {seed} {number}"), pool, TOKENS[kind])
        number += 1


def try_inputs(
    way: str, seed: int, first: int, seconds: float, most: int, folder: Path, hangs: float
) -> None:
    """Try inputs for so long; a line of JSON on standard output for each finding, and one at the end."""
    ways = Ways(folder)
    target: Callable[[bytes], None] = getattr(ways, way)
    with contextlib.suppress(MonitorError):
        target(seeds()[way][1][0])  # what is loaded once is not the first input's work
    end, tried, size, worst = time.monotonic() + seconds, 0, 0, 0.0
    for number, data in inputs(way, seed, first):
        if time.monotonic() > end or tried >= most:
            break
        (folder / "now").write_text(str(number))
        signal.setitimer(signal.ITIMER_PROF, hangs)
        began, fault = time.process_time(), ""
        try:
            target(data)
        except MonitorError:
            pass
        except BaseException as error:  # noqa: BLE001 - that is what is looked for
            fault = f"{type(error).__name__}: {error}"
        took = time.process_time() - began
        worst = max(worst, took / (FIXED + PER_BYTE * len(data)))
        if took > FIXED + PER_BYTE * len(data):
            fault = fault or f"{took:.1f} s for {len(data):,} bytes"
        if fault:
            print(json.dumps({"number": number, "fault": fault[:300]}), flush=True)
        tried, size = tried + 1, size + len(data)
        (folder / "so-far").write_text(json.dumps({"tried": tried, "bytes": size, "worst": round(worst, 3)}))


def fuzz(
    way: str, seed: int, seconds: float, most: int, keep: Path, hangs: float = HANGS
) -> tuple[int, int, float, list[str]]:
    """Try one way in for so long: how many inputs, bytes, the worst share of the bound, and findings."""
    end, first, findings = time.monotonic() + seconds, 0, list[str]()
    tried, size, worst = 0, 0, 0.0
    while tried < most and (left := end - time.monotonic()) > 0:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            arguments = [way, str(seed), str(first), str(left), str(most - tried), place, str(hangs)]
            done = subprocess.run(
                [sys.executable, "-m", "tests.robust.fuzz", "--one", *arguments],
                cwd=ROOT, capture_output=True, text=True, check=False,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            faults = [json.loads(each) for each in done.stdout.splitlines() if each.startswith('{"number"')]
            so_far = folder / "so-far"
            if so_far.exists():
                part = json.loads(so_far.read_text())
                tried, size, worst = tried + part["tried"], size + part["bytes"], max(worst, part["worst"])
            if done.returncode:
                number = int((folder / "now").read_text()) if (folder / "now").exists() else first
                why = done.stderr.strip().splitlines()[-1:] or [""]
                faults.append(
                    {"number": number, "fault": f"the process ended with {done.returncode} {why[0]}"}
                )
                tried, first = tried + 1, number + 1
        for fault in faults:
            findings.append(f"{way} {fault['number']}: {fault['fault']}")
            keep.mkdir(parents=True, exist_ok=True)
            _, data = next(inputs(way, seed, fault["number"]))
            (keep / f"{way}-{seed}-{fault['number']}").write_bytes(data)
        if not done.returncode:
            break
    return tried, size, worst, findings


def main() -> None:
    """Fuzz every way in, or one; the exit code is 1 when there were findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="for all ways in together")
    parser.add_argument("--most", type=int, default=1 << 40, help="inputs of each way in")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="folder for what is found")
    parser.add_argument("--one", nargs=7, help=argparse.SUPPRESS)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"of {', '.join(seeds())}; default: all")
    asked = parser.parse_args()
    if asked.one:
        way, seed, first, seconds, most, place, hangs = asked.one
        try_inputs(way, int(seed), int(first), float(seconds), int(most), Path(place), float(hangs))
        return
    chosen = asked.ways or list(seeds())
    total, everything, failed = 0, 0, False
    for way in chosen:
        tried, size, worst, findings = fuzz(
            way, asked.seed, 60 * asked.minutes / len(chosen), asked.most, asked.keep
        )
        counts = f"{tried:>9,} inputs {size:>14,} bytes, {worst:.0%} of the bound"
        print(f"{way:10} {counts}, {len(findings)} findings")
        print("".join(f"  {each}\n" for each in findings), end="", flush=True)
        total, everything, failed = total + tried, everything + size, failed or bool(findings)
    print(f"seed {asked.seed}: {total:,} inputs, {everything:,} bytes")
    sys.exit(failed)


if __name__ == "__main__":
    main()
