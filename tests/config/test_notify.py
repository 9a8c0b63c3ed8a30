"""The section `notify`: what is taken, and what is refused with a fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load_config
from monitor.errors import ConfigError

CHANNEL = """    - name: desk
      kind: mail
      server: smtp.example.org
      sender: a@b.example
      to: [c@d.example]
"""
RULE = "  rules:\n    - name: all\n      channels: [desk]\n"


def load(folder: Path, text: str, **env: str) -> object:
    path = folder / "config.yaml"
    path.write_text(f"notify:\n{text}")
    return load_config(path, env)


def test_secrets_come_from_the_environment_and_show_nowhere(tmp_path: Path) -> None:
    config = load(
        tmp_path, f"  channels:\n{CHANNEL}      user: m\n      password_env: SMTP\n{RULE}", SMTP="hunter2"
    )
    channel = config.notify.channels[0]  # type: ignore[attr-defined]
    assert channel.secret("SMTP").text == "hunter2"
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (f"  channels:\n{CHANNEL}      user: m\n", "write both or none"),
        (f"  channels:\n{CHANNEL}      security: none\n", "write security: tls"),
        (f"  channels:\n{CHANNEL.replace('c@d.example', 'nobody')}", "write name@example.org"),
        (f"  channels:\n{CHANNEL}{CHANNEL}", "two of the channels are called “desk”"),
        (f"  channels:\n{CHANNEL}{RULE.replace('[desk]', '[dsk]')}", "did you mean desk?"),
        (RULE, "there are none yet"),
        (f"  channels:\n{CHANNEL}{RULE}      when: daily\n", "write at-once, hourly, or a time"),
        (f"  channels:\n{CHANNEL}{RULE}      when: 25:00 UTC\n", "write at-once, hourly, or a time"),
        (f"  channels:\n{CHANNEL}{RULE}      when: 07:00 Europe/Berlinn\n", "is no time zone"),
        (f"  channels:\n{CHANNEL}{RULE}      quiet_hours: 22-6\n", "write two times and their zone"),
        (f"  channels:\n{CHANNEL}{RULE}      severity: grave\n", "a severity is one of"),
        ("  heartbeat:\n    url: ftp://x.example\n", "no web address"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert fix in str(caught.value)
