"""From mentions to alerts: rules are data, `decide` is a pure function of its arguments.

Each mention goes to the first rule that fits it. A silencing rule takes its mentions out; what is left of a
substance becomes one alert, whose rule is the earliest among its mentions' rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from monitor.alerts.listings import ARTICLES_DATE, may_stand_only, not_listed, stands, status_at
from monitor.alerts.snippets import snippets
from monitor.model import Alert, Article, ListingStatus, Mention, Rule, Severity, Substance, Watchlist

DEFAULT_RULES = (Rule(name="default"),)
MOST_OF_A_NAME = 100
"""Places of one name that an alert keeps; its reasons give the number of all."""

MOST_REASONS = 200  # different reasons of mentions that an alert keeps


@dataclass(frozen=True, slots=True)
class Past:
    """What was told before: substances told of this very article, and the last loud alert of each rule.

    `last_alert` maps (rule name, substance key) to the time of the last alert that was not quiet.
    """

    already: frozenset[str] = frozenset()
    last_alert: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


def decide(
    article: Article,
    mentions: Sequence[Mention],
    watchlist: Watchlist,
    rules: Sequence[Rule],
    past: Past,
    now: datetime,
) -> list[Alert]:
    """Raise at most one alert for each substance of `article`, in the order of the first mention.

    `mentions` are of `article.text`, and of substances in `watchlist` only (KeyError otherwise). Without any
    rule the default rule stands. `now` is aware; a quiet period counts from the last loud alert, so a steady
    stream is told again when the period is over.
    """
    rules = tuple(rules) or DEFAULT_RULES
    alerts = []
    for substance, found in _by_substance(mentions).items():
        if substance in past.already:
            continue
        listed = status_at(watchlist, substance, article.date)
        chosen = _apply(rules, found, watchlist.substances[substance], listed, article)
        if chosen is not None:
            rule, kept = chosen
            alerts.append(_alert(article, rule, kept, watchlist, listed, past, now))
    return alerts


def fits(
    rule: Rule, mention: Mention, substance: Substance, listed: Sequence[ListingStatus], article: Article
) -> bool:
    """Say whether every condition of `rule` holds; lists count when they stand at the article's date."""
    lists = {status.listing.list_id for status in listed if stands(status)}
    return (
        mention.score >= rule.min_score
        and _any(rule.substances, (substance.key,))
        and _any(rule.kinds, (substance.kind,))
        and _any(rule.lists, lists)
        and _any(rule.sources, (article.source,))
        and _any(rule.tags, mention.tags)
    )


def severity_of(
    rule: Rule, substance: Substance, listed: Sequence[ListingStatus], watchlist: Watchlist, disguised: bool
) -> Severity:
    """Take the rule's severity, else the substance's own, else what its lists say; a disguise adds one."""
    base = rule.severity or substance.severity or _severity_by_list(listed, watchlist)
    return Severity(min(base + disguised, Severity.CRITICAL))


def _severity_by_list(listed: Sequence[ListingStatus], watchlist: Watchlist) -> Severity:
    """Without a word from the user: control is high, any other list medium, no list low.

    A control that is known for a later or an earlier day only is no more than medium.
    """
    if any(
        stands(status) and not may_stand_only(status) and _is_control(status, watchlist) for status in listed
    ):
        return Severity.HIGH
    if any(stands(status) for status in listed):
        return Severity.MEDIUM
    return Severity.LOW


def _is_control(status: ListingStatus, watchlist: Watchlist) -> bool:
    info = watchlist.lists.get(status.listing.list_id)
    return info is not None and info.is_control


def _kind(status: ListingStatus, watchlist: Watchlist) -> str:
    info = watchlist.lists.get(status.listing.list_id)
    return info.kind if info else ""


