"""Which level of cover unseen runs ask for: figures by level, and the one that loses least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from coefgate.calibration.fit_figures import unseen_units
from coefgate.calibration.margins import MARGIN, margins_of
from coefgate.calibration.predictor_figures import PredictorFigures
from coefgate.calibration.procedure import Procedure
from coefgate.core.counting import counted

LEVELS: Final = tuple(Fraction(at, 100) for at in range(50, 100, 5))


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """A level, the default margin that covers it, and the figures of unseen runs there.

    ``margin`` is ``None`` where too many calls were cut off to say.
    """

    level: Fraction
    margin: Fraction | None
    unseen_run: PredictorFigures | None


def level_figures(procedure: Procedure) -> Sequence[LevelFigures]:
    """``LEVELS`` and that in use, with figures; nothing where runs cannot be left out."""
    if unseen_units(procedure, "run"):
        return ()
    levels = sorted({*LEVELS, procedure.tuning.level})
    return [_at(procedure, level) for level in counted(levels, "levels", of=len(levels))]


def best_level(found: Sequence[LevelFigures]) -> LevelFigures | None:
    """The level at whose margin unseen runs lose least; of equal ones the lowest."""
    losses = {
        one.unseen_run.loss: one
        for one in reversed(found)
        if one.unseen_run and one.unseen_run.loss is not None
    }
    return losses[min(losses)] if losses else None


def _at(procedure: Procedure, level: Fraction) -> LevelFigures:
    needs = procedure.needs(procedure.residuals)
    factor = needs.factor(level)
    if factor is None:
        return LevelFigures(level, None, None)
    tuning = replace(procedure.tuning, level=level)
    margins = margins_of(needs, procedure.registry, tuning)
    predicted = procedure.predicted(
        procedure.without("run"), margins=margins.factors, scale=margins.scale
    )
    calls = procedure.evidence.as_predicted(predicted)
    margin = margins.factors.get(MARGIN, procedure.registry.default_margin.number)
    return LevelFigures(level, margin, PredictorFigures("procedure", "unseen-run", calls))
