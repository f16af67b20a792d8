"""``coefgate estimate``: one call, predicted, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
from jsonschema_rs import validator_for

from coefgate.commands.options import format_option
from coefgate.core.credentials import scrubbed
from coefgate.core.estimate import estimate
from coefgate.core.problems import PASS, UsageProblem
from coefgate.core.table import Table
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.closest import closest_label
from coefgate.registry.schemas import load_schema
from coefgate.reports.console import emit, print_report
from coefgate.reports.estimates import estimate_json, estimate_text
from coefgate.use_cases.estimate import answering, shown_place


class _DeliverableType(click.ParamType[Deliverable]):
    """``OPERATION:PATH``, or a path alone whose operation is unknown."""

    name = "deliverable"

    def convert(
        self, value: str | Deliverable, param: click.Parameter | None, ctx: click.Context | None
    ) -> Deliverable:
        if isinstance(value, Deliverable):
            return value
        try:
            deliverable = Deliverable.parsed(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        path = deliverable.path
        if not _path_schema().is_valid(_as_unicode(path)) or path.endswith("/") or "*" in path:
            self.fail(
                f"{path!r} is no path of one file in a workspace: write it relative to the "
                "workspace, with / between folders and without .., such as create:docs/guide.md",
                param,
                ctx,
            )
        return deliverable


def _as_unicode(path: str) -> str:
    """A path whose bytes are not UTF-8, as it would be shown: the schema speaks of Unicode."""
    return path.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def _path_schema() -> Any:
    """What a path may be is said once, in the schema of samples; compiled."""
    schema = load_schema("sample")
    return validator_for(schema["properties"]["deliverables"]["items"]["properties"]["path"])


def _warnings(
    table: Table, complexities: Collection[str], category: str, complexity: str, model: str | None
) -> Iterator[str]:
    """Why an estimate is a fallback, in the caller's words."""
    if category not in table.canonical_category:
        near = closest_label(category, table.canonical_category)
        asked = f"; did you mean {near}?" if near else ""
        yield f"the registry declares no category {category!r}{asked}"
    if complexity not in complexities:
        yield f"the registry declares no complexity {complexity!r}; it declares {', '.join(complexities)}"
    if not table.applies_to_model(model):
        yield f"the registry was not made for the model {model!r}; it was for {', '.join(table.applies_to)}"


@click.command()
@click.option("--category", required=True, help="Category of the call, or one of its aliases.")
@click.option("--complexity", required=True, help="low, medium or high.")
@click.option("--model", help="The model that will answer.")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help=(
        "Folder in which a path without operation is looked up: there it is modified, else "
        "created."
    ),
)
@click.argument("deliverables", nargs=-1, metavar="[OPERATION:PATH]...", type=_DeliverableType())
@click.option(
    "--registry",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of the registry whose coefficients answer.",
)
@click.option(
    "--lock",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A lock; the version that it pins answers, as a runner has it.",
)
@format_option("text", "json")
def command(
    category: str,
    complexity: str,
    model: str | None,
    workspace: Path | None,
    deliverables: tuple[Deliverable, ...],
    registry: Path | None,
    lock: Path | None,
    output_format: str,
) -> int:
    """Predict the output tokens of one call, with the reasons.

    OPERATION is create, modify or unknown. A path without one is unknown: it counts as modified if
    it is in --workspace, as created if it is not, and as the dearer of both without --workspace.

    Without --registry and --lock the nearest coefficients/ or coefgate.lock at or above this
    folder answers; in one folder, coefficients/ does.

    \b
    Examples:
      coefgate estimate --category docs --complexity low create:docs/guide.md modify:README.md
      coefgate estimate --lock coefgate.lock --category docs --complexity low create:docs/guide.md
    """
    path, times = (
        Counter(d.path for d in deliverables).most_common(1)[0] if deliverables else ("", 0)
    )
    if times > 1:
        raise UsageProblem(f"{path!r} is named twice. Name each deliverable once.")
    coefficients = answering(registry, lock)
    for warning in coefficients.warnings:
        click.echo(f"warning: {scrubbed(warning)}", err=True)
    table = coefficients.table
    for warning in _warnings(table, coefficients.complexities, category, complexity, model):
        click.echo(f"warning: {warning}; the fallback serves", err=True)
    result = estimate(
        table,
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
        exists=None if workspace is None else lambda path: (workspace / path).exists(),
    )
    if output_format == "json":
        emit(estimate_json(result, str(coefficients.place)))
    else:
        print_report(estimate_text(result, shown_place(coefficients.place)))
    return PASS
