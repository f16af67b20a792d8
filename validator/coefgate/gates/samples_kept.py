"""Rules that keep what is known: ``sample-removed``, ``sample-changed`` and ``cell-shrunk``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.samples.eligibility import audit, short
from coefgate.samples.model import Sample

Cell = tuple[str, str]


def sample_removed(proposal: Proposal) -> RuleResult:
    """Every stored line of base is still there."""
    corrected = _corrected(proposal)
    gone = [sample for sample in proposal.moves.gone if sample.id not in corrected]
    return finding_result(
        "sample-removed",
        "no stored call is gone",
        [
            Finding(f"sample {short(one.id)} of {one.file}:{one.line} is gone", one.file, one.line)
            for one in gone
        ],
        n=len(proposal.base.store.samples),
        good="Every stored call is still there.",
        way_on="Stored calls are append-only. Put the lines back; to take one out of scoring, name it with "
        "the reason in samples/retired.yaml.",
    )


def sample_changed(proposal: Proposal) -> RuleResult:
    """No stored line of base is altered or moved to another file."""
    corrected = _corrected(proposal)
    findings = [
        Finding(
            f"sample {short(old.id)} was altered: {', '.join(_differences(old, new))}", new.file, new.line
        )
        for old in proposal.moves.gone
        if (new := corrected.get(old.id))
    ]
    findings += [
        Finding(f"sample {short(one.id)} was moved to {one.file}", one.file, one.line)
        for one in proposal.moves.moved
    ]
    return finding_result(
        "sample-changed",
        "no stored call is altered",
        findings,
        n=len(proposal.base.store.samples),
        good="No stored call is altered.",
        way_on="Stored lines never change. Put them back as they were; a correction is a new line, in a new "
        "file, that names the old one in supersedes.",
    )


def _corrected(proposal: Proposal) -> dict[str, Sample]:
    """From the id of a line that is gone to the line that stands for the same call now."""
    added: dict[object, Sample] = {}
    for sample in proposal.moves.added:
        for key in _keys(sample):
            added.setdefault(key, sample)
    found = {}
    for sample in proposal.moves.gone:
        for key in _keys(sample):
            if key in added:
                found[sample.id] = added[key]
                break
    return found


def _keys(sample: Sample) -> Iterable[object]:
    yield sample.file, sample.line
    yield sample.origin, sample.reference, sample.run_id, sample.phase_id, sample.attempt, sample.observed_at


def _differences(old: Sample, new: Sample) -> list[str]:
    names = [
        *("category", "complexity", "phase_id", "actual_output_tokens", "deliverables", "success"),
        *("truncated", "origin", "reference", "run_id", "attempt", "observed_at", "paths", "model", "unit"),
    ]
    return [name for name in names if getattr(old, name) != getattr(new, name)] or ["another field"]


def cell_shrunk(proposal: Proposal) -> RuleResult:
    """No cell has fewer eligible samples than at base, under the names of head.

    Those that the same change retires, with a reason, do not count.
    """
    before, after = cells_before_and_after(proposal)
    retired = {one.id for one in proposal.moves.retired}
    canonical = proposal.head.registry.canonical_category
    excused = Counter(
        _cell(sample, canonical) for sample in _eligible(proposal, base=True) if sample.id in retired
    )
    findings = []
    for cell, count in sorted(before.items()):
        if after[cell] < count - excused[cell]:
            text = f"{'/'.join(cell)} has {after[cell]} eligible samples, and had {count}"
            findings.append(Finding(text, *_place(proposal, cell)))
    return finding_result(
        "cell-shrunk",
        "no cell has fewer eligible samples",
        findings,
        n=len(before),
        good="No cell has fewer eligible samples than before.",
        way_on="Coverage may only grow. Bring the calls back, or retire each with its reason in "
        "samples/retired.yaml.",
    )


def cells_before_and_after(proposal: Proposal) -> tuple[Counter[Cell], Counter[Cell]]:
    """Eligible samples per cell at base and at head, both under head's names and base's scope."""
    canonical = proposal.head.registry.canonical_category
    return (
        Counter(_cell(sample, canonical) for sample in _eligible(proposal, base=True)),
        Counter(_cell(sample, canonical) for sample in _eligible(proposal, base=False)),
    )


def _eligible(proposal: Proposal, *, base: bool) -> list[Sample]:
    state = proposal.base if base else proposal.head
    scope = proposal.base.registry.gates.scope
    audited = audit(state.store, scope=scope, unit=state.registry.unit)
    return [one.sample for one in audited if one.status == "eligible"]


def _cell(sample: Sample, canonical: Mapping[str, str]) -> Cell:
    category, complexity = str(sample.category), str(sample.complexity)
    return canonical.get(category, category), complexity


def _place(proposal: Proposal, cell: Cell) -> tuple[str, int]:
    moves = proposal.moves
    canonical = proposal.head.registry.canonical_category
    for sample in (*moves.gone, *moves.moved, *moves.added):
        if _cell(sample, canonical) == cell:
            return sample.file, sample.line
    category = proposal.head.registry.categories.get(cell[0])
    return (category.file, category.line) if category else ("coefficients/registry.yaml", 1)
