"""``coefgate samples``: look at the stored calls, and add new ones; a module for each of it."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click
from click.exceptions import NoSuchCommand

_MODULES: Final = {
    "add": "add",
    "audit": "audit",
    "erase": "erase",
    "import": "import_calls",
    "plan": "plan",
    "propose": "propose",
}
"""What can be done with samples, and the module that does it, which alone is imported."""


class _Subcommands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"coefgate.commands.samples.{_MODULES[cmd_name]}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in _MODULES or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        # click looks for what was meant among commands that are imported.
        raise NoSuchCommand(args[0], possibilities=_MODULES, ctx=ctx)


@click.group(cls=_Subcommands)
def command() -> None:
    """Look at the stored calls, and add new ones.

    \b
    Examples:
      coefgate samples audit
      coefgate samples add new-calls.jsonl
    """
