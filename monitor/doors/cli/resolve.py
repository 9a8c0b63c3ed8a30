"""The command `resolve`: what a name means, with every step."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import OptionalConfigPath, day_of, load_or_shipped, now, say_aside
from monitor.doors.output import write_whole
from monitor.doors.safe_text import safe_json

if TYPE_CHECKING:
    from monitor.config import Config


def resolve(
    name: Annotated[list[str] | None, typer.Argument(help="A name; words are joined by a blank.")] = None,
    names: Annotated[
        Path | None, typer.Option("--input", "-i", help="A file with one name a line.", metavar="FILE")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Listings and classes at this day (2024-01-29); today without it.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option(help="Draw the structure into this file, as SVG.", metavar="FILE")
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask PubChem about names that nothing here can read.")
    ] = False,
    config: OptionalConfigPath = None,
) -> None:
    """Say what a name means: substance, structure, lists, classes, and every step to it.

    One JSON object a name, in order. Exit code 0 also for names that mean nothing. Nothing leaves this
    machine without --online; with it, names go to PubChem, whose answers the database of --config keeps.
    """
    if bool(name) == bool(names):
        raise typer.BadParameter("give one name, or --input FILE with one name a line")
    if image and names:
        raise typer.BadParameter("--image is for one name, not for --input")
    asked = [" ".join(name)] if name else names
    _answer(asked, load_or_shipped(config), day_of(at), image, now() if online else None)


def _answer(
    asked: list[str] | Path | None, config: Config | None, at: date, image: Path | None, now: datetime | None
) -> None:
    """Resolve and show; with `now`, PubChem may be asked."""
    from monitor.queries.pubchem_lookup import open_lookup
    from monitor.queries.resolve import as_row, open_resolver, picture_of, read_names

    names: Iterable[str] = read_names(asked) if isinstance(asked, Path) else asked or ()
    with ExitStack() as life:
        lookup = life.enter_context(open_lookup(config, now)) if now else None
        asking = life.enter_context(open_resolver(config, lookup))
        if asking.without:
            say_aside(f"only names that the watchlist knows are resolved: {asking.without}")
        for found in asking.resolve(names, at):
            row = json.dumps(as_row(found, asking.watchlist), ensure_ascii=False)
            sys.stdout.write(safe_json(row) + "\n")
            if image is not None:
                write_whole(image, picture_of(found).encode(), "--image")
                say_aside(f"drawn in {image}")
        if lookup is not None and lookup.missed:
            names_ = "one name" if lookup.missed == 1 else f"{lookup.missed:,} names"
            say_aside(f"{names_} not looked up in PubChem: {lookup.trouble}; ask again later")
