"""``coefgate estimate``: one call, predicted, with the reasons."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.states import worktree_state
from coefgate.estimator.scalar import estimate
from coefgate.problems import PASS
from coefgate.reports.console import print_report
from coefgate.reports.estimates import estimate_json, estimate_text
from coefgate.vocabulary import OPERATIONS, Deliverable


class _DeliverableType(click.ParamType[Deliverable]):
    """``OPERATION:PATH``, or a path alone whose operation is unknown."""

    name = "deliverable"

    def convert(
        self, value: str | Deliverable, param: click.Parameter | None, ctx: click.Context | None
    ) -> Deliverable:
        if isinstance(value, Deliverable):
            return value
        for operation in OPERATIONS:
            if value.startswith(f"{operation}:"):
                path = value.removeprefix(f"{operation}:")
                break
        else:
            operation, path = "unknown", value
        if not path:
            self.fail(f"{value!r} names no path; write for instance create:docs/guide.md", param, ctx)
        return Deliverable(path, operation)


@click.command()
@click.option("--category", required=True, help="Category of the call, or one of its aliases.")
@click.option("--complexity", required=True, help="low, medium or high.")
@click.option("--model", help="The model that will answer.")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder in which a path without operation is looked up: there it is modified, else created.",
)
@click.argument("deliverables", nargs=-1, metavar="[OPERATION:PATH]...", type=_DeliverableType())
@registry_option
@format_option("text", "json")
def command(
    category: str,
    complexity: str,
    model: str | None,
    workspace: Path | None,
    deliverables: tuple[Deliverable, ...],
    root: Path,
    output_format: str,
) -> int:
    """Predict the output tokens of one call, with the reasons.

    OPERATION is create, modify or unknown. A path without one is unknown: it counts as modified if it
    is in --workspace, as created if it is not, and as the dearer of both without --workspace.

    \b
    Example:
      coefgate estimate --category docs --complexity low create:docs/guide.md modify:README.md
    """
    state = worktree_state(root)
    result = estimate(
        state.table,
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
        exists=None if workspace is None else lambda path: (workspace / path).exists(),
    )
    if output_format == "json":
        click.echo(estimate_json(result))
    else:
        print_report(estimate_text(result))
    return PASS
