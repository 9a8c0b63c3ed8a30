"""The commands `notify`, `run --exit-code` and `sources --max-age`, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds import HOUSE, article, folder_source, ran, write_config

NOTIFY = """notify:
  channels:
    - name: feed
      kind: feed
      file: alerts.xml
    - name: hook
      kind: webhook
      url: http://127.0.0.1:9/in
      secret_env: HOOK
  rules:
    - name: all
      channels: [feed, hook]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path, folder_source("news", tmp_path / "news"), more=f"{HOUSE}{NOTIFY}")
    (tmp_path / "news" / "a.txt").write_text(article("Port", "Two drums of examplium chloride came in."))
    return tmp_path


def test_a_run_sends_what_is_due_and_says_what_cannot_be_sent(folder: Path) -> None:
    code, out, err = ran(folder, "run", "--exit-code", "high", HOOK="whsec_" + "A" * 32)
    assert code == 3
    assert "1 message sent" in out
    assert "hook: 127.0.0.1 is no public address" in err
    assert b"examplium chloride" in (folder / "alerts.xml").read_bytes()
    _, out, _ = ran(folder, "notify", "status")
    assert "feed (feed): 1 sent" in out
    assert "hook (webhook): 1 failed" in out
    assert ran(folder, "run", "--exit-code", "low")[0] == 0
    code, out, _ = ran(folder, "notify", "retry")
    assert (code, "1 delivery to try again, 0 messages sent" in out) == (1, True)


def test_a_severity_that_is_not_reached(folder: Path) -> None:
    assert ran(folder, "run", "--exit-code", "critical")[0] == 0
    code, _, err = ran(folder, "run", "--exit-code", "grave")
    assert (code, "is no severity: choose one of low, medium, high, critical" in err) == (2, True)


def test_a_channel_is_tried(folder: Path) -> None:
    assert ran(folder, "notify", "test", "feed")[:2] == (0, "sent to feed\n")
    code, _, err = ran(folder, "notify", "test", "mail")
    assert (code, "no channel is called “mail”; the configured ones are: feed, hook" in err) == (1, True)


def test_sources_that_were_not_read_for_long(folder: Path) -> None:
    code, _, err = ran(folder, "sources", "--max-age", "2h")
    assert (code, "not read for 2h: news" in err) == (1, True)
    ran(folder, "run")
    assert ran(folder, "sources", "--max-age", "2h")[0] == 0
