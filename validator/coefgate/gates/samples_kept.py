"""Rules that keep what is known: ``sample-removed``, ``sample-changed`` and ``cell-shrunk``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.samples.eligibility import cut_off_at, short
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

    Nor is a call lost that was cut off: it may turn out to be eligible, or to have needed more, but not to
    say less, or something about other files. What the same change retires, with a reason, does not count.
    """
    before, after = scored.cells
    findings = [
        Finding(
            f"{'/'.join(cell)} has {after[cell]} eligible samples, and had {count}", *_place(proposal, cell)
        )
        for cell, count in sorted(before.items())
        if after[cell] < count - scored.retired[cell]
    ]
    findings += [Finding(text, sample.file, sample.line) for text, sample in scored.lost]
    return finding_result(
        "cell-shrunk",
        "no cell has fewer eligible samples, and no call that was cut off is lost",
        findings,
        n=len(before),
        good="No cell has fewer eligible samples than before.",
        way_on="Coverage may only grow. Bring the calls back, or retire each by its old id, with the reason, "
        "in samples/retired.yaml.",
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

    @cached_property
    def cells(self) -> tuple[Counter[Cell], Counter[Cell]]:
        """How many eligible samples each cell has at base, and at head."""
        return self._eligible(self._base.values()), self._eligible(self._head.values())

    @cached_property
    def retired(self) -> Counter[Cell]:
        """How many of base's eligible samples the change retires."""
        return self._eligible(self._base[one.id] for one in self._moves.retired if one.id in self._base)

    @cached_property
    def corrected(self) -> tuple[Correction, ...]:
        """Scored calls of base that the change corrects, each with the line that stands for it at last."""
        later = {sample.supersedes: sample.id for sample in self._moves.added if sample.supersedes}
        corrected = [one for one in self._base.values() if one.status in SCORED and one.sample.id in later]
        return tuple(Correction(one, self._head[_last(one.sample.id, later)]) for one in corrected)

    @property
    def lost(self) -> Iterator[tuple[str, Sample]]:
        """Calls that were cut off and no longer say what they said: in words, and the line behind it."""
        later = {one.before.sample.id: one.after for one in self.corrected}
        for one in self._base.values():
            now = self._head.get(one.sample.id)
            if one.status != "censored" or now is None or now.status in {*SCORED, "retired"}:
                continue
            stands_for_it = later.get(one.sample.id) or self._representative(one.sample) or now
            if not self._says_as_much(one.sample, stands_for_it):
                told = f"{short(one.sample.id)}, cut off at {one.sample.actual_output_tokens:,} tokens,"
                by = short(stands_for_it.sample.id)
                yield f"sample {told} counts no longer: it gives way to {by}", stands_for_it.sample

    def _representative(self, sample: Sample) -> Audited | None:
        """The call that counts for all that were cut off at one ceiling in one phase."""
        return next(
            (
                one
                for one in self._head.values()
                if one.status == "censored" and cut_off_at(one.sample) == cut_off_at(sample)
            ),
            None,
        )

    def _says_as_much(self, sample: Sample, now: Audited) -> bool:
        if now.status not in SCORED or _cell(now.sample, self._canonical) != _cell(sample, self._canonical):
            return False
        if now.sample.supersedes is None and now.sample.deliverables != sample.deliverables:
            return False  # another call, about other files
        return now.status == "eligible" or now.sample.actual_output_tokens >= sample.actual_output_tokens

    def _eligible(self, audited: Iterable[Audited]) -> Counter[Cell]:
        return Counter(_cell(one.sample, self._canonical) for one in audited if one.status == "eligible")


def _last(sample_id: str, later: Mapping[str, str]) -> str:
    while sample_id in later:
        sample_id = later[sample_id]
    return sample_id


def _cell(sample: Sample, canonical: Mapping[str, str]) -> Cell:
    category, complexity = str(sample.category), str(sample.complexity)
    return canonical.get(category, category), complexity


def _place(proposal: Proposal, cell: Cell) -> tuple[str, int]:
    """A line of the change that has to do with this cell, else one that names its category."""
    moves = proposal.moves
    canonical = proposal.head.registry.canonical_category
    for sample in (*moves.gone, *moves.moved, *moves.added):
        if _cell(sample, canonical) == cell:
            return sample.file, sample.line
    category = proposal.head.registry.categories.get(cell[0])
    return (category.file, category.line) if category else ("coefficients/registry.yaml", 1)
