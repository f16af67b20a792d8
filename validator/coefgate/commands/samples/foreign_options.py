"""Options that say how foreign records are read, wherever they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from coefgate.commands.options import file_option, several
from coefgate.samples.foreign.call import SampleUnit
from coefgate.use_cases.new_calls import ForeignOptions
from coefgate.use_cases.path_salt import path_salt

_OPTIONS: Final = several(
    file_option(
        "--map",
        "map_file",
        told="Says which column has which fact (csv, jsonl), or what phases were asked for "
        "(autopack-log).",
    ),
    file_option(
        "--labels",
        "label_file",
        told="Category and complexity of calls by phase, run, path or time: CSV, JSON Lines or "
        "YAML.",
    ),
    click.option(
        "--unit",
        type=click.Choice(("call", "turn")),
        help="What a sample records: one request, or the sum of a turn; by default as the "
        "registry does.",
    ),
    click.option(
        "--workspace",
        metavar="DIR",
        help="The folder to which absolute paths are made relative, instead of the one in the "
        "source.",
    ),
    click.option(
        "--redact-paths",
        is_flag=True,
        help="Store salted names instead of paths; predictions stay the same.",
    ),
    file_option(
        "--salt-file",
        told="The file with the salt for --redact-paths; by default COEFGATE_PATH_SALT is the "
        "salt.",
    ),
)


def foreign_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command``, which has ``--origin`` and ``--registry``, one parameter ``foreign``."""

    @wraps(command)
    def run(
        *,
        root: Path,
        origin: str | None,
        map_file: Path | None,
        label_file: Path | None,
        unit: SampleUnit | None,
        workspace: str | None,
        redact_paths: bool,
        salt_file: Path | None,
        **others: Any,
    ) -> Any:
        salt = path_salt(salt_file, os.environ, root) if redact_paths else None
        foreign = ForeignOptions(origin, unit, map_file, label_file, workspace, salt)
        return command(root=root, foreign=foreign, **others)

    return _OPTIONS(run)
