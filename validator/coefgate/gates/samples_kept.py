"""Rules that keep what is known: ``sample-removed``, ``sample-changed`` and ``cell-shrunk``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.samples.eligibility import short
from coefgate.samples.model import SCORED, Audited, Sample

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
        way_on="Stored calls are append-only. Put the lines back, with: git checkout "
        f"{proposal.base.side.revision[:12]} -- samples. To take one out of scoring, name it with the reason "
        "in samples/retired.yaml.",
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


def cell_shrunk(proposal: Proposal, scored: ScoredCalls) -> RuleResult:
    """No cell has fewer eligible samples than at base, under the names of head.

    Nor fewer scored ones, eligible and censored: a call that was cut off may turn out to be eligible, but
    not to say nothing. Those that the same change retires, with a reason, do not count.
    """
    told: dict[Cell, str] = {}
    for what, statuses in (("eligible samples", ("eligible",)), ("scored calls", SCORED)):
        before, after = scored.cells(statuses)
        excused = scored.retired(statuses)
        for cell, count in before.items():
            if after[cell] < count - excused[cell]:
                told.setdefault(cell, f"{'/'.join(cell)} has {after[cell]} {what}, and had {count}")
    findings = [Finding(told[cell], *_place(proposal, cell)) for cell in sorted(told)]
    return finding_result(
        "cell-shrunk",
        "no cell has fewer eligible samples, or fewer scored ones",
        findings,
        n=len(scored.cells()[0]),
        good="No cell has fewer eligible samples than before.",
        way_on="Coverage may only grow. Bring the calls back, or retire each with its reason in "
        "samples/retired.yaml.",
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """A scored call of base as it was told, and as the change tells it."""

    before: Audited
    after: Audited


class ScoredCalls:
    """The calls that count at base and at head: each state's samples, under head's names and base's scope."""

    def __init__(self, proposal: Proposal) -> None:
        self._base, self._head = (
            {one.sample.id: one for one in audited}
            for audited in (proposal.base_audited, proposal.head_audited)
        )
        self._moves = proposal.moves
        self._canonical = proposal.head.registry.canonical_category

    def cells(self, statuses: Collection[str] = ("eligible",)) -> tuple[Counter[Cell], Counter[Cell]]:
        """How many samples with one of these statuses each cell has at base, and at head."""
        before, after = (self._counted(side.values(), statuses) for side in (self._base, self._head))
        return before, after

    def retired(self, statuses: Collection[str]) -> Counter[Cell]:
        """How many of base's samples with one of these statuses the change retires."""
        retired = (self._base[one.id] for one in self._moves.retired if one.id in self._base)
        return self._counted(retired, statuses)

    @property
    def corrected(self) -> tuple[Correction, ...]:
        """Scored calls of base that the change corrects, each with the line that stands for it at last."""
        later = {sample.supersedes: sample.id for sample in self._moves.added if sample.supersedes}
        corrected = [one for one in self._base.values() if one.status in SCORED and one.sample.id in later]
        return tuple(Correction(one, self._head[_last(one.sample.id, later)]) for one in corrected)

    def _counted(self, audited: Iterable[Audited], statuses: Collection[str]) -> Counter[Cell]:
        return Counter(_cell(one.sample, self._canonical) for one in audited if one.status in statuses)


def _last(sample_id: str, later: Mapping[str, str]) -> str:
    while sample_id in later:
        sample_id = later[sample_id]
    return sample_id


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
