"""Configurations as texts: read, or refused with the problems that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import Config, load_config
from monitor.errors import ConfigError

LISTS = ("dea-list-1", "eu-cat-1", "incb-table-1", "incb-table-2")


def load(tmp_path: Path, text: str, **env: str) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return load_config(path, env, list_ids=LISTS)


def problems(tmp_path: Path, text: str, **env: str) -> list[str]:
    """The problems of a text, without the path of the file: "12: key: message; fix"."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, **env)
    prefix = f"{tmp_path / 'config.yaml'}:"
    lines = str(caught.value).split("\n")
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]
