"""Drills: whether the gate bites, how often it stops what harms nothing, how long the way back is.

They are held on the accepted files of a registry, in repositories that may be spoiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow
from typing import Final

from coefgate.core.counting import counted
from coefgate.core.git_process import NoRepository
from coefgate.core.problems import UsageProblem
from coefgate.core.trees import Tree
from coefgate.drill.false_alarms import Tally, tallies, trials, tried
from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.oracle.evidence import counting
from coefgate.drill.plant import Kind
from coefgate.drill.run import Drill, Gate, rows
from coefgate.drill.way_back.ledger import RollbackDrill
from coefgate.drill.way_back.run import drilled
from coefgate.git.repository import Repository
from coefgate.git.scratch_repository import ScratchRepository
from coefgate.git.working_tree import CheckoutTree
from coefgate.registry.wording import did_you_mean
from coefgate.samples.model import fields_of
from coefgate.samples.reading import read_sample_path
from coefgate.use_cases.state import contents_of, read_both

_COUNTED: Final = "changes planted"
_SEEDS: Final = 2**32


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What came of harmless proposals that were drawn with this seed, ``times`` of each kind."""

    seed: int
    times: int
    tallies: tuple[Tally, ...]


def drill(
    root: Path,
    *,
    gate: Gate,
    names: Sequence[str] = (),
    seed: int | None = None,
) -> Drill:
    """Plant every kind of change, or those that are named, and ask ``gate`` about each.

    ``seed``: the same one plants the same values; a fresh one unless given. Raises
    ``UsageProblem`` where there is no such kind.
    """
    kinds = _named(names) if names else KINDS
    state = Fileset(accepted_files(root))
    seed = randbelow(_SEEDS) if seed is None else seed
    with scratch_copy(state.files) as scratch:
        planted = rows(state, kinds, seed=seed, gate=gate, scratch=scratch)
        return Drill(seed, tuple(counted(planted, _COUNTED, of=len(kinds))))


def count_false_alarms(
    root: Path,
    *,
    gate: Gate,
    seed: int | None = None,
    times: int = 5,
    calls: Path | None = None,
) -> FalseAlarms:
    """Propose what changes nothing, harms nothing, or imports calls honestly; count the stopped.

    ``calls``: a file of samples to draw honest imports from, instead of those stored.
    """
    state = Fileset(accepted_files(root))
    seed = randbelow(_SEEDS) if seed is None else seed
    own: Sequence[StoredLine] | None = None
    if calls is not None:
        known = {one.id for one in state.stored}
        new = (one for one in read_sample_path(calls).samples if one.id not in known)
        own = counting(state, [StoredLine(str(calls), one.line, fields_of(one)) for one in new])
    which = trials(own)
    with scratch_copy(state.files) as scratch:
        planted = tried(state, which, seed=seed, times=times, gate=gate, scratch=scratch)
        found = tuple(counted(planted, _COUNTED, of=len(which) * times))
    return FalseAlarms(seed, times, tallies(which, found))


def drill_way_back(
    root: Path,
    *,
    times: int = 1,
    runners: int = 3,
    progress: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> tuple[RollbackDrill, ...]:
    """Release, break, notice and roll back, with runners that follow.

    ``progress`` is told of each drill, for as long as it lasts.
    """
    files = accepted_files(root)
    complexity = Fileset(files).document("coefficients/registry.yaml")["complexities"][0]
    drills = []
    for number in range(1, times + 1):
        with progress(f"Drill {number} of {times} ..."):
            drills.append(drilled(files, complexity=complexity, runners=runners))
    return tuple(drills)


def accepted_files(root: Path) -> dict[str, bytes]:
    """The registry's files at HEAD; those in the folder where there is no commit, or no git.

    Raises ``InvalidInput`` where they hold no valid registry.
    """
    try:
        with Repository(root) as repository:
            commit = repository.head()
            folder = CheckoutTree(root, repository)
            return _files(folder if commit is None else repository.tree(commit))
    except NoRepository as error:
        return _files(CheckoutTree(root, error))


def _files(tree: Tree) -> dict[str, bytes]:
    read_both(tree)  # whatever is planted, the registry itself must be valid
    return contents_of(tree, "coefficients", "samples")


@contextmanager
def scratch_copy(files: Mapping[str, bytes]) -> Iterator[ScratchRepository]:
    """A repository in a temporary folder whose first commit has these files."""
    with ScratchRepository() as scratch:
        scratch.check_out(scratch.commit(files, parent=None))
        yield scratch


def _named(names: Sequence[str]) -> tuple[Kind, ...]:
    known = [kind.name for kind in KINDS]
    for name in names:
        if name not in known:
            remedy = did_you_mean(name, known, "All kinds: docs/reference/drill-kinds.md")
            raise UsageProblem(f"{name} is not a kind of change that the drill plants. {remedy}")
    return tuple(kind for kind in KINDS if kind.name in names)
