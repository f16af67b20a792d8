"""A state and its audited samples, replayed: what ``replay`` prints and ``gate`` judges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coefgate.commands.states import State
from coefgate.history.arrivals import Arrivals, arrivals
from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem
from coefgate.registry.reading import Memo
from coefgate.replay.scores import Scores, replay
from coefgate.samples.model import Audited


def scores_of(
    state: State, audited: Sequence[Audited], by: Sequence[str], arrived: Arrivals, *, compare: bool = False
) -> Scores:
    """Replay ``audited`` with ``state``, broken down ``by``; ``arrived`` says which samples came in later.

    ``compare``: with the predictions that were stored with the calls as well.
    """
    return replay(
        audited,
        state.table,
        by=by,
        known=arrived.known if arrived.since else None,
        unknown_because=arrived.reason,
        compare=compare,
    )


def arrivals_of(root: Path, state: State) -> Arrivals:
    """Which samples came in after the coefficients of ``state``, as far as the git of ``root`` knows."""
    try:
        with Repository(root) as repository:
            commit = repository.head() if state.revision == "worktree" else state.revision
            return arrivals_before(repository, commit, state)
    except EnvironmentProblem as error:
        return Arrivals(None, frozenset(), str(error))


def arrivals_before(
    repository: Repository, commit: str | None, state: State, memo: Memo | None = None
) -> Arrivals:
    """The same for a state that stands on ``commit``."""
    if commit is None:
        return Arrivals(None, frozenset(), "nothing is committed yet")
    return arrivals(repository, commit, state.table.digest, memo)
