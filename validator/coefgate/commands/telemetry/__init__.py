"""``coefgate telemetry``: what recorders wrote; a module for each thing done with it."""

from __future__ import annotations

from typing import Final

import click

from coefgate.commands.subcommands import Subcommands

_MODULES: Final = {
    "ingest": "ingest",
    "init": "init",
    "report": "report",
    "ship": "ship",
}
"""What can be done with records, and the module that does it, which alone is imported."""


@click.group(cls=Subcommands, package=__name__, modules=_MODULES)
def command() -> None:
    """Keep the records of calls: make a store, bring them in, ship, export and prune them.

    \b
    Example:
      coefgate telemetry init
    """
