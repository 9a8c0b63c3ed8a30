"""What the tests of chemistry share: one OPSIN for all, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.chem.opsin import Opsin, OpsinUnavailable, find_tools


@pytest.fixture(scope="session")
def opsin() -> Iterator[Opsin]:
    try:
        tools = find_tools()
    except OpsinUnavailable as error:
        pytest.skip(str(error))
    with Opsin(tools) as running:
        yield running
