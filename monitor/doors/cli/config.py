"""The commands `config check` and `config schema`."""

from __future__ import annotations

import typer

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, counted, load, say, say_aside

commands = typer.Typer(help="Check the configuration, or print its schema.", no_args_is_help=True)


@commands.command("check")
def config_check(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Check config.yaml and the watchlists that it names; every mistake with file, line and likely fix."""
    from monitor.pipeline.originals import check_extras
    from monitor.pipeline.prepare import check_rules, load_watchlist

    loaded = load(config)
    check_extras(loaded)
    watchlist = load_watchlist(loaded)
    check_rules(loaded, watchlist)
    say(
        f"{config} is right: {counted(len(loaded.to_sources()), 'source')}, "
        f"{counted(len(loaded.rules), 'rule')}, {counted(len(watchlist.substances), 'substance')} "
        f"under {counted(len(watchlist.names), 'name')}"
    )
    if not loaded.to_sources():
        say_aside("substance-monitor: there is no source yet; add one under `sources:`")


@commands.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of config.yaml, for editors."""
    import json

    from monitor.config import config_schema as schema

    typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
