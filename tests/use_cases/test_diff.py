"""What lies between two states, and what one number does, on calls that can be worked out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from coefgate.changes.gate_changes import gate_differences
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.replay.state import State, state_of
from coefgate.samples.model import Sample
from coefgate.samples.status import CallCount
from coefgate.use_cases.diff import Difference, difference
from coefgate.whatif.explanation import explanation
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key, moved
from tests.replay.builders import audited, sample

# A call of tests low with one new backend file: 80 + 1,450 tokens.
REGISTRY = read_registry(FolderTree(BY_HAND))
TOKENS = 1530


def _state(registry: Coefficients) -> State:
    return state_of(registry, revision="worktree", version="1.0.0")


def _difference(samples: list[Sample], **numbers: int) -> Difference:
    head = moved(
        REGISTRY, {name.replace("__", "."): Fraction(number) for name, number in numbers.items()}
    )
    return difference(_state(REGISTRY), _state(head), audited(samples))


def test_the_calls_here_are_predicted_as_it_says() -> None:
    found = _difference([sample(1, 1000)])
    assert found.pair.base.predicted.tolist() == [TOKENS]
    assert found.same
    assert (found.moved.scored, found.movers.worse.turns, found.movers.better.turns) == (0, 0, 0)


@pytest.mark.parametrize(
    ("actual", "cut_off", "gained"),
    [
        (TOKENS - 10, False, 0),  # just enough
        (TOKENS - 9, False, 1),
        (TOKENS - 10, True, 1),  # cut off at what is predicted: it needed more
        (TOKENS - 11, True, 0),
        (TOKENS, True, 0),  # missed before as well
    ],
)
def test_what_a_miss_is(actual: int, cut_off: bool, gained: int) -> None:
    calls = [sample(1, 1000), sample(2, actual, truncated=cut_off)]
    found = _difference(calls, tests__low=70)
    assert found.moved.scored == 2
    assert (found.movers.worse.turns, found.movers.better.turns) == (gained, 0)
    lowered = moved(REGISTRY, {"tests.low": Fraction(70)})
    back = difference(_state(lowered), _state(REGISTRY), audited(calls))
    assert (back.movers.worse.turns, back.movers.better.turns) == (0, gained)


def test_a_change_that_no_call_sees_is_a_difference_all_the_same() -> None:
    found = _difference([sample(1, 1000)], docs__low=1)
    assert not found.same
    assert [(effect.changes[0].name, effect.calls) for effect in found.effects] == [
        ("docs.low", 0)
    ]
    assert found.moved.scored == 0


def test_gates_are_compared_setting_by_setting() -> None:
    gates = REGISTRY.gates
    name, old = next(iter(gates.thresholds.items()))
    head = replace(
        gates,
        thresholds={**gates.thresholds, name: replace(old, value=old.value + 1)},
        when_base_misses="require-pass",
        scope=replace(gates.scope, models=("b*", "a*")),
    )
    found = {
        one.name: (one.part, one.base, one.head)
        for one in gate_differences(REGISTRY, replace(REGISTRY, gates=head))
    }
    assert found == {
        name: ("rules", old.value, old.value + 1),
        "when_base_misses": ("rules", "require-no-worse", "require-pass"),
        "scope.models": ("scope", None, ("a*", "b*")),
    }
    same = replace(head, scope=replace(head.scope, models=("a*", "b*")))
    assert gate_differences(replace(REGISTRY, gates=head), replace(REGISTRY, gates=same)) == ()


# --- One number


def test_the_largest_error_first_and_unknown_errors_last() -> None:
    calls = [
        sample(1, 1500),
        sample(2, 500),
        sample(3, 9000, truncated=True, attempt=2),
        sample(4, 1000),
        sample(5, 1000, category="docs"),
    ]
    found = explanation(REGISTRY, key("tests.low"), audited(calls))
    assert [call.audited.sample.actual_output_tokens for call in found.calls] == [
        500,
        1000,
        1500,
        9000,
    ]
    assert [call.audited.status for call in found.calls] == ["eligible"] * 3 + ["censored"]
    # 200 × 1,030 / 2,030
    assert round(float(found.calls[0].smape or 0), 6) == 101.477833
    assert (found.scored, found.count) == (CallCount(4, 1, 5), CallCount(3, 1, 4))
    assert found.share == Fraction(80, TOKENS)


def test_ten_percent_either_way_by_hand() -> None:
    found = explanation(REGISTRY, key("tests.low"), audited([sample(1, 1000)]))
    lower, higher = found.nudges
    assert [int(nudge.number) for nudge in found.nudges] == [72, 88]
    assert (lower.exact, lower.allowed, lower.moved) == (True, True, 1)
    assert lower.metrics is not None
    assert higher.metrics is not None
    assert (lower.metrics.waste_median, higher.metrics.waste_median) == (
        Fraction(1522, 1000),
        Fraction(1538, 1000),
    )
    assert [tuple(map(int, nudge.limits)) for nudge in found.nudges] == [(0, 330), (0, 330)]


@pytest.mark.parametrize(
    ("tokens", "numbers", "exact"),
    [
        (0, (0, 0), True),
        (4, (4, 4), False),  # 3.6 and 4.4
        (5, (5, 6), False),  # 4.5 and 5.5: halves round up
        (10, (9, 11), True),
    ],
)
def test_tokens_are_rounded_to_whole_ones(
    tokens: int, numbers: tuple[int, int], exact: bool
) -> None:
    registry = moved(REGISTRY, {"tests.low": Fraction(tokens)})
    found = explanation(registry, key("tests.low"), audited([sample(1, 1000)]))
    assert tuple(int(nudge.number) for nudge in found.nudges) == numbers
    assert [nudge.exact for nudge in found.nudges] == [exact, exact]
    assert [nudge.moved for nudge in found.nudges] == [int(number != tokens) for number in numbers]


def test_an_unknown_operation_rests_on_the_dearer_one() -> None:
    calls = audited([sample(1, 1000, deliverables=(Deliverable("a.py", "unknown"),))])
    assert len(explanation(REGISTRY, key("marginal.create.backend"), calls).calls) == 1
    assert explanation(REGISTRY, key("marginal.modify.backend"), calls).calls == ()
