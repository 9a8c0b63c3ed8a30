"""Which changes of the code no test notices: `python scripts/mutants.py --each 50` (`make mutants`).

A seeded sample of small changes (a comparison, a number, a condition ...), one at a time, in a copy of the
project. The tests of the changed module run first, then those of its folder; where all pass, the change has
survived and is shown. Tests that are slow are left out, as are texts and annotations. Not a part of CI.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("match", "alerts", "pipeline")
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Continue: ast.Break,
}
SLOWER = 10  # times as long as without a change, and a minute more: then it hangs, and is noticed


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the file, the line, what was there and what is there now, and the file with it."""

    path: Path
    line: int
    before: str
    after: str
    source: str


def mutants_of(path: Path, text: str) -> Iterator[Mutant]:
    """Every change of a file that is made here, in order."""
    places = [(node, how) for node in _code(ast.parse(text)) for how in _ways(node)]
    for number, (node, how) in enumerate(places):
        tree = ast.parse(text)
        changed = [(node, way) for node in _code(tree) for way in _ways(node)][number][0]
        before = ast.unparse(_shown(changed))
        _change(changed, how)
        yield Mutant(
            path, getattr(node, "lineno", 0), before, ast.unparse(_shown(changed)), ast.unparse(tree)
        )


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs: without annotations, the texts at the beginning of functions, and what is for types only."""
    for field, value in ast.iter_fields(tree):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or field in ("annotation", "returns", "type_params"):
                continue
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Raise | ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            yield child
            yield from _code(child)


def _ways(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare):
        return ["swap"] if type(node.ops[0]) in SWAPS else []
    if isinstance(node, ast.BoolOp | ast.BinOp):
        return (
            ["swap"]
            if type(node.op) in SWAPS and not isinstance(getattr(node, "left", None), ast.Constant)
            else []
        )
    if isinstance(node, ast.Constant):
        return ["number"] if type(node.value) in (int, float, bool) else []
    if isinstance(node, ast.UnaryOp):
        return ["drop"] if isinstance(node.op, ast.Not) else []
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        return ["negate"]
    return ["swap"] if isinstance(node, ast.Continue) else []


def _change(node: ast.AST, how: str) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()  # type: ignore[assignment]
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd() if isinstance(node.operand, ast.Constant) else ast.Not()
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Continue):
        node.__class__ = ast.Break  # type: ignore[assignment]


def _shown(node: ast.AST) -> ast.AST:
    """The part of a statement that is shown of it."""
    return node.test if isinstance(node, ast.If | ast.While) else node


def sample(package: str, each: int, seed: int) -> list[Mutant]:
    """So many changes of a package, drawn by a seeded dice from all of it."""
    files = sorted((ROOT / "monitor" / package).glob("*.py"))
    found = [(path, number) for path in files for number in range(_count(path.read_text("utf-8")))]
    chosen = random.Random(f"{seed} {package}").sample(found, min(each, len(found)))
    return [_nth(path, number) for path, number in chosen]


def _count(text: str) -> int:
    return sum(len(_ways(node)) for node in _code(ast.parse(text)))


def _nth(path: Path, number: int) -> Mutant:
    found = mutants_of(path, path.read_text("utf-8"))
    return next(mutant for at, mutant in enumerate(found) if at == number)


def survives(folder: Path, mutant: Mutant, usual: dict[str, float]) -> bool:
    """Does no test in a copy of the project notice a change?"""
    place = folder / mutant.path.relative_to(ROOT)
    kept = place.read_text("utf-8")
    place.write_text(mutant.source, "utf-8")
    try:
        return all(_passes(folder, tests, usual) for tests in _tests(mutant.path))
    finally:
        place.write_text(kept, "utf-8")


def _tests(path: Path) -> list[str]:
    """Folders and files of tests for a module, the nearest first."""
    folder = f"tests/{path.parent.name}"
    own = f"{folder}/test_{path.stem}.py"
    return [own, folder] if (ROOT / own).exists() else [folder]


def _passes(folder: Path, tests: str, usual: dict[str, float]) -> bool:
    began = time.monotonic()
    limit = 60 + SLOWER * usual[tests] if tests in usual else 3600
    command = [
        sys.executable,
        "-m",
        "pytest",
        tests,
        "-q",
        "-x",
        "-n",
        "0",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
    ]
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    usual.setdefault(tests, time.monotonic() - began)
    return done.returncode == 0


def main() -> None:
    """Try a sample of each package and show what survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=50, help="changes of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("monitor", "tests", "migrations", "samples", "docs", "benchmarks", "scripts"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "config.yaml", "README.md"):
            shutil.copy(ROOT / file, folder / file)
        usual: dict[str, float] = {}
        for package in asked.packages:
            drawn = sample(package, asked.each, asked.seed)
            for tests in dict.fromkeys(tests for mutant in drawn for tests in _tests(mutant.path)):
                if not _passes(folder, tests, usual):
                    sys.exit(f"{tests} fails without any change: mend that first")
            left = 0
            for mutant in drawn:
                if survives(folder, mutant, usual):
                    left += 1
                    where = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
                    print(f"  {where}: {mutant.before}  ->  {mutant.after}", flush=True)
            share = left / len(drawn) if drawn else 0.0
            print(f"{package}: {left} of {len(drawn)} survived ({share:.0%}), seed {asked.seed}", flush=True)


if __name__ == "__main__":
    main()
