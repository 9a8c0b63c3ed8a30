"""From the outbox to people: deliveries are claimed, composed, sent and closed, one message after the other.

    claim (lease) -> still wanted? -> compose (pure) -> channel.send -> close, or again later
     transaction                                         no transaction    transaction

At least once: a process killed between sending and closing leaves a lease that runs out, and the message goes
again under the same name (Message-ID, webhook-id), by which receivers know it. A database that is older than
what was sent from it (a restored backup) sends nothing until a person says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import DeliveryError, SourceError, StoreError
from monitor.model import Alert, Article, ListInfo, Watchlist

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.config.notify import ChannelEntry
    from monitor.notify import AlertItem, DeliveryRule, Item, Letter, Planned
    from monitor.notify.channels import Channel, Post
    from monitor.store import Store, StoredAlert
    from monitor.store.outbox import StoredDelivery

LEASE = timedelta(minutes=5)
"""Longer than any one message may take, so that no other process takes it for abandoned."""
SETTLED = ("confirmed", "dismissed", "retracted", "assigned", "escalated", "snoozed")
"""Statuses of an alert that somebody has decided about."""
HELD = (
    "this database is older than what was sent from it (was a backup restored?): nothing is sent. "
    "`substance-monitor notify release` sends what waits here, some of it perhaps a second time"
)


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What one round did: messages sent, put off, and failed for good; `held` says why nothing was sent."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    held: str = ""
    troubles: tuple[str, ...] = ()


def delivery_rules(config: Config) -> tuple[DeliveryRule, ...]:
    """The rules of `notify`, as the notify wing takes them."""
    from monitor.notify import DeliveryRule

    return tuple(
        DeliveryRule(
            name=rule.name,
            channels=rule.channels,
            severity=rule.severity,
            substances=rule.substances,
            lists=rule.lists,
            sources=rule.sources,
            tags=rule.tags,
            quiet_alerts=rule.quiet_alerts,
            when=rule.when,
            quiet_hours=rule.quiet_hours or "",
            undecided_for=timedelta(seconds=rule.undecided_for) if rule.undecided_for else None,
            about_sources=rule.about_sources,
        )
        for rule in config.notify.rules
    )


def plan_deliveries(
    alerts: Sequence[Alert], article: Article, rules: Sequence[DeliveryRule], now: datetime
) -> dict[str, tuple[Planned, ...]]:
    """By substance: what the new alerts of an article send to whom. Pure."""
    if not rules or not alerts:
        return {}
    from monitor.alerts.listings import stands
    from monitor.notify import AlertFacts, plan_alert

    planned = {}
    for alert in alerts:
        facts = AlertFacts(
            alert.substance,
            alert.severity,
            frozenset(status.listing.list_id for status in alert.listings if stands(status)),
            article.source,
            frozenset(tag for mention in alert.mentions for tag in mention.tags),
            alert.quiet,
        )
        planned[alert.substance] = plan_alert(facts, rules, now)
    return planned


class Courier:
    """Sends what is due. For one thread at a time; several processes share the work by leases."""

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Callable[[], datetime],
        watchlist: Callable[[], Watchlist],
        post: Post | None = None,
    ) -> None:
        self._config, self._store, self._clock, self._watchlist = config, store, clock, watchlist
        self._entries = {entry.name: entry for entry in config.notify.channels}
        self._rules = delivery_rules(config)
        self._post = post or guarded_post(config)
        self._sent_mark = SentMark.beside(config)

    def deliver(self, stopped: Callable[[], bool] = lambda: False, most: int = 200) -> DeliveryResult:
        """Send what is due, `most` messages at the most. Raises StoreError; channels only postpone."""
        if not self._entries:
            return DeliveryResult()
        outbox = self._store.outbox
        if self._sent_mark is not None and self._sent_mark.is_ahead_of(outbox.sent()):
            return DeliveryResult(held=HELD)
        self._plan_more()
        sent, postponed, failed = 0, 0, 0
        troubles: list[str] = []
        for _ in range(most):
            if stopped():
                break
            now = self._clock()
            claimed = outbox.claim(now, now + LEASE, self._entries.keys())
            if not claimed:
                break
            trouble, permanent = self._handle(claimed, now)
            sent += trouble is None
            postponed += trouble is not None and not permanent
            failed += trouble is not None and permanent
            if trouble:
                troubles.append(f"{claimed[0].channel}: {trouble}")
        return DeliveryResult(sent, postponed, failed, troubles=tuple(dict.fromkeys(troubles)))

    def test(self, channel: str, now: datetime) -> str:
        """Send a message that says it is a test; what the channel says of it. Raises DeliveryError."""
        from monitor.notify import SourceItem, compose

        entry = self._entries.get(channel)
        if entry is None:
            known = ", ".join(self._entries) or "none"
            raise DeliveryError(f"no channel is called “{channel}”; the configured ones are: {known}", True)
        delivery = SourceItem("test", "well", "This is a test; nothing has happened.", now)
        letter = compose([delivery], rule="notify test")
        return self._channel(entry).send(letter, f"test{now:%Y%m%d%H%M%S}", now)

    def release(self) -> None:
        """Let a database send that is older than what was sent from it."""
        if self._sent_mark is not None:
            self._sent_mark.put(self._store.outbox.sent())

    def _plan_more(self) -> None:
        """Plan what no alert's own transaction can: retractions, and the turns of sources."""
        from monitor.notify import plan_source

        outbox, now = self._store.outbox, self._clock()
        outbox.plan_retractions(now)
        if any(rule.about_sources for rule in self._rules):
            since = max(outbox.began(now), now - timedelta(days=1))
            for turn in outbox.source_turns(since):
                outbox.plan_source(turn, plan_source(turn.source, self._rules, now), now)

    def _handle(self, claimed: Sequence[StoredDelivery], now: datetime) -> tuple[str | None, bool]:
        """Send one message and close its deliveries: what went wrong (None: nothing), and if for good."""
        from monitor.notify import compose, next_attempt
        from monitor.store.outbox import FAILED, GIVEN_UP, NOT_NEEDED, SENT, together

        outbox, key = self._store.outbox, together(claimed)
        deliveries: list[Item] = []
        ids: list[int] = []
        for each in claimed:
            delivery = self._item(each)
            if delivery is None:
                outbox.close([each.id], NOT_NEEDED, now)
            else:
                deliveries.append(delivery)
                ids.append(each.id)
        if not deliveries:
            return None, False
        entry = self._entries[claimed[0].channel]
        try:
            said = self._channel(entry).send(compose(deliveries, rule=claimed[0].rule), key, now)
        except DeliveryError as error:
            oldest = min(each.planned_at for each in claimed)
            over = now - oldest > timedelta(seconds=entry.give_up)
            if error.permanent or over:
                outbox.close(ids, FAILED if error.permanent else GIVEN_UP, now, str(error))
                return str(error), True
            outbox.postpone(ids, next_attempt(now, max(each.attempts for each in claimed), key), str(error))
            return str(error), False
        outbox.close(ids, SENT, now, said)
        if self._sent_mark is not None:
            self._sent_mark.put(outbox.sent())
        return None, False

    def _item(self, delivery: StoredDelivery) -> Item | None:
        """What a delivery says; None when it is not wanted any more, as somebody has decided meanwhile."""
        from monitor.notify import SourceItem

        if delivery.alert_id is None:
            turn = self._store.outbox.source_turn(delivery.check_id or 0)
            return SourceItem(turn.source, turn.turned, turn.message, turn.at) if turn else None
        stored = self._store.alert(delivery.alert_id)
        if stored is None or (delivery.kind == "escalation" and stored.status in SETTLED):
            return None
        if delivery.kind == "alert" and stored.status == "retracted":
            return None
        return alert_item(stored, self._watchlist(), delivery.kind)

    def _channel(self, entry: ChannelEntry) -> Channel:
        from monitor.notify import channels

        if entry.kind == "mail":
            host, port = _place(entry.server, {"tls": 465, "starttls": 587, "none": 25}[entry.security])
            return channels.Mail(
                host,
                port,
                entry.security,
                entry.sender,
                entry.to,
                entry.user or "",
                entry.secret(entry.password_env),
                entry.ca_file,
            )
        if entry.kind == "webhook":
            return channels.Webhook(entry.url, entry.secret(entry.secret_env), self._post)
        if entry.kind == "apprise":
            return channels.Chat(entry.secret(entry.url_env))
        return _FeedFile(entry.file, entry.entries, self._newest)

    def _newest(self, most: int) -> list[AlertItem]:
        found = (self._store.alert(number) for number in self._store.outbox.newest_alerts(most))
        watchlist = self._watchlist()
        return [alert_item(stored, watchlist, "alert") for stored in found if stored is not None]