def _by_substance(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    groups: dict[str, list[Mention]] = {}
    for mention in sorted(mentions, key=lambda each: (each.start, each.stop, each.substance)):
        groups.setdefault(mention.substance, []).append(mention)
    return groups


def _apply(
    rules: Sequence[Rule],
    mentions: Sequence[Mention],
    substance: Substance,
    listed: Sequence[ListingStatus],
    article: Article,
) -> tuple[Rule, tuple[Mention, ...]] | None:
    """Give the earliest rule that raises one of the mentions, and all mentions that some rule raises."""
    kept: list[Mention] = []
    first: int | None = None
    for mention in mentions:
        at = next(
            (i for i, rule in enumerate(rules) if fits(rule, mention, substance, listed, article)), None
        )
        if at is None or not rules[at].raise_alert:
            continue
        kept.append(mention)
        first = at if first is None else min(first, at)
    return None if first is None else (rules[first], tuple(kept))


def _alert(
    article: Article,
    rule: Rule,
    mentions: tuple[Mention, ...],
    watchlist: Watchlist,
    listed: tuple[ListingStatus, ...],
    past: Past,
    now: datetime,
) -> Alert:
    substance = watchlist.substances[mentions[0].substance]
    disguised = any(mention.form == "skeleton" for mention in mentions)
    kept = _first_of_each_name(mentions)
    return Alert(
        substance=substance.key,
        article_url=article.url,
        rule=rule.name,
        severity=severity_of(rule, substance, listed, watchlist, disguised),
        score=max(mention.score for mention in mentions),
        mentions=kept,
        places=len(mentions),
        snippets=snippets(article.text, kept),
        listings=listed,
        reasons=tuple(_reasons(rule, substance, mentions, listed, watchlist, disguised, article)),
        watchlist=watchlist.digest,
        raised_at=now,
        quiet=_is_quiet(rule, substance.key, past, now),
        not_listed=not_listed(watchlist, listed),
    )


def _is_quiet(rule: Rule, substance: str, past: Past, now: datetime) -> bool:
    last = past.last_alert.get((rule.name, substance))
    return last is not None and now - last < timedelta(seconds=rule.quiet)


def _reasons(
    rule: Rule,
    substance: Substance,
    mentions: Sequence[Mention],
    listed: Sequence[ListingStatus],
    watchlist: Watchlist,
    disguised: bool,
    article: Article,
) -> Iterable[str]:
    """Say in words what decided: the names found, the rule, where the severity is from."""
    surfaces = list(dict.fromkeys(mention.surface for mention in mentions))
    told = ", ".join(f"“{_flat(each)}”" for each in surfaces[:5])
    if all(mention.method == "class" for mention in mentions):
        yield f"the text names {told}: {substance.name}"
    else:
        yield f"the text names {substance.name} as {told}"
    best = max(mention.score for mention in mentions)
    yield f"rule “{rule.name}” fits: score {best:.2f}, at least {rule.min_score:.2f} asked"
    yield _severity_reason(rule, substance, listed, watchlist, article)
    if disguised:
        yield "a name is disguised in the text, which raises the severity by one"
    for name, times in Counter(mention.name for mention in mentions).items():
        if times > MOST_OF_A_NAME:
            yield f"“{_flat(name)}” stands at {times:,} places; the first {MOST_OF_A_NAME} are kept"
    said = dict.fromkeys(reason for mention in mentions for reason in mention.reasons)
    yield from islice(said, MOST_REASONS)


def _first_of_each_name(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The first hundred places of each name, and its best: more are no better evidence."""
    seen: Counter[str] = Counter()
    best = {m.name: m for m in sorted(mentions, key=lambda m: (m.score, -m.start))}
    kept = []
    for mention in mentions:
        seen[mention.name] += 1
        if seen[mention.name] <= MOST_OF_A_NAME or mention is best[mention.name]:
            kept.append(mention)
    return tuple(kept)


def _severity_reason(
    rule: Rule,
    substance: Substance,
    listed: Sequence[ListingStatus],
    watchlist: Watchlist,
    article: Article,
) -> str:
    if rule.severity:
        return f"severity {rule.severity.label} is set by the rule"
    if substance.severity:
        return f"severity {substance.severity.label} is set by the watchlist"
    by_list = _severity_by_list(listed, watchlist)
    if by_list is Severity.MEDIUM and all(_kind(each, watchlist) == "class" for each in listed):
        return "severity medium: whether it falls under the class is for a person to judge"
    if by_list is Severity.MEDIUM and any(_is_control(each, watchlist) and stands(each) for each in listed):
        return "severity medium: whether a control list had it then is not known"
    at = ARTICLES_DATE if article.dated_by.own else f"on {article.date.isoformat()} (the article has no date)"
    return {
        Severity.HIGH: f"severity high: it is on a control list {at}",
        Severity.MEDIUM: "severity medium: it is on a list that is no control list",
        Severity.LOW: f"severity low: it is on no list {at}",
    }[by_list]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _any(wanted: Sequence[str], have: Iterable[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(have)
