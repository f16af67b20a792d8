"""The stored calls: their audit, and new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from coefgate.core.problems import UsageProblem
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.registry.reading import read_registry
from coefgate.replay.fallback import Fallbacks, ToldReason, fallbacks_of, undeclared
from coefgate.samples.files import FOLDER
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited
from coefgate.samples.store import Added, add_file
from coefgate.use_cases.state import state_at


class Audit(NamedTuple):
    """Every stored call with its status, and those that the fallback serves."""

    audited: tuple[Audited, ...]
    fallbacks: Fallbacks


def audit_samples(root: Path) -> Audit:
    """Audit the calls in the folder ``root`` under its own scope."""
    state = state_at(root)
    audited = state.audited()
    return Audit(audited, fallbacks_of(audited, state.table))


def add_samples_of(file: Path, root: Path) -> Added:
    """Store the calls of ``file``, JSON Lines, in the registry at ``root``: all of them, or none.

    Raises ``UsageProblem`` where it is no regular file, ``InvalidInput`` with every problem of it.
    """
    if not file.is_file():
        raise UsageProblem(f"{file} is no regular file. Name a file of JSON Lines.")
    with checkout(root) as folder:
        folder.entries(FOLDER)  # else a call that is left out would be stored twice
        return add_file(file, root)


def undeclared_labels(
    calls: Sequence[Sample], root: Path
) -> Iterator[tuple[ToldReason, Literal["the fallback", "no_deliverables"]]]:
    """Labels of these calls that the registry in ``root`` has nothing for, and what serves them.

    Raises ``InvalidInput`` where the registry cannot be read, so that nothing can be compared.
    """
    if not calls:
        return
    with checkout(root) as folder:
        table = table_of(read_registry(folder))
    for serves in ("the fallback", "no_deliverables"):
        served = [one for one in calls if bool(one.deliverables) is (serves == "the fallback")]
        for reason in undeclared(served, table):
            if reason.value is not None:  # what a source does not say is told by the audit
                yield reason, serves
