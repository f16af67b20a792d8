"""Is a registry still without calls, or has it lost them?"""

from __future__ import annotations

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.commit_log import calls_were_taken_away
from coefgate.git.repository import Repository
from coefgate.replay.state import State
from coefgate.samples.status import ever_scored


def no_calls_yet(
    state: State, repository: Repository | EnvironmentProblem, commit: str | None
) -> bool:
    """Was no call ever stored to be scored, neither here nor in the history of ``commit``?

    Where a file of calls was taken away, or the clone is shallow, nobody knows; numbers that say
    that samples stand behind them had calls.
    """
    if ever_scored(state.store) or state.registry.is_measured:
        return False
    if commit is None or not isinstance(repository, Repository):
        return True
    return not repository.shallow and not calls_were_taken_away(repository, commit)
