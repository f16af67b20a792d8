"""Which calls to collect next: by cell what its calls leave open, and how many more would do.

Rates are narrowed down by phases, since calls of one resemble each other; numbers by calls, each
of a phase of its own. See docs/how-to/curation.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, inf, log, sqrt
from statistics import NormalDist
from typing import Final, Literal

from coefgate.calibration.exact_bounds import MOST, MorePhases, SeenRate, until_below, until_narrow
from coefgate.calibration.more_calls import MORE, CellDeviation, Reach
from coefgate.replay.attainability import COMPARED, RATE, undecided
from coefgate.replay.figure_text import Bounds
from coefgate.replay.figures import FEWEST_PHASES, NO_MISS, ConfidenceInterval, Figures
from coefgate.samples.coverage import CoveredCell
from coefgate.samples.status import CallCount

_TWO_SIDED: Final = NormalDist().inv_cdf(0.975)
HELPED_BY: Final = MORE[0]
"""Cells are compared by what so many more calls do."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How narrow intervals are to be, at 95%.

    ``width``: of the rate of underestimation, from end to end, in (0, 1). ``factor``: how far the
    numbers behind a prediction may be off, above 1.
    """

    width: Fraction = Fraction(1, 5)
    factor: Fraction = Fraction(5, 4)


@dataclass(frozen=True, slots=True)
class OpenLimit:
    """A ``limit`` that lies within the interval of a ``figure``.

    ``more``: about how many more phases take it out of there if the figure stays: an interval
    narrows with the root of the phases. ``None``: more than ``MOST``.
    """

    metric: str
    figure: Fraction
    interval: ConfidenceInterval
    limit: Fraction
    more: int | None


@dataclass(frozen=True, slots=True)
class RatePlan:
    """The ``rate`` of underestimation of some calls, and how many more phases narrow it down.

    ``interval``: that of reports. ``undecided``: metrics whose limit these calls do not decide;
    ``open_limits``: those of them that have an interval. ``first``: more phases before there is
    one at all. ``below_limit``: more phases that show the rate below the limit; ``narrow``: that
    make its interval as narrow as asked. ``ahead``: whose rate further phases are taken to have,
    ``None`` where none is known.
    """

    phases: int
    rate: Fraction | None
    interval: ConfidenceInterval | None
    undecided: tuple[str, ...]
    open_limits: tuple[OpenLimit, ...]
    first: int
    below_limit: MorePhases
    narrow: MorePhases
    ahead: Literal["own", "all"] | None


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """How well the numbers behind a cell's predictions are known, and what more calls would do.

    ``factor``: they lie within this factor, at 95%; ``enough``: how many more calls bring it to
    what is asked, ``None`` where more do than were looked at. ``sigma``: of unseen calls;
    ``reach``: how many more bring it to what the limits ask. ``helps``: the share of the error
    variance of all cells, each alike, that ``HELPED_BY`` more calls of this one take away.
    """

    factor: float
    enough: int | None
    sigma: float
    reach: Reach | None
    helps: float


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell. ``calls_per_phase``: its own, else that of all calls, else 1."""

    category: str
    complexity: str
    calls: CallCount
    calls_per_phase: Fraction
    rate: RatePlan
    numbers: NumberPlan | None


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """The cells, that first which helps most, beside all calls together.

    ``by_misses``: how many phases in all show underestimation below the limit with no miss, one
    and two. ``asked``: the sigma that the limits ask for, ``None`` where that is any.
    """

    precision: Precision
    limit: Fraction
    asked: float | None
    by_misses: tuple[int | None, ...]
    calls: CallCount
    rate: RatePlan
    cells: tuple[CellPlan, ...]


def phase_size(calls: CallCount) -> Fraction:
    """How many of these calls a phase has, on average; 1 where there are none."""
    return Fraction(calls.scored, calls.phases) if calls.phases else Fraction(1)


def calls_in(phases: int, per_phase: Fraction) -> int:
    """How many calls so many phases are, rounded up."""
    return ceil(phases * per_phase)


