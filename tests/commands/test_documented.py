"""Every command is documented, and says in its help how it is used."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import click
import pytest

from coefgate.commands.cli import COMMANDS, cli

DOCS = Path(__file__).parents[2] / "docs"


def _write_commands() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_commands", DOCS / "write_commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALL = dict(_write_commands().commands(cli, "coefgate"))


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert (DOCS / "commands.md").read_text("utf-8") == _write_commands().page(), "run: make docs"


@pytest.mark.parametrize("path", ALL)
def test_help_carries_an_example(path: str) -> None:
    text = _write_commands().help_text(ALL[path], path)
    _, example = text.split("Example", 1)
    assert f"  {path}" in example


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_agrees_with_each_command(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").split("\n\n")[0].strip() == COMMANDS[name]


def test_every_command_is_named_in_the_readme() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert not [path for path in ALL if path not in readme]
