"""Say to a person why an alert was raised, and what would have kept it silent. Pure; plain text lines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.alerts.listings import say
from monitor.alerts.rules import DEFAULT_RULES
from monitor.alerts.snippets import snippet
from monitor.model import Alert, Article, DatedBy, ListInfo, Mention, Rule, Substance

WIDTH = 96
PLACES = 20  # of an alert that are shown one by one; the database has more, and their number
FORMS = {
    "raw": "in the text as written",
    "normal": "after dashes, primes, spaces, line breaks, case and the like were made equal",
    "skeleton": "after a disguise was taken off",
}
METHODS = {
    "name": "by the name",
    "cas": "by the CAS Registry Number, whose check digit is right,",
    "inchikey": "by the InChIKey",
    "cid": "by the PubChem CID",
    "dea-code": "by the DEA code",
    "misspelling": "as a misspelling of the name",
    "nomenclature": "by the rules of chemical names as the name",
    "structure": "by the structure of the name, which has the InChIKey",
    "class": "by the structure of the name, which has the InChIKey",
    "abbreviation": "by an abbreviation that the text defines as",
}


@dataclass(frozen=True, slots=True)
class Silencer:
    """One change of the rules that would have kept an alert silent: in words, and as the rules to try."""

    words: str
    rules: tuple[Rule, ...]


def explain(
    alert: Alert,
    article: Article,
    substance: Substance,
    lists: Mapping[str, ListInfo],
    rules: Sequence[Rule],
    day: date | None = None,
    dated_by: DatedBy | None = None,
) -> list[str]:
    """Explain an alert from its article to its rule, line by line, for a terminal.

    `article.text` may be empty when its retention is over: the stored snippets are quoted then. `rules` are
    those in force now; when the alert's own rule is no longer among them, that is said. `day` is the one that
    the status was looked up at, and `dated_by` what it rests on: the article's own without them.
    """
    day, dated_by = day or article.date, dated_by or article.dated_by
    return [
        *_head(alert, article, substance, day, dated_by),
        "",
        *_places(alert, article),
        "",
        *_rule(alert, rules),
        "",
        *_listings(alert, lists, day, dated_by),
        "",
        "Why",
        *(_wrapped(f"- {reason}", "  ", "    ") for reason in alert.reasons),
        "",
        "What would have kept it silent",
        *(_wrapped(f"- {each.words}", "  ", "    ") for each in silencers(alert, article, rules)),
        _wrapped(f"- {_pin_words(alert)}", "  ", "    "),
        _wrapped("- leaving the substance out of the watchlists", "  ", "    "),
        "",
        "A mention is not an accusation. Nothing here is legal advice.",
    ]


def silencers(alert: Alert, article: Article, rules: Sequence[Rule]) -> tuple[Silencer, ...]:
    """List changes of the rules, each of which alone would have kept `alert` silent."""
    rules = tuple(rules) or DEFAULT_RULES
    silence = Rule(name="silence", substances=(alert.substance,), min_score=0.0, raise_alert=False)
    found = [
        Silencer(
            f"a first rule with `substances: [{_quoted(alert.substance)}]` and `action: silence`",
            (silence, *rules),
        ),
        Silencer(
            f"the same with `sources: [{_quoted(article.source)}]` as well, for this source only",
            (replace(silence, sources=(article.source,)), *rules),
        ),
    ]
    if alert.score < 1:
        above = min(1.0, round(alert.score + 0.01, 2))
        found.append(
            Silencer(
                f"`min_score: {above:.2f}` or higher in every rule (the best mention has {alert.score:.2f})",
                tuple(replace(rule, min_score=max(above, rule.min_score)) for rule in rules),
            )
        )
    for tag in sorted(_common_tags(alert.mentions)):
        words = f"a first rule with `tags: [{_quoted(tag)}]` and `action: silence`"
        rule = Rule(name="silence", tags=(tag,), min_score=0.0, raise_alert=False)
        found.append(Silencer(f"{words}: every mention here has this tag", (rule, *rules)))
    return tuple(found)


def _quoted(name: str) -> str:
    """As the configuration takes it, whatever is in it."""
    return json.dumps(name, ensure_ascii=False)


def _pin_words(alert: Alert) -> str:
    """Pinning each of the names that were found to `never` leaves nothing to alert on."""
    surfaces = list(dict.fromkeys(_flat(mention.surface) for mention in alert.mentions))
    names = ", ".join(f"`{each}`" for each in surfaces[:5]) + (
        " and the others above" if len(surfaces) > 5 else ""
    )
    return f"`use: never` under `names:` for {names}"


def _head(alert: Alert, article: Article, substance: Substance, day: date, dated_by: DatedBy) -> list[str]:
    published = {
        DatedBy.PUBLISHED: f"published {day.isoformat()}{_offset(article)}",
        DatedBy.STATED: f"dated {day.isoformat()} in its own text",
    }.get(dated_by, "no date of its own")
    quiet = ", quiet: an earlier alert of the same rule is recent" if alert.quiet else ""
    known = ", ".join(
        filter(None, [f"CAS {' '.join(substance.cas)}" if substance.cas else "", substance.inchikey])
    )
    return [
        f"{alert.severity.label.upper()}  {substance.name}" + (f"  ({known})" if known else ""),
        f"  article    {_flat(article.title) or '(no title)'}",
        f"             {article.url}",
        f"  source     {article.source}, {published}, language {article.language or 'not known'}",
        f"  raised     {alert.raised_at:%Y-%m-%d %H:%M} UTC{quiet}",
        f"  watchlist  {alert.watchlist[:12]}",
    ]


def _offset(article: Article) -> str:
    """The offset that the publication's day is counted in, where it is not that of UTC."""
    at = article.published_at
    return f" ({at:%H:%M %z})" if at is not None and at.utcoffset() else ""


