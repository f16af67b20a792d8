"""Which extras a command line needs, by its words and by what the commands offer."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from coefgate.commands.cli import cli
from coefgate.runner.command_names import COMMANDS, EXTRAS, extras_of


@pytest.mark.parametrize(
    ("line", "extras"),
    [
        ("gate", []),
        ("gate --format html", ["html"]),
        ("gate --format=html", ["html"]),
        ("gate --base html --format text", []),
        ("explain page", []),
        ("page -o x", ["html"]),
        ("samples propose telemetry.db", ["telemetry"]),
        ("samples audit", []),
        ("monitor --notify=x --format=html", ["telemetry", "alerts", "html"]),
        ("telemetry report --store x --money", ["telemetry", "prices"]),
        ("tune --figures x", ["html"]),
        ("", []),
    ],
)
def test_a_command_line_needs_what_its_command_and_options_do(
    line: str, extras: list[str]
) -> None:
    assert extras_of(line.split()) == extras


def test_every_use_is_one_that_the_commands_offer() -> None:
    offered = {*COMMANDS, *_uses(cli)}
    assert [use for uses in EXTRAS.values() for use in uses if use not in offered] == []


@pytest.mark.parametrize(
    ("option", "extra"),
    [("--store", "telemetry"), ("--format html", "html"), ("--notify", "alerts")],
)
def test_every_command_with_such_an_option_needs_the_extra(option: str, extra: str) -> None:
    found = [use for use in _uses(cli) if use.endswith(f" {option}")]
    assert found
    assert [use for use in found if extra not in extras_of(use.split())] == []


def _uses(command: click.Command, path: str = "") -> Iterator[str]:
    """``gate``, ``gate --format``, ``gate --format html`` and so on, those of groups as well."""
    context = click.Context(command)
    yield path
    for parameter in command.params:
        for name in parameter.opts:
            yield f"{path} {name}"
            if isinstance(parameter.type, click.Choice):
                yield from (f"{path} {name} {one}" for one in parameter.type.choices)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            further = command.get_command(context, name)
            assert further is not None
            yield from _uses(further, f"{path} {name}".lstrip())
