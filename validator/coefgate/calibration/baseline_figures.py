"""The figures of baselines on the calls of a report: such as they know, and unseen ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from coefgate.calibration.baselines import (
    Predictions,
    category_p95,
    constant,
    left_out,
    published,
)
from coefgate.calibration.leave_out import UNITS, fitted_on, folds, one_alone
from coefgate.calibration.predictor_figures import (
    PredictorFigures,
    PredictorName,
    Seen,
    predictor_figures,
)
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans
from coefgate.replay.scores import Scores

TOO_MANY_CUT_OFF: Final = "too many of the largest calls were cut off to measure the level"
NO_MARGIN: Final = "tuning.yaml states no prior.margin that was published with the priors"
NO_UNSEEN: Final = "every call uses a number that was changed by hand after it was stored"
NO_PRIOR: Final = "tuning.yaml has no prior for a number that says it was fitted"


@dataclass(frozen=True, eq=False)
class Baselines:
    """What predicts calls with less than a registry: docs/reference/metrics.md#baselines.

    ``tuning``: of the procedure that they are held against; without one, all calls are known to
    them, and nothing was published. ``unseen``: the calls that are predicted without their phase,
    and run, as well; ``None`` where that is not asked for.
    """

    evidence: Evidence
    registry: Coefficients
    tuning: Tuning | None
    unseen: Booleans | None = None

    @property
    def level(self) -> Fraction:
        """The share of calls that one number is to cover: what the procedure's margin covers.

        Without one, what the limit of underestimation asks for.
        """
        if self.tuning is not None:
            return self.tuning.level
        return 1 - self.registry.gates.limits.underestimation_rate_below

    @cached_property
    def figures(self) -> tuple[PredictorFigures, ...]:
        """All of them, worked out once."""
        return tuple(self._figures())

    def _figures(self) -> Iterator[PredictorFigures]:
        evidence, registry, tuning = self.evidence, self.registry, self.tuning
        yield from self._of("constant", constant(evidence, self.level))
        yield from self._of("category-p95", category_p95(evidence, registry))
        if tuning is not None:
            predicted = published(evidence, registry, tuning)
            reason = NO_MARGIN if tuning.prior_margin is None else NO_PRIOR
            yield predictor_figures(evidence, "published", "as-is", predicted, reason)

    def _of(self, name: PredictorName, predictions: Predictions) -> Iterator[PredictorFigures]:
        evidence, known = self.evidence, self._known
        found = predictions(known) if len(known) else None
        yield predictor_figures(evidence, name, "fitted", found, TOO_MANY_CUT_OFF)
        if self.unseen is None:
            return
        for unit in UNITS:
            fold = folds(evidence.samples, unit)
            reason = one_alone(fold, unit) or ("" if self.unseen.any() else NO_UNSEEN)
            found = None if reason else left_out(predictions, fold, known)
            seen: Seen = "unseen-phase" if unit == "phase" else "unseen-run"
            reason = reason or TOO_MANY_CUT_OFF
            yield predictor_figures(evidence, name, seen, found, reason, rows=self.unseen)

    @cached_property
    def _known(self) -> Booleans:
        if self.tuning is None:
            return np.ones(len(self.evidence.samples), dtype=np.bool_)
        return fitted_on(self.evidence, self.tuning.samples)


def baselines_of(scores: Scores, registry: Coefficients) -> Baselines:
    """Beside the scores of a registry: unseen where these are, of the same calls."""
    has = scores.unseen.has if scores.unseen else None
    return Baselines(scores.predicted.evidence, registry, registry.tuning, has)
