"""The life of one number: every value that it had, and who gave it, from git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.accepted_states import AcceptedStates, Reading
from coefgate.git.commit_log import MergedCommit, first_parents, merged_by
from coefgate.git.number_search import Sought, held_in, sought
from coefgate.git.repository import Repository
from coefgate.registry.closest import hint
from coefgate.registry.lifetime import ABSENT, Commit, Held, Life, Step
from coefgate.registry.reading import Memo, registry_problems
from coefgate.registry.wording import printable
from coefgate.samples.collector import collector_paused


@collector_paused()
def life_of(repository: Repository, name: str, *, folder: Tree | None) -> Life:
    """The life of the number called ``name`` up to HEAD, and in ``folder`` where that differs from HEAD.

    Raises ``UsageProblem`` where no state has a number of this name, ``InvalidInput`` where the
    newest state cannot be read either.
    """
    reader = _Reader(repository, folder)
    if not reader.places:
        raise UsageProblem(
            "nothing is committed here yet, so there is no history. Commit the registry first."
        )
    wanted = sought(name)
    steps = tuple(reader.steps(wanted)) if wanted else ()
    if all(one.held.number is None for one in steps):
        if reader.problems_now:
            raise InvalidInput(reader.problems_now)
        raise UsageProblem(reader.unknown(name))
    return Life(name, steps, repository.shallow)


def last_steps(repository: Repository, name: str, *, folder: Tree | None) -> tuple[Step, ...]:
    """The newest step, and the one before where the newest is not committed; nothing older is read."""
    wanted = sought(name)
    found = islice(_Reader(repository, folder).steps(wanted) if wanted else (), 2)
    first = next(found, None)
    if first is None:
        return ()
    return (first, *found) if first.commit is None else (first,)


class _Reader:
    """The states of a repository, newest first, each read once and only when it is asked for."""

    def __init__(self, repository: Repository, folder: Tree | None) -> None:
        self._repository = repository
        self._folder = folder
        self._memo: Memo = {}
        self._head = repository.head()
        self._past = AcceptedStates(repository, self._head or "", self._memo)
        commits = first_parents(repository, self._head) if self._head else ()
        self.places: tuple[Commit | None, ...] = (*((None,) if folder else ()), *commits)
        self._came_in: Mapping[str, tuple[MergedCommit, ...]] | None = None

    def steps(self, wanted: Sought) -> Iterator[Step]:
        """Where the number changed, newest first."""
        place: Commit | None
        held: Held | None = None
        newer: Commit | None = None
        for place in self.places:
            before, wanted = self._held(place.tree if place else None, wanted)
            if held is not None and held.differs(before):
                yield Step(newer, self._set_in(newer, wanted, held), before, held)
            held, newer = before, place
        if held is not None and held.differs(ABSENT):
            yield Step(newer, self._set_in(newer, wanted, held), ABSENT, held)

    @property
    def problems_now(self) -> tuple[Problem, ...]:
        """What is wrong with the newest state."""
        newest = self.places[0]
        return self._state(newest.tree if newest else None)[0][1]

    def unknown(self, name: str) -> str:
        """What to say where no state has the number."""
        states = [self._state(place.tree if place else None)[0][0] for place in self.places]
        names = dict.fromkeys(
            value.name for registry in states if registry for value in registry.numbers.values()
        )
        advice = hint(name, names)
        if self._repository.shallow:
            advice += (
                " This clone is shallow; get the rest of the history with: git fetch --unshallow"
            )
        who = printable(name) or "an empty name"
        return f"{who} is no number of this registry, neither now nor earlier. {advice}"

    def _held(self, tree: str | None, wanted: Sought) -> tuple[Held, Sought]:
        (registry, problems), files = self._state(tree)
        return held_in(wanted, registry, problems[0] if problems else None, files, self._memo)

    def _state(self, tree: str | None) -> tuple[Reading, Tree]:
        """A tree object of the repository, or the folder."""
        if tree is not None:
            return self._past.reading(tree), self._past.files(tree)
        if self._folder is None:
            raise RuntimeError("a repository without a folder has no state without a commit")
        return registry_problems(self._folder, self._memo), self._folder

    def _set_in(self, merge: Commit | None, wanted: Sought, held: Held) -> tuple[Commit, ...]:
        """The commits that came in with this merge and set the number to what it holds.

        None where the merge holds another number than the newest of them: then it has decided by
        itself.
        """
        if merge is None or not merge.is_merge or self._head is None:
            return ()
        if self._came_in is None:
            self._came_in = merged_by(self._repository, self._head)

        def sets(one: MergedCommit) -> bool:
            before = self._held(one.before, wanted)[0] if one.before else ABSENT
            return self._held(one.commit.tree, wanted)[0].differs(before)

        found = tuple(one.commit for one in self._came_in.get(merge.id, ()) if sets(one))
        decided = bool(found) and self._held(found[0].tree, wanted)[0].number != held.number
        return () if decided else found