@dataclass(frozen=True)
class _FeedFile:
    """The Atom file as a channel: each message writes the newest alerts anew."""

    file: Path
    entries: int
    newest: Callable[[int], list[AlertItem]]

    def send(self, letter: Letter, key: str, now: datetime) -> str:
        from monitor.notify import feed

        content = feed.atom(self.newest(self.entries), feed_id="urn:substance-monitor:alerts", now=now)
        feed.write(self.file, content)
        return ""


@dataclass(frozen=True)
class SentMark:
    """A small file beside a SQLite database: how many deliveries were sent from it, backups or not.

    The database cannot know it itself: a restored backup has forgotten what was sent after it was made.
    """

    file: Path

    @classmethod
    def beside(cls, config: Config) -> SentMark | None:
        """None for a server's database, whose restoring is its administrator's business (see docs)."""
        prefix = "sqlite:///"
        if not config.database.startswith(prefix) or config.database == prefix:
            return None
        name = config.database.removeprefix(prefix).partition("?")[0]
        return None if name in ("", ":memory:") else cls(Path(f"{name}.sent"))

    def is_ahead_of(self, sent: int) -> bool:
        """True when more was sent than the database knows, or when it knows of more than nothing and the
        file is gone: the database was brought here from elsewhere."""
        try:
            known = json.loads(self.file.read_text("utf-8"))
        except FileNotFoundError:
            return sent > 0
        except (OSError, ValueError):
            return True
        return not isinstance(known, int) or known > sent

    def put(self, sent: int) -> None:
        """Raises StoreError when the file cannot be written."""
        beside = self.file.with_name(f"{self.file.name}.part")
        try:
            beside.write_text(json.dumps(sent), "utf-8")
            beside.replace(self.file)
        except OSError as error:
            raise StoreError(
                f"{self.file} could not be written: {error.strerror}", permanent=False
            ) from error


