"""``unmeasured``: one eligible call that uses what changes is enough, or an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import pytest

from coefgate.changes.change import MEASURED, UNMEASURED
from coefgate.changes.estimate_changes import changes
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Acknowledgement, Coefficients, Names
from coefgate.registry.yaml_reader import strict_document
from coefgate.samples.model import Sample
from tests.gates.builders import acknowledged, moved_to, unmeasured_of, with_fallback
from tests.registry.builders import (
    category,
    registry,
    value,
    with_aliases,
)
from tests.replay.builders import sample

BASE: Final = registry()


def _at(**numbers: Fraction | int) -> Coefficients:
    return moved_to(BASE, **numbers)


def _fallback(number: int, answer: tuple[int, int] | None = None) -> Coefficients:
    return with_fallback(BASE, number, answer)


def _unmeasured(
    head: Coefficients, calls: Sequence[Sample], *, base: Coefficients = BASE, **more: Any
) -> RuleResult:
    return unmeasured_of(base, head, calls, **more)


def _path(path: str, number: int = 1, **fields: Any) -> Sample:
    return sample(number, 1000, deliverables=(Deliverable(path, "create"),), **fields)


TESTING: Final = sample(1, 1000, category="testing")
USED: Final = {
    "overhead": (_at(tests__low=111), sample(1, 1000), sample(1, 1000, complexity="medium")),
    "by an alias": (_at(tests__low=111), TESTING, sample(1, 1000, category="docs")),
    "default margin": (
        _at(margin__default=Fraction("1.2")),
        TESTING,
        sample(1, 1000, category="docs"),
    ),
    "margin": (_at(margin__docs__low=Fraction("1.6")), sample(1, 1000, category="docs"), TESTING),
    "marginal": (_at(marginal__create__backend=41), sample(1, 1000), _path("a.md")),
    "fallback": (_fallback(501), sample(1, 1000, category="unheard-of"), sample(1, 1000)),
    "no deliverables": (
        _at(no_deliverables__low=8001),
        sample(1, 1000, creates=0),
        sample(1, 1000),
    ),
    "alias": (
        with_aliases(BASE, "tests", "testing", "checks"),
        sample(1, 1000, category="checks"),
        TESTING,
    ),
    "path rule": (
        replace(BASE, path_rules=BASE.path_rules[1:]),
        _path("test_a.py"),
        _path("a.py"),
    ),
    "applies to": (
        replace(BASE, applies_to=("claude-*", "gpt-*")),
        sample(1, 1000, model="gpt-1"),
        sample(1, 1000, model="claude-1"),
    ),
    "applies to any": (
        replace(BASE, applies_to=("claude-*", "*")),
        sample(1, 1000, model="gpt-1"),
        sample(1, 1000, model="claude-1"),
    ),
}
"""A change, a call that uses what it changes, and one that does not."""


def test_a_figure_that_claims_samples_needs_one() -> None:
    def says(kind: str) -> Coefficients:
        fallback = value("fallback.overhead", 500)
        basis = replace(fallback.basis, kind=kind, samples=3)  # type: ignore[arg-type]
        return replace(BASE, fallback_overhead=replace(fallback, basis=basis))

    prior, fit = says("prior"), says("fit")
    [change] = changes(prior, fit)
    assert (change.name, change.base, change.head) == (
        "fallback.overhead.basis",
        UNMEASURED,
        MEASURED,
    )
    result = _unmeasured(fit, [], base=prior)
    assert result.findings[0].message == (
        "fallback.overhead.basis rests on no eligible call; a figure without one says basis: "
        "{kind: prior, …}"
    )
    assert _unmeasured(fit, [sample(1, 1000, category="unheard-of")], base=prior).status == "pass"
    assert _unmeasured(prior, [], base=fit).status == "pass"
    # A reason beside a number that moves as well is no sample either; a claim that was there
    # before is none.
    answered = replace(
        fit,
        fallback_overhead=acknowledged(
            replace(fit.fallback_overhead, number=Fraction(501)), 500, 501
        ),
    )
    [told] = _unmeasured(answered, [], base=prior).findings
    assert told.message.endswith("a figure without one says basis: {kind: prior, …}")
    assert (
        _unmeasured(answered, [], base=prior, returned=lambda one: one.kind == "basis").status
        == "pass"
    )


@pytest.mark.parametrize("what", USED)
def test_one_eligible_call_that_uses_it_is_enough(what: str) -> None:
    head, uses, does_not = USED[what]
    assert _unmeasured(head, [replace(does_not, id="f" * 32), uses]).status == "pass"
    for calls in ([], [does_not], [replace(uses, success=False)], [replace(uses, truncated=True)]):
        result = _unmeasured(head, calls)
        assert (result.status, result.met, len(result.findings)) == ("not-measurable", False, 1)
        assert "rests on no eligible call" in result.message
    assert _unmeasured(head, [], returned=lambda _: True).status == "pass"


def test_a_call_of_an_undeclared_complexity_uses_the_dearest_figure() -> None:
    def without_medium(**numbers: int) -> Coefficients:
        one = _at(**numbers)
        rest = {name: value for name, value in one.no_deliverables.items() if name != "medium"}
        return replace(one, complexities=("low", "high"), no_deliverables=rest)

    base, call = without_medium(), sample(1, 1000, creates=0, complexity="medium")
    assert (
        _unmeasured(without_medium(no_deliverables__high=8100), [call], base=base).status == "pass"
    )
    low = _unmeasured(without_medium(no_deliverables__low=7999), [call], base=base)
    assert low.status == "not-measurable"


def test_a_new_figure_without_calls_says_that_it_is_a_prior() -> None:
    def new(kind: str) -> Coefficients:
        return replace(
            BASE,
            categories={**BASE.categories, "guides": category("guides", {"low": 9}, kind=kind)},
        )

    assert _unmeasured(new("prior"), []).status == "pass"
    result = _unmeasured(new("fit"), [])
    assert result.status == "not-measurable"
    assert "a new figure without one says basis: {kind: prior, …}" in result.message
    # A change of a figure does not, whatever it says.
    prior = _unmeasured(
        _fallback(501), [], base=replace(BASE, fallback_overhead=value("fallback.overhead", 500))
    )
    assert prior.status == "not-measurable"


def test_aliases_rules_and_models_are_answered_as_a_whole() -> None:
    aliases = with_aliases(BASE, "tests", "testing", "checks")
    tests = aliases.categories["tests"]
    for current, status in ((("checks", "testing"), "pass"), (("checks",), "not-measurable")):
        answer: Acknowledgement[Names] = Acknowledgement(("testing",), current, "the new name")
        head = replace(
            aliases, categories={**aliases.categories, "tests": replace(tests, acknowledge=answer)}
        )
        assert _unmeasured(head, []).status == status

    rules = replace(BASE, path_rules=BASE.path_rules[1:])
    for previous, status in ((BASE.path_rules_fingerprint, "pass"), ("0" * 12, "not-measurable")):
        answer = Acknowledgement(previous, rules.path_rules_fingerprint, "no such files")
        assert _unmeasured(replace(rules, acknowledge_rules=answer), []).status == status

    models = replace(BASE, applies_to=("claude-*", "gpt-*"))
    for globs, status in ((("gpt-*", "claude-*"), "pass"), (("gpt-*",), "not-measurable")):
        answer = Acknowledgement(("claude-*",), globs, "measured elsewhere")
        assert _unmeasured(replace(models, acknowledge_applies_to=answer), []).status == status


@pytest.mark.parametrize(
    "label", ["manual", "how: to", "yes", "12", "a, b", '"', "a b", "#1", "-", "é"]
)
def test_the_line_to_copy_says_the_very_aliases(label: str) -> None:
    head = with_aliases(BASE, "tests", "testing", label)
    found = re.search(r'acknowledge: .*?"…"}', _unmeasured(head, []).message)
    assert found is not None
    document = strict_document(f"{found[0]}\n".encode(), "docs.yaml")
    assert document.at(("acknowledge", "to")) == ["testing", label]
