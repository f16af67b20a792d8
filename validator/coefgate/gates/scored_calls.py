"""The calls that count on either side of a proposal: how many, which are corrected, and which are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from coefgate.gates.proposal import Proposal
from coefgate.samples.eligibility import cut_off_at, short
from coefgate.samples.identity import FIELDS
from coefgate.samples.model import SCORED, Audited, Sample
from coefgate.samples.order import instant

Cell = tuple[str, str]
_TOLD: Final = tuple(name for name in FIELDS if name not in {"id", "supersedes"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a line, by its name there, as it was and as it is."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Correction:
    """A call of base as it was told, and as the change tells it."""

    before: Audited
    after: Audited

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """Every field that differs, in the order of the line; another writing of one instant does not."""
        old, new = self.before.sample, self.after.sample
        pairs = ((name, getattr(old, name), getattr(new, name)) for name in _TOLD)
        return tuple(
            FieldChange(name, was, now)
            for name, was, now in pairs
            if (instant(was) != instant(now) if name == "observed_at" else was != now)
        )


class ScoredCalls:
    """The calls that count at base and at head: each state's samples, under head's names and base's scope."""

    def __init__(self, proposal: Proposal) -> None:
        base, head = proposal.base_audited, proposal.head_audited
        self._base = {one.sample.id: one for one in base}
        self._head = self._base if head is base else {one.sample.id: one for one in head}
        self._moves = proposal.moves
        self._canonical = proposal.head.registry.canonical_category

    @cached_property
    def cells(self) -> tuple[Counter[Cell], Counter[Cell]]:
        """How many eligible samples each cell has at base, and at head."""
        return self._both(self._eligible)

    @cached_property
    def phases(self) -> tuple[Counter[Cell], Counter[Cell]]:
        """How many phases these belong to."""
        return self._both(self._phases)

    @cached_property
    def retired(self) -> Counter[Cell]:
        """How many of base's eligible samples the change retires."""
        return self._eligible(self._retired)

    @cached_property
    def retired_phases(self) -> Counter[Cell]:
        """How many phases have no call left in a cell but such as the change retires."""
        gone = {one.sample.id for one in self._retired}
        return self.phases[0] - self._phases(
            one for one in self._base.values() if one.sample.id not in gone
        )

    @property
    def _retired(self) -> Iterator[Audited]:
        return (self._base[one.id] for one in self._moves.retired if one.id in self._base)

    @cached_property
    def corrected(self) -> tuple[Correction, ...]:
        """Calls of base that the change corrects, each with the line that stands for it at last."""
        later = {sample.supersedes: sample.id for sample in self._moves.added if sample.supersedes}
        corrected = [self._base[sample_id] for sample_id in later if sample_id in self._base]
        return tuple(Correction(one, self._head[_last(one.sample.id, later)]) for one in corrected)

    @property
    def lost(self) -> Iterator[tuple[str, Sample]]:
        """Calls that were cut off and no longer say what they said: in words, and the line behind it."""
        later = {one.before.sample.id: one.after for one in self.corrected}
        # Of the calls that were cut off at one ceiling in one phase, the one that counts.
        counts = {
            cut_off_at(one.sample): one for one in self._head.values() if one.status == "censored"
        }
        for one in self._base.values():
            sample, now = one.sample, self._head.get(one.sample.id)
            if one.status != "censored" or now is None or now.status in {*SCORED, "retired"}:
                continue
            correction = later.get(sample.id)
            instead = correction or counts.get(cut_off_at(sample), now)
            # Another call may take its place, but not one about other files.
            same_files = (
                correction is not None or instead.sample.deliverables == sample.deliverables
            )
            if not (same_files and self._says_as_much(instead, sample)):
                told = f"{short(sample.id)}, cut off at {sample.actual_output_tokens:,} tokens,"
                by = short(instead.sample.id)
                yield f"sample {told} counts no longer: it gives way to {by}", instead.sample

    def _says_as_much(self, one: Audited, before: Sample) -> bool:
        if one.status not in SCORED or self._cell(one.sample) != self._cell(before):
            return False
        return (
            one.status == "eligible"
            or one.sample.actual_output_tokens >= before.actual_output_tokens
        )

    def _both(
        self, counted: Callable[[Iterable[Audited]], Counter[Cell]]
    ) -> tuple[Counter[Cell], Counter[Cell]]:
        """What is counted at base, and at head."""
        before = counted(self._base.values())
        return before, before if self._head is self._base else counted(self._head.values())

    def _eligible(self, audited: Iterable[Audited]) -> Counter[Cell]:
        return Counter(self._cell(one.sample) for one in audited if one.status == "eligible")

    def _phases(self, audited: Iterable[Audited]) -> Counter[Cell]:
        found = {
            (self._cell(one.sample), one.sample.phase)
            for one in audited
            if one.status == "eligible"
        }
        return Counter(cell for cell, _ in found)

    def _cell(self, sample: Sample) -> Cell:
        return cell_of(sample, self._canonical)


def _last(sample_id: str, later: Mapping[str, str]) -> str:
    while sample_id in later:
        sample_id = later[sample_id]
    return sample_id


def cell_of(sample: Sample, canonical: Mapping[str, str]) -> Cell:
    """The cell of a call, its category by the name that ``canonical`` gives it."""
    category, complexity = str(sample.category), str(sample.complexity)
    return canonical.get(category, category), complexity
