"""The `evidence` commands: write a bundle of evidence, and check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from monitor.doors.cli.common import DEFAULT_CONFIG, ConfigPath, counted, load, now, say


class _BundleFirst(TyperGroup):
    """`evidence 12 --out DIR` is `evidence bundle 12 --out DIR`: what people want of it nearly always."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["bundle", *args]
        return list(super().parse_args(ctx, args))


commands = typer.Typer(
    cls=_BundleFirst,
    help="Write what is kept for alerts as a bundle of files, or check one: `evidence 12 --out DIR`.",
    no_args_is_help=True,
)


@commands.command("bundle")
def evidence_bundle(
    alert: Annotated[list[int], typer.Argument(help="Numbers of alerts.", metavar="ALERT...")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder to write, new or empty.", metavar="DIR")
    ],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write text, offsets, reasons, listings, versions and hashes of alerts into a folder.

    The word bundle may be left out. The same evidence gives the same bytes, and nothing is overwritten.
    """
    from monitor.queries.evidence import write_evidence

    made = write_evidence(load(config), alert, out, now())
    done = "is there already, unchanged" if made.already else f"written, {made.files} files"
    say(f"{out}: {done}")
    say(f"SHA-256 of manifest.json: {made.manifest}")
    say("Keep that number apart from the folder: with it, `evidence verify --manifest` proves the whole.")


@commands.command("verify")
def evidence_verify(
    folder: Annotated[Path, typer.Argument(help="The bundle.", metavar="DIR")],
    manifest: Annotated[
        str, typer.Option(help="SHA-256 that manifest.json had when the bundle was made.", metavar="HEX")
    ] = "",
) -> None:
    """Check a bundle, without database and network.

    Shows every difference from its manifest; exit code 1 when there is one.
    """
    from monitor.queries.evidence import check_evidence

    done = check_evidence(folder, manifest)
    for line in done.differences:
        say(line)
    if done.differences:
        differences = counted(len(done.differences), "difference")
        say(f"{folder} was changed: {differences} from its manifest")
        raise typer.Exit(1)
    alerts = counted(done.alerts, "alert")
    say(f"{folder} is intact: {alerts}, {done.files} files, and what they say of each other fits")
    say(f"SHA-256 of manifest.json: {done.manifest}" + ("" if manifest else " (not compared: --manifest)"))
