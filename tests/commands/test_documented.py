"""Every command is documented, and says in its help how it is used."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from coefgate.commands.cli import cli
from coefgate.runner.command_names import COMMANDS
from tests.end_to_end.checkouts import git
from tests.repository_files import ROOT, files, text_of

DOCS = ROOT / "docs"


def _write_commands() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_commands", DOCS / "write_commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALL = dict(_write_commands().commands(cli, "coefgate"))


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert (DOCS / "reference" / "commands.md").read_text("utf-8") == _write_commands().page(), (
        "run: make docs"
    )


@pytest.mark.parametrize("path", ALL)
def test_help_carries_an_example(path: str) -> None:
    text = _write_commands().help_text(ALL[path], path)
    _, example = text.split("Example", 1)
    assert f"  {path}" in example


def test_every_option_that_names_a_revision_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    monkeypatch.chdir(tmp_path)
    found = {
        f"{path} {name}": [one.value for one in option.shell_complete(click.Context(c), "ma")]
        for path, c in ALL.items()
        for option in c.params
        for name in {"--at", "--base", "--head"} & {*option.opts}
    }
    assert len(found) > 8
    assert [one for one, offered in found.items() if offered != ["main"]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_agrees_with_each_command(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").split("\n\n")[0].strip() == COMMANDS[name]


def test_every_command_is_named_where_somebody_looks_for_it() -> None:
    roles = (DOCS / "start" / "roles.md").read_text("utf-8")
    assert not [path for path in ALL if path not in roles]


# Neither the folder of a clone after `-C` nor a path as the next word is a command.
TYPED = re.compile(r"(?<![\w.-])(?<!-C \.\./)coefgate (?!import\b|[a-z]+/)([a-z]+(?: [^\s`]+)*)")
OPTIONS = re.compile(r"(?m)(?<=^  )--[a-z-]+|(?<=^  )-[a-z]\b|(?<=^  -[a-z], )--[a-z-]+")
END = re.compile(r"[`|&\n]|[;:.,](?: |$)| #| git ")


def unknown_in(text: str) -> Iterator[str]:
    """The commands, and options of commands, that a text names and that there are not."""
    for typed in TYPED.findall(text):
        path, words = "coefgate", END.split(typed)[0].split()
        while words and f"{path} {words[0]}" in ALL:
            path = f"{path} {words.pop(0)}"
        if (
            words
            and isinstance(ALL[path], click.Group)
            and words[0].isalpha()
            and words[0].islower()
        ):
            yield f"{path} {words[0]}"
            continue
        options = set(OPTIONS.findall(_write_commands().help_text(ALL[path], path)))
        for word in words:
            option = re.match(r"--?[a-z][a-z-]*", word.strip("\"'()[]"))
            if option and option[0] not in options:
                yield f"{path} {option[0]}"


def test_every_command_that_a_text_names_exists_with_its_options() -> None:
    """In pages, help texts, messages, docstrings, hooks and workflows."""
    names = [name for name in files() if not name.startswith(("tests/", "samples/autopack/"))]
    assert [f"{name}: {unknown}" for name in names for unknown in unknown_in(text_of(name))] == []


def test_a_command_that_is_not_there_is_found() -> None:
    text = (
        "`coefgate gaet --at X`, coefgate gate --onto main, ``coefgate samples ad``; "
        "coefgate pin URL --x=1"
    )
    assert list(unknown_in(text)) == [
        *("coefgate gaet", "coefgate gate --onto", "coefgate samples ad", "coefgate pin --x")
    ]
    assert not list(
        unknown_in("coefgate rollback VERSION: git push --atomic; coefgate try docs.low=1 -h")
    )