def collection_plan(
    cells: Sequence[CoveredCell],
    figures: Mapping[tuple[str, str], Figures],
    whole: Figures | None,
    deviations: Sequence[CellDeviation],
    *,
    calls: CallCount,
    bounds: Bounds,
    asked: float | None,
    precision: Precision,
) -> CollectionPlan:
    """Plan for every declared cell of ``cells``.

    ``figures``: of the calls of each that has some; ``whole``: of all, ``calls`` in number.
    ``deviations``: none where nothing is fitted.
    """
    limit = bounds[RATE][0]
    known = None if whole is None or whole.metrics is None else whole
    everything = _rate_plan(known, None, bounds, precision)
    general = everything.rate if everything.ahead else None
    by_cell = {one.cell: one for one in deviations}
    plans = []
    for cell in cells:
        name = cell.category, cell.complexity
        plans.append(
            CellPlan(
                *name,
                cell.calls,
                phase_size(cell.calls if cell.calls.phases else calls),
                _rate_plan(figures.get(name), general, bounds, precision),
                _number_plan(by_cell.get(name), asked, precision),
            )
        )
    return CollectionPlan(
        precision,
        limit,
        asked,
        tuple(_in_all(misses, limit) for misses in range(3)),
        calls,
        everything,
        tuple(sorted(plans, key=_order)),
    )


def _order(one: CellPlan) -> tuple[float, int]:
    """What helps most; where nothing is measured of that, what has the fewest phases."""
    return -one.numbers.helps if one.numbers else -inf, one.calls.phases


def _in_all(misses: int, limit: Fraction) -> int | None:
    """Phases in all, so many of them missed, that show a rate below the limit."""
    more = until_below(limit, SeenRate(misses, Fraction(1), None)).without_miss
    return None if more is None else misses + more


def _rate_plan(
    figures: Figures | None, general: Fraction | None, bounds: Bounds, precision: Precision
) -> RatePlan:
    """``general``: the rate of all calls, which stands for one of too few phases."""
    metrics = figures.metrics if figures else None
    phases = metrics.phases if metrics else 0
    rate = metrics.underestimation_kaplan_meier if metrics else None
    own = phases >= FEWEST_PHASES
    ahead = rate if own else general
    seen = SeenRate(phases, rate or Fraction(0), ahead)
    return RatePlan(
        phases=phases,
        rate=rate,
        interval=figures.intervals[RATE] if figures and metrics else None,
        undecided=undecided(figures, bounds) if figures else COMPARED,
        open_limits=tuple(_open_limits(figures, bounds)) if figures else (),
        first=max(FEWEST_PHASES - phases, 0),
        below_limit=until_below(bounds[RATE][0], seen),
        narrow=until_narrow(precision.width, seen),
        ahead=None if ahead is None else "own" if own else "all",
    )


def _open_limits(figures: Figures, bounds: Bounds) -> Iterator[OpenLimit]:
    for name in COMPARED:
        found = figures.intervals.get(name)
        if figures.metrics is None or found is None or found.method == NO_MISS:
            continue  # without a miss, ``below_limit`` says it exactly
        figure: Fraction = getattr(figures.metrics, name)
        for limit in bounds[name]:
            if found.low <= limit <= found.high:
                end = found.high if limit > figure else found.low
                off, phases = float(abs(limit - figure)), figures.metrics.phases
                needed = phases * ((end - float(figure)) / off) ** 2 if off else inf
                more = None if needed > MOST else max(ceil(needed) - phases, 1)
                yield OpenLimit(name, figure, found, limit, more)


def _number_plan(
    found: CellDeviation | None, asked: float | None, precision: Precision
) -> NumberPlan | None:
    if found is None:
        return None
    most = log(float(precision.factor)) / _TWO_SIDED
    errors = zip((0, *MORE), found.errors, strict=True)
    now, later = found.everywhere[0], found.everywhere[1]
    return NumberPlan(
        factor=exp(_TWO_SIDED * sqrt(found.errors[0])),
        enough=next((calls for calls, error in errors if sqrt(error) <= most), None),
        sigma=found.sigmas[0],
        reach=None if asked is None else found.reach(asked),
        helps=1 - later / now if now > 0 else 0.0,
    )
