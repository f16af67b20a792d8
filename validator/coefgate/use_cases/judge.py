"""A verdict from a registry's folder and its git: on one state, or on a proposal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from coefgate.changes.earlier_states import Earlier
from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, InvalidInput, UsageProblem
from coefgate.core.trees import FolderTree, Tree
from coefgate.gates.erasures import erasures
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import rules_of_state
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import RuleResult
from coefgate.git.accepted_states import AcceptedStates, Arrivals
from coefgate.git.base import Base, without_repository
from coefgate.git.changed_files import has_page
from coefgate.git.repository import Repository
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import metrics
from coefgate.replay.scores import replay
from coefgate.replay.state import State
from coefgate.samples.files import misnamed
from coefgate.samples.reading import contradiction_problems
from coefgate.use_cases import base as against
from coefgate.use_cases.first_calls import no_calls_yet
from coefgate.use_cases.head import Head, head_of, overlaid
from coefgate.use_cases.make_report import report_of_change, report_of_state
from coefgate.use_cases.registry_folder import folder_or_bare
from coefgate.use_cases.replay import arrivals_before, commit_of, scores_of, with_unseen
from coefgate.use_cases.report import ASKED_BASE, ASKED_FOR, Report
from coefgate.use_cases.state import read_state

STRATA = ("category", "complexity", "cell")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A report, and what would be said of other numbers instead of head's.

    ``trial``: every rule on another registry that differs from head in numbers only, all else
    equal. ``evidence``: the calls that were scored; ``judge`` is ``None`` where a state was judged
    by itself.
    """

    report: Report
    trial: Callable[[Coefficients], tuple[RuleResult, ...]]
    evidence: Evidence
    judge: Judge | None


def judge_registry(
    root: Path, *, base: str | None = None, head: str | None = None, at: str | None = None
) -> Report:
    """Judge ``head`` (a revision, ``index``, ``worktree`` or ``hook``; the folder unless given).

    ``base``: the accepted state that judges, the target branch unless given; where there is
    nothing before head, it is judged by itself. ``at``: judge this commit by itself, with its own
    samples and thresholds. Raises ``InvalidInput`` with every problem of what is read,
    ``UsageProblem`` and ``EnvironmentProblem`` where base or head cannot be found.
    """
    if at is not None:
        if base is not None or head is not None:
            raise UsageProblem(
                "--at judges one commit by itself. Leave out --base and --head, or --at."
            )
        return judge_revision(root, at, alone=ASKED_FOR)
    folder = folder_or_bare(root) if head in {None, "worktree"} else root
    with judging(folder, base=base, head=head) as judgement:
        return judgement.report


def judge_revision(root: Path, revision: str, *, alone: str) -> Report:
    """One commit by itself, held against its own thresholds; ``alone``: why by itself."""
    with Repository(root) as repository:
        return judge_tree(repository.tree(revision), repository, alone=alone)


def judge_tree(
    tree: Tree,
    repository: Repository | EnvironmentProblem,
    *,
    alone: str,
    memo: Memo | None = None,
) -> Report:
    """The registry in ``tree`` by itself, held against its own thresholds; ``alone``: why.

    ``repository``: the one that holds it, or why there is none. ``memo``: what was read before.
    """
    return _alone(read_state(tree, repository, memo=memo), repository, alone, memo=memo).report


@contextmanager
def judging(
    root: Path,
    *,
    base: str | None,
    base_named_by: str = ASKED_BASE,
    head: str | None,
    overlay: Mapping[str, bytes] | None = None,
    memo: Memo | None = None,
    with_anchor: bool = True,
) -> Iterator[Judgement]:
    """Judge ``head`` (a revision, ``index``, ``worktree`` or ``hook``) against ``base``.

    ``base`` is the target branch where none is named (by ``base_named_by``). Where there is
    nothing before head, it is judged by itself, and the report says why. ``overlay``: other
    contents of some files in the folder. ``memo``: what the caller has read. ``with_anchor``: are
    several changes added up? Trials may look into git, so they end with the context.
    """
    with ExitStack() as stack:
        try:
            repository = stack.enter_context(Repository(root))
        except NoRepository as error:
            if base is not None or head not in (None, "worktree"):
                raise
            why = without_repository(root, error, os.environ)
            yield _alone(read_state(overlaid(FolderTree(root), overlay), error), error, why)
            return
        proposed = head_of(repository, head, overlay)
        found = proposed.target(repository, base, base_named_by)
        if isinstance(found, str):
            yield _alone(read_state(proposed.tree, repository), repository, found)
        else:
            yield _against(
                repository, proposed, found, {} if memo is None else memo, with_anchor=with_anchor
            )


