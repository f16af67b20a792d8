"""Some of many calls, chosen to fill what is empty, as a commit on a branch of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO, Final

from coefgate.git.repository import Repository
from coefgate.git.working_tree import checkout
from coefgate.registry.wording import count
from coefgate.replay.fallback import placed_by, serving
from coefgate.replay.state import State
from coefgate.samples.completion import NO_FACTS
from coefgate.samples.coverage import FALLBACK, NO_DELIVERABLES
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.recorded_calls import ORIGIN
from coefgate.samples.left_out import LeftOutCalls
from coefgate.samples.model import Sample
from coefgate.samples.phase_groups import CellOf
from coefgate.samples.selection import Candidates, ListedCandidates, select
from coefgate.samples.status import CallCount, count_of
from coefgate.samples.store import import_file, read_lines
from coefgate.use_cases.candidates import AT_ONCE, CallsInParts, CandidatesInParts, drafts_of
from coefgate.use_cases.import_samples import new_calls_of
from coefgate.use_cases.new_calls import PLAIN, ForeignOptions, NewCalls
from coefgate.use_cases.proposal_branch import commit_files, proposal_start, with_calls

BRANCH: Final = "proposed-samples"
LIMIT: Final = 100
"""Calls of one proposal: as many as somebody may look at."""


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell with its scored calls before and after; ``category`` may be ``(no deliverables)``."""

    category: str
    complexity: str
    before: CallCount
    after: CallCount


@dataclass(frozen=True, slots=True)
class ProposedSamples:
    """What is proposed, and what is left out.

    ``base``: what the branch starts from, or goes on from, in words; its commit is ``parent``.
    ``commit``: ``None`` in a dry run, and where nothing is proposed. ``files``: the new ones
    with all that they hold. ``chosen``: their calls. ``collected``: what was found in foreign
    records, if they are such.
    """

    branch: str
    base: str
    parent: str | None
    commit: str | None
    files: Mapping[str, bytes]
    chosen: tuple[Sample, ...]
    left_out: Mapping[str, LeftOutCalls]
    cells: tuple[FilledCell, ...]
    collected: Collected | None


def propose_samples(
    sources: Sequence[str | BinaryIO],
    root: Path,
    *,
    format_name: str | None = None,
    recorded: CallsInParts | None = None,
    foreign: ForeignOptions = PLAIN,
    facts: Mapping[str, Any] = NO_FACTS,
    branch: str = BRANCH,
    base: str | None = None,
    limit: int = LIMIT,
    dry_run: bool = False,
) -> ProposedSamples:
    """Choose calls of ``sources`` and commit them on ``branch``; no file in the folder is touched.

    ``sources``: files of samples, or streams that are read to their end, of which ``facts`` hold
    where they do not state them; or what ``format_name`` reads, or what a store tells that runners
    ``recorded``, in the way of ``foreign``.
    ``base``: the accepted state that a new branch starts from, that which the gate finds unless
    given. Raises ``UsageProblem`` for a branch that is checked out, ``InvalidInput`` with every
    problem of the samples. Then nothing is written.
    """
    with checkout(root) as folder:
        start = proposal_start(folder, branch, base, dry_run=dry_run)
        state = start.state
        registry = state.registry
        candidates, collected = _candidates(
            sources,
            root,
            state,
            format_name=format_name,
            recorded=recorded,
            foreign=foreign,
            facts=facts,
        )
        selection = select(
            candidates,
            state.store,
            audit=lambda store: replace(state, store=store).audited(),
            cell_of=_cell_of(state),
            cells=list(product(registry.categories, registry.complexities)),
            limit=limit,
        )
        files = _files(selection.chosen)
        commit = None
        if files and not dry_run and isinstance(folder.repository, Repository):
            message = _message(selection.chosen)
            commit = commit_files(folder.repository, start, branch, files, message)
    return ProposedSamples(
        branch=branch,
        base=start.name,
        parent=start.commit,
        commit=commit,
        files=files,
        chosen=selection.chosen,
        left_out=selection.left_out,
        cells=_filled(state, selection.chosen),
        collected=collected(),
    )


def _candidates(
    sources: Sequence[str | BinaryIO],
    root: Path,
    state: State,
    *,
    format_name: str | None,
    recorded: CallsInParts | None,
    foreign: ForeignOptions,
    facts: Mapping[str, Any],
) -> tuple[Candidates, Callable[[], Collected | None]]:
    """The calls to choose among, and what was found in foreign records once all were seen."""
    registry, samples = state.registry, state.store.samples
    if recorded is not None:
        new = NewCalls(foreign.origin or ORIGIN, foreign, registry, samples)
        # What is stored is gone through with each part: there are not many more parts.
        at_once = max(AT_ONCE, len(samples))
        in_parts = CandidatesInParts(recorded, new, at_once=at_once, source=ORIGIN)
        return in_parts, in_parts.collected
    if format_name is not None:
        places = [one for one in sources if isinstance(one, str)]
        collected = new_calls_of(format_name, places, foreign, registry, samples)
        lines = read_lines(collected.lines, source=" ".join(places))
        return ListedCandidates(lines), lambda: collected
    return ListedCandidates(drafts_of(sources, root, facts)), lambda: None


def _cell_of(state: State) -> CellOf:
    served = serving(state.table)

    def cell_of(sample: Sample) -> tuple[str, str] | None:
        cell = served(sample).cell
        return None if cell is None else (cell[0] or NO_DELIVERABLES, str(sample.complexity))

    return cell_of


def _files(chosen: Sequence[Sample]) -> dict[str, bytes]:
    """The files that store them, one for each origin."""
    by_origin: dict[str, list[Sample]] = {}
    for one in chosen:
        by_origin.setdefault(one.origin, []).append(one)
    return dict(import_file(by_origin[origin]) for origin in sorted(by_origin))


def _filled(state: State, chosen: Sequence[Sample]) -> tuple[FilledCell, ...]:
    """Every cell with its calls before and after, the declared ones in their order."""
    registry, after = state.registry, with_calls(state, chosen)
    sides = [
        {cell: count_of(calls) for cell, calls in placed_by(one.audited(), state.table).items()}
        for one in (state, after)
    ]
    declared = tuple(product(registry.categories, registry.complexities))
    others = sorted({cell for cell in sides[1] if cell[0] != FALLBACK} - {*declared})
    return tuple(
        FilledCell(*cell, *(side.get(cell, CallCount()) for side in sides))
        for cell in (*declared, *others)
    )


def _message(chosen: Sequence[Sample]) -> str:
    phases = len({one.phase for one in chosen})
    origins = ", ".join(sorted({one.origin for one in chosen}))
    return (
        f"Store {count(len(chosen), 'call')} of {count(phases, 'phase')}\n\n"
        f"From {origins}: whole phases, the emptiest cells first, without near-copies.\n"
        "Nothing was chosen by how well it is predicted.\n"
    )
