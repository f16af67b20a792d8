"""What stored calls let limits be met, and decided, and which spread of needs limits ask for.

Needs are taken to be lognormal: ln(actual ÷ predicted) has one standard deviation, sigma, whatever
the margin. Each limit leaves room for a largest one. See docs/reference/metrics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from typing import Final, Literal

import numpy as np

from coefgate.replay.figure_text import Bounds
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Floats, Metrics
from coefgate.replay.scores import Scores
from coefgate.replay.smallest_rise import smallest_rise
from coefgate.replay.spread import residuals
from coefgate.replay.tobit import tobit_deviation

MeasuredOn = Literal["unseen_run", "unseen_phase", "fitted"]
RATE: Final = "underestimation_kaplan_meier"
COMPARED: Final = ("smape_mean", RATE, "waste_median", "waste_p90")
"""The metrics that have a limit."""
_WIDEST: Final = 8.0
"""A limit that leaves room for this  room for any."""
_NORMAL: Final = NormalDist()
_STEPS: Final = np.linspace(-8.0, 8.0, 2001)
_WEIGHTS: Final = np.exp(-(_STEPS**2) / 2) / np.exp(-(_STEPS**2) / 2).sum()


@dataclass(frozen=True, slots=True)
class Attainability:
    """What predictions say of needs (``sigma``), and what limits ask of them (``asked``).

    ``measured_on``: the predictions that ``sigma``, ``rise`` and ``undecided`` are of. ``sigma``:
    by maximum likelihood, where a call that was cut off needed at least what it had reached;
    ``None`` with less than two complete calls. ``asked``: by metric the largest sigma that its
    limit leaves room for, together with the limit of underestimation; ``None`` where that is any.
    ``rise``: the smallest rise of the share of underestimated calls that so many ``phases`` show
    four times in five, from 0 to 1; ``None`` where they show none. ``undecided``: the metrics
    whose limit lies within their 95% interval, or that have none.
    """

    measured_on: MeasuredOn
    phases: int
    sigma: float | None
    asked: Mapping[str, float | None]
    rise: float | None
    undecided: tuple[str, ...]

    @property
    def strictest(self) -> tuple[str, float] | None:
        """The metric whose limit asks for the smallest sigma, and that one; ``None`` if none."""
        return strictest(self.asked)


def asked_of(bounds: Bounds) -> Mapping[str, float | None]:
    """By metric the largest sigma that its limit leaves room for; ``None`` where that is any."""
    return room(*(bounds[metric] for metric in COMPARED))


def strictest(asked: Mapping[str, float | None]) -> tuple[str, float] | None:
    """The metric whose limit asks for the smallest sigma, and that one; ``None`` if none does."""
    found = [(most, name) for name, most in asked.items() if most is not None]
    return (min(found)[1], min(found)[0]) if found else None


def attainability(scores: Scores, bounds: Bounds) -> Attainability | None:
    """Measure predictions of unseen runs, else phases, else the fitted ones.

    ``bounds``: what the metrics are held against. ``None`` where no eligible call is scored, or
    metrics have no limits.
    """
    measured = measured_figures(scores)
    if measured is None or not all(bounds.get(metric) for metric in COMPARED):
        return None
    name, figures, metrics = measured
    return Attainability(
        name,
        metrics.phases,
        tobit_deviation(residuals(figures.calls), figures.calls.censored),
        asked_of(bounds),
        smallest_rise(float(metrics.underestimation_kaplan_meier), metrics.phases),
        undecided(figures, bounds),
    )


def measured_figures(scores: Scores) -> tuple[MeasuredOn, Figures, Metrics] | None:
    """Those of unseen runs, else phases, else the fitted ones; ``None`` without eligible calls."""
    unseen = scores.unseen
    run, phase = (unseen.run, unseen.phase) if unseen else (None, None)
    sides: tuple[tuple[MeasuredOn, Figures | None], ...] = (
        ("unseen_run", run),
        ("unseen_phase", phase),
        ("fitted", scores.all),
    )
    measured = ((name, one, one.metrics) for name, one in sides if one and one.metrics)
    return next(measured, None)


def undecided(figures: Figures, bounds: Bounds) -> tuple[str, ...]:
    """The metrics whose limit lies within their 95% interval, or that have none."""
    return tuple(one for one in COMPARED if _is_open(figures, one, bounds[one]))


def _is_open(figures: Figures, metric: str, limits: tuple[Fraction, ...]) -> bool:
    found = figures.intervals.get(metric)
    return found is None or any(found.low <= float(limit) <= found.high for limit in limits)


@cache
def room(
    smape: tuple[Fraction],
    rate: tuple[Fraction],
    waste: tuple[Fraction, ...],
    p90: tuple[Fraction],
) -> Mapping[str, float | None]:
    """By metric the largest sigma that its limit leaves room for; ``None`` where that is any.

    The margin is the smallest one that keeps underestimation at its limit u, z(1 − u) × sigma, and
    the median waste at its lower end.
    """
    z = _NORMAL.inv_cdf(min(max(1 - float(rate[0]), 1e-9), 1 - 1e-9))
    most, most_p90, z_90 = *np.log([float(waste[-1]), float(p90[0])]), _NORMAL.inv_cdf(0.9)

    def margin(sigma: float) -> float:
        return max(z * sigma, float(np.log(float(waste[0]))))

    return {
        "smape_mean": _largest(lambda one: mean_smape(margin(one), one) < smape[0]),
        "waste_median": _largest(lambda one: margin(one) <= most),
        "waste_p90": _largest(lambda one: margin(one) + z_90 * one <= most_p90),
    }


def mean_smape(margin: float, sigma: float) -> float:
    """Of lognormal needs, from 0 to 200: 200 × E|tanh(r ÷ 2)|, r normal around −``margin``."""
    errors: Floats = np.tanh(np.abs(sigma * _STEPS - margin) / 2)
    return float(200 * (_WEIGHTS * errors).sum())


def _largest(meets: Callable[[float], bool]) -> float | None:
    """The largest sigma that meets a limit, which is met up to there; 0 where none does."""
    low, high = 0.0, _WIDEST
    if meets(high):
        return None
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if meets(middle) else (low, middle)
    return round(low, 6)
