"""Gates that get looser: each threshold in each direction, the scope, and the answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.core.yanks import Yank
from coefgate.gates.gates_loosened import gates_loosened
from coefgate.gates.verdict import RuleResult
from coefgate.registry.files import GATES_FILE
from coefgate.registry.guardrails import PLACES, threshold_name
from coefgate.registry.model import (
    Acknowledgement,
    Coefficients,
    Gates,
    ListAnswer,
    Names,
    Scope,
    Withdrawn,
)
from coefgate.registry.reading import read_registry
from coefgate.samples.model import DeliverablesFrom, Retirement, Sample
from tests.frozen_registry import BY_HAND
from tests.gates.builders import proposal, retirement, state
from tests.registry.builders import moved
from tests.replay.builders import sample

REGISTRY: Final = read_registry(FolderTree(BY_HAND))
HIGHER, LOWER, EITHER = "higher", "lower", "either"
LOOSER: Final = {
    "rules.smape.mean_below": HIGHER,
    "rules.underestimation.rate_below": HIGHER,
    "rules.waste-band.median_from": LOWER,
    "rules.waste-band.median_to": HIGHER,
    "rules.waste-p90.p90_to": HIGHER,
    "rules.stratum-regression.misses_from": HIGHER,
    "rules.stratum-regression.smape_rise_above": HIGHER,
    "rules.stratum-regression.sign_test_below": LOWER,
    # Other slices are compared then: nobody can say which way.
    "rules.stratum-regression.phases_from": EITHER,
    "rules.flattered.better_by_above": HIGHER,
    "rules.swing.factor_from": HIGHER,
    "coverage_aims.eligible_samples.from": LOWER,
    "coverage_aims.eligible_samples.to": LOWER,
    "coverage_aims.categories": LOWER,
    "coverage_aims.each_complexity": LOWER,
    "coverage_aims.five_or_more_deliverables": LOWER,
}
"""Every number of ``gates.yaml``, and the direction in which it asks for less."""
SLIGHTLY: Final = Fraction(1, 10**12)
CALLS: Final = (sample(1, 9000), sample(2, 9000))


def _judged(
    base: Gates,
    head: Gates,
    *,
    values: Coefficients = REGISTRY,
    added: tuple[Sample, ...] = (),
    retired: tuple[Retirement, ...] = (),
) -> RuleResult:
    before = state(replace(REGISTRY, gates=base), CALLS)
    after = state(replace(values, gates=head), [*CALLS, *added], retired)
    return gates_loosened(proposal(before, after))


def _with(name: str, value: Fraction, answer: tuple[Fraction, Fraction] | None = None) -> Gates:
    """The gates with another threshold, and an answer beside it."""
    acknowledge = None if answer is None else Acknowledgement(*answer, "calls of another kind")
    one = replace(REGISTRY.gates.thresholds[name], value=value, acknowledge=acknowledge)
    return replace(REGISTRY.gates, thresholds={**REGISTRY.gates.thresholds, name: one})


def _present(name: str) -> Fraction:
    return REGISTRY.gates.thresholds[name].value


# --- Thresholds and aims


def test_every_number_of_the_gates_is_looked_at() -> None:
    assert set(REGISTRY.gates.thresholds) == set(LOOSER)
    assert _judged(REGISTRY.gates, REGISTRY.gates).status == "pass"


@pytest.mark.parametrize("step", [SLIGHTLY, Fraction(1, 2)])
@pytest.mark.parametrize("name", LOOSER)
def test_each_threshold_in_each_direction(name: str, step: Fraction) -> None:
    old = _present(name)
    for looser, new in ((HIGHER, old + step), (LOWER, old - step)):
        result = _judged(REGISTRY.gates, _with(name, new))
        red = LOOSER[name] in (looser, EITHER)
        assert (result.status, result.met) == (("fail", False) if red else ("pass", True)), (
            name,
            new,
        )
        if red:
            [finding] = result.findings
            assert finding.message.startswith(f"{name} is loosened from ")
            assert (finding.file, finding.line) == (
                GATES_FILE,
                REGISTRY.gates.thresholds[name].line,
            )


@given(st.sampled_from(sorted(LOOSER)), st.fractions(0, 200), st.fractions(0, 200))
def test_of_a_step_and_the_way_back_one_is_looser(
    name: str, one: Fraction, other: Fraction
) -> None:
    there, back = (
        _judged(_with(name, a), _with(name, b)) for a, b in ((one, other), (other, one))
    )
    expected = 0 if one == other else 2 if LOOSER[name] == EITHER else 1
    assert [there.status, back.status].count("fail") == expected


def test_everything_that_is_looser_is_told() -> None:
    both = _with("rules.smape.mean_below", Fraction(60))
    both = replace(
        both,
        thresholds={
            **both.thresholds,
            "coverage_aims.categories": replace(
                both.thresholds["coverage_aims.categories"], value=Fraction(1)
            ),
        },
    )
    result = _judged(REGISTRY.gates, both)
    assert [one.message for one in result.findings] == [
        "rules.smape.mean_below is loosened from 50 to 60",
        "coverage_aims.categories is loosened from 8 to 1",
    ]
    assert "coefgate explain gates-loosened" in result.message


# --- Guardrails

LOOSER_LOWER: Final = "guardrails.drift.p_below"
"""The one guardrail that asks for less where it is lower: weaker evidence is overheard."""


def _guardrail(name: str, value: Fraction, *, stated: bool = True) -> Coefficients:
    one = replace(REGISTRY.guardrails[name], value=value, stated=stated)
    return replace(REGISTRY, guardrails={**REGISTRY.guardrails, name: one})


def _guarded(base: Coefficients, head: Coefficients) -> RuleResult:
    return gates_loosened(proposal(state(base, CALLS), state(head, CALLS)))


@pytest.mark.parametrize("name", [threshold_name(one) for one in PLACES])
def test_each_guardrail_in_each_direction(name: str) -> None:
    old = REGISTRY.guardrails[name].value
    for new in (old + SLIGHTLY, old - SLIGHTLY):
        result = _guarded(REGISTRY, _guardrail(name, new))
        assert result.met == ((new > old) == (name == LOOSER_LOWER))
        assert [one.subject for one in result.findings if not one.answered] == (
            [] if result.met else [name]
        )


def test_a_guardrail_that_is_left_out_has_its_default() -> None:
    name = "guardrails.call.smape_above"
    strict, default = _guardrail(name, Fraction(80)), _guardrail(name, Fraction(100), stated=False)
    assert [one.message for one in _guarded(strict, default).findings] == [
        f"{name} is loosened from 80 to 100, the default when left out"
    ]
    assert _guarded(_guardrail(name, Fraction(120)), default).met
    assert _guarded(REGISTRY, default).met


# --- The answer

NAME: Final = "rules.smape.mean_below"
OLD, NEW = Fraction(50), Fraction(55)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((OLD, NEW), "pass"),
        ((OLD, NEW + 1), "fail"),
        ((OLD - 1, NEW), "fail"),
        ((NEW, OLD), "fail"),
    ],
)
def test_an_answer_names_exactly_this_step(answer: tuple[Fraction, Fraction], status: str) -> None:
    assert _judged(REGISTRY.gates, _with(NAME, NEW, answer)).status == status


def test_an_answer_serves_once() -> None:
    accepted = _with(NAME, NEW, (OLD, NEW))
    assert _judged(accepted, accepted).status == "pass"
    assert _judged(accepted, _with(NAME, NEW + 5, (OLD, NEW))).status == "fail"
    assert _judged(accepted, _with(NAME, NEW + 5, (NEW, NEW + 5))).status == "pass"


def test_the_base_does_not_answer_for_head() -> None:
    assert _judged(_with(NAME, OLD, (OLD, NEW)), _with(NAME, NEW)).status == "fail"


def test_one_answer_does_not_cover_another_step() -> None:
    answered = _with(NAME, NEW, (OLD, NEW))
    other = replace(answered.thresholds["rules.waste-p90.p90_to"], value=Fraction(4))
    both = replace(answered, thresholds={**answered.thresholds, other.name: other})
    assert [one.message for one in _judged(REGISTRY.gates, both).findings] == [
        "rules.waste-p90.p90_to is loosened from 3 to 4"
    ]


# --- In a change of its own


def test_no_answer_serves_beside_a_coefficient_or_a_sample() -> None:
    loose = _with(NAME, NEW, (OLD, NEW))
    for result in (
        _judged(REGISTRY.gates, loose, values=moved(REGISTRY, {"tests.low": Fraction(81)})),
        _judged(REGISTRY.gates, loose, added=(sample(3, 9000),)),
        _judged(REGISTRY.gates, loose, retired=(retirement(CALLS[0]),)),
    ):
        assert result.status == "fail"
        assert "in a separate change" in result.message


def test_a_tighter_gate_may_come_with_a_coefficient() -> None:
    values = moved(REGISTRY, {"tests.low": Fraction(81)})
    assert _judged(REGISTRY.gates, _with(NAME, OLD - 1), values=values).status == "pass"


# --- Scope, and what is asked while base misses a rule

Globs = tuple[str, ...] | None


def _scope(
    models: Globs = None, since: str | None = None, answer: Acknowledgement[Names] | None = None
) -> Gates:
    name = "scope.models" if models else "scope.observed_since"
    names = {name: answer} if answer else {}
    return replace(REGISTRY.gates, scope=Scope(models, since), acknowledged=names)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (None, ("claude-*",), "fail"),
        (("claude-*",), None, "pass"),
        (("claude-*",), ("claude-3*",), "fail"),
        (("claude-3*",), ("claude-*",), "pass"),
        (("claude-*", "gpt-*"), ("claude-*",), "fail"),
        (("claude-*",), ("claude-*", "gpt-*"), "pass"),
        (("claude-*", "gpt-*"), ("gpt-*", "claude-*"), "pass"),
        (("claude-*", "gpt-*"), ("*",), "pass"),
        (("claude-*",), ("gpt-*",), "fail"),
    ],
)
def test_fewer_models_are_looser(old: Globs, new: Globs, status: str) -> None:
    result = _judged(_scope(old), _scope(new))
    assert result.status == status
    answer = Acknowledgement(old, None if new is None else new[::-1], "the others are retired")
    assert _judged(_scope(old), _scope(new, answer=answer)).status == "pass"


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (None, "2026-01-01", "fail"),
        ("2026-01-01", None, "pass"),
        ("2026-01-01", "2026-01-02", "fail"),
        ("2026-01-02", "2026-01-01", "pass"),
    ],
)
def test_a_later_first_day_is_looser(old: str | None, new: str | None, status: str) -> None:
    assert _judged(_scope(since=old), _scope(since=new)).status == status
    answer = Acknowledgement(old, new, "another model since then")
    assert _judged(_scope(since=old), _scope(since=new, answer=answer)).status == "pass"
    other = Acknowledgement("2025-01-01", new, "another model since then")
    assert _judged(_scope(since=old), _scope(since=new, answer=other)).status == status


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (None, "request", "fail"),
        ("request", None, "pass"),
        ("request", "reply", "fail"),
        ("reply", "reply", "pass"),
    ],
)
def test_lists_of_one_origin_only_are_looser(
    old: DeliverablesFrom | None, new: DeliverablesFrom | None, status: str
) -> None:
    def gates(origin: DeliverablesFrom | None, **answers: Acknowledgement[Names]) -> Gates:
        return replace(REGISTRY.gates, scope=Scope(None, None, origin), acknowledged=answers)

    assert _judged(gates(old), gates(new)).status == status
    answer: Acknowledgement[Names] = Acknowledgement(old, new, "lists from replies flatter")
    answered = gates(new, **{"scope.deliverables_from": answer})
    assert _judged(gates(old), answered).status == "pass"


def test_a_scope_without_limits_is_called_by_what_it_takes_in() -> None:
    result = _judged(_scope(None), _scope(("claude-*",)))
    assert result.findings[0].message == "scope.models is loosened from all models to claude-*"
    result = _judged(_scope(since=None), _scope(since="2026-01-01"))
    assert (
        result.findings[0].message == "scope.observed_since is loosened from any day to 2026-01-01"
    )


def test_to_forgive_what_base_misses_is_looser() -> None:
    strict = replace(REGISTRY.gates, when_base_misses="require-pass")
    assert _judged(REGISTRY.gates, strict).status == "pass"
    result = _judged(strict, REGISTRY.gates)
    assert result.findings[0].message == (
        "when_base_misses is loosened from require-pass to require-no-worse"
    )
    answer = Acknowledgement("require-pass", "require-no-worse", "one step at a time")
    answered = replace(REGISTRY.gates, acknowledged={"when_base_misses": answer})
    assert _judged(strict, answered).status == "pass"


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("The fault was in the report.", "fail"),
        ("the fault was  in the report", "fail"),
        ("another cause was found", "pass"),
    ],
)
def test_a_yank_is_taken_out_for_a_reason_of_this_change(reason: str, status: str) -> None:
    answer = ListAnswer("1.4.0", "the fault was in the report", 1)
    yank = Yank("1.4.0", "2026-12-01", "the report was wrong", None)
    base = replace(REGISTRY, withdrawn=Withdrawn({"1.4.0": yank}, (answer,)))
    head = replace(REGISTRY, withdrawn=Withdrawn({}, (ListAnswer("1.4.0", reason, 1),)))
    assert gates_loosened(proposal(state(base, CALLS), state(head, CALLS))).status == status
