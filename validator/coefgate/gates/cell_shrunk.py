"""``cell-shrunk``: no cell has fewer eligible calls or phases, and no cut-off call is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.replay.strata import CategoryNames
from coefgate.samples.model import Sample
from coefgate.samples.status import SCORED, Audited, cut_off_at, short

_CellName = tuple[str, str]


def cell_shrunk(proposal: Proposal) -> RuleResult:
    """No cell has fewer eligible samples, or phases, than at base, but for what head retires.

    Nor does a call that was cut off say less, or something about other files.
    """
    names = proposal.head.registry.canonical_category
    cells, _ = _counts(proposal.base_audited, names)
    same = proposal.head_audited is proposal.base_audited
    return finding_result(
        "cell-shrunk",
        "no cell has fewer eligible calls or phases, and no call that was cut off is lost",
        () if same else (*_smaller(proposal, names), *_lost(proposal, names)),
        n=len(cells),
        good="No cell has fewer eligible calls or phases than before.",
        remedy="Coverage may only grow. Bring the calls back, or retire each by its old id, with "
        "the reason, in samples/retired.yaml.",
    )


def _smaller(proposal: Proposal, names: CategoryNames) -> Iterator[Finding]:
    """Cells with fewer calls, or else phases, than base has without what the change retires."""
    base, head = proposal.base_audited, proposal.head_audited
    retired = {one.id for one in proposal.moves.retired}
    kept = [one for one in base if one.sample.id not in retired]
    before, left, after = (_counts(side, names) for side in (base, kept, head))
    for cell in sorted(left[0]):
        for which, what in enumerate(("", "phases of ")):
            had, has = before[which][cell], after[which][cell]
            if has < left[which][cell]:
                told = f"{what}eligible calls, and had {had}"
                yield Finding(f"{'/'.join(cell)} has {has} {told}", *_place(proposal, cell))
                break


def _counts(
    audited: Iterable[Audited], names: CategoryNames
) -> tuple[Counter[_CellName], Counter[_CellName]]:
    """How many eligible calls each cell has, and how many phases these belong to."""
    eligible = (one.sample for one in audited if one.status == "eligible")
    found = [(_cell(sample, names), sample.phase) for sample in eligible]
    return Counter(cell for cell, _ in found), Counter(cell for cell, _ in set(found))


def _cell(sample: Sample, names: CategoryNames) -> _CellName:
    """The cell of a call, its category by the name that head gives it."""
    category, complexity = str(sample.category), str(sample.complexity)
    return names.get(category, category), complexity


def _lost(proposal: Proposal, names: CategoryNames) -> Iterator[Finding]:
    """Calls that were cut off and no longer say what they said, on the line behind it."""
    head = {one.sample.id: one for one in proposal.head_audited}
    corrections = {one.before.sample.id: one.after for one in proposal.corrections}
    # Of the calls that were cut off at one ceiling in one phase, the one that counts.
    counts = {cut_off_at(one.sample): one for one in head.values() if one.status == "censored"}
    for one in proposal.base_audited:
        sample, now = one.sample, head.get(one.sample.id)
        if one.status != "censored" or now is None or now.status in {*SCORED, "retired"}:
            continue
        correction = corrections.get(sample.id)
        instead = correction or counts.get(cut_off_at(sample), now)
        # Another call may take its place, but not one about other files.
        new, tokens = instead.sample, sample.actual_output_tokens
        same_files = correction is not None or new.deliverables == sample.deliverables
        same_cell = instead.status in SCORED and _cell(new, names) == _cell(sample, names)
        as_much = instead.status == "eligible" or new.actual_output_tokens >= tokens
        if not (same_files and same_cell and as_much):
            told = f"{short(sample.id)}, cut off at {tokens:,} tokens, no longer counts"
            by = f"it was replaced by {short(new.id)}"
            yield Finding(f"sample {told}: {by}", new.file, new.line)


def _place(proposal: Proposal, cell: _CellName) -> tuple[str, int]:
    """A line of the change that has to do with this cell, else one that names its category."""
    moves, head = proposal.moves, proposal.head.registry
    for sample in (*moves.gone, *moves.moved, *moves.added):
        if _cell(sample, head.canonical_category) == cell:
            return sample.file, sample.line
    category = head.categories.get(cell[0])
    return (category.file, category.line) if category else ("coefficients/registry.yaml", 1)
