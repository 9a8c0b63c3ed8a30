"""What `scripts/mutants.py` changes in code: one thing at a time, and only what runs."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from tests.worlds import ROOT

_spec = importlib.util.spec_from_file_location("mutants", ROOT / "scripts" / "mutants.py")
assert _spec is not None
assert _spec.loader is not None
mutants = importlib.util.module_from_spec(_spec)
sys.modules["mutants"] = mutants
_spec.loader.exec_module(mutants)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("a < b", ["a <= b"]),
        ("a and b == c", ["a or b == c", "a and b != c"]),
        ("x = 5", ["x = 6"]),
        ("x = True", ["x = False"]),
        ("x = not y", ["x = not not y"]),
        ("if a:\n    b", ["if not a:\n    b"]),
        ("while a:\n    continue", ["while not a:\n    continue", "while a:\n    break"]),
        ("x = 'text'", []),
        ("x: int = y", []),
        ("raise ValueError(5)", []),
        ("if TYPE_CHECKING:\n    x = 5", []),
    ],
)
def test_changes(code: str, changed: list[str]) -> None:
    found = [each.source for each in mutants.mutants_of(Path("a.py"), code)]
    assert found == [ast.unparse(ast.parse(each)) for each in changed]


def test_a_sample_can_be_drawn_again() -> None:
    first = mutants.sample("alerts", 3, 1)
    assert first == mutants.sample("alerts", 3, 1) != mutants.sample("alerts", 3, 2)
    for mutant in first:
        assert mutant.before != mutant.after
        compile(mutant.source, str(mutant.path), "exec")
