"""Every stored call predicted, and the predictions scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coefgate.calibration.baseline_figures import Baselines, baselines_of
from coefgate.core.problems import EnvironmentProblem
from coefgate.git.accepted_states import AcceptedStates, Arrivals
from coefgate.git.repository import Repository
from coefgate.git.working_tree import checkout
from coefgate.registry.model import Limits
from coefgate.registry.numbers import StoredWhenSet
from coefgate.registry.reading import Memo
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.scores import Scores
from coefgate.replay.scores import replay as scored
from coefgate.replay.state import State
from coefgate.samples.reading import read_sample_path
from coefgate.use_cases.first_calls import no_calls_yet
from coefgate.use_cases.state import INDEX, WORKTREE, read_state, state_at


@dataclass(frozen=True, slots=True)
class Replay:
    """The ``scores`` of ``state``, and the ``limits`` that the folder holds figures against.

    ``baselines``: what predicts the same calls with less. ``no_calls_yet``: was none ever stored
    to be scored? Of calls that were named it is ``False``.
    """

    scores: Scores
    baselines: Baselines
    state: State
    limits: Limits
    no_calls_yet: bool = False


def replay(
    root: Path,
    *,
    at: str | None = None,
    samples: Path | None = None,
    by: Sequence[str] = ("category", "complexity"),
) -> Replay:
    """Score the coefficients in the folder ``root``, or of the commit ``at``, on today's calls.

    ``samples``: a .jsonl file, or a folder of them, instead of the registry's. ``by``: what
    the figures are broken down by, of ``replay.strata.DIMENSIONS``.
    """
    with checkout(root) as folder:
        today = read_state(folder, folder.repository, calls=samples is None)
        if samples is not None:
            today = replace(today, store=read_sample_path(samples))
        state = today if at is None else state_at(root, at, calls=False)
        memo: Memo = {}
        arrived = _arrivals_of(folder.repository, state, memo)
        predicted = Evidence(today.audited()).predicted(state.table)
        scores = scores_of(predicted, by, arrived)
        scores = with_unseen(scores, folder.repository, state, memo)
        waits = samples is None and _waits(folder.repository, today)
    return Replay(
        scores,
        baselines_of(scores, state.registry),
        state,
        today.registry.gates.limits,
        no_calls_yet=waits,
    )


def _waits(repository: Repository | EnvironmentProblem, today: State) -> bool:
    commit = commit_of(repository, today) if isinstance(repository, Repository) else None
    return no_calls_yet(today, repository, commit)


def scores_of(predicted: Predicted, by: Sequence[str], arrived: Arrivals) -> Scores:
    """Measure predictions, broken down ``by``; ``arrived`` says which samples came in later."""
    return scored(predicted, by=by, known=arrived.known, unknown_because=arrived.reason)


def with_unseen(
    scores: Scores,
    repository: Repository | EnvironmentProblem,
    state: State,
    memo: Memo,
) -> Scores:
    """With the figures of calls that the procedure of ``state`` does not know, if it has one.

    ``repository``: tells which of its numbers were changed by hand after calls were stored.
    """
    registry, predicted = state.registry, scores.predicted
    if registry.tuning is None:
        return scores
    from coefgate.calibration.unseen import UnseenReader, never_set  # noqa: PLC0415 (with a procedure)

    set_by_hand: StoredWhenSet = never_set
    if isinstance(repository, Repository) and (commit := commit_of(repository, state)):
        names = state.store.names_today
        set_by_hand = AcceptedStates(repository, commit, memo, names).stored_when_set
    found = UnseenReader(predicted.evidence).of(registry, predicted.table, set_by_hand)
    return scores if found is None else replace(scores, unseen=found.figures)


def _arrivals_of(
    repository: Repository | EnvironmentProblem, state: State, memo: Memo
) -> Arrivals:
    try:
        if isinstance(repository, EnvironmentProblem):
            raise repository
        return arrivals_before(repository, state, memo)
    except EnvironmentProblem as error:
        return Arrivals(None, None, str(error))


def arrivals_before(repository: Repository, state: State, memo: Memo | None = None) -> Arrivals:
    """Which samples came in after the coefficients of ``state``."""
    commit = commit_of(repository, state)
    if commit is None:
        return Arrivals(None, None, "nothing is committed yet")
    past = AcceptedStates(repository, commit, memo, state.store.names_today)
    return past.arrivals(state.digest)


def commit_of(repository: Repository, state: State) -> str | None:
    """The commit of a state, or the one that it may follow; ``None`` where there is none yet."""
    of_commit = state.revision not in {WORKTREE, INDEX}
    return state.revision if of_commit else repository.head()
