"""What a proposal is held against: base, anchor, accepted states; or why there is nothing."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from coefgate.core.garbage_collector import collector_paused
from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import EnvironmentProblem, InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.gates.judge_and_values import is_judges
from coefgate.gates.proposal import JUDGED, Anchor
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.base import Base
from coefgate.git.changed_files import changed_files, takes_away
from coefgate.git.release_tags import registry_version
from coefgate.git.remotes import ask_for_default
from coefgate.git.repository import Repository
from coefgate.git.target_branch import no_base
from coefgate.git.trees import Objects
from coefgate.registry.compilation import digest_of
from coefgate.registry.files import FOLDER
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.wording import count, first_of
from coefgate.replay.state import State, state_of
from coefgate.samples.files import RETIRED
from coefgate.samples.lists import retirements
from coefgate.samples.model import SampleStore
from coefgate.samples.reading import read_samples, sample_problems, stored_ids
from coefgate.use_cases.head import Head
from coefgate.use_cases.state import contents_of

_REGISTRY: Final = f"/{FOLDER}/registry.yaml"
_NAMED: Final = 3
"""Branches that a message names."""
_CONCERNS = ("samples/", "coefficients/gates.yaml", "coefficients/guardrails.yaml")
"""What a verdict rests on beside the values and the judge."""


def base_state(
    repository: Repository, found: Base, files: frozenset[str], head: State, memo: Memo
) -> State:
    """The state at the base; what none of the changed ``files`` concerns is taken from head.

    Raises ``InvalidInput`` where the base cannot be read.
    """
    tree = repository.tree(found.commit)
    registry, store = head.registry, head.store
    if any(file.startswith("coefficients/") for file in files):
        registry = read_registry(tree, memo)
    if any(file.startswith("samples/") for file in files):
        store = read_samples(tree)
    return _at(repository, found.commit, registry, store, found)


def newest_valid_state(
    repository: Repository, past: AcceptedStates, found: Base, problems: Iterable[Problem]
) -> State:
    """The last accepted state that can be read, where base cannot.

    A broken base must not open the gate. It is the state of the commit before the one that broke
    it. Raises ``InvalidInput`` with the ``problems`` of base where there is none.
    """
    broken = None
    for commit, registry in past.states(with_samples=True):
        if registry is not None:
            store, _ = sample_problems(repository.tree(commit))
            if store is not None:
                last = commit if broken is None else repository.commit(f"{broken}^1")
                return _at(repository, last, registry, store, found)
        broken = commit
    raise InvalidInput(replace(one, file=f"{found.name}:{one.file}") for one in problems)


def anchor_of(repository: Repository, past: AcceptedStates, base: State) -> Anchor | None:
    """What several changes together are held against; ``None`` where that is base itself."""
    states = past.since_anchor()
    if len(states) < 2:
        return None
    commit, registry = states[0]
    store = _store_at(repository, commit, base)
    version = registry_version(repository, commit)
    return Anchor(state_of(registry, store, revision=commit, version=version), states)


def _store_at(repository: Repository, commit: str, base: State) -> SampleStore:
    """The calls that an earlier accepted state had. Lines never change, so base has read them.

    One that was erased since is the line that stands in its place.
    """
    changed = changed_files(repository, commit, base.revision)
    if not any(file.startswith("samples/") for file in changed):
        return base.store
    tree = repository.tree(commit)
    names = base.store.names_today
    known = stored_ids(tree, names).ids
    had = any(entry.path == RETIRED for entry in tree.entries("samples"))
    retired = retirements(tree, None)[0] if had else {}
    samples = tuple(one for one in base.store.samples if one.id in known)
    told = {names.get(name, name): one for name, one in retired.items()}
    return SampleStore(samples, told, base.store.erased)


@collector_paused()
def restored_state(
    past: AcceptedStates, base: State, head: State, tree: Tree, files: frozenset[str]
) -> str | None:
    """The accepted commit that head brings back, if it does nothing else that is judged.

    What was withdrawn comes back only with the whole of what one rollback has replaced. ``tree``:
    head's files.
    """
    wanted = head.digest
    if wanted == base.digest or any(
        file.startswith(_CONCERNS) or is_judges(file) for file in files
    ):
        return None
    withdrawn = base.registry.withdrawn.versions
    if base.registry.withdrawn.altered(head.registry.withdrawn):
        return _before_a_rollback(past, tree)
    standing = past.standing(withdrawn)
    return next((commit for commit, one in standing if digest_of(one) == wanted), None)


def _before_a_rollback(past: AcceptedStates, tree: Tree) -> str | None:
    """The accepted commit with the files in ``tree`` before a rollback that led to today's state.

    A rollback withdraws versions and has other values.
    """
    for commit, before, after in past.before_the_same():
        was, now = past.reading(before)[0], past.reading(after)[0]
        if (
            was
            and now
            and now.withdrawn.versions > was.withdrawn.versions
            and digest_of(now) != digest_of(was)
            and contents_of(past.files(before), FOLDER) == contents_of(tree, FOLDER)
        ):
            return commit
    return None


def _at(
    repository: Repository, commit: str, registry: Coefficients, store: SampleStore, found: Base
) -> State:
    """The state at ``commit``, which judges in place of what was ``found``."""
    version = registry_version(repository, commit)
    state = state_of(registry, store, revision=commit, version=version)
    return replace(state, behind=found.behind, name=found.name, found_by=found.found_by)


def may_return(
    past: AcceptedStates, withdrawn: frozenset[str], restored: str | None
) -> Iterator[Coefficients]:
    """The accepted states whose content excuses a change: the standing and the restored."""
    yield from (registry for _, registry in past.standing(withdrawn))
    for commit, registry in past.states() if restored else ():
        if commit == restored and registry is not None:
            yield registry


def refuse_shallow(repository: Repository, files: frozenset[str]) -> None:
    """Raises ``EnvironmentProblem`` where states are missing that ``files`` are compared with."""
    if repository.shallow and any(file.startswith(JUDGED) for file in files):
        raise EnvironmentProblem(
            shallow_clone("so the earlier states that judge this change are not known")
        )


def broken_note(found: Base, first: Problem, judge: State) -> str:
    """Why another state judges than the base: ``first`` is wrong with it."""
    what = " ".join(filter(None, (first.path, first.found)))
    return (
        f"the base {found.name} holds no valid registry ({first.file}: {what}); "
        f"the newest accepted state that is valid judges: {judge.revision[:12]}"
    )


def untagged_note(versions: tuple[str, ...]) -> str:
    """What a clone without the tags of withdrawn versions cannot know."""
    return (
        f"this clone has no tag of {', '.join(versions)}, which the base withdraws: what it held "
        "is not known, so no earlier state excuses anything. Get the tags with: git fetch --tags"
    )


def base_notes(repository: Repository, found: Base) -> tuple[str, ...]:
    """What a reader should know of the base, and of what is known beside it."""
    notes = []
    if found.behind:
        commits = count(found.behind, "commit")
        notes.append(
            f"the proposal is {commits} behind {found.name}: it is judged against "
            f"{found.commit[:12]}, the last accepted state that it has. Bring it up to date with: "
            f"git merge {shlex.quote(found.name)}"
        )
    if repository.shallow:
        notes.append(shallow_clone("so earlier states and releases are not known"))
    return tuple(notes)


def holds_registry(repository: Repository, commit: str) -> bool:
    """Is there anything of a registry at a commit?"""
    return bool(repository.tree(commit).entries(FOLDER))


def no_registry_yet(repository: Repository, found: Base, head: Head, files: frozenset[str]) -> str:
    """Why nothing is compared where base holds no registry in the folder of ``head``.

    ``files``: in which the two differ, from that folder. Raises ``UsageProblem`` where the target
    has one by now, or base has it elsewhere, and ``EnvironmentProblem`` where another branch may
    be the target.
    """
    _refuse_moved(repository, found, head, files)
    if holds_registry(repository, found.tip):
        raise UsageProblem(
            f"the proposal left {found.name} before that had a registry, and it has one by now. "
            f"Bring the proposal up to date with: git merge {shlex.quote(found.name)}"
        )
    if found.guessed_of:
        _refuse_guessed(repository, found, head)
    return f"the base {found.name} holds no registry yet"


def _refuse_guessed(repository: Repository, found: Base, head: Head) -> None:
    """Raises ``EnvironmentProblem`` where another branch of the remote has a registry."""
    own: tuple[str, ...] = ()
    if head.commit is not None and head.is_committed(repository):
        own = (head.commit, *repository.parents(head.commit)[1:])  # and what CI merges for it
    form = "%(objectname) %(tree) %(refname:lstrip=2)"
    rows = (row.split(" ") for row in repository.refs(form, f"refs/remotes/{found.guessed_of}/"))
    objects = Objects(repository)
    others = [
        name
        for commit, tree, name in rows
        if tree and commit not in own and objects.tree(tree).object_at(FOLDER) is not None
    ]
    if others:
        raise no_base(
            f"{found.name} is taken for the target by its name alone and holds no "
            f"registry, and there is one on {first_of(others, _NAMED)}. Name the target with "
            f"--base REV, such as --base {shlex.quote(others[0])}, or have git ask which branch "
            f"is the default:\n{ask_for_default(found.guessed_of)}"
        )


def _refuse_moved(repository: Repository, found: Base, head: Head, files: frozenset[str]) -> None:
    """Raises ``UsageProblem`` where the proposal takes a registry from another folder of base."""
    for file in sorted(file for file in files if f"/{file}".endswith(_REGISTRY)):
        was = takes_away(repository, found.commit, head.source, file)
        if was is not None:
            raise UsageProblem(
                f"the base {found.name} has its registry in {was}, which the proposal takes away. "
                "A move cannot be judged, only changes where the registry was. Put it back with: "
                f"git checkout {found.commit[:12]} -- {shlex.quote(f':/{posixpath.dirname(was)}')}"
            )
