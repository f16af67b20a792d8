"""What the figures of a calibration page show beside the report of a fit, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.calibration.intervals import held_by_level
from coefgate.calibration.learning_curve import LearningPoint, expected_ahead, learning_curve
from coefgate.calibration.more_calls import MoreCalls, more_calls
from coefgate.calibration.unseen import UnseenCalls
from coefgate.registry.compilation import table_of
from coefgate.replay.metrics import Calls

COVERAGES: Final = (*(Fraction(at, 10) for at in range(1, 10)), Fraction(95, 100))
"""Shares of unseen calls that intervals are meant to hold."""


@dataclass(frozen=True, slots=True)
class Charted:
    """``margin``: the default one. ``fitted``: the calls as the fit predicts them, at it.

    ``unseen_phase`` and ``unseen_run``: without the phase, or run, of each; ``None`` where there
    is one alone. ``held``: by ``COVERAGES`` the share of unseen calls within such intervals, if
    that can be measured. ``phases`` and ``runs``: curves of learning; ``ahead``: phases, and the
    deviation that is expected with so many. ``more``: what more calls of a cell would do.
    """

    margin: Fraction
    fitted: Calls
    unseen_phase: Calls | None
    unseen_run: Calls | None
    held: tuple[tuple[Fraction, Fraction | None], ...]
    phases: tuple[LearningPoint, ...]
    runs: tuple[LearningPoint, ...]
    ahead: tuple[tuple[int, float], ...]
    more: MoreCalls


def charted(unseen: UnseenCalls) -> Charted:
    """All of it, of the procedure that ``unseen`` calls are predicted by, at fitted margins."""
    procedure = unseen.procedure
    more = more_calls(procedure)
    return Charted(
        margin=procedure.margin,
        fitted=procedure.evidence.calls(table_of(procedure.proposed)),
        unseen_phase=unseen.phase,
        unseen_run=unseen.run,
        held=tuple((level, held_by_level(unseen.residuals, level)) for level in COVERAGES),
        phases=learning_curve(procedure, "phase", more.around),
        runs=learning_curve(procedure, "run", more.around),
        ahead=expected_ahead(procedure, more.around),
        more=more,
    )
