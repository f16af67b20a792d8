"""``coefgate replay``: every stored call predicted, and the predictions scored."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_option
from coefgate.core.problems import NOT_MEASURABLE, PASS, UsageProblem
from coefgate.git.checkout_tree import checkout
from coefgate.git.repository import Repository
from coefgate.registry.model import Limits
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import Scores
from coefgate.replay.strata import DIMENSIONS
from coefgate.reports.console import show
from coefgate.reports.progress import progress
from coefgate.reports.replays import replay_json, replay_text
from coefgate.samples.reading import read_sample_path, read_samples
from coefgate.use_cases.scoring import arrivals_of, scores_of
from coefgate.use_cases.state import (
    State,
    audited_samples,
    revision_state,
    worktree_state,
    worktree_with_samples,
)


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
        if revision is not None:
            with Repository(root) as repository:
                state = revision_state(repository, repository.commit(revision))
            registry = read_registry(folder)
            store = read_samples(folder) if path is None else read_sample_path(path)
        elif path is not None:
            state, store = worktree_state(folder), read_sample_path(path)
            registry = state.registry
        else:
            state, store = worktree_with_samples(folder)
            registry = state.registry
        arrived = arrivals_of(folder.repository, state)
    audited = audited_samples(store, registry)
    scores = scores_of(Evidence(audited).predicted(state.table), by, arrived)
    return scores, state, registry.gates.limits
