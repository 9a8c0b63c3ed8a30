"""The fuzzer: its inputs can be made again, it finds what it looks for; a few inputs of each way in."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.robust import fuzz
from tests.robust.fuzz import LARGEST, inputs, seeds


@pytest.mark.parametrize("way", seeds())
def test_inputs_can_be_made_again(way: str) -> None:
    first = dict(itertools.islice(inputs(way, 1), 30))
    assert dict(itertools.islice(inputs(way, 1, 20), 10)) == {n: first[n] for n in range(20, 30)}
    assert max(map(len, first.values())) <= LARGEST
    assert len(set(first.values())) > 20
    assert dict(itertools.islice(inputs(way, 2), 30)) != first


@pytest.mark.slow
@pytest.mark.parametrize("way", seeds())
def test_a_few_inputs_of_each_way_in(tmp_path: Path, way: str) -> None:
    tried, size, _, findings = fuzz.fuzz(way, seed=20261128, seconds=600, most=5, keep=tmp_path / "kept")
    assert (tried, findings) == (5, [])
    assert size > 0


@pytest.mark.slow
def test_an_input_on_which_the_process_ends_is_found_and_kept(tmp_path: Path) -> None:
    """Here by a limit of computing that nothing can keep."""
    tried, _, _, findings = fuzz.fuzz("text", 3, seconds=600, most=1, keep=tmp_path / "kept", hangs=1e-6)
    assert tried == 1
    assert [each.partition(":")[0] for each in findings] == ["text 0"]
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["text-3-0"]
