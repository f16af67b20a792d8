"""``coefgate replay``: every stored call predicted, and the predictions scored."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import (
    format_option,
    registry_option,
    revision_option,
    verbose_option,
)
from coefgate.core.problems import NOT_MEASURABLE, PASS, UsageProblem
from coefgate.replay.strata import DIMENSIONS
from coefgate.reports.page import Page, Words
from coefgate.reports.pages.live_what_if import live_block
from coefgate.reports.pages.replay import no_calls_page, replay_dict, replay_page
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.formats import rendered
from coefgate.use_cases.replay import replay


def _dimensions(_ctx: click.Context, _parameter: click.Parameter, written: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
    if unknown := [name for name in names if name not in DIMENSIONS]:
        raise UsageProblem(
            f"--by does not know {', '.join(unknown)}; it takes {', '.join(DIMENSIONS)}."
        )
    return names


@click.command()
@revision_option(
    "--at",
    "revision",
    told="Use the coefficients of a commit, tag or branch.",
)
@click.option(
    "--samples",
    "path",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Score on the samples in a .jsonl file or a folder of them, instead of the registry's.",
)
@click.option(
    "--by",
    metavar="DIMENSION,...",
    default="category,complexity",
    show_default=True,
    callback=_dimensions,
    help=f"Break the figures down by {', '.join(DIMENSIONS)}.",
)
@verbose_option
@registry_option
@format_option("text", "json", "csv", "html")
def command(
    revision: str | None,
    path: Path | None,
    by: tuple[str, ...],
    rest: Words,
    root: Path,
    output_format: str,
) -> int:
    """Predict every stored call and score the predictions.

    With --at, the coefficients of REV predict today's samples, so that you can compare revisions
    on the same calls. `csv` has one row per call, for spreadsheets.

    \b
    Examples:
      coefgate replay
      coefgate replay --at HEAD~1 --by category,deliverables
      coefgate replay --samples new-calls.jsonl --format json
      coefgate replay --format csv > calls.csv
    """
    with progress("Replaying the stored calls …"):
        found = replay(root, at=revision, samples=path, by=by)
        state = found.state
        of = found.scores, found.baselines, state.table, state.revision, found.limits
        # Text and JSON draw the intervals that they show.
        if output_format == "csv":
            from coefgate.frames import frame_of

            frame = frame_of(found.scores)
            told: str | Page = frame.to_csv(index=False, lineterminator="\n").rstrip("\n")
        else:
            page: Page = replay_page(*of)
            if revision is None and path is None:  # what `coefgate try` is about
                page = [*page, live_block(state, found.scores.predicted.evidence)]
            if found.no_calls_yet:
                page = no_calls_page(found.scores, state.table, state.revision)
            title = "Every stored call, predicted again"
            told = rendered(
                output_format, lambda: page, lambda: replay_dict(*of), title=title, rest=rest
            )
    show(told)
    return PASS if found.scores.all.metrics or found.no_calls_yet else NOT_MEASURABLE
