"""The life of a number under whatever name each state has for it: values, and who gave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise

from coefgate.core.garbage_collector import collector_paused
from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.commit_log import MergedCommit, first_parents, merged_by
from coefgate.git.repository import Repository
from coefgate.registry.closest import hint
from coefgate.registry.document import Document
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.number_history import ABSENT, Commit, NumberHistory, NumberState, Step
from coefgate.registry.reading import Memo, Reading, registry_problems
from coefgate.registry.wording import printable

Moment = Tree | Commit
"""When a number is looked for: now, in the files of the folder, or at a commit."""
Keys = tuple[Key, ...]
"""What to look for, best first: as it was asked for, and by each name of its category."""


@collector_paused()
def life_of(repository: Repository, name: str, *, folder: Tree | None) -> NumberHistory:
    """The life of a number up to HEAD, and in ``folder`` where that differs.

    Raises ``UsageProblem`` where no state has it, ``InvalidInput`` where the newest is invalid.
    """
    states = _NumberStates(repository, repository.head(), folder)
    if not states.moments:
        raise UsageProblem("nothing is committed here yet. Commit the registry first.")
    life = states.life(name)
    if all(one.after.number is None for one in life.steps):
        if problems := states.reading(states.moments[0])[1]:
            raise InvalidInput(problems)
        raise UsageProblem(states.unknown(name))
    return life


@collector_paused()
def lives_of(
    repository: Repository,
    names: Iterable[str],
    *,
    commit: str | None,
    folder: Tree | None,
    memo: Memo | None = None,
) -> Mapping[str, NumberHistory]:
    """The life of each of these numbers up to ``commit``, and in ``folder`` where that differs.

    The history is read once for all of them. A number that no state has has no steps. ``memo``:
    what was read before.
    """
    states = _NumberStates(repository, commit, folder, memo)
    return {name: states.life(name) for name in names}


def last_steps(repository: Repository, name: str, *, folder: Tree | None) -> tuple[Step, ...]:
    """The newest step, and the one before where it is not committed; nothing older is read."""
    found = _NumberStates(repository, repository.head(), folder).steps(name)
    first = tuple(islice(found, 1))
    return (*first, *islice(found, 1)) if first and first[0].commit is None else first


class _NumberStates:
    """The states up to ``head``, each read once, when it is asked for; newest first."""

    def __init__(
        self,
        repository: Repository,
        head: str | None,
        folder: Tree | None,
        memo: Memo | None = None,
    ) -> None:
        self._repository = repository
        self._memo: Memo = {} if memo is None else memo
        self._head = head
        self._accepted = AcceptedStates(repository, self._head or "", self._memo)
        self._readings: dict[str, Reading] = {}
        commits = first_parents(repository, self._head) if self._head else ()
        self.moments: tuple[Moment, ...] = (*((folder,) if folder else ()), *commits)

    def life(self, name: str) -> NumberHistory:
        """Every step of the number, as far as this clone knows."""
        return NumberHistory(name, tuple(self.steps(name)), self._repository.shallow)

    def steps(self, name: str) -> Iterator[Step]:
        """Where the number changed, newest first."""
        key = Key.named(name)
        for (moment, after, _), (_, before, keys) in pairwise(self._states(key) if key else ()):
            if after.differs(before):
                commit = moment if isinstance(moment, Commit) else None
                yield Step(commit, self._set_in(commit, keys, after), before, after)

    def _states(self, key: Key) -> Iterator[tuple[Moment | None, NumberState, Keys]]:
        """What each moment holds, newest first, and at the end what was before them all."""
        keys: Keys = (key,)
        for moment in self.moments:
            state, keys = self._number(moment, keys)
            yield moment, state, keys
        yield None, ABSENT, keys

    def reading(self, moment: Moment) -> Reading:
        """The registry of a state, or what is wrong with it."""
        name = moment.id if isinstance(moment, Commit) else ""
        if name not in self._readings:
            self._readings[name] = (
                self._accepted.reading(moment.tree)
                if isinstance(moment, Commit)
                else registry_problems(moment, self._memo)
            )
        return self._readings[name]

    def unknown(self, name: str) -> str:
        """What to say where no state has the number."""
        found = (registry.numbers for registry, _ in map(self.reading, self.moments) if registry)
        advice = hint(
            name, dict.fromkeys(one.name for numbers in found for one in numbers.values())
        )
        if self._repository.shallow:
            advice += f" But {shallow_clone('so it may have been one before')}"
        who = printable(name) or "an empty name"
        return f"{who} is not a number of this registry, now or earlier. {advice}"

    def _number(self, moment: Moment, keys: Keys) -> tuple[NumberState, Keys]:
        """What a state holds, and what to look for in older ones: what it is called here, too."""
        registry, problems = self.reading(moment)
        if registry is None:
            files = self._accepted.files(moment.tree) if isinstance(moment, Commit) else moment
            return _unchecked(keys, problems[0] if problems else None, files, self._memo), keys
        value, keys = _value(keys, registry)
        if value is None:
            return ABSENT, keys
        basis = value.basis.kind
        return NumberState(value.name, value.number, basis, value.file, value.line), keys

    def _set_in(self, merge: Commit | None, keys: Keys, after: NumberState) -> tuple[Commit, ...]:
        """The commits of this merge that set the number; none where the merge decides itself."""
        if merge is None or not merge.is_merge:
            return ()

        def sets(one: MergedCommit) -> bool:
            before = self._number(one.before, keys)[0] if one.before else ABSENT
            return self._number(one.commit, keys)[0].differs(before)

        found = tuple(one.commit for one in self._came_in.get(merge.id, ()) if sets(one))
        decided = bool(found) and self._number(found[0], keys)[0].number != after.number
        return () if decided else found

    @cached_property
    def _came_in(self) -> Mapping[str, tuple[MergedCommit, ...]]:
        return merged_by(self._repository, self._head) if self._head else {}


def _value(keys: Keys, registry: Coefficients) -> tuple[Value | None, Keys]:
    """The number, if the registry declares it; the keys, with each name of its category there."""
    for key in keys:
        if key.category is None:
            return registry.numbers.get(key), keys
        if (category := registry.canonical_category.get(key.category)) is not None:
            called = map(key.within, registry.categories[category].names)
            keys = tuple(dict.fromkeys((keys[0], *called)))
            return registry.numbers.get(key.within(category)), keys
    return None, keys


def _unchecked(keys: Keys, problem: Problem | None, tree: Tree, memo: Memo) -> NumberState:
    """What the file says although the registry around it is invalid."""
    for key, document in _documents(keys, tree, memo):
        path = key.path_in(document.data)
        number = document.at(path)
        if isinstance(number, int | Decimal) and not isinstance(number, bool):
            line, _ = document.mark(path)
            return NumberState(key.name, Fraction(number), None, document.file, line, problem)
    return NumberState(problem=problem)


def _documents(keys: Keys, tree: Tree, memo: Memo) -> Iterator[tuple[Key, Document]]:
    """Files that may hold the number, if they could be read, with the key that it has there."""
    files = [entry.path for entry in tree.entries(FOLDER) if entry.kind == "file"]
    read = ((file, memo.get((file, tree.read(file)), (None, ()))[0]) for file in files)
    documents = {file: document for file, document in read if document is not None}
    for key in keys:
        if key.part == "overhead":
            for document in documents.values():
                names = (document.at(("category",)), *document.list_at(("aliases",)))
                if key.category in names:
                    yield key.within(str(names[0])), document
        elif (home := f"{FOLDER}/{key.file}") in documents:
            yield key, documents[home]
