"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce, wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from coefgate.commands.completion import revision_completion
from coefgate.core.problems import CoefgateError, UsageProblem
from coefgate.reports.page import Words, code, plain
from coefgate.reports.render.formats import html_format
from coefgate.use_cases.registry_folder import (
    folder_or_bare,
    folder_or_repository,
    registry_folder,
)

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_Spelled = TypeVar("_Spelled")


def _registry_option(
    root_of: Callable[[Path], Path], what: str, unless: str | None = None
) -> _Decorator:
    def found(context: click.Context, _: click.Parameter, folder: Path) -> Path:
        return folder if unless and context.params.get(unless) else root_of(folder)

    return click.option(
        "--registry",
        "root",
        metavar="FOLDER",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=Path(),
        callback=found,
        help=f"A folder of the registry{what}; the current folder by default.",
    )


registry_option: _Decorator = _registry_option(registry_folder, "")
registry_or_repository_option: _Decorator = _registry_option(
    folder_or_repository, ", or a repository with the registry in a commit"
)
registry_or_bare_option: _Decorator = _registry_option(folder_or_bare, ", or a bare repository")


def registry_option_unless(flag: str) -> _Decorator:
    """``--registry``, which no registry has to be behind where the eager option ``flag`` is."""
    return _registry_option(registry_folder, "", flag)


def _registry_if_any(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    if folder is not None:
        return registry_folder(folder)
    with suppress(UsageProblem):
        return registry_folder(Path())
    return None


registry_if_any_option: _Decorator = click.option(
    "--registry",
    "root",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    callback=_registry_if_any,
    help="A folder of the registry; by default that of the current folder, if there is one.",
)


def spelled(read: Callable[[str], _Spelled]) -> Callable[..., _Spelled | None]:
    """A callback for an option whose text ``read`` understands, or raises ``ValueError``."""

    def found(_: click.Context, __: click.Parameter, text: str | None) -> _Spelled | None:
        try:
            return None if text is None else read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return found


def file_option(*names: str, told: str) -> _Decorator:
    """An option that names a file which is there; ``told``: its help."""
    there = click.Path(path_type=Path, exists=True, dir_okay=False)
    return click.option(*names, metavar="FILE", type=there, help=told)


def revision_option(*names: str, told: str, metavar: str = "REV") -> _Decorator:
    """An option that names a commit, a tag or a branch; ``told``: its help."""
    return click.option(*names, metavar=metavar, shell_complete=revision_completion, help=told)


def _ready(_: click.Context, __: click.Parameter, output_format: str) -> str:
    """Its packages are asked for before anything is done."""
    if output_format == "html":
        html_format("--format html")
    return output_format


def format_option(*formats: str) -> _Decorator:
    """``--format`` with these choices; the first is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        callback=_ready,
        help="How to print the result.",
    )


def _rest(_: click.Context, __: click.Parameter, verbose: bool) -> Words:
    return () if verbose else (plain("the rest: add "), code("--verbose"))


verbose_option: Final = click.option(
    "--verbose",
    "rest",
    is_flag=True,
    envvar="COEFGATE_VERBOSE",
    show_envvar=True,
    callback=_rest,
    help="Print the whole report instead of one screen. Only for --format text; other formats "
    "are always complete.",
)
"""``rest``: how to see what a short report leaves out, empty where the whole is asked for."""


def several(*options: _Decorator) -> _Decorator:
    """All of these, in this order."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


release_options: Final = several(
    click.option(
        "--dry-run",
        is_flag=True,
        help="Say what would be done and why; change no branch, tag or file.",
    ),
    click.option("--push", is_flag=True, help="Push branch and tag, both or neither."),
    click.option("--sign", is_flag=True, help="Sign commits and tag with the key set up in git."),
    click.option(
        "--output",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder for snapshot, checksum and index.json; dist/ beside coefficients/ by "
        "default.",
    ),
    registry_option,
    format_option("text", "json"),
)
"""What a release and a rollback have in common."""

_store_option: Final = click.option(
    "--store",
    metavar="PATH|URL",
    envvar="COEFGATE_STORE",
    show_envvar=True,
    default="telemetry.db",
    show_default=True,
    help="The store of records: a file, or postgresql://USER@HOST/DATABASE.",
)
_EXPECTED: Final = (
    *(CoefgateError, ImportError, OSError),
    *(click.ClickException, click.exceptions.Exit, click.Abort),
)


def store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``store``: the address as a text, for ``coefgate.telemetry.store.open_store``.

    Where the command fails in a way that nobody expects, and the store holds rows that no recorder
    writes, these are named instead of a bug. To check every row beforehand would take long.
    """

    @wraps(command)
    def run(*, store: str, **others: Any) -> Any:
        try:
            return command(store=store, **others)
        except _EXPECTED:
            raise
        except Exception as error:
            from coefgate.use_cases.telemetry_store import damage_of

            if problem := damage_of(store):
                raise problem from error
            raise

    return _store_option(run)


def since_option(what: str, default: str | None = None) -> _Decorator:
    """``--since``: a text for ``coefgate.telemetry.times.moment_of``; ``what``: it begins."""
    return click.option(
        "--since",
        metavar="MOMENT",
        default=default,
        show_default=default is not None,
        help=f"{what}: an age (6h, 7d), a day (2026-11-30) or a time, in UTC unless it has an "
        "offset.",
    )
