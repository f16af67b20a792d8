"""A state and its audited samples, replayed: what ``replay`` prints and ``gate`` judges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coefgate.commands.states import State
from coefgate.history.arrivals import Arrivals, arrivals
from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem
from coefgate.replay.scores import Scores, replay
from coefgate.samples.model import Audited


def scores_of(root: Path, state: State, audited: Sequence[Audited], by: Sequence[str]) -> Scores:
    """Replay ``audited`` with ``state``, broken down ``by``; git says which samples came in later."""
    arrived = _arrivals(root, state)
    return replay(
        audited,
        state.table,
        by=by,
        known=arrived.known if arrived.since else None,
        unknown_because=arrived.reason,
    )


def _arrivals(root: Path, state: State) -> Arrivals:
    try:
        with Repository(root) as repository:
            commit = repository.head() if state.revision == "worktree" else state.revision
            if commit is None:
                return Arrivals(None, frozenset(), "nothing is committed yet")
            return arrivals(repository, commit, state.table.digest)
    except EnvironmentProblem as error:
        return Arrivals(None, frozenset(), str(error))
