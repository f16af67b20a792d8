"""The proof before going back, on calls whose outcome under either release is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from coefgate.telemetry.alarms.proof import OwnNeeds, ReplayedCalls, proof, sign_test

GOOD = OwnNeeds(np.linspace(0.1, 1.0, 100), np.zeros(100, dtype=np.bool_))
"""Of the release before: needs from a tenth of its predictions to all of them, evenly."""


def calls(
    *rows: tuple[int, bool, int, int], predicted_before: int = 1000, each_alone: bool = True
) -> ReplayedCalls:
    """Rows of reached tokens, cut off?, budget now and budget before."""
    reached, cut_off, budget, before = (np.array(column) for column in zip(*rows, strict=True))
    phase = np.arange(len(rows)) if each_alone else np.zeros(len(rows))
    return ReplayedCalls(
        phase.astype(np.int32),
        reached,
        cut_off,
        budget,
        before,
        np.full(len(rows), predicted_before),
    )


def test_half_the_budget_is_to_blame() -> None:
    # Of what its calls needed in its own weeks, 56% is above half the prediction.
    window = calls(*[(500, True, 500, 1000)] * 50, *[(400, False, 500, 1000)] * 50)
    found = proof(window, GOOD)
    assert found.outcome == "better"
    assert (found.now.at_least, found.now.at_most) == (50, 50)
    assert (found.before.at_least, found.before.at_most) == (0, 50)
    assert found.before.expected == pytest.approx(0, abs=1e-9)  # none needed more than all of it
    assert (found.better, found.worse) == (50, 0)
    assert found.p == pytest.approx(2**-50)
    # 55 of 100 needed more than 0.5 of what was predicted: of 100 calls, 55.
    assert found.explained == pytest.approx(55)


def test_the_work_has_changed_where_both_give_as_little() -> None:
    window = calls(*[(1000, True, 1000, 1000)] * 50, *[(900, False, 1000, 1000)] * 50)
    found = proof(window, GOOD)
    assert found.outcome == "not-better"
    assert (found.before.at_least, found.better, found.worse) == (50, 0, 0)


def test_the_release_before_may_be_worse() -> None:
    rows = [*[(900, False, 1000, 800)] * 60, *[(1000, True, 1000, 800)] * 20]
    found = proof(calls(*rows), GOOD)
    assert (found.outcome, found.better, found.worse) == ("not-better", 0, 60)


def test_without_weeks_of_its_own_open_calls_decide_nothing() -> None:
    window = calls(*[(500, True, 500, 1000)] * 50)
    found = proof(window, None)
    assert (found.outcome, found.better, found.explained) == ("undecided", 0, None)
    assert found.before.expected == 50


def test_without_weeks_of_its_own_known_needs_decide() -> None:
    found = proof(calls(*[(900, False, 500, 1000)] * 50), None)
    assert (found.outcome, found.now.at_least, found.before.at_most) == ("better", 50, 0)


def test_trouble_that_its_own_weeks_do_not_explain_is_not_decided() -> None:
    # Half the budget, but every call needs more: in its own weeks 5% needed more than 0.95.
    window = calls(*[(950, True, 950, 1000)] * 50)
    found = proof(window, GOOD)
    assert found.outcome == "undecided"
    assert found.explained == pytest.approx(50 * 0.06, abs=1)
    assert found.better == 50


def test_few_phases_decide_nothing() -> None:
    rows = [(500, True, 500, 1000)] * 50
    assert proof(calls(*rows, each_alone=False), GOOD).outcome == "undecided"
    assert proof(calls(*rows[:4]), GOOD).outcome == "undecided"  # 1 in 16
    assert proof(calls(*rows[:5]), GOOD).outcome == "better"  # 1 in 32


def test_a_call_that_its_own_ceiling_cut_off_is_open_under_both() -> None:
    window = calls(*[(300, True, 1000, 2000)] * 40)
    found = proof(window, GOOD)
    assert (found.now.at_least, found.now.at_most) == (0, 40)


def test_calls_of_no_phase_stand_alone() -> None:
    window = calls(*[(500, True, 500, 1000)] * 10)
    window.phase[:] = -1
    assert proof(window, GOOD).phases == 10


def test_needs_above_a_ratio_are_those_of_kaplan_and_meier() -> None:
    # 1 needs 0.2; one was cut off at 0.4; 3 needs 0.6, of two at risk: 2/3 × 1/2.
    needs = OwnNeeds(np.array([0.6, 0.2, 0.4, 0.9])[:3], np.array([False, False, True]))
    found = needs.share_above(np.array([0.1, 0.2, 0.5, 0.6]))
    assert found == pytest.approx([1, 2 / 3, 2 / 3, 0])


def test_the_sign_test_is_one_sided_and_exact() -> None:
    assert sign_test(0, 5) == 1
    assert sign_test(5, 0) == pytest.approx(1 / 32)
    assert sign_test(4, 1) == pytest.approx(6 / 32)
