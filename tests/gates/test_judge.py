"""The judge is the base: its thresholds, scope, unit, calls and names decide, not head's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import pytest

from coefgate.gates.judge import Judge
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients, Limits, RelativeLimits, Scope
from coefgate.replay.state import State
from coefgate.samples.model import Sample
from coefgate.samples.status import Status
from tests.gates.builders import PREDICTED, plain_registry, proposal, retirement, state
from tests.registry.builders import with_overhead
from tests.replay.builders import sample

PLAIN: Final = plain_registry()
BLIND: Final = replace(
    PLAIN.gates,
    limits=Limits(Fraction(200), Fraction(1), Fraction(0), Fraction(100), Fraction(100)),
    relative=RelativeLimits(99, Fraction(200), Fraction(0), 99, Fraction(200), Fraction(100)),
    scope=Scope(("nobody",), "2099-12-31"),
    when_base_misses="require-no-worse",
    lines={name: line + 40 for name, line in PLAIN.gates.lines.items()},
)
"""Thresholds that object to nothing, and a scope in which no call counts."""


def _judge(base: State, head: State) -> Judge:
    return Judge(proposal(base, head))


def _rule(judge: Judge, name: str) -> RuleResult:
    return next(rule for rule in judge.rules if rule.rule == name)


def _statuses(judge: Judge) -> dict[int, Status]:
    return {one.sample.line: one.status for one in judge.audited}


def _calls(numbers: range, actual: int = PREDICTED, **fields: Any) -> list[Sample]:
    return [sample(number, actual, **fields) for number in numbers]


def _raised(by: Fraction | int, **fields: Any) -> Coefficients:
    """Head predicts ``by`` times as much for the calls of tests low."""
    tokens = int(PREDICTED * Fraction(by)) - 40
    return replace(with_overhead(PLAIN, "tests", "low", tokens), **fields)


# --- Thresholds


def test_the_thresholds_are_those_of_base_on_the_lines_of_head() -> None:
    strict = replace(PLAIN, gates=replace(PLAIN.gates, when_base_misses="require-pass"))
    gates = _judge(state(strict), state(replace(PLAIN, gates=BLIND))).gates
    assert gates.lines == BLIND.lines
    assert replace(gates, lines=strict.gates.lines) == strict.gates


def test_what_head_loosens_does_not_excuse_what_base_objects_to() -> None:
    calls = _calls(range(1, 11))
    judge = _judge(state(PLAIN, calls), state(_raised(4, gates=BLIND), calls))
    red = {rule.rule for rule in judge.rules if rule.status != "pass"}
    # × 4 on every call: a SMAPE of 120, a ratio of 4.
    assert red == {
        "smape",
        "waste-band",
        "waste-p90",
        "stratum-regression",
        "swing",
        "gates-loosened",
    }


def test_what_a_stratum_is_head_does_not_decide() -> None:
    # By 99 phases tests and docs would count as one: what tests lose, docs gain.
    docs = _calls(range(11, 51), 5000, category="docs")
    calls = [*_calls(range(1, 11)), *docs]
    coarse = replace(PLAIN.gates, relative=replace(PLAIN.gates.relative, stratum_phases_from=99))
    better = with_overhead(_raised(Fraction("1.2")), "docs", "low", 3000)
    for of_base, expected in ((PLAIN.gates, "fail"), (coarse, "pass")):
        head = state(replace(better, gates=coarse), calls)
        found = _rule(
            _judge(state(replace(PLAIN, gates=of_base), calls), head), "stratum-regression"
        )
        assert found.status == expected


# --- Calls


def test_the_calls_that_count_are_those_in_the_scope_and_unit_of_base() -> None:
    calls = [
        sample(1, 1000, model="claude-a"),
        sample(2, 1000, model="gpt-a"),
        sample(3, 1000, model="claude-a", unit="turn"),
    ]
    base = replace(PLAIN, gates=replace(PLAIN.gates, scope=Scope(("claude-*",), None)))
    head = replace(PLAIN, gates=replace(PLAIN.gates, scope=Scope(("gpt-*",), None)), unit="turn")
    judged = _statuses(_judge(state(base, calls), state(head, calls)))
    assert judged == {1: "eligible", 2: "out-of-scope", 3: "out-of-scope"}


def test_a_line_that_head_takes_away_still_counts_and_one_that_it_adds_counts_as_well() -> None:
    first, second, third = _calls(range(1, 4))
    judge = _judge(state(PLAIN, [first, second]), state(PLAIN, [second, third]))
    assert _statuses(judge) == {1: "eligible", 2: "eligible", 3: "eligible"}


def test_retirements_are_those_of_head() -> None:
    calls = _calls(range(1, 3))
    base, head = (state(PLAIN, calls, [retirement(one)]) for one in calls)
    assert _statuses(_judge(base, head)) == {1: "eligible", 2: "retired"}


@pytest.mark.parametrize("gone", [[], [1, 2]], ids=["all there", "two taken away"])
def test_a_loss_is_measured_on_what_head_would_rather_lose(gone: Sequence[int]) -> None:
    # Two calls need all that is predicted; head predicts a tenth less.
    calls = [*_calls(range(1, 3)), *_calls(range(3, 11), 2000)]
    head = state(_raised(Fraction("0.9")), [one for one in calls if one.line not in gone])
    judge = _judge(state(PLAIN, calls), head)
    assert _rule(judge, "underestimation").status == "fail"
    assert _rule(judge, "stratum-regression").status == "fail"


@pytest.mark.parametrize(
    "fields", [{}, {"gates": BLIND, "unit": "turn"}], ids=["head like base", "head sees nothing"]
)
def test_calls_of_base_are_looked_at_by_themselves(fields: dict[str, Any]) -> None:
    # Ten known calls need what base predicts, twenty new ones what head does, a fifth more.
    known, easy = _calls(range(1, 11)), _calls(range(11, 31), PREDICTED * 6 // 5)
    head = state(_raised(Fraction("1.2"), **fields), [*known, *easy])
    found = _rule(_judge(state(PLAIN, known), head), "stratum-regression")
    assert found.status == "fail"
    # 200 × 0.2 / 2.2 = 18.2
    assert (
        "tests/low: mean SMAPE rises from 0.0 to 18.2 (by 18.2 points), worse in 10 phases"
        in found.message
    )
    alone = _rule(
        _judge(state(PLAIN, easy), state(_raised(Fraction("1.2")), easy)), "stratum-regression"
    )
    assert alone.status == "pass"


def test_a_loss_that_only_all_calls_together_show() -> None:
    # Of the known calls one is missed by a tenth less, of the new ones another.
    known = [sample(1, PREDICTED), *_calls(range(2, 11), 2000)]
    head = state(_raised(Fraction("0.9")), [*known, sample(11, PREDICTED)])
    found = _rule(_judge(state(PLAIN, known), head), "stratum-regression")
    assert "tests/low: 2 more calls would be cut off" in found.message
    alone = _judge(state(PLAIN, known), state(_raised(Fraction("0.9")), known))
    assert _rule(alone, "stratum-regression").status == "pass"
