"""``unmeasured``: what charges for sizes of files moves an eligible call, or is answered for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Acknowledgement, Coefficients
from coefgate.samples.model import Sample
from tests.gates.builders import acknowledged, unmeasured_of
from tests.registry.builders import registry, value, with_sizes
from tests.replay.builders import sample

PLAIN: Final = replace(registry(), semantics=2)
BASE: Final = replace(with_sizes(PLAIN, tokens=1000), output_mode="patch")


def _call(size: int | None = None, mode: str | None = "full_file", path: str = "a.py") -> Sample:
    return sample(1, 1000, deliverables=(Deliverable(path, "modify", size),), output_mode=mode)


def _unmeasured(head: Coefficients, *calls: Sample, base: Coefficients = BASE) -> RuleResult:
    return unmeasured_of(base, head, calls)


def _sized(**settings: int | tuple[str, ...]) -> Coefficients:
    sized = replace(BASE.per_kilobyte["backend"], **settings)  # type: ignore[arg-type]
    return replace(BASE, per_kilobyte={"backend": sized})


@pytest.mark.parametrize(
    ("head", "uses", "does_not"),
    [
        (_sized(up_to=4096), _call(9000), _call(4096)),
        (_sized(assumed=4096), _call(None), _call(9000)),
        (_sized(output_modes=("full_file", "whole")), _call(9, "whole"), _call(9)),
        (replace(BASE, output_mode="full_file"), _call(9, None), _call(9)),
        (with_sizes(BASE, tokens=1001), _call(9000), _call(0)),
        (with_sizes(BASE, "doc", 7), _call(9000, path="a.md"), _call(9000)),
    ],
    ids=["up_to", "assumed", "output_modes", "output_mode", "the number", "a new number"],
)
def test_one_eligible_call_that_it_moves_is_enough(
    head: Coefficients, uses: Sample, does_not: Sample
) -> None:
    assert _unmeasured(head, replace(does_not, id="f" * 32), uses).status == "pass"
    assert _unmeasured(head, does_not).status == "not-measurable"
    assert _unmeasured(head).status == "not-measurable"


def test_a_first_number_without_samples_is_answered_for_as_a_step_from_0() -> None:
    # It replaces no fallback: calls of the kind were predicted without it.
    prior = value("marginal.modify.backend.per_kilobyte", 205, kind="prior")
    head = with_sizes(PLAIN)
    sized = head.per_kilobyte["backend"]

    def stated(number: object) -> Coefficients:
        return replace(head, per_kilobyte={"backend": replace(sized, value=number)})  # type: ignore[arg-type]

    [told] = _unmeasured(stated(prior), base=PLAIN).findings
    assert told.message == (
        "marginal.modify.backend.per_kilobyte rests on no eligible call; acknowledge it with: "
        'acknowledge: {from: 0, to: 205, reason: "…"}'
    )
    assert _unmeasured(stated(acknowledged(prior, 0, 205)), base=PLAIN).status == "pass"
    assert _unmeasured(stated(acknowledged(prior, 1, 205)), base=PLAIN).status == "not-measurable"


def test_the_mode_of_a_registry_that_charged_for_no_size_asks_for_nothing() -> None:
    head = replace(with_sizes(PLAIN), output_mode="full_file")
    assert _unmeasured(head, _call(9), base=PLAIN).status == "pass"


def _settings(name: str, before: object, after: object) -> Callable[[Coefficients], Coefficients]:
    def answered(one: Coefficients) -> Coefficients:
        sized = one.per_kilobyte["backend"]
        answer = Acknowledgement(before, after, "a reason")  # type: ignore[type-var]
        return replace(one, per_kilobyte={"backend": replace(sized, acknowledged={name: answer})})

    return answered


@pytest.mark.parametrize(
    ("head", "answer", "told"),
    [
        (
            _sized(assumed=4096),
            _settings("assumed", 2048, 4096),
            'acknowledge_settings: {assumed: {from: 2048, to: 4096, reason: "…"}}',
        ),
        (
            _sized(output_modes=("whole", "full_file")),
            _settings("output_modes", ("full_file",), ("full_file", "whole")),
            (
                "acknowledge_settings: {output_modes: {from: [full_file], to: [full_file, whole], "
                'reason: "…"}}'
            ),
        ),
        (
            replace(BASE, output_mode=None),
            lambda one: replace(
                one, acknowledge_output_mode=Acknowledgement("patch", None, "a reason")
            ),
            'acknowledge: {output_mode: {from: patch, to: null, reason: "…"}}',
        ),
    ],
    ids=["assumed", "output_modes", "output_mode"],
)
def test_a_setting_is_answered_for_beside_it(
    head: Coefficients, answer: Callable[[Coefficients], Coefficients], told: str
) -> None:
    [finding] = _unmeasured(head).findings
    assert finding.message.endswith(f"rests on no eligible call; acknowledge it with: {told}")
    assert _unmeasured(answer(head)).status == "pass"
