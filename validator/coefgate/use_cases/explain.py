"""One number: where it comes from, which calls rest on it, and what it does."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from coefgate.calibration.design import fitted_keys
from coefgate.calibration.origin import Origin, origin_of
from coefgate.calibration.procedure import Procedure
from coefgate.core.problems import UsageProblem
from coefgate.git.number_history import last_steps
from coefgate.git.repository import Repository
from coefgate.git.working_tree import checkout
from coefgate.registry.closest import declared_key
from coefgate.registry.key import Key
from coefgate.registry.number_history import Step
from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State
from coefgate.use_cases.state import read_state
from coefgate.whatif.explanation import Explanation, explanation


@dataclass(frozen=True, slots=True)
class NumberReport:
    """An explanation on ``state``, with what git says.

    ``last``: the newest steps of the number's life, newest first; more than one where the newest
    is not committed, none where git does not say, for ``unknown_because``. ``cut``: the clone is
    shallow, so the number may have changed earlier than the last step says. ``origin``: how calls
    moved it from its prior, ``None`` where the registry has no procedure, or that holds it.
    """

    explanation: Explanation
    state: State
    last: tuple[Step, ...]
    unknown_because: str
    cut: bool
    origin: Origin | None


def explain(root: Path, name: str, *, others: Collection[str] = ()) -> NumberReport:
    """What is known of the number ``name`` of the files in the folder ``root``.

    In a bare repository, which has none, of HEAD. ``others``: what else the name may have been
    meant for. Raises ``UsageProblem`` where there is no such number.
    """
    with checkout(root) as folder:
        known = folder.repository
        git = known if isinstance(known, Repository) else None
        bare = git is not None and git.bare
        state = read_state(git.tree("HEAD") if git and bare else folder, known)
        try:
            key = declared_key(name, state.registry, others=others)
        except UsageProblem as error:
            raise UsageProblem(
                f"{error} If it was one earlier, see: coefgate history {shlex.quote(name)}"
            ) from None
        return NumberReport(
            explanation(state.registry, key, state.audited()),
            state,
            last=last_steps(git, key.name, folder=None if bare else folder) if git else (),
            unknown_because="" if git else str(known),
            cut=git is not None and git.shallow,
            origin=_origin(state, key),
        )


def _origin(state: State, key: Key) -> Origin | None:
    registry = state.registry
    if registry.tuning is None or key not in fitted_keys(registry):
        return None
    evidence = Evidence(state.audited())
    return origin_of(Procedure(registry, evidence, registry.tuning), key)
