"""The commands of a runner as click sees them: argparse reads their options and writes their help."""

from __future__ import annotations

import click

from coefgate.runner.command_line import help_of, run
from coefgate.runner.command_names import LINES


class RunnerCommand(click.Command):
    """Hands everything on to ``coefgate.runner.command_line``, which works without click."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=LINES[name], add_help_option=False)

    def get_help(self, ctx: click.Context) -> str:
        return help_of(str(self.name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> int:
        return run(str(self.name), ctx.args)
