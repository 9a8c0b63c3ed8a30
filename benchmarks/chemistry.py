"""How fast names become structures, what looking for them costs, and how many are read rightly.

    python benchmarks/chemistry.py                       all parts, with made-up text and names
    python benchmarks/chemistry.py --from ~/news         spotting on your text (.txt, .jsonl, .jsonl.gz)
    python benchmarks/chemistry.py --only names,classes  of names, classes, spotting, ingest, examples

Needs the extra `structure`. All is pinned to one core, OPSIN's Java with it; CPU time of both is counted, so
that other work on the machine disturbs less. Names are made up of groups and parents, each another, none on a
list: nothing is served from a memory. `ingest` is `ingest.py --structures`.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import corpus
import ingest
import names as lists
from match import pin
from peers import ours

from monitor.chem import missing
from monitor.chem.classes import classify
from monitor.chem.opsin import Opsin, find_tools
from monitor.chem.resolver import Resolution, Resolver
from monitor.chem.structure import parse
from monitor.match.systematic import candidates
from monitor.pipeline.structures import make_resolver
from monitor.watchlist import load_builtin

DAY = date(2026, 11, 22)
MEGABYTE = 1_000_000
EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "watchlist" / "unresolved_examples.csv"

GROUPS = (
    "methyl ethyl propyl butyl pentyl hexyl heptyl octyl phenyl benzyl cyclohexyl allyl "
    "methoxy ethoxy propoxy"
).split()
HALOGENS = "fluoro chloro bromo iodo nitro hydroxy cyano".split()
FORMS = (
    "1-(4-{b}-3-{a}phenyl)-2-({c}amino)butan-1-one",
    "N-(2-{b}-4-{a}phenyl)-N-{c}propanamide",
    "N-(4-{b}-2-{a}phenyl)-N-[1-(2-{c}ethyl)piperidin-4-yl]butanamide",
    "{c} 2-(3-{b}-5-{a}phenyl)acetate",
    "2-(4-{b}-2,5-di{a}phenyl)-N-{c}ethan-1-amine",
    "1-{c}-3-(2-{b}-4-{a}benzoyl)-1H-indole",
)
GERMAN = (("fluoro", "fluor"), ("chloro", "chlor"), ("bromo", "brom"), ("iodo", "iod"))


def made_up(count: int) -> list[str]:
    """So many different systematic names, every fourth a German one, in the same order in every run."""
    plain = [group for group in GROUPS if group.endswith("yl")]
    found = [
        form.format(a=a, b=b, c=c) for form, a, b, c in itertools.product(FORMS, GROUPS, HALOGENS, plain)
    ]
    random.Random(1).shuffle(found)
    found = [_german(name) if number % 4 == 0 else name for number, name in enumerate(found)]
    return list(dict.fromkeys(found))[:count]


def _german(name: str) -> str:
    """The German form of a made-up name, as far as this needs."""
    for english, german in GERMAN:
        name = name.replace(english, german)
    for english, german in (("one", "on"), ("amide", "amid"), ("amine", "amin"), ("indole", "indol")):
        name = name.removesuffix(english) + german if name.endswith(english) else name
    return name


def cpu() -> float:
    """CPU seconds of this process and of those that it runs now (Linux; elsewhere its own only)."""
    total = time.process_time()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == os.getpid():
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work, Java's with it."""
    start = cpu()
    work()
    return cpu() - start


def rates(parts: list[list[str]], work: Callable[[list[str]], object]) -> str:
    """Median and range of names a second, over parts."""
    found = sorted(len(part) / spent(partial(work, part)) for part in parts)
    return f"{statistics.median(found):,.0f} a second ({found[0]:,.0f} to {found[-1]:,.0f})"


# --- names and classes ----------------------------------------------------------------------------------


def show_names(count: int) -> None:
    """Print names a second through OPSIN alone and through the whole chain."""
    names = made_up(count * 6 + 500)
    parts = [names[500 + count * part : 500 + count * (part + 1)] for part in range(6)]
    with Opsin(find_tools()) as opsin:
        start = time.perf_counter()
        opsin.read(["ethane"])
        start = time.perf_counter() - start
        resolver = make_resolver(load_builtin(), opsin)
        chain(resolver, names[:500])  # warms up
        alone = rates(parts[:3], opsin.read)
        whole = rates(parts[3:], partial(chain, resolver))
        read = sum(bool(found.inchikey) for found in chain(resolver, parts[3]))
    print(f"names     Java starts in {start:.1f} s; {read:,} of {len(parts[3]):,} names read")
    print(f"          OPSIN alone {alone}")
    print(f"          whole chain {whole}, rules of names, structures and classes with it")