def _places(alert: Alert, article: Article) -> list[str]:
    count = max(alert.places, len(alert.mentions))
    lines = [f"Where ({count:,} {'place' if count == 1 else 'places'} in the text)"]
    for mention in alert.mentions[:PLACES]:
        lines += _place(mention, alert, article.text)
    more = count - min(PLACES, len(alert.mentions))
    if more > 0:
        lines.append(f"  and {more:,} more {'place' if more == 1 else 'places'}")
    if not article.text:
        lines.append("  The text itself is past its retention; snippets and offsets are kept.")
    return lines


def _place(mention: Mention, alert: Alert, text: str) -> Iterable[str]:
    yield f"  “{_flat(mention.surface)}” at {mention.start}–{mention.stop}, score {mention.score:.2f}"
    quote = _quote(mention, alert, text)
    if quote:
        yield _wrapped(quote, "    │ ", "    │ ")
    method = METHODS.get(mention.method, f"by {mention.method}")
    form = FORMS.get(mention.form, mention.form)
    yield _wrapped(f"found {method} “{mention.name}”, {form}", "    ", "    ")
    if mention.reasons:
        yield _wrapped(f"because: {'; '.join(mention.reasons)}", "    ", "      ")
    if mention.features:
        told = ", ".join(f"{name} {value:g}" for name, value in mention.features)
        yield _wrapped(f"features: {told}", "    ", "      ")
    if mention.tags:
        yield f"    said of it: {', '.join(mention.tags)}"


def _quote(mention: Mention, alert: Alert, text: str) -> str:
    """Quote around the mention, which is set between »«; from the text, else from a stored snippet."""
    if text:
        around = snippet(text, mention.start, mention.stop)
    else:
        covering = [
            each for each in alert.snippets if each.start <= mention.start and mention.stop <= each.stop
        ]
        if not covering:
            return ""
        around = covering[0]
    left, right = mention.start - around.start, mention.stop - around.start
    marked = f"{around.text[:left]}»{around.text[left:right]}«{around.text[right:]}"
    return _flat(marked)


def _rule(alert: Alert, rules: Sequence[Rule]) -> list[str]:
    rule = next((each for each in tuple(rules) or DEFAULT_RULES if each.name == alert.rule), None)
    if rule is None:
        return [f"Rule “{alert.rule}”: no longer in the configuration"]
    return [f"Rule “{rule.name}”", *(f"  {line}" for line in conditions(rule))]


def conditions(rule: Rule) -> list[str]:
    """Give the conditions of a rule, one a line; what it leaves open is left out."""
    found = [f"score at least {rule.min_score:.2f}"]
    for word in ("lists", "substances", "kinds", "sources", "tags"):
        wanted: tuple[str, ...] = getattr(rule, word)
        if wanted:
            found.append(f"{word}: any of {', '.join(wanted)}")
    if len(found) == 1:
        found.append("any list, substance, kind, source and tag")
    if rule.severity:
        found.append(f"severity {rule.severity.label}")
    if rule.quiet:
        found.append(f"quiet for {rule.quiet / 3600:g} hours after an alert for the same substance")
    return found


def _listings(alert: Alert, lists: Mapping[str, ListInfo], day: date, dated_by: DatedBy) -> list[str]:
    head = lists_heading(day, dated_by)
    if not alert.listings:
        return [head, "  on no list that the watchlist knows", *_not_listed(alert)]
    lines = [head]
    for status in alert.listings:
        said = say(status, lists.get(status.listing.list_id), day, dated=dated_by.own)
        lines.append(_wrapped(said, "  ", "    "))
        for detail in filter(None, (status.listing.wording, status.listing.note)):
            lines.append(_wrapped(f"“{_flat(detail)}”", "      ", "      "))
        if status.listing.source:
            lines.append(_wrapped(f"source: {_flat(status.listing.source)}", "      ", "      "))
    return [*lines, *_not_listed(alert)]


def lists_heading(day: date, dated_by: DatedBy) -> str:
    """What stands above the listings: the day of their status, and what that day rests on."""
    if dated_by is DatedBy.PUBLISHED:
        return f"Lists, at the article's date ({day.isoformat()})"
    if dated_by is DatedBy.STATED:
        return f"Lists, at the date that the article's text states ({day.isoformat()})"
    return f"Lists: the article has no date, status as of the day it was read ({day.isoformat()})"


def _not_listed(alert: Alert) -> list[str]:
    return [_wrapped(each, "  ", "    ") for each in alert.not_listed]


def _common_tags(mentions: Sequence[Mention]) -> set[str]:
    sets = [set(mention.tags) for mention in mentions]
    return set.intersection(*sets) if sets else set()


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flat(text: str) -> str:
    return " ".join(text.split())
