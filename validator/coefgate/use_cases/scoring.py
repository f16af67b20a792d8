"""Stored calls as a state predicts them, measured: what ``replay`` prints and ``gate`` judges."""

from __future__ import annotations

from collections.abc import Sequence

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.later_samples import Arrivals, arrivals
from coefgate.git.repository import Repository
from coefgate.registry.reading import Memo
from coefgate.replay.evidence import Predicted
from coefgate.replay.scores import Scores, replay
from coefgate.replay.state import State


def scores_of(predicted: Predicted, by: Sequence[str], arrived: Arrivals) -> Scores:
    """Measure predictions, broken down ``by``; ``arrived`` says which samples came in later."""
    return replay(predicted, by=by, known=arrived.known, unknown_because=arrived.reason)


def arrivals_of(repository: Repository | EnvironmentProblem, state: State) -> Arrivals:
    """Which samples came in after the coefficients of ``state``, as far as git knows."""
    try:
        if isinstance(repository, EnvironmentProblem):
            raise repository
        commit = repository.head() if state.revision == "worktree" else state.revision
        return arrivals_before(repository, commit, state)
    except EnvironmentProblem as error:
        return Arrivals(None, None, str(error))


def arrivals_before(
    repository: Repository, commit: str | None, state: State, memo: Memo | None = None
) -> Arrivals:
    """The same for a state that stands on ``commit``."""
    if commit is None:
        return Arrivals(None, None, "nothing is committed yet")
    return arrivals(repository, commit, state.table.digest, memo)
