"""The branch that proposed samples go to: the state that it starts from, and its next commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.base import Base, base_on
from coefgate.git.branch_writer import free_branch, move_branch
from coefgate.git.commit_writer import Branch, new_blob, new_commit, today
from coefgate.git.repository import Repository
from coefgate.git.target_branch import TargetBranch
from coefgate.git.working_tree import CheckoutTree
from coefgate.replay.state import State
from coefgate.samples.model import Sample, order_key
from coefgate.samples.reading import read_samples
from coefgate.use_cases.head import head_of
from coefgate.use_cases.state import read_state


@dataclass(frozen=True, slots=True)
class ProposalStart:
    """Where a proposal starts: a state with all calls that are stored there or accepted."""

    state: State
    name: str
    commit: str | None
    branch: Branch | None


def proposal_start(
    folder: CheckoutTree, branch: str, base: str | None, *, dry_run: bool
) -> ProposalStart:
    """The tip of the branch, else the accepted state; the folder where there is no repository."""
    repository = folder.repository
    if isinstance(repository, NoRepository) and dry_run:
        return ProposalStart(read_state(folder, repository), "the files in the folder", None, None)
    if isinstance(repository, EnvironmentProblem):
        raise repository
    there, accepted = free_branch(repository, branch), _accepted(repository, base)
    if branch in {accepted.name, accepted.name.partition("/")[2]}:
        raise UsageProblem(
            f"{branch} is the branch that changes go to, and what is proposed has to be judged "
            "first. Name another one with: --branch NAME"
        )
    if there is None or repository.is_ancestor(there.commit, accepted.tip):
        state = read_state(repository.tree(accepted.tip), repository)
        return ProposalStart(state, accepted.name, accepted.tip, there)
    state = read_state(repository.tree(there.commit), repository)
    also = read_samples(repository.tree(accepted.tip))
    return ProposalStart(
        with_calls(state, also.samples), f"the branch {branch}", there.commit, there
    )


def _accepted(repository: Repository, base: str | None) -> Base:
    """The accepted state; the commit that is checked out where nothing is before it."""
    if base is not None:
        return base_on(repository, None, TargetBranch(base, "--base"))
    head = repository.head()
    if head is None:
        raise UsageProblem(
            "nothing is committed here yet, so there is nothing to start a branch from. Do it "
            "with: git add coefficients samples && git commit"
        )
    found = head_of(repository, None, {}).target(repository, None, "")
    return Base(head, "HEAD", 0, "", head) if isinstance(found, str) else found


def with_calls(state: State, calls: Sequence[Sample]) -> State:
    """The state with these calls beside its own."""
    both = {one.id: one for one in (*state.store.samples, *calls)}
    samples = tuple(sorted(both.values(), key=order_key))
    return replace(state, store=replace(state.store, samples=samples))


def commit_files(
    repository: Repository,
    start: ProposalStart,
    branch: str,
    files: Mapping[str, bytes],
    message: str,
) -> str:
    """A commit that adds ``files`` and reads well, to which the branch then leads."""
    today(repository)  # which says so where git does not know who commits
    parent = str(start.commit)
    blobs = {path: new_blob(repository, content) for path, content in files.items()}
    commit = new_commit(repository, parent, blobs, message)
    read_samples(repository.tree(commit))
    move_branch(repository, branch, commit, start.branch)
    return commit
