"""A command that has others below it, each of which is imported when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoSuchCommand

from coefgate.core.garbage_collector import collector_paused


class Subcommands(click.Group):
    """``modules``: the name of each command, and its module in ``package``."""

    def __init__(
        self, *args: Any, package: str, modules: Mapping[str, str], **attributes: Any
    ) -> None:
        super().__init__(*args, **attributes)
        self._package, self._modules = package, modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    @collector_paused()
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        found: click.Command = import_module(f"{self._package}.{self._modules[cmd_name]}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self._modules or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        # click looks for what was meant among commands that are imported.
        raise NoSuchCommand(args[0], possibilities=self._modules, ctx=ctx)
