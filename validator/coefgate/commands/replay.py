"""``coefgate replay``: every stored call predicted, and the predictions scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import NOT_MEASURABLE, PASS, UsageProblem
from coefgate.git.checkout_tree import CheckoutTree, checkout
from coefgate.git.repository import Repository
from coefgate.registry.model import Limits
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import Scores
from coefgate.replay.state import State
from coefgate.replay.strata import DIMENSIONS
from coefgate.reports.console import show
from coefgate.reports.progress import progress
from coefgate.reports.replays import replay_json, replay_text
from coefgate.samples.reading import read_sample_path
from coefgate.use_cases.scoring import arrivals_of, scores_of
from coefgate.use_cases.state import read_state


def _dimensions(_ctx: click.Context, _parameter: click.Parameter, written: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in written.split(",") if name.strip()))
    if unknown := [name for name in names if name not in DIMENSIONS]:
        raise UsageProblem(
            f"--by does not know {', '.join(unknown)}; it takes {', '.join(DIMENSIONS)}."
        )
    return names


@click.command()
@click.option(
    "--at", "revision", metavar="REV", help="Take the coefficients of a commit, tag or branch."
)
@click.option(
    "--samples",
    "path",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Score on a .jsonl file, or a folder of them, in the place of the registry's samples.",
)
@click.option(
    "--by",
    metavar="DIMENSION,...",
    default="category,complexity",
    show_default=True,
    callback=_dimensions,
    help=f"Break the figures down by {', '.join(DIMENSIONS)}.",
)
@registry_option
@format_option("text", "json")
def command(
    revision: str | None, path: Path | None, by: tuple[str, ...], root: Path, output_format: str
) -> int:
    """Predict every stored call and score the predictions.

    With --at the coefficients are those of REV, the samples those of today, so that revisions are
    compared on the same calls.

    \b
    Examples:
      coefgate replay
      coefgate replay --at HEAD~1 --by category,deliverables
      coefgate replay --samples new-calls.jsonl --format json
    """
    with progress("Replaying the stored calls …"):
        scores, state, limits = _scores(root, revision, path, by)
        of = scores, state.table, state.revision
        # Either draws the intervals that it shows.
        rendered = replay_json(*of) if output_format == "json" else replay_text(*of, limits)
    show(rendered)
    return PASS if scores.all.metrics else NOT_MEASURABLE


def _scores(
    root: Path, revision: str | None, path: Path | None, by: tuple[str, ...]
) -> tuple[Scores, State, Limits]:
    """The scores, the coefficients that they are of, and the limits of the folder."""
    with checkout(root) as folder:
        if revision is None:
            state = today = _today(folder, path)
        else:
            with Repository(root) as repository:
                state = read_state(repository.tree(revision), repository, calls=False)
            today = _today(folder, path)
        arrived = arrivals_of(folder.repository, state)
    scores = scores_of(Evidence(today.audited()).predicted(state.table), by, arrived)
    return scores, state, today.registry.gates.limits


def _today(folder: CheckoutTree, path: Path | None) -> State:
    """The registry in the folder, with the calls at ``path`` in the place of its own."""
    if path is None:
        return read_state(folder, folder.repository)
    state = read_state(folder, folder.repository, calls=False)
    return replace(state, store=read_sample_path(path))
