"""What the command line shows: results as calm text, coloured on a terminal, plain elsewhere.

Text from the web never reaches a terminal as it is: control characters and direction overrides are replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.doors.safe_text import clean, safe, safe_lines
from monitor.model import Outcome, Severity

if TYPE_CHECKING:
    from monitor.model import Gap, Mention, Snippet, Watchlist
    from monitor.pipeline.lists import ListAge
    from monitor.pipeline.prepare import WatchlistNews
    from monitor.pipeline.rescan import RescanResult
    from monitor.pipeline.run import CheckResult, Progress, RunSummary
    from monitor.queries.reports import AlertLine
    from monitor.queries.sources import SourceLine
    from monitor.queries.watchlist import ListLine

ALERTS_SHOWN = 40
GAPS_SHOWN = 20
LISTS_SHOWN = 4
INDENT = 10  # of what is said of an alert, behind its severity
TABLE_WIDTH = 200  # columns of a table, at most, elsewhere than on a terminal
AROUND = 60  # code points of context on either side in a list of alerts
READ = (Outcome.OK.value, Outcome.UNCHANGED.value, Outcome.MOVED.value, Outcome.STALE.value)
_ADDRESS = re.compile(r"^https?://\S+ | ssl:default(?= \[)")
COLOURS = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}


Suggest = Callable[[str], str]  # "explain 1" -> the command as it has to be typed


def _plainly(command: str) -> str:
    return f"substance-monitor {command}"


class _Console(Console):
    """A console whose reader may go away (`| head`): the work goes on without a word."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


def make_console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that leaves text alone; elsewhere than on a terminal lines are 110 wide and plain."""
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)
    if not console.is_terminal and width is None:
        console.width = 110
    return console


def _styled(text: str, style: str) -> Text:
    """Text in a style that what is appended to it does not take over."""
    return Text().append(text, style)


# --- a run -------------------------------------------------------------------------------------------


@contextmanager
def run_progress(console: Console, sources: int) -> Iterator[Callable[[Progress], None]]:
    """Show each source's result as it comes in; on a terminal a bar below shows what is under way."""
    if not console.is_terminal:
        yield lambda progress: _print_result(console, progress)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}", style="dim"))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=sources)

        def show(progress: Progress) -> None:
            _print_result(console, progress)
            if progress.result is not None:
                bar.advance(task)
            else:
                counts = f": {progress.articles} new" if progress.articles else ""
                bar.update(task, description=f"{clean(progress.source)}{counts}")

        yield show


def _print_result(console: Console, progress: Progress) -> None:
    if progress.result is not None:
        # on a terminal one line each; `substance-monitor sources` has the whole message
        line = check_line(progress.result)
        if console.is_terminal:
            console.print(line, no_wrap=True, overflow="ellipsis")
        else:
            console.print(line, soft_wrap=True)


def check_line(check: CheckResult) -> Text:
    """One source in one line: a mark, its name, what it brought or why it was not read."""
    line = Text("  ").append_text(_turn(check))
    if check.outcome not in READ:
        line.append("✗ ", "red").append(f"{clean(check.source):<34} ")
        # the address is in the configuration, and in the ledger
        why = _ADDRESS.sub("", clean(check.message)).removeprefix("could not be reached: ")
        again = f"{check.next_check:%Y-%m-%d %H:%M} UTC"
        return line.append(f"{check.outcome}, again at {again}: ").append(why, "dim")
    parts = _counts(check)
    line.append("✓ " if parts else "· ", "green" if parts else "dim")
    line.append(f"{clean(check.source):<34} ").append(
        ", ".join(parts) or "nothing new", "" if parts else "dim"
    )
    return line.append(f"; {clean(check.message)}", "dim") if check.message else line


def _turn(check: CheckResult) -> Text:
    """The alert about the source itself, shown once when it turns bad and once when it is well again."""
    if check.turned == "bad":
        row = "its check" if check.bad_after == 1 else f"{check.bad_after} checks in a row"
        return _styled(f"SOURCE TURNED BAD, {row} went wrong  ", "bold red")
    return _styled("source is well again  ", "bold green") if check.turned else Text("")


def _counts(check: CheckResult) -> list[str]:
    done = check.done
    parts = [
        (done.new, "new article", "new articles"),
        (done.joined, "of a known story", "of known stories"),
        (done.revised, "edited", "edited"),
        (done.alerts, "alert", "alerts"),
        (done.appeared, "name appeared", "names appeared"),
        (done.gone, "name gone", "names gone"),
        (check.failed, "not read", "not read"),
    ]
    return [f"{number:,} {one if number == 1 else many}" for number, one, many in parts if number]


