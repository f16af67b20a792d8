"""What to collect next, worked out by hand where all cells are one number."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, exp, sqrt

import pytest

from coefgate.calibration.collection_plan import (
    CollectionPlan,
    Precision,
    calls_in,
    collection_plan,
)
from coefgate.calibration.more_calls import MORE, CellDeviation, more_calls
from coefgate.replay.attainability import COMPARED
from coefgate.replay.figures import Figures
from coefgate.samples.coverage import CoveredCell
from coefgate.samples.status import CallCount
from tests.calibration.builders import procedure
from tests.replay.builders import calls, sample

BOUNDS = {
    "smape_mean": (Fraction(50),),
    "underestimation_kaplan_meier": (Fraction(1, 10),),
    "waste_median": (Fraction(1), Fraction(3, 2)),
    "waste_p90": (Fraction(3),),
}
LOW, HIGH = ("tests", "low"), ("tests", "high")
NONE = CallCount()


def _plan(
    counted: dict[tuple[str, str], CallCount],
    figures: dict[tuple[str, str], Figures] | None = None,
    whole: Figures | None = None,
    deviations: tuple[CellDeviation, ...] = (),
    *,
    all_calls: CallCount = NONE,
    asked: float | None = 0.3,
    precision: Precision | None = None,
) -> CollectionPlan:
    return collection_plan(
        [CoveredCell(*cell, count) for cell, count in counted.items()],
        figures or {},
        whole,
        deviations,
        calls=all_calls,
        bounds=BOUNDS,
        asked=asked,
        precision=precision or Precision(),
    )


def _deviation(cell: tuple[str, str], *errors: float, everywhere: float) -> CellDeviation:
    others = (1.0, everywhere, everywhere, everywhere, everywhere)
    return CellDeviation(cell, 0, 0, None, False, 0.1, errors, others)


def _names(plan: CollectionPlan) -> list[tuple[str, str]]:
    return [(one.category, one.complexity) for one in plan.cells]


def test_without_a_call_only_what_needs_none_is_known() -> None:
    plan = _plan({LOW: NONE, HIGH: NONE})
    assert plan.by_misses == (29, 46, 61)
    assert _names(plan) == [LOW, HIGH]
    for one in plan.cells:
        assert one.numbers is None
        assert (one.rate.rate, one.rate.interval, one.rate.ahead) == (None, None, None)
        assert one.rate.undecided == COMPARED
        assert one.rate.first == 10
        assert (one.rate.below_limit.without_miss, one.rate.below_limit.at_rate) == (29, None)
        assert calls_in(29, one.calls_per_phase) == 29


def test_a_cell_with_few_phases_is_taken_to_have_the_rate_of_all() -> None:
    # 20 phases, 1 of which is missed: 5 %.
    whole = Figures.of(calls([(100, 200), *[(120, 100)] * 19]))
    few = Figures.of(calls([(120, 100)] * 3, phases=[0, 1, 2]))
    plan = _plan(
        {LOW: CallCount(3, 0, 3), HIGH: NONE},
        {LOW: few},
        whole,
        all_calls=CallCount(50, 10, 20),
    )
    empty, low = plan.cells  # without a procedure that with the fewest phases comes first
    assert _names(plan) == [HIGH, LOW]
    assert (plan.rate.rate, plan.rate.ahead) == (Fraction(1, 20), "own")
    assert (low.rate.rate, low.rate.ahead, low.rate.first) == (Fraction(0), "all", 7)
    assert low.rate.below_limit.without_miss == 26
    assert low.rate.interval is not None
    assert low.rate.interval.high == pytest.approx(1 - 0.05 ** (1 / 3))
    assert (empty.rate.rate, empty.rate.ahead, empty.rate.first) == (None, "all", 10)
    assert empty.rate.below_limit.at_rate is not None
    # A cell without calls has phases as large as those of all: 60 in 20.
    assert (low.calls_per_phase, empty.calls_per_phase) == (Fraction(1), Fraction(3))
    assert calls_in(29, Fraction(3, 2)) == 44


def test_a_cell_with_ten_phases_says_itself_how_many_are_missed() -> None:
    # 2 of 10 phases are missed, above the limit, whatever all calls say.
    tokens = [(100, 200)] * 2 + [(120, 100)] * 8
    plan = _plan({LOW: CallCount(10, 0, 10)}, {LOW: Figures.of(calls(tokens))})
    [low] = plan.cells
    assert (low.rate.rate, low.rate.ahead, low.rate.first) == (Fraction(1, 5), "own", 0)
    assert low.rate.below_limit.at_rate is None
    # 61 in all with two misses.
    assert low.rate.below_limit.without_miss == 51
    assert low.rate.interval is not None
    assert "underestimation_kaplan_meier" in low.rate.undecided
    assert "waste_p90" not in low.rate.undecided


def test_a_limit_leaves_its_interval_with_the_square_of_what_it_is_off() -> None:
    # SMAPE is 22.2 of 90 for 110, or 66.7 of 50 for 100, half of each: 44.4, off by 5.6.
    tokens = [(110, 88), (50, 100)] * 10
    figures = Figures.of(calls(tokens))
    plan = _plan({LOW: CallCount(20, 0, 20)}, {LOW: figures})
    [low] = plan.cells
    found = {(one.metric, one.limit): one for one in low.rate.open_limits}
    smape = found["smape_mean", Fraction(50)]
    assert float(smape.figure) == pytest.approx((200 * 22 / 198 + 200 / 3) / 2, abs=1e-4)
    off, reach = 50 - float(smape.figure), smape.interval.high - float(smape.figure)
    assert smape.interval.high > 50
    assert smape.more == ceil(20 * (reach / off) ** 2) - 20
    # Half of them are missed, far above the limit: that is decided.
    assert "underestimation_kaplan_meier" not in low.rate.undecided
    # The median is 1 ÷ 2 or 5 ÷ 4 in turn, so both its limits may be within.
    assert {one.metric for one in low.rate.open_limits} == set(low.rate.undecided)


def test_a_figure_at_its_limit_leaves_it_with_no_number() -> None:
    tokens = [(100, 200), *[(120, 100)] * 9]
    [low] = _plan({LOW: CallCount(10, 0, 10)}, {LOW: Figures.of(calls(tokens))}).cells
    rate = next(o for o in low.rate.open_limits if o.metric == "underestimation_kaplan_meier")
    assert (rate.figure, rate.more) == (Fraction(1, 10), None)


def test_without_a_miss_the_exact_bound_says_it() -> None:
    figures = Figures.of(calls([(120, 100)] * 12))
    [low] = _plan({LOW: CallCount(12, 0, 12)}, {LOW: figures}).cells
    assert "underestimation_kaplan_meier" in low.rate.undecided
    assert low.rate.open_limits == ()
    assert low.rate.below_limit.without_miss == low.rate.below_limit.at_rate == 17


def test_what_helps_most_comes_first() -> None:
    known = _deviation(LOW, 0.0001, 0.0001, 0.0001, 0.0001, 0.0001, everywhere=0.99)
    unknown = _deviation(HIGH, 1.0, 0.04, 0.0129, 0.01, 0.005, everywhere=0.6)
    plan = _plan({LOW: NONE, HIGH: NONE}, deviations=(known, unknown), asked=0.12)
    high, low = plan.cells
    assert _names(plan) == [HIGH, LOW]
    assert high.numbers is not None
    assert low.numbers is not None
    assert (high.numbers.helps, low.numbers.helps) == pytest.approx((0.4, 0.01))
    # ×1.25 at 95 % is a deviation of ln(1.25) ÷ 1.96 = 0.11385, a variance of 0.01296.
    assert (high.numbers.enough, low.numbers.enough) == (10, 0)
    assert high.numbers.factor == pytest.approx(exp(1.959964), rel=1e-5)
    # Sigma is √(0.1² + error): 0.12 leaves 0.0044 for the error.
    assert (high.numbers.reach, low.numbers.reach) == ("more", 0)
    assert low.numbers.sigma == pytest.approx(sqrt(0.0101), abs=1e-6)


def test_numbers_that_many_calls_do_not_tell() -> None:
    far = _deviation(LOW, *[1.0] * 5, everywhere=1.0)
    [low] = _plan({LOW: NONE}, deviations=(far,), asked=None).cells
    assert low.numbers is not None
    assert (low.numbers.enough, low.numbers.reach, low.numbers.helps) == (None, None, 0)
    wide = Precision(factor=Fraction(9))
    [low] = _plan({LOW: NONE}, deviations=(far,), precision=wide).cells
    assert low.numbers is not None
    assert low.numbers.enough == 0


def test_more_calls_of_any_cell_help_all_where_all_are_one_number() -> None:
    found = more_calls(
        procedure([sample(n, 1000, phase_id=str(n)) for n in range(10)], {"all": 1})
    )
    variances = [1 / ((10 + more) / 0.4**2 + 1) for more in (0, *MORE)]
    for one in found.cells:
        assert one.everywhere == pytest.approx(variances)
    counted = {one.cell: NONE for one in found.cells}
    plan = _plan(counted, deviations=found.cells)
    helps = [one.numbers.helps for one in plan.cells if one.numbers]
    assert helps == pytest.approx([1 - variances[1] / variances[0]] * len(found.cells))


def test_order_does_not_depend_on_that_of_the_cells() -> None:
    counted = {LOW: CallCount(1, 0, 1), HIGH: CallCount(2, 0, 2), ("docs", "low"): NONE}
    for one in (counted, dict(reversed(counted.items()))):
        assert _names(_plan(one)) == [("docs", "low"), LOW, HIGH]
