"""The commands `sources`, `source test` and `source add`: how sources do, and trying one out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, cache_folder, load, now, say, suggester
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.queries.probe import OfferedSource

commands = typer.Typer(help="Try a source, or find those of a site.", no_args_is_help=True)


def sources(
    max_age: Annotated[
        str | None,
        typer.Option("--max-age", help="End with 1 when a source was not read for so long.", metavar="2h"),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show every source and its health.

    When it was checked, when it will be, what it brought, and why it fails.
    """
    from monitor.doors.terminal import make_console, show_sources
    from monitor.queries.periods import moment
    from monitor.queries.sources import not_read_since, source_lines

    since = moment(max_age, now(), "--max-age") if max_age else None
    lines, beat = source_lines(load(config), now())
    show_sources(make_console(), lines, beat, suggest=suggester(config))
    if since is not None and (old := not_read_since(lines, since)):
        raise MonitorError(f"not read for {max_age}: {', '.join(old)}")


@commands.command("test")
def source_test(
    name: Annotated[str, typer.Argument(help="Name of a configured source.")],
    articles: Annotated[int, typer.Option(help="Read no more than these.", min=1)] = 5,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Read one source and show each step; nothing is recorded.

    Exit code 1 when it cannot be read.
    """
    from monitor.pipeline.prepare import build_matcher
    from monitor.queries.probe import configured_source, try_source

    loaded = load(config)
    source = configured_source(loaded, name)
    if not try_source(loaded, source, build_matcher(loaded, cache_folder()), now(), articles, say):
        raise typer.Exit(1)


@commands.command("add")
def source_add(
    url: Annotated[str, typer.Argument(help="Address of a site, a feed or a sitemap.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Find the feed or sitemap of a site, try it, and print the lines for config.yaml.

    The configuration is not changed; its limits of `http` hold, where there is one.
    """
    from monitor.config import Config
    from monitor.queries.probe import offered_sources

    loaded = Config() if config == DEFAULT_CONFIG and not config.exists() else load(config)
    address = url if "://" in url else f"https://{url}"
    for number, found in enumerate(offered_sources(loaded, address, now())):
        _show(found, number)


def _show(found: OfferedSource, number: int) -> None:
    """The YAML of a source; all but the best are commented out."""
    newest = f", the newest of {found.newest:%Y-%m-%d}" if found.newest else ""
    described = {
        "feed": f"a feed, entries: {found.entries:,}{newest}",
        "sitemap": f"a sitemap, addresses: {found.entries:,}{newest}",
        "page": "neither feed nor sitemap was found; this watches the page itself",
    }
    host = urlsplit(found.url).hostname or found.url
    say(f"# {described[found.kind]}")
    lines = (
        f"- name: {json.dumps(host.removeprefix('www.'), ensure_ascii=False)}",
        f"  kind: {found.kind}",
        f"  url: {json.dumps(found.url, ensure_ascii=False)}",
        "  every: 1h",
    )
    for line in lines:
        say(f"  #{line}" if number else f"  {line}")
