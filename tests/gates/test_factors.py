"""Factors of models and retries before the rules that ask of changed numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.acknowledgements import answer_to
from coefgate.gates.coefficient_removed import coefficient_removed
from coefgate.registry.model import Acknowledgement, Coefficients
from coefgate.samples.model import Sample
from tests.gates.builders import proposal, state, swing_of, unmeasured_of
from tests.registry.builders import moved, registry
from tests.registry.semantics_2 import rule, with_models, with_retry
from tests.replay.builders import sample

OPUS, FOUR = rule("1.2", "claude-opus-*"), rule("1.1", "*-4")
BASE = with_retry(with_models(registry(), OPUS, FOUR))
TURNED = with_retry(with_models(registry(), FOUR, OPUS))


def _call(number: int, model: str, **fields: Any) -> Sample:
    return sample(number, 200, model=model, **fields)


def _attempts(*, truncated: bool, tokens: int = 100) -> list[Sample]:
    """Two attempts at the same file."""
    files = (Deliverable("a.py", "create"),)
    work: dict[str, Any] = {"run_id": "run", "phase_id": "phase", "deliverables": files}
    first = sample(1, tokens, attempt=1, truncated=truncated, **work)
    return [first, sample(2, 200, attempt=2, **work)]


# --- swing


@pytest.mark.parametrize("name", ["model.claude-opus-*", "model.default", "retry.after_complete"])
def test_a_factor_that_moves_far_asks_for_a_reason(name: str) -> None:
    far = {"model.claude-opus-*": "2.4", "model.default": "2", "retry.after_complete": "2.6"}
    head = moved(BASE, {name: Fraction(far[name])})
    (finding,) = swing_of(BASE, head).findings
    assert finding.message.startswith(f"{name} moves from ")
    assert swing_of(BASE, moved(BASE, {name: Fraction("1.5")})).status == "pass"


def test_steps_of_a_price_and_of_a_factor_on_it_add_up() -> None:
    anchor = with_models(registry(), OPUS)
    dearer = moved(anchor, {"docs.low": Fraction(150)})
    head = moved(dearer, {"model.claude-opus-*": Fraction("1.8")})
    result = swing_of(dearer, head, since=[("a" * 40, anchor), ("b" * 40, dearer)])
    # docs.low of opus: 100 × 1.5 × 1.2 = 180, then 150 × 1.5 × 1.8 = 405
    (finding,) = result.findings
    assert finding.message == (
        "model.claude-opus-* moves docs.low from 180 to 405 with its margin "
        "(× 2.3 since the anchor aaaaaaaaaaaa); "
        'acknowledge it with: acknowledge: {from: 1.2, to: 1.8, reason: "…"}'
    )


def test_another_split_of_price_and_factor_moves_nothing() -> None:
    anchor = with_models(registry(), default="1")
    half = {
        one.name: one.number / 2
        for key, one in anchor.numbers.items()
        if key.part in {"overhead", "marginal", "fallback"}
    }
    head = moved(anchor, {**half, "model.default": Fraction(2)})
    far = swing_of(anchor, head, since=[("a" * 40, anchor)]).findings
    assert all("since the anchor" not in one.message for one in far)


# --- unmeasured


@pytest.mark.parametrize(
    ("name", "calls", "status"),
    [
        ("model.claude-opus-*", [_call(1, "claude-opus-4")], "pass"),
        ("model.claude-opus-*", [_call(1, "claude-haiku-4")], "not-measurable"),
        ("model.claude-opus-*", [_call(1, "claude-opus-4", truncated=True)], "not-measurable"),
        ("model.default", [_call(1, "claude-haiku")], "pass"),
        ("model.default", [_call(1, "claude-opus-4")], "not-measurable"),
        ("retry.after_complete", _attempts(truncated=False), "pass"),
        ("retry.after_complete", _attempts(truncated=True), "not-measurable"),
        ("retry.after_cut_off", _attempts(truncated=True), "not-measurable"),  # formula: more
        ("retry.after_cut_off", _attempts(truncated=True, tokens=1000), "pass"),
    ],
)
def test_a_changed_factor_is_exercised(name: str, calls: list[Sample], status: str) -> None:
    head = moved(BASE, {name: Fraction("1.55")})
    assert unmeasured_of(BASE, head, calls).status == status


def test_an_order_is_exercised_by_a_model_that_changes_its_rule() -> None:
    assert unmeasured_of(BASE, TURNED, [_call(1, "claude-opus-4")]).status == "pass"
    result = unmeasured_of(BASE, TURNED, [_call(1, "claude-opus-5")])
    (finding,) = result.findings
    answer = (
        'acknowledge: {factors: {from: ["claude-opus-*", "*-4"], '
        'to: ["*-4", "claude-opus-*"], reason: "…"}}'
    )
    assert finding.message == (
        "the order of the rules in model_factors rests on no eligible call; "
        f"acknowledge it with: {answer}"
    )
    said = Acknowledgement(("claude-opus-*", "*-4"), ("*-4", "claude-opus-*"), "as they are")
    answered = replace(TURNED, acknowledge_models=said)
    assert unmeasured_of(BASE, answered, [_call(1, "claude-opus-5")]).status == "pass"
    (change,) = changes(BASE, TURNED)
    assert answer_to(change, BASE, TURNED) == answer


def test_a_glob_that_a_rule_takes_in_is_exercised_by_its_own_models() -> None:
    head = with_retry(with_models(registry(), rule("1.2", "claude-opus-*", "gpt-5"), FOUR))
    assert unmeasured_of(BASE, head, [_call(1, "claude-opus-4")]).status == "not-measurable"
    taken = replace(head, applies_to=("*",)), replace(BASE, applies_to=("*",))
    assert unmeasured_of(taken[1], taken[0], [_call(1, "gpt-5")]).status == "pass"


# --- coefficient-removed


@pytest.mark.parametrize(
    ("head", "gone"),
    [
        (with_retry(with_models(registry(), OPUS)), ["model.*-4"]),
        (with_retry(registry()), ["model.claude-opus-*", "model.*-4"]),
        (with_models(registry(), OPUS, FOUR), ["retry.after_complete", "retry.after_cut_off"]),
        (with_retry(with_models(registry(), OPUS, rule("1.1", "*"))), []),
        (TURNED, []),
    ],
)
def test_a_factor_that_goes_leaves_its_models_to_another(
    head: Coefficients, gone: list[str]
) -> None:
    one = proposal(state(BASE), state(head))
    found = coefficient_removed(one, changes(BASE, head)).findings
    assert sorted(each.message.partition(" ")[0] for each in found) == sorted(gone)