def chain(resolver: Resolver, names: list[str]) -> list[Resolution]:
    """Resolve in batches as the pipeline does."""
    found: list[Resolution] = []
    for first in range(0, len(names), 256):
        found += resolver.resolve(names[first : first + 256], DAY)
    return found


def show_classes(count: int) -> None:
    """Print how long it takes to classify structures that were never seen."""
    with Opsin(find_tools()) as opsin:
        answers = opsin.read(made_up(count * 2))
    smiles = [parsed.smiles for each in answers if each.smiles and (parsed := parse(each.smiles))][:count]
    classify(smiles[0], DAY)
    members: list[bool] = []
    took = spent(lambda: members.extend(bool(classify(each, DAY)) for each in smiles))
    print(f"classes   {len(smiles):,} structures in {took:.2f} s, {sum(members):,} of them in some class")


# --- spotting -------------------------------------------------------------------------------------------


def show_spotting(megabytes: float, source: Path | None) -> None:
    """Print what spotting costs beside the matcher, on text that neither has seen."""
    articles = corpus.articles(megabytes, source)
    find = ours(lists.watchlist("shipped"))
    for article in articles[:50]:
        find(article.text, article.lang or None)
        candidates(article.text)
    ratios, speeds, found = [], [], 0
    for part in [articles[50:][number::5] for number in range(5)]:
        hits: list[int] = []
        start = time.process_time()
        for each in part:
            find(each.text, each.lang or None)
        matched = time.process_time()
        hits.extend(len(candidates(each.text)) for each in part)
        matching, spotting = matched - start, time.process_time() - matched
        found += sum(hits)
        ratios.append(spotting / matching)
        speeds.append(corpus.size_of(part) / spotting / MEGABYTE)
    speed, ratio = statistics.median(speeds), statistics.median(ratios)
    print(f"spotting  {speed:,.0f} MB/s, {ratio:.1%} of the matcher's time")
    print(f"          {found:,} candidates in {len(articles) - 50:,} articles")


# --- the whole program ----------------------------------------------------------------------------------


def show_ingest(articles: int, rounds: int) -> None:
    """Print what the structure part costs a run of the whole program."""
    site = ingest.Site(articles)
    site.start()
    site.ready.wait()
    ingest.compare_structures(site, articles, rounds)


# --- accuracy -------------------------------------------------------------------------------------------


def show_examples() -> None:
    """Print how many recorded names come to the right InChIKey, by language, where they are."""
    if not EXAMPLES.exists():
        print("examples  not here")
        return
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with Opsin(find_tools()) as opsin:
        resolver = make_resolver(load_builtin(), opsin)
        found = {each.name: each for each in resolver.resolve([row["name"] for row in rows], DAY)}
    for language, told in _judged(rows, {name: each.inchikey for name, each in found.items()}):
        print(f"examples  {language}: {told}")


def _judged(rows: list[dict[str, str]], keys: dict[str, str]) -> Iterator[tuple[str, str]]:
    for language in sorted({row["lang"] for row in rows}):
        of = [row for row in rows if row["lang"] == language]
        right = sum(keys[row["name"]] == row["expected_inchikey"] for row in of)
        unread = sum(not keys[row["name"]] for row in of)
        spotted = sum(
            [each.surface for each in candidates(f"It said {row['name']}.")] == [row["name"]] for row in of
        )
        yield (
            language,
            f"{right} of {len(of)} right, {len(of) - right - unread} wrong; {spotted} spotted whole",
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="names,classes,spotting,ingest,examples")
    parser.add_argument("--names", type=int, default=1000, help="names of one round")
    parser.add_argument("--megabytes", type=float, default=10, help="of text for spotting")
    parser.add_argument("--from", dest="source", type=Path, help="folder with .txt, .jsonl or .jsonl.gz")
    parser.add_argument("--articles", type=int, default=1000, help="pages of one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs with and without")
    options = parser.parse_args()
    if missing():
        sys.exit(f"nothing to measure: {missing()}")
    pin()
    parts = {
        "names": lambda: show_names(options.names),
        "classes": lambda: show_classes(1000),
        "spotting": lambda: show_spotting(options.megabytes, options.source),
        "ingest": lambda: show_ingest(options.articles, options.rounds),
        "examples": show_examples,
    }
    for part in options.only.split(","):
        parts[part]()


if __name__ == "__main__":
    main()