def show_news(
    console: Console,
    news: WatchlistNews,
    watchlist: Watchlist,
    lacking: str = "",
    *,
    suggest: Suggest = _plainly,
) -> None:
    """Show which watchlist is in force, what changed in it, or why the configured one was refused.

    `lacking` says what is done without.
    """
    parts = (watchlist.substances, "substance"), (watchlist.names, "name"), (watchlist.lists, "list")
    size = ", ".join(number_of(len(rows), thing) for rows, thing in parts)
    console.print(_styled("Watchlist  ", "bold").append(size).append(f"  {watchlist.digest[:12]}", "dim"))
    if news.refused is not None:
        console.print(Text(f"  refused: {safe_lines(str(news.refused))}", "red"), soft_wrap=True)
        console.print(Text("  The last good watchlist stays in force. Correct the entry and run again."))
    elif news.first:
        console.print(Text("  first load into this database", "dim"))
    elif news.changes:
        for line in news.lines:
            console.print(Text(f"  {safe(line).replace('watchlist:', 'changed:')}"), soft_wrap=True)
        console.print(Text(f"  `{suggest('watchlist changes')}` lists all changes", "dim"))
    if lacking:
        console.print(Text(f"  {lacking}", "dim"), soft_wrap=True)


def show_summary(
    console: Console,
    summary: RunSummary,
    lines: Sequence[AlertLine],
    again: Sequence[AlertLine] = (),
    *,
    suggest: Suggest = _plainly,
) -> None:
    """Show the new alerts, what a rescan found (`again`), the gaps, and the whole run in one line."""
    loud = [line for line in lines if not line.stored.alert.quiet]
    if loud:
        console.print()
        console.print(Text(number_of(summary.alerts, "new alert"), "bold"))
        show_alerts(console, loud)
    hidden = summary.alerts - min(len(loud), ALERTS_SHOWN)
    if hidden > 0:
        quiet = len(lines) - len(loud)
        note = f" ({quiet} of them quiet)" if quiet else ""
        console.print(f"\n  {hidden:,} more{note}: {suggest('report alerts --since 1d')}")
    if summary.rescan is not None:
        show_rescan(console, summary.rescan, again, suggest=suggest)
    _show_gaps(console, summary.checks, suggest)
    console.print()
    console.print(_closing(summary))
    if lines or again:
        number = (loud or [*lines, *again])[0].stored.id
        why = suggest(f"explain {number}")
        console.print(Text(f"Why: {why}\nA mention is not an accusation.", "dim"), soft_wrap=True)


def show_rescan(
    console: Console,
    result: RescanResult,
    lines: Sequence[AlertLine],
    *,
    dry: bool = False,
    suggest: Suggest = _plainly,
) -> None:
    """Show what was found in stored articles, apart from the news: these alerts are of old articles."""
    console.print()
    if not result.articles:
        parts = f", {result.waiting:,} older articles wait" if result.waiting else ""
        console.print(Text(f"Rescan: no stored article waits to be matched again{parts}", "bold"))
        return
    loud = [line for line in lines if not line.stored.alert.quiet]
    head = "Rescan, nothing written" if dry else "Rescan"
    console.print(Text(f"{head}: {result.sentence}", "bold"), soft_wrap=True)
    show_alerts(console, loud)
    hidden = result.alerts - min(len(loud), ALERTS_SHOWN)
    if hidden > 0 and not dry:
        console.print(f"\n  {hidden:,} more: {suggest('report alerts --since 1d')}")


def _closing(summary: RunSummary) -> Text:
    read = sum(check.outcome in READ for check in summary.checks)
    new = sum(check.done.new for check in summary.checks)
    joined = sum(check.done.joined for check in summary.checks)
    held_back = sum(check.done.suppressed for check in summary.checks)
    parts = (
        f"{read} of {number_of(len(summary.checks), 'source')} read",
        number_of(new, "new article"),
        f"{joined:,} of them of known stories" if joined else "",
        number_of(summary.alerts, "new alert"),
        f"{held_back:,} held back by suppressions" if held_back else "",
    )
    return Text(", ".join(filter(None, parts)), "bold")


