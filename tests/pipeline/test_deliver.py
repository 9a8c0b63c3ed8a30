"""From an alert to those who hear of it: real database, real web server, a clock that stands still."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from sqlalchemy import text

from monitor.config import load_config
from monitor.errors import DeliveryError
from monitor.pipeline.deliver import Courier, DeliveryResult, SentMark
from monitor.pipeline.run import Monitor, build
from tests.worlds import HOUSE, Clock, article, folder_source, write_config

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
HOOK = """
    - name: hook
      kind: webhook
      url: https://hook.example/in
      secret_env: HOOK
"""


@dataclass
class Receiver:
    """What stands at the other end of a webhook."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise DeliveryError("no connection", permanent=False)
        if status < 300:
            self.got.append((headers["webhook-id"], json.loads(body)["data"]))
        return status

    @property
    def alerts(self) -> list[list[object]]:
        """The alert numbers of each message."""
        return [[item.get("alert") for item in data["items"]] for _, data in self.got]  # type: ignore[attr-defined]


@dataclass
class World:
    folder: Path
    clock: Clock
    monitor: Monitor
    receiver: Receiver

    def news(self, name: str) -> None:
        (self.folder / "news" / name).write_text(article(name, f"Two drums of examplium chloride at {name}."))
        self.monitor.run()

    def deliver(self) -> DeliveryResult:
        monitor = self.monitor
        return Courier(
            monitor.config, monitor.store, self.clock, lambda: monitor.judge.watchlist, self.receiver
        ).deliver()

    def states(self) -> list[tuple[object, ...]]:
        with self.monitor.store.engine_readonly().connect() as connection:
            query = "SELECT kind, channel, state, attempts FROM v_deliveries ORDER BY delivery_id"
            return [tuple(row) for row in connection.execute(text(query))]

    def decide(self, status: str) -> None:
        with self.monitor.store._write("test") as connection:
            connection.execute(text("UPDATE alert SET status = :status"), {"status": status})


@contextmanager
def world(folder: Path, notify: str, more: str = "", clock: Clock | None = None) -> Iterator[World]:
    clock = clock or Clock()
    sources = folder_source("news", folder / "news")
    path = write_config(folder, sources, more=f"{HOUSE}stories:\n  enabled: false\nnotify:\n{notify}{more}")
    monitor = build(load_config(path, {"HOOK": SECRET}), clock)
    try:
        yield World(folder, clock, monitor, Receiver())
    finally:
        monitor.close()


def rule(**keys: object) -> str:
    named = {"name": "all", "channels": ["hook"], **keys}
    lines = [f"{key}: {json.dumps(value)}" for key, value in named.items()]
    return "  rules:\n    - " + "\n      ".join(lines) + "\n"


