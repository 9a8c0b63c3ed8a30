"""Door: the commands that try a source without recording anything. `cli` hands in what comes from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.queries.probe import OfferedSource

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="FILE")]
DEFAULT_CONFIG = Path("config.yaml")
Load = Callable[[Path], "Config"]
Clock = Callable[[], datetime]


def add_commands(
    app: typer.Typer, load: Load, clock: Callable[[], datetime], cache: Callable[[], Path | None]
) -> None:
    """Add the `source` commands."""
    source_app = typer.Typer(help="Try a source, or find those of a site.", no_args_is_help=True)
    app.add_typer(source_app, name="source")

    @source_app.command("test")
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
        if not try_source(loaded, source, build_matcher(loaded, cache()), clock(), articles, _say):
            raise typer.Exit(1)

    @source_app.command("add")
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
        for number, found in enumerate(offered_sources(loaded, address, clock())):
            _show(found, number)


def _show(found: OfferedSource, number: int) -> None:
    """The YAML of a source; all but the best are commented out."""
    newest = f", the newest of {found.newest:%Y-%m-%d}" if found.newest else ""
    told = {
        "feed": f"a feed, entries: {found.entries:,}{newest}",
        "sitemap": f"a sitemap, addresses: {found.entries:,}{newest}",
        "page": "neither feed nor sitemap was found; this watches the page itself",
    }
    host = urlsplit(found.url).hostname or found.url
    _say(f"# {told[found.kind]}")
    lines = (
        f"- name: {json.dumps(host.removeprefix('www.'), ensure_ascii=False)}",
        f"  kind: {found.kind}",
        f"  url: {json.dumps(found.url, ensure_ascii=False)}",
        "  every: 1h",
    )
    for line in lines:
        _say(f"  #{line}" if number else f"  {line}")


def _say(line: str) -> None:
    from monitor.doors.terminal import safe

    typer.echo(safe(line))
