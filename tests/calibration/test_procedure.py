"""The fitting procedure: by hand where it can be, and what must hold of any calls."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, erfc, exp, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from coefgate.calibration.leave_out import FOLDS, MOST_FOLDS, folds
from coefgate.calibration.margins import MARGIN
from coefgate.calibration.procedure import Procedure
from coefgate.core.problems import UsageProblem
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import one_margin, rises
from coefgate.registry.tuning import Spread
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from tests.calibration.builders import OVERHEAD, cut_off, free, procedure, tuning, with_models
from tests.registry.builders import moved as moved_to
from tests.registry.builders import value
from tests.replay.builders import audited, sample

BASE = 110 + 40  # tests.low and one new backend file


def _fitted(found: Procedure) -> dict[Key, Fraction]:
    """What all calls give, before any margin."""
    numbers = found.with_tokens(found.whole.numbers[0]).numbers
    return {key: one.number for key, one in numbers.items()}


def test_one_effect_moves_as_far_as_its_spread_lets_it() -> None:
    # One effect u for all: least Σ (r - u)² / 2·0.5² + u² / 2 is at u = mean r · n / (n + 0.5²).
    calls = [sample(n, actual) for n, actual in enumerate((300, 600))]
    found = procedure(calls, {"all": 1}, scatter=Fraction(1, 2))
    mean = (log(300 / BASE) + log(600 / BASE)) / 2
    assert found.whole.effects == pytest.approx(np.array([[mean * 2 / (2 + 0.25)]]))
    assert _fitted(found)[OVERHEAD] == -(-110 * exp(mean * 2 / 2.25) // 1)
    assert _fitted(found)[Key("overhead", ("docs", "low"))] == 252  # moves along


def test_no_spread_leaves_the_priors() -> None:
    found = procedure([sample(1, 9000)], {})
    assert _fitted(found)[OVERHEAD] == 110


def test_a_call_that_was_cut_off_asks_for_more_than_it_had_reached() -> None:
    at: dict[Spread, Fraction | int] = {"all": 1}
    complete = procedure([sample(1, 600), sample(2, 600)], at).whole.numbers[0]
    cut = procedure([sample(1, 600), cut_off(2, 600)], at).whole.numbers[0]
    left_out = procedure([sample(1, 600)], at).whole.numbers[0]
    assert (cut > complete).all()
    assert (complete > left_out).all()


def test_a_call_cut_off_far_below_says_nothing() -> None:
    known = [sample(1, 600), sample(2, 700)]
    with_it = procedure([*known, cut_off(3, 1)], {"all": 1}).whole.numbers
    assert with_it == pytest.approx(procedure(known, {"all": 1}).whole.numbers, rel=1e-4)


def test_a_small_cell_has_no_effect_of_its_own() -> None:
    calls = [sample(n, 2000) for n in range(4)]
    spreads: dict[Spread, Fraction | int] = {"cell": 1}
    assert _fitted(procedure(calls, spreads, cell_from=5))[OVERHEAD] == 110
    assert _fitted(procedure(calls, spreads, cell_from=4))[OVERHEAD] > 400
    # Without one of its phases it is small again.
    left_out = procedure(calls, spreads, cell_from=4).without("phase")
    assert (left_out.fits.effects == 0).all()


def test_a_new_kind_starts_at_the_price_of_its_parent_and_moves_with_it() -> None:
    one = free()
    costs = {
        **one.marginal_costs,
        ("create", "guide"): value("marginal.create.guide", 9),
        ("modify", "guide"): value("marginal.modify.guide", 9),
    }
    one = replace(one, marginal_costs=costs)
    found = procedure([sample(1, 600)], {"kind": 1}, one, parents={"guide": "backend"})
    numbers = _fitted(found)
    parent = numbers[Key("marginal", ("create", "backend"))]
    assert numbers[Key("marginal", ("create", "guide"))] == parent > 40


def test_what_does_not_say_fit_is_held_and_overheads_rise_to_it() -> None:
    one = free()
    docs = one.categories["tests"]
    held = {**docs.overhead, "low": value("tests.low", 215, kind="prior")}
    one = replace(one, categories={**one.categories, "tests": replace(docs, overhead=held)})
    calls = [sample(n, 60, complexity="medium", phase_id=f"p{n}") for n in range(9)]
    found = procedure(calls, {"category": 2}, one).proposed
    assert found.numbers[OVERHEAD].number == 215
    assert found.numbers[Key("overhead", ("tests", "medium"))].number == 215
    assert rises(found)


def test_the_margin_covers_the_level_of_calls_left_out() -> None:
    # Without effects every residual is ln(actual ÷ 150): the median of ×1, ×2, ×3 is 2.
    calls = [sample(n, BASE * n) for n in (1, 2, 3)]
    assert procedure(calls, {}).margin == 2
    assert procedure(calls, {}, level=Fraction(9, 10)).margin == 3
    assert procedure(calls, {}).proposed.numbers[MARGIN].number == 2


def test_a_margin_below_one_scales_the_numbers_instead() -> None:
    found = procedure([sample(n, BASE // 2) for n in (1, 2, 3)], {})
    assert found.margin == 1
    assert found.scale == pytest.approx(0.5)
    assert found.proposed.numbers[OVERHEAD].number == 55


def test_a_margin_that_is_held_stays() -> None:
    one = free()
    one = replace(one, default_margin=value("margin.default", Fraction("1.3"), kind="prior"))
    found = procedure([sample(1, 900)], {}, one)
    assert (found.margin, found.scale) == (Fraction("1.3"), 1.0)


def test_with_the_largest_calls_cut_off_no_margin_can_be_measured() -> None:
    found = procedure([sample(1, BASE), cut_off(2, 400), cut_off(3, 500)], {})
    assert found.needs(found.residuals).factor(found.tuning.level) is None
    assert found.margin == 1


def test_a_number_without_prior_is_said_by_name() -> None:
    priors = {key: 9 for key in tuning({}).prior if key != OVERHEAD}
    with pytest.raises(UsageProblem, match=r"tests\.low says that it was fitted"):
        _ = procedure([sample(1, 900)], {}, prior=priors).proposed


def test_a_call_left_out_is_predicted_by_the_others_alone() -> None:
    calls = [sample(1, 200, run_id="a"), sample(2, 800, run_id="a"), sample(3, 400, run_id="b")]
    found = procedure(calls, {"all": 1})
    by_phase = found.predicted(
        found.without("phase"), margins=one_margin(free(), Fraction(1)), scale=1.0
    )
    by_run = found.predicted(
        found.without("run"), margins=one_margin(free(), Fraction(1)), scale=1.0
    )
    for at, (phase, run) in enumerate(zip(by_phase, by_run, strict=True)):
        others = [call for n, call in enumerate(calls) if n != at]
        elsewhere = [call for call in calls if call.run_id != calls[at].run_id]
        for predicted, known in ((phase, others), (run, elsewhere)):
            alone = procedure(known, {"all": 1})
            overhead, cost = (
                alone.with_tokens(alone.whole.numbers[0]).numbers[key].number
                for key in (OVERHEAD, Key("marginal", ("create", "backend")))
            )
            assert predicted == overhead + cost


def test_the_same_margin_serves_calls_that_were_left_out() -> None:
    calls = [sample(n, BASE * n) for n in (1, 2, 3)]
    found = procedure(calls, {})
    assert found.predicted(found.without("phase")).tolist() == [BASE] * 3
    assert (
        found.predicted(found.without("phase"), margins=found.margins.factors).tolist()
        == [2 * BASE] * 3
    )


def test_many_groups_share_folds_that_their_names_decide() -> None:
    few = folds([sample(n, 9) for n in range(MOST_FOLDS)], "phase")
    assert len(np.unique(few)) == MOST_FOLDS
    calls = [sample(n, 9) for n in range(2 * MOST_FOLDS)]
    many, more = folds(calls, "phase"), folds([*calls, sample(9999, 9)], "phase")
    assert len(np.unique(many)) == FOLDS
    assert (many == more[:-1]).all()


_CALLS = st.lists(
    st.tuples(
        st.integers(1, 50_000),
        st.sampled_from(["tests", "docs"]),
        st.sampled_from(["low", "medium", "high"]),
        st.integers(1, 4),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(_CALLS, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_of_calls_change_a_number(
    rows: list[tuple[int, str, str, int, bool]], random: object
) -> None:
    calls = [
        (cut_off if cut else sample)(n, actual, category=category, complexity=at, creates=files)
        for n, (actual, category, at, files, cut) in enumerate(rows)
    ]
    spreads: dict[Spread, Fraction | int] = {"all": 1, "complexity": 1, "category": 1, "kind": 1}
    found = procedure(calls, spreads)
    assert np.isfinite(found.whole.numbers).all()
    assert rises(found.proposed)
    turned = procedure(calls[::-1], spreads)
    assert turned.whole.numbers == pytest.approx(found.whole.numbers, rel=1e-5)


def _smoothed(calls: list[Sample], base: Coefficients | None = None, **fields: Any) -> Procedure:
    at = tuning({"all": 1}, ema=Fraction(3, 10), cell_from=3, **fields)
    found = Procedure(free(), Evidence(audited(calls)), at)
    return found if base is None else found.moving_from(base)


def test_a_moving_average_goes_part_of_the_way_from_the_accepted_number() -> None:
    calls = [sample(n, 600) for n in range(3)]
    fitted = procedure(calls, {"all": 1}).whole.numbers[0][0]
    base = moved_to(free(), {"docs.low": Fraction(50), "tests.low": Fraction(77)})
    found = _fitted(_smoothed(calls, base))
    keys = _smoothed(calls, base).design.keys
    assert keys[0] == Key("overhead", ("docs", "low"))  # no call is of it
    assert found[keys[0]] == 50
    tests = procedure(calls, {"all": 1}).whole.numbers[0][keys.index(OVERHEAD)]
    assert fitted > 100
    assert found[OVERHEAD] == ceil(77 + 0.3 * (tests - 77))
    # Where no state was accepted it starts from the prior.
    assert _fitted(_smoothed(calls))[OVERHEAD] == ceil(110 + 0.3 * (tests - 110))


def test_a_moving_average_leaves_what_few_calls_use() -> None:
    assert _fitted(_smoothed([sample(n, 600) for n in range(2)]))[OVERHEAD] == 110


@pytest.mark.parametrize("one", [free(), with_models()], ids=["sums", "sums and factors"])
def test_another_minimiser_finds_the_same_numbers(one: Coefficients) -> None:
    calls = [
        *(
            sample(n, 130 * n, category=("tests", "docs")[n % 2], model=f"{'aab'[n % 3]}-1")
            for n in range(1, 8)
        ),
        sample(8, 900, complexity="medium", creates=3, model="b-1"),
        cut_off(9, 2000, complexity="high", creates=2, model="a-1"),
    ]
    spreads: dict[Spread, Fraction | int] = {
        "all": 1,
        "complexity": Fraction(1, 2),
        "category": 1,
        "cell": Fraction(7, 10),
        "marginal": Fraction(1, 5),
        "kind": Fraction(1, 5),
        "cost": Fraction(1, 7),
        "model": Fraction(1, 2),
    }
    found = procedure(calls, spreads, one, scatter=Fraction(2, 5), cell_from=2)
    design, scatter = found.design, 0.4

    def loss(effects: npt.NDArray[np.float64]) -> float:
        """What docs/how-to/tuning.md says is least, written down again."""
        total = float(np.sum((effects / design.spreads) ** 2)) / 2
        tokens = design.prior * np.exp(design.shares @ effects)
        factors = design.logs @ effects
        for uses, held, factor, actual, cut in zip(
            *(design.uses, design.held, factors, design.log_actual, design.censored), strict=True
        ):
            away = (actual - log(float(uses @ tokens) + held) - factor) / scatter
            # How likely a normal need is above what had been reached.
            total += -log(erfc(away / sqrt(2)) / 2) if cut else away * away / 2
        return total

    best = minimize(loss, np.zeros(len(design.effects)), method="BFGS", options={"gtol": 1e-7})
    assert loss(found.whole.effects[0]) <= best.fun + 1e-9
    assert found.whole.effects[0] == pytest.approx(best.x, abs=1e-4)