def number_of(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _show_gaps(console: Console, checks: Iterable[CheckResult], suggest: Suggest) -> None:
    unread = [check for check in checks if check.outcome not in READ]
    gaps = [(check.source, gap) for check in checks for gap in check.gaps]
    if not unread and not gaps:
        return
    console.print()
    console.print(_styled("Gaps", "bold").append("  what they say is not known: silence is no safety", "dim"))
    for check in unread:
        console.print(Text(f"  {clean(check.source)}: the whole source, {check.outcome}"), soft_wrap=True)
    for source, gap in gaps[:GAPS_SHOWN]:
        console.print(Text(f"  {clean(source)}: {_gap_words(gap)}"), soft_wrap=not console.is_terminal)
    if len(gaps) > GAPS_SHOWN:
        console.print(f"  and {len(gaps) - GAPS_SHOWN} more: {suggest('report coverage --since 1d')}")


def _gap_words(gap: Gap) -> str:
    """Place and trouble, the place once."""
    place, message = clean(gap.location), clean(gap.message)
    return f"{gap.outcome}: {message}" if place in message else f"{place}, {gap.outcome}: {message}"


# --- alerts ------------------------------------------------------------------------------------------


def show_alerts(console: Console, lines: Sequence[AlertLine]) -> None:
    """Show alerts by article, the gravest first; no more than a screen or two."""
    groups: dict[str, list[AlertLine]] = {}
    for line in sorted(lines, key=lambda each: (-each.stored.alert.severity, each.stored.id)):
        groups.setdefault(line.stored.alert.article_url, []).append(line)
    left = ALERTS_SHOWN
    for group in groups.values():
        if left <= 0:
            break
        _show_article(console, group[:left])
        left -= len(group)


def _show_article(console: Console, group: Sequence[AlertLine]) -> None:
    stored = group[0].stored
    console.print()
    console.print(Text(clean(stored.title) or "(no title)", "bold"))
    day = f"{stored.published_at:%Y-%m-%d}" if stored.published_at else "no date"
    console.print(
        Text(f"{clean(stored.source)} · {day} · {clean(stored.alert.article_url)}", "dim"), soft_wrap=True
    )
    for line in group:
        severity = line.stored.alert.severity
        head = _styled(severity.label.upper(), COLOURS[severity])
        head.pad_right(INDENT - len(head))
        for part in _alert_body(line).wrap(console, max(20, console.width - INDENT)):
            part.rstrip()
            console.print(head.append_text(part))
            head = Text(" " * INDENT)


def _alert_body(line: AlertLine) -> Text:
    alert = line.stored.alert
    surfaces = list(dict.fromkeys(clean(mention.surface) for mention in alert.mentions))
    more = f" and {len(surfaces) - 3} more" if len(surfaces) > 3 else ""
    body = _styled(line.substance.name, "bold")
    body.append("  " + ", ".join(f"“{each}”" for each in surfaces[:3]) + more).append(
        f"  #{line.stored.id}", "dim"
    )
    shown = ", ".join(line.lists[:LISTS_SHOWN])
    rest = f" and {len(line.lists) - LISTS_SHOWN} more" if len(line.lists) > LISTS_SHOWN else ""
    body.append(f"\n{shown}{rest}" if shown else "\non no list at the article's date")
    quote = _quote(alert.mentions, alert.snippets)
    if quote:
        body.append("\n").append_text(quote)
    if alert.again:
        body.append(f"\nraised again: {clean(alert.again)}")
    more = _more(line)
    return body.append(f"\n{more}", "dim") if more else body


def _more(line: AlertLine) -> str:
    """The articles of the same story that raised no alert of their own."""
    count = line.stored.articles - 1
    outlets = list(dict.fromkeys(clean(each.outlet) for each in line.stored.behind))
    if not count:
        return ""
    rest = f" and {len(outlets) - 3} more" if len(outlets) > 3 else ""
    return f"and {number_of(count, 'more article')} of this story: {', '.join(outlets[:3])}{rest}"


def _quote(mentions: Sequence[Mention], snippets: Sequence[Snippet]) -> Text | None:
    """A line around the best mention, the mention itself marked."""
    for mention in sorted(mentions, key=lambda each: (-each.score, each.start)):
        for snippet in snippets:
            if snippet.start <= mention.start and mention.stop <= snippet.stop:
                return _marked(snippet, mention)
    return None


def _marked(snippet: Snippet, mention: Mention) -> Text:
    start, stop = mention.start - snippet.start, mention.stop - snippet.start
    return cut(snippet.text[:start], snippet.text[start:stop], snippet.text[stop:])


def cut(left: str, middle: str, right: str) -> Text:
    """The middle, marked, with some context on either side."""
    near_left, near_right = left[-AROUND:], right[:AROUND]
    if len(left) > AROUND:
        near_left = "…" + near_left.partition(" ")[2] if " " in near_left else "…" + near_left
    if len(right) > AROUND:
        near_right = near_right.rpartition(" ")[0] + "…" if " " in near_right else near_right + "…"
    text = _styled(_spaced(near_left), "dim").append(clean(middle), "bold")
    return text.append(_spaced(near_right), "dim")


def _spaced(text: str) -> str:
    """Like `clean`, but a space at either end stays: it stands beside the mention."""
    inner = clean(text)
    return f"{' ' * text[:1].isspace()}{inner}{' ' * (text[-1:].isspace() and bool(inner))}"


# --- sources and lists -------------------------------------------------------------------------------

HEALTH = {
    "ok": "green",
    "failing": "red",
    "empty": "yellow",
    "stale": "yellow",
    "moved": "yellow",
    "never checked": "dim",
}


TROUBLE = ("failing", "empty", "stale", "moved")


def show_sources(
    console: Console, lines: Sequence[SourceLine], beat: str, *, suggest: Suggest = _plainly
) -> None:
    """Show every source at a glance, and below why those in trouble are."""
    table = _table(("source", "health", "rhythm", "last check", "next check", "articles", "alerts", "gaps"))
    for line in lines:
        health = Text(line.health_shown, HEALTH.get(line.health, ""))
        counts = (f"{line.articles:,}", f"{line.alerts:,}", f"{line.gaps:,}")
        table.add_row(Text(clean(line.name)), health, line.rhythm, line.last, line.next, *counts)
    _print_table(console, table)
    trouble = [line for line in lines if line.message and line.health in TROUBLE]
    pages = [line for line in lines if line.names]
    if trouble or pages:
        console.print()
    for line in trouble:
        often = f"{line.failures} times in a row; " if line.failures > 1 else ""
        since = f"last read {line.last_ok}" if line.last_ok else "never read"
        again = f" ({often}{since}; again at {line.next})" if line.health == "failing" else ""
        words = f"  {clean(line.name)}: {clean(line.message)}{again}"
        console.print(Text(words), soft_wrap=not console.is_terminal)
    for line in pages:
        words = f"  {clean(line.name)}: watched names on the page: {line.names} (report term-presence)"
        console.print(Text(words), soft_wrap=not console.is_terminal)
    states = Counter(line.health for line in lines)
    summary = ", ".join(f"{count} {health}" for health, count in states.most_common())
    if any(line.gaps for line in lines):
        summary += f"; `{suggest('report coverage')}` lists the gaps"
    parts = Text(("\n" if trouble or pages else "") + f"{summary}. Times are UTC. {beat}", "dim")
    console.print(parts, soft_wrap=not console.is_terminal)


def show_list_ages(console: Console, ages: Sequence[ListAge], unnamed: int) -> None:
    """Show how old each list is: the day it is known to be complete to, and what came after it."""
    table = _table(("list", "complete to", "state", "notices since", "newest notice", "to review", "title"))
    for age in ages:
        state = Text(age.state, {"old": "yellow", "current": "green"}.get(age.state, "dim"))
        counts = (f"{age.notices:,}", age.newest or "-", f"{age.waiting:,}")
        table.add_row(age.list_id, age.complete_to or "-", state, *counts, clean(age.title))
    _print_table(console, table)
    note = "A list is old half a year after the day that it is known to be complete to; it is a gap then."
    if unnamed or any(age.waiting for age in ages):
        more = f"; {unnamed:,} of them name no list" if unnamed else ""
        note += f" What waits: substance-monitor watchlist review{more}."
    console.print(Text(note, "dim"))


def show_lists(console: Console, lines: Sequence[ListLine]) -> None:
    """Show the lists of the watchlist; only schedules and precursor lists are control."""
    table = _table(("id", "kind", "substances", "title", "authority"))
    for line in lines:
        table.add_row(line.id, line.kind, f"{line.substances:,}", clean(line.title), clean(line.authority))
    _print_table(console, table)
    note = (
        "Kinds: schedule and precursor lists are control; surveillance, proposed and house lists are not. "
        "What falls under a class is for a person to judge."
    )
    console.print(Text(note, "dim"))


def _print_table(console: Console, table: Table) -> None:
    """Elsewhere than on a terminal a row stays on one line, without blanks at its end."""
    if console.is_terminal:
        console.print(table)
        return
    wide = make_console(width=TABLE_WIDTH)
    with wide.capture() as printed:
        wide.print(table)
    for line in printed.get().splitlines():
        console.print(Text(line.rstrip()), soft_wrap=True)


def _table(headings: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        right = heading in ("articles", "alerts", "gaps", "substances")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    return table


def watch_line(progress: Progress, now: datetime) -> Text | None:
    """One line of the watch for a check that ended worth showing; None for one without news."""
    result = progress.result
    if result is None:
        return None
    lasting = (Outcome.STALE.value, Outcome.MOVED.value)  # shown by `sources`, not at every check
    silent = result.outcome in lasting or (result.outcome == Outcome.UNCHANGED and not result.message)
    if silent and not result.turned and not _counts(result):
        return None
    return _styled(f"{now:%Y-%m-%d %H:%M:%S}", "dim").append_text(check_line(result))