def test_an_alert_is_sent_once_at_once(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.news("one.txt")
        assert w.states() == [("alert", "hook", "waiting", 0)]
        assert w.deliver() == DeliveryResult(sent=1)
        assert w.deliver() == DeliveryResult()
        assert w.receiver.alerts == [[1]]
        assert w.states() == [("alert", "hook", "sent", 1)]
        w.monitor.run()
        assert len(w.states()) == 1


def test_a_failure_is_tried_again_under_the_same_name_and_later(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.receiver.answers = [503, 0]
        w.news("one.txt")
        result = w.deliver()
        assert (result.postponed, result.troubles) == (1, ("hook: the server answered 503",))
        assert w.deliver() == DeliveryResult()  # not before its time
        w.clock.forward(seconds=40)
        assert w.deliver().postponed == 1
        w.clock.forward(seconds=80)
        assert w.deliver().sent == 1
        assert w.states() == [("alert", "hook", "sent", 3)]


def test_what_a_person_must_mend_fails_at_once_and_goes_after_retry(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.receiver.answers = [404]
        w.news("one.txt")
        assert w.deliver().failed == 1
        w.clock.forward(days=30)
        assert w.deliver() == DeliveryResult()
        assert w.monitor.store.outbox.retry(w.clock()) == 1
        assert w.deliver().sent == 1


def test_a_message_that_never_gets_through_is_given_up(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.receiver.answers = [503] * 100
        w.news("one.txt")
        for _ in range(90):
            w.deliver()
            w.clock.forward(hours=1.3)
        ((_, _, state, attempts),) = w.states()
        assert state == "given-up"
        assert 50 < int(str(attempts)) < 70  # three days, an hour to an hour and a fifth apart


def test_a_digest_holds_all_that_came_until_its_time(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule(when='hourly')}") as w:
        w.clock.forward(minutes=5)
        w.news("one.txt")
        w.news("two.txt")
        assert w.deliver() == DeliveryResult()
        w.clock.forward(hours=1)
        assert w.deliver() == DeliveryResult(sent=1)
        assert w.receiver.alerts == [[1, 2]]


def test_a_killed_process_leaves_a_lease_that_runs_out(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.news("one.txt")
        outbox, now = w.monitor.store.outbox, w.clock()
        from datetime import timedelta

        assert len(outbox.claim(now, now + timedelta(minutes=5), ["hook"])) == 1  # and killed here
        assert w.deliver() == DeliveryResult()
        w.clock.forward(minutes=5)
        assert w.deliver().sent == 1
        assert w.states() == [("alert", "hook", "sent", 2)]


def test_killed_after_sending_it_goes_again_under_the_same_name(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.news("one.txt")
        sending = w.receiver

        def killed_afterwards(url: str, body: bytes, headers: Mapping[str, str]) -> int:
            sending(url, body, headers)
            raise Killed

        w.receiver = killed_afterwards  # type: ignore[assignment]
        with pytest.raises(Killed):
            w.deliver()
        w.receiver = sending
        w.clock.forward(minutes=6)
        assert w.deliver().sent == 1
        first, second = (name for name, _ in sending.got)
        assert first == second


def test_an_escalation_goes_only_while_nobody_has_decided(tmp_path: Path) -> None:
    for status, sent in (("new", 1), ("dismissed", 0)):
        folder = tmp_path / status
        folder.mkdir()
        with world(folder, f"  channels:{HOOK}{rule(undecided_for='4h')}") as w:
            w.news("one.txt")
            assert w.deliver() == DeliveryResult()
            w.decide(status)
            w.clock.forward(hours=4)
            w.deliver()
            assert len(w.receiver.got) == sent
            assert w.states()[0][2] == ("sent" if sent else "not-needed")


def test_a_retraction_reaches_whoever_heard_of_the_alert(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.news("one.txt")
        w.deliver()
        w.news("two.txt")
        w.decide("retracted")
        w.deliver()
        w.deliver()
        kinds = [data["items"][0]["kind"] for _, data in w.receiver.got]  # type: ignore[index]
        assert kinds == ["alert", "retraction"]
        assert [state[:3] for state in w.states()] == [
            ("alert", "hook", "sent"),
            ("alert", "hook", "not-needed"),
            ("retraction", "hook", "sent"),
        ]


def test_a_source_that_turns_bad_and_well(tmp_path: Path) -> None:
    with world(tmp_path, f"  channels:{HOOK}{rule(about_sources=True)}") as w:
        w.deliver()  # notices are sent from now on
        store = w.monitor.store
        run = store.begin_run("once", w.clock())
        for outcome in ("unreachable", "unreachable", "unreachable", "ok"):
            w.clock.forward(minutes=1)
            store.end_check(store.begin_check(run, "news", w.clock()), outcome, w.clock(), message="why")
        w.deliver()
        w.deliver()
        turned = [data["items"][0]["turned"] for _, data in w.receiver.got]  # type: ignore[index]
        assert turned == ["bad", "well"]


def test_a_restored_backup_sends_nothing_until_it_is_told_to(tmp_path: Path) -> None:
    import sqlite3

    with world(tmp_path, f"  channels:{HOOK}{rule()}") as w:
        w.news("one.txt")
        with sqlite3.connect(tmp_path / "monitor.db") as source, sqlite3.connect(tmp_path / "backup") as copy:
            source.backup(copy)
        assert w.deliver().sent == 1
        clock = w.clock
    for left in tmp_path.glob("monitor.db*"):
        if not left.name.endswith(".sent"):
            left.unlink()
    (tmp_path / "backup").rename(tmp_path / "monitor.db")
    with world(tmp_path, f"  channels:{HOOK}{rule()}", clock=clock) as w:
        assert "older than what was sent from it" in w.deliver().held
        assert w.receiver.got == []
        courier = Courier(w.monitor.config, w.monitor.store, clock, lambda: w.monitor.judge.watchlist)
        courier.release()
        assert w.deliver().sent == 1


def test_a_database_without_its_mark_is_held_only_when_it_has_sent(tmp_path: Path) -> None:
    mark = SentMark(tmp_path / "a.sent")
    assert not mark.is_ahead_of(0)
    assert mark.is_ahead_of(3)
    mark.put(3)
    assert [mark.is_ahead_of(n) for n in (2, 3, 4)] == [True, False, False]
    mark.file.write_text("{")
    assert mark.is_ahead_of(3)


def test_the_feed_has_the_newest_alerts(tmp_path: Path) -> None:
    feed = "\n    - name: feed\n      kind: feed\n      file: out.xml\n"
    with world(tmp_path, f"  channels:{feed}{rule(channels=['feed'])}") as w:
        w.news("one.txt")
        w.news("two.txt")
        assert w.deliver().sent == 2
    entries = parse(tmp_path / "out.xml").getroot().findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.findtext("{http://www.w3.org/2005/Atom}id") for entry in entries] == [
        "urn:substance-monitor:alerts:alert:2",
        "urn:substance-monitor:alerts:alert:1",
    ]


def test_nothing_is_planned_for_what_was_stored_before(tmp_path: Path) -> None:
    with world(tmp_path, "  channels: []\n") as w:
        w.news("one.txt")
        clock = w.clock
    with world(tmp_path, f"  channels:{HOOK}{rule()}", clock=clock) as w:
        w.monitor.run()
        assert w.deliver() == DeliveryResult()
        w.news("two.txt")
        assert w.deliver().sent == 1
