"""The stored calls: their audit, which cells have how many, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coefgate.core.problems import Problem, UsageProblem
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.registry.reading import registry_problems
from coefgate.replay.serving import Fallbacks, ToldReason, coverage_of, fallbacks_of, undeclared
from coefgate.replay.state import State
from coefgate.samples.coverage import Coverage
from coefgate.samples.files import FOLDER
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited
from coefgate.samples.store import Added, add_file
from coefgate.use_cases.state import state_at


class Audit(NamedTuple):
    """Every stored call with its status, and those that the fallback serves."""

    audited: tuple[Audited, ...]
    fallbacks: Fallbacks


class RegistryCoverage(NamedTuple):
    """``coverage`` of ``state``, and the scored calls that its fallback serves."""

    state: State
    coverage: Coverage
    fallbacks: Fallbacks


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Labels that the registry has nothing for, of calls with deliverables and of those without.

    ``problems``: why labels cannot be compared, where the registry cannot be read.
    """

    with_deliverables: tuple[ToldReason, ...] = ()
    without: tuple[ToldReason, ...] = ()
    problems: tuple[Problem, ...] = ()


def audit_samples(root: Path) -> Audit:
    """Audit the calls in the folder ``root`` under its own scope."""
    state = state_at(root)
    audited = state.audited()
    return Audit(audited, fallbacks_of(audited, state.table))


def coverage(root: Path) -> RegistryCoverage:
    """The coverage of the registry in the folder ``root``."""
    state = state_at(root)
    audited = state.audited()
    return RegistryCoverage(
        state,
        coverage_of(audited, state.registry, state.table),
        fallbacks_of(audited, state.table),
    )


def add_samples_of(file: Path, root: Path) -> Added:
    """Store the calls of ``file``, JSON Lines, in the registry at ``root``: all of them, or none.

    Raises ``UsageProblem`` where it is no regular file, ``InvalidInput`` with every problem of it.
    """
    if not file.is_file():
        raise UsageProblem(f"{file} is no regular file. Name a file of JSON Lines.")
    with checkout(root) as folder:
        folder.entries(FOLDER)  # else a call that is left out would be stored twice
        return add_file(file, root)


def undeclared_labels(calls: Sequence[Sample], root: Path) -> Undeclared:
    """Which labels of these calls the registry in ``root`` has nothing for."""
    if not calls:
        return Undeclared()
    with checkout(root) as folder:
        registry, problems = registry_problems(folder)
    if registry is None:
        return Undeclared(problems=problems)
    table = table_of(registry)
    served, without = (
        tuple(
            reason
            for reason in undeclared(
                (one for one in calls if bool(one.deliverables) is delivers), table
            )
            if reason.value is not None  # what a source does not say is told by the audit
        )
        for delivers in (True, False)
    )
    return Undeclared(served, without)
