"""Each absolute rule at its limit, and as little as possible below and above it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.verdict import EXIT_CODES, RuleResult, Verdict, verdict_of
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Gates, Limits
from coefgate.replay.metrics import Metrics, metrics
from tests.gates.conftest import LINES
from tests.replay.builders import calls

SLIGHTLY = Fraction(1, 10**30)
"""Less than any float could tell apart from the limit."""
OPEN = (
    "7.1% (7.1%–28.6%) of 14 calls needed more than was predicted; "
    "more than one in five was cut off (4 of them), which hides too much of what calls need."
)
GOOD = metrics(calls([(120, 100)] * 10))


def _metrics(**figures: Fraction | int) -> Metrics:
    assert GOOD is not None
    return replace(GOOD, **figures)  # type: ignore[arg-type]


def _result(rule: str, found: Metrics | None, gates: Gates) -> RuleResult:
    (result,) = (result for result in absolute_rules(found, gates) if result.rule == rule)
    return result


def _rated(
    low: Fraction, high: Fraction, estimate: Fraction | None = None, censored: int = 4
) -> Metrics:
    """Beside ten complete calls; the estimate is the lower end unless given."""
    return _metrics(
        underestimation_kaplan_meier=low if estimate is None else estimate,
        underestimation_rate=low,
        underestimation_upper=high,
        undecided=3,
        censored=censored,
    )


# --- At the limit


@pytest.mark.parametrize(
    ("mean", "status"),
    [(50 - SLIGHTLY, "pass"), (50, "fail"), (50 + SLIGHTLY, "fail"), (0, "pass")],
)
def test_mean_smape_stays_below_its_limit(mean: Fraction, status: Verdict, gates: Gates) -> None:
    result = _result("smape", _metrics(smape_mean=mean), gates)
    assert (result.status, result.head) == (status, mean)


@pytest.mark.parametrize(
    ("median", "status"),
    [
        (1 - SLIGHTLY, "fail"),
        (Fraction(1), "pass"),
        (1 + SLIGHTLY, "pass"),
        (Fraction(3, 2) - SLIGHTLY, "pass"),
        (Fraction(3, 2), "pass"),
        (Fraction(3, 2) + SLIGHTLY, "fail"),
    ],
)
def test_the_median_waste_is_within_its_band_ends_included(
    median: Fraction, status: Verdict, gates: Gates
) -> None:
    result = _result("waste-band", _metrics(waste_median=median), gates)
    assert (result.status, result.head) == (status, median)


@pytest.mark.parametrize(
    ("p90", "status"), [(3 - SLIGHTLY, "pass"), (Fraction(3), "pass"), (3 + SLIGHTLY, "fail")]
)
def test_p90_of_waste_may_reach_its_limit(p90: Fraction, status: Verdict, gates: Gates) -> None:
    result = _result("waste-p90", _metrics(waste_p90=p90), gates)
    assert (result.status, result.head) == (status, p90)


TENTH = Fraction(1, 10)


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (Fraction(0), Fraction(0), "pass"),
        (TENTH - SLIGHTLY, TENTH - SLIGHTLY, "pass"),
        (Fraction(0), TENTH - SLIGHTLY, "pass"),
        (TENTH - SLIGHTLY, TENTH, "not-measurable"),
        (Fraction(0), TENTH, "not-measurable"),
        (Fraction(0), TENTH + SLIGHTLY, "not-measurable"),
        (TENTH, TENTH, "fail"),
        (TENTH, TENTH + SLIGHTLY, "fail"),
        (TENTH + SLIGHTLY, Fraction(1), "fail"),
    ],
)
def test_where_many_calls_were_cut_off_only_both_ends_together_decide(
    low: Fraction, high: Fraction, status: Verdict, gates: Gates
) -> None:
    result = _result("underestimation", _rated(low, high), gates)
    assert (result.status, result.head, result.ends) == (status, low, (low, high))


@pytest.mark.parametrize(
    ("estimate", "status"),
    [(TENTH - SLIGHTLY, "pass"), (TENTH, "fail"), (TENTH + SLIGHTLY, "fail")],
)
def test_where_few_were_cut_off_the_estimate_decides(
    estimate: Fraction, status: Verdict, gates: Gates
) -> None:
    found = _rated(Fraction(0), Fraction(1, 5), estimate, censored=2)
    result = _result("underestimation", found, gates)
    assert (result.status, result.head) == (status, estimate)


@pytest.mark.parametrize(("cut_off", "status"), [(2, "pass"), (3, "not-measurable")])
def test_one_cut_off_call_in_five_still_leaves_it_measurable(
    cut_off: int, status: Verdict, gates: Gates
) -> None:
    # Nothing is known of what 2 of 10 needed, or 3 of 11; the eight others were covered.
    found = metrics(calls([(120, 100)] * 8, cut_off=[(120, 10)] * cut_off))
    result = _result("underestimation", found, gates)
    assert (result.status, result.head) == (status, Fraction(0))
    assert ("more than one in five was cut off" in result.said) == (status != "pass")


def test_one_miss_in_ten_calls_is_a_tenth_and_not_a_float_near_it(gates: Gates) -> None:
    ten = [(120, 100)] * 9 + [(99, 100)]
    assert _result("underestimation", metrics(calls(ten)), gates).status == "fail"
    assert _result("underestimation", metrics(calls([*ten, (120, 100)])), gates).status == "pass"


@pytest.mark.parametrize(("misses", "status"), [(2, "pass"), (3, "fail")])
def test_a_limit_with_no_exact_float_is_compared_exactly(
    misses: int, status: Verdict, gates: Gates, limits: Limits
) -> None:
    # 3 of 10 is 0.3 exactly, while 0.1 + 0.2 and 3 × 0.1 as floats are above it.
    three_tenths = replace(
        gates, limits=replace(limits, underestimation_rate_below=Fraction("0.3"))
    )
    found = metrics(calls([(99, 100)] * misses + [(120, 100)] * (10 - misses)))
    assert _result("underestimation", found, three_tenths).status == status


def test_without_an_eligible_call_no_rule_is_measurable(gates: Gates) -> None:
    results = absolute_rules(None, gates)
    assert {(result.status, result.head, result.ends) for result in results} == {
        ("not-measurable", None, None)
    }
    assert all("coefgate samples audit" in result.message for result in results)
    assert verdict_of(results) == "not-measurable"


# --- What a result says


def test_every_rule_is_judged_and_points_to_its_threshold(gates: Gates) -> None:
    for found in (GOOD, None):
        results = absolute_rules(found, gates)
        assert {result.rule: result.line for result in results} == LINES
        assert {result.file for result in results} == {GATES_FILE}
        assert [result.limit for result in results] == [
            *("mean below 50", "rate below 0.1", "median 1 to 1.5", "P90 up to 3")
        ]
        assert {result.base for result in results} == {None}


def test_a_limit_is_shown_as_it_is_written(gates: Gates, limits: Limits) -> None:
    exact = replace(gates, limits=replace(limits, smape_mean_below=Fraction("49.9999999")))
    assert _result("smape", GOOD, exact).limit == "mean below 49.9999999"


@pytest.mark.parametrize(
    ("rule", "found", "said", "remedy"),
    [
        ("smape", _metrics(smape_mean=Fraction("41.26")), "Mean SMAPE is 41.3.", ""),
        (
            "smape",
            _metrics(smape_mean=Fraction(60)),
            "Mean SMAPE is 60.0: predictions are too far from the real calls.",
            " Look for the calls that are furthest off with: coefgate replay",
        ),
        (
            "underestimation",
            _rated(Fraction(0), Fraction(1, 14)),
            "0.0% (0.0%–7.1%) of 14 calls needed more than was predicted.",
            "",
        ),
        (
            "underestimation",
            _rated(Fraction(1, 14), Fraction(4, 14)),
            OPEN,
            " Store more calls, preferably of the same work under a higher ceiling.",
        ),
        (
            "underestimation",
            _rated(Fraction(1, 2), Fraction(1, 2), censored=0),
            "50.0% of 10 calls needed more than was predicted: replies would be cut off.",
            " Raise the coefficients or margins of the cells that miss.",
        ),
        (
            "waste-band",
            _metrics(waste_median=Fraction(4, 3)),
            "The median call is predicted at 1.33 times what it needed.",
            "",
        ),
        (
            "waste-band",
            _metrics(waste_median=Fraction(4, 5)),
            "The median call is predicted at 0.80 times what it needed: too little.",
            " Raise coefficients or margins.",
        ),
        (
            "waste-band",
            _metrics(waste_median=Fraction(2)),
            "The median call is predicted at 2.00 times what it needed: too much.",
            " Lower coefficients or margins where replay shows high waste ratios.",
        ),
        (
            "waste-p90",
            _metrics(waste_p90=Fraction(2)),
            "One call in ten is predicted at 2.00 times what it needed, or more.",
            "",
        ),
        (
            "waste-p90",
            _metrics(waste_p90=Fraction(4)),
            "One call in ten is predicted at 4.00 times what it needed, or more.",
            " Lower the coefficients of the cells where replay shows the highest waste ratios.",
        ),
    ],
)
def test_a_message_says_what_was_found_and_what_to_do(
    rule: str, found: Metrics, said: str, remedy: str, gates: Gates
) -> None:
    assert _result(rule, found, gates).message == said + remedy


# --- Verdict and exit code

STATUSES: tuple[Verdict, ...] = ("pass", "fail", "not-measurable")


@given(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6))
def test_the_verdict_is_the_gravest_status(statuses: list[Verdict]) -> None:
    results = tuple(RuleResult("smape", each, "", "", GATES_FILE, 1) for each in statuses)
    expected = next(each for each in ("fail", "not-measurable", "pass") if each in statuses)
    assert verdict_of(results) == expected


def test_exit_codes_of_the_verdicts() -> None:
    assert EXIT_CODES == {"pass": 0, "fail": 1, "not-measurable": 4}
