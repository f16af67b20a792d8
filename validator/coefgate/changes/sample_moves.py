"""What a change does to stored samples: which come, go, move, are retired or told otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from coefgate.samples.model import FIELDS, Retirement, Sample, SampleStore, instant, order_key
from coefgate.samples.status import Audited

MovedCalls = Literal["new", "corrected", "retired", "changed"]
"""What a change does to the calls that judge it; ``changed``: several of these, or others."""


@dataclass(frozen=True, slots=True)
class SampleMoves:
    """How a change moves the stored samples.

    ``gone``: lines of base that head lacks; ``moved``: those that stand in another file.
    ``retired`` and ``unretired``: ids whose retirement comes in, or goes.
    """

    added: tuple[Sample, ...]
    gone: tuple[Sample, ...]
    moved: tuple[Sample, ...]
    retired: tuple[Retirement, ...]
    unretired: tuple[Retirement, ...]

    @property
    def any(self) -> bool:
        """Does the change move any sample?"""
        return bool(self.added or self.gone or self.moved or self.retired or self.unretired)

    @property
    def judged(self) -> MovedCalls | None:
        """What it does to the calls that judge it, ``None`` where they are those of base."""
        kinds: dict[MovedCalls, bool] = {
            "new": any(sample.supersedes is None for sample in self.added),
            "corrected": any(sample.supersedes is not None for sample in self.added),
            "retired": bool(self.retired),
            "changed": bool(self.unretired),
        }
        found = [kind for kind, holds in kinds.items() if holds]
        return "changed" if len(found) > 1 else next(iter(found), None)


def sample_moves(base: SampleStore, head: SampleStore) -> SampleMoves:
    """Compare two stores by the ids of their lines."""
    if base is head:
        return SampleMoves((), (), (), (), ())
    before = {sample.id: sample for sample in base.samples}
    after = {sample.id for sample in head.samples}
    return SampleMoves(
        added=tuple(sample for sample in head.samples if sample.id not in before),
        gone=tuple(sample for sample in base.samples if sample.id not in after),
        moved=tuple(one for one in head.samples if before.get(one.id, one).file != one.file),
        retired=tuple(one for key, one in head.retired.items() if key not in base.retired),
        unretired=tuple(one for key, one in base.retired.items() if key not in head.retired),
    )


def judged_store(base: SampleStore, head: SampleStore) -> SampleStore:
    """What judges a change: every line of base, gone or not, head's new ones and retirements."""
    if base is head:
        return base
    added = sample_moves(base, head).added
    samples = tuple(sorted((*base.samples, *added), key=order_key)) if added else base.samples
    return SampleStore(samples, head.retired, head.erased)


_TOLD: Final = tuple(name for name in FIELDS if name not in {"id", "supersedes"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a line, by its name there, as it was and as it is."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Correction:
    """A call of base as it was told, and as the change tells it at last."""

    before: Audited
    after: Audited

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """Every field that differs, in order; two writings of one instant do not."""
        old, new = self.before.sample, self.after.sample
        pairs = ((name, getattr(old, name), getattr(new, name)) for name in _TOLD)
        return tuple(
            FieldChange(name, was, now)
            for name, was, now in pairs
            if (instant(was) != instant(now) if name == "observed_at" else was != now)
        )


def corrections(
    moves: SampleMoves, base: Iterable[Audited], head: Iterable[Audited]
) -> tuple[Correction, ...]:
    """The calls of base that a change corrects; ``base`` and ``head``: all calls of a side."""
    later = {sample.supersedes: sample.id for sample in moves.added if sample.supersedes}
    if not later:
        return ()
    before, after = ({one.sample.id: one for one in side} for side in (base, head))
    found = []
    for first in (name for name in later if name in before):
        last = first
        while last in later:
            last = later[last]
        found.append(Correction(before[first], after[last]))
    return tuple(found)
