"""How far calls have moved one number from its prior: by which effects, and which phases most."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import exp, log

import numpy as np

from coefgate.calibration.leave_out import MOST_FOLDS
from coefgate.calibration.procedure import Procedure
from coefgate.registry.key import Key
from coefgate.registry.tuning import Spread


@dataclass(frozen=True, slots=True)
class MovedBy:
    """An effect that the number shares with others, or has of its own, as a factor on it.

    ``of``: which one of its level: ``("docs",)`` of ``category``; nothing of what all share.
    """

    level: Spread
    of: tuple[str, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class WithoutPhase:
    """A phase with its calls that are fitted on, and the number that the others would give."""

    phase: str
    calls: int
    number: Fraction


@dataclass(frozen=True, slots=True)
class Origin:
    """The way of a fitted number: ``prior`` × each factor × ``scale``, rounded up, is ``given``.

    An overhead may be raised to that of a lower complexity besides, or moved only in part.
    ``phases``: the one that moves it most first; ``None`` where phases are left out in groups.
    """

    prior: Fraction
    given: Fraction
    moved_by: tuple[MovedBy, ...]
    scale: float
    phases: tuple[WithoutPhase, ...] | None


def origin_of(procedure: Procedure, key: Key) -> Origin | None:
    """How the number with this key was found; ``None`` of one that the procedure does not move."""
    design, fitted = procedure.design, procedure.whole
    if key not in design.keys:
        return None
    row = design.keys.index(key)
    moved_by = tuple(
        MovedBy(level, of, exp(fitted.effects[0, at]))
        for at, (level, of) in enumerate(design.effects)
        if design.shares[row, at]
    )
    return Origin(
        prior=Fraction(str(design.prior[row])),
        given=procedure.proposed.numbers[key].number,
        moved_by=moved_by,
        scale=1.0 if key.is_factor else procedure.scale,
        phases=_phases(procedure, key),
    )


def _phases(procedure: Procedure, key: Key) -> tuple[WithoutPhase, ...] | None:
    samples, left_out = procedure.evidence.samples, procedure.without("phase")
    if len(np.unique(procedure.evidence.phase)) > MOST_FOLDS:
        return None
    given = procedure.proposed.numbers[key].number
    found = []
    for fold, tokens in enumerate(left_out.fits.numbers):
        out = left_out.fold == fold
        number = procedure.with_tokens(tokens, procedure.scale, out=out).numbers[key].number
        rows = np.flatnonzero(out & procedure.fitted_on)
        if number != given and len(rows):
            phase = samples[int(rows[0])].phase[1]
            found.append(WithoutPhase(phase, len(rows), number))
    return tuple(sorted(found, key=lambda one: (-_distance(one.number, given), one.phase)))


def _distance(one: Fraction, other: Fraction) -> float:
    return abs(log(float(one) or 1) - log(float(other) or 1))