def _alone(
    state: State,
    repository: Repository | EnvironmentProblem,
    alone: str,
    notes: tuple[str, ...] = (),
    memo: Memo | None = None,
) -> Judgement:
    """``state`` by itself, which is so for the reason ``alone``."""
    arrived = Arrivals(None, None, "there is no git")
    memo = {} if memo is None else memo
    commit = None
    if isinstance(repository, Repository):
        commit = commit_of(repository, state)
        arrived = arrivals_before(repository, state, memo)
    else:
        notes = (str(repository),)
    evidence = Evidence(state.audited())
    predicted = evidence.predicted(state.table)
    scores = with_unseen(scores_of(predicted, STRATA, arrived), repository, state, memo)
    waits = no_calls_yet(state, repository, commit)
    report = report_of_state(state, scores, alone=alone, no_calls_yet=waits, notes=notes)

    def trial(other: Coefficients) -> tuple[RuleResult, ...]:
        found = metrics(evidence.calls(table_of(other)))
        return rules_of_state(found, other, no_calls_yet=waits)

    return Judgement(report, trial, evidence, None)


def _against(
    repository: Repository, head: Head, found: Base, memo: Memo, *, with_anchor: bool
) -> Judgement:
    files = since_the_valid = head.files_changed(repository, found.commit)
    against.refuse_shallow(repository, files)
    state = read_state(head.tree, repository, memo=memo)
    registry = state.registry
    past = AcceptedStates(repository, found.commit, memo)
    notes = against.base_notes(repository, found)
    try:
        base = against.base_state(repository, found, files, state, memo)
    except InvalidInput as error:
        if not against.holds_registry(repository, found.commit):
            why = against.no_registry_yet(repository, found, head, files)
            return _alone(state, repository, why, notes)
        base = against.newest_valid_state(repository, past, found, error.problems)
        notes += (against.broken_note(found, error.problems[0], base),)
        # What broke base is not the proposal's, nor is taking it back.
        since_the_valid = head.files_changed(repository, base.revision)
        files &= since_the_valid
    base, erased = erasures(base, state)
    past.names_today = base.store.names_today
    withdrawn = base.registry.withdrawn.versions
    if unknown := past.unknown(withdrawn):
        notes += (against.untagged_note(unknown),)
    restored = against.restored_state(past, base, state, head.tree, since_the_valid)
    earlier = Earlier(
        lambda: against.may_return(past, withdrawn, restored),
        base.registry,
        registry,
        steps=lambda: past.steps(withdrawn),
    )
    brought, altered = head.files_of_calls(
        repository, base.revision, since_the_valid, erased.instead
    )
    proposal = Proposal(
        base=base,
        head=state,
        changed_files=files,
        anchor=cache(lambda: against.anchor_of(repository, past, base) if with_anchor else None),
        returned=earlier.returned,
        last=earlier.last,
        takes_back=earlier.takes_back,
        restored=restored,
        has_page=cache(lambda page: has_page(repository, head.source, page)),
        had_page=cache(lambda page: has_page(repository, base.revision, page)),
        untagged=past.unknown,
        stored_at=cache(lambda: head.stored_at(repository)),
        stored_when_set=past.stored_when_set,
        known_to_base=cache(lambda: _stored_ids(past, base)),
        misnamed=misnamed(head.tree, brought),
        altered=altered,
        base_without_calls=cache(lambda: no_calls_yet(base, repository, found.commit)),
        erasures=erased,
    )
    if with_anchor:  # what came in since the release before was let in when it came
        _refuse_contradictory(proposal, head)
    judged = Judge(proposal)
    report = report_of_change(
        judged,
        replay(judged.base, by=STRATA, names=registry.canonical_category),  # like with like
        replace(
            scores_of(judged.head, STRATA, arrivals_before(repository, state, memo)),
            unseen=judged.unseen,
        ),
        notes=notes,
    )
    return Judgement(report, judged.trial, judged.evidence, judged)


def _stored_ids(past: AcceptedStates, base: State) -> frozenset[str] | None:
    """The samples that were stored when base's values came in; ``None`` where nobody knows."""
    known = past.arrivals(base.digest).known
    return None if known is None else frozenset(known.ids)


def _refuse_contradictory(proposal: Proposal, head: Head) -> None:
    """Raises ``InvalidInput`` where head brings calls whose facts cannot all be true."""
    brought = {sample.id for sample in proposal.moves.added}
    refused = [
        one.sample
        for one in proposal.head_audited
        if one.status == "contradictory" and one.sample.id in brought
    ]
    if refused:
        raise InvalidInput(contradiction_problems(head.tree, refused))
