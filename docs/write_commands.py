"""Write docs/reference/commands.md from the commands' own help. Run it with: make docs"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from coefgate.commands.cli import cli

PAGE = Path(__file__).parent / "reference" / "commands.md"
HEAD = """\
<!-- Generated from `coefgate --help` by docs/write_commands.py; do not edit. -->
# Commands

Every command works from any folder inside a registry. Standard output carries the result and
nothing else; warnings and errors go to standard error. Exit codes: 0 pass, 1 a gate failed, 2
usage, 3 registry or samples invalid, 4 not measurable, 5 environment, 70 a bug in Coefgate, 130
interrupted.
"""


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from commands(below, f"{path} {name}")


def help_text(command: click.Command, path: str) -> str:
    """What ``PATH --help`` prints, 100 columns wide."""
    with click.Context(
        command, info_name=path, terminal_width=100, max_content_width=100
    ) as context:
        context.help_option_names = ["-h", "--help"]
        return command.get_help(context)


def page() -> str:
    """The whole page."""
    sections = [
        f"## `{path}`\n\n```text\n{help_text(c, path)}\n```\n"
        for path, c in commands(cli, "coefgate")
    ]
    return "\n".join([HEAD, *sections])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
