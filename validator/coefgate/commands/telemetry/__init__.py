"""``coefgate telemetry``: what recorders wrote; a module for each thing done with it."""

from __future__ import annotations

from typing import Final

import click

from coefgate.commands.subcommands import Subcommands

_MODULES: Final = {
    "export": "export",
    "ingest": "ingest",
    "init": "init",
    "prune": "prune",
    "report": "report",
    "ship": "ship",
    "status": "status",
}
"""What can be done with records, and the module that does it, which alone is imported."""


@click.group(cls=Subcommands, package=__name__, modules=_MODULES)
def command() -> None:
    """Manage recorded calls: create a store, ingest, ship, export and prune records.

    \b
    Examples:
      coefgate telemetry ingest
      coefgate telemetry status
    """
