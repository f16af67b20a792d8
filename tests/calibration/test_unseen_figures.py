"""What is said of unseen calls: by hand, and against the procedure run without them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, log, sqrt

import numpy as np
import pytest

from coefgate.calibration.baseline_figures import NO_MARGIN
from coefgate.calibration.baselines import category_p95, constant, left_out, published
from coefgate.calibration.draws import DRAWS, number_intervals, phase_weights
from coefgate.calibration.fit_figures import columns
from coefgate.calibration.leave_out import NO_CALLS, Unit
from coefgate.calibration.levels import LEVELS, best_level, level_figures
from coefgate.calibration.nested import nested_predictions
from coefgate.calibration.predictor_figures import ALL_CUT_OFF, PredictorFigures
from coefgate.calibration.procedure import Procedure
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from tests.calibration.builders import OVERHEAD, cut_off, free, procedure
from tests.registry.builders import value
from tests.replay.builders import audited, sample

BASE = 110 + 40  # tests.low and one new backend file


def _calls() -> list[Sample]:
    rows = [(300, "a"), (480, "a"), (900, "b"), (210, "b"), (1500, "c"), (260, "c"), (400, "d")]
    return [
        *(
            sample(n, actual, run_id=run, phase_id=f"p{n % 5}", category=("tests", "docs")[n % 2])
            for n, (actual, run) in enumerate(rows)
        ),
        cut_off(9, 700, run_id="d", phase_id="p9"),
    ]


def _without(found: Procedure, unit: Unit, at: int) -> Procedure:
    """The procedure as if the phase, or run, of a call had never been stored."""
    call = found.evidence.samples[at]
    rest = [
        one
        for one in found.evidence.samples
        if (one.phase != call.phase if unit == "phase" else one.run_id != call.run_id)
    ]
    return Procedure(found.registry, Evidence(audited(rest)), found.tuning)


@pytest.mark.parametrize("unit", ["phase", "run"])
@pytest.mark.parametrize("margins", ["one", "adaptive"])
def test_nested_predictions_are_those_of_the_procedure_that_never_saw_the_call(
    unit: Unit, margins: str
) -> None:
    one = replace(
        free(),
        default_margin=value("margin.default", Fraction("1.5")),
        cell_margins={("docs", "low"): value("margin.docs.low", 2)},
    )
    found = procedure(
        _calls(), {"all": 1, "category": 1}, one, level=Fraction(3, 5), margins=margins
    )
    nested = nested_predictions(found, unit)
    assert nested is not None
    for at in range(len(found.evidence.samples)):
        proposed = _without(found, unit, at).proposed
        expected = found.evidence.predicted_at(np.array([at]), table_of(proposed))[0]
        assert nested[at] == expected


def test_unseen_predictions_stand_at_the_margin_of_all_calls() -> None:
    calls = [sample(n, BASE * n, run_id=f"r{n}") for n in (1, 2, 3)]
    found = procedure(calls, {})
    assert found.unseen("run").tolist() == [2 * BASE] * 3
    # Without a call the median of the other two lies half way between them: √6, √3 and √2.
    nested = nested_predictions(found, "run")
    assert nested is not None
    assert nested.tolist() == [ceil(BASE * Fraction(m)) for m in ("2.449", "1.732", "1.414")]


def test_a_margin_that_is_held_is_not_chosen_anew() -> None:
    one = replace(free(), default_margin=value("margin.default", Fraction(2), kind="prior"))
    found = procedure(_calls(), {"all": 1}, one)
    nested = nested_predictions(found, "phase")
    assert nested is not None
    assert nested.tolist() == found.unseen("phase").tolist()


def test_baselines_by_hand() -> None:
    calls = [
        *(sample(n, 100 * n, run_id=f"r{n % 2}") for n in range(1, 21)),
        sample(21, 5000, category="docs", run_id="r0"),
    ]
    found = procedure(calls, {}, level=Fraction(1, 2), prior_margin=Fraction(2))
    everyone = np.ones(len(calls), dtype=np.bool_)
    evidence, registry = found.evidence, found.registry
    # The 11th of 21 calls is the first that covers a half.
    assert constant(evidence, Fraction(1, 2))(everyone).tolist() == [1100] * 21  # type: ignore[union-attr]
    by_hand = category_p95(evidence, registry)(everyone)
    assert by_hand is not None
    # The 19th of 20 calls is at the 95th percentile: 1,900 × 1.15.
    assert by_hand.tolist() == [2185] * 20 + [5750]
    # Docs has no other call, so that all others decide: 2,000 is the 19th or 20th of 20.
    fold = np.array([0] * 20 + [1])
    out = left_out(category_p95(evidence, registry), fold, everyone)
    assert out is not None
    assert out[20] == 2185
    assert out[0] == 5750
    tokens = published(evidence, registry, found.tuning)
    assert tokens is not None
    assert tokens.tolist() == [2 * BASE] * 20 + [2 * 140]
    assert published(evidence, registry, procedure(calls, {}).tuning) is None


def test_no_baseline_where_the_largest_calls_were_cut_off() -> None:
    evidence = Evidence(audited([sample(1, 100), cut_off(2, 400), cut_off(3, 500)]))
    assert constant(evidence, Fraction(1, 2))(np.ones(3, dtype=np.bool_)) is None


def _column(found: Procedure, predictor: str, seen: str) -> PredictorFigures:
    (one,) = (
        one for one in columns(free(), found) if (one.predictor, one.seen) == (predictor, seen)
    )
    return one


@pytest.mark.parametrize(
    ("calls", "predictor", "seen", "reason"),
    [
        ([], "procedure", "fitted", NO_CALLS),
        ([], "constant", "unseen-phase", NO_CALLS),
        ([sample(1, 90, run_id="a")], "procedure", "unseen-run", "all calls are of one run"),
        ([sample(1, 90, run_id="a")], "procedure", "nested-phase", "all calls are of one phase"),
        ([sample(1, 90)], "published", "as-is", NO_MARGIN),
        ([cut_off(1, 90)], "procedure", "fitted", ALL_CUT_OFF),
    ],
)
def test_what_cannot_be_measured_is_said(
    calls: list[Sample], predictor: str, seen: str, reason: str
) -> None:
    found = _column(procedure(calls, {"all": 1, "cell": 1}), predictor, seen)
    assert (found.reason, found.metrics, found.spread, found.loss) == (reason, None, None, None)


def test_the_level_that_loses_least_on_unseen_runs() -> None:
    calls = [sample(n, BASE * n, run_id=f"r{n}") for n in range(1, 11)]
    found = level_figures(procedure(calls, {}))
    assert [one.level for one in found] == list(LEVELS)
    in_use = level_figures(procedure(calls, {}, level=Fraction("0.895")))
    assert [one.level for one in in_use][-3:] == [Fraction("0.895"), *LEVELS[-2:]]
    # The k-th of ten calls is the middle of its tenth; nine tenths of a loss lie on one side.
    between = [round(sqrt(k * (k + 1)), 3) for k in range(5, 10)]
    assert [float(one.margin or 0) for one in found] == [
        at for k, half in enumerate(between, 6) for at in (half, k)
    ]
    best = best_level(found)
    assert best is not None
    assert best.level == Fraction(85, 100)
    assert best.unseen_run is not None
    under = sum(0.1 * log(9 / n) for n in range(1, 10))
    assert best.unseen_run.loss == pytest.approx((under + 0.9 * log(10 / 9)) / 10, abs=1e-6)
    one_run = procedure([sample(n, 99, run_id="a") for n in range(4)], {})
    assert level_figures(one_run) == ()
    assert best_level(()) is None


def test_a_phase_is_drawn_once_on_average_and_by_its_name_alone() -> None:
    calls = [sample(n, 99) for n in range(300)]
    drawn = phase_weights(Evidence(audited(calls)), DRAWS)
    assert drawn.mean() == pytest.approx(1, abs=0.02)
    assert drawn.var() == pytest.approx(1, abs=0.05)
    some = Evidence(audited(calls[40:60]))
    assert (phase_weights(some, DRAWS) == drawn[:, 40:60]).all()


def test_the_interval_of_a_number_holds_it_in_whole_steps() -> None:
    calls = [sample(n, 150 * n) for n in range(1, 9)]
    found = procedure(calls, {"all": 1}, round_to=10)
    low, high = number_intervals(found)[OVERHEAD]
    assert low < found.proposed.numbers[OVERHEAD].number < high
    assert low % 10 == high % 10 == 0
    alike = procedure([sample(n, 300) for n in range(1, 40)], {"all": 9})
    low, high = number_intervals(alike)[Key("overhead", ("tests", "low"))]
    assert high - low <= ceil(0.01 * high)


def test_an_interval_ends_where_numbers_do() -> None:
    """Where nothing holds effects back, a draw without a call leaves a number without any end."""
    far = [sample(1, 9), sample(2, 900_000), sample(3, 900_000, creates=9)]
    found = procedure(far, {"all": 100, "cell": 100, "cost": 100})
    for low, high in number_intervals(found).values():
        assert 0 <= low <= high <= MAX_TOKENS
