"""What lies between two states, and what it does to the predictions of today's calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from coefgate.changes.estimate_changes import changes
from coefgate.changes.gate_changes import GateDifference, gate_differences
from coefgate.changes.path_rule_changes import GlobDifference, glob_differences
from coefgate.changes.renames import Renamed, renamed_calls, renames
from coefgate.core.problems import InvalidInput
from coefgate.core.trees import Tree
from coefgate.git.repository import Repository
from coefgate.registry.reading import Memo, read_registry
from coefgate.replay.evidence import Evidence, Pair, pair_of
from coefgate.replay.state import State
from coefgate.samples.reading import read_samples
from coefgate.samples.status import Audited, CallCount, audit
from coefgate.use_cases.state import WORKTREE, read_state, tree_of
from coefgate.whatif.attribution import Attribution, Effect
from coefgate.whatif.movers import Movers, movers


def diff(root: Path, base: str = "HEAD", head: str | None = None) -> Difference:
    """Compare two states of the registry in ``root``: a revision, ``index`` or ``worktree`` each.

    ``head`` is the folder unless given, HEAD in a bare repository. Both are scored on the calls
    of the folder, in its scope; in a bare repository on those of ``head``.
    """
    with Repository(root) as repository:
        head = head or ("HEAD" if repository.bare else WORKTREE)
        memo: Memo = {}
        trees = cache(lambda word: tree_of(repository, word, "Name two commits."))
        before, after = (_state(repository, trees(word), word, memo) for word in (base, head))
        today = trees(head if repository.bare else WORKTREE)
        registry, store = read_registry(today, memo), read_samples(today)
    audited = audit(store, scope=registry.gates.scope, unit=registry.unit)
    return difference(before, after, audited)


def _state(repository: Repository, tree: Tree, word: str, memo: Memo) -> State:
    """Problems of another state than the folder's say where they are."""
    try:
        return read_state(tree, repository, calls=False, memo=memo)
    except InvalidInput as error:
        if word == WORKTREE:
            raise
        # ``HEAD~1:coefficients/…`` as git names the file of a commit
        placed = (replace(one, file=f"{word}:{one.file}") for one in error.problems)
        raise InvalidInput(placed) from error


@dataclass(frozen=True, slots=True)
class Difference:
    """``effects``: every change, each with its own; ``globs``: the path rules, in detail.

    ``renames``: what categories are called now. ``pair``: both on the same calls.
    """

    base: State
    head: State
    renames: tuple[Renamed, ...]
    effects: tuple[Effect, ...]
    globs: tuple[GlobDifference, ...]
    gates: tuple[GateDifference, ...]
    pair: Pair
    movers: Movers

    @property
    def moved(self) -> CallCount:
        """The calls that are predicted differently."""
        base, head = self.pair.base, self.pair.head
        return head.where(base.predicted != head.predicted).count

    @property
    def same(self) -> bool:
        """Is there nothing to tell?"""
        return not (self.renames or self.effects or self.globs or self.gates or self.moved.scored)


def difference(base: State, head: State, audited: Sequence[Audited]) -> Difference:
    """Compare two states on the same calls."""
    was, now = base.registry, head.registry
    evidence = Evidence(audited)
    both = pair_of(evidence.predicted(base.table), evidence.predicted(head.table))
    return Difference(
        base=base,
        head=head,
        renames=renamed_calls(renames(was, now), both),
        effects=Attribution(changes(was, now), was, now, evidence).effects,
        globs=glob_differences(was, now),
        gates=gate_differences(was, now),
        pair=both,
        movers=movers(both),
    )
