"""One number explained: where it comes from, which calls rest on it, and what it does."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path

from coefgate.core.problems import UsageProblem
from coefgate.git.checkout_tree import CheckoutTree, checkout
from coefgate.git.number_history import last_steps
from coefgate.git.repository import Repository
from coefgate.registry.closest import declared_name
from coefgate.registry.lifetime import Step
from coefgate.registry.model import Registry
from coefgate.replay.state import State
from coefgate.reports.console import emit, print_report
from coefgate.reports.explanation_dicts import Explained, explain_json
from coefgate.reports.explanations import explain_text
from coefgate.reports.progress import progress
from coefgate.use_cases.state import read_state
from coefgate.whatif.explanation import explanation


def explain_number(root: Path, name: str, output_format: str, *, rules: Collection[str]) -> None:
    """Print what is known of a number; ``rules``: what else the name may have been meant for."""
    with progress("Looking at the stored calls and the history …"):
        explained = _explained(root, name, rules)
    if output_format == "json":
        emit(explain_json(explained))
    else:
        print_report(explain_text(explained))


def _explained(root: Path, name: str, rules: Collection[str]) -> Explained:
    with checkout(root) as folder:
        repository = folder.repository
        state = _state(folder)
        name = _declared(name, state.registry, rules)
        last: tuple[Step, ...] = ()
        if isinstance(repository, Repository):
            last = last_steps(repository, name, folder=None if repository.bare else folder)
        return Explained(
            explanation(state.registry, name, state.audited()),
            state.table.registry_version,
            state.table.digest,
            last,
            "" if isinstance(repository, Repository) else str(repository),
            isinstance(repository, Repository) and repository.shallow,
        )


def _state(folder: CheckoutTree) -> State:
    """The files in the folder; in a bare repository, which has none, HEAD."""
    repository = folder.repository
    if isinstance(repository, Repository) and repository.bare:
        return read_state(repository.tree("HEAD"), repository)
    return read_state(folder, repository)


def _declared(name: str, registry: Registry, rules: Collection[str]) -> str:
    try:
        return declared_name(name, registry, others=rules)
    except UsageProblem as error:
        raise UsageProblem(
            f"{error} If it was one once, see: coefgate history {shlex.quote(name)}"
        ) from None