def alert_item(stored: StoredAlert, watchlist: Watchlist, kind: str) -> AlertItem:
    """A stored alert as a delivery shows it. Pure."""
    from monitor.alerts.listings import say, stands
    from monitor.notify import AlertItem
    from monitor.store.articles import best_snippet

    alert = stored.alert
    substance = watchlist.substances.get(alert.substance)
    infos: Mapping[str, ListInfo] = stored.lists
    lists = (say(each, infos.get(each.listing.list_id)) for each in alert.listings if stands(each))
    return AlertItem(
        number=stored.id,
        kind=kind,
        substance=substance.name if substance else alert.substance,
        severity=alert.severity.label,
        title=stored.title,
        url=alert.article_url,
        source=stored.source,
        published=f"{stored.published_at:%Y-%m-%d}" if stored.published_at else "date not known",
        quoted=_quoted(alert, best_snippet(alert)),
        lists=tuple(lists),
        why=alert.reasons,
        raised_at=alert.raised_at,
        articles=stored.articles,
    )


def _quoted(alert: Alert, best: int) -> tuple[str, ...]:
    """The best snippet in pieces, every second one a mention; overlapping mentions are one."""
    if not alert.snippets:
        return ()
    snippet = alert.snippets[best]
    pieces, at = [], snippet.start
    for mention in sorted(alert.mentions, key=lambda each: (each.start, -each.stop)):
        if mention.start < at or mention.stop > snippet.stop:
            continue
        cut = mention.start - snippet.start, mention.stop - snippet.start
        pieces += [snippet.text[at - snippet.start : cut[0]], snippet.text[cut[0] : cut[1]]]
        at = mention.stop
    return (*pieces, snippet.text[at - snippet.start :])


def guarded_post(config: Config) -> Post:
    """A POST through the address guard, with the limits of `http`."""

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        from monitor.ingest.post import send_now

        agent = config.http.agent(__version__)
        try:
            return send_now(url, body, headers, agent=agent, allow_hosts=config.http.allow_hosts)
        except SourceError as error:
            raise DeliveryError(str(error), error.permanent) from error

    return post


def call_heartbeat(config: Config) -> str:
    """Call the address of `notify: heartbeat`; what went wrong, "" for nothing."""
    from monitor.ingest.post import send_now

    if config.notify.heartbeat is None:
        return ""
    agent = config.http.agent(__version__)
    try:
        url = config.notify.heartbeat.url
        status = send_now(url, None, {}, agent=agent, allow_hosts=config.http.allow_hosts)
    except SourceError as error:
        return str(error)
    return "" if status < 400 else f"the heartbeat's address answered {status}"


def _place(server: str, port: int) -> tuple[str, int]:
    from urllib.parse import urlsplit

    parts = urlsplit(f"//{server}")
    return parts.hostname or "", parts.port or port
