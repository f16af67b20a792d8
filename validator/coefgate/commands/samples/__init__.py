"""``coefgate samples``: look at the stored calls, and add new ones; a module for each of it."""

from __future__ import annotations

from typing import Final

import click

from coefgate.commands.subcommands import Subcommands

_MODULES: Final = {
    "add": "add",
    "audit": "audit",
    "erase": "erase",
    "import": "import_calls",
    "plan": "plan",
    "propose": "propose",
}
"""What can be done with samples, and the module that does it, which alone is imported."""


@click.group(cls=Subcommands, package=__name__, modules=_MODULES)
def command() -> None:
    """Inspect the stored calls, and add new ones.

    \b
    Examples:
      coefgate samples audit
      coefgate samples add new-calls.jsonl
    """
