"""``coefgate estimate``: one call, predicted, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import click
from jsonschema_rs import validator_for

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.states import worktree_state
from coefgate.estimator.scalar import estimate
from coefgate.estimator.table import Table
from coefgate.problems import PASS, UsageProblem
from coefgate.registry.schemas import load_schema
from coefgate.reports.console import emit, print_report
from coefgate.reports.estimates import estimate_json, estimate_text
from coefgate.vocabulary import Deliverable


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
        if not _path_schema().is_valid(path) or path.endswith("/") or "*" in path:
            self.fail(
                f"{path!r} is no path of one file in a workspace: write it relative to the workspace, with / "
                "between folders and without .., such as create:docs/guide.md",
                param,
                ctx,
            )
        return deliverable


@cache
def _path_schema() -> Any:
    """What a path may be is said once, in the schema of samples; compiled."""
    schema = load_schema("sample")
    return validator_for(schema["properties"]["deliverables"]["items"]["properties"]["path"])


def _warnings(
    table: Table, complexities: Sequence[str], category: str, complexity: str, model: str | None
) -> Iterator[str]:
    """Why an estimate is a fallback, in the caller's words."""
    if category not in table.canonical_category:
        folded = {name.casefold(): name for name in table.canonical_category}
        near = get_close_matches(category.casefold(), folded, n=1)
        asked = f"; did you mean {folded[near[0]]}?" if near else ""
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
    path, times = Counter(d.path for d in deliverables).most_common(1)[0] if deliverables else ("", 0)
    if times > 1:
        raise UsageProblem(f"{path!r} is named twice. Name each deliverable once.")
    state = worktree_state(root)
    for warning in _warnings(state.table, state.registry.complexities, category, complexity, model):
        click.echo(f"warning: {warning}; the fallback serves", err=True)
    result = estimate(
        state.table,
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
        exists=None if workspace is None else lambda path: (workspace / path).exists(),
    )
    if output_format == "json":
        emit(estimate_json(result))
    else:
        print_report(estimate_text(result))
    return PASS
