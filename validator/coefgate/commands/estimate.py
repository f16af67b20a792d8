"""``coefgate estimate``: one call, predicted, with the reasons."""

from __future__ import annotations

import os
from pathlib import Path

import click

from coefgate.commands.options import format_option
from coefgate.core.retry import Previous
from coefgate.core.vocabulary import Deliverable
from coefgate.reports.pages.estimate import estimate_dict, estimate_page
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.estimate import deliverable, estimate


def _deliverables(
    _ctx: click.Context, _parameter: click.Parameter, words: tuple[str, ...]
) -> tuple[Deliverable, ...]:
    """Each ``OPERATION:PATH``, or a path alone whose operation is unknown."""
    try:
        return tuple(map(deliverable, words))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _previous(tokens: int | None, *, truncated: bool) -> Previous | None:
    """The attempt before, if one is named."""
    if tokens is None:
        if truncated:
            lacks = "--previous-truncated needs the tokens of that attempt: --previous-tokens N"
            raise click.UsageError(lacks)
        return None
    try:
        return Previous(tokens, truncated)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--previous-tokens") from None


@click.command()
@click.option("--category", required=True, help="Category of the call, or one of its aliases.")
@click.option(
    "--complexity", required=True, help="A complexity that the registry declares, such as low."
)
@click.option("--model", help="The model that will answer.")
@click.option(
    "--output-mode",
    metavar="MODE",
    help="How the call writes files, such as full_file; the registry's output_mode by default.",
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder in which paths without operation are looked up: an existing file is "
    "modified, any other is created. Sizes of files are taken from it too.",
)
@click.option(
    "--previous-tokens",
    metavar="N",
    type=int,
    help="Output tokens of the previous attempt at the same files.",
)
@click.option("--previous-truncated", is_flag=True, help="The previous attempt was cut off.")
@click.argument("deliverables", nargs=-1, metavar="[OPERATION:PATH]...", callback=_deliverables)
@click.option(
    "--registry",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Use the coefficients of the registry in this folder.",
)
@click.option(
    "--lock",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Use the version that this lock pins, as a runner does.",
)
@format_option("text", "json")
def command(
    category: str,
    complexity: str,
    model: str | None,
    output_mode: str | None,
    workspace: Path | None,
    previous_tokens: int | None,
    previous_truncated: bool,
    deliverables: tuple[Deliverable, ...],
    registry: Path | None,
    lock: Path | None,
    output_format: str,
) -> None:
    """Predict the output tokens of one call, and show how the prediction is made up.

    OPERATION is create, modify or unknown (the default). An unknown file counts as modified if it
    is in --workspace and as created if it is not. Without --workspace the more expensive of both
    counts. To state the size of a file before the call, add it to the operation:
    modify@2048:README.md. It matters if the registry charges for size and the call writes files in
    full.

    Without --registry and --lock, the nearest coefficients/ or coefgate.lock at or above this
    folder is used. If a folder has both, coefficients/ is used.

    \b
    Examples:
      coefgate estimate --category docs --complexity low create:docs/guide.md modify:README.md
      coefgate estimate --lock coefgate.lock --category docs --complexity low create:docs/guide.md
    """
    found = estimate(
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
        output_mode=output_mode,
        workspace=workspace,
        registry=registry,
        lock=lock,
        previous=_previous(previous_tokens, truncated=previous_truncated),
    )
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    show_as(
        output_format,
        lambda: estimate_page(found.estimate, _shown(found.place)),
        lambda: estimate_dict(found.estimate, str(found.place)),
    )


def _shown(place: Path) -> str:
    """Where the coefficients are, as seen from the current folder."""
    try:
        near = os.path.relpath(place)
    except (OSError, ValueError):  # the current folder is gone, or on another drive
        near = str(place)
    return f"{near}/" if place.is_dir() else near
